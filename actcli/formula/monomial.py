"""Products in one shape, a coefficient times powers of bases, and sums as lists of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from actcli.formula.algebra import minus, over, plus, times, to_the
from actcli.formula.nodes import (
    CONSTANTS,
    ONE,
    VARIABLE,
    ZERO,
    Call,
    Name,
    Node,
    Number,
    children,
    rebuild,
    size,
)
from actcli.formula.ratio import (
    UNIT,
    Coefficient,
    absolute,
    added,
    folded,
    multiplied,
    node_of,
    number_of,
    raised,
    whole,
)

Exponent = Node | Coefficient
EULER = Name("e")


@dataclass(frozen=True)
class Monomial:
    """coefficient · Π base ** exponent. exp(v) is e ** v, sqrt(u) is u ** 1/2; no base occurs twice."""

    coefficient: Coefficient
    factors: tuple[tuple[Node, Exponent], ...] = ()

    @cached_property
    def powers(self) -> Mapping[Node, Exponent]:
        """The exponents by the sorted form of their base."""
        return {key(base): exponent for base, exponent in self.factors}

    @cached_property
    def signature(self) -> frozenset[tuple[Node, Exponent]]:
        """What like terms have in common: everything but the coefficient."""
        return frozenset((key(base), key(p) if isinstance(p, Node) else p) for base, p in self.factors)


def key(node: Node) -> Node:
    """Return the node with its sums and products in a fixed order, so that a + b and b + a are one."""
    if isinstance(node, Number | Name):
        return node
    if node not in _keys:
        # Bounded, because a long session may see any number of formulas.
        if len(_keys) > 100_000:
            _keys.clear()
        operands = tuple(key(operand) for operand in children(node))
        if isinstance(node, Call) and node.function in {"add", "multiply"}:
            operands = tuple(sorted(operands, key=hash))
        _keys[node] = rebuild(node, operands)
    return _keys[node]


_keys: dict[Node, Node] = {}


def monomial(node: Node) -> Monomial:
    """Return a node as one product. Raises UnfoldableError where constants leave the float64 numbers."""
    if node not in _monomials:
        if len(_monomials) > 100_000:
            _monomials.clear()
        _monomials[node] = _monomial(node)
    return _monomials[node]


_monomials: dict[Node, Monomial] = {}


def _monomial(node: Node) -> Monomial:
    number = number_of(node)
    if number is not None:
        return Monomial(number)
    if isinstance(node, Call):
        name, operands = node.function, node.arguments
        if name == "negate":
            return scaled(monomial(operands[0]), Fraction(-1))
        if name == "multiply":
            return product(monomial(operand) for operand in operands)
        if name == "divide":
            return product((monomial(operands[0]), _power(operands[1], Fraction(-1))))
        if name == "power":
            exponent = number_of(operands[1])
            return _power(operands[0], operands[1] if exponent is None else exponent)
        if name == "sqrt":
            return _power(operands[0], Fraction(1, 2))
        if name == "exp":
            exponent = number_of(operands[0])
            return (
                _single(EULER, operands[0] if exponent is None else exponent)
                if exponent != 0
                else Monomial(UNIT)
            )
    return _single(node, UNIT)


def _single(base: Node, exponent: Exponent) -> Monomial:
    return Monomial(UNIT, ((base, exponent),))


def scaled(term: Monomial, factor: Coefficient) -> Monomial:
    """Return a number times a product."""
    return Monomial(multiplied(term.coefficient, factor), term.factors)


def product(terms: Iterable[Monomial]) -> Monomial:
    """Return the product of products, with the powers of the same base collected."""
    coefficient: Coefficient = UNIT
    bases: dict[Node, tuple[Node, Exponent]] = {}
    for term in terms:
        coefficient = multiplied(coefficient, term.coefficient)
        for base, exponent in term.factors:
            name = key(base)
            bases[name] = (
                (bases[name][0], _together(bases[name][1], exponent)) if name in bases else (base, exponent)
            )
    kept = tuple((base, exponent) for base, exponent in bases.values() if exponent not in (0, ZERO))
    return Monomial(coefficient, kept if coefficient else ())


def _together(first: Exponent, second: Exponent) -> Exponent:
    if isinstance(first, Coefficient) and isinstance(second, Coefficient):
        return added(first, second)
    nodes = [node_of(part) if isinstance(part, Coefficient) else part for part in (first, second)]
    total = total_of(collected(nodes))
    number = number_of(total)
    return total if number is None else number


def _power(base: Node, exponent: Exponent) -> Monomial:
    inner = monomial(base)
    if isinstance(exponent, Fraction) and exponent.denominator == 1:
        return _whole_power(inner, exponent)
    if base == EULER:
        return _single(EULER, node_of(exponent) if isinstance(exponent, Coefficient) else exponent)
    if number_of(base) == 1:
        return Monomial(UNIT)
    if isinstance(exponent, Coefficient) and inner.coefficient == 1 and len(inner.factors) == 1:
        root, even = inner.factors[0]
        # (y²)^(1/2) is |y|, not y.
        if isinstance(even, Fraction) and whole(even) and even % 2 == 0:
            return _power(Call("abs", (root,)), folded(even * exponent))
    return _single(base, exponent)


def _whole_power(inner: Monomial, exponent: Fraction) -> Monomial:
    coefficient = raised(inner.coefficient, int(exponent))
    factors = []
    for base, power in inner.factors:
        if isinstance(power, Coefficient):
            factors.append(_plainer(base, folded(power * exponent)))
        else:
            factors.append((base, total_of([scaled(term, exponent) for term in collected([power])])))
    return Monomial(coefficient, tuple(factors))


def _plainer(base: Node, exponent: Coefficient) -> tuple[Node, Exponent]:
    """Leave out the abs under an even power, and write 1/cosh as sech, which does not overflow."""
    if isinstance(base, Call) and base.function == "abs" and whole(exponent) and exponent % 2 == 0:
        return base.arguments[0], exponent
    if isinstance(base, Call) and base.function == "cosh" and exponent < 0:
        return Call("sech", base.arguments), -exponent
    return base, exponent


def collected(nodes: Sequence[Node]) -> list[Monomial]:
    """Return the terms of a sum of nodes, like ones added up and zeros gone, in order of appearance."""
    return like([term for node in nodes for term in _terms(node, UNIT)])


def _terms(node: Node, factor: Coefficient) -> list[Monomial]:
    if isinstance(node, Call) and node.function == "add":
        return [term for part in node.arguments for term in _terms(part, factor)]
    whole_term = scaled(monomial(node), factor)
    if len(whole_term.factors) == 1:
        base, exponent = whole_term.factors[0]
        # A number times a sum, inside a sum, is taken apart: like terms may meet.
        if exponent == 1 and isinstance(base, Call) and base.function == "add":
            return _terms(base, whole_term.coefficient)
    return [whole_term]


def like(terms: Iterable[Monomial]) -> list[Monomial]:
    """Return the terms with like ones added up and zeros gone."""
    found: dict[frozenset[tuple[Node, Exponent]], Monomial] = {}
    for term in terms:
        present = found.get(term.signature)
        coefficient = added(term.coefficient, present.coefficient) if present else folded(term.coefficient)
        found[term.signature] = Monomial(coefficient, (present or term).factors)
    return [term for term in found.values() if term.coefficient]


def total_of(terms: Sequence[Monomial]) -> Node:
    """Return a sum as a node; a positive term leads if there is any, the others keep their order."""
    lead = next((index for index, term in enumerate(terms) if term.coefficient > 0), 0)
    ordered = (*terms[lead : lead + 1], *terms[:lead], *terms[lead + 1 :])
    return plus(*(assembled(term) for term in ordered))


def assembled(term: Monomial) -> Node:
    """Return a product in writing order: number, parameters, x, functions, sums; then what divides."""
    top: list[tuple[Node, Exponent]] = []
    bottom: list[tuple[Node, Exponent]] = []
    for base, exponent in term.factors:
        if isinstance(exponent, Coefficient) and exponent < 0:
            bottom.append((base, -exponent))
        else:
            top.append((base, exponent))
    above, below = _divided(absolute(term.coefficient))
    numerator = times(above, *_in_order(top))
    fraction = over(numerator, times(below, *_in_order(bottom)))
    return minus(fraction) if term.coefficient < 0 else fraction


def _divided(number: Coefficient) -> tuple[Node, Node]:
    if isinstance(number, Fraction):
        return Number(float(number.numerator)), Number(float(number.denominator))
    return Number(number), ONE


def _in_order(factors: Sequence[tuple[Node, Exponent]]) -> list[Node]:
    ranked = sorted(factors, key=lambda factor: _rank(factor[0]))
    return [_raised(base, exponent) for base, exponent in ranked]


def _rank(base: Node) -> tuple[int, int]:
    if isinstance(base, Number):
        return 0, 0
    if isinstance(base, Name):
        if base.name in CONSTANTS and base != EULER:
            return 1, 0
        return (3 if base.name == VARIABLE else 4 if base == EULER else 2), 0
    return (6 if isinstance(base, Call) and base.function == "add" else 5), size(base)


def _raised(base: Node, exponent: Exponent) -> Node:
    if base == EULER:
        return base if exponent == 1 else Call("exp", (exponent_node(exponent),))
    if exponent == Fraction(1, 2):
        return Call("sqrt", (base,))
    return to_the(base, exponent_node(exponent))


def exponent_node(exponent: Exponent) -> Node:
    """Return an exponent as a node."""
    return node_of(exponent) if isinstance(exponent, Coefficient) else exponent
