"""Random formulas for the tests, and the same formulas in SymPy and mpmath."""

import os

import mpmath
import sympy
from hypothesis import HealthCheck, settings, strategies

from actcli.formula.nodes import Call, Name, Number, X

# ACTCLI_EXAMPLES=10 runs ten times as many random formulas as the suite does.
EFFORT = float(os.environ.get("ACTCLI_EXAMPLES", "1"))


def budget(examples):
    """Return the settings of a test over so many random examples."""
    return settings(
        max_examples=round(examples * EFFORT),
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )


SMOOTH = (
    "exp", "expm1", "log", "log1p", "sqrt", "sin", "cos", "tan", "arcsin", "arctan", "sinh", "cosh", "tanh",
    "sech", "arcsinh", "arctanh", "sigmoid", "softplus", "erf", "erfc", "normal_cdf", "normal_density",
    "sinc",
    "log_cosh",
)  # fmt: skip
BRANCHING = ("abs", "sign")

numbers = strategies.sampled_from([0.0, 1.0, 2.0, 3.0, 0.5, 0.25, 1.5, 10.0, 0.044715, 1.702]).map(Number)
leaves = strategies.one_of(strategies.just(X), strategies.just(X), numbers, strategies.just(Name("pi")))


def _grown(inner):
    def call(name, *operands):
        return strategies.tuples(*operands).map(lambda arguments: Call(name, arguments))

    comparison = strategies.sampled_from(["less", "less_equal", "greater", "greater_equal"]).flatmap(
        lambda name: call(name, inner, inner)
    )
    sums = strategies.sampled_from(["add", "multiply"]).flatmap(
        lambda name: strategies.lists(inner, min_size=2, max_size=3).map(
            lambda parts: Call(name, tuple(parts))
        )
    )
    whole = strategies.sampled_from([2.0, 3.0]).map(Number)
    exponents = strategies.one_of(whole, whole.map(lambda n: Call("negate", (n,))), numbers)
    return strategies.one_of(
        sums,
        sums,
        call("divide", inner, inner),
        call("negate", inner),
        call("power", inner, exponents),
        strategies.sampled_from(SMOOTH).flatmap(lambda name: call(name, inner)),
        strategies.sampled_from(SMOOTH).flatmap(lambda name: call(name, inner)),
        strategies.sampled_from(BRANCHING).flatmap(lambda name: call(name, inner)),
        strategies.sampled_from(["min", "max"]).flatmap(lambda name: call(name, inner, inner)),
        call("clip", inner, numbers.map(lambda n: Call("negate", (n,))), numbers),
        call("where", comparison, inner, inner),
    )


nodes = strategies.recursive(leaves, _grown, max_leaves=8)


def _where(condition, first, second):
    return sympy.Piecewise((first, condition), (second, True))


def _sign(u):
    return sympy.Piecewise((-1, u < 0), (1, u > 0), (0, True))


_SYMPY_NAMES = (
    "exp",
    "log",
    "sqrt",
    "sin",
    "cos",
    "tan",
    "sinh",
    "cosh",
    "tanh",
    "sech",
    "erf",
    "erfc",
    "floor",
)
SYMPY = {
    "number": lambda value: sympy.Rational(*float(value).as_integer_ratio()),
    "pi": lambda: sympy.pi,
    "e": lambda: sympy.E,
    "where": _where,
    "sign": _sign,
    "less": sympy.Lt, "less_equal": sympy.Le, "greater": sympy.Gt, "greater_equal": sympy.Ge,
    "abs": lambda u: _where(u < 0, -u, u),
    "min": lambda u, v: _where(u < v, u, v),
    "max": lambda u, v: _where(u > v, u, v),
    "sinc": lambda u: sympy.sin(u) / u,
    "arcsin": sympy.asin, "arccos": sympy.acos, "arctan": sympy.atan,
    "arcsinh": sympy.asinh, "arccosh": sympy.acosh, "arctanh": sympy.atanh,
    **{name: getattr(sympy, name) for name in _SYMPY_NAMES},
}  # fmt: skip

_MPMATH_NAMES = (*_SYMPY_NAMES, "expm1", "log1p", "sign", "sinc")
MPMATH = {
    "number": lambda value: mpmath.mpf(float(value)),
    "pi": lambda: +mpmath.pi,
    "e": lambda: +mpmath.e,
    "arcsin": mpmath.asin, "arccos": mpmath.acos, "arctan": mpmath.atan,
    "arcsinh": mpmath.asinh, "arccosh": mpmath.acosh, "arctanh": mpmath.atanh,
    "abs": lambda u: _real(abs, u),
    **{name: getattr(mpmath, name) for name in _MPMATH_NAMES},
}  # fmt: skip


def _real(function, u):
    """Refuse what only exists as a complex number, which |·| would make real again."""
    if isinstance(u, mpmath.mpc):
        raise ValueError
    return function(u)


def exactly(expression, x, values=None, digits=50):
    """Return the formula at x to 50 digits; None where it is undefined (not real, a pole, too large)."""
    with mpmath.workdps(digits):
        try:
            result = expression.evaluate_with(MPMATH, mpmath.mpf(x), values or {})
        except (ZeroDivisionError, ValueError, OverflowError, TypeError, mpmath.libmp.NoConvergence):
            return None
        if isinstance(result, mpmath.mpc) or not mpmath.isfinite(result):
            return None
        return mpmath.mpf(result)


POINTS = (-3.7, -1.3, -0.61, 0.17, 0.9, 2.9)
"""Places at which random formulas are compared: none a round number, on both sides of 0 and of ±1."""


def assert_same_values(before, after):
    """Assert that the second formula has the value of the first wherever the first has one."""
    for x in POINTS:
        expected = exactly(before, x)
        if expected is not None:
            found = exactly(after, x)
            assert found is not None, (x, after.to_text())
            # Decimal constants are folded in float64.
            assert abs(found - expected) <= 1e-12 * (1 + abs(expected)), (x, after.to_text())
