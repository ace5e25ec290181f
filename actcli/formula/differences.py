"""Differences of two values of a function that levels off: in its tail both are the same float64."""

from collections.abc import Mapping

from actcli.formula.algebra import minus, plus, times
from actcli.formula.conditions import sign_asked
from actcli.formula.evaluate import evaluate, rule
from actcli.formula.monomial import Monomial, assembled
from actcli.formula.nodes import Call, Node, names_in, substitute
from actcli.formula.simplify import simplify

# f(u) − f(v) where u − v = w is a positive number.
_APART: Mapping[str, str] = {
    "sigmoid": "-expm1(-w)*sigmoid(u)*sigmoid(-v)",
    "softplus": "log1p(expm1(w)*sigmoid(v))",
    "tanh": "sinh(w)*sech(u)*sech(v)",
}
# f(u) − f(v) by what is missing to the limit; in the middle odd functions keep the digits that 0 has.
_TAILS: Mapping[str, str] = {
    "sigmoid": "where(u + v > 0, sigmoid(-v) - sigmoid(-u), sigmoid(u) - sigmoid(v))",
    "normal_cdf": "where(u + v > 0, normal_cdf(-v) - normal_cdf(-u), normal_cdf(u) - normal_cdf(v))",
    "erf": "where(u + v > 2, erfc(v) - erfc(u), where(u + v < -2, erfc(-u) - erfc(-v), erf(u) - erf(v)))",
    "tanh": (
        "where(u + v > 2, 2*sigmoid(-2*v) - 2*sigmoid(-2*u),"
        " where(u + v < -2, 2*sigmoid(2*u) - 2*sigmoid(2*v), tanh(u) - tanh(v)))"
    ),
}
# sinh(w) and expm1(w) must not overflow before they are multiplied by what vanishes.
_WIDEST = 30.0


def tail_difference(first: Monomial, second: Monomial, known: frozenset[Node]) -> Node | None:
    """Return m·f(u) − m·f(v) in a form that keeps its digits in the tails, or None."""
    for base, power in first.factors:
        for other, again in second.factors:
            rest = _without(first, base)
            opposite = _without(second, other)
            alike = power == again == 1 and rest.signature == opposite.signature
            if alike and rest.coefficient == -opposite.coefficient:
                found = _difference(base, other, known)
                if found is not None:
                    return times(assembled(rest), found)
    return None


def _without(term: Monomial, base: Node) -> Monomial:
    return Monomial(term.coefficient, tuple(factor for factor in term.factors if factor[0] is not base))


def _difference(first: Node, second: Node, known: frozenset[Node]) -> Node | None:
    if not (isinstance(first, Call) and isinstance(second, Call) and first.function == second.function):
        return None
    name, u, v = first.function, first.arguments[0], second.arguments[0]
    step = simplify(plus(u, minus(v))) if name in {*_APART, *_TAILS} else None
    if step is None:
        return None
    width = None if names_in(step) else float(evaluate(step, 0.0, {}))
    if width is not None and name in _APART and 0 < abs(width) <= _WIDEST:
        if width < 0:
            return minus(_bound(_APART[name], v, u, simplify(minus(step))))
        return _bound(_APART[name], u, v, step)
    chosen = simplify(_bound(_TAILS[name], u, v, step)) if name in _TAILS else None
    if not (isinstance(chosen, Call) and chosen.function == "where"):
        return None
    # Inside a branch that was made here the same difference is met again.
    return None if sign_asked(chosen.arguments[0]) in known else chosen


def _bound(text: str, u: Node, v: Node, w: Node) -> Node:
    return substitute(rule(text), {"u": u, "v": v, "w": w})
