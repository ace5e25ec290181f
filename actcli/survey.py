"""The facts of a function that nobody described, found numerically.

Everything is sampled on one grid from ±1e-300 to ±1e308, dense where activations live and around landmarks,
and refined around the largest and smallest samples. What no landmark gives away and no grid shows stays
unseen: a spike of a stranger's function that is narrower than the spacing.
"""

import math
from collections.abc import Callable, Iterable
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from actcli.activation import Array, Facts, Kink
from actcli.numerics.floats import FLOATS, Floats, distinct
from actcli.numerics.limits import APPROACH, limit_beside, limit_of_tail
from actcli.numerics.noise import without_noise

Flags = NDArray[np.bool_]
Evaluate = Callable[[Array, int], Array]

# A limit is no wider bound for being rounded.
_SAME = 1e-9
_NOT_STATED = "found numerically; the value is what the function returns there"


def survey(
    evaluate: Evaluate,
    breakpoints: Iterable[float] | None = None,
    known: int = 3,
    floats: Floats = FLOATS["float64"],
    landmarks: tuple[tuple[float, float], ...] = (),
    further_out: Callable[[int], Array] = lambda _: np.empty(0),
    uncertainty: Evaluate | None = None,
) -> Facts:
    """Return the facts of the function whose derivative of order k at x is `evaluate(x, k)`, k = 0, 1, 2.

    `breakpoints` are the points where an order may be discontinuous; each is examined, and none is
    believed. Left out, they are looked for: from −12 to 12, wherever a jump survives bisection. A nan marks
    where the function is not defined and counts for nothing; overflow counts as infinite. Only the first
    `known` orders are searched for jumps; further ones are differences, which blur them. `floats` are the
    numbers that the function takes and returns: a step between two neighbours of them may be rounding.
    `landmarks` are (centre, width) of what changes within a short distance. `further_out` returns slopes
    beyond the floats, for −1 and for 1, where there are any. `uncertainty` returns how far off a number of an
    order may be: bounds and limits are not taken from what is only rounding.
    """
    with np.errstate(all="ignore"):
        found = discontinuities(evaluate, known, floats) if breakpoints is None else breakpoints
        points = tuple(sorted({float(point) + 0.0 for point in found if math.isfinite(point)}))
        kinks = tuple(kink for point in points for kink in examine(evaluate, point, known, floats))
        return _survey(evaluate, points, kinks, known, floats, landmarks, further_out, uncertainty)


def _survey(
    evaluate: Evaluate,
    points: tuple[float, ...],
    kinks: tuple[Kink, ...],
    known: int,
    floats: Floats,
    landmarks: tuple[tuple[float, float], ...],
    further_out: Callable[[int], Array],
    uncertainty: Evaluate | None,
) -> Facts:
    grid = _grid(points, floats, landmarks)
    value, every_slope = (_certain(evaluate, uncertainty, order, grid) for order in (0, 1))
    slope = _away_from(points, every_slope)
    beside, steep = (_beside_all(evaluate, points, order, known, floats) for order in (0, 1))
    ends = tuple(_limit(slope, side, floats, further_out) for side in (-1, 1))
    infimum, supremum = _widened(_bounds(value, grid, floats), beside)
    slope_infimum, slope_supremum = _widened(_bounds(slope, grid, floats), (*steep, *ends))
    facts = Facts(
        infimum,
        supremum,
        slope_infimum,
        slope_supremum,
        slope_at_minus_infinity=ends[0],
        slope_at_infinity=ends[1],
        kinks=kinks,
    )
    return facts._replace(parity=_parity(lambda x: evaluate(x, 0), grid, floats))


def _certain(
    evaluate: Evaluate, uncertainty: Evaluate | None, order: int, grid: Array
) -> Callable[[Array], Array]:
    function = lambda x: evaluate(x, order)
    if uncertainty is None:
        return function
    return without_noise(function, lambda x: uncertainty(x, order), grid)


def _beside_all(
    evaluate: Evaluate, points: tuple[float, ...], order: int, known: int, floats: Floats
) -> tuple[float, ...]:
    """Return the limits of a known order from both sides of every point, nan where there is none."""
    pairs = (_beside(evaluate, point, order, known, floats) for point in points if order < known)
    return tuple(limit for pair in pairs for limit in pair)


def _widened(bounds: tuple[float, float], limits: tuple[float, ...]) -> tuple[float, float]:
    """Return the bounds of a function that has these limits, which it need not take."""
    low, high = bounds
    known = [limit for limit in limits if not math.isnan(limit)]
    lowest, highest = min(known, default=math.inf), max(known, default=-math.inf)
    return (
        lowest if lowest < low - _SAME * abs(low) else low,
        highest if highest > high + _SAME * abs(high) else high,
    )


