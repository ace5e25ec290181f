"""Floating types: what each holds, and what careful work in it may lose; what is finite, what distinct."""

import math
from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class Floats(NamedTuple):
    """One floating type, its numbers held as float64.

    careful: many times what a careful function loses, relatively, and no more.
    limit: how far apart two one-sided limits are that differences call the same.
    settled: the largest relative error with which a difference still says something.
    jump: how large a step between neighbouring numbers must be to be no rounding.
    beside_zero: so near to 0 that every smooth function has its limit there.
    unbounded: no activation takes such values on purpose; it is on its way to infinity.
    """

    name: Literal["float64", "float32", "float16"]
    careful: float
    limit: float
    settled: float
    jump: float
    beside_zero: float
    unbounded: float

    @property
    def dtype(self) -> np.dtype[Any]:
        """The NumPy type."""
        return np.dtype(self.name)

    @property
    def epsilon(self) -> float:
        """The spacing of its numbers next to 1."""
        return float(np.finfo(self.dtype).eps)

    @property
    def largest(self) -> float:
        """Its largest finite number."""
        return float(np.finfo(self.dtype).max)

    @property
    def smallest(self) -> float:
        """Its smallest positive number."""
        return float(np.finfo(self.dtype).smallest_subnormal)

    def rounded(self, x: Any) -> Array:
        """Return the nearest of its numbers, ±inf beyond its range."""
        if self.name == "float64":
            return np.asarray(x, dtype=np.float64)
        with np.errstate(all="ignore"):
            return np.asarray(x, dtype=np.float64).astype(self.dtype).astype(np.float64)

    def spacing(self, x: Any) -> Array:
        """Return the distance from |x| to its next larger number: one unit in the last place."""
        with np.errstate(all="ignore"):
            distance: Array = np.spacing(np.abs(np.asarray(x)).astype(self.dtype)).astype(np.float64)
        return distance


def finite(value: float | None) -> float | None:
    """Return the number, or None for what data cannot say: infinite, undefined, unknown."""
    return float(value) if value is not None and math.isfinite(value) else None


def distinct(x: Array) -> Array:
    """Return the finite numbers among these, ascending, each once; −0 becomes 0."""
    # numpy.unique would import numpy.ma, which costs as much as a survey.
    ascending = np.sort(x[np.isfinite(x)] + 0.0)
    once: Array = ascending[np.append(True, ascending[1:] > ascending[:-1])]
    return once


# One part in a million must show in float64, a wrong constant of a few per mille in float16.
FLOATS: Mapping[str, Floats] = {
    "float64": Floats("float64", 1e-11, 1e-8, 1e-2, 1e-9, 1e-290, 1e100),
    "float32": Floats("float32", 2e-6, 1e-3, 1e-2, 1e-4, 1e-30, 1e15),
    "float16": Floats("float16", 8e-3, 5e-2, 5e-2, 3e-2, 1e-6, 2e3),
}
