"""Which part of an activation a picture shows when nobody says, and how high it reaches."""

import math
from collections.abc import Sequence

import numpy as np

from actcli.activation import Activation, Array

# Where |f′| stays below this share of its bound out to infinity, a unit is saturated.
SATURATED = 0.01
_REACH = 12.0
# Of so many evenly spaced points, so many stand above half the height of a peak that is no pole.
_EVEN, _BROAD = 200, 4
# Differences of heights must be finite too.
_HIGHEST = 1e300
# More kinks than this repeat themselves without end: a staircase, a row of poles.
_MANY_KINKS = 8
# An activation does not come to such values on purpose: a pole that was surveyed does.
_POLE = 1e9
_NICE = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 12.0)


def window(activation: Activation) -> tuple[float, float]:
    """Return the range of x that shows what an activation does.

    That is its kinks and extrema, the bend into its saturated ends, two periods of an oscillation, and of a
    function that outgrows a straight line only as much as leaves its middle visible.
    """
    breaks = activation.breakpoints
    far = [b for b in breaks if abs(b) > _REACH]
    centre = (breaks[0] + breaks[-1]) / 2 if far else 0.0
    reach = _REACH + (breaks[-1] - breaks[0] if far else 0.0)
    half = _half_width(activation, centre, reach)
    return centre - half, centre + half


