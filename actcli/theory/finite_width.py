"""How far gradients of networks of finite width wander from the line of infinite width."""

import math
from collections.abc import Sequence

from actcli.activation import Activation
from actcli.theory.length import variances
from actcli.theory.moments import Moments, moments_of


def gradient_spread(
    activation: Activation, widths: Sequence[int], sigma_w: float, sigma_b: float, first_variance: float
) -> tuple[float | None, ...]:
    """Return the standard deviation of ln |∂L/∂z_l|² − ln |∂L/∂z_L|², layers l = 1 … L, over random weights.

    One input, Gaussian weights, widths n_1 … n_L, to first order in Σ 1/n. |∂L/∂z_l|² is a sum over units of
    φ′(z)² g² with independent normal g, of relative variance (3 E φ′⁴/(E φ′²)² − 1)/n_l: 5/n_l for relu,
    as Hanin & Nica 2018 (arXiv:1812.05994) prove, with a log-normal law whose median lies half the variance
    below the mean. Where χ depends on the length, the length's own fluctuations (E φ⁴ − (E φ²)²)/n_l, passed
    on by χ_∥, add to it and are correlated with it. None where an expectation is missing or zero.
    """
    lengths = variances(activation, len(widths), sigma_w, sigma_b, first_variance)
    moments_at = moments_of(activation)
    layers = [moments_at(q) if math.isfinite(q) else None for q in lengths[:-1]]
    wandering = _length_variances(layers, widths, sigma_w**2)
    spread: list[float | None] = [0.0]
    own, response = 0.0, 0.0
    for moments, width, length in reversed(list(zip(layers, widths, wandering, strict=False))):
        if moments is None or not moments.slope > 0 or spread[-1] is None:
            spread.append(None)
            continue
        own += _own_variance(moments, width, sigma_w**2 * response)
        response = moments.slope_growth / moments.slope + sigma_w**2 * moments.growth * response
        total = own + response**2 * length
        spread.append(math.sqrt(total) if math.isfinite(total) and total >= 0 else None)
    return tuple(reversed(spread))


def _length_variances(
    layers: list[Moments | None], widths: Sequence[int], weight_variance: float
) -> list[float]:
    """Return the variance of each layer's length: 0 in the first, whose input is given."""
    line = [0.0]
    for moments, width in zip(layers, widths, strict=False):
        if moments is None:
            line.append(math.nan)
            continue
        fresh = (moments.fourth - moments.second**2) / width
        line.append(weight_variance**2 * (moments.growth**2 * line[-1] + fresh))
    return line


def _own_variance(moments: Moments, width: int, response: float) -> float:
    """Return what this layer's units add to the variance, themselves and through the lengths after them.

    `response` is the change of the rest of ln |∂L/∂z|² per change of the mean square of this layer's outputs.
    """
    slopes = 3 * moments.slope_fourth / moments.slope**2 - 1
    outputs = moments.fourth - moments.second**2
    both = moments.mixed / moments.slope - moments.second
    return (slopes + response**2 * outputs + 2 * response * both) / width
