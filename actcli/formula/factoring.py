"""Rewriting a sum so that it may become shorter: multiplying products out, taking common factors out."""

from collections.abc import Sequence
from fractions import Fraction

from actcli.formula.monomial import EULER, Exponent, Monomial, collected, key, like, product, scaled, total_of
from actcli.formula.nodes import Call, Name, Node, size
from actcli.formula.ratio import absolute, whole

# Sums of more terms, and higher powers of sums, are not multiplied out: nobody would read them.
_MOST_TERMS, _STEEPEST = 40, 4


def expanded(terms: Sequence[Monomial]) -> list[Monomial] | None:
    """Return the terms with products of sums multiplied out; None where there are none, or too many terms."""
    result: list[Monomial] = []
    for term in terms:
        result += _multiplied_out(term)
        if len(result) > _MOST_TERMS:
            return None
    return None if len(result) == len(terms) else like(result)


def length(terms: Sequence[Monomial]) -> int:
    """Return how many factors a sum has, written out, with its terms."""
    return sum(1 + sum(size(base) for base, _ in term.factors) for term in terms)


def _multiplied_out(term: Monomial) -> list[Monomial]:
    sums = [(base, int(power)) for base, power in term.factors if _expandable(base, power)]  # type: ignore[arg-type]
    if not sums:
        return [term]
    rest = tuple(factor for factor in term.factors if not _expandable(*factor))
    result = [Monomial(term.coefficient, rest)]
    for base, power in sums:
        inner = collected([base])
        for _ in range(power):
            result = like([product((left, right)) for left in result for right in inner])
            if len(result) > _MOST_TERMS:
                return [term]
    return result


def _expandable(base: Node, power: Exponent) -> bool:
    is_sum = isinstance(base, Call) and base.function == "add"
    return is_sum and isinstance(power, Fraction) and whole(power) and 1 <= power <= _STEEPEST


def common_factor(terms: Sequence[Monomial]) -> Monomial | None:
    """Return what divides every term: powers of bases, and a number where all have the same one up to sign.

    None where only powers of names are common: a polynomial stays a sum.
    """
    if len(terms) < 2:
        return None
    shared = [
        (base, power) for base, power in terms[0].factors if all(key(base) in term.powers for term in terms)
    ]
    found = [(base, _smallest(base, terms)) for base, _ in shared]
    common = [(base, power) for base, power in found if power is not None]
    if all(isinstance(base, Name) and base != EULER for base, _ in common):
        return None
    size_of_first = absolute(terms[0].coefficient)
    equal = all(absolute(term.coefficient) == size_of_first for term in terms)
    sign = -1 if all(term.coefficient < 0 for term in terms) else 1
    return scaled(Monomial(size_of_first if equal else Fraction(1), tuple(common)), Fraction(sign))


def _smallest(base: Node, terms: Sequence[Monomial]) -> Exponent | None:
    powers = [term.powers[key(base)] for term in terms]
    first = powers[0]
    if isinstance(first, Node):
        return (
            first if all(isinstance(power, Node) and key(power) == key(first) for power in powers) else None
        )
    if any(isinstance(power, Node) or (power > 0) != (first > 0) for power in powers):
        return None
    return min(power for power in powers if not isinstance(power, Node))


def inverse(term: Monomial) -> Monomial:
    """Return 1/term."""
    factors = tuple((base, _negative(power)) for base, power in term.factors)
    return Monomial(1 / term.coefficient, factors)


def _negative(power: Exponent) -> Exponent:
    if isinstance(power, Node):
        return total_of([scaled(part, Fraction(-1)) for part in collected([power])])
    return -power


def sign_inside(term: Monomial) -> Monomial:
    """Return −a·(b − c) as a·(c − b)."""
    for base, power in term.factors if term.coefficient < 0 else ():
        if (
            isinstance(base, Call)
            and base.function == "add"
            and isinstance(power, Fraction)
            and power % 2 == 1
        ):
            opposite = [scaled(part, Fraction(-1)) for part in collected([base])]
            if any(part.coefficient > 0 for part in opposite):
                turned = tuple(
                    (total_of(opposite) if other is base else other, p) for other, p in term.factors
                )
                return Monomial(-term.coefficient, turned)
    return term
