"""Formulas that are right on paper but overflow or cancel in float64, recognised and rewritten.

exp(x)/(1 + exp(x)) becomes sigmoid(x), log(1 + exp(x)) softplus(x), (1 + erf(x/√2))/2 normal_cdf(x), and so
on; every rewriting is an identity of real numbers.
"""

from collections.abc import Callable
from fractions import Fraction

from actcli.formula.algebra import minus, over, plus, times, to_the
from actcli.formula.conditions import sign_asked
from actcli.formula.differences import tail_difference
from actcli.formula.exponentials import exponent_of, exponentials, multiplied_out, rest_of
from actcli.formula.identities import Table, shorter_sum
from actcli.formula.monomial import (
    Exponent,
    Monomial,
    assembled,
    collected,
    exponent_node,
    key,
    monomial,
    product,
)
from actcli.formula.nodes import ONE, TWO, ZERO, Call, Name, Node, Number, children, rebuild
from actcli.formula.radicals import root_sum
from actcli.formula.ratio import Coefficient, UnfoldableError, absolute, node_of
from actcli.formula.simplify import simplify

_ROUNDS = 6

# first + second → result, times any common factor: what would cancel where the two are nearly opposite.
_SUMS: Table = (
    ("erf(u)", "1", "erfc(-u)"),
    ("tanh(u)", "1", "2*sigmoid(2*u)"),
    ("-tanh(u)", "1", "2*sigmoid(-2*u)"),
    ("-cos(u)", "1", "2*sin(u/2)**2"),
    ("cosh(u)", "-1", "2*sinh(u/2)**2"),
    ("softplus(u)", "-u", "softplus(-u)"),
    ("softplus(u)", "-max(u, 0)", "where(u > 0, softplus(-u), softplus(u))"),
    ("softplus(u)", "-max(0, u)", "where(u > 0, softplus(-u), softplus(u))"),
    ("log_cosh(u)", "-abs(u)", "softplus(-2*abs(u)) - log(2)"),
)


def stabilised(node: Node, *, tails: bool = True) -> Node:
    """Return the formula in a form that keeps its digits, or the very same node where no rule applies.

    tails: also where that is longer than people would write it, for differences that vanish in a tail.
    """
    current = simplify(node)
    changed = False
    for _ in range(_ROUNDS):
        rewriting = _Rewriting(tails)
        rewritten = rewriting.of(current)
        if not rewriting.applied:
            break
        current, changed = simplify(rewritten), True
    return current if changed else node


class _Rewriting:
    def __init__(self, tails: bool, known: frozenset[Node] = frozenset()) -> None:
        self.memory: dict[Node, Node] = {}
        self.tails = tails
        self.known = known
        self.applied = False

    def of(self, node: Node) -> Node:
        if isinstance(node, Number | Name):
            return node
        if node not in self.memory:
            # A quotient of sums first as a whole: its parts may have rules of their own.
            whole = self._rewritten(node) if isinstance(node, Call) and node.function != "add" else node
            parts = (self._branch(whole, index, operand) for index, operand in enumerate(children(whole)))
            self.memory[node] = self._rewritten(rebuild(whole, tuple(parts)))
        return self.memory[node]

    def _branch(self, node: Node, index: int, operand: Node) -> Node:
        """Return an operand rewritten; inside a where that asks for the sign of u, u is not asked again."""
        if not (isinstance(node, Call) and node.function == "where" and index):
            return self.of(operand)
        inner = _Rewriting(self.tails, self.known | {sign_asked(node.arguments[0])})
        rewritten = inner.of(operand)
        self.applied |= inner.applied
        return rewritten

    def _rewritten(self, node: Node) -> Node:
        rule = _RULES.get(node.function) if isinstance(node, Call) else None
        try:
            other = rule(node, self.known) if rule is not None else None  # type: ignore[arg-type]
            if other is None and self.tails and isinstance(node, Call) and node.function == "add":
                other = _tails(node, self.known)
        except UnfoldableError:
            other = None
        self.applied |= other is not None
        return node if other is None else other


Known = frozenset[Node]
"""Expressions whose sign is settled by the branch that a rule works in."""


def _sum(node: Call, known: Known) -> Node | None:
    terms = collected(node.arguments)
    merged = shorter_sum(terms, simplify, _SUMS) or multiplied_out(terms)
    if merged is not None:
        return plus(*(assembled(term) for term in merged))
    for index, first in enumerate(terms):
        for second in terms[index + 1 :]:
            pair = (
                exponentials(first, second)
                or root_sum(first, second, known)
                or root_sum(second, first, known)
            )
            if pair is not None:
                return _with_others(pair, terms, first, second)
    return None


def _tails(node: Call, known: Known) -> Node | None:
    terms = collected(node.arguments)
    for index, first in enumerate(terms):
        for second in terms[index + 1 :]:
            pair = tail_difference(first, second, known)
            if pair is not None:
                return _with_others(pair, terms, first, second)
    return None


def _with_others(pair: Node, terms: list[Monomial], first: Monomial, second: Monomial) -> Node:
    """Return a sum in which two terms have become one."""
    return plus(pair, *(assembled(term) for term in terms if term is not first and term is not second))


