"""Elementary functions to any number of digits, on the standard library's Decimal.

All of them keep their relative accuracy near 0 and in their tails; results are good to the precision of the
context, less a few digits.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal, getcontext, localcontext
from functools import cache

_ZERO, _ONE, _TWO, _NAN = Decimal(0), Decimal(1), Decimal(2), Decimal("nan")


# How many digits behind the point a sine is asked for.
_OF_A_WAVE = 25
# How many digits must be left of a sum for its changes to be seen, and whether fewer were left: see add.
_spare: ContextVar[int] = ContextVar("spare", default=25)
_lossy: ContextVar[bool] = ContextVar("lossy", default=False)


@contextmanager
def digits(number: int, spare: int = 25) -> Iterator[None]:
    """Compute with this many significant digits; overflow gives infinity, what is undefined gives nan.

    Where fewer than `spare` digits are left of a sum, `lossy` says so.
    """
    tokens = _spare.set(spare), _lossy.set(False)
    try:
        with localcontext(Context(prec=number, Emax=MAX_EMAX, Emin=MIN_EMIN, traps=[])):
            yield
    finally:
        _spare.reset(tokens[0])
        _lossy.reset(tokens[1])


def lossy() -> bool:
    """Whether a digit that was rounded away inside `with digits(…)` may have come to matter: see add and log.

    Two precisions can agree on a wrong number: x·(1 + tanh(x)) is 0 in both where x is very negative.
    """
    return _lossy.get()


def add(u: Decimal, v: Decimal) -> Decimal:
    """Return u + v, and take note where too many digits cancel."""
    total = u + v
    if u and v and total.is_finite():
        most = max(u.adjusted(), v.adjusted())
        if not total or total.adjusted() < most - getcontext().prec + _spare.get():
            _lossy.set(True)
    return total


def log(u: Decimal) -> Decimal:
    """Return the natural logarithm, and take note where too many digits of u are those of 1."""
    if u.is_finite():
        add(u, -_ONE)
    return u.ln()


@contextmanager
def _more(number: int) -> Iterator[None]:
    with digits(getcontext().prec + max(number, 0), _spare.get()):
        yield


@cache
def _pi(precision: int) -> Decimal:
    """Return π by Machin's formula, 16 arctan(1/5) − 4 arctan(1/239), in integers."""
    scale: int = 10 ** (precision + 10)

    def inverse_tangent(n: int) -> int:
        total = power = scale // n
        k, square = 1, n * n
        while power:
            power //= -square
            k += 2
            total += power // k
        return total

    # Floor division of negatives costs a unit per term, far below the ten guard digits.
    with digits(precision + 10):
        return Decimal(16 * inverse_tangent(5) - 4 * inverse_tangent(239)).scaleb(-(precision + 10))


