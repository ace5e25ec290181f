"""Derivatives of a formula at points, carried forward exactly from operand to operation (no differences).

Each node holds its value and its derivatives up to the order asked for; operations combine them by the
rules of Leibniz and Faà di Bruno. Conventions where a formula is not differentiable:
a branch has the slope of the branch taken; abs′(0) = sign′ = floor′ = 0; where two operands of min or max
tie, a constant one is taken, otherwise the second (so max(x, 0) and max(0, x) both have slope 0 at 0);
clip(u, a, b) is min(max(u, a), b). A slope that is exactly 0 (or has underflowed to it) makes its product 0
even beside an infinite one: flat stays flat.
"""

from collections.abc import Mapping, Sequence
from functools import reduce
from math import comb
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from actcli import numerics
from actcli.errors import OrderError
from actcli.formula.evaluate import rule, value_of
from actcli.formula.limits import HIGHEST
from actcli.formula.nodes import VARIABLE, Applied, Call, Name, Node, Number, names_in
from actcli.formula.primitives import PRIMITIVES

Array = NDArray[np.float64]
Jet = Sequence[Any]
"""Value, slope, curvature, …: arrays, or scalars where they are the same everywhere."""

_ZERO = np.float64(0.0)


def propagate(node: Node, x: ArrayLike, order: int, values: Mapping[str, float]) -> tuple[Array, ...]:
    """Return the formula and its derivatives up to `order` (0 to 4) at `x`, each in the shape of `x`.

    Raises OrderError beyond order 4, or beyond what a registered activation inside the formula holds.
    """
    if not 0 <= order <= HIGHEST:
        raise OrderError(f"derivatives of order {order} are not propagated; the orders are 0 to {HIGHEST}")
    points = np.asarray(x, dtype=np.float64)
    names = {name: _constant(value_of(name, values), order) for name in values}
    names[VARIABLE] = _variable(points, order)
    with np.errstate(all="ignore"):
        jet = _Propagation(names, order).jet(node)
    return tuple(np.array(np.broadcast_to(part, points.shape), dtype=np.float64) for part in jet)


def _constant(value: Any, order: int) -> Jet:
    return [value, *[_ZERO] * order]


def _variable(points: Any, order: int) -> Jet:
    return [points, np.float64(1.0), *[_ZERO] * order][: order + 1]


class _Propagation:
    def __init__(self, names: Mapping[str, Jet], order: int) -> None:
        self.names = names
        self.order = order
        self.memory: dict[Node, Any] = {}

    def jet(self, node: Node) -> Jet:
        if isinstance(node, Number):
            return _constant(np.float64(node.value), self.order)
        if isinstance(node, Name):
            return self.names.get(node.name) or _constant(value_of(node.name, {}), self.order)
        if node not in self.memory:
            self.memory[node] = self._operation(node)
        jet: Jet = self.memory[node]
        return jet

    def truth(self, node: Node) -> Any:
        """Return where a condition holds."""
        assert isinstance(node, Call)
        function = PRIMITIVES[node.function].function
        if node.function in {"and", "or", "not"}:
            parts = [self.truth(part) for part in node.arguments]
            return function(*parts) if len(parts) == 1 else reduce(function, parts)
        return function(*(self.jet(argument)[0] for argument in node.arguments))

    def _operation(self, node: Call | Applied) -> Jet:
        if isinstance(node, Applied):
            inner = self.jet(node.argument)
            orders = [node.activation(inner[0], order=node.order + k) for k in range(self.order + 1)]
            return _compose(orders, inner)
        name = node.function
        if name == "where":
            holds = self.truth(node.arguments[0])
            return _choose(holds, self.jet(node.arguments[1]), self.jet(node.arguments[2]))
        operands = [self.jet(argument) for argument in node.arguments]
        if name == "add":
            return reduce(lambda u, v: [_plus(a, b) for a, b in zip(u, v, strict=True)], operands)
        if name == "multiply":
            return reduce(_product, operands)
        if name == "negate":
            return [-part for part in operands[0]]
        if name == "divide":
            return _quotient(*operands)
        if name == "power":
            return _power(*operands, constant=self._constant(node.arguments[1]))
        if name in {"min", "max"}:
            first, second = operands[::-1] if self._constant(node.arguments[0]) else operands
            return _extreme(name, first, second)
        if name == "clip":
            u, low, high = node.arguments
            return self.jet(Call("min", (Call("max", (u, low)), high)))
        inner = operands[0]
        return _compose([PRIMITIVES[name].function(inner[0]), *slopes(name, inner[0], self.order)], inner)

    def _constant(self, node: Node) -> bool:
        varying = {name for name, jet in self.names.items() if any(part is not _ZERO for part in jet[1:])}
        return not names_in(node) & varying