def _product(node: Call, _: Known) -> Node | None:
    term = monomial(node)
    for base, power in term.factors:
        if isinstance(power, Fraction) and power < 0 and power.denominator == 1:
            pair = _two_exponentials(base)
            if pair is not None:
                others = tuple(factor for factor in term.factors if factor[0] is not base)
                return _over_exponentials(Monomial(term.coefficient, others), pair, int(-power))
    return None


Pair = tuple[Coefficient, Node, Node, bool]
"""c, p, q and whether it is c·(e^p + e^q) or, if not, c·(e^p − e^q)."""


def _two_exponentials(base: Node) -> Pair | None:
    terms = collected([base])
    if len(terms) != 2 or any(rest_of(term).factors for term in terms):
        return None
    (first, second), (p, q) = terms, (exponent_of(term) for term in terms)
    if absolute(first.coefficient) != absolute(second.coefficient):
        return None
    return first.coefficient, p, q, first.coefficient == second.coefficient


def _over_exponentials(others: Monomial, pair: Pair, power: int) -> Node | None:
    """others/(c·(e^p + e^q))^power by tanh((p − q)/2), sech(p) or sigmoid(−p)."""
    c, p, q, same_sign = pair
    if not same_sign:
        return None
    for base, exponent in others.factors:
        above = _two_exponentials(base) if exponent == power else None
        if above is not None and not above[3] and {key(above[1]), key(above[2])} == {key(p), key(q)}:
            half = Call("tanh", (over(plus(above[1], minus(above[2])), TWO),))
            rest = tuple(factor for factor in others.factors if factor[0] is not base)
            return _powered(Monomial(others.coefficient, rest), half, above[0] / c, power)
    if p == ZERO or q == ZERO:
        part: Node = Call("sigmoid", (minus(q if p == ZERO else p),))
    elif simplify(plus(p, q)) == ZERO:
        part = over(Call("sech", (p,)), TWO)
    else:
        return None
    return _powered(others, part, 1 / c, power)


def _powered(others: Monomial, part: Node, scale: Coefficient, power: int) -> Node:
    """Return others · (scale · part)^power."""
    whole = monomial(to_the(part, Number(float(power))))
    return assembled(product((others, Monomial(scale**power), whole)))


def _log(node: Call, _: Known) -> Node | None:
    u = node.arguments[0]
    term = monomial(u)
    if len(term.factors) != 1 or term.coefficient <= 0:
        return None
    base, power = term.factors[0]
    known = _log_of(base)
    if known is None:
        return None
    if term.coefficient == 1:
        return times(exponent_node(power), known)
    # A sum with 1 inside the logarithm may be near 1 as a whole, and the two parts cancel.
    if isinstance(base, Call) and base.function == "add":
        return None
    return plus(Call("log", (node_of(term.coefficient),)), times(exponent_node(power), known))


def _log_of(base: Node) -> Node | None:
    if isinstance(base, Call) and base.function == "sigmoid":
        return minus(Call("softplus", (minus(base.arguments[0]),)))
    if isinstance(base, Call) and base.function in {"cosh", "sech"}:
        size = Call("log_cosh", base.arguments)
        return size if base.function == "cosh" else minus(size)
    if not (isinstance(base, Call) and base.function == "add"):
        return None
    terms = collected([base])
    ones = [term for term in terms if term == Monomial(Fraction(1))]
    if not ones:
        return _arcsinh(terms) if len(terms) == 2 else None
    rest = [term for term in terms if term is not ones[0]]
    if len(rest) == 1 and rest[0].coefficient == 1 and not rest_of(rest[0]).factors:
        return Call("softplus", (exponent_of(rest[0]),))
    return Call("log1p", (plus(*(assembled(term) for term in rest)),))


def _arcsinh(terms: list[Monomial]) -> Node | None:
    """log(u + √(u² + 1)) → arcsinh(u)."""
    for root, other in (terms, terms[::-1]):
        if root.coefficient == 1 and len(root.factors) == 1 and root.factors[0][1] == Fraction(1, 2):
            u = assembled(other)
            if simplify(plus(root.factors[0][0], minus(to_the(u, TWO)))) == ONE:
                return Call("arcsinh", (u,))
    return None


def _log1p(node: Call, _: Known) -> Node | None:
    term = monomial(node.arguments[0])
    if term.coefficient == 1 and term.factors and not rest_of(term).factors:
        return Call("softplus", (exponent_of(term),))
    return None


def _erfc(node: Call, _: Known) -> Node | None:
    """erfc(w) → 2·normal_cdf(−√2·w) where w has a √2 that goes away."""
    term = monomial(node.arguments[0])
    powers: dict[Node, Exponent] = dict(term.factors)
    if absolute(_half_power(powers.get(TWO))) != Fraction(1, 2):
        return None
    u = product((term, Monomial(Fraction(-1), ((TWO, Fraction(1, 2)),))))
    return times(TWO, Call("normal_cdf", (assembled(u),)))


def _half_power(exponent: Exponent | None) -> Coefficient:
    return exponent if isinstance(exponent, Coefficient) else Fraction(0)


_RULES: dict[str, Callable[[Call, Known], Node | None]] = {
    "add": _sum,
    "multiply": _product,
    "divide": _product,
    "power": _product,
    "log": _log,
    "log1p": _log1p,
    "erfc": _erfc,
}
