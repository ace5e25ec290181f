"""Where a gradient neither vanishes nor explodes: the edge of chaos, and criticality in the strict sense."""

import math
from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise
from typing import Literal, NamedTuple

from actcli.activation import Activation
from actcli.theory.moments import SMALLEST_VARIANCE, MomentFunction, Moments, moments_of
from actcli.theory.root import bracketed_root

UniversalityClass = Literal["scale_invariant", "k_star_zero", "half_stable", "none"]

# Half octaves where activations live, octaves further out; see theory.length.
_OCTAVES = (*range(-20, -8), *(octave / 2 for octave in range(-16, 17)), *range(9, 31))
# What rounding leaves of 0, relatively; and of quotients of expectations, χ_∥/χ_⊥ and σ_b²/q.
_FLAT = 1e-12
_EXACT = 1e-10
# Below q* = 1/16 an activation is a straight line to inputs of unit size, and σ_b tends to 0 with q*.
_LEAST_OCTAVE = -4


class EdgePoint(NamedTuple):
    """A point of the edge of chaos: with these σ_w and σ_b, q* is a fixed point of the length map and χ₁ = 1.

    stable: whether q* also attracts (χ_∥ ≤ 1); an edge at a repelling q* is never seen in a network.
    universal: whether every q is a fixed point; q_star is 1 then.
    """

    sigma_w: float
    sigma_b: float
    q_star: float
    chi_parallel: float
    stable: bool
    universal: bool = False


class Criticality(NamedTuple):
    """What can be made critical, in both senses of the word.

    universality_class, after Roberts, Yaida & Hanin (arXiv:2106.10165, chapter 5), who ask for χ_∥ = χ_⊥ = 1:
    "scale_invariant" (at every q), "k_star_zero" (at q* = 0, which attracts), "half_stable" (at some q* > 0,
    which attracts from one side only), "none". strict: the point that the class gives. reachable: the point
    of the edge of chaos (χ₁ = 1 at an attracting q*) with the smallest σ_b, at q* ≥ 1/16 unless σ_b = 0.
    reason: why something is None.
    """

    universality_class: UniversalityClass
    strict: EdgePoint | None
    reachable: EdgePoint | None
    reason: str = ""


@lru_cache(maxsize=256)
def criticality(activation: Activation) -> Criticality:
    """Return class and critical points of this activation, each found anew and checked, none copied."""
    moments = moments_of(activation)
    if not math.isfinite(moments(1.0).second) or not math.isfinite(moments(1.0).slope):
        return Criticality("none", None, None, moments.missing(1.0))
    if not moments(1.0).slope > 0:
        return Criticality("none", None, None, "the slope is zero wherever it exists, so no gradient passes")
    if any(kink.order == 0 for kink in activation.facts.kinks):
        reason = "φ jumps: two inputs that nearly agree are torn apart, whatever backpropagation sees"
        return Criticality("none", None, _least_biased(moments), reason)
    kind, strict = _strict(moments)
    reachable = strict if strict is not None and strict.stable else _least_biased(moments)
    reasons = [
        "χ_∥ and χ_⊥ are nowhere 1 together" if strict is None else "",
        "χ₁ = 1 at no attracting fixed point of the length map" if reachable is None else "",
    ]
    return Criticality(kind, strict, reachable, "; ".join(filter(None, reasons)))


def chosen_point(activation: Activation) -> EdgePoint | None:
    """Return the strict critical point if there is one, else the reachable one, or None."""
    found = criticality(activation)
    return found.strict or found.reachable


def critical_point(activation: Activation) -> tuple[float, float] | None:
    """Return (σ_w, σ_b) of that point."""
    point = chosen_point(activation)
    return None if point is None else (point.sigma_w, point.sigma_b)


def universality_class(activation: Activation) -> UniversalityClass:
    """Return "scale_invariant", "k_star_zero", "half_stable" or "none"; see Criticality."""
    return criticality(activation).universality_class


def edge_of_chaos(activation: Activation, sigma_b: float) -> tuple[EdgePoint, ...]:
    """Return every σ_w that with this σ_b gives χ₁(q*) = 1, by ascending q*.

    On the edge σ_w² = 1/E φ′² and q* = σ_b² + E φ²/E φ′² (Hayou et al. 2019, arXiv:1902.06853), so that each
    q* belongs to one point; those with the σ_b asked for are found by bracketing.
    """
    moments = moments_of(activation)
    kind, strict = _strict(moments) if sigma_b == 0 else ("none", None)
    if strict is not None and kind != "half_stable":
        return (strict,)
    square = sigma_b**2
    gap: Callable[[float], float] = lambda q: (_bias_variance(moments(q)) - square) / q
    return tuple(_edge_point(moments(q), sigma_b) for q in _roots(gap))


