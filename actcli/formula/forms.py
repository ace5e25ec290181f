"""Which of several equal forms of a derivative to compute: the one that rounding hurts least."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from actcli.errors import FormulaError, OrderError
from actcli.formula.beyond import evaluate_beyond, evaluate_further_out
from actcli.formula.differentiate import derivative
from actcli.formula.evaluate import Array
from actcli.formula.limits import HIGHEST
from actcli.formula.nodes import VARIABLE, Call, Node, names_in, size, walk
from actcli.formula.propagate import propagate
from actcli.formula.ratio import number_of, whole
from actcli.formula.rounding import absolute_bound, relative_bound
from actcli.formula.simplify import simplify
from actcli.formula.stable import stabilised
from actcli.formula.taylor import NOWHERE, Interval, beside_zero

# Longer derivatives are propagated instead: that is as good, and quicker.
_LONGEST = 600
_FAR = np.array([1e100, 1e150, 1e200, 1e250, 1e300])
# A running bound is careful: forms that keep 46 of 53 bits are equally good.
_CERTAIN = 46.0
# Bits, over all samples together: less is no reason to compute what the user did not type.
_CLEARLY = 20.0
_BOUNDED = frozenset({"log", "log1p", "log2", "log10", "sqrt", "arcsin", "arccos", "arccosh", "arctanh"})
_SAMPLES = np.concatenate([-np.logspace(2.84, -9, 72), np.logspace(-9, 2.84, 72)])


class Forms:
    """The stable form of a formula, its derivatives, and the best way to compute each of them."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self.stable = _stable_form(node)
        # Typed, recognised, and stable in the tails too: their derivatives may be of very different length.
        self._kinds = tuple(dict.fromkeys((node, stabilised(node, tails=False), self.stable)))
        self._bounded = any(_bounded(part) for part in walk(node))
        self._derivatives: dict[tuple[int, Node], Node] = {}
        self._best: dict[tuple[int, tuple[tuple[str, float], ...]], tuple[Node | None, Interval]] = {}

    def derivative(self, order: int, variable: str = VARIABLE) -> Node:
        """Return the shortest of the derivatives of the formula as typed and of its stable forms."""
        if not 1 <= order <= HIGHEST:
            raise OrderError(
                f"derivatives of order {order} are not written out; the orders are 0 to {HIGHEST}"
            )
        if variable != VARIABLE:
            return min((derivative(kind, order, variable) for kind in self._kinds), key=size)
        return min(self._written(order), key=size)

    def _written(self, order: int) -> list[Node]:
        """Return the derivatives of the formula as typed and of its equal forms."""
        return [self._of(order, kind) for kind in self._kinds]

    def _of(self, order: int, kind: Node) -> Node:
        if (order, kind) not in self._derivatives:
            self._derivatives[order, kind] = derivative(kind if order == 1 else self._of(order - 1, kind))
        return self._derivatives[order, kind]

    def compute(self, x: Array, order: int, values: Mapping[str, float]) -> Array:
        """Return the derivative of this order at `x`.

        By its simplified formula, which has lost what would cancel; where that overflows, by propagation.
        """
        if not 0 <= order <= HIGHEST:
            raise OrderError(f"order {order} is not computed; the orders are 0 to {HIGHEST}")
        result = self._compute(x, order, values)
        if order:
            # Of what is not defined there is no derivative: 1/x is no slope of log(x) for negative x.
            result[self.undefined(x, values)] = np.nan
        for end in (-np.inf, np.inf):
            undecided = (x == end) & np.isnan(result)
            if undecided.any():
                result[undecided] = self._limit(np.sign(end), order, values)
        return result

    def undefined(self, x: Array, values: Mapping[str, float]) -> NDArray[np.bool_]:
        """Return where the formula has no value, nor beside x: at 0 x*log(x) has a slope, from the right."""
        if not self._bounded:
            return np.zeros(x.shape, dtype=bool)
        undefined = np.asarray(np.isnan(self.compute(x, 0, values)))
        for end in (-np.inf, np.inf) if undefined.any() else ():
            undefined[undefined] = np.isnan(self.compute(np.nextafter(x[undefined], end), 0, values))
        return undefined

    def _limit(self, side: float, order: int, values: Mapping[str, float]) -> float:
        """Return the limit at ±∞ where the formula itself says ∞·0 or ∞ − ∞; nan unless it stands still."""
        far = self._compute(side * _FAR, order, values)
        return float(far[-1]) if (far == far[-1]).all() else np.nan

    def _compute(self, x: Array, order: int, values: Mapping[str, float]) -> Array:
        best = self.computed(order, values)
        if best is None:
            return propagate(self.stable, x, order, values)[order]
        result = evaluate_beyond(best, x, values)
        lost = np.isnan(result) & np.isfinite(x) & (order > 0)
        if lost.any():
            result[lost] = propagate(self.stable, x[lost], order, values)[order]
        return result

    def uncertainty(self, x: Array, order: int, values: Mapping[str, float]) -> Array:
        """Return how far off the numbers of `compute` may be, infinite where they are propagated."""
        best = self.computed(order, values)
        return np.full(x.shape, np.inf) if best is None else absolute_bound(best, x, values)[1]

    def further_out(self, side: int, order: int, values: Mapping[str, float]) -> Array:
        """Return the derivative at points far beyond float64, ever further out; () where it is propagated."""
        best = self.computed(order, values)
        return np.empty(0) if best is None else evaluate_further_out(best, side, values)

    def computed(self, order: int, values: Mapping[str, float]) -> Node | None:
        """Return the formula that `compute` computes; None where it propagates only."""
        return self._chosen(order, values)[0]

    def reach(self, order: int, values: Mapping[str, float]) -> Interval:
        """Return from where to where the derivative of this order is computed by its power series at 0."""
        return self._chosen(order, values)[1]

    def _chosen(self, order: int, values: Mapping[str, float]) -> tuple[Node | None, Interval]:
        name = (order, tuple(sorted(values.items())))
        if name not in self._best:
            forms = sorted(self._candidates(order), key=size) if order else [self.stable]
            best = min(forms, key=lambda form: _doubt(form, values), default=None)
            self._best[name] = beside_zero(self.node, best, order, values) if best else (None, NOWHERE)
        return self._best[name]

    def _candidates(self, order: int) -> set[Node]:
        try:
            forms = {stabilised(form) for form in self._written(order)}
        except FormulaError:
            return set()
        return {form for form in forms if size(form) <= _LONGEST}


def _bounded(part: Node) -> bool:
    """Return whether an operation is not defined for every number; its derivative may be defined for more."""
    if not isinstance(part, Call) or part.function != "power":
        return isinstance(part, Call) and part.function in _BOUNDED
    exponent = number_of(part.arguments[1])
    return exponent is None or not whole(exponent)


def _stable_form(node: Node) -> Node:
    """Return the form by the rules of stable.py, or, where they are silent, the simplified one if better."""
    stable = stabilised(node)
    if stable is not node:
        return stable
    simple, ones = simplify(node), dict.fromkeys(names_in(node) - {VARIABLE}, 1.0)
    return simple if _doubt(simple, ones) < _doubt(node, ones) - _CLEARLY else node


def _doubt(form: Node, values: Mapping[str, float]) -> float:
    """Return how many bits are uncertain, beyond those that any formula loses, summed over the samples."""
    bits = np.log2(relative_bound(form, _SAMPLES, values)) + _CERTAIN
    return float(np.maximum(bits, 0.0).sum())
