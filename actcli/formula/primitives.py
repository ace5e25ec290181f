"""The table of elementary functions: one row each, with its arity, its numbers and its slope.

A slope is text in the language itself, in the operand `u`, so that one rule serves the derivation that
people read and the propagation that machines run. Where the plain rule would lose digits, `slopes` holds
the rules of several orders in a row.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from actcli import numerics
from actcli.formula.sinc import SINC_FORMULAS, sinc_derivative


class Primitive(NamedTuple):
    """One function of the language.

    slopes: derivatives of order 1, 2, … as text in u; further orders follow by differentiating the last.
        Empty for operators and for functions that take a branch, which have rules of their own.
    definition: the function by more elementary ones, for number systems that do not know it.
    breaks: text in u of what changes its sign where the function jumps, bends or is singular; else empty.
    closed: the function with its derivatives as a family of its own, where rules in the language would lose
        digits; its derivative of order k is written name(u, order=k).
    """

    name: str
    arity: int
    function: Callable[..., Any]
    slopes: tuple[str, ...] = ()
    definition: str = ""
    breaks: str = ""
    closed: "Family | None" = None


class Form(NamedTuple):
    """The formula of one derivative, in x."""

    formula: str


@dataclass(frozen=True)
class Family:
    """A function that knows its own derivatives; callable as a registered activation is."""

    orders: tuple[Form, ...]
    derivative: Callable[[Any, int], Any]

    def __call__(self, x: Any, order: int = 0) -> Any:
        """Return the derivative of this order at x."""
        return self.derivative(x, order)


def _clip(u: Any, low: Any, high: Any) -> Any:
    return np.minimum(np.maximum(u, low), high)


# A triangle wave that crosses 0 at each whole number, exactly.
_NEAREST = "floor(u + 1/2)"
_SAWTEETH = f"(u - {_NEAREST})*(1 - 2*({_NEAREST} - 2*floor({_NEAREST}/2)))"

_OPERATORS = (
    Primitive("add", 2, np.add),
    Primitive("multiply", 2, np.multiply),
    Primitive("divide", 2, np.divide),
    Primitive("power", 2, numerics.power),
    Primitive("negate", 1, np.negative, ("-1",)),
)

_CONDITIONS = (
    Primitive("less", 2, np.less),
    Primitive("less_equal", 2, np.less_equal),
    Primitive("greater", 2, np.greater),
    Primitive("greater_equal", 2, np.greater_equal),
    Primitive("equal", 2, np.equal),
    Primitive("not_equal", 2, np.not_equal),
    Primitive("and", 2, np.logical_and),
    Primitive("or", 2, np.logical_or),
    Primitive("not", 1, np.logical_not),
)

_FUNCTIONS = (
    Primitive("exp", 1, np.exp, ("exp(u)",)),
    Primitive("expm1", 1, np.expm1, ("exp(u)",), "exp(u) - 1"),
    Primitive("log", 1, np.log, ("1/u",), "", "u"),
    Primitive("log1p", 1, np.log1p, ("1/(1 + u)",), "log(1 + u)", "1 + u"),
    Primitive("log2", 1, np.log2, ("1/(u*log(2))",), "log(u)/log(2)", "u"),
    Primitive("log10", 1, np.log10, ("1/(u*log(10))",), "log(u)/log(10)", "u"),
    Primitive("sqrt", 1, np.sqrt, ("1/(2*sqrt(u))",), "", "u"),
    Primitive("abs", 1, np.abs, ("sign(u)",), "where(u < 0, -u, u)", "u"),
    Primitive("sign", 1, np.sign, ("0",), "where(u < 0, -1, where(u > 0, 1, u))", "u"),
    Primitive("floor", 1, np.floor, ("0",), "", _SAWTEETH),
    Primitive("sin", 1, np.sin, ("cos(u)",)),
    Primitive("cos", 1, np.cos, ("-sin(u)",)),
    Primitive("tan", 1, np.tan, ("1 + tan(u)**2",), "sin(u)/cos(u)", "cos(u)"),
    Primitive("arcsin", 1, np.arcsin, ("1/sqrt((1 - u)*(1 + u))",), "", "(1 - u)*(1 + u)"),
    Primitive("arccos", 1, np.arccos, ("-1/sqrt((1 - u)*(1 + u))",), "", "(1 - u)*(1 + u)"),
    Primitive("arctan", 1, np.arctan, ("1/(1 + u**2)",)),
    Primitive("sinh", 1, np.sinh, ("cosh(u)",), "(exp(u) - exp(-u))/2"),
    Primitive("cosh", 1, np.cosh, ("sinh(u)",), "(exp(u) + exp(-u))/2"),
    Primitive("tanh", 1, numerics.tanh, ("sech(u)**2", "-2*sech(u)**2*tanh(u)"), "sinh(u)/cosh(u)"),
    Primitive("sech", 1, numerics.sech, ("-sech(u)*tanh(u)",), "2/(exp(u) + exp(-u))"),
    Primitive("arcsinh", 1, np.arcsinh, ("1/sqrt(1 + u**2)",), "log(u + sqrt(u**2 + 1))"),
    Primitive(
        "arccosh", 1, np.arccosh, ("1/sqrt((u - 1)*(u + 1))",), "log(u + sqrt((u - 1)*(u + 1)))", "u - 1",
    ),
    Primitive(
        "arctanh", 1, np.arctanh, ("1/((1 - u)*(1 + u))",), "log((1 + u)/(1 - u))/2", "(1 - u)*(1 + u)",
    ),
    Primitive(
        "sigmoid", 1, numerics.sigmoid,
        ("sigmoid(u)*sigmoid(-u)", "-sigmoid(u)*sigmoid(-u)*tanh(u/2)"), "1/(1 + exp(-u))",
    ),
    Primitive("softplus", 1, numerics.softplus, ("sigmoid(u)",), "log(1 + exp(u))"),
    Primitive("log_cosh", 1, numerics.log_cosh, ("tanh(u)",), "log((exp(u) + exp(-u))/2)"),
    Primitive("erf", 1, numerics.erf, ("2/sqrt(pi)*exp(-u**2)",)),
    Primitive("erfc", 1, numerics.erfc, ("-2/sqrt(pi)*exp(-u**2)",), "1 - erf(u)"),
    Primitive("normal_cdf", 1, numerics.normal_cdf, ("normal_density(u)",), "erfc(-u/sqrt(2))/2"),
    Primitive(
        "normal_density", 1, numerics.normal_density, ("-u*normal_density(u)",), "exp(-u**2/2)/sqrt(2*pi)",
    ),
    Primitive(
        "sinc", 1, numerics.sinc, (), "where(u == 0, 1, sin(u)/u)",
        closed=Family(tuple(Form(formula) for formula in SINC_FORMULAS), sinc_derivative),
    ),
    Primitive("min", 2, np.minimum, (), "where(u < v, u, v)"),
    Primitive("max", 2, np.maximum, (), "where(u > v, u, v)"),
    Primitive("clip", 3, _clip, (), "min(max(u, v), w)"),
    Primitive("where", 3, np.where),
)  # fmt: skip

# Operators that take two operands or more, from left to right.
VARIADIC = frozenset({"add", "multiply", "and", "or"})
CONDITIONS = frozenset(row.name for row in _CONDITIONS)
PRIMITIVES: Mapping[str, Primitive] = {row.name: row for row in (*_OPERATORS, *_CONDITIONS, *_FUNCTIONS)}

# What a formula may call; the operators are written with their signs.
CALLABLE = frozenset(row.name for row in _FUNCTIONS)

ALIASES: Mapping[str, str] = {
    "ln": "log",
    "asin": "arcsin",
    "acos": "arccos",
    "atan": "arctan",
    "asinh": "arcsinh",
    "acosh": "arccosh",
    "atanh": "arctanh",
    "minimum": "min",
    "maximum": "max",
    "σ": "sigmoid",
    "Φ": "normal_cdf",
    "φ": "normal_density",
}
