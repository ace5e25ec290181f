"""Comparisons in their plainest form: a quantity on the left, a number on the right."""

import operator
from fractions import Fraction

from actcli.formula.algebra import minus
from actcli.formula.evaluate import COMPARISONS
from actcli.formula.monomial import Monomial, assembled, collected, key
from actcli.formula.nodes import Call, Node
from actcli.formula.ratio import Coefficient, folded, node_of, number_of

_MIRROR = {
    "less": "greater",
    "less_equal": "greater_equal",
    "greater": "less",
    "greater_equal": "less_equal",
    "equal": "equal",
    "not_equal": "not_equal",
}
_OPPOSITE = {
    "less": "greater_equal",
    "less_equal": "greater",
    "greater": "less_equal",
    "greater_equal": "less",
    "equal": "not_equal",
    "not_equal": "equal",
}
_BELOW = {"less", "less_equal"}
_ABOVE = {"greater", "greater_equal"}


def truth_of(condition: Node) -> bool | None:
    """Return whether a condition between numbers holds; None where it depends on a name."""
    if isinstance(condition, Call) and condition.function in COMPARISONS:
        first, second = (number_of(part) for part in condition.arguments)
        if first is not None and second is not None:
            return bool(COMPARISONS[condition.function](first, second))
    return None


def condition(node: Call) -> Call:
    """Return the condition solved for its quantity where that is exact, with the same truth everywhere."""
    name = node.function
    if name == "not":
        inner = node.arguments[0]
        assert isinstance(inner, Call)
        return (
            condition(Call(_OPPOSITE[inner.function], inner.arguments))
            if inner.function in _OPPOSITE
            else node
        )
    if name == "and":
        return _interval(node)
    if name not in COMPARISONS:
        return node
    solved = _solved(name, collected((node.arguments[0], minus(node.arguments[1]))))
    return _unwrapped(solved or node)


def _solved(name: str, terms: list[Monomial]) -> Call | None:
    """Return c·v + k ≷ 0 as v ≷ −k/c, where the division is exact."""
    plain = [term for term in terms if not term.factors]
    quantities = [term for term in terms if term.factors]
    if len(quantities) != 1:
        return None
    constant: Coefficient = plain[0].coefficient if plain else Fraction(0)
    factor = quantities[0].coefficient
    bound = folded(-constant / factor)
    if Fraction(bound) * Fraction(factor) != -Fraction(constant):
        return None
    quantity = assembled(Monomial(Fraction(1), quantities[0].factors))
    if isinstance(quantity, Call) and quantity.function == "exp" and bound == 1:
        quantity, bound = quantity.arguments[0], Fraction(0)
    return Call(name if factor > 0 else _MIRROR[name], (quantity, node_of(bound)))


def _unwrapped(node: Call) -> Call:
    """Return max(u, a) < b as u < b where a < b, and min(u, a) > b as u > b where a > b."""
    quantity, bound = node.arguments[0], number_of(node.arguments[1])
    if bound is None or not isinstance(quantity, Call) or quantity.function not in {"min", "max"}:
        return node
    sides, wins = (_BELOW, operator.lt) if quantity.function == "max" else (_ABOVE, operator.gt)
    for inner, limit in (quantity.arguments, quantity.arguments[::-1]):
        number = number_of(limit)
        if node.function in sides and number is not None and wins(number, bound):
            return condition(Call(node.function, (inner, node.arguments[1])))
    return node


def _interval(node: Call) -> Call:
    """Return v < b and v > a as a < v < b; the same question is asked once."""
    parts: dict[Node, Node] = {}
    for part in node.arguments:
        inner = part.arguments if isinstance(part, Call) and part.function == "and" else (part,)
        parts |= {key(question): question for question in inner}
    questions = list(parts.values())
    if len(questions) == 1:
        assert isinstance(questions[0], Call)
        return questions[0]
    if len(questions) == 2:
        ordered = _bounds(questions[0], questions[1]) or _bounds(questions[1], questions[0])
        questions = list(ordered or questions)
    return Call("and", tuple(questions))


def _bounds(low: Node, high: Node) -> tuple[Node, Node] | None:
    assert isinstance(low, Call) and isinstance(high, Call)
    if low.function in _ABOVE and high.function in _BELOW and key(low.arguments[0]) == key(high.arguments[0]):
        return Call(_MIRROR[low.function], low.arguments[::-1]), high
    return None


def both(first: Node, second: Node) -> Call:
    """Return `first and second`."""
    return condition(Call("and", (first, second)))


def sign_asked(condition: Node) -> Node:
    """Return the quantity v of a condition v ≷ 0, up to a positive factor."""
    assert isinstance(condition, Call)
    return key(condition.arguments[0])
