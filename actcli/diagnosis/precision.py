"""Where a gradient would become zero in the number formats that networks are trained in."""

import math
from collections.abc import Sequence
from typing import Final

SMALLEST_LOG10: Final = {
    "float16": -24 * math.log10(2),
    "bfloat16": -133 * math.log10(2),
    "float32": -149 * math.log10(2),
    "float64": -1074 * math.log10(2),
}
"""log10 of the smallest positive (subnormal) number of each format."""


def underflows(log10_gradient: Sequence[float | None]) -> dict[str, int | None]:
    """Return, per format, the first layer met on the way back whose gradient lies below its smallest number.

    `log10_gradient` is relative to the last layer's, which counts as 1; its first entry is layer 1. None
    where no layer does; a gradient that is missing (exactly 0, or undefined) is not compared.
    """
    return {name: _first_below(log10_gradient, floor) for name, floor in SMALLEST_LOG10.items()}


def _first_below(log10_gradient: Sequence[float | None], floor: float) -> int | None:
    layers = range(len(log10_gradient), 0, -1)
    return next((k for k in layers if (value := log10_gradient[k - 1]) is not None and value < floor), None)


def power_of_ten(log10_value: float) -> str:
    """Return 10^log10_value as people read it ("0.236", "3.1e-13"), for any exponent."""
    if -3 <= log10_value < 4:
        return f"{10**log10_value:.3g}"
    exponent = math.floor(log10_value)
    digits = f"{10 ** (log10_value - exponent):.2g}"
    # 9.96 rounds to 10: one more power of ten.
    return f"1e{exponent + 1}" if digits == "10" else f"{digits}e{exponent}"
