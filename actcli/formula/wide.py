"""Numbers with the digits of float64 and no end to their exponent, for what leaves its range on the way.

x*x/(1 + abs(x)) is 1e200 at x = 1e200, but x*x is not a float64.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actcli import numerics
from actcli.errors import FormulaError
from actcli.formula.evaluate import Array, definition, evaluate_with
from actcli.formula.nodes import Applied, X
from actcli.formula.primitives import CONDITIONS, PRIMITIVES

Flags = NDArray[np.bool_]

# The exponent of 0, and what no other exponent exceeds: sums of two such stay exact.
_LOWEST = 2.0**52
_DIGITS = 53.0
# Beyond these float64 is 0 or infinite, whatever the mantissa.
_LDEXP = 2200.0
_STEEP = 1000.0
_LOG_TWO, _LOG_TWO_REST = math.log(2.0), 2.3190468138462996e-17
# Larger exponents of 2 stay powers of e: 3x is rounded, and e^x·e^(2x)/e^(3x) would be no longer 1.
_TURNS = 2.0**20
# Beyond this erfc is taken by a continued fraction of so many parts.
_TAIL, _FRACTIONS = 20.0, 40
# As far as a remainder after multiples of log(2) has digits.
_TURNS_KNOWN = 2.0**50
# Powers are in units of this, so that exp(4*x) has one at every float64.
_UNIT_BITS = 200.0
_UNIT = 2.0**_UNIT_BITS


@dataclass(frozen=True, slots=True)
class Wide:
    """mantissa · 2^exponent · e^(2^200·power), with mantissas from 1/2 to 1 (or 0, infinite, nan).

    Exponents are whole. Powers are 0, or so large that no digit of such an exponential is known; but
    exp(x)·exp(−x) is 1 at every x, because powers go away together.
    """

    mantissa: Any
    exponent: Any
    power: Any = 0.0

    def to_float64(self) -> Array:
        """Return the nearest float64, 0 or ±inf beyond its range."""
        turns, rest = _turned(self.power)
        shift = np.clip(self.exponent + turns, -_LDEXP, _LDEXP).astype(np.int32)
        rounded: Array = np.ldexp(self.mantissa * np.exp(rest), shift)
        return rounded

    def __add__(self, other: "Wide") -> "Wide":
        # By differences: of two large powers that are neighbours the quotients may be equal.
        ahead = (self.exponent - other.exponent) / _UNIT + (self.power - other.power) / _LOG_TWO
        bigger = (self.mantissa != 0) & ((ahead >= 0) | (other.mantissa == 0))
        exponent = np.where(bigger, self.exponent, other.exponent)
        power = np.where(bigger, self.power, other.power)
        first, second = (
            Wide(u.mantissa, u.exponent - exponent, u.power - power).to_float64() for u in (self, other)
        )
        return wide(first + second, exponent, power)

    def __neg__(self) -> "Wide":
        return replace(self, mantissa=-self.mantissa)

    def __mul__(self, other: "Wide") -> "Wide":
        mantissa, exponent = self.mantissa * other.mantissa, self.exponent + other.exponent
        return wide(mantissa, exponent, self.power + other.power)

    def __truediv__(self, other: "Wide") -> "Wide":
        mantissa, exponent = self.mantissa / other.mantissa, self.exponent - other.exponent
        return wide(mantissa, exponent, self.power - other.power)

    def __pow__(self, exponent: "Wide") -> "Wide":
        p = exponent.to_float64()
        # 2^(p·exponent) is exact but for a fraction of less than one half.
        high, low = numerics.two_product(p, np.where(self.mantissa == 0, 0.0, self.exponent))
        # A power of the mantissa that would underflow is one of 2, too.
        steep = (np.abs(p) > _STEEP) & (self.mantissa > 0)
        high = high + np.where(steep, p * np.log2(self.mantissa), 0.0)
        far = steep & (np.abs(high) >= _TURNS_KNOWN)
        whole = np.where(far, 0.0, np.rint(high))
        known = np.isfinite(whole)
        fraction = np.where(far, 0.0, (high - whole) + low)
        mantissa = np.power(self.mantissa, np.where(steep, 0.0, p)) * np.exp2(fraction)
        natural = (np.log2(self.mantissa) + self.exponent) * _LOG_TWO
        power = np.where(far, p / _UNIT * natural, 0.0) + np.where(self.power == 0, 0.0, p * self.power)
        return wide(
            np.where(known, mantissa, np.power(self.to_float64(), p)),
            np.where(known, whole, 0.0),
            np.where(known, power, 0.0),
        )


def _turned(power: Any) -> tuple[Any, Any]:
    """Return n and r of e^(2^200·power) = 2^n · e^r, with r near 0, and 0 where no digit of it is known."""
    natural = power * _UNIT
    turns = np.rint(natural / _LOG_TWO)
    high, low = numerics.two_product(_LOG_TWO, turns)
    rest = ((natural - high) - low) - turns * _LOG_TWO_REST
    return turns, np.where(np.abs(turns) <= _TURNS_KNOWN, rest, 0.0)


def wide(number: Any, exponent: Any = 0.0, power: Any = 0.0) -> Wide:
    """Return number · 2^exponent · e^(2^200·power)."""
    turns, rest = _turned(power)
    small = np.abs(turns) <= _TURNS
    mantissa, shift = np.frexp(number * np.exp(np.where(small, rest, 0.0)))
    total = np.clip(exponent + shift + np.where(small, turns, 0.0), -_LOWEST, _LOWEST)
    ordinary = (mantissa != 0) & np.isfinite(mantissa)
    return Wide(mantissa, np.where(mantissa == 0, -_LOWEST, total), np.where(ordinary & ~small, power, 0.0))


def _sqrt(u: Wide) -> Wide:
    odd = np.where(u.mantissa == 0, 0.0, np.mod(u.exponent, 2.0))
    return wide(np.sqrt(u.mantissa * (1.0 + odd)), (u.exponent - odd) / 2.0, u.power / 2.0)


def _exp(u: Wide) -> Wide:
    power = replace(u, exponent=u.exponent - _UNIT_BITS).to_float64()
    finite = np.isfinite(power)
    return wide(np.where(finite, 1.0, np.exp(power)), 0.0, np.where(finite, power, 0.0))


def _log(u: Wide) -> Wide:
    x = u.to_float64()
    beyond = wide(np.log(u.mantissa) + u.exponent * _LOG_TWO) + wide(u.power, _UNIT_BITS)
    return _chosen(_ordinary(x) | (u.mantissa == 0), wide(np.log(x)), beyond)


def _ordinary(x: Array) -> Flags:
    found: Flags = np.isfinite(x) & (np.abs(x) >= np.finfo(np.float64).tiny)
    return found


def _chosen(holds: Any, first: Wide, second: Wide) -> Wide:
    parts = (
        (first.mantissa, second.mantissa),
        (first.exponent, second.exponent),
        (first.power, second.power),
    )
    return Wide(*(np.where(holds, *pair) for pair in parts))


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
    return lambda *operands: wide(function(*(operand.to_float64() for operand in operands)))


def _within_and_beyond(name: str, beyond: Callable[[Wide], Wide]) -> Callable[[Wide], Wide]:
    """Return the function of this name, by `beyond` for operands that float64 does not hold."""
    within = _in_float64(PRIMITIVES[name].function)
    return lambda u: _chosen(_too_large(u), beyond(u), within(u))


def _near_zero_and_far(name: str, far: Callable[[Wide], Wide]) -> Callable[[Wide], Wide]:
    """Return the function of this name, by `far` where exponentials do not cancel: from |u| = 1 on."""
    near = _in_float64(PRIMITIVES[name].function)
    return lambda u: _chosen(np.abs(u.to_float64()) < 1.0, near(u), far(u))


def _too_large(u: Wide) -> Any:
    return np.isinf(u.to_float64()) & np.isfinite(u.mantissa)


def _applied(node: Applied, u: Wide) -> Wide:
    known, beyond = wide(node.activation(u.to_float64(), order=node.order)), _too_large(u)
    if not beyond.any():
        return known
    try:
        written = evaluate_with(definition(replace(node, argument=X)), ARITHMETIC, u, {})
    except FormulaError:
        return known
    return _chosen(beyond, written, known)


def _sigmoid(u: Wide) -> Wide:
    small = _exp(-_size(u))
    return _chosen(u.mantissa < 0, small, wide(1.0)) / (wide(1.0) + small)


def _sech(u: Wide) -> Wide:
    small = _exp(-_size(u))
    return wide(2.0) * small / (wide(1.0) + small * small)


def _size(u: Wide) -> Wide:
    return replace(u, mantissa=np.abs(u.mantissa))


def _logarithm(base: float) -> Callable[[Wide], Wide]:
    return lambda u: _log(u) * wide(1.0 / math.log(base))


def _positive(u: Wide) -> Wide:
    return _chosen(u.mantissa > 0, u, wide(0.0))


def _arcsinh(u: Wide) -> Wide:
    double = _log(_size(u)) + wide(_LOG_TWO)
    return replace(double, mantissa=np.copysign(double.mantissa, u.mantissa))


# What functions are for operands so large.
_BEYOND: Mapping[str, Callable[[Wide], Wide]] = {
    "log1p": _log,
    "log2": _logarithm(2.0),
    "log10": _logarithm(10.0),
    "arcsinh": _arcsinh,
    "arccosh": _arcsinh,
    "softplus": _positive,
    "log_cosh": _size,
}


def _in_tail(name: str, side: int, function: Callable[[Wide], Wide]) -> Callable[[Wide], Wide]:
    """Return a function that is this one where `side`·u is large, and what its name says before."""
    within = _in_float64(PRIMITIVES[name].function)
    return lambda u: _chosen(side * u.to_float64() > _TAIL, function(u), within(u))


def _erfcx(u: Wide) -> Wide:
    """e^(u²)·erfc(u) for large u, by the continued fraction u + (1/2)/(u + (2/2)/(u + …))."""
    fraction = u
    for numerator in np.arange(_FRACTIONS, 0, -1) / 2:
        fraction = u + wide(numerator) / fraction
    return wide(1 / math.sqrt(math.pi)) / fraction


def _normal(u: Wide) -> Wide:
    """e^(−u²/2), its argument rounded alike in the density and in the tail of its integral."""
    return _exp(-(u * u) * wide(0.5))


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
    "number": wide,
    "applied": _applied,
    "where": _chosen,
    "min": _extreme("min"),
    "max": _extreme("max"),
    "exp": _exp,
    "expm1": _near_zero_and_far("expm1", lambda u: _exp(u) + wide(-1.0)),
    "sinh": _near_zero_and_far("sinh", lambda u: (_exp(u) + -_exp(-u)) * wide(0.5)),
    "cosh": lambda u: (_exp(u) + _exp(-u)) * wide(0.5),
    "sech": _sech,
    "sigmoid": _sigmoid,
    "erfc": _in_tail("erfc", 1, lambda u: _exp(-(u * u)) * _erfcx(u)),
    "normal_cdf": _in_tail(
        "normal_cdf", -1, lambda u: _normal(u) * _erfcx(-u * wide(math.sqrt(0.5))) * wide(0.5)
    ),
    "normal_density": lambda u: _normal(u) * wide(1 / math.sqrt(2 * math.pi)),
    "log": _log,
    **{name: _within_and_beyond(name, beyond) for name, beyond in _BEYOND.items()},
    "sqrt": _sqrt,
    "floor": lambda u: _chosen(
        (u.power > 0) | ((u.power == 0) & (u.exponent > _DIGITS)), u, wide(np.floor(u.to_float64()))
    ),
    "abs": _size,
    "sign": lambda u: wide(np.sign(u.mantissa)),
}
"""For Expression.evaluate_with, on arrays; what is not written here is computed in float64."""
