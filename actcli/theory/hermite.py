"""An activation as a Hermite series, which turns correlations into powers: E φ(u)φ(v) = Σ a_k² c^k."""

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from actcli.activation import Activation
from actcli.theory.expectation import density, subdivided
from actcli.theory.moments import moments_of
from actcli.theory.quadrature import Array, points_and_weights, weighted_sum

# h_k √p oscillates with at most √k/2π waves a unit and is nothing beyond 13 for the k used here.
_REACH = 13.0
_RADIANS_A_PANEL = 6.0


class HermiteSeries(NamedTuple):
    """φ(√q z) = Σ a_k h_k(z) with orthonormal h_k.

    squares: a_k², k = 0, 1, …; rest: E φ² − Σ a_k², and slope_rest: q E φ′² − Σ k a_k²: what the terms left
    out amount to at c = 1; at |c| < 1 they are less than `rest` · |c|^len(squares).
    """

    squares: Array
    rest: float
    slope_rest: float

    def product(self, correlation: float) -> tuple[float, float]:
        """Return E φ(u)φ(v) for (u, v) with this correlation, and a bound on what is missing."""
        powers = correlation ** np.arange(len(self.squares))
        return float(self.squares @ powers), self.rest * abs(correlation) ** len(self.squares)

    def slope_product(self, correlation: float) -> tuple[float, float]:
        """Return q E φ′(u)φ′(v), the derivative of the product by c, and a bound on what is missing."""
        orders = np.arange(1, len(self.squares))
        powers = correlation ** (orders - 1)
        return float((orders * self.squares[1:]) @ powers), self.slope_rest * abs(correlation) ** len(orders)


@lru_cache(maxsize=64)
def hermite_series(activation: Activation, variance: float, count: int) -> HermiteSeries:
    """Return the first `count` terms of the series at this variance."""
    moments = moments_of(activation)
    deviation = math.sqrt(variance)
    inner = moments.mesh.edges(_REACH * deviation) / deviation
    edges = subdivided(
        np.concatenate([[-_REACH], inner, [_REACH]]), min(1.5, _RADIANS_A_PANEL / math.sqrt(count))
    )
    z, weights = points_and_weights(edges)
    weighted = weights * density(z) * activation(deviation * z)
    squares = _projections(z, weighted, count) ** 2
    known = moments(variance)
    rest = max(known.second - float(squares.sum()), 0.0)
    slope_rest = max(variance * known.slope - float(np.arange(count) @ squares), 0.0)
    return HermiteSeries(squares, rest, slope_rest)


def _projections(z: Array, weighted: Array, count: int) -> Array:
    """Return Σ weighted · h_k(z) for k < count, by √(k+1) h_{k+1} = z h_k − √k h_{k−1}."""
    previous, current = np.zeros_like(z), np.ones_like(z)
    projections = np.empty(count)
    for k in range(count):
        projections[k] = weighted_sum(weighted, current)
        previous, current = current, (z * current - math.sqrt(k) * previous) / math.sqrt(k + 1)
    return projections
