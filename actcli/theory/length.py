"""The length map q ↦ σ_w² E[φ(√q z)²] + σ_b² (Poole et al. 2016, arXiv:1606.05340) and its fixed points."""

import math
from collections.abc import Callable
from itertools import pairwise
from typing import Literal, NamedTuple

from actcli.activation import Activation
from actcli.theory.moments import LARGEST_VARIANCE, SMALLEST_VARIANCE, MomentFunction, moments_of
from actcli.theory.root import bounded_minimum, bracketed_root

Stability = Literal["stable", "unstable", "half_stable", "marginal"]

# Fixed points are searched for between these octaves. E φ² is analytic in ln q within ±π/2 of the real axis,
# so that it cannot turn twice between half octaves where activations live; further out octaves do.
_OCTAVES = (
    *range(-40, -16),
    *(octave / 2 for octave in range(-32, 33)),
    *range(17, 41),
)
# Of map(q)/q − 1: what rounding leaves of 0, and what a root found by bracketing may be off by.
_FLAT = 1e-12
_EXACT = 1e-11
# How far, relatively, beside q* its stability is read off: far enough for a drift to stand above rounding.
_PROBE = 1e-4
# An excess that is larger at its smallest sample does not touch 0 between half octaves.
_NEAR = 0.05
# An iteration that moves by less a step is near its limit; the fixed point is looked for that far around.
_STILL = 1e-9
_BESIDE = 1e-7
# A recursion this long pays for a table of the expectations.
TABULATED_FROM = 200


class FixedPoint(NamedTuple):
    """A variance q* that the length map leaves alone, and what happens near it.

    slope: the derivative of the map at q* (χ_∥). stability: "stable" and "unstable" as usual, "half_stable"
    where q is drawn towards q* on one side and away on the other, "marginal" where its neighbours stay too.
    """

    variance: float
    slope: float
    stability: Stability


