"""A formula as a person would write it, with the same value wherever the original has one.

Zeros and ones go, constants are folded, like terms and powers collected, common factors taken out, identities
such as 1 − tanh² = sech² applied, and branches pulled together. A rewriting may extend a formula to points
where the original is undefined (x/x is 1), never the other way round.
"""

import math
from fractions import Fraction

from actcli.formula.algebra import minus
from actcli.formula.branches import extreme, into_branches, magnitude, together, where
from actcli.formula.conditions import condition
from actcli.formula.factoring import common_factor, expanded, inverse, length, sign_inside
from actcli.formula.identities import shorter_product, shorter_sum
from actcli.formula.monomial import Monomial, assembled, collected, like, monomial, product, total_of
from actcli.formula.nodes import ONE, ZERO, Call, Name, Node, Number, children, rebuild, size
from actcli.formula.primitives import CONDITIONS
from actcli.formula.ratio import UnfoldableError, node_of, number_of

# A formula larger than this is left as it stands: shortening it would take longer than reading it.
LARGEST = 4_000
# Passes until nothing changes: derivatives of the catalogue need three at most.
_ROUNDS = 12

_PRODUCTS = frozenset(["multiply", "divide", "negate", "power", "sqrt", "exp"])
_ODD = frozenset(["sin", "tan", "sinh", "tanh", "arcsin", "arctan", "arcsinh", "arctanh", "erf", "sign"])
_EVEN = frozenset(["cos", "cosh", "sech", "abs", "sinc", "normal_density", "log_cosh"])
_AT_ZERO = {
    **dict.fromkeys(_ODD | {"log1p", "expm1", "abs", "floor", "log_cosh"}, ZERO),
    **dict.fromkeys(("cos", "cosh", "sech", "sinc", "erfc"), ONE),
    **dict.fromkeys(("sigmoid", "normal_cdf"), node_of(Fraction(1, 2))),
}
# f → g where f(g(u)) is u for every u that g takes.
_UNDOES = {
    "log": "exp",
    "exp": "log",
    "log1p": "expm1",
    "expm1": "log1p",
    "sin": "arcsin",
    "cos": "arccos",
    "tan": "arctan",
    "sinh": "arcsinh",
    "cosh": "arccosh",
    "tanh": "arctanh",
    "arcsinh": "sinh",
    "arctanh": "tanh",
}


def simplify(node: Node) -> Node:
    """Return the formula in its simplest form; simplifying that again changes nothing."""
    if len(_passed) > _REMEMBERED:
        _passed.clear()
    seen: list[Node] = [node]
    while len(seen) < _ROUNDS and size(seen[-1]) <= LARGEST:
        shorter = _Simplification().of(seen[-1])
        if shorter in seen:
            # A round trip of rewritings, of length one at the fixed point: one form stands for all of it.
            return min(seen[seen.index(shorter) :], key=lambda form: (size(form), repr(form)))
        seen.append(shorter)
    return seen[-1]


# What one pass makes of a node: derivatives of several orders share most of their parts. Bounded, because
# a long session may see any number of formulas.
_passed: dict[Node, Node] = {}
_REMEMBERED = 50_000


class _Simplification:
    def of(self, node: Node) -> Node:
        if isinstance(node, Number | Name):
            return node
        if node not in _passed:
            operands = tuple(self.of(operand) for operand in children(node))
            rebuilt = rebuild(node, operands)
            try:
                _passed[node] = self._rewritten(rebuilt)
            except UnfoldableError:
                _passed[node] = rebuilt
        return _passed[node]

    def _rewritten(self, node: Node) -> Node:
        if not isinstance(node, Call):
            return node
        if node.function in CONDITIONS:
            return condition(node)
        if _undone(node):
            return node.arguments[0].arguments[0]  # type: ignore[union-attr]
        if node.function == "add":
            return self._sum(collected(node.arguments))
        if node.function in _PRODUCTS:
            return _root(node) or self._product(monomial(node))
        if node.function == "where":
            return where(*node.arguments)
        if node.function in {"min", "max", "clip"}:
            return extreme(node)
        return self._function(node)

    def _sum(self, terms: list[Monomial]) -> Node:
        terms = self._shortest(terms)
        best = total_of(terms)
        for other in (self._expanded(terms), self._factored(terms)):
            best = other if other is not None and size(other) < size(best) else best
        return best

    def _shortest(self, terms: list[Monomial]) -> list[Monomial]:
        """Return a sum after all identities that apply, with branches on the same condition made one."""
        merged: list[Monomial] | None = terms
        while merged is not None:
            terms, merged = merged, shorter_sum(merged, self.of)
        return together(terms, self.of)

    def _expanded(self, terms: list[Monomial]) -> Node | None:
        longer = expanded(terms)
        # What is twice as long now will not end up shorter.
        if longer is None or length(longer) > 2 * length(terms):
            return None
        plain = self._shortest(like([self._without_signs(term) for term in longer]))
        return self._factored(plain) or total_of(plain)

    def _without_signs(self, term: Monomial) -> Monomial:
        """Return a product with abs(u)² and abs(u)·sign(u) as u² and u, so that it meets its like."""
        if not any(isinstance(base, Call) and base.function in {"abs", "sign"} for base, _ in term.factors):
            return term
        return monomial(self.of(assembled(term)))

    def _factored(self, terms: list[Monomial]) -> Node | None:
        common = common_factor(terms)
        if common is None:
            return None
        rest = self._sum([product((term, inverse(common))) for term in terms])
        return self._product(product((common, monomial(rest))))

    def _product(self, term: Monomial) -> Node:
        merged: Monomial | None = term
        while merged is not None:
            term, merged = merged, shorter_product(merged, self.of)
        return into_branches(sign_inside(term), self.of)

    def _function(self, node: Call) -> Node:
        name, u = node.function, node.arguments[0]
        if u == ZERO and name in _AT_ZERO:
            return _AT_ZERO[name]
        if u == ONE and name in {"log", "log2", "log10"}:
            return ZERO
        if name in {"abs", "sign"}:
            return magnitude(name, u) or node
        if name in _EVEN and isinstance(u, Call) and u.function == "abs":
            return self.of(Call(name, u.arguments))
        if name in _ODD | _EVEN and _leads_with_minus(u):
            mirrored = self.of(Call(name, (self.of(minus(u)),)))
            return mirrored if name in _EVEN else self.of(minus(mirrored))
        return node


def _undone(node: Call) -> bool:
    inner = node.arguments[0]
    return isinstance(inner, Call) and inner.function == _UNDOES.get(node.function)


def _leads_with_minus(node: Node) -> bool:
    first = node.arguments[0] if isinstance(node, Call) and node.function == "add" else node
    return monomial(first).coefficient < 0


def _root(node: Call) -> Node | None:
    """Return the square root of a square of whole numbers as a number."""
    number = number_of(node.arguments[0]) if node.function == "sqrt" else None
    if not isinstance(number, Fraction) or number < 0:
        return None
    top, bottom = math.isqrt(number.numerator), math.isqrt(number.denominator)
    return node_of(Fraction(top, bottom)) if Fraction(top, bottom) ** 2 == number else None
