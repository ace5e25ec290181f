"""The correlation of two inputs through depth: E φ(u)φ(v) for correlated u and v, and the correlation map."""

import math
from collections.abc import Callable
from functools import lru_cache

import numpy as np

from actcli.activation import Activation
from actcli.theory.expectation import REACHES, density, expect, gaussian_rule, tail_is_negligible
from actcli.theory.hermite import hermite_series
from actcli.theory.moments import moments_of
from actcli.theory.quadrature import Array, Mesh, points_and_weights
from actcli.theory.root import bracketed_root

Function = Callable[[Array], Array]

_COUNTS = (64, 256, 1024, 4096)
_SERIES_ERROR = 1e-13
# Inner integrals are done for so many outer nodes at once that a block stays in the second-level cache.
_BLOCK = 48
# Correlations closer to 1 than this cannot be told from 1: the map itself has rounding of this size.
_NEAREST = 1e-9


def expect_product(
    function: Function,
    variance: float,
    correlation: float,
    breakpoints: tuple[float, ...] = (),
    narrow_points: tuple[float, ...] = (),
) -> float:
    """Return E[g(u) g(v)] for u and v Gaussian with this variance each and this correlation.

    With u = m + d and v = m − d, m and d are independent, of variances q(1 + c)/2 and q(1 − c)/2. For fixed d
    the kinks of g(m + d) g(m − d) in m are known, and what is left is a function of d that bends only at half
    the distance of two kinks; so c near 1 is as easy as c = 0. A negative c is that of g(x) and g(−x).
    `narrow_points` lead into features that panels would miss. nan where `expect` would say so.
    """
    if not -1 <= correlation <= 1:
        return math.nan
    mirrored = correlation < 0
    mesh = Mesh(lambda x: (function(x) ** 2,), (*breakpoints, *narrow_points))
    reach = _reach(function, mesh, math.sqrt(variance))
    if reach is None:
        return math.nan
    sign = -1.0 if mirrored else 1.0
    lags = tuple({(a - sign * b) / 2 for a in breakpoints for b in breakpoints} | {0.0})
    lags = tuple(sorted({*lags, *(-lag for lag in lags)}))
    sum_deviation = math.sqrt(variance * (1 + abs(correlation)) / 2)
    inner = _Inner(function, sign, mesh, sum_deviation, reach)
    return expect(inner, variance * (1 - abs(correlation)) / 2, lags)


class _Inner:
    """d ↦ E_m[g(m + d) g(±(m − d))], for arrays of d."""

    def __init__(self, function: Function, sign: float, mesh: Mesh, deviation: float, reach: float) -> None:
        self._function, self._sign = function, sign
        self._mesh, self._deviation, self._reach = mesh, deviation, reach

    def __call__(self, d: Array) -> Array:
        flat = d.reshape(-1)
        result = np.empty_like(flat)
        # Sorted, so that the rows of a block need about the same stretch of the mesh.
        order = np.argsort(np.abs(flat), kind="stable")
        for start in range(0, len(flat), _BLOCK):
            rows = order[start : start + _BLOCK]
            result[rows] = self._block(flat[rows])
        return result.reshape(d.shape)

    def _block(self, d: Array) -> Array:
        reach, deviation = self._reach, self._deviation
        marks = self._mesh.edges(reach * deviation + float(np.abs(d).max()))
        even = np.linspace(-reach, reach, math.ceil(2 * reach / 1.5) + 1)
        ends = [
            np.broadcast_to(even, (len(d), len(even))),
            (marks - d[:, None]) / deviation,
            (self._sign * marks + d[:, None]) / deviation,
        ]
        z, weights = points_and_weights(np.sort(np.clip(np.concatenate(ends, axis=1), -reach, reach), axis=1))
        m = deviation * z
        with np.errstate(all="ignore"):
            product = self._function(m + d[:, None]) * self._function(self._sign * (m - d[:, None]))
            averages: Array = np.einsum("ij,ij->i", weights * density(z), product)
        return averages


def _reach(function: Function, mesh: Mesh, deviation: float) -> float | None:
    """Return how far out E g² must be integrated; None if it diverges."""
    for reach in REACHES:
        z, weights = gaussian_rule(mesh, deviation, reach)
        with np.errstate(all="ignore"):
            square = function(deviation * z) ** 2
        if not np.isfinite(square).all():
            return None
        if tail_is_negligible(square, weights):
            return reach
    return None


class CorrelationMap:
    """c ↦ (σ_w² E φ(u)φ(v) + σ_b²)/q for u, v of variance q and correlation c, at a fixed length q.

    After Poole et al. 2016 (arXiv:1606.05340). On [0, 1] it is a power series with coefficients ≥ 0: it is
    convex and meets the diagonal at most once below c = 1: exactly when χ₁ > 1.
    """

    def __init__(self, activation: Activation, sigma_w: float, sigma_b: float, q_star: float) -> None:
        self.activation = activation
        self.weight_variance, self.bias_variance, self.variance = sigma_w**2, sigma_b**2, q_star
        self._jumps = any(kink.order == 0 for kink in activation.facts.kinks)

    def __call__(self, correlation: float) -> float:
        """Return the correlation one layer on, to about 1e-12."""
        for count in _COUNTS:
            product, missing = hermite_series(self.activation, self.variance, count).product(correlation)
            if self.weight_variance * missing <= _SERIES_ERROR * self.variance:
                break
        else:
            product = self._product(self.activation, correlation)
        return (self.weight_variance * product + self.bias_variance) / self.variance

    def slope(self, correlation: float) -> float:
        """Return the derivative: χ_c = σ_w² E φ′(u)φ′(v), χ₁ at c = 1; nan near c = 1 where φ jumps."""
        for count in _COUNTS:
            product, missing = hermite_series(self.activation, self.variance, count).slope_product(
                correlation
            )
            if self.weight_variance * missing <= _SERIES_ERROR * self.variance:
                return self.weight_variance * product / self.variance
        if self._jumps:
            return math.nan
        slope: Function = lambda x: self.activation(x, order=1)
        return self.weight_variance * self._product(slope, correlation)

    def _product(self, function: Function, correlation: float) -> float:
        record = self.activation
        return expect_product(function, self.variance, correlation, record.breakpoints, record.narrow_points)

    def fixed_point(self) -> float | None:
        """Return the attracting c* in [0, 1]; None where it is not known.

        It is 1 when χ₁ ≤ 1. Otherwise it is the one crossing below 1, bracketed in ln(1 − c) so that it is
        found just as well when it is close to 1, and checked.
        """
        chi_1 = self.weight_variance * moments_of(self.activation)(self.variance).slope
        if not self._jumps and chi_1 <= 1:
            return 1.0
        if self(0.0) <= 0:
            return 0.0
        excess: Callable[[float], float] = lambda t: (self(1 - math.exp(t)) - 1) / math.exp(t) + 1
        # (map(c) − c)/(1 − c) runs from map(0) > 0 to 1 − χ₁ < 0.
        root = bracketed_root(excess, math.log(_NEAREST), 0.0)
        if root is None or not abs(excess(root)) <= 1e-6:
            return None
        return 1 - math.exp(root)


@lru_cache(maxsize=256)
def fixed_point_correlation(
    activation: Activation, sigma_w: float, sigma_b: float, q_star: float
) -> tuple[float, float] | None:
    """Return c* and the slope of the correlation map there, or None where they are not known."""
    correlation_map = CorrelationMap(activation, sigma_w, sigma_b, q_star)
    correlation = correlation_map.fixed_point()
    if correlation is None:
        return None
    return correlation, correlation_map.slope(correlation)