def examine(
    evaluate: Evaluate, point: float, known: int = 3, floats: Floats = FLOATS["float64"]
) -> tuple[Kink, ...]:
    """Return what is discontinuous at `point`, one kink for each of the `known` orders that jumps there.

    A limit is infinite where the numbers still grow beside the point. The search ends with an order that has
    no limit on one side: at the edge of where the function is defined, or of an endless oscillation.
    """
    kinks: list[Kink] = []
    for order in range(min(known, 3)):
        left, right = _beside(evaluate, point, order, known, floats)
        if math.isnan(left) or math.isnan(right):
            break
        scale = max(abs(left), abs(right), 1e-3)
        # Between two equal infinite limits there is no jump, and no number either.
        if math.isinf(scale) or abs(right - left) > floats.jump * scale:
            stated = float(evaluate(np.array([point]), order)[0]) + 0.0
            kinks.append(Kink(point, left, right, stated, _NOT_STATED, order))
    return tuple(kinks)


def _beside(evaluate: Evaluate, point: float, order: int, known: int, floats: Floats) -> tuple[float, float]:
    """Return the limits of an order at `point` from the left and from the right, nan where there is none.

    They are taken a few floats beside the point, since a breakpoint that was computed may be rounded, and
    carried to it by the next order.
    """
    # Equal steps in the logarithm: a logarithm makes equal steps too, and what converges shorter ones.
    outwards = np.geomspace(_nearest(point, floats), _furthest(point, floats), APPROACH)
    distance = np.concatenate([-outwards, outwards])
    x = floats.rounded(point + distance)
    values, nearest = evaluate(x, order), x[::APPROACH]
    slopes = evaluate(nearest, order + 1) if order + 1 < min(known, 3) else np.zeros(2)
    carried = values[::APPROACH] + (point - nearest) * np.nan_to_num(slopes, posinf=0.0, neginf=0.0)
    left, right = (
        limit_beside(values[start : start + APPROACH], float(carried[side]))
        for side, start in enumerate((0, APPROACH))
    )
    return left, right


def _nearest(point: float, floats: Floats) -> float:
    return float(4 * floats.spacing(point)) if point else floats.beside_zero


def _furthest(point: float, floats: Floats) -> float:
    return math.sqrt(_nearest(point, floats) * (abs(point) or 1.0))


def discontinuities(
    evaluate: Evaluate, known: int = 3, floats: Floats = FLOATS["float64"]
) -> tuple[float, ...]:
    """Return where one of the first `known` orders jumps between −12 and 12, by bisection."""
    found: set[float] = set()
    # Off the round numbers, so that a break at 0 or 3 lies inside an interval.
    edges = distinct(floats.rounded(np.linspace(-12.0037, 12.0041, 4803)))
    for order in range(min(known, 3)):
        values = evaluate(edges, order)
        steps = np.abs(np.diff(values))
        rounding = 8 * floats.epsilon * np.maximum(np.abs(values[1:]), 1.0)
        typical = np.maximum(_neighbouring(steps), np.maximum(rounding, 1e-12))
        suspects = np.flatnonzero(np.isfinite(steps) & (steps > 4 * typical))
        found |= set(_bisected(evaluate, order, edges[suspects], edges[suspects + 1], floats))
    return tuple(sorted(found))


def _neighbouring(steps: Array) -> Array:
    """Return the larger of the steps two places to the left and to the right: what is usual here."""
    padded: Array = np.pad(np.where(np.isfinite(steps), steps, 0.0), 2, mode="edge")
    return np.maximum(padded[:-4], padded[4:])


def _bisected(evaluate: Evaluate, order: int, low: Array, high: Array, floats: Floats) -> list[float]:
    """Return the points at which a jump between `low` and `high` is still there when they are adjacent."""
    first = np.abs(evaluate(high, order) - evaluate(low, order))
    for _ in range(64):
        middle = floats.rounded(low + (high - low) / 2)
        below, at, above = (evaluate(x, order) for x in (low, middle, high))
        go_left = np.abs(at - below) >= np.abs(above - at)
        low, high = np.where(go_left, low, middle), np.where(go_left, middle, high)
    jump = np.abs(evaluate(high, order) - evaluate(low, order))
    kept = jump > 0.5 * first
    # Which of two adjacent floats is the border cannot be seen; the shorter number is the one meant.
    pairs = zip(low[kept].tolist(), high[kept].tolist(), strict=True)
    return [0.0 if a <= 0 <= b else min(a, b, key=lambda x: len(repr(x))) for a, b in pairs]


def _away_from(points: tuple[float, ...], function: Callable[[Array], Array]) -> Callable[[Array], Array]:
    """Return the function with nan at `points`: what is stated at a kink is no slope."""
    return lambda x: np.where(_among(x, points), np.nan, function(x))


