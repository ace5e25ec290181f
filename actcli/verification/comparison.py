"""Two activations side by side in units of the last place, over the whole range, and where it is worst."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from actcli.activation import Activation, Array
from actcli.numerics.floats import FLOATS, Floats, distinct
from actcli.verification.judgement import ORDERS
from actcli.verification.points import characteristic

LARGE = 16
"""Units in the last place: stretches with more are listed."""
# Points on either side of 0, evenly spaced in the exponent, some seven an octave; and the reach of even ones.
_PER_SIDE, _NEAR = 16_000, 12.0
# Around how many of the worst points more are looked at, and how often.
_HUNTED, _ROUNDS = 24, 5
# As many as people read.
_STRETCHES = 5


class Stretch(NamedTuple):
    """Where errors are large, from `low` to `high`, and the worst of them."""

    low: float
    high: float
    worst_ulp: float


class Comparison(NamedTuple):
    """One order: how many points, at how many no number is nearer, and the worst error with both numbers.

    `worst_ulp` is infinite where only one of the numbers is finite. `errors` are kept for the picture.
    """

    order: int
    compared: int
    equal: int
    worst_ulp: float
    worst_x: float
    value: float
    other: float
    stretches: tuple[Stretch, ...]
    errors: tuple[Array, Array]

    @property
    def name(self) -> str:
        """The order in words."""
        return ORDERS[self.order]

    def __str__(self) -> str:
        numbers = f"{self.value:.10g} against {self.other:.10g}"
        return f"{self.name} {self.worst_ulp:.3g} ulp off at x = {self.worst_x:.10g}: {numbers}"


class AtKink(NamedTuple):
    """What the two take at a kink of either, where that differs: a convention, not an error."""

    x: float
    order: int
    value: float
    other: float


def every_float16() -> Array:
    """Return all 63,488 finite numbers of float16, −0 and 0 both, ascending."""
    patterns = np.arange(2**16, dtype=np.uint16).view(np.float16)
    return np.sort(patterns[np.isfinite(patterns)].astype(np.float64))


class Pair(NamedTuple):
    """Two activations; with `rounds` both are rounded to float16, and errors counted in its units."""

    first: Activation
    second: Activation
    rounds: bool

    @property
    def floats(self) -> Floats:
        """The numbers that errors are counted in."""
        return FLOATS["float16" if self.rounds else self.first.precision]

    def holds(self, order: int) -> bool:
        """Return whether both have this order, and not as mere differences."""
        both = (self.first, self.second)
        return all(order < len(each.orders) and each.orders[order].origin != "differences" for each in both)

    def kinks(self, order: int) -> set[float]:
        """Return where one of the two bends or jumps in this order."""
        return {k.x for each in (self.first, self.second) for k in each.facts.kinks if k.order <= order}

    def numbers(self, x: Array, order: int) -> tuple[Array, Array]:
        """Return what the two give."""
        value, other = self.first(x, order=order), self.second(x, order=order)
        return (self.floats.rounded(value), self.floats.rounded(other)) if self.rounds else (value, other)

    def errors(self, x: Array, order: int) -> Array:
        """Return the errors in ulp: 0 for equal infinities and two nan, infinite for one of them."""
        return self._apart(*self.numbers(x, order))

    def measured(self, x: Array, order: int) -> tuple[Array, Array, Array]:
        """Return the errors with the numbers of both."""
        value, other = self.numbers(x, order)
        return self._apart(value, other), value, other

    def _apart(self, value: Array, other: Array) -> Array:
        # What overflows in the coarser type should be infinite there.
        target = np.where(np.isinf(self.floats.rounded(other)), self.floats.rounded(other), other)
        with np.errstate(all="ignore"):
            ulp = np.abs(value - target) / self.floats.spacing(target)
        same = (value == target) | (np.isnan(value) & np.isnan(target))
        errors: Array = np.where(same, 0.0, np.where(np.isnan(ulp), np.inf, ulp))
        return errors

    def at_kinks(self, order: int) -> Iterator[AtKink]:
        """Yield the kinks at which the two take different numbers."""
        x = np.array(sorted(self.kinks(order)))
        value, other = self.numbers(x, order)
        for place, a, b, error in zip(x, value, other, self.errors(x, order), strict=True):
            if error > 1:
                yield AtKink(float(place), order, float(a), float(b))


def spread(pair: Pair) -> Array:
    """Return points over all exponents, dense where activations live, around kinks and zeros; none a nan."""
    floats = pair.floats
    with np.errstate(all="ignore"):
        sizes = np.exp2(np.linspace(np.log2(floats.smallest), np.log2(floats.largest), _PER_SIDE))
        near = np.concatenate([np.geomspace(1e-12, 0.1, 100), np.arange(1, 33) * floats.epsilon])
        grid: list[Array] = [sizes, -sizes, np.zeros(1), np.linspace(-_NEAR, _NEAR, 8001)]
        for point in {*pair.kinks(2), *characteristic(pair.second)}:
            grid += [np.array([point]), point + near * abs(point), point - near * abs(point)]
        return distinct(floats.rounded(np.concatenate(grid)))


def compared(pair: Pair, order: int, points: Array) -> Comparison:
    """Return the comparison of one order at these points and, unless both are rounded, around the worst."""
    x = points[~np.isin(points, [*pair.kinks(order)])]
    errors = pair.errors(x, order)
    if not pair.rounds:
        x = _hunted(pair, order, x, errors)
    # All at once: compiled functions may give another number for one alone than inside an array.
    errors, value, other = pair.measured(x, order)
    worst = int(np.argmax(errors))
    return Comparison(
        order=order,
        compared=len(x),
        equal=int((errors <= 0.5).sum()),
        worst_ulp=float(errors[worst]),
        worst_x=float(x[worst]),
        value=float(value[worst]),
        other=float(other[worst]),
        stretches=_stretches(x, errors),
        errors=(x, errors),
    )


def _hunted(pair: Pair, order: int, x: Array, errors: Array) -> Array:
    """Return the points with more of them around the worst, round by round."""
    kinks = [*pair.kinks(order)]
    for _ in range(_ROUNDS):
        worst = np.argsort(errors, kind="stable")[-_HUNTED:]
        low, high = x[np.maximum(worst - 1, 0)], x[np.minimum(worst + 1, len(x) - 1)]
        # Halves first: the two ends of the range are too far apart to be subtracted.
        between = low + (high / 2 - low / 2) * 2 * np.linspace(0, 1, 65)[:, None]
        with np.errstate(all="ignore"):
            beside = x[worst] + pair.floats.spacing(x[worst]) * np.arange(-16, 17)[:, None]
        fresh = distinct(pair.floats.rounded(np.concatenate([between.ravel(), beside.ravel()])))
        fresh = fresh[~np.isin(fresh, x) & ~np.isin(fresh, kinks)]
        if not len(fresh):
            break
        every = np.concatenate([x, fresh])
        ascending = np.argsort(every, kind="stable")
        x, errors = every[ascending], np.concatenate([errors, pair.errors(fresh, order)])[ascending]
    return x


def _stretches(x: Array, errors: Array) -> tuple[Stretch, ...]:
    """Return the stretches of large errors, the worst ones if there are many, ascending."""
    large = np.concatenate([[False], errors > LARGE, [False]]).astype(int)
    starts, stops = np.flatnonzero(np.diff(large) > 0), np.flatnonzero(np.diff(large) < 0)
    found = [
        Stretch(float(x[a]), float(x[b - 1]), float(errors[a:b].max()))
        for a, b in zip(starts, stops, strict=True)
    ]
    longest = sorted(found, key=lambda each: (each.worst_ulp, each.high - each.low))[-_STRETCHES:]
    return tuple(sorted(longest, key=lambda each: each.low))
