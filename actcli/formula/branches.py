"""Simplifying what takes branches: where, min, max, clip, abs and sign."""

from collections.abc import Callable, Sequence
from fractions import Fraction

from actcli.formula.algebra import choose, to_the
from actcli.formula.conditions import both, truth_of
from actcli.formula.monomial import Monomial, assembled, key, monomial, product, scaled, total_of
from actcli.formula.nodes import ZERO, Call, Node, size
from actcli.formula.ratio import absolute, node_of, number_of, whole

Simple = Callable[[Node], Node]

_POSITIVE = frozenset(["exp", "cosh", "sech", "sigmoid", "softplus", "normal_cdf", "normal_density", "erfc"])


def where(condition: Node, first: Node, second: Node) -> Node:
    """Return the branch that is taken where that is known, and no question asked twice."""
    holds = truth_of(condition)
    if holds is not None:
        return first if holds else second
    first, second = _given(condition, first, 1), _given(condition, second, 2)
    if isinstance(first, Call) and first.function == "where" and key(first.arguments[2]) == key(second):
        return where(both(condition, first.arguments[0]), first.arguments[1], second)
    return first if key(first) == key(second) else choose(condition, first, second)


def _given(condition: Node, branch: Node, index: int) -> Node:
    """Return a branch, knowing how its condition was answered on the way to it."""
    while (
        isinstance(branch, Call) and branch.function == "where" and key(branch.arguments[0]) == key(condition)
    ):
        branch = branch.arguments[index]
    return branch


def extreme(node: Call) -> Node:
    """Return min, max or clip of numbers as a number, and of equal operands as that operand."""
    if node.function == "clip":
        u, low, high = node.arguments
        numbers = [number_of(part) for part in node.arguments]
        if None not in numbers:
            return extreme(Call("min", (extreme(Call("max", (u, low))), high)))
        return node
    first, second = node.arguments
    if key(first) == key(second):
        return first
    holds = truth_of(Call("less" if node.function == "min" else "greater", (first, second)))
    return node if holds is None else first if holds else second


def magnitude(name: str, u: Node) -> Node | None:
    """Return abs(u) or sign(u) with numbers and what is never negative taken out of it, or None."""
    term = monomial(u)
    if not term.coefficient:
        return ZERO
    known = [factor for factor in term.factors if _never_negative(*factor, strictly=name == "sign")]
    if not known and term.coefficient == 1 and term.factors:
        return None
    rest = Monomial(Fraction(1), tuple(factor for factor in term.factors if factor not in known))
    inner = Monomial(Fraction(1)) if not rest.factors else monomial(Call(name, (assembled(rest),)))
    if name == "sign":
        return assembled(scaled(inner, Fraction(1 if term.coefficient > 0 else -1)))
    return assembled(product((Monomial(absolute(term.coefficient), tuple(known)), inner)))


def _never_negative(base: Node, power: object, *, strictly: bool) -> bool:
    if isinstance(base, Call) and base.function in _POSITIVE:
        return True
    if strictly:
        return False
    even = isinstance(power, Fraction) and power.denominator == 1 and power % 2 == 0
    root = isinstance(power, Fraction) and power.denominator % 2 == 0
    return even or root or (isinstance(base, Call) and base.function in {"abs", "sqrt"})


def together(terms: Sequence[Monomial], simple: Simple) -> list[Monomial]:
    """Return the terms of a sum with those that branch on the same condition made one."""
    groups: dict[Node, list[Monomial]] = {}
    for term in terms:
        branch = _branching(term)
        if branch is not None:
            groups.setdefault(key(branch.arguments[0]), []).append(term)
    result = list(terms)
    for group in (group for group in groups.values() if len(group) > 1):
        calls = [(term.coefficient, branch) for term in group if (branch := _branching(term)) is not None]
        sides = [
            simple(total_of([scaled(monomial(call.arguments[side]), factor) for factor, call in calls]))
            for side in (1, 2)
        ]
        merged = monomial(where(calls[0][1].arguments[0], *sides))
        result = [merged if term is group[0] else term for term in result if term not in group[1:]]
    return result


def _branching(term: Monomial) -> Call | None:
    if len(term.factors) == 1:
        base, power = term.factors[0]
        if isinstance(base, Call) and base.function == "where" and power == 1:
            return base
    return None


def into_branches(term: Monomial, simple: Simple) -> Node:
    """Return a product with its factors moved into the branches of a where, if that is shorter."""
    plain = assembled(term)
    branches = [
        factor for factor in term.factors if isinstance(factor[0], Call) and factor[0].function == "where"
    ]
    if len(branches) != 1:
        return plain
    base, power = branches[0]
    if not (isinstance(base, Call) and isinstance(power, Fraction) and whole(power)):
        return plain
    rest = Monomial(term.coefficient, tuple(factor for factor in term.factors if factor[0] is not base))
    condition, *sides = base.arguments
    powers = (to_the(side, node_of(power)) for side in sides)
    first, second = (simple(assembled(product((rest, monomial(side))))) for side in powers)
    moved = where(condition, first, second)
    numbers = number_of(first) is not None and number_of(second) is not None
    return moved if size(moved) < size(plain) + numbers else plain
