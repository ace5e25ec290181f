"""Numbers with the digits of float64 and no end to their exponent, for what leaves its range on the way.

x*x/(1 + abs(x)) is 1e200 at x = 1e200, but x*x is not a float64. Points at which an operation overflows, or
underflows to 0, are computed once more in these numbers.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actcli import numerics
from actcli.errors import FormulaError
from actcli.formula.evaluate import Array, definition, evaluate_with, numbers
from actcli.formula.nodes import VARIABLE, Applied, Call, Node, X, children
from actcli.formula.primitives import CONDITIONS, PRIMITIVES
from actcli.numerics.patches import LOG_TWO_HIGH, LOG_TWO_LOW

Flags = NDArray[np.bool_]

# The exponent of 0, and what no other exponent exceeds: sums of two such stay exact.
_LOWEST = 2.0**52
# 2^(2^k): as far out as leaves room for a power of a few hundred.
_FURTHER_OUT = 2.0 ** np.arange(20, 42)
_DIGITS = 53.0
# Beyond these float64 is 0 or infinite, whatever the mantissa.
_LDEXP = 2200.0
_STEEP = 1000.0
_LOG_TWO = LOG_TWO_HIGH + LOG_TWO_LOW
_LEAVING = frozenset(
    {"add", "multiply", "divide", "power", "exp", "expm1", "sinh", "cosh", "sech", "sigmoid"}
)


@dataclass(frozen=True, slots=True)
class Wide:
    """mantissa · 2^exponent, with mantissas from 1/2 to 1 (or 0, infinite, nan) and whole exponents."""

    mantissa: Any
    exponent: Any

    def to_float64(self) -> Array:
        """Return the nearest float64, 0 or ±inf beyond its range."""
        shift = np.clip(self.exponent, -_LDEXP, _LDEXP).astype(np.int32)
        rounded: Array = np.ldexp(self.mantissa, shift)
        return rounded

    def __add__(self, other: "Wide") -> "Wide":
        top = np.maximum(self.exponent, other.exponent)
        first, second = (Wide(u.mantissa, u.exponent - top).to_float64() for u in (self, other))
        return _wide(first + second, top)

    def __neg__(self) -> "Wide":
        return Wide(-self.mantissa, self.exponent)

    def __mul__(self, other: "Wide") -> "Wide":
        return _wide(self.mantissa * other.mantissa, self.exponent + other.exponent)

    def __truediv__(self, other: "Wide") -> "Wide":
        return _wide(self.mantissa / other.mantissa, self.exponent - other.exponent)

    def __pow__(self, power: "Wide") -> "Wide":
        p = power.to_float64()
        # 2^(p·exponent) is exact but for a fraction of less than one half.
        high, low = numerics.product(p, np.where(self.mantissa == 0, 0.0, self.exponent))
        # A power of the mantissa that would underflow is one of 2, too.
        steep = (np.abs(p) > _STEEP) & (self.mantissa > 0)
        high = high + np.where(steep, p * np.log2(self.mantissa), 0.0)
        whole = np.rint(high)
        known = np.isfinite(whole)
        mantissa = np.power(self.mantissa, np.where(steep, 0.0, p)) * np.exp2((high - whole) + low)
        return _wide(np.where(known, mantissa, np.power(self.to_float64(), p)), np.where(known, whole, 0.0))


def _wide(number: Any, exponent: Any = 0.0) -> Wide:
    """Return number · 2^exponent."""
    mantissa, shift = np.frexp(number)
    total = np.clip(exponent + shift, -_LOWEST, _LOWEST)
    return Wide(mantissa, np.where(mantissa == 0, -_LOWEST, total))


def _sqrt(u: Wide) -> Wide:
    odd = np.where(u.mantissa == 0, 0.0, np.mod(u.exponent, 2.0))
    return _wide(np.sqrt(u.mantissa * (1.0 + odd)), (u.exponent - odd) / 2.0)


def _exp(u: Wide) -> Wide:
    x = u.to_float64()
    turns = np.rint(x / _LOG_TWO)
    near = np.isfinite(turns)
    rest = np.where(near, (x - turns * LOG_TWO_HIGH) - turns * LOG_TWO_LOW, x)
    # So far out that no digit of the exponent is known, only that the power is 0 or infinite.
    sure = np.abs(turns) < _LOWEST
    return _wide(np.exp(np.where(sure | ~near, rest, x)), np.where(sure & near, turns, 0.0))


def _log(u: Wide) -> Wide:
    x = u.to_float64()
    beyond = np.log(u.mantissa) + u.exponent * _LOG_TWO
    return _wide(np.where(_ordinary(x) | (u.mantissa == 0), np.log(x), beyond))


def _ordinary(x: Array) -> Flags:
    found: Flags = np.isfinite(x) & (np.abs(x) >= np.finfo(np.float64).tiny)
    return found


def _chosen(holds: Any, first: Wide, second: Wide) -> Wide:
    return Wide(
        np.where(holds, first.mantissa, second.mantissa), np.where(holds, first.exponent, second.exponent)
    )


def _extreme(name: str) -> Callable[[Wide, Wide], Wide]:
    def extreme(u: Wide, v: Wide) -> Wide:
        difference = (u + -v).mantissa
        wins = difference < 0 if name == "min" else difference > 0
        return _chosen(np.isnan(u.mantissa) | (wins & ~np.isnan(v.mantissa)), u, v)

    return extreme


def _comparison(name: str) -> Callable[[Wide, Wide], Any]:
    compare = PRIMITIVES[name].function
    # Of the sign of the difference, or of infinities as they are.
    return lambda u, v: np.where(
        np.isinf(u.mantissa) & np.isinf(v.mantissa),
        compare(u.mantissa, v.mantissa),
        compare((u + -v).mantissa, 0.0),
    )


def _in_float64(function: Callable[..., Any]) -> Callable[..., Wide]:
    return lambda *operands: _wide(function(*(operand.to_float64() for operand in operands)))


def _beyond(function: Callable[[Wide], Wide]) -> Callable[[str], Callable[[Wide], Wide]]:
    """Return a function that is this one for operands beyond float64, and what its name says within."""

    def named(name: str) -> Callable[[Wide], Wide]:
        within = _in_float64(PRIMITIVES[name].function)
        return lambda u: _chosen(_too_large(u), function(u), within(u))

    return named


def _too_large(u: Wide) -> Any:
    return np.isinf(u.to_float64()) & np.isfinite(u.mantissa)


def _applied(node: Applied, u: Wide) -> Wide:
    known, beyond = _wide(node.activation(u.to_float64(), order=node.order)), _too_large(u)
    if not beyond.any():
        return known
    try:
        written = evaluate_with(definition(replace(node, argument=X)), ARITHMETIC, u, {})
    except FormulaError:
        return known
    return _chosen(beyond, written, known)


def _sigmoid(u: Wide) -> Wide:
    small = _exp(-_size(u))
    return _chosen(u.mantissa < 0, small, _wide(1.0)) / (_wide(1.0) + small)


def _sech(u: Wide) -> Wide:
    small = _exp(-_size(u))
    return _wide(2.0) * small / (_wide(1.0) + small * small)


def _size(u: Wide) -> Wide:
    return Wide(np.abs(u.mantissa), u.exponent)


def _logarithm(base: float) -> Callable[[Wide], Wide]:
    return lambda u: _log(u) * _wide(1.0 / math.log(base))


def _positive(u: Wide) -> Wide:
    return _chosen(u.mantissa > 0, u, _wide(0.0))


def _arcsinh(u: Wide) -> Wide:
    double = _log(_size(u)) + _wide(_LOG_TWO)
    return Wide(np.copysign(double.mantissa, u.mantissa), double.exponent)


_LOGICAL = frozenset({"and", "or", "not"})
_OPERATORS = frozenset({"add", "multiply", "divide", "power", "negate"})
ARITHMETIC: Mapping[str, Callable[..., Any]] = {
    **{
        name: _in_float64(row.function)
        for name, row in PRIMITIVES.items()
        if name not in CONDITIONS | _OPERATORS | {"clip"}
    },
    **{name: PRIMITIVES[name].function for name in _LOGICAL},
    **{name: _comparison(name) for name in CONDITIONS - _LOGICAL},
    "number": _wide,
    "applied": _applied,
    "where": _chosen,
    "min": _extreme("min"),
    "max": _extreme("max"),
    "exp": _exp,
    "expm1": lambda u: _chosen(
        np.abs(u.to_float64()) < 1.0, _wide(np.expm1(u.to_float64())), _exp(u) + _wide(-1.0)
    ),
    "sinh": lambda u: _chosen(
        np.abs(u.to_float64()) < 1.0, _wide(np.sinh(u.to_float64())), (_exp(u) + -_exp(-u)) * _wide(0.5)
    ),
    "cosh": lambda u: (_exp(u) + _exp(-u)) * _wide(0.5),
    "sech": _sech,
    "sigmoid": _sigmoid,
    "log": _log,
    "log1p": _beyond(_log)("log1p"),
    "log2": _beyond(_logarithm(2.0))("log2"),
    "log10": _beyond(_logarithm(10.0))("log10"),
    "arcsinh": _beyond(_arcsinh)("arcsinh"),
    "arccosh": _beyond(_arcsinh)("arccosh"),
    "softplus": _beyond(_positive)("softplus"),
    "log_cosh": _beyond(_size)("log_cosh"),
    "sqrt": _sqrt,
    "floor": lambda u: _chosen(u.exponent > _DIGITS, u, _wide(np.floor(u.to_float64()))),
    "abs": _size,
    "sign": lambda u: _wide(np.sign(u.mantissa)),
}
"""For Expression.evaluate_with, on arrays; what is not written here is computed in float64."""


def evaluate_beyond(node: Node, x: Array, values: Mapping[str, float]) -> Array:
    """Return the formula at `x` in float64, whatever the size of the numbers on the way."""
    bound, memory, flags = {VARIABLE: x, **values}, dict[Node, Any](), list[int]()
    with np.errstate(all="call", call=lambda _, flag: flags.append(flag)):
        numbers(node, bound, memory)
    with np.errstate(all="ignore"):
        result = np.array(np.broadcast_to(numbers(node, bound, memory), x.shape), dtype=np.float64)
        beyond = _beyond_range(node, bound, memory, x.shape) if flags else np.zeros(x.shape, dtype=bool)
        if beyond.any():
            result[beyond] = _evaluated(node, _wide(x[beyond]), values)
    return result


def evaluate_further_out(node: Node, side: int, values: Mapping[str, float]) -> Array:
    """Return the formula at points far beyond float64 on this side of 0, ever further out."""
    with np.errstate(all="ignore"):
        return _evaluated(node, Wide(np.full(_FURTHER_OUT.shape, 0.5 * side), _FURTHER_OUT), values)


def _evaluated(node: Node, x: Wide, values: Mapping[str, float]) -> Array:
    bound = {name: _wide(np.float64(value)) for name, value in values.items()}
    found: Wide = evaluate_with(node, ARITHMETIC, x, bound)
    result: Array = np.broadcast_to(found.to_float64(), x.mantissa.shape)
    return result


def _beyond_range(node: Node, values: Mapping[str, Any], memory: dict[Node, Any], shape: Any) -> Flags:
    """Return where an operation overflows, or underflows to 0, although its operands have not.

    Not in a branch that is not taken: float64 carries the rounding of steep arguments along, Wide does not.
    """
    seen: dict[Node, Any] = {}

    def beyond(part: Node) -> Any:
        if part not in seen:
            inner = [beyond(operand) for operand in children(part)]
            if isinstance(part, Call) and part.function == "where":
                holds = numbers(part.arguments[0], values, memory)
                seen[part] = inner[0] | np.where(holds, inner[1], inner[2])
            else:
                seen[part] = reduce(np.logical_or, inner, _leaves(part, values, memory))
        return seen[part]

    return np.array(np.broadcast_to(beyond(node), shape), dtype=bool)


def _leaves(part: Node, values: Mapping[str, Any], memory: dict[Node, Any]) -> Any:
    if not (isinstance(part, Call) and part.function in _LEAVING):
        return np.False_
    result = numbers(part, values, memory)
    operands = [numbers(operand, values, memory) for operand in part.arguments]
    vanished = (result == 0) & (part.function not in {"add", "expm1", "sinh"})
    left = ~np.isfinite(result)
    for operand in operands:
        left, vanished = left & np.isfinite(operand), vanished & np.isfinite(operand) & (operand != 0)
    return left | vanished
