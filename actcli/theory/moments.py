"""The Gaussian moments of one activation, as functions of the variance q of its input."""

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from actcli.activation import Activation
from actcli.theory.expectation import REACHES, gaussian_rule, resolved, tail_is_negligible
from actcli.theory.interpolation import OctaveTable
from actcli.theory.quadrature import Array, Mesh, weighted_sum

# Variances are clamped into this range: √q stays a normal number, and cubes of x do not overflow in φ².
SMALLEST_VARIANCE = 1e-280
LARGEST_VARIANCE = 1e100


class Moments(NamedTuple):
    """Expectations over z ~ N(0, 1) of an activation φ and its slope at x = √q z.

    inf where the expectation overflows or diverges, nan where it is not known (an oscillation too fast to
    resolve, a φ that is not defined everywhere).

    mean: E φ. second: E φ². fourth: E φ⁴. slope: E φ′². slope_fourth: E φ′⁴.
    mixed: E φ² φ′². spread: Var φ, without the digits that E φ² − (E φ)² loses.
    growth: dE φ²/dq, which is E[φ′² + φ φ″] for a smooth φ and E[z φ φ′]/√q wherever φ does not jump.
    slope_growth: dE φ′²/dq.
    """

    variance: float
    mean: float
    second: float
    slope: float
    slope_fourth: float
    growth: float
    fourth: float
    mixed: float
    slope_growth: float
    spread: float


class MomentFunction:
    """The moments of one activation at any variance; the mesh that resolves it is found once and kept."""

    def __init__(self, activation: Activation) -> None:
        self.activation = activation
        self.mesh = Mesh(self._integrands, (*activation.breakpoints, *activation.narrow_points))
        self._jumps = tuple(k for k in activation.facts.kinks if k.order == 0)
        self._known: dict[float, Moments] = {}
        self._table = OctaveTable(self._row)

    def __call__(self, variance: float) -> Moments:
        """Return the moments at this variance, clamped to [1e-280, 1e100] (q → 0 from above); nan at nan."""
        if math.isnan(variance):
            return Moments(*[math.nan] * len(Moments._fields))
        variance = min(max(variance, SMALLEST_VARIANCE), LARGEST_VARIANCE)
        found = self._known.get(variance)
        if found is None:
            if len(self._known) > 20_000:
                self._known.clear()
            found = self._known[variance] = self._compute(variance)
        return found

    def tabulated(self, variance: float) -> Moments:
        """Return the moments at this variance, interpolated to 2e-14, for long recursions."""
        if not SMALLEST_VARIANCE < variance < LARGEST_VARIANCE:
            return self(variance)
        return Moments(variance, *self._table(variance).tolist())

    def missing(self, variance: float) -> str:
        """Return why E φ² or E φ′² is no number at this variance; empty where both are."""
        here = self(variance)
        for name, value in (("E φ²", here.second), ("E φ′²", here.slope)):
            if math.isinf(value):
                return f"{name} is infinite"
            if math.isnan(value):
                return f"{name} is not known: φ has poles, is undefined somewhere, or oscillates too fast"
        return ""

    def _row(self, variance: float) -> tuple[Array, Array]:
        """Return all moments but the variance, and the size that each would have without cancellation."""
        here = self(variance)
        sizes = (
            math.sqrt(here.second), here.second, here.slope, here.slope_fourth,
            here.second / variance, here.fourth, here.mixed, here.slope / variance, here.spread,
        )  # fmt: skip
        return np.array(here[1:]), np.array(sizes)

    def _integrands(self, x: Array) -> tuple[Array, ...]:
        value, slope = self.activation.value_and_slope(x)
        return value * value, slope * slope, value

    def _compute(self, variance: float) -> Moments:
        deviation = math.sqrt(variance)
        with np.errstate(all="ignore"):
            for reach in REACHES:
                z, weights = gaussian_rule(self.mesh, deviation, reach)
                value, slope = self.activation.value_and_slope(deviation * z)
                squares = value * value, slope * slope
                bounded = [tail_is_negligible(square, weights) for square in squares]
                if all(bounded):
                    break
            totals = np.array([weighted_sum(weights, g) for g in (*squares, np.abs(value))])
            # What still grows at 38 standard deviations has an expectation beyond float64.
            totals[:2][np.logical_not(bounded)] = np.inf
            known = resolved(self.mesh, deviation, reach, totals)
            return self._averages(deviation, (z, weights, value, slope), totals, known)

    def _averages(
        self, deviation: float, nodes: tuple[Array, Array, Array, Array], totals: Array, known: list[bool]
    ) -> Moments:
        z, weights, value, slope = nodes
        value_square, slope_square = value * value, slope * slope
        tilted = weighted_sum(weights * z, value * slope) / deviation
        curved = weighted_sum(weights * (z * z - 1), slope_square) / (2 * deviation**2)
        both = known[0] and known[1]
        mean = weighted_sum(weights, value)
        return Moments(
            variance=deviation**2,
            mean=_number(mean, known[2]),
            second=_number(totals[0], known[0] or math.isinf(totals[0])),
            slope=_number(totals[1], known[1] or math.isinf(totals[1])),
            slope_fourth=_number(weighted_sum(weights, slope_square * slope_square), known[1]),
            growth=_number(tilted + self._jump_growth(deviation), both),
            fourth=_number(weighted_sum(weights, value_square * value_square), known[0]),
            mixed=_number(weighted_sum(weights, value_square * slope_square), both),
            slope_growth=_number(curved, known[1]),
            spread=_number(weighted_sum(weights, (value - mean) ** 2), known[0]),
        )

    def _jump_growth(self, deviation: float) -> float:
        """Return what the delta functions of φ′ at jumps add to dE φ²/dq: Σ z Δ(φ²) p(z) / 2q, z = x/√q."""
        total = 0.0
        for jump in self._jumps:
            z = jump.x / deviation
            if abs(z) < REACHES[-1]:
                height = jump.right**2 - jump.left**2
                total += z * height * math.exp(-0.5 * z * z) / (math.sqrt(8 * math.pi) * deviation**2)
        return total


@lru_cache(maxsize=64)
def moments_of(activation: Activation) -> MomentFunction:
    """Return the moment function of this record; asking again for the same record costs nothing."""
    return MomentFunction(activation)


def _number(value: float, trusted: bool) -> float:
    return float(value) if trusted else math.nan
