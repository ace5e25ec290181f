"""The derivatives of a formula as formulas: by the rules, and simplified order by order."""

from actcli.errors import FormulaError, OrderError
from actcli.formula.algebra import choose, minus, over, plus, times, to_the
from actcli.formula.evaluate import rule
from actcli.formula.limits import HIGHEST
from actcli.formula.nodes import (
    ONE,
    VARIABLE,
    ZERO,
    Applied,
    Call,
    Name,
    Node,
    Number,
    names_in,
    size,
    substitute,
)
from actcli.formula.primitives import PRIMITIVES
from actcli.formula.ratio import UNIT, added, node_of, number_of
from actcli.formula.simplify import simplify

# Each order multiplies the length of a deeply nested formula; beyond this nobody reads it, nor waits for it.
LONGEST = 10_000
HALF = Call("divide", (ONE, Number(2.0)))


def derivative(node: Node, order: int = 1, variable: str = VARIABLE) -> Node:
    """Return the derivative of this order (0 to 4) with respect to `variable`, simplified at each step.

    Raises FormulaError where it would be longer than LONGEST operations.
    """
    if not 0 <= order <= HIGHEST:
        raise OrderError(f"derivatives of order {order} are not written out; the orders are 0 to {HIGHEST}")
    result = simplify(node)
    for _ in range(order):
        longer = differentiate(result, variable)
        if size(longer) > LONGEST:
            raise FormulaError(f"the derivative is too long to write out: {size(longer):,} operations")
        result = simplify(longer)
    return result


def differentiate(node: Node, variable: str = VARIABLE) -> Node:
    """Return the derivative with respect to `variable`, as the rules give it; simplify() makes it short.

    At kinks it follows the conventions of propagate.py.
    """
    return Derivation(variable).of(node)


class Derivation:
    """The rules, one method an operation; `of` says what becomes of the operands inside them."""

    def __init__(self, variable: str) -> None:
        self.variable = variable
        self.memory: dict[Node, Node] = {}

    def of(self, node: Node) -> Node:
        """Return the derivative of a node."""
        if isinstance(node, Number):
            return ZERO
        if isinstance(node, Name):
            return ONE if node.name == self.variable else ZERO
        if node not in self.memory:
            self.memory[node] = self.rule(node)
        return self.memory[node]

    def constant(self, node: Node) -> bool:
        """Whether a node does not depend on the variable."""
        return self.variable not in names_in(node)

    def rule(self, node: Call | Applied) -> Node:
        """Return the derivative by the rule for the outermost operation."""
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
        constants = [factor for factor in factors if self.constant(factor)]
        changing = [factor for factor in factors if not self.constant(factor)]
        terms = [
            times(*changing[:index], self.of(factor), *changing[index + 1 :])
            for index, factor in enumerate(changing)
        ]
        return times(*constants, plus(*terms))

    def _divide(self, u: Node, v: Node) -> Node:
        """(u/Πbᵖ)′ = (u′Πb − u Σ p b′ Π other b)/(Πbᵖ Πb): the quotient rule without what would cancel."""
        if self.constant(v):
            return over(self.of(u), v)
        if self.constant(u) and u != ONE:
            return times(u, self.of(over(ONE, v)))
        bases = _powers(v)
        changing = [(base, power) for base, power in bases if not self.constant(base)]
        slopes = []
        for index, (base, power) in enumerate(changing):
            others = [other for other, _ in changing[:index] + changing[index + 1 :]]
            slopes.append(times(power, self.of(base), *others))
        product = times(*(base for base, _ in changing))
        first = ZERO if u == ONE else times(self.of(u), product)
        top = plus(first, minus(times(u, plus(*slopes))))
        raised = [
            to_the(base, plus_one(power) if not self.constant(base) else power) for base, power in bases
        ]
        return over(top, times(*raised))

    def _power(self, u: Node, p: Node) -> Node:
        if self.constant(p):
            number = number_of(p)
            lower = plus(p, minus(ONE)) if number is None else node_of(added(number, -UNIT))
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
        bottom, top = number_of(low), number_of(high)
        if bottom is not None and top is not None and bottom < top:
            inside = Call("and", (Call("less", (low, u)), Call("less", (u, high))))
            return choose(inside, self.of(u), ZERO)
        return self.of(Call("min", (Call("max", (u, low)), high)))

    def _chain(self, node: Call) -> Node:
        (u,) = node.arguments
        row = PRIMITIVES[node.function]
        if row.closed is not None:
            return times(Applied(node.function, u, 1, (), row.closed), self.of(u))
        return times(substitute(rule(row.slopes[0]), {"u": u}), self.of(u))


def _powers(node: Node) -> list[tuple[Node, Node]]:
    """Return bases and numeric exponents whose product the node is."""
    if isinstance(node, Call) and node.function == "multiply":
        return [factor for operand in node.arguments for factor in _powers(operand)]
    if isinstance(node, Call) and node.function == "sqrt":
        return [(node.arguments[0], HALF)]
    if isinstance(node, Call) and node.function == "power" and number_of(node.arguments[1]) is not None:
        return [(node.arguments[0], node.arguments[1])]
    return [(node, ONE)]


def plus_one(power: Node) -> Node:
    """Return a numeric exponent, one higher."""
    number = number_of(power)
    assert number is not None
    return node_of(added(number, UNIT))