def shared_window(activations: Sequence[Activation]) -> tuple[float, float]:
    """Return one range for several activations: the middle one of theirs, and all of their kinks.

    Where they live far apart, it is the union of their own ranges.
    """
    lows, highs = zip(*map(window, activations), strict=True)
    if max(lows) >= min(highs):
        return min(lows), max(highs)
    low, high = sorted(lows)[(len(lows) - 1) // 2], sorted(highs)[len(highs) // 2]
    few = (a.breakpoints for a in activations if len(a.breakpoints) <= _MANY_KINKS)
    breaks = [b for breakpoints in few for b in breakpoints]
    return min([low, *(1.2 * b for b in breaks if b < low)]), max(
        [high, *(1.2 * b for b in breaks if b > high)]
    )


def _half_width(activation: Activation, centre: float, reach: float) -> float:
    x = np.linspace(centre - reach, centre + reach, 4801)
    turns = _crossings(x, activation(x, order=1)) - centre
    for _ in range(4):
        if turns.size < 400:
            break
        # A fast oscillation: look closer, or the samples would mistake it for a slow one.
        x = centre + (x - centre) / 20
        turns = _crossings(x, activation(x, order=1)) - centre
    period = _oscillation(turns)
    if period:
        return period
    distances = np.sort(np.abs(np.array(activation.breakpoints) - centre))
    if distances.size > _MANY_KINKS:
        return _nice(1.1 * float(distances[5]))
    facts = activation.facts
    explodes = math.isinf(facts.slope_at_infinity) or math.isinf(facts.slope_at_minus_infinity)
    roots = _crossings(x, activation(x)) - centre if explodes else np.empty(0)
    features = np.abs(np.concatenate([turns, roots, [b - centre for b in activation.breakpoints]]))
    widest = float(features.max(initial=0.0))
    if explodes:
        return _nice(max(1.5 * widest, 2.0 if widest < 0.3 else 1.5))
    edges = [abs(edge - centre) for edge in saturation_edges(activation, reach) if edge is not None]
    flat = len(edges) == 2
    return _nice(max(1.35 * widest, 1.3 * min(max(edges, default=0.0), _REACH / 1.3), 2.0 if flat else 4.0))


def _crossings(x: Array, y: Array) -> Array:
    """Return where `y` changes its sign, between samples or over a stretch of zeros."""
    kept = np.isfinite(y) & (y != 0)
    x, sign = x[kept], np.sign(y[kept])
    turns = np.flatnonzero(np.diff(sign))
    return (x[turns] + x[turns + 1]) / 2


def _oscillation(turns: Array) -> float:
    """Return a half-width that shows two periods around the centre, or 0 where nothing oscillates."""
    sides = [np.sort(turns[turns > 0]), np.sort(-turns[turns < 0])]
    if turns.size < 4:
        return 0.0
    return 4 / 3 * max(float(side[1]) for side in sides if side.size > 1)


def _nice(width: float) -> float:
    scale = 10.0 ** math.floor(math.log10(width / 1.2)) if width > _NICE[-1] else 1.0
    return scale * next((nice for nice in _NICE if nice * scale >= 0.97 * width), _NICE[-1])


def saturation_edges(activation: Activation, reach: float) -> tuple[float | None, float | None]:
    """Return from where on, to the left and to the right, |f′| stays below 1 % of its bound.

    None where it does not: the slope does not tend to 0, has no bound, or first does so beyond `reach`
    (in which case a slow tail is told from a saturated one).
    """
    facts, bound = activation.facts, activation.slope_bound
    if not math.isfinite(bound) or bound == 0:
        return None, None
    # Ever longer steps outwards: the slope of a slow tail may still matter far beyond the picture.
    tail = reach * np.geomspace(1.0, 1e6, 400)
    x = np.concatenate([-tail[::-1], np.linspace(-reach, reach, 4801), tail])
    steep = np.flatnonzero(np.abs(activation(x, order=1)) >= SATURATED * bound)
    edges: list[float | None] = []
    for limit, place, side in (
        (facts.slope_at_minus_infinity, steep[:1], -1),
        (facts.slope_at_infinity, steep[-1:], 1),
    ):
        found = limit == 0 and place.size and abs(x[place[0]]) < reach
        edges.append(
            _edge(activation, float(x[place[0]]), float(x[place[0] + side]), bound) if found else None
        )
    return edges[0], edges[1]


def _edge(activation: Activation, steep: float, flat: float, bound: float) -> float:
    for _ in range(60):
        middle = (steep + flat) / 2
        if abs(float(activation(np.array([middle]), order=1)[0])) >= SATURATED * bound:
            steep = middle
        else:
            flat = middle
    return flat


def is_bounded(activation: Activation, order: int) -> bool:
    """Return whether f (order 0) or f′ (order 1) is bounded; of further orders nothing is known."""
    facts = activation.facts
    bounds = ((facts.infimum, facts.supremum), (facts.slope_infimum, facts.slope_supremum))
    return order < len(bounds) and all(abs(bound) < _POLE for bound in bounds[order])


def heights(curves: Sequence[tuple[Array, Array]], bounded: Sequence[bool]) -> tuple[float, float] | None:
    """Return a range of y that leaves the middle of exploding curves visible, or None where none explodes.

    Curves that are bounded, or highest inside the picture, are shown whole; of the others, five times the
    height that three quarters of all points stay within.
    """
    # Evenly spaced in x: the samples crowd where a curve is steep, and its heights would count too much.
    finite = [(x[np.isfinite(y)], np.abs(y[np.isfinite(y)])) for x, y in curves if np.isfinite(y).any()]
    if not finite:
        return None
    even = [_evenly(x, y) for x, y in finite]
    flags = (flag for (_, y), flag in zip(curves, bounded, strict=True) if np.isfinite(y).any())
    whole = [
        float(y.max())
        for (x, y), coarse, flag in zip(finite, even, flags, strict=True)
        if flag or _peaks_inside(x, y, coarse)
    ]
    limit = min(max([5 * float(np.quantile(np.concatenate(even), 0.75)), *whole]), _HIGHEST)
    if limit == 0 or max(y.max() for _, y in finite) <= limit:
        return None
    low = max(min(float(np.nanmin(y)) for _, y in curves if np.isfinite(y).any()), -limit)
    high = min(max(float(np.nanmax(y)) for _, y in curves if np.isfinite(y).any()), limit)
    return low - 0.07 * (high - low), high + 0.07 * (high - low)


def _evenly(x: Array, y: Array) -> Array:
    places = np.searchsorted(x, np.linspace(x[0], x[-1], _EVEN))
    return np.asarray(y[places.clip(0, len(x) - 1)])


def _peaks_inside(x: Array, y: Array, coarse: Array) -> bool:
    """Return whether |y| is largest away from the ends, and so broadly that it is no pole."""
    edge = 0.02 * (x[-1] - x[0])
    broad = y.max() / 2 <= coarse.max() and np.count_nonzero(coarse >= coarse.max() / 2) >= _BROAD
    return bool(broad and x[0] + edge < x[np.argmax(y)] < x[-1] - edge)
