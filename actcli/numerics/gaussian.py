"""The error function family and the normal distribution, from one polynomial for the scaled erfc.

erfcx(z) = exp(z²)·erfc(z) is smooth and falls like 1/z, so that (1 + 9z/8)·erfcx(z) is nearly flat in
t = (z − 3.75)/(z + 3.75), which maps 0 … ∞ to −1 … 1.
"""

import math
from collections.abc import Sequence

import numpy as np

from actcli.numerics.exact import Array, carried, select, times_exp, two_square, with_tail
from actcli.numerics.patches import ERF, ERFCX, NORMAL_TAIL
from actcli.numerics.polynomial import horner

_DENSITY_AT_ZERO = 1.0 / math.sqrt(2.0 * math.pi)


def erfcx_positive(z: Array) -> Array:
    """Return exp(z²)·erfc(z) for z ≥ 0."""
    # t would be nan at infinity; from 2⁶⁰ on erfcx(z) is 1/(z·√π), which the division below gives.
    bounded = np.minimum(z, 2.0**60)
    t = (bounded - 3.75) / (bounded + 3.75)
    return horner(ERFCX, t) / (1.0 + 1.125 * z)


def erf(x: Array) -> Array:
    """Return the error function, 2/√π·∫ exp(−t²) dt from 0 to x."""
    size = np.abs(x)
    return ERF.over(np.copysign(1.0 - np.exp(-size * size) * erfcx_positive(size), x), x)


def erfc(x: Array) -> Array:
    """Return 1 − erf(x), relatively accurate down to the smallest float64."""
    tail = times_gaussian(erfcx_positive(np.abs(x)), x)
    return select(x < 0, 2.0 - tail, select(x < 0.5, 1.0 - erf(np.minimum(x, 1.0)), tail))


def erfcx(x: Array) -> Array:
    """Return exp(x²)·erfc(x); infinite below about −26.6."""
    positive = erfcx_positive(np.abs(x))
    high, low = two_square(np.minimum(x, 0.0))
    growth = 2.0 * np.exp(high)
    return np.where(x < 0, (growth - positive) + np.where(np.isfinite(growth), growth * low, 0.0), positive)


def normal_tail_ratio(size: Array) -> Array:
    """Return Φ(−s)·exp(s²/2) for s ≥ 0: what is left of the normal tail without its exponential."""
    bounded = np.minimum(size, 2.0**60)
    return horner(NORMAL_TAIL, (bounded - 5.0) / (bounded + 5.0)) / (1.0 + size)


def times_bell(factor: Array | float, x: Array) -> Array:
    """Return factor·exp(−x²/2), with the rounding error of x² carried."""
    return times_bells((factor,), x)[0]


def times_bells(factors: Sequence[Array | float], x: Array) -> list[Array]:
    """Return each of the factors times exp(−x²/2)."""
    high, low = two_square(x)
    exponent, rest = -0.5 * high, -0.5 * low
    bell = carried(np.exp(exponent), rest)
    return [with_tail(factor * bell, factor, exponent, rest) for factor in factors]


def times_gaussian(factor: Array | float, x: Array) -> Array:
    """Return factor·exp(−x²), with the rounding error of x² carried."""
    high, low = two_square(x)
    # exp(−a − rest) = exp(−a)·(1 − rest) for a rest below 1e-13; one rounding, not two.
    return times_exp(factor - factor * low, -high)


def normal_cdf(x: Array) -> Array:
    """Return Φ(x), relatively accurate down to the smallest float64."""
    tail = times_bell(normal_tail_ratio(np.abs(x)), x)
    return select(x < 0, tail, 1.0 - tail)


def normal_density(x: Array) -> Array:
    """Return φ(x) = exp(−x²/2)/√(2π)."""
    return times_bell(_DENSITY_AT_ZERO, x)
