"""Steep functions of arguments that were rounded: what rounding left over is carried along.

exp(−x²) at x = 20 magnifies half an ulp of x² into 200 of its own. Sums, products, quotients and powers of x
are computed here with the rounding error that they leave, and the function is moved by its slope times that.
"""

from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any

import numpy as np

from actcli import numerics
from actcli.formula.nodes import Call, Name, Node, Number

# Name → the slope, given the argument and the value: to the first digits, since it is multiplied by an ulp.
STEEP: Mapping[str, Callable[[Any, Any], Any]] = {
    "exp": lambda u, y: y,
    "expm1": lambda u, y: y + 1.0,
    "sinh": lambda u, y: np.cosh(u),
    "cosh": lambda u, y: np.sinh(u),
    "sech": lambda u, y: -y * np.tanh(u),
    "sigmoid": lambda u, y: y * (1.0 - y),
    "softplus": lambda u, y: -np.expm1(-y),
    "erfc": lambda u, y: -2.0 / np.sqrt(np.pi) * np.exp(-u * u),
    "normal_cdf": lambda u, y: numerics.normal_density(u),
    "normal_density": lambda u, y: -u * y,
    "sin": lambda u, y: np.cos(u),
    "cos": lambda u, y: -np.sin(u),
    "tan": lambda u, y: 1.0 + y * y,
}
# The function of a sum, for a rest that is no small step: half an ulp of 1e17 is 8.
_OF_A_SUM: Mapping[str, Callable[[Any, Any], Any]] = {
    "sin": lambda u, rest: np.sin(u) * np.cos(rest) + np.cos(u) * np.sin(rest),
    "cos": lambda u, rest: np.cos(u) * np.cos(rest) - np.sin(u) * np.sin(rest),
    "tan": lambda u, rest: (np.tan(u) + np.tan(rest)) / (1.0 - np.tan(u) * np.tan(rest)),
}
# What float64 lacks of the constants.
_LACKING = {"pi": 1.2246467991473532e-16, "e": 1.4456468917292502e-16}
_ARITHMETIC = frozenset({"add", "multiply", "divide", "negate", "power", "sqrt"})
# A smaller rest of an argument, which is below 1 then, moves nothing; but a wave has zeros.
FELT = 2.0**-54
# The square of a smaller step is no more than half an ulp; for others that is as far as a slope leads.
_SMALL, _FARTHEST = 2.0**-27, 2.0**-10
HIGHEST_POWER = 8
_LARGE = 1e138

Pair = tuple[Any, Any]
"""A number as rounded, and what rounding has left over."""


def steep(function: Callable[[Any], Any], name: str, argument: Node, value: Callable[[Node], Any]) -> Any:
    """Return a function of STEEP at its argument; `value` computes the nodes that are no arithmetic."""
    composed = isinstance(argument, Call) and argument.function in _ARITHMETIC
    if not composed and not (isinstance(argument, Name) and argument.name in _LACKING):
        return function(value(argument))
    u, rest = _pair(argument, value)
    y, size = function(u), np.abs(rest)
    wave = _OF_A_SUM.get(name)
    if not (size > (0.0 if wave else FELT)).any():
        return y
    moved = y + STEEP[name](u, y) * np.where(size < _FARTHEST, rest, 0.0)
    if wave and (size > _SMALL).any():
        moved = np.where(size > _SMALL, wave(u, rest), moved)
    return np.where(np.isfinite(moved), moved, y)


def _pair(node: Node, value: Callable[[Node], Any]) -> Pair:
    name = node.function if isinstance(node, Call) else ""
    if not isinstance(node, Call) or name not in _ARITHMETIC:
        return value(node), _LACKING.get(node.name, 0.0) if isinstance(node, Name) else 0.0
    if name == "power":
        base, exponent = node.arguments
        times = exponent.value if isinstance(exponent, Number) else 0.0
        if times not in range(1, HIGHEST_POWER + 1):
            return value(node), 0.0
        return reduce(_product, [_pair(base, value)] * int(times))
    operands = [_pair(operand, value) for operand in node.arguments]
    if name == "negate":
        return -operands[0][0], -operands[0][1]
    if name == "sqrt":
        return _root(*operands[0])
    pair = reduce({"add": _sum, "multiply": _product, "divide": _quotient}[name], operands)
    return pair[0], np.where(np.isfinite(pair[1]), pair[1], 0.0)


def _sum(first: Pair, second: Pair) -> Pair:
    high, low = numerics.two_sum(first[0], second[0])
    return high, low + (first[1] + second[1])


def _product(first: Pair, second: Pair) -> Pair:
    high, low = numerics.two_product(first[0], second[0])
    if (np.abs(high) > _LARGE).any():
        # Of what is so large the rest is left out there: mantissas have it.
        (a, of_a), (b, of_b) = (np.frexp(factor) for factor in (first[0], second[0]))
        low = np.where(np.abs(high) > _LARGE, np.ldexp(numerics.two_product(a, b)[1], of_a + of_b), low)
    return high, low + (first[0] * second[1] + second[0] * first[1])


def _quotient(first: Pair, second: Pair) -> Pair:
    quotient = first[0] / second[0]
    back, low = numerics.two_product(quotient, second[0])
    return quotient, ((first[0] - back) - low + (first[1] - quotient * second[1])) / second[0]


def _root(u: Any, rest: Any) -> Pair:
    root = np.sqrt(u)
    back, low = numerics.two_product(root, root)
    return root, ((u - back) - low + rest) / (2.0 * root)