def _bias_variance(moments: Moments) -> float:
    """Return the σ_b² with which this q is on the edge of chaos; nan where the moments are not known."""
    return moments.variance - (moments.second / moments.slope if moments.slope != 0 else math.inf)


def _ratio(moments: Moments) -> float:
    """Return χ_∥/χ_⊥."""
    return moments.growth / moments.slope if moments.slope > 0 else math.nan


def _edge_point(moments: Moments, sigma_b: float) -> EdgePoint:
    ratio = _ratio(moments)
    # A variance of biases below rounding of q* is none.
    sigma_b = sigma_b if sigma_b**2 > _FLAT * moments.variance else 0.0
    return EdgePoint(1 / math.sqrt(moments.slope), sigma_b, moments.variance, ratio, abs(ratio) <= 1 + _EXACT)


def _roots(function: Callable[[float], float]) -> list[float]:
    """Return where `function` changes sign between 2⁻²⁰ and 2³⁰, on a grid of octaves and half octaves."""
    samples: list[tuple[float, float]] = []
    for octave in _OCTAVES:
        value = function(2.0**octave)
        if math.isnan(value) and samples:
            break
        # A sample that is zero, up to rounding, is left to the bracket of its neighbours.
        if abs(value) > _FLAT:
            samples.append((2.0**octave, value))
    found = []
    for (low, at_low), (high, at_high) in pairwise(samples):
        if (at_low < 0) != (at_high < 0):
            exponent = bracketed_root(lambda t: function(math.exp(t)), math.log(low), math.log(high))
            if exponent is not None and abs(function(math.exp(exponent))) <= _EXACT:
                found.append(math.exp(exponent))
    return found


def _strict(moments: MomentFunction) -> tuple[UniversalityClass, EdgePoint | None]:
    at_zero = moments(SMALLEST_VARIANCE)
    fixed_at_zero = at_zero.second <= math.sqrt(SMALLEST_VARIANCE)
    if fixed_at_zero and 0 < at_zero.slope < math.inf:
        excesses = (_length_excess(moments, at_zero.slope, octave) for octave in range(-40, 41, 4))
        sigma_w = 1 / math.sqrt(at_zero.slope)
        # The sign of the first excess that is not rounding decides whether the length shrinks towards zero.
        first = next((excess for excess in excesses if abs(excess) > _FLAT), 0.0)
        flat = (abs(_slope_excess(moments, at_zero.slope, octave)) <= _FLAT for octave in _OCTAVES)
        if first == 0 and all(flat):
            return "scale_invariant", EdgePoint(sigma_w, 0.0, 1.0, 1.0, True, universal=True)
        if first < 0:
            return "k_star_zero", EdgePoint(sigma_w, 0.0, 0.0, 1.0, True)
    difference: Callable[[float], float] = lambda q: _ratio(moments(q)) - 1
    for variance in _roots(difference):
        here = moments(variance)
        square = _bias_variance(here)
        if square >= -_EXACT * variance:
            return "half_stable", _edge_point(here, math.sqrt(max(square, 0.0)))
    return "none", None


def _length_excess(moments: MomentFunction, slope: float, octave: int) -> float:
    """Return map(q)/q − 1 at q = 2^octave for σ_w² = 1/slope without bias; infinite where it is not known."""
    excess = moments(2.0**octave).second / (slope * 2.0**octave) - 1
    return excess if math.isfinite(excess) else math.inf


def _slope_excess(moments: MomentFunction, slope: float, octave: float) -> float:
    """Return χ_⊥ − 1 at q = 2^octave for σ_w² = 1/slope: a kept length alone keeps no gradient (sinsig)."""
    return moments(2.0**octave).slope / slope - 1


def _least_biased(moments: MomentFunction) -> EdgePoint | None:
    """Return the point of the edge with an attracting q* and the smallest σ_b."""
    without = _roots(lambda q: _bias_variance(moments(q)) / q)
    points = [point for q in without if (point := _edge_point(moments(q), 0.0)).stable]
    if points:
        return points[0]
    on_grid = [moments(2.0**octave) for octave in _OCTAVES if octave >= _LEAST_OCTAVE]
    curve = [_edge_point(m, math.sqrt(_bias_variance(m))) for m in on_grid if _bias_variance(m) >= 0]
    return min((point for point in curve if point.stable), key=lambda point: point.sigma_b, default=None)
