"""The derivative of a formula as a formula."""

from functools import reduce

from actcli.errors import OrderError
from actcli.formula.algebra import choose, minus, over, plus, times, to_the
from actcli.formula.evaluate import rule
from actcli.formula.nodes import ONE, VARIABLE, ZERO, Applied, Call, Name, Node, Number, names_in, substitute
from actcli.formula.primitives import PRIMITIVES


def differentiate(node: Node, variable: str = VARIABLE) -> Node:
    """Return the derivative with respect to `variable`, as the rules give it; simplify() makes it short.

    At kinks it follows the conventions of propagate.py.
    """
    return _Derivation(variable).of(node)


class _Derivation:
    def __init__(self, variable: str) -> None:
        self.variable = variable
        self.memory: dict[Node, Node] = {}

    def of(self, node: Node) -> Node:
        if isinstance(node, Number):
            return ZERO
        if isinstance(node, Name):
            return ONE if node.name == self.variable else ZERO
        if node not in self.memory:
            self.memory[node] = self._operation(node)
        return self.memory[node]

    def constant(self, node: Node) -> bool:
        return self.variable not in names_in(node)

    def _operation(self, node: Call | Applied) -> Node:
        if self.constant(node):
            return ZERO
        if isinstance(node, Applied):
            outer = Applied(node.name, node.argument, node.order + 1, node.settings, node.activation)
            return times(outer, self.of(node.argument))
        rule_of = getattr(self, f"_{node.function}", None)
        derived: Node = rule_of(*node.arguments) if rule_of else self._chain(node)
        return derived

    def _add(self, *terms: Node) -> Node:
        return plus(*(self.of(term) for term in terms))

    def _negate(self, operand: Node) -> Node:
        return minus(self.of(operand))

    def _multiply(self, *factors: Node) -> Node:
        terms = []
        for index, factor in enumerate(factors):
            others = factors[:index] + factors[index + 1 :]
            terms.append(times(self.of(factor), *others))
        return plus(*terms)

    def _divide(self, u: Node, v: Node) -> Node:
        if self.constant(v):
            return over(self.of(u), v)
        if self.constant(u):
            return minus(over(times(u, self.of(v)), to_the(v, Number(2.0))))
        top = plus(times(self.of(u), v), minus(times(u, self.of(v))))
        return over(top, to_the(v, Number(2.0)))

    def _power(self, u: Node, p: Node) -> Node:
        if self.constant(p):
            lower = Number(p.value - 1) if isinstance(p, Number) else plus(p, Number(-1.0))
            return times(p, to_the(u, lower), self.of(u))
        power = Call("power", (u, p))
        return times(power, self.of(times(p, Call("log", (u,)))))

    def _where(self, condition: Node, first: Node, second: Node) -> Node:
        return choose(condition, self.of(first), self.of(second))

    def _max(self, u: Node, v: Node) -> Node:
        first, second = (v, u) if self.constant(u) else (u, v)
        return choose(Call("greater", (first, second)), self.of(first), self.of(second))

    def _min(self, u: Node, v: Node) -> Node:
        first, second = (v, u) if self.constant(u) else (u, v)
        return choose(Call("less", (first, second)), self.of(first), self.of(second))

    def _clip(self, u: Node, low: Node, high: Node) -> Node:
        return self.of(Call("min", (Call("max", (u, low)), high)))

    def _chain(self, node: Call) -> Node:
        (u,) = node.arguments
        slope = rule(PRIMITIVES[node.function].slopes[0])
        return times(substitute(slope, {"u": u}), self.of(u))


def nth(node: Node, order: int, variable: str = VARIABLE) -> Node:
    """Return the derivative of this order (0 to 4), not simplified."""
    if not 0 <= order <= 4:
        raise OrderError(f"derivatives of order {order} are not written out; the orders are 0 to 4")
    return reduce(lambda derived, _: differentiate(derived, variable), range(order), node)
