"""Points along a function, dense where it bends, exact at its kinks and jumps."""

from collections.abc import Callable
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from actcli.activation import Array

Function = Callable[[Array], Array]

# Of the height of what is shown: how far a straight line may be from the curve, and what counts as a jump.
_FLATNESS = 5e-4
_JUMP = 1e-2
_ROUNDS = 40
# Intervals are split off their middle, where a jump at a point of symmetry would look straight.
_SHARE = 0.45
_MOST_NEW_POINTS = 20_000
# Of the range: a narrower stretch without a value is a pole or a single point, no hole.
_HOLE = 1e-2
# One-sided limits are taken this far from a kink, in widths of the range: past its rounding error.
_BESIDE = 1e-12
_SAME = 1e-9
# Between two samples a pole rises by more than this factor, and a peak by less.
_RISE = 16.0
# Heights are cut here, so that their differences are finite.
_HIGHEST = 1e300


class Jump(NamedTuple):
    """Where the function jumps inside the range: its limits from both sides, and the value that it takes."""

    x: float
    left: float
    right: float
    stated: float


class Samples(NamedTuple):
    """Points of a function in ascending x. A nan in `y` parts two pieces: a jump, a pole, a hole."""

    x: Array
    y: Array
    jumps: tuple[Jump, ...]

    @property
    def holes(self) -> list[tuple[float, float]]:
        """Where the function has no value over more than 1 % of the range."""
        missing = np.isnan(self.y)
        starts = np.flatnonzero(missing & ~np.append(False, missing[:-1]))
        stops = np.flatnonzero(missing & ~np.append(missing[1:], False))
        ends = zip(self.x[starts].tolist(), self.x[stops].tolist(), strict=True)
        return [(a, b) for a, b in ends if b - a > _HOLE * (self.x[-1] - self.x[0])]


def sample(
    function: Function,
    breaks: tuple[float, ...],
    low: float,
    high: float,
    points: int,
    narrow: tuple[float, ...] = (),
) -> Samples:
    """Return `function` on [low, high]: at least `points` evenly spaced points, and more where it bends.

    At each of `breaks` both one-sided limits are taken; where they differ there is a jump, where they agree
    the point itself stands among the samples. A jump or pole that is not among `breaks` is found by
    bisection and parted too. `narrow` are points that lead into features which even points step over.
    """
    inside = [b for b in breaks if low < b < high]
    beside = _BESIDE * (high - low)
    pieces = [
        _piece(
            function,
            (start, stop),
            (start in breaks, stop in breaks),
            beside,
            points * (stop - start) / (high - low),
            [x for x in narrow if start < x < stop],
        )
        for start, stop in pairwise([low, *inside, high])
    ]
    height = _height(function, pieces)
    pieces = [_refined(function, x, y, height) for x, y in pieces]
    jumps = []
    x, y = pieces[0]
    for point, (next_x, next_y) in zip(inside, pieces[1:], strict=True):
        stated = float(function(np.array([point]))[0])
        left, right = (_snapped(float(limit), stated) for limit in (y[-1], next_y[0]))
        if left == right == stated:
            x, y = np.append(x, next_x[1:]), np.append(y, next_y[1:])
        else:
            jumps.append(Jump(point, left, right, stated))
            x, y = np.append(x, [point, *next_x]), np.append(y, [np.nan, *next_y])
    return Samples(x, y, tuple(jumps))


def _piece(
    function: Function,
    ends: tuple[float, float],
    open_ends: tuple[bool, bool],
    beside: float,
    points: float,
    narrow: list[float],
) -> tuple[Array, Array]:
    """Return evenly spaced samples of a smooth piece, limits from within at the ends where it may break."""
    x = np.linspace(*ends, max(int(np.ceil(points)), 9))
    if narrow:
        x = np.sort(np.append(x, [place for place in narrow if place not in x]))
    at = x.copy()
    at[0] += open_ends[0] * max(beside, 4 * float(np.spacing(abs(x[0]))))
    at[-1] -= open_ends[1] * max(beside, 4 * float(np.spacing(abs(x[-1]))))
    return x, _finite(function(at))


