"""Where the float64 numbers of a formula have lost their digits, found by computing it with many more."""

import math
from collections.abc import Callable, Mapping
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from actcli.errors import OrderError
from actcli.formula.evaluate import Array, evaluate_with
from actcli.formula.forms import Forms
from actcli.formula.nodes import Node
from actcli.formula.rounding import absolute_bound, relative_bound
from actcli.numerics.arithmetic import ARITHMETIC
from actcli.numerics.differences import precise_value

# More units in the last place than rounding alone leaves in a formula of the size that people type; a
# stretch goes on while a quarter of that is lost, by luck less at a few points.
_LOST = 16 * 2.0**-52
_LOSING, _LUCK = _LOST / 4, 6
# The running bound is careful: where it allows less, nothing is lost.
_DOUBTFUL = 2.0**-48
# Smaller numbers have fewer digits in float64 to begin with.
_TINY = 1e-300
# Beyond 1000 exponentials are 0 or overflow, and few points tell the rest.
_POINTS_A_SIDE, _FAR, _POINTS_BEYOND = 600, 1e3, 120
# How often, and around how many, the worst points are looked at more closely.
_ROUNDS, _PEAKS = 2, 6
# How many doubtful points are computed with many digits, and how far from the ends of a stretch in any case.
_JUDGED, _JUDGED_PLAIN = 50, 12
_STEPS = np.array([0, 1, 2, 4, 8, 12, 16, 24, 32, 48, 64])
_HALVINGS, _BESIDE = 8, 1 + 2.0**-14 * np.arange(4)
_NEAR = np.array([-0.7, 0.0, 0.4, 1.1])
# Relative, for the slope of the highest order.
_STEP = 2.0**-20


class Loss(NamedTuple):
    """A stretch of the line, `low` to `high`, where an order is more than 16 units in the last place off.

    `x` is the worst point looked at and `relative_error` the error there; infinite where overflow has left
    no number at all.
    """

    order: int
    low: float
    high: float
    x: float
    relative_error: float


def precision_loss(
    forms: Forms, low: float, high: float, order: int, values: Mapping[str, float]
) -> tuple[Loss, ...]:
    """Return where on [low, high] the computed derivative of this order is noise, ascending; () if nowhere.

    Error relative to |f| + |x·f′|: nobody can ask for more than x itself holds.
    Raises FormulaError where the derivative is too long to be written, and so to be computed precisely.
    """
    node = forms.derivative(order) if order else forms.node
    form = forms.computed(order, values) or node
    points = _refined(_points(low, high), lambda x: relative_bound(form, x, values))
    numbers = forms.compute(points, order, values)
    doubtful = _doubtful(forms, form, points, numbers, order, values)
    kept = _thinned(doubtful, numbers)
    points, doubtful = points[kept], doubtful[kept]
    judge = _Judge(forms, node, order, values)
    errors = np.zeros(len(points))
    errors[doubtful] = judge.errors(points[doubtful])
    runs = _runs(_without_gaps(errors > _LOSING))
    return tuple(_loss(judge, points, errors, *run) for run in runs if errors[slice(*run)].max() > _LOST)


def _refined(points: Array, bound: Callable[[Array], Array]) -> Array:
    """Return the points with more of them around those where the bound is largest: a zero, a cancellation."""
    for _ in range(_ROUNDS):
        found = bound(points)
        peaks = 1 + np.flatnonzero((found[1:-1] >= found[:-2]) & (found[1:-1] > found[2:]))
        worst = peaks[np.argsort(found[peaks], kind="stable")[-_PEAKS:]]
        inner = np.linspace(0, 1, 18)[1:-1, None]
        low, middle, high = points[worst - 1], points[worst], points[worst + 1]
        beside = [low + (middle - low) * inner, middle + (high - middle) * inner]
        points = np.sort(np.concatenate([points, *(part.ravel() for part in beside)]))
    return points


def _doubtful(
    forms: Forms, form: Node, points: Array, numbers: Array, order: int, values: Mapping[str, float]
) -> NDArray[np.bool_]:
    """Return where a running bound of the error allows that digits are lost."""
    error, size = absolute_bound(form, points, values)[1], np.abs(numbers)
    overflowing = ~np.isfinite(numbers) & ~forms.undefined(points, values)
    # A number that is tiny for certain is none of those that are judged.
    doubtful = ~(error <= _DOUBTFUL * size) & ~(size + error < _TINY)
    if doubtful.any():
        with np.errstate(over="ignore"):
            doubtful &= ~(error <= _DOUBTFUL * (size + _room(forms, points, order, values)))
    return (doubtful & np.isfinite(numbers)) | overflowing


