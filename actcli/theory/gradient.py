"""The gradient through an infinitely wide random network, layer by layer, in log scale."""

import math
from collections.abc import Sequence
from typing import Final

import numpy as np

from actcli.activation import Activation, Array
from actcli.numerics.floats import finite
from actcli.theory.length import TABULATED_FROM, variances
from actcli.theory.moments import LARGEST_VARIANCE, MomentFunction, moments_of

TINY: Final = 1e-60
"""Below this variance of pre-activations no curvature is felt: f(c x) = c^k f(x) there."""
# Two variances that tell the degree k of f near 0, and how exactly.
_NEAR_ZERO = (TINY, 1e-70)
_DIGITS = 6


def log_slopes(
    degree: float, log_variance: float, log_gains: Sequence[float], second: float, slope: float
) -> Array:
    """Return ln E f′² of layers at and below TINY, the first of them at this ln q.

    Of q = TINY are E f² = `second` and E f′² = `slope`, so that with d = ln q − ln TINY ln E f² is k d more
    and ln E f′² (k − 1) d more. log_gains: ln of the σ_w² by which each layer's outputs go on to the next.
    """
    found = np.empty(len(log_gains))
    for layer, log_gain in enumerate(log_gains):
        below = log_variance - math.log(TINY)
        found[layer] = math.log(slope) + (degree - 1) * below
        log_variance = log_gain + math.log(second) + degree * below
    return found


def gradient_line(
    activation: Activation, depth: int, sigma_w: float, sigma_b: float, first_variance: float
) -> tuple[float | None, ...]:
    """Return log10 of the rms of ∂L/∂z_l over that of ∂L/∂z_depth, for layers l = 1 to `depth`.

    E|δ_l|² = χ_l E|δ_{l+1}|² with χ_l = σ_w² E[φ′(√q_l z)²] and q_1 = `first_variance`, for layers of equal
    width (Schoenholz et al. 2017, arXiv:1611.01232). Lengths that no float holds go on as their logarithms.
    The last entry is 0. None where the gradient is zero, where it is not known because the length or the
    expectation overflows, and where even its logarithm does.
    """
    moments = moments_of(activation)
    lengths = variances(activation, depth, sigma_w, sigma_b, first_variance)[:-1]
    start = _first_tiny(lengths) if sigma_b == 0 else len(lengths)
    factors = _dying(moments, lengths, start, sigma_w) if start < len(lengths) else []
    start = len(lengths) - len(factors)
    line: list[float | None] = [0.0]
    before, factor = math.nan, None
    for layer in range(depth - 1, 0, -1):
        variance = lengths[layer - 1]
        if layer > start:
            factor = factors[layer - 1 - start]
        elif variance != before:
            factor = _half_log10(sigma_w**2 * _squared_slope(moments, variance, layer > TABULATED_FROM))
            before = variance
        following = line[-1]
        line.append(None if factor is None or following is None else finite(following + factor))
    return tuple(reversed(line))


def _first_tiny(lengths: Sequence[float]) -> int:
    return next((index for index, variance in enumerate(lengths) if variance < TINY), len(lengths))


def _dying(moments: MomentFunction, lengths: Sequence[float], start: int, sigma_w: float) -> list[float]:
    """Return log10 of what layers from index `start` on multiply the rms gradient by, where f is curved at 0.

    Nothing where it is straight there: its slope is the same at every small length; nor where it is 0.
    """
    here, smaller = (moments(variance) for variance in _NEAR_ZERO)
    if not (smaller.second > 0 and here.slope > 0):
        return []
    degree = math.log(here.second / smaller.second) / math.log(_NEAR_ZERO[0] / _NEAR_ZERO[1])
    if not round(degree, _DIGITS) > 1:
        return []
    gain = 2 * math.log(sigma_w)
    entering = math.log(lengths[0]) if start == 0 else gain + math.log(moments(lengths[start - 1]).second)
    slopes = log_slopes(degree, entering, [gain] * (len(lengths) - start), here.second, here.slope)
    found: list[float] = ((slopes + gain) / (2 * math.log(10))).tolist()
    return found


def _squared_slope(moments: MomentFunction, variance: float, tabulated: bool) -> float:
    """Return E φ′², for a length beyond what moments reach only where it has come to its limit (relu)."""
    if math.isnan(variance):
        return math.nan
    if variance < LARGEST_VARIANCE:
        return (moments.tabulated(variance) if tabulated else moments(variance)).slope
    slope = moments(variance).slope
    return slope if abs(slope - moments(LARGEST_VARIANCE / 1e20).slope) <= 1e-9 * slope else math.nan


def _half_log10(square: float) -> float | None:
    return 0.5 * math.log10(square) if square > 0 and math.isfinite(square) else None
