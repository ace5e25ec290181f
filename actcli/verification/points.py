"""Where to look at a function: kinks, zeros and extrema, both tails, and what lies between, in log scale."""

import math
from collections.abc import Callable, Iterable
from functools import partial

import numpy as np

from actcli.activation import Activation, Array
from actcli.numerics.floats import FLOATS

_SHOWN_OF_A_KIND = 4
# Of functions without a formula: so many stretches between ±12, each looked at in 500 places.
_SUSPECTED, _REACH, _OFF_ROUND, _COARSE_STEP = 24, 12.0, 0.000137, 1e-3
_BRANCHES = (-6.0, -3.0, -2.5, -2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0, 2.5, 3.0, 6.0)
_ROUND = (-20.0, -5.0, -2.0, -1.0, 0.0, 1.0, 2.0, 5.0, 20.0)


def shown_points(activation: Activation) -> tuple[float, ...]:
    """Return about a dozen points for people: kinks, zeros, extrema of f and f′, round numbers and tails."""
    features = [*_nearest(activation.breakpoints), *characteristic(activation)]
    # A round number close to a feature says nothing new.
    rounds = [x for x in _ROUND if all(abs(x - feature) > 0.2 for feature in features)]
    return held(activation, (*features, *rounds))


def held(activation: Activation, points: Iterable[float]) -> tuple[float, ...]:
    """Return the points as the activation's floating type holds them, ascending; none beyond its range."""
    rounded = FLOATS[activation.precision].rounded(np.array([*points])) + 0.0
    return tuple(sorted({*rounded[np.isfinite(rounded)].tolist()}))


def characteristic(activation: Activation) -> tuple[float, ...]:
    """Return the zeros of f, f′ and f″ between −12 and 12, the four nearest to 0 of each, ascending."""
    orders: list[Callable[[Array], Array]] = [partial(activation, order=order) for order in range(3)]
    found = {x for function in orders for x in _nearest(_zeros(function, activation.breakpoints))}
    return tuple(sorted(found))


def checked_points(activation: Activation) -> tuple[float, ...]:
    """Return some 160 points for a check: the shown ones, beside every kink, and log-spaced out to 1e±300.

    Points are dense from 0.01 to 1000, where tails fade, and no round numbers; those at which people let
    branches begin are among them too.
    """
    sizes = np.concatenate(
        [
            np.array([1.3e-300, 2.7e-31, 4.1e-11, 3.3e-8, 1.9e-5]),
            np.logspace(-3, 1, 28, endpoint=False) * 1.0137,
            np.logspace(1, 3, 26) * 1.0137,
            np.logspace(3.31, 6.1, 4),
            np.logspace(9.4, 299.7, 8),
        ]
    ).tolist()
    beside = []
    for kink in _nearest(activation.breakpoints, 8):
        scale = max(abs(kink), 1.0)
        beside += [kink + sign * distance * scale for distance in (1e-9, 1e-3, 0.037) for sign in (-1, 1)]
    if not activation.orders[0].formula:
        beside += [x for order in range(1, 3) for x in _suspects(activation, order)]
    every = [*shown_points(activation), *_BRANCHES, *beside, *sizes, *(-size for size in sizes)]
    return held(activation, every)


def _suspects(activation: Activation, order: int) -> list[float]:
    """Return where a stated order is furthest from coarse differences of the one below, stretch by stretch.

    A function of one's own may be wrong in a window that no list of points falls into.
    """
    if activation.orders[order].origin == "differences":
        return []
    x = FLOATS[activation.precision].rounded(np.linspace(-_REACH, _REACH, _SUSPECTED * 500) + _OFF_ROUND)
    with np.errstate(all="ignore"):
        low, high = (activation(x + side * _COARSE_STEP, order=order - 1) for side in (-1, 1))
        apart = np.abs((high - low) / (2 * _COARSE_STEP) - activation(x, order=order))
    kinked = np.min([np.abs(x - point) for point in (*activation.breakpoints, np.inf)], axis=0)
    apart = np.where((kinked > 2 * _COARSE_STEP) & ~np.isnan(apart), apart, 0.0)
    stretches = zip(x.reshape(_SUSPECTED, -1), apart.reshape(_SUSPECTED, -1), strict=True)
    return [float(places[int(np.argmax(sizes))]) for places, sizes in stretches]


def distance_to_break(x: float, breakpoints: tuple[float, ...]) -> float:
    """Return how far the smooth piece around `x` extends: infinity without a breakpoint, 0 at one."""
    return min((abs(x - point) for point in breakpoints), default=math.inf)


def _nearest(points: tuple[float, ...], most: int = _SHOWN_OF_A_KIND) -> list[float]:
    return sorted(sorted(points, key=abs)[:most])


def _zeros(function: Callable[[Array], Array], breakpoints: tuple[float, ...]) -> tuple[float, ...]:
    """Return where the function changes its sign continuously between −12 and 12, to the last bit."""
    grid = np.linspace(-12, 12, 1201) + 0.0
    values = function(grid)
    signs = np.sign(values)
    exact = grid[(values == 0) & (np.roll(signs, 1) * np.roll(signs, -1) < 0)]
    change = np.flatnonzero(signs[:-1] * signs[1:] < 0)
    low, high = grid[change], grid[change + 1]
    for _ in range(60 if len(change) else 0):
        middle = (low + high) / 2
        left = np.sign(function(low)) != np.sign(function(middle))
        low, high = np.where(left, low, middle), np.where(left, middle, high)
    # A jump through zero is no zero; its place is a kink that is known already.
    size = np.abs(values[change]) + np.abs(values[change + 1])
    roots = low[np.abs(function(low)) < 1e-6 * size]
    return tuple(x for x in (*exact.tolist(), *roots.tolist()) if distance_to_break(x, breakpoints) > 1e-9)