def pi() -> Decimal:
    """Return π to the precision of the context."""
    # Rounded up to a multiple of 50, so that few different precisions are ever computed.
    return +_pi(-(-getcontext().prec // 50) * 50 + 10)


def expm1(u: Decimal) -> Decimal:
    """Return exp(u) − 1."""
    if u == 0 or not abs(u) < 1:
        return u.exp() - 1
    if u.adjusted() < -getcontext().prec:
        return u + u * u / 2
    with _more(3 - u.adjusted()):
        return u.exp() - 1


def log1p(u: Decimal) -> Decimal:
    """Return log(1 + u)."""
    if u == 0 or not abs(u) < 1:
        return (1 + u).ln()
    if u.adjusted() < -getcontext().prec:
        return u - u * u / 2
    with _more(3 - u.adjusted()):
        return (1 + u).ln()


def sin(u: Decimal) -> Decimal:
    """Return sin(u), its argument reduced with as many digits of π as that takes."""
    return _circular(u, 0)


def cos(u: Decimal) -> Decimal:
    """Return cos(u)."""
    return _circular(u, 1)


def _circular(u: Decimal, quarters: int) -> Decimal:
    if not u.is_finite():
        return _NAN
    precision = getcontext().prec
    if len(u.as_tuple().digits) >= precision and u.adjusted() > precision - _OF_A_WAVE:
        # So large a number, rounded, may be anywhere on its wave.
        _lossy.set(True)
    # No double is nearer than 1e-19, relative, to a multiple of π/2; steps of differences may be.
    with _more(max(u.adjusted(), 0) + 30):
        quarter = pi() / 2
        turns = (u / quarter).to_integral_value()
        rest = u - turns * quarter
        quadrant = int(turns % 4) + quarters
        wave = _sine(rest) if quadrant % 2 == 0 else _cosine(rest)
        result = -wave if quadrant % 4 in (2, 3) else wave
    return +result


def _sine(u: Decimal) -> Decimal:
    return _power_series(u, u, lambda k: (2 * k) * (2 * k + 1))


def _cosine(u: Decimal) -> Decimal:
    return _power_series(_ONE, u, lambda k: (2 * k - 1) * (2 * k))


def _power_series(first: Decimal, u: Decimal, divisor: Callable[[int], int]) -> Decimal:
    """Return Σ tₖ with t₀ = first and tₖ = −tₖ₋₁ u²/divisor(k), to the last digit."""
    square, term, total, previous, k = -u * u, first, first, None, 0
    while total != previous:
        k += 1
        term = term * square / divisor(k)
        previous, total = total, total + term
    return total


def arctan(u: Decimal) -> Decimal:
    """Return arctan(u)."""
    if u.is_nan() or u == 0:
        return u
    if abs(u) > 1:
        return (pi() / 2).copy_sign(u) - arctan(1 / u)
    with _more(10):
        halvings = 6
        for _ in range(halvings):
            u = u / (1 + (1 + u * u).sqrt())
        square, power, total, previous, k = -u * u, u, u, None, 1
        while total != previous:
            power, k = power * square, k + 2
            previous, total = total, total + power / k
        return total * Decimal(2**halvings)


def arcsin(u: Decimal) -> Decimal:
    """Return arcsin(u), nan outside −1 to 1."""
    return arctan(u / (add(_ONE, -u) * add(_ONE, u)).sqrt()) if abs(u) <= 1 else _NAN


def arccos(u: Decimal) -> Decimal:
    """Return arccos(u), nan outside −1 to 1."""
    return 2 * arctan((add(_ONE, -u) / add(_ONE, u)).sqrt()) if abs(u) <= 1 else _NAN


def sinh(u: Decimal) -> Decimal:
    """Return (eᵘ − e⁻ᵘ)/2."""
    grown = expm1(abs(u))
    return (grown if grown.is_infinite() else (grown + grown / (1 + grown)) / 2).copy_sign(u)


def tanh(u: Decimal) -> Decimal:
    """Return (eᵘ − e⁻ᵘ)/(eᵘ + e⁻ᵘ)."""
    lack = expm1(-2 * abs(u))
    return (-lack / (2 + lack)).copy_sign(u)


def sech(u: Decimal) -> Decimal:
    """Return 2/(eᵘ + e⁻ᵘ)."""
    small = (-abs(u)).exp()
    return 2 * small / (1 + small * small)


def arcsinh(u: Decimal) -> Decimal:
    """Return log(u + √(u² + 1))."""
    size = abs(u)
    return log1p(size + size * size / (1 + (1 + size * size).sqrt())).copy_sign(u)


def arctanh(u: Decimal) -> Decimal:
    """Return log((1 + u)/(1 − u))/2."""
    return (log1p(u) - log1p(-u)) / 2


def sigmoid(u: Decimal) -> Decimal:
    """Return 1/(1 + e⁻ᵘ)."""
    small = (-abs(u)).exp()
    return (small if u < 0 else _ONE) / (1 + small)


def softplus(u: Decimal) -> Decimal:
    """Return log(1 + eᵘ)."""
    return max(u, _ZERO) + log1p((-abs(u)).exp())


def log_cosh(u: Decimal) -> Decimal:
    """Return log((eᵘ + e⁻ᵘ)/2)."""
    if abs(u) < 1:
        return log1p(2 * sinh(u / 2) ** 2)
    return abs(u) + log1p((-2 * abs(u)).exp()) - _TWO.ln()


def erf(u: Decimal) -> Decimal:
    """Return 2/√π ∫₀ᵘ exp(−t²) dt."""
    if abs(u) < 1 or u.is_nan():
        return _error_series(u)
    return (1 - _erfc_right(abs(u))).copy_sign(u)


def erfc(u: Decimal) -> Decimal:
    """Return 1 − erf(u), with all its digits in the tail on the right."""
    return _erfc_right(u) if u > 1 else 1 - erf(u)


def _erfc_right(u: Decimal) -> Decimal:
    square, exponent = u * u, getcontext().prec * Decimal("2.31") + 15
    # The smallest term of the asymptotic series is about exp(−u²).
    if square > exponent:
        return _asymptotic(u)
    # Laplace's fraction leaves about exp(−2u√(2n)) after n steps, later than after u² of them; twice that and
    # a quarter of the exponent was enough everywhere. Next to 0 the series is shorter.
    steps = exponent * exponent / (4 * square) + exponent / 4
    if steps < 1000:
        return _error_fraction(u, int(steps) + 1)
    with _more(int(square / 2) + 5):
        return 1 - _error_series(u)


def _error_series(u: Decimal) -> Decimal:
    """Return erf(u) = 2/√π exp(−u²) Σ 2ⁿ u²ⁿ⁺¹/(1·3·…·(2n+1)): no term cancels another."""
    square, term, total, previous, n = 2 * u * u, u, u, None, 0
    while total != previous and not total.is_nan():
        n += 1
        term = term * square / (2 * n + 1)
        previous, total = total, total + term
    return 2 / pi().sqrt() * (-u * u).exp() * total


def _asymptotic(u: Decimal) -> Decimal:
    """Return erfc(u) ≈ exp(−u²)/(u√π) Σ (−1)ⁿ (1·3·…·(2n−1))/(2u²)ⁿ."""
    factor, term, total, previous, n = -1 / (2 * u * u), _ONE, _ONE, None, 0
    while total != previous:
        n += 1
        term = term * factor * (2 * n - 1)
        previous, total = total, total + term
    return (-u * u).exp() / (u * pi().sqrt()) * total


def _error_fraction(u: Decimal, steps: int) -> Decimal:
    """Return erfc(u) = exp(−u²)/√π · 1/(u + ½/(u + 1/(u + 3⁄2/(u + …)))), evaluated from the inside."""
    inner = u
    for n in range(steps, 0, -1):
        inner = u + n / (2 * inner)
    return (-u * u).exp() / (pi().sqrt() * inner)
