"""Sums of exponentials: how they are taken apart and put together where they would cancel."""

import itertools
from fractions import Fraction

from actcli.formula.algebra import plus, times
from actcli.formula.monomial import EULER, Monomial, assembled, collected, exponent_node, like, product
from actcli.formula.nodes import ONE, TWO, ZERO, Call, Node
from actcli.formula.ratio import absolute
from actcli.formula.simplify import simplify

# Powers of sums of exponentials that are multiplied out, and the signature of a number.
_FEW = {Fraction(2): 2, Fraction(3): 3}
_NUMBER = Monomial(Fraction(1)).signature


def multiplied_out(terms: list[Monomial]) -> list[Monomial] | None:
    """(1 + e^u)² − 1 → e^(2u) + 2e^u: beside a number, which cancels or keeps others from cancelling."""
    if _NUMBER not in (term.signature for term in terms):
        return None
    for term in terms:
        base, power = term.factors[0] if len(term.factors) == 1 else (ONE, ONE)
        repeats = _FEW.get(power, 0) if isinstance(power, Fraction) else 0
        inner = collected([base]) if repeats else []
        if len(inner) > 1 and not any(rest_of(part).factors for part in inner):
            chosen = itertools.product(inner, repeat=repeats)
            factors = like(product((Monomial(term.coefficient), *parts)) for parts in chosen)
            return like([*(other for other in terms if other is not term), *factors])
    return None


def exponent_of(term: Monomial) -> Node:
    """Return v of m·exp(v); 0 where there is no exponential."""
    return exponent_node(dict(term.factors).get(EULER, Fraction(0)))


def rest_of(term: Monomial) -> Monomial:
    """Return m of m·exp(v)."""
    return Monomial(term.coefficient, tuple(factor for factor in term.factors if factor[0] != EULER))


def exponentials(first: Monomial, second: Monomial) -> Node | None:
    """m·e^u − m → m·expm1(u), and m·e^u ∓ m·e^−u → 2m·sinh(u) or 2m·cosh(u)."""
    rest, other = rest_of(first), rest_of(second)
    if rest.signature != other.signature or absolute(rest.coefficient) != absolute(other.coefficient):
        return None
    u, v = exponent_of(first), exponent_of(second)
    opposite = rest.coefficient != other.coefficient
    if opposite and v == ZERO:
        return times(assembled(rest), Call("expm1", (u,)))
    if opposite and u == ZERO:
        return times(assembled(other), Call("expm1", (v,)))
    if u != ZERO and simplify(plus(u, v)) == ZERO:
        return times(TWO, assembled(rest), Call("sinh" if opposite else "cosh", (u,)))
    return None