def _snapped(limit: float, stated: float) -> float:
    """Return `stated` for a limit that differs from it by no more than the step beside the kink explains."""
    near = np.isfinite(stated) and abs(limit - stated) <= _SAME * max(1.0, abs(stated))
    return stated if near else limit


def _finite(y: Array) -> Array:
    return np.where(np.isfinite(y), y, np.nan)


def _height(function: Function, pieces: list[tuple[Array, Array]]) -> float:
    """Return the height by which errors are judged: that of most of the curve, not of a pole."""
    every = np.concatenate([y for _, y in pieces])
    finite = np.minimum(np.abs(every[np.isfinite(every)]), _HIGHEST)
    if not finite.size:
        return 1.0
    most = 10 * float(np.quantile(finite, 0.9))
    if most >= finite.max():
        return float(finite.max()) or 1.0
    return _peak(function, pieces) or most or float(finite.max())


def _peak(function: Function, pieces: list[tuple[Array, Array]]) -> float:
    """Return the height of a narrow peak away from the ends; 0 where it is a pole, or there is none."""
    # The ends of a piece may be limits at a pole.
    x, y = (np.concatenate([piece[part][1:-1] for piece in pieces]) for part in (0, 1))
    size = np.abs(np.nan_to_num(y, posinf=0.0, neginf=0.0))
    place = int(np.argmax(size))
    if not 0.02 * len(x) < place < min(0.98 * len(x), len(x) - 1):
        return 0.0
    closer = np.abs(function(np.linspace(x[place - 1], x[place + 1], 67)))
    top = float(np.nanmax(closer))
    return top if top / _RISE <= size[place] else 0.0


def _refined(function: Function, x: Array, y: Array, height: float) -> tuple[Array, Array]:
    """Split intervals, round by round, until straight lines are as good as the curve."""
    new_x, new_y = [x], [y]
    left, right = np.arange(len(x) - 1), np.arange(1, len(x))
    a, b, fa, fb = x[left], x[right], y[left], y[right]
    least = 1e-9 * (x[-1] - x[0])
    spare = _MOST_NEW_POINTS
    for _ in range(_ROUNDS):
        middle = a + _SHARE * (b - a)
        value = _finite(function(middle))
        wrong = _wrong(fa, value, fb, height) & (b - a > least)
        a, b, fa, fb, middle, value = (v[wrong] for v in (a, b, fa, fb, middle, value))
        spare -= len(middle)
        if not len(middle) or spare < 0:
            break
        new_x.append(middle)
        new_y.append(value)
        a, b = np.append(a, middle), np.append(middle, b)
        fa, fb = np.append(fa, value), np.append(value, fb)
    x, y = np.concatenate(new_x), np.concatenate(new_y)
    order = np.argsort(x, kind="stable")
    return _parted(x[order], y[order], 4 * least, height)


def _wrong(left: Array, middle: Array, right: Array, height: float) -> Array:
    """Return where an interval is off the straight line at its split, or only part of it is finite."""
    low, mid, high = (np.clip(v, -10 * height, 10 * height) for v in (left, middle, right))
    holes = np.isnan(low) | np.isnan(mid) | np.isnan(high)
    partly = holes & ~(np.isnan(low) & np.isnan(mid) & np.isnan(high))
    return np.where(holes, partly, np.abs(mid - low - _SHARE * (high - low)) > _FLATNESS * height)


def _parted(x: Array, y: Array, least: float, height: float) -> tuple[Array, Array]:
    """Lift the pen where two points as near as bisection goes still differ: a jump that no one announced."""
    gaps = (np.diff(x) < least) & (np.abs(np.diff(y)) > _JUMP * height)
    # A point between two gaps stands on a wall too steep to be seen: it would be a lone dot.
    kept = np.flatnonzero(~(np.append(False, gaps) & np.append(gaps, False)))
    x, y, torn = x[kept], y[kept], np.flatnonzero(gaps[kept[:-1]]) + 1
    return np.insert(x, torn, x[torn]), np.insert(y, torn, np.nan)
