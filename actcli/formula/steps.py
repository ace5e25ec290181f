"""A derivation as a teacher writes it: one rule a line, from f to f′ to its simplest form."""

from collections.abc import Mapping
from typing import NamedTuple

from actcli.formula.differentiate import Derivation, differentiate
from actcli.formula.nodes import (
    ONE,
    VARIABLE,
    ZERO,
    Applied,
    Call,
    Name,
    Node,
    Number,
    children,
    rebuild,
    size,
)
from actcli.formula.printing import to_unicode
from actcli.formula.simplify import simplify

_PRIME = "derivative"
# Nobody reads further: the rules have all been seen by then.
_LONGEST, _WIDEST = 120, 1_500

_LAWS: Mapping[str, tuple[str, str]] = {
    "add": ("sum rule", "(u + v)′ = u′ + v′"),
    "negate": ("constant factor", "(c·u)′ = c·u′"),
    "multiply": ("product rule", "(u·v)′ = u′·v + u·v′"),
    "divide": ("quotient rule", "(u/v)′ = (u′·v − u·v′)/v²"),
    "power": ("power rule", "(uⁿ)′ = n·uⁿ⁻¹·u′"),
    "where": ("case by case", "each branch by itself"),
    "min": ("case by case", "the operand that is smaller"),
    "max": ("case by case", "the operand that is larger"),
    "clip": ("case by case", "inside the bounds; constant outside"),
}


class Step(NamedTuple):
    """One line: the rule and its law, the part it acts on, what that becomes, and the whole after it."""

    rule: str
    law: str
    before: str
    after: str
    whole: str


def steps(node: Node, variable: str = VARIABLE) -> tuple[Step, ...]:
    """Return the derivation of a formula's derivative; the last step is its simplest form."""
    current: Node = Call(_PRIME, (node,))
    teacher = _Teacher(variable)
    lines: list[Step] = []
    while (target := _first_prime(current)) is not None:
        if len(lines) >= _LONGEST or size(current) > _WIDEST:
            lines.append(_line("and so on", "", current, simplify(differentiate(node, variable))))
            return tuple(lines)
        rule, law, result = teacher.line(target.arguments[0])
        current = _replaced(current, target, result)
        lines.append(Step(rule, law, to_unicode(target), to_unicode(result), to_unicode(current)))
    simple = simplify(current)
    if simple != current:
        lines.append(_line("simplify", "", current, simple))
    return tuple(lines)


def _line(rule: str, law: str, before: Node, after: Node) -> Step:
    text = to_unicode(after)
    return Step(rule, law, to_unicode(before), text, text)


class _Teacher(Derivation):
    """The rules of differentiation, with the operands' derivatives left as primes to be worked out."""

    def of(self, node: Node) -> Node:
        return Call(_PRIME, (node,))

    def line(self, node: Node) -> tuple[str, str, Node]:
        """Return the rule that acts on (node)′, its law, and the result."""
        if self.constant(node):
            return "constant", "c′ = 0", ZERO
        if isinstance(node, Name):
            return "identity", f"{node.name}′ = 1", ONE
        assert isinstance(node, Call | Applied)
        rule, law = self._law(node)
        return rule, law, self.rule(node)

    def rule(self, node: Call | Applied) -> Node:
        result = super().rule(node)
        # f(x)′ needs no chain rule: the inner derivative is x′ = 1.
        inner = children(node)
        if len(inner) == 1 and inner[0] == Name(self.variable):
            return _without_ones(_replaced(result, Call(_PRIME, inner), ONE))
        return result

    def _law(self, node: Call | Applied) -> tuple[str, str]:
        name = node.function if isinstance(node, Call) else node.name
        if name in {"multiply", "divide"} and sum(not self.constant(part) for part in children(node)) == 1:
            if name == "multiply" or self.constant(children(node)[1]):
                return _LAWS["negate"]
            if children(node)[0] != ONE:
                return _LAWS["negate"]
            return "reciprocal rule", "(1/v)′ = −v′/v²"
        if name == "power" and not self.constant(children(node)[1]):
            return "exponential rule", "(uᵛ)′ = uᵛ·(v·log u)′"
        if name in _LAWS and isinstance(node, Call):
            return _LAWS[name]
        return self._known(node)

    def _known(self, node: Call | Applied) -> tuple[str, str]:
        u = Name("u")
        outer = rebuild(node, (u,))
        slope = _Known(u.name).of(outer)
        law = f"({to_unicode(outer)})′ = {to_unicode(slope)}"
        if children(node)[0] == Name(self.variable):
            return "known derivative", law
        return "chain rule", f"{law}·u′"


class _Known(Derivation):
    """The derivative of a function of u itself."""


def _without_ones(node: Node) -> Node:
    """Return a product without the factor 1 that x′ leaves."""
    if isinstance(node, Call) and node.function == "multiply":
        rest = tuple(part for part in node.arguments if part != ONE)
        return Call("multiply", rest) if len(rest) > 1 else (rest or (ONE,))[0]
    if isinstance(node, Call) and node.function == "negate":
        return Call("negate", (_without_ones(node.arguments[0]),))
    return node


def _first_prime(node: Node) -> Call | None:
    """Return the first pending derivative from the left that holds no other."""
    if isinstance(node, Number | Name):
        return None
    if isinstance(node, Call) and node.function == _PRIME:
        return node
    return next((found for part in children(node) if (found := _first_prime(part)) is not None), None)


def _replaced(node: Node, target: Node, result: Node) -> Node:
    """Return the formula with every occurrence of a pending derivative replaced."""
    if node == target:
        return result
    if isinstance(node, Number | Name):
        return node
    return rebuild(node, tuple(_replaced(part, target, result) for part in children(node)))
