"""Shares of units under N(0, 1): where a slope is nearly or exactly 0, with every border found."""

import math
from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from actcli.activation import Activation, Array
from actcli.network.statistics import SATURATED
from actcli.numerics import normal_cdf
from actcli.theory.moments import moments_of
from actcli.theory.quadrature import points_and_weights

Holds = Callable[[Array], NDArray[np.bool_]]

# Beyond 12 standard deviations lies 4e-33 of the mass.
_REACH = 12.0
# Panels that are not resolved may be this wide in all, within this reach: at a pole they are narrow.
_TRUSTED, _UNSEEN = 7.0, 1e-12
_CLOSE = 1e-17
# The mesh of moments resolves φ², φ′² and φ, in this order; past its last panel it has one error for all.
_SLOPE = 1


def saturated_fraction(activation: Activation) -> float | None:
    """Return P(|f′(z)| < 1 % of sup|f′|) for z ~ N(0, 1); None for a slope without bound or not resolved."""
    bound, points = activation.slope_bound, slope_points(activation)
    if not math.isfinite(bound) or points is None:
        return None
    edge = SATURATED * bound
    # Between its extrema a slope crosses ±edge once each; |f′| < edge may hold in between unseen.
    below = share(lambda z: activation(z, order=1) < edge, points)
    return max(below - share(lambda z: activation(z, order=1) <= -edge, points), 0.0)


def dead_fraction(activation: Activation) -> float | None:
    """Return P(f′(z) = 0) for z ~ N(0, 1); None where the slope is not resolved."""
    points = slope_points(activation)
    return None if points is None else share(lambda z: activation(z, order=1) == 0, points)


@lru_cache(maxsize=64)
def slope_points(activation: Activation) -> Array | None:
    """Return points between neighbours of which f′ is monotonic, kinks apart; None where it is not resolved.

    They are the nodes of the panels on which f′² is resolved for its expectations, the kinks, and the
    extrema of f′, bisected between the nodes where f″ changes its sign.
    """
    mesh = moments_of(activation).mesh
    edges = mesh.edges(_REACH)
    unresolved = sum(
        width for gap, errors, width in mesh.gaps if gap < _TRUSTED and errors[_SLOPE % len(errors)]
    )
    if unresolved > _UNSEEN:
        return None
    nodes, _ = points_and_weights(np.concatenate([[-_REACH], edges, [_REACH]]))
    with np.errstate(all="ignore"):
        extrema = _borders(lambda z: activation(z, order=2) > 0, nodes)
    points = np.concatenate([nodes, *extrema])
    points.sort()
    return points


def share(holds: Holds, points: Array | None = None) -> float:
    """Return the probability that a statement about z ~ N(0, 1) holds, its borders found by bisection.

    It may change at most once between neighbours of `points`; left out, they are 4,801 from −12 to 12.
    """
    # Off the round numbers, where a kink would decide for its whole neighbourhood.
    z = np.linspace(-12.00037, 12.00041, 4_801) if points is None else points
    with np.errstate(all="ignore"):
        low, _ = _borders(holds, z)
        first = bool(holds(z[:1])[0])
    pieces = np.diff(normal_cdf(np.concatenate([[-30.0], low, [30.0]])))
    return float(pieces[0 if first else 1 :: 2].sum())


def _borders(holds: Holds, z: Array) -> tuple[Array, Array]:
    """Return the ends, neighbouring floats or 1e-17 apart, between which the statement changes."""
    inside = holds(z)
    change = np.flatnonzero(inside[:-1] != inside[1:])
    low, high = z[change], z[change + 1]
    while (high - low > np.maximum(_CLOSE, np.spacing(np.abs(low)))).any():
        middle = low + (high - low) / 2
        same = holds(middle) == inside[change]
        low, high = np.where(same, middle, low), np.where(same, high, middle)
    return low, high