def _among(x: Array, points: tuple[float, ...]) -> Flags:
    found: Flags = (x[..., None] == np.array(points)).any(axis=-1)
    return found


def _grid(points: tuple[float, ...], floats: Floats, landmarks: tuple[tuple[float, float], ...]) -> Array:
    positive = np.concatenate(
        [
            np.logspace(-300, -3, 150),
            np.linspace(0, 60, 3001)[1:],
            np.logspace(-3, 3, 1500),
            np.logspace(3, 308, 600),
        ]
    )
    near = np.concatenate([np.logspace(-12, -3, 40), np.logspace(-3, 2, 200)])
    beside = [shifted for point in points for shifted in (point - near, point + near)]
    edges = [point + sign * _nearest(point, floats) for point in points for sign in (-1, 1)]
    within = np.concatenate([np.linspace(0, 12, 193), np.logspace(-3, 4, 140)])
    beside += [centre + side * width * within for centre, width in landmarks for side in (-1, 1)]
    return distinct(floats.rounded(np.concatenate([-positive, [0.0], positive, *beside, points, edges])))


def _bounds(function: Callable[[Array], Array], grid: Array, floats: Floats) -> tuple[float, float]:
    # Where the function knows its limits at ±inf they count too; nan is left out.
    values, ends = function(grid), function(np.array([-np.inf, np.inf]))
    return (
        0.0 - _supremum(lambda x: -function(x), grid, -values, -ends, floats),
        _supremum(function, grid, values, ends, floats),
    )


def _supremum(
    function: Callable[[Array], Array], grid: Array, values: Array, ends: Array, floats: Floats
) -> float:
    defined = ~np.isnan(values)
    if not defined.any():
        return math.nan
    x, y = grid[defined], values[defined]
    highest = float(max(y.max(), np.nanmax(np.append(ends, -np.inf))))
    central = y[np.abs(x) < floats.unbounded].max(initial=-np.inf)
    # A logarithm is still climbing at the end of the grid, and has no bound.
    climbing = highest > central + 0.01 * abs(central) + 1e-6
    if highest > floats.unbounded or climbing:
        return math.inf
    return max(highest, _refined(function, x, y)) + 0.0


def _refined(function: Callable[[Array], Array], x: Array, y: Array) -> float:
    """Return the largest value found by resampling around the highest local maxima of the samples."""
    padded = np.concatenate([[-np.inf], y, [-np.inf]])
    peaks = np.flatnonzero((y >= padded[:-2]) & (y >= padded[2:]))
    peaks = peaks[np.argsort(y[peaks], kind="stable")][-12:]
    low, high = x[np.maximum(peaks - 1, 0)], x[np.minimum(peaks + 1, len(x) - 1)]
    best = float(y.max())
    for _ in range(14):
        samples = low + (high - low) * np.linspace(0, 1, 33)[:, None]
        values = np.where(np.isnan(heights := function(samples)), -np.inf, heights)
        places = values.argmax(axis=0)
        best = max(best, float(values.max()))
        columns = np.arange(len(peaks))
        low, high = samples[np.maximum(places - 1, 0), columns], samples[np.minimum(places + 1, 32), columns]
    return best


def _limit(
    slope: Callable[[Array], Array], side: int, floats: Floats, further_out: Callable[[int], Array]
) -> float:
    """Return the limit of the slope towards ±∞: nan where it oscillates or is not defined."""
    x = floats.rounded(np.ldexp(side * 1.3719, np.arange(2, math.frexp(floats.largest)[1] - 1)))
    values = slope(x)
    undefined = np.flatnonzero(np.isnan(values))
    # A formula such as inf/inf stops being defined somewhere; the last stretch before that decides.
    last = int(undefined[0]) if len(undefined) else len(x)
    if last < 4:
        return math.nan
    found = limit_of_tail(values[max(last - 40, last // 2) : last], floats)
    beyond = further_out(side) if math.isnan(found) else np.empty(0)
    return limit_of_tail(beyond[-8:], floats) if len(beyond) else found


def _parity(function: Callable[[Array], Array], grid: Array, floats: Floats) -> Literal["odd", "even"] | None:
    x = grid[grid >= 0]
    right, left = function(x), function(-x)
    if (np.isnan(right) != np.isnan(left)).any():
        return None
    right, left = right[~np.isnan(right)], left[~np.isnan(left)]
    tolerance = max(1e-12, 8 * floats.epsilon)
    if np.allclose(right, left, rtol=tolerance, atol=0):
        return "even"
    return "odd" if np.allclose(right, -left, rtol=tolerance, atol=0) else None
