"""Sweep the narrow floating types: `python -m tests.narrow [NAME …]`.

float16: all 63,488 finite numbers; float32: 64 mantissas at each of its 255 exponents, both signs. Every
result is held against that of float64, whose own error docs/accuracy.md states: 0.5 ulp of the narrow type
is a single rounding. Prints the worst of each record and order, and where.
"""

import sys
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actcli.activation import Activation
from tests.accuracy import elementwise

NARROW = (np.float16, np.float32)


@dataclass(frozen=True)
class Found:
    """The worst error in ulp of the narrow type, where, and of how many points."""

    ulp: float
    x: float
    points: int


def points(dtype: type[np.floating[Any]]) -> NDArray[Any]:
    """Return the numbers to sweep, all finite."""
    if dtype is np.float16:
        bits: NDArray[Any] = np.arange(1 << 16, dtype=np.uint16)
    else:
        mantissas = np.random.default_rng(0).integers(0, 1 << 23, 62, dtype=np.uint32)
        ends = np.array([0, (1 << 23) - 1], dtype=np.uint32)
        signs, exponents = np.arange(2, dtype=np.uint32) << 31, np.arange(256, dtype=np.uint32) << 23
        pattern = np.concatenate([mantissas, ends])
        bits = (signs[:, None, None] | exponents[:, None] | pattern).reshape(-1)
    numbers = bits.view(dtype)
    return numbers[np.isfinite(numbers)]


def sweep(record: Activation, order: int, dtype: type[np.floating[Any]]) -> Found:
    """Return the worst of all points; a warning, or a result of another type, is an error."""
    x = points(dtype)
    with warnings.catch_warnings(), np.errstate(all="warn"):
        warnings.simplefilter("error")
        narrow = record(x, order)
    assert narrow.dtype == dtype, narrow.dtype
    wide = record(x.astype(np.float64), order)
    with np.errstate(over="ignore", invalid="ignore"):
        nearest = wide.astype(dtype)
        unit = np.spacing(np.abs(nearest)).astype(np.float64)
        errors = np.abs(narrow.astype(np.float64) - wide) / unit
    # Infinities, what is no number, and the sign of zero have no distance: they must be the same.
    alike = np.isfinite(nearest) | same(narrow, nearest)
    alike &= (nearest != 0) | (narrow != 0) | (np.signbit(narrow) == np.signbit(nearest))
    errors = np.where(np.isfinite(nearest) & alike, errors, np.where(alike, 0.0, np.inf))
    worst = int(np.argmax(errors))
    return Found(float(errors[worst]), float(x[worst]), len(x))


def same(one: NDArray[Any], other: NDArray[Any]) -> NDArray[np.bool_]:
    """Return where the two are equal, or both no number."""
    return (one == other) | (np.isnan(one) & np.isnan(other))


def main(words: list[str]) -> None:
    """Print the worst of every record named, or of all."""
    for dtype in NARROW:
        print(f"{dtype.__name__}: {len(points(dtype))} numbers; worst f, f′, f″ in ulp, and where")
        largest = 0.0
        for record in elementwise():
            if not words or record.name in words:
                found = [sweep(record, order, dtype) for order in range(3)]
                largest = max([largest, *(each.ulp for each in found)])
                print(f"{record.name:22}" + "  ".join(f"{each.ulp:.6f} ({each.x:.6g})" for each in found))
        print(f"worst of all: {largest:.6f} ulp")


if __name__ == "__main__":
    main(sys.argv[1:])
