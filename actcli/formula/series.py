"""Power series of a formula at 0, a number system for evaluate_with: exact where the formula itself cancels.

x − sin(x) is x³/6 − x⁵/120 + …, and (1 − cos(x))/x² is 1/2 − x²/24 + …, without a lost digit.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, DecimalException
from typing import Any

from actcli.errors import FormulaError
from actcli.formula.evaluate import evaluate_with
from actcli.formula.nodes import Node
from actcli.numerics import decimals
from actcli.numerics.arithmetic import ARITHMETIC

TERMS = 48
_DIGITS = 100
# What is left of two numbers that agree to this many digits is the rounding of numbers that are equal.
_EQUAL = -80
_ZERO, _ONE = Decimal(0), Decimal(1)


class NoSeriesError(Exception):
    """The formula has no power series at 0: a logarithm, a root or a pole in the wrong place stands there."""


@dataclass(frozen=True)
class Series:
    """Σ terms[k]·x^(start + k), and unknown terms beyond; `side` is the sign of x.

    The first term is not 0. Without terms the series is 0 as far as it is known, up to x^start.
    """

    start: int
    terms: tuple[Decimal, ...]
    side: int

    @property
    def end(self) -> int:
        """The first power that is unknown."""
        return self.start + len(self.terms)

    @property
    def sign(self) -> int:
        """The sign of the function beside 0, on this side."""
        if not self.terms:
            return 0
        return (1 if self.terms[0] > 0 else -1) * (self.side if self.start % 2 else 1)

    def at(self, power: int) -> Decimal:
        """Return the coefficient of x^power."""
        return self.terms[power - self.start] if self.start <= power < self.end else _ZERO

    def constant(self) -> Decimal:
        """Return the value at 0; raise NoSeriesError at a pole."""
        if self.start < 0 or self.end <= 0:
            raise NoSeriesError
        return self.at(0)

    def __neg__(self) -> "Series":
        return Series(self.start, tuple(-term for term in self.terms), self.side)

    def __add__(self, other: "Series") -> "Series":
        start, end = min(self.start, other.start), min(self.end, other.end)
        return _series(start, [_sum(self.at(k), other.at(k)) for k in range(start, end)], self.side)

    def __sub__(self, other: "Series") -> "Series":
        return self + -other

    def __mul__(self, other: "Series") -> "Series":
        length = min(len(self.terms), len(other.terms))
        terms = [_dot(self.terms[: n + 1], other.terms[n::-1]) for n in range(length)]
        return _series(self.start + other.start, terms, self.side)

    def __truediv__(self, other: "Series") -> "Series":
        if not other.terms:
            raise NoSeriesError
        length, quotient = min(len(self.terms), len(other.terms)), list[Decimal]()
        for n in range(length):
            quotient.append((self.terms[n] - _dot(quotient, other.terms[n:0:-1])) / other.terms[0])
        return _series(self.start - other.start, quotient, self.side)

    def __pow__(self, exponent: "Series") -> "Series":
        if any(exponent.terms[1:]) or exponent.start:
            return _exp(exponent * _log(self)) if exponent.terms else self._constant(_ONE)
        return self._power(exponent.terms[0])

    def _power(self, p: Decimal) -> "Series":
        """Return u^p from u·y′ = p·u′·y, with the leading term x^start taken out first."""
        if not self.terms or (self.sign < 0 and p != p.to_integral_value()):
            raise NoSeriesError
        start = p * self.start
        if start != start.to_integral_value():
            raise NoSeriesError
        first = self.terms[0]
        # √(x²) is |x|: a positive function, whatever the sign of x.
        sign = self.side if p != p.to_integral_value() and start % 2 else 1
        scaled, y = [term / self.terms[0] for term in self.terms], [_ONE]
        for n in range(1, len(scaled)):
            y.append(sum(((k * p - (n - k)) * scaled[k] * y[n - k] for k in range(1, n + 1)), _ZERO) / n)
        leading = sign * first**p
        return _series(int(start), [leading * term for term in y], self.side)

    def _constant(self, value: Decimal) -> "Series":
        return _series(0, [value] + [_ZERO] * (TERMS - 1), self.side)

    def derivative(self) -> "Series":
        """Return the series of the slope."""
        terms = [(self.start + k) * term for k, term in enumerate(self.terms)]
        return _series(self.start - 1, terms, self.side)

    def integral(self, constant: Decimal) -> "Series":
        """Return the series with this slope and this value at 0."""
        if self.start < 0:
            raise NoSeriesError
        return _series(0, [constant] + [self.at(k) / (k + 1) for k in range(self.end)], self.side)


def _series(start: int, terms: list[Decimal], side: int) -> Series:
    zeros = next((k for k, term in enumerate(terms) if term), len(terms))
    return Series(start + zeros, tuple(terms[zeros:]), side)


def _dot(first: Any, second: Any) -> Decimal:
    return sum((a * b for a, b in zip(first, second, strict=False)), _ZERO)


def _sum(a: Decimal, b: Decimal) -> Decimal:
    total = a + b
    return _ZERO if total and a and total.adjusted() < a.adjusted() + _EQUAL else total


def _exp(u: Series) -> Series:
    """Return y = exp(u) from y′ = u′·y."""
    u0, y = u.constant(), list[Decimal]()
    y.append(u0.exp())
    for n in range(1, u.end):
        y.append(sum((k * u.at(k) * y[n - k] for k in range(1, n + 1)), _ZERO) / n)
    return _series(0, y, u.side)


def _log(u: Series) -> Series:
    if u.start or u.sign <= 0:
        raise NoSeriesError
    return (u.derivative() / u).integral(u.terms[0].ln())


def _waves(u: Series) -> tuple[Series, Series]:
    """Return the sine and the cosine of u from s′ = u′·c and c′ = −u′·s."""
    u0 = u.constant()
    # The sine of π is 0, and not what a hundred digits leave of it.
    s, c = ([_sum(wave(u0) + _ONE, -_ONE)] for wave in (decimals.sin, decimals.cos))
    for n in range(1, u.end):
        slopes = [k * u.at(k) for k in range(1, n + 1)]
        s, c = [*s, _dot(slopes, c[::-1]) / n], [*c, -_dot(slopes, s[::-1]) / n]
    return _series(0, s, u.side), _series(0, c, u.side)


def _integrated(slope: Callable[[Series], Series], value: Callable[[Decimal], Decimal]) -> Any:
    """Return the function of series with this slope, in u, whose own value at a number is known."""
    return lambda u: (slope(u) * u.derivative()).integral(value(u.constant()))


def _one(u: Series) -> Series:
    return u._constant(_ONE)


def _floor(u: Series) -> Series:
    low = ARITHMETIC["floor"](u.constant())
    below = u.constant() == low and (u - u._constant(u.constant())).sign < 0
    return u._constant(low - 1 if below else low)


def _arithmetic(side: int) -> Mapping[str, Callable[..., Any]]:
    """Return the number system of evaluate_with; what is left out is taken by its definition."""
    half = Decimal("0.5")

    def constant(value: Any) -> Series:
        return _series(0, [Decimal(value)] + [_ZERO] * (TERMS - 1), side)

    return {
        "number": constant,
        "pi": lambda: constant(decimals.pi()),
        "e": lambda: constant(_ONE.exp()),
        "exp": _exp,
        "log": _log,
        "sqrt": lambda u: u._power(half),
        "sin": lambda u: _waves(u)[0],
        "cos": lambda u: _waves(u)[1],
        "arctan": _integrated(lambda u: _one(u) / (_one(u) + u * u), decimals.arctan),
        "arcsin": _integrated(lambda u: (_one(u) - u * u)._power(-half), decimals.arcsin),
        "arccos": _integrated(lambda u: -((_one(u) - u * u)._power(-half)), decimals.arccos),
        "erf": _integrated(
            lambda u: _exp(-u * u) * constant(2 / decimals.pi().sqrt()), decimals.erf,
        ),
        "abs": lambda u: u if u.sign >= 0 else -u,
        "sign": lambda u: constant(u.sign),
        "floor": _floor,
        "min": lambda u, v: u if (u - v).sign < 0 else v,
        "max": lambda u, v: u if (u - v).sign > 0 else v,
        "less": lambda u, v: (u - v).sign < 0,
        "less_equal": lambda u, v: (u - v).sign <= 0,
        "greater": lambda u, v: (u - v).sign > 0,
        "greater_equal": lambda u, v: (u - v).sign >= 0,
        "equal": lambda u, v: (u - v).sign == 0,
        "not_equal": lambda u, v: (u - v).sign != 0,
    }  # fmt: skip


def series_at_zero(node: Node, values: Mapping[str, float], side: int) -> Series | None:
    """Return the power series of a formula at 0 as it is for x of this sign; None where there is none."""
    arithmetic = _arithmetic(side)
    with decimals.digits(_DIGITS):
        number = arithmetic["number"]
        x = _series(1, [_ONE] + [_ZERO] * (TERMS - 1), side)
        bound = {name: number(value) for name, value in values.items()}
        try:
            found: Series = evaluate_with(node, arithmetic, x, bound)
        except (NoSeriesError, FormulaError, DecimalException, ArithmeticError):
            return None
    return found if found.terms and all(term.is_finite() for term in found.terms) else None
