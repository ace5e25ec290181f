"""What infinite width predicts for an activation and an initialisation: fixed point, phase, depth scales."""

import math
from typing import Final, Literal, NamedTuple

from actcli.activation import Activation
from actcli.numerics.floats import finite
from actcli.theory.correlation import fixed_point_correlation
from actcli.theory.length import FixedPoint, LengthMap
from actcli.theory.moments import LARGEST_VARIANCE, SMALLEST_VARIANCE

Phase = Literal["ordered", "critical", "chaotic"]

TORN: Final = "φ jumps: nearby inputs are torn apart although backpropagation sees no such slope"
"""Why a function that jumps has no phase: χ₁ does not know of its jumps."""

# |ln χ₁| below this is called critical: its depth scale exceeds a million layers.
_CRITICAL = 1e-6
# A χ₁ above 1 by less is 1.
_ROUNDING = 1e-12
_NOTHING = 1e-100
_VAST = 1e40


class MeanField(NamedTuple):
    """The infinite-width description of a deep network of one activation; None where there is no number.

    q_star: the variance of pre-activations deep inside, reached from the first variance given.
    chi_1: σ_w² E φ′² there, by which the mean square of the gradient grows per layer going back; also χ_⊥.
    chi_parallel: the derivative of the length map there, χ_∥. factor_per_layer: √χ₁.
    phase: "ordered" (χ₁ < 1, vanishing), "critical" (|ln χ₁| < 1e-6), "chaotic" (χ₁ > 1, exploding).
    correlation: the fixed point c* of the correlation of two inputs.
    depth_scale_gradient: −1/ln χ₁, in layers; negative where the gradient grows.
    depth_scale_correlation: −1/ln of χ at c*. depth_scale_length: −1/ln|χ_∥|. None where they are infinite.
    stability: of q_star. reason: why something is None.
    """

    q_star: float | None
    chi_1: float | None
    factor_per_layer: float | None
    phase: Phase | None
    depth_scale_gradient: float | None
    depth_scale_correlation: float | None
    depth_scale_length: float | None
    chi_parallel: float | None = None
    correlation: float | None = None
    stability: str | None = None
    reason: str = ""


def describe(
    activation: Activation, sigma_w: float, sigma_b: float, first_variance: float = 1.0
) -> MeanField:
    """Return the mean-field description for these σ_w and σ_b, from this variance of the first layer on.

    Fixed points after Poole et al. 2016 (arXiv:1606.05340), depth scales after Schoenholz et al. 2017
    (arXiv:1611.01232).
    """
    length_map = LengthMap(activation, sigma_w, sigma_b)
    point = length_map.settles(first_variance)
    if point is None:
        return _unsettled(length_map, first_variance)
    chi_1 = length_map.weight_variance * length_map.moments(point.variance).slope
    if point.variance == 0 and chi_1 < _NOTHING:
        # E φ′² falls to 0 with q, and the smallest q that it is taken at is not 0.
        chi_1 = 0.0
    return _described(length_map, point, chi_1)


def phase_of(chi_1: float) -> Phase:
    """Return the phase that χ₁ names."""
    if abs(_log(chi_1)) < _CRITICAL:
        return "critical"
    return "ordered" if chi_1 < 1 else "chaotic"


def depth_scale(factor: float) -> float | None:
    """Return −1/ln|factor|: in how many layers something falls by e; None beyond a million, as for ever."""
    logarithm = _log(abs(factor))
    return None if abs(logarithm) < _CRITICAL or math.isnan(logarithm) else -1 / logarithm


def _described(length_map: LengthMap, point: FixedPoint, chi_1: float) -> MeanField:
    jumps = any(kink.order == 0 for kink in length_map.moments.activation.facts.kinks)
    known = math.isfinite(chi_1)
    correlation, chi_c = _correlation(length_map, point, chi_1, jumps)
    return MeanField(
        q_star=point.variance,
        chi_1=chi_1 if known else None,
        factor_per_layer=math.sqrt(chi_1) if known else None,
        phase=phase_of(chi_1) if known and not jumps else None,
        depth_scale_gradient=depth_scale(chi_1) if known else None,
        depth_scale_correlation=None if chi_c is None else depth_scale(chi_c),
        depth_scale_length=depth_scale(point.slope),
        chi_parallel=finite(point.slope),
        correlation=correlation,
        stability=point.stability,
        reason=_reason(known, jumps),
    )


def _correlation(
    length_map: LengthMap, point: FixedPoint, chi_1: float, jumps: bool
) -> tuple[float | None, float | None]:
    """Return c* and χ at c*; where χ₁ ≤ 1 they are 1 and χ₁."""
    if chi_1 <= 1 + _ROUNDING and not jumps:
        return 1.0, chi_1
    if point.variance == 0 or math.isnan(chi_1):
        return None, None
    sigma_w, sigma_b = math.sqrt(length_map.weight_variance), math.sqrt(length_map.bias_variance)
    found = fixed_point_correlation(length_map.moments.activation, sigma_w, sigma_b, point.variance)
    return (None, None) if found is None else found


def _reason(known: bool, jumps: bool) -> str:
    if not known:
        return "E φ′² is infinite, or not known"
    return TORN if jumps else ""


def _unsettled(length_map: LengthMap, variance: float) -> MeanField:
    """Describe a network whose length has no fixed point to go to: it grows for ever or never rests."""
    steep = length_map.moments.activation.slope_bound == math.inf
    for _ in range(100):
        before, variance = variance, length_map(variance)
        if not SMALLEST_VARIANCE < variance < LARGEST_VARIANCE:
            break
    if math.isnan(variance) and steep and before > _VAST:
        # Squares of what is far out overflow in the integral, before the integral does.
        variance = math.inf
    if math.isnan(variance):
        return nothing("E φ² is not known at the lengths that it comes to")
    if not length_map(variance) > variance and variance < LARGEST_VARIANCE:
        return nothing("the length never settles")
    chi_1 = _limit(length_map)
    if chi_1 is None:
        return nothing("the length grows without bound, and so does the slope")
    return MeanField(
        None, chi_1, math.sqrt(chi_1), phase_of(chi_1), depth_scale(chi_1), None, None,
        reason="the length grows without bound; χ₁ is its limit",
    )  # fmt: skip


def _limit(length_map: LengthMap) -> float | None:
    """Return σ_w² (φ′(−∞)² + φ′(∞)²)/2, the limit of χ₁ for an endless length; None if it is not a number."""
    facts = length_map.moments.activation.facts
    limit = length_map.weight_variance * (facts.slope_at_minus_infinity**2 + facts.slope_at_infinity**2) / 2
    return finite(limit)


def nothing(reason: str) -> MeanField:
    """Return a description without numbers, and why there are none."""
    return MeanField(None, None, None, None, None, None, None, reason=reason)


def _log(x: float) -> float:
    if math.isnan(x):
        return math.nan
    return math.log(x) if x > 0 else -math.inf