def slopes(name: str, u: Any, order: int) -> list[Any]:
    """Return the derivatives of order 1, …, `order` of a primitive at `u`, by its rules in the table."""
    row = PRIMITIVES[name]
    if row.closed is not None:
        return [row.closed(u, k) for k in range(1, order + 1)]
    found: list[Any] = []
    for index, text in enumerate(row.slopes[:order], 1):
        further = order - index if index == len(row.slopes) else 0
        found += _Propagation({"u": _variable(u, further)}, further).jet(rule(text))
    return found


def _plus(a: Any, b: Any) -> Any:
    if a is _ZERO or b is _ZERO:
        return b if a is _ZERO else a
    return a + b


def _times(a: Any, b: Any) -> Any:
    """Return a · b for terms of a derivative, where 0 · ∞ is 0."""
    if a is _ZERO or b is _ZERO:
        return _ZERO
    result = a * b
    lost = np.isnan(result)
    if lost.any():
        flat = lost & ((a == 0) & np.isinf(b) | (b == 0) & np.isinf(a))
        result = np.where(flat, 0.0, result)
    return result


def _product(u: Jet, v: Jet) -> Jet:
    """Leibniz: (u v)⁽ᵏ⁾ = Σ C(k, j) u⁽ʲ⁾ v⁽ᵏ⁻ʲ⁾; the value alone follows IEEE also at 0 · ∞."""
    result = [u[0] * v[0]]
    for k in range(1, len(u)):
        terms = (_scaled(comb(k, j), _times(u[j], v[k - j])) for j in range(k + 1))
        result.append(reduce(_plus, terms))
    return result


def _scaled(factor: int, term: Any) -> Any:
    return term if term is _ZERO or factor == 1 else factor * term


def _quotient(u: Jet, v: Jet) -> Jet:
    """Return q = u/v from u = q v: q⁽ᵏ⁾ = (u⁽ᵏ⁾ − Σ_{j<k} C(k, j) q⁽ʲ⁾ v⁽ᵏ⁻ʲ⁾)/v."""
    result = [u[0] / v[0]]
    for k in range(1, len(u)):
        terms = (_scaled(-comb(k, j), _times(result[j], v[k - j])) for j in range(k))
        rest = _plus(u[k], reduce(_plus, terms))
        result.append(rest if rest is _ZERO else rest / v[0])
    return result


def _power(u: Jet, p: Jet, *, constant: bool) -> Jet:
    order = len(u) - 1
    if not constant:
        # (u^p)' = u^p (p log u)', and every derivative of exp is exp.
        exponent = _product(p, _compose([np.log(u[0]), *slopes("log", u[0], order)], u))
        return _compose([numerics.power(u[0], p[0])] * (order + 1), exponent)
    outer, factor = [numerics.power(u[0], p[0])], np.float64(1.0)
    for k in range(1, order + 1):
        factor = factor * (p[0] - (k - 1))
        outer.append(np.where(factor == 0, 0.0, factor * numerics.power(u[0], p[0] - k)))
    return _compose(outer, u)


def _compose(f: Sequence[Any], u: Jet) -> Jet:
    """Faà di Bruno: the derivatives of f(u(x)), given those of f at u and those of u at x."""
    if len(u) == 1:
        return [f[0]]
    if all(part is _ZERO for part in u[1:]):
        return _constant(f[0], len(u) - 1)
    return [f[0], *(_order_of_composition(f, u, k) for k in range(1, len(u)))]


# k → the terms of (f∘u)⁽ᵏ⁾: coefficient, order of f, orders of u that are multiplied.
_FAA_DI_BRUNO: Mapping[int, tuple[tuple[int, int, tuple[int, ...]], ...]] = {
    1: ((1, 1, (1,)),),
    2: ((1, 2, (1, 1)), (1, 1, (2,))),
    3: ((1, 3, (1, 1, 1)), (3, 2, (1, 2)), (1, 1, (3,))),
    4: ((1, 4, (1, 1, 1, 1)), (6, 3, (1, 1, 2)), (3, 2, (2, 2)), (4, 2, (1, 3)), (1, 1, (4,))),
}


def _order_of_composition(f: Sequence[Any], u: Jet, k: int) -> Any:
    terms = _FAA_DI_BRUNO[k]
    products = (
        _scaled(count, reduce(_times, (u[i] for i in inner), f[outer])) for count, outer, inner in terms
    )
    return reduce(_plus, products)


def _choose(holds: Any, first: Jet, second: Jet) -> Jet:
    return [a if a is b else np.where(holds, a, b) for a, b in zip(first, second, strict=True)]


def _extreme(name: str, first: Jet, second: Jet) -> Jet:
    """Return min or max with the slopes of the operand that wins; of the second where they tie."""
    wins = first[0] > second[0] if name == "max" else first[0] < second[0]
    value = PRIMITIVES[name].function(first[0], second[0])
    return [value, *_choose(wins, first, second)[1:]]
