"""Which of several equal forms of a derivative to compute: the one that rounding hurts least."""

from collections.abc import Mapping

import numpy as np

from actcli.errors import FormulaError, OrderError
from actcli.formula.derivative import HIGHEST, derivative
from actcli.formula.evaluate import Array, evaluate
from actcli.formula.near import NOWHERE, Interval, beside_zero
from actcli.formula.nodes import VARIABLE, Node, names_in, size
from actcli.formula.propagate import propagate
from actcli.formula.rounding import relative_bound
from actcli.formula.simplify import simplify
from actcli.formula.stable import stabilised

# Longer derivatives are propagated instead: that is as good, and quicker.
_LONGEST = 600
_FAR = np.array([1e100, 1e150, 1e200, 1e250, 1e300])
# A running bound is careful: forms that keep 46 of 53 bits are equally good.
_CERTAIN = 46.0
# Bits, over all samples together: less is no reason to compute what the user did not type.
_CLEARLY = 20.0
_SAMPLES = np.concatenate([-np.logspace(2.84, -9, 72), np.logspace(-9, 2.84, 72)])


class Forms:
    """The stable form of a formula, its derivatives, and the best way to compute each of them."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self.stable = _stable_form(node)
        # Typed, recognised, and stable in the tails too: their derivatives may be of very different length.
        self._kinds = tuple(dict.fromkeys((node, stabilised(node, tails=False), self.stable)))
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
        for end in (-np.inf, np.inf):
            undecided = (x == end) & np.isnan(result)
            if undecided.any():
                result[undecided] = self._limit(np.sign(end), order, values)
        return result

    def _limit(self, side: float, order: int, values: Mapping[str, float]) -> float:
        """Return the limit at ±∞ where the formula itself says ∞·0 or ∞ − ∞; nan unless it stands still."""
        far = self._compute(side * _FAR, order, values)
        return float(far[-1]) if (far == far[-1]).all() else np.nan

    def _compute(self, x: Array, order: int, values: Mapping[str, float]) -> Array:
        best = self.computed(order, values)
        if best is None:
            return propagate(self.stable, x, order, values)[order]
        result = evaluate(best, x, values)
        lost = ~np.isfinite(result) & np.isfinite(x) & (order > 0)
        if lost.any():
            result[lost] = propagate(self.stable, x[lost], order, values)[order]
        return result

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