def _room(forms: Forms, x: Array, order: int, values: Mapping[str, float]) -> Array:
    """Return |x·f′|, what the number holds of x; by a difference where no further order is known.

    Of an oscillation that would be no digit far out, so it is no more than 1024 times the numbers near x.
    """
    with np.errstate(all="ignore"):
        near = np.abs(forms.compute(x + _NEAR[:, None], order, values))
        most = 1024 * np.where(np.isfinite(near), near, 0.0).max(axis=0)
        try:
            room = np.abs(x * forms.compute(x, order + 1, values))
        except OrderError:
            moved = forms.compute(x * (1 + _STEP), order, values)
            room = np.abs(moved - forms.compute(x, order, values)) / _STEP
    return np.where(np.isfinite(room), np.minimum(room, most), 0.0)


def _thinned(doubtful: NDArray[np.bool_], numbers: Array) -> NDArray[np.bool_]:
    """Return which points to keep: of the doubtful ones those at the ends of a run and some in between."""
    # Where all is 0 or infinite, few points tell whether it should be.
    plain = doubtful & ((numbers == 0) | ~np.isfinite(numbers))
    kept = ~doubtful
    for group, most in ((doubtful & ~plain, _JUDGED), (plain, _JUDGED_PLAIN)):
        places = np.flatnonzero(group)
        kept[places[:: len(places) // most + 1]] = True
        for start, stop in _runs(group):
            steps = _STEPS[stop - start > _STEPS]
            kept[start + steps] = kept[stop - 1 - steps] = True
    return kept


def _runs(flags: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Return where each run of true flags starts, and where it has stopped."""
    return np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(int))).reshape(-1, 2)


def _points(low: float, high: float) -> Array:
    """Return points on [low, high]: evenly spread, and evenly in the logarithm on either side of 0."""
    widest = max(abs(low), abs(high))
    near = min(widest, _FAR)
    scales = np.geomspace(min(1e-9, near), near, _POINTS_A_SIDE) if near else np.empty(0)
    beyond = np.geomspace(near, widest, _POINTS_BEYOND)[1:] if widest > near else np.empty(0)
    even = np.linspace(max(low, -_FAR), min(high, _FAR), _POINTS_A_SIDE)
    # numpy.unique would import numpy.ma, which costs more than a point that is there twice.
    points = np.sort(np.concatenate([-beyond, -scales, scales, beyond, even]))
    return points[(points >= low) & (points <= high)]


def _without_gaps(lost: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the flags with short runs of luck between two lost points counted as lost."""
    found = np.flatnonzero(lost)
    filled = lost.copy()
    for left, right in pairwise(found):
        if right - left <= _LUCK:
            filled[left:right] = True
    return filled


class _Judge:
    def __init__(self, forms: Forms, node: Node, order: int, values: Mapping[str, float]) -> None:
        self.forms, self.node, self.order, self.values = forms, node, order, values
        self.exact = {name: Decimal(value) for name, value in values.items()}

    def errors(self, x: Array) -> Array:
        """Return the relative error of each number computed; 0 where there is none to compare with."""
        numbers = self.forms.compute(x, self.order, self.values)
        rooms = _room(self.forms, x, self.order, self.values)
        each = zip(x.tolist(), numbers.tolist(), rooms.tolist(), strict=True)
        return np.array([self._error(*point) for point in each])

    def _error(self, x: float, number: float, room: float) -> float:
        function = lambda u: evaluate_with(self.node, ARITHMETIC, u, self.exact)
        found = precise_value(function, x, confirmed=False)
        if found is None or not math.isfinite(found.value) or abs(found.value) < _TINY:
            return 0.0
        if not math.isfinite(number):
            return math.inf
        return abs(number - found.value) / (abs(found.value) + room)

    def lost(self, x: float) -> bool:
        """Return whether digits are lost at `x`, or only by luck are not: right beside it."""
        return bool((self.errors(np.multiply(x, _BESIDE)) > _LOSING).any())


def _loss(judge: _Judge, points: Array, errors: Array, start: int, stop: int) -> Loss:
    worst = start + int(np.argmax(errors[start:stop]))
    places = points.tolist()
    while start and judge.lost(places[start - 1]):
        start -= 1
    while stop < len(places) and judge.lost(places[stop]):
        stop += 1
    low = _edge(judge, places[start - 1], places[start]) if start else places[0]
    high = _edge(judge, places[stop], places[stop - 1]) if stop < len(places) else places[-1]
    return Loss(judge.order, low, high, float(points[worst]), float(errors[worst]))


def _edge(judge: _Judge, sound: float, lost: float) -> float:
    """Return where between a sound and a lost point the digits go, to about three digits."""
    for _ in range(_HALVINGS):
        # In the logarithm where the two are of different size.
        ratio = sound / lost if lost else 0.0
        apart = ratio > 0 and not 0.5 < ratio < 2
        middle = math.copysign(math.sqrt(sound / lost) * abs(lost), lost) if apart else (sound + lost) / 2
        if judge.lost(middle):
            lost = middle
        else:
            sound = middle
    return float(lost)
