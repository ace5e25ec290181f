"""What an activation's printed formula says, to 30 digits or more, and how far off a result is."""

import math
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import mpmath as mp
import numpy as np

from actcli import registry
from actcli.activation import Activation
from actcli.formula import Expression, parse

# Formulas such as log(1 + exp(x)) lose everything below 2⁻¹⁰⁷⁵, the smallest float64, at fewer bits.
_DEEP_BITS, _SHALLOW_BITS, _CAP_BITS = 1300, 320, 4000
_DIGITS = 30
ZERO = mp.mpf(0)

# Families whose zeros never end.
OSCILLATING = frozenset({"oscillating", "growing"})


def _exp(u: mp.mpf) -> mp.mpf:
    # The exponent itself is a big integer: exp(exp(1000)) would not fit into memory.
    if abs(u) > mp.mpf(10) ** 400:
        return mp.inf if u > 0 else mp.mpf(0)
    return mp.exp(u)


def _tanh(u: mp.mpf) -> mp.mpf:
    return mp.sign(u) if abs(u) > 10**6 else mp.tanh(u)


def _erf(u: mp.mpf) -> mp.mpf:
    return mp.sign(u) if abs(u) > 10**6 else mp.erf(u)


def _erfc(u: mp.mpf) -> mp.mpf:
    # mpmath overflows for huge arguments, where the leading term of the tail is all there is.
    return _exp(-u * u) / (u * mp.sqrt(mp.pi)) if u > 10**6 else mp.erfc(u)


ARITHMETIC: Mapping[str, Callable[..., Any]] = {
    "number": mp.mpf,
    "pi": lambda: +mp.pi,
    "e": lambda: +mp.e,
    "power": lambda base, exponent: base ** (int(exponent) if mp.isint(exponent) else exponent),
    "exp": _exp,
    "expm1": mp.expm1,
    "log": mp.log,
    "log1p": mp.log1p,
    "sqrt": mp.sqrt,
    "abs": abs,
    "sign": mp.sign,
    "floor": mp.floor,
    "sin": mp.sin,
    "cos": mp.cos,
    "tan": mp.tan,
    "arcsin": mp.asin,
    "arccos": mp.acos,
    "arctan": mp.atan,
    "arcsinh": mp.asinh,
    "arccosh": mp.acosh,
    "arctanh": mp.atanh,
    "sinh": mp.sinh,
    "cosh": mp.cosh,
    "tanh": _tanh,
    "sech": lambda u: 2 / (_exp(u) + _exp(-u)),
    "erf": _erf,
    "erfc": _erfc,
}


def truth(record: Activation, order: int, x: float) -> mp.mpf:
    """Return the formula of this order at `x`, at a precision where two evaluations agree to 30 digits.

    A zero is believed only at the highest precision: below that it may be a number too small to survive
    being added to 1.
    """
    bits = starting_bits(x)
    before = evaluate(record, order, x, bits)
    while bits < _CAP_BITS:
        bits = min(bits * 3 // 2, _CAP_BITS)
        value = evaluate(record, order, x, bits)
        if value != 0 and abs(value - before) <= abs(value) * mp.mpf(10) ** -_DIGITS:
            return value
        before = value
    return before


def starting_bits(x: float) -> int:
    """Return the precision to begin with: high where one term of a formula can vanish beside another.

    Near zero that may be x² beside 1, as in the curvature of sin(x)/x.
    """
    if 1e-3 < abs(x) < 12:
        return _SHALLOW_BITS
    return min(_DEEP_BITS - int(2.2 * math.frexp(x)[1]), 3600) if 0 < abs(x) < 1e-3 else _DEEP_BITS


def evaluate(record: Activation, order: int, x: float, bits: int) -> mp.mpf:
    """Return the formula of this order at `x`, in arithmetic of so many bits."""
    expression = _parsed(record.orders[order].formula, tuple(record.values))
    with mp.workprec(bits):
        values = {name: mp.mpf(value) for name, value in record.values.items()}
        result = expression.evaluate_with(ARITHMETIC, mp.mpf(x), values)
        if isinstance(result, mp.mpc) or mp.isnan(result):
            raise ArithmeticError(f"{record.label}, order {order}: the formula gives {result} at {x!r}")
        return mp.mpf(result)


def sensitivity(record: Activation, order: int, x: float) -> mp.mpf:
    """Return how far the formula moves when `x` moves by half an ulp, at most: |x·f′(x)|·2⁻⁵³.

    For oscillating functions, whose infinitely many zeros cannot each have a polynomial of its own.
    """
    if record.family not in OSCILLATING:
        return mp.mpf(0)
    bits = starting_bits(x)
    with mp.workprec(bits):
        step = mp.ldexp(1, -60)
        there = evaluate(record, order, mp.mpf(x) + step, bits)
        return abs((there - evaluate(record, order, x, bits)) / step * x) * mp.ldexp(1, -53)


def error_in_ulp(record: Activation, order: int, x: float, measured: float, dtype: Any = np.float64) -> float:
    """Return how far `measured` is from the formula at `x`, in ulp of the true value's nearest `dtype`.

    For oscillating functions the unit is never less than what half an ulp of x amounts to.
    """
    quick = evaluate(record, order, x, starting_bits(x))
    least = sensitivity(record, order, x)
    error = distance(measured, quick, dtype, least)
    # Agreement with an independent evaluation needs no second opinion; all else does, and so does a zero.
    return error if quick != 0 and error < 1 else distance(measured, truth(record, order, x), dtype, least)


def distance(measured: float, true: mp.mpf, dtype: Any = np.float64, least: mp.mpf = ZERO) -> float:
    """Return |measured − true| in ulp of the `dtype` nearest to `true`, or in `least` if that is more."""
    # float32 and float16 have no conversion from mpf; the second rounding does not move an ulp.
    with np.errstate(over="ignore"):
        nearest = np.asarray(float(true), dtype=dtype)
    if not np.isfinite(nearest):
        return 0.0 if measured == float(nearest) else float("inf")
    if not np.isfinite(measured):
        return float("inf")
    unit = max(mp.mpf(float(np.spacing(np.abs(nearest)))), least)
    return float(abs(mp.mpf(float(measured)) - true) / unit)


@cache
def _parsed(formula: str, parameters: tuple[str, ...]) -> Expression:
    known = registry.names()
    return parse(formula, parameters, lambda word: registry.get(word) if word in known else None)
