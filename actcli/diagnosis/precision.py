"""Where a gradient or a signal leaves the number formats that networks are trained in."""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from actcli.network.column import Column
from actcli.network.measurement import Measurement
from actcli.network.statistics import Numbers
from actcli.render.text import power_of_ten

SMALLEST_LOG10: Final[dict[str, float]] = {
    "float16": -24 * math.log10(2),
    "bfloat16": -133 * math.log10(2),
    "float32": -149 * math.log10(2),
    "float64": -1074 * math.log10(2),
}
"""log10 of the smallest positive (subnormal) number of each format."""

ZERO_LOG10: Final = {name: smallest - math.log10(2) for name, smallest in SMALLEST_LOG10.items()}
"""log10 of half of it: that and what is below rounds to 0."""

LARGEST_LOG10: Final[dict[str, float]] = {
    "float16": math.log10(65504),
    "bfloat16": 128 * math.log10(2) + math.log10(1 - 2**-8),
    "float32": 128 * math.log10(2) + math.log10(1 - 2**-24),
    "float64": math.log10(np.finfo(np.float64).max),
}
"""log10 of the largest finite number of each format."""

Layers = dict[str, int | None]
Flags = NDArray[np.bool_]


def underflows(log10_gradient: Column, beyond: int | None = None) -> Layers:
    """Return, per format, the first layer met on the way back whose gradient lies below its smallest number.

    `log10_gradient` is relative to the last layer's, which counts as 1; its first entry is layer 1. None
    where no layer does; a gradient that is missing (exactly 0, or undefined) is not compared, except from
    layer `beyond` down, where it is known to be smaller than any number.
    """
    found = {name: _last(log10_gradient.numbers < low) for name, low in SMALLEST_LOG10.items()}
    return {name: max(filter(None, (layer, beyond)), default=None) for name, layer in found.items()}


def underflowed(measured: Measurement, log10_expected: float | None, dtype: str) -> int | None:
    """Return the layer from which down a gradient of 0 is one that no number is small enough for; else None.

    It is where infinite width expects less at layer 1 than the smallest number, and where outputs were so
    small, before they were 0, that an eighth power of them is.
    """
    smallest = SMALLEST_LOG10[dtype]
    if measured.dead_from is None:
        return None
    least = float(np.nanmin(_log10_sizes(measured), initial=math.inf))
    expected = log10_expected is not None and log10_expected < smallest
    return measured.dead_from if expected or least < smallest / 8 else None


def gradient_overflows(log10_gradient: Column) -> Layers:
    """Return, per format, the first layer met on the way back whose gradient is above its largest number."""
    return {name: _last(log10_gradient.numbers > high) for name, high in LARGEST_LOG10.items()}


def output_overflows(measured: Measurement, dtype: str) -> Layers:
    """Return, per format, the first layer whose outputs are, root mean square, above its largest number.

    Where a network in `dtype` overflowed, no format with a smaller range holds its outputs either.
    """
    log10_size = _log10_sizes(measured)
    held = LARGEST_LOG10[dtype]
    return {
        name: _first(log10_size > high, measured.overflow if high <= held else None)
        for name, high in LARGEST_LOG10.items()
    }


def _log10_sizes(measured: Measurement) -> Numbers:
    """Return log10 of the root mean square of the outputs, nan where they are 0 or no numbers."""
    with np.errstate(all="ignore"):
        parts = (measured.log10_std.numbers, np.log10(np.abs(measured.mean.numbers)))
        # In units of ln of the square, where sums of squares are logaddexp.
        spread, centre = (np.where(np.isnan(part), -np.inf, 2 * math.log(10) * part) for part in parts)
        sizes = np.logaddexp(spread, centre) / (2 * math.log(10))
    return np.where(np.isfinite(sizes), sizes, np.nan)


def lost(measured: Measurement, dtype: str, beyond: int | None = None) -> list[tuple[str, str]]:
    """Return which formats lose what, in words, each with a heading; see `underflows` for `beyond`."""
    below = _named(underflows(measured.log10_gradient, beyond), SMALLEST_LOG10, "down")
    above = _named(gradient_overflows(measured.log10_gradient), LARGEST_LOG10, "down")
    outputs = _named(output_overflows(measured, dtype), LARGEST_LOG10, "on")
    scale = ", the last layer's being 1"
    found = [
        ("underflow", f"gradient below the smallest number of {below}{scale}; half of it rounds to 0"),
        ("overflow", f"gradient above the largest number of {above}{scale}"),
        ("overflow", f"outputs above the largest number of {outputs}"),
    ]
    return [line for line, names in zip(found, (below, above, outputs), strict=True) if names]


def _named(layers: Layers, limits: dict[str, float], way: str) -> str:
    parts = (
        f"{name} ({_plain(limits[name])}) from layer {layer} {way}"
        for name, layer in layers.items()
        if layer is not None
    )
    return ", ".join(parts)


def _plain(log10_value: float) -> str:
    """Return a limit as people know it: 65504 rather than 6.6e4."""
    return f"{10**log10_value:.0f}" if 0 < log10_value < 6 else power_of_ten(log10_value)


def _last(holds: Flags) -> int | None:
    layers = np.flatnonzero(holds)
    return int(layers[-1]) + 1 if layers.size else None


def _first(holds: Flags, otherwise: int | None) -> int | None:
    layers = np.flatnonzero(holds)
    return int(layers[0]) + 1 if layers.size else otherwise
