"""The gradient through an infinitely wide random network, layer by layer, in log scale."""

import math

from actcli.activation import Activation
from actcli.theory.length import TABULATED_FROM, variances
from actcli.theory.moments import LARGEST_VARIANCE, MomentFunction, moments_of


def gradient_line(
    activation: Activation, depth: int, sigma_w: float, sigma_b: float, first_variance: float
) -> tuple[float | None, ...]:
    """Return log10 of the rms of ∂L/∂z_l over that of ∂L/∂z_depth, for layers l = 1 to `depth`.

    E|δ_l|² = χ_l E|δ_{l+1}|² with χ_l = σ_w² E[φ′(√q_l z)²] and q_1 = `first_variance`, for layers of equal
    width (Schoenholz et al. 2017, arXiv:1611.01232). The last entry is 0. None where the gradient is zero,
    and where it is not known because the length or the expectation overflows.
    """
    moments = moments_of(activation)
    line: list[float | None] = [0.0]
    before, factor = math.nan, None
    lengths = variances(activation, depth, sigma_w, sigma_b, first_variance)[:-1]
    for layer, variance in zip(range(depth - 1, 0, -1), reversed(lengths), strict=True):
        if variance != before:
            factor = _half_log10(sigma_w**2 * _squared_slope(moments, variance, layer > TABULATED_FROM))
        following, before = line[-1], variance
        line.append(None if factor is None or following is None else following + factor)
    return tuple(reversed(line))


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