class LengthMap:
    """q ↦ σ_w² E[φ(√q z)²] + σ_b², z ~ N(0, 1): the variance of the next pre-activation."""

    def __init__(self, activation: Activation, sigma_w: float, sigma_b: float = 0.0) -> None:
        self.moments: MomentFunction = moments_of(activation)
        self.weight_variance = sigma_w**2
        self.bias_variance = sigma_b**2

    def __call__(self, variance: float) -> float:
        """Return the next variance; nan where the expectation is not known."""
        return self.weight_variance * self.moments(variance).second + self.bias_variance

    def slope(self, variance: float) -> float:
        """Return the derivative of the map: χ_∥ = σ_w² dE[φ²]/dq."""
        return self.weight_variance * self.moments(variance).growth

    def excess(self, variance: float) -> float:
        """Return map(q)/q − 1: positive where the length grows."""
        return self(variance) / variance - 1

    def fixed_points(self) -> tuple[FixedPoint, ...]:
        """Return every fixed point from 0 to 2⁴⁰, ascending, each checked by putting it into the map.

        Where the map is the identity (relu at σ_w² = 2), both ends of what was searched are returned as
        "marginal". E φ² is analytic in q, so that it is so everywhere or nowhere: a length that moves by less
        than rounding only here or there (softplus at σ_w² = 2 and 2²⁸) still moves.
        """
        return self._fixed_points(self._samples())

    def _fixed_points(self, samples: list[tuple[float, float]]) -> tuple[FixedPoint, ...]:
        found = self._at_zero(samples) + self._everywhere(samples)
        samples = self._finer(samples)
        for (low, at_low), (high, at_high) in pairwise(samples):
            if at_low * at_high < 0 and min(abs(at_low), abs(at_high)) > _FLAT:
                found += self._crossing(low, high)
        found += self._tangencies(samples) + self._lone_hits(samples)
        return tuple(sorted(found, key=lambda point: point.variance))

    def settles(self, variance: float) -> FixedPoint | None:
        """Return the fixed point that iterating from this variance leads to; None if there is none.

        A length that moves by less than 1e-12 of itself a layer is at rest for every network that is built.
        """
        for _ in range(100):
            step = self(variance)
            if not step < LARGEST_VARIANCE:
                return None
            if abs(step - variance) <= _STILL * variance:
                near = self._beside(step)
                if near and near[0].stability != "unstable":
                    return near[0]
            if abs(step - variance) <= _FLAT * variance:
                return FixedPoint(step, self.slope(step), "marginal")
            variance = step
        return self._next(variance)

    def _beside(self, variance: float) -> list[FixedPoint]:
        """Return the fixed points next to a length that is nearly at rest, without searching further."""
        if variance <= SMALLEST_VARIANCE:
            return [point for point in self.fixed_points() if point.variance == 0]
        low, high = variance * (1 - _BESIDE), variance * (1 + _BESIDE)
        flat = max(abs(self.excess(low)), abs(self.excess(high))) <= _FLAT
        return [] if flat else self._crossing(low, high)

    def _next(self, variance: float) -> FixedPoint | None:
        """Return the fixed point on the side to which the length drifts, while the map increases up to it."""
        rising = self(variance) > variance
        # Two octaves of the other side show what the first interval's neighbours do; how lengths drift next
        # to 0 may show no sooner than at 1.
        bounds = (variance / 4, math.inf) if rising else (0.0, max(4 * variance, 1.0))
        samples = self._samples(*bounds)
        beyond = [p for p in self._fixed_points(samples) if (p.variance > variance) == rising]
        if not beyond:
            return None
        nearest = min(beyond, key=lambda point: abs(point.variance - variance))
        low, high = sorted((max(nearest.variance, SMALLEST_VARIANCE), variance))
        between = [low * (high / low) ** (k / 8) for k in range(9)]
        return nearest if all(self.slope(q) >= 0 for q in between) else None

    def _samples(self, least: float = 0.0, largest: float = math.inf) -> list[tuple[float, float]]:
        """Return (q, excess) on a grid of octaves between these q, as far out as the moments are known."""
        samples = []
        lowest = self.bias_variance + self.weight_variance * self.moments(SMALLEST_VARIANCE).second
        # Below map(0) the length can only grow; one sample shows that.
        if max(1e-200, 4 * least) < lowest < 2.0**-38:
            samples.append((lowest / 4, self.excess(lowest / 4)))
        for octave in _OCTAVES:
            if not least <= 2.0**octave <= largest:
                continue
            excess = self.excess(2.0**octave)
            if math.isnan(excess):
                break
            samples.append((2.0**octave, excess))
        return samples

    def _finer(self, samples: list[tuple[float, float]]) -> list[tuple[float, float]]:
        """Return the samples with 7 more in the intervals around every crossing and every near miss.

        gelu at its half-stable point has fixed points at 3.03 and 3.56, closer than half an octave.
        """
        sizes = [abs(excess) for _, excess in samples]
        chosen: set[int] = set()
        for k in range(len(samples) - 1):
            if samples[k][1] * samples[k + 1][1] < 0 and max(sizes[k], sizes[k + 1]) > _FLAT:
                chosen |= {k - 1, k, k + 1}
            elif k > 0 and _FLAT < sizes[k] < _NEAR and sizes[k] <= min(sizes[k - 1], sizes[k + 1]):
                chosen |= {k - 1, k}
        finer = samples[:1]
        for k, ((low, _), (high, at_high)) in enumerate(pairwise(samples)):
            if k in chosen:
                between = [low * (high / low) ** (part / 8) for part in range(1, 8)]
                finer += [(q, self.excess(q)) for q in between]
            finer.append((high, at_high))
        return finer

    def _at_zero(self, samples: list[tuple[float, float]]) -> list[FixedPoint]:
        if not self(SMALLEST_VARIANCE) <= math.sqrt(SMALLEST_VARIANCE):
            return []
        drifts = [excess for _, excess in samples if abs(excess) > _FLAT]
        stability: Stability = "marginal"
        if drifts:
            stability = "stable" if drifts[0] < 0 else "unstable"
        return [FixedPoint(0.0, self.slope(SMALLEST_VARIANCE), stability)]

    def _crossing(self, low: float, high: float) -> list[FixedPoint]:
        exponent = bracketed_root(lambda t: self.excess(math.exp(t)), math.log(low), math.log(high))
        return [] if exponent is None else self._checked(math.exp(exponent))

    def _checked(self, variance: float) -> list[FixedPoint]:
        if not abs(self.excess(variance)) <= _EXACT:
            return []
        return [FixedPoint(variance, self.slope(variance), self._stability(variance))]

    def _stability(self, variance: float) -> Stability:
        before, after = self.excess(variance * (1 - _PROBE)), self.excess(variance * (1 + _PROBE))
        if abs(before) <= _FLAT and abs(after) <= _FLAT:
            return "marginal"
        if self.slope(variance) < -1 or before < 0 < after:
            return "unstable"
        return "stable" if after < 0 < before else "half_stable"

    def _tangencies(self, samples: list[tuple[float, float]]) -> list[FixedPoint]:
        """Return the fixed points between samples of one sign: where the map touches the diagonal."""
        found = []
        for (low, before), (_, here), (high, after) in zip(samples, samples[1:], samples[2:], strict=False):
            if not (before * here > 0 and here * after > 0):
                continue
            if not _FLAT < abs(here) < min(abs(before), abs(after), _NEAR):
                continue
            # A parabola through the three dips below the middle one by an eighth of this at most.
            if abs(here) > abs(before) + abs(after) - 2 * abs(here):
                continue
            sign = math.copysign(1.0, here)
            depth: Callable[[float], float] = lambda t, sign=sign: sign * self.excess(math.exp(t))  # type: ignore[misc]
            bottom = bounded_minimum(depth, math.log(low), math.log(high), 1e-8)
            if depth(bottom) < -_FLAT:
                found += self._crossing(low, math.exp(bottom)) + self._crossing(math.exp(bottom), high)
            else:
                found += self._checked(math.exp(bottom))
        return found

    def _lone_hits(self, samples: list[tuple[float, float]]) -> list[FixedPoint]:
        """Return the fixed points on which a single sample happens to lie."""
        excesses = [0.0, *(abs(excess) for _, excess in samples), 0.0]
        return [
            point
            for k, (variance, _) in enumerate(samples)
            if excesses[k + 1] <= _FLAT < min(excesses[k], excesses[k + 2])
            for point in self._checked(variance)
        ]

    def _everywhere(self, samples: list[tuple[float, float]]) -> list[FixedPoint]:
        if any(abs(excess) > _FLAT for _, excess in samples):
            return []
        ends = dict.fromkeys(variance for variance, _ in samples[:1] + samples[-1:])
        return [FixedPoint(variance, self.slope(variance), "marginal") for variance in ends]


def variances(
    activation: Activation, depth: int, sigma_w: float, sigma_b: float, first_variance: float
) -> tuple[float, ...]:
    """Return the variances of the pre-activations of layers 1 to `depth`, the first one given.

    Once the variance repeats to the last bits it is not computed again. A length that overflows is inf,
    and one that is not known nan, from there on. Far down, expectations are interpolated (to 2e-14).
    """
    length_map = LengthMap(activation, sigma_w, sigma_b)
    line = [first_variance]
    while len(line) < depth:
        variance = line[-1]
        if not variance < LARGEST_VARIANCE:
            following = variance
        elif len(line) <= TABULATED_FROM or variance <= SMALLEST_VARIANCE:
            following = length_map(variance)
        else:
            second = length_map.moments.tabulated(variance).second
            following = length_map.weight_variance * second + length_map.bias_variance
        if following == variance or math.isnan(following):
            line += [following] * (depth - len(line))
        else:
            line.append(following)
    return tuple(line)
