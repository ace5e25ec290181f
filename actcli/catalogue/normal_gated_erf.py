"""An activation gated by the error function of an exponential: x·erf(α·exp(β·x))."""

import math
from decimal import Decimal
from functools import cache
from typing import NamedTuple

import numpy as np

from actcli.activation import Activation, Array, Facts, Order, Parameter, Reference
from actcli.catalogue.zeros import in_two_parts, zero
from actcli.numerics import decimals, erf, exp_pair, horner, select, times_exp, two_product
from actcli.numerics.double import Double

_TWICE_DENSITY = 2.0 / math.sqrt(math.pi)
# √π/2·erf(v)·exp(v²)/v = Σ 2ⁿ/(1·3·…·(2n + 1))·v²ⁿ; for v² below _TURN, to the last bit.
_TURN = 3.0
_RATIO = tuple(2.0**n / math.prod(range(1, 2 * n + 2, 2)) for n in range(40))


class _Marks(NamedTuple):
    """For one α: log α, the u = β·x where the slope is 0 and the two where the curvature is, in two parts.

    `squares` is v² at these three; `rise` is [R(q) − R(q₀)]/(q − q₀) in powers of q = v², R being the series
    above and q₀ the first of the squares.
    """

    log_alpha: tuple[float, float]
    slope: tuple[float, float]
    curvature: tuple[tuple[float, float], tuple[float, float]]
    squares: tuple[float, float, float]
    rise: tuple[float, ...]


@cache
def _marks(alpha: float) -> _Marks:
    """Return the marks of this α, all of whose zeros are simple and the only ones on their side."""
    with decimals.digits(60):
        log_alpha, density = Decimal(alpha).ln(), 2 / decimals.pi().sqrt()

    def slope(u: Decimal) -> Decimal:
        v = (u + log_alpha).exp()
        return decimals.erf(v) + density * u * v * (-v * v).exp()

    def curvature(u: Decimal) -> Decimal:
        return 2 + u * (1 - 2 * (2 * (u + log_alpha)).exp())

    # Where 2v² = 1: the curvature is positive there, and negative far out on both sides.
    middle = -0.5 * math.log(2.0) - float(log_alpha)
    lowest = zero(slope, -60.0, 0.0)
    sides = zero(curvature, -60.0, min(middle, 0.0)), zero(curvature, max(middle, 0.0), 60.0)
    parts = in_two_parts(log_alpha)
    first, *others = (math.exp(2.0 * math.fsum([*place, *parts])) for place in (lowest, *sides))
    rise = tuple(
        math.fsum(_RATIO[n] * first ** (n - 1 - k) for n in range(k + 1, len(_RATIO)))
        for k in range(len(_RATIO) - 1)
    )
    return _Marks(parts, lowest, sides, (first, others[0], others[1]), rise)


class _Gate:
    """What x·erf(v) is made of, v = α·exp(u), u = β·x: v and log(v·exp(−v²)) have twice the digits."""

    def __init__(self, x: Array, alpha: float, beta: float) -> None:
        """Prepare them; the gate is 0 or 1 to the last bit where x is cut off."""
        self.marks = _marks(alpha)
        self.near = np.clip(x, -1600.0 / beta, 12.0 / beta)
        self.u = Double(*two_product(beta, self.near))
        self.log_v = self.u + self.marks.log_alpha[0] + self.marks.log_alpha[1]
        high, low = exp_pair(np.fmax(self.log_v.high, -700.0))
        v = Double(high, low + high * self.log_v.low)
        self.v, self.squared = v.rounded, v * v
        self.log_closing = self.log_v - self.squared

    def closing(self, factor: Array) -> Array:
        """Return factor·2/√π·v·exp(−v²)."""
        factor = _TWICE_DENSITY * factor
        return times_exp(factor + factor * self.log_closing.low, self.log_closing.high)


def _erfact(x: Array, alpha: float, beta: float) -> Array:
    gate = _Gate(x, alpha, beta)
    value = np.maximum(x, gate.near) * erf(gate.v)
    factor = _TWICE_DENSITY * gate.near
    tail = times_exp(factor + factor * gate.log_v.low, gate.log_v.high)
    return select(gate.log_v.high < -300.0, tail, value)


def _erfact_slope(x: Array, alpha: float, beta: float) -> Array:
    gate = _Gate(x, alpha, beta)
    # R(v²) + u on the left: what u and R have gained since the zero, two terms of one sign.
    t = gate.u - gate.marks.slope[0] - gate.marks.slope[1]
    low = np.minimum(t.high, 40.0)
    gained = gate.marks.squares[0] * (np.expm1(2.0 * low) + np.exp(2.0 * low) * (2.0 * t.low))
    q = np.minimum(gate.squared.high, _TURN)
    left = gate.closing(t.high + (gained * horner(gate.marks.rise, q) + t.low))
    close = (gate.squared.high < _TURN) & (gate.u.high < 0.25 * gate.marks.slope[0])
    return select(close, left, erf(gate.v) + gate.closing(gate.u.high))


def _erfact_curvature(x: Array, alpha: float, beta: float) -> Array:
    gate = _Gate(x, alpha, beta)
    bracket = (gate.u * (gate.squared * -2.0 + 1.0) + 2.0).rounded
    for place, square in zip(gate.marks.curvature, gate.marks.squares[1:], strict=True):
        t = gate.u - place[0] - place[1]
        step = np.clip(t.high, -1.0, 1.0)
        near = t.rounded * (1.0 - 2.0 * gate.squared.high) - 2.0 * place[0] * square * np.expm1(2.0 * step)
        bracket = select(np.abs(t.high) < 1e-3, near, bracket)
    return gate.closing(beta * bracket)


def _erfact_facts(alpha: float, beta: float) -> Facts:
    marks = _marks(alpha)
    lowest, flattest, steepest = (np.asarray(high / beta) for high, _ in (marks.slope, *marks.curvature))
    return Facts(
        float(_erfact(lowest, alpha, beta)),
        math.inf,
        float(_erfact_slope(flattest, alpha, beta)),
        float(_erfact_slope(steepest, alpha, beta)),
        0.0,
        1.0,
    )


ERFACT = Activation(
    name="erfact",
    title="ErfAct",
    family="normal_gated",
    parameters=(
        Parameter("alpha", 0.75, 0.1, 10.0, "learned; moves the gate to the left as it grows"),
        Parameter("beta", 0.75, 0.1, 10.0, "learned; steepness of the gate"),
    ),
    reference=Reference(
        "K. Biswas, S. Kumar, S. Banerjee and A. K. Pandey, ErfAct and Pserf: non-monotonic smooth trainable "
        "activation functions, 2021",
        "https://arxiv.org/abs/2109.04386",
    ),
    orders=(
        Order("x*erf(alpha*exp(beta*x))", _erfact),
        Order(
            "erf(alpha*exp(beta*x)) + 2/sqrt(pi)*alpha*beta*x*exp(beta*x)*exp(-(alpha*exp(beta*x))**2)",
            _erfact_slope,
        ),
        Order(
            "2/sqrt(pi)*alpha*beta*exp(beta*x)*exp(-(alpha*exp(beta*x))**2)"
            "*(2 + beta*x*(1 - 2*(alpha*exp(beta*x))**2))",
            _erfact_curvature,
        ),
    ),
    facts_of=_erfact_facts,
)

ACTIVATIONS = (ERFACT,)
