"""Identities between functions of one operand that make a formula shorter; text in the language itself."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from actcli.formula.evaluate import rule
from actcli.formula.monomial import EULER, Monomial, key, like, monomial, product
from actcli.formula.nodes import Call, Node, substitute

Table = tuple[tuple[str, str, str], ...]

# first + second → result, for every operand u and times any common factor. The first names the operand.
_SUMS: Table = (
    ("-tanh(u)**2", "1", "sech(u)**2"),
    ("-sech(u)**2", "1", "tanh(u)**2"),
    ("sin(u)**2", "cos(u)**2", "1"),
    ("-sin(u)**2", "1", "cos(u)**2"),
    ("-cos(u)**2", "1", "sin(u)**2"),
    ("cosh(u)**2", "-sinh(u)**2", "1"),
    ("cosh(u)", "sinh(u)", "exp(u)"),
    ("cosh(u)", "-sinh(u)", "exp(-u)"),
    ("sigmoid(u)", "sigmoid(-u)", "1"),
    ("-sigmoid(u)", "sigmoid(-u)", "-tanh(u/2)"),
    ("-sigmoid(u)", "1", "sigmoid(-u)"),
    ("-2*sigmoid(u)", "1", "-tanh(u/2)"),
    ("-normal_cdf(u)", "1", "normal_cdf(-u)"),
    ("normal_cdf(u)", "normal_cdf(-u)", "1"),
    ("-erf(u)", "1", "erfc(u)"),
    ("-erfc(u)", "1", "erf(u)"),
    ("softplus(u)", "-softplus(-u)", "u"),
)

# first · second → result; the first is a power 1 of the function, or a higher one that leaves the rest.
_PRODUCTS: Table = (
    ("sigmoid(u)", "exp(-u)", "sigmoid(-u)"),
    ("sigmoid(u)", "expm1(-u)", "-tanh(u/2)"),
    ("tanh(u)", "cosh(u)", "sinh(u)"),
    ("sech(u)", "cosh(u)", "1"),
    ("sech(u)", "sinh(u)", "tanh(u)"),
    ("tan(u)", "cos(u)", "sin(u)"),
    ("abs(u)", "sign(u)", "u"),
    ("sign(u)", "u", "abs(u)"),
    ("sinc(u)", "u", "sin(u)"),
    *(
        ("sign(u)", f"{odd}(abs(u))", f"{odd}(u)")
        for odd in ("sin", "sinh", "tanh", "arctan", "arcsinh", "erf")
    ),
)


# In a longer sum the search would take longer than anyone reads.
_MOST_TERMS = 40

Simple = Callable[[Node], Node]
Rule = tuple[Monomial, Monomial, Monomial]


def shorter_sum(terms: Sequence[Monomial], simple: Simple, table: Table = _SUMS) -> list[Monomial] | None:
    """Return the terms after the first identity that applies, or None; `simple` simplifies its operands."""
    if len(terms) > _MOST_TERMS:
        return None
    present = {term.signature: term for term in terms}
    for term in terms:
        for base, _ in term.factors:
            for found in _rules(base, table, simple):
                merged = _merged(term, present, found)
                if merged is not None:
                    return like(merged)
    return None


def _merged(term: Monomial, present: Mapping[Any, Monomial], found: Rule) -> list[Monomial] | None:
    """Return all terms with term = m·first and m·second replaced by m·result, if m·second is there."""
    first, second, result = found
    rest = _divided(term, first)
    if rest is None:
        return None
    wanted = product((rest, second))
    partner = present.get(wanted.signature)
    if partner is None or partner is term or partner.coefficient != wanted.coefficient:
        return None
    merged = product((rest, result))
    return [merged if old is term else old for old in present.values() if old is not partner]


def _divided(term: Monomial, divisor: Monomial) -> Monomial | None:
    """Return m with term = m · divisor, where the divisor's powers are all in the term; else None."""
    for base, exponent in divisor.powers.items():
        there = term.powers.get(base)
        if not (isinstance(there, Fraction) and isinstance(exponent, Fraction) and there >= exponent):
            return None
    inverse = [(base, -exponent) for base, exponent in divisor.factors if isinstance(exponent, Fraction)]
    return product((term, Monomial(1 / Fraction(divisor.coefficient), tuple(inverse))))


def shorter_product(term: Monomial, simple: Simple) -> Monomial | None:
    """Return the product after the first identity of products that applies, or None."""
    for base, _ in term.factors:
        for first, second, result in _rules(base, _PRODUCTS, simple):
            rest = _divided(term, first)
            rest = None if rest is None else _without(rest, second)
            if rest is not None:
                return product((rest, result))
    return None


def _without(term: Monomial, second: Monomial) -> Monomial | None:
    wanted = second.powers.get(key(EULER))
    if wanted is None:
        return _divided(term, second)
    # e ** v is one base with any exponent: only this very exponent counts.
    there = term.powers.get(key(EULER))
    if not (isinstance(there, Node) and isinstance(wanted, Node) and key(there) == key(wanted)):
        return None
    return Monomial(term.coefficient, tuple(factor for factor in term.factors if factor[0] != EULER))


def _rules(base: Node, table: Table, simple: Simple) -> Iterator[Rule]:
    """Yield the identities whose first part speaks of this function, with its operand put in."""
    if not isinstance(base, Call) or len(base.arguments) != 1:
        return
    name = f"{base.function}(u)"
    for row in table:
        if name in row[0]:
            yield _bound(row, base.arguments[0], simple)


def _bound(row: tuple[str, str, str], operand: Node, simple: Simple) -> Rule:
    if (row, operand) not in _bindings:
        # Bounded, because a long session may see any number of formulas.
        if len(_bindings) > 10_000:
            _bindings.clear()
        first, second, result = (monomial(simple(substitute(rule(text), {"u": operand}))) for text in row)
        _bindings[row, operand] = (first, second, result)
    return _bindings[row, operand]


_bindings: dict[tuple[tuple[str, str, str], Node], Rule] = {}
