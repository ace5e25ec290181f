"""Sums of a term and a root that nearly cancel it: the quotient that is the same keeps its digits."""

from fractions import Fraction

from actcli.formula.algebra import minus, over, plus, times, to_the
from actcli.formula.conditions import condition, sign_asked
from actcli.formula.monomial import Monomial, assembled, collected, monomial, product
from actcli.formula.nodes import ONE, TWO, ZERO, Call, Node
from actcli.formula.ratio import number_of
from actcli.formula.simplify import simplify


def root_sum(first: Monomial, second: Monomial, known: frozenset[Node]) -> Node | None:
    """m·u + m·√A, where A − u² is simple: m·(A − u²)/(√A − u) is the same and does not cancel for u < 0."""
    roots = [base for base, power in second.factors if power == Fraction(1, 2)]
    if len(roots) != 1:
        return None
    root = Call("sqrt", (roots[0],))
    rest = product((second, monomial(over(ONE, root))))
    u = simplify(over(assembled(first), assembled(rest)))
    b = simplify(plus(roots[0], minus(to_the(u, TWO))))
    number, constant = number_of(b), number_of(u)
    low = over(b, plus(root, minus(u)))
    if (constant is not None and constant < 0 and _free_of_numbers(b)) or (number and _root_sign(u) < 0):
        return times(assembled(rest), low)
    if number is None or number <= 0 or constant is not None or _root_sign(u) > 0:
        return None
    negative = condition(Call("less", (u, ZERO)))
    if sign_asked(negative) in known:
        return None
    return times(assembled(rest), Call("where", (negative, low, plus(root, u))))


def _root_sign(node: Node) -> int:
    """Return the sign of a product of square roots, 0 where it is none."""
    term = monomial(node)
    roots = bool(term.factors) and all(power == Fraction(1, 2) for _, power in term.factors)
    return 0 if not roots else 1 if term.coefficient > 0 else -1


def _free_of_numbers(node: Node) -> bool:
    return all(term.factors for term in collected([node]))
