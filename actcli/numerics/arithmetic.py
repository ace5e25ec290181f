"""The primitives of the expression language over Decimals; those left out are taken by their definition."""

from collections.abc import Callable, Mapping
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from actcli.numerics import decimals

_ONE, _NAN = Decimal(1), Decimal("nan")


def _sign(u: Decimal) -> Decimal:
    return u if u == 0 or u.is_nan() else _ONE.copy_sign(u)


def _minimum(u: Decimal, v: Decimal) -> Decimal:
    return _NAN if u.is_nan() or v.is_nan() else min(u, v)


def _maximum(u: Decimal, v: Decimal) -> Decimal:
    return _NAN if u.is_nan() or v.is_nan() else max(u, v)


ARITHMETIC: Mapping[str, Callable[..., Any]] = {
    "number": Decimal,
    "pi": decimals.pi,
    "e": _ONE.exp,
    "add": decimals.add,
    "exp": Decimal.exp,
    "expm1": decimals.expm1,
    "log": decimals.log,
    "log1p": decimals.log1p,
    "sqrt": Decimal.sqrt,
    "abs": abs,
    "sign": _sign,
    "floor": lambda u: u.to_integral_value(ROUND_FLOOR),
    "sin": decimals.sin,
    "cos": decimals.cos,
    "arctan": decimals.arctan,
    "arcsin": decimals.arcsin,
    "arccos": decimals.arccos,
    "sinh": decimals.sinh,
    "tanh": decimals.tanh,
    "sech": decimals.sech,
    "arcsinh": decimals.arcsinh,
    "arctanh": decimals.arctanh,
    "sigmoid": decimals.sigmoid,
    "softplus": decimals.softplus,
    "log_cosh": decimals.log_cosh,
    "erf": decimals.erf,
    "erfc": decimals.erfc,
    "min": _minimum,
    "max": _maximum,
}
"""For Expression.evaluate_with, inside `with decimals.digits(n)`."""

AS_TYPED: Mapping[str, Callable[..., Any]] = {**ARITHMETIC, "number": lambda value: Decimal(str(value))}
"""The same with numbers as they are written: 0.3 is 3/10, not the float64 nearest to it."""
