"""Where the float64 numbers of a formula have lost their digits, found by computing it with many more."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from actcli.formula.evaluate import Array, evaluate_with
from actcli.formula.forms import Forms
from actcli.formula.nodes import Node
from actcli.formula.rounding import relative_bound
from actcli.numerics.arithmetic import ARITHMETIC
from actcli.numerics.differences import precise_value

# Half of the digits of a float64: what remains is still a picture, but no reference.
_LOST = 1e-8
# The running bound is up to some hundred times too careful; below this nothing can be lost.
_DOUBTFUL = 1e-10
_POINTS_A_SIDE = 160
_HALVINGS = 12
_LUCK = 6
# Smaller numbers have fewer digits in float64 to begin with.
_TINY = 1e-290

Function = Callable[[Array], Array]


@dataclass(frozen=True)
class Loss:
    """A stretch of the line, `low` to `high`, where less than half of the digits of an order are right.

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

    Error relative to |f| + 2⁻²⁰·|x·f′|: next to a zero nobody can ask for more than x itself holds.
    Raises FormulaError where the derivative is too long to be written, and so to be computed precisely.
    """
    node = forms.derivative(order) if order else forms.node
    points = _points(low, high)
    doubtful = relative_bound(forms.computed(order, values) or node, points, values) > _DOUBTFUL
    doubtful |= ~np.isfinite(forms.compute(points, order, values))
    judge = _Judge(forms, node, order, values)
    errors = np.array([judge.error(x) if doubt else 0.0 for x, doubt in zip(points, doubtful, strict=True)])
    lost = _without_gaps(errors > _LOST)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], lost, [False]]).astype(int)))
    return tuple(_loss(judge, points, errors, *stretch) for stretch in edges.reshape(-1, 2))


def _points(low: float, high: float) -> Array:
    """Return points on [low, high]: evenly spread, and evenly in the logarithm on either side of 0."""
    widest = max(abs(low), abs(high))
    scales = np.geomspace(min(1e-9, widest), widest, _POINTS_A_SIDE) if widest else np.empty(0)
    points = np.unique(np.concatenate([-scales, scales, np.linspace(low, high, _POINTS_A_SIDE)]))
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

    def error(self, x: float) -> float:
        """Return the relative error of the computed number at `x`; 0 where there is none to compare with."""
        found = precise_value(lambda u: evaluate_with(self.node, ARITHMETIC, u, self.exact), x)
        if found is None or not np.isfinite(found.value) or abs(found.value) < _TINY:
            return 0.0
        point = np.array([x])
        number = float(self.forms.compute(point, self.order, self.values)[0])
        if not np.isfinite(number):
            return float("inf")
        slope = float(self.forms.compute(point, self.order + 1, self.values)[0]) if self.order < 4 else 0.0
        room = abs(x * slope) * 2.0**-20 if np.isfinite(slope) else 0.0
        return abs(number - found.value) / (abs(found.value) + room)


def _loss(judge: _Judge, points: Array, errors: Array, start: int, stop: int) -> Loss:
    worst = start + int(np.argmax(errors[start:stop]))
    low = _edge(judge, points[start - 1], points[start]) if start else float(points[0])
    high = _edge(judge, points[stop], points[stop - 1]) if stop < len(points) else float(points[-1])
    return Loss(judge.order, low, high, float(points[worst]), float(errors[worst]))


def _edge(judge: _Judge, sound: float, lost: float) -> float:
    """Return where between a sound and a lost point the digits go, to about four digits."""
    for _ in range(_HALVINGS):
        middle = (sound + lost) / 2
        if judge.error(middle) > _LOST:
            lost = middle
        else:
            sound = middle
    return float(lost)
