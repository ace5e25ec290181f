"""Relatives of x·σ(x): scaled, as its own slope, and with a power of its gate."""

import math
from decimal import Decimal
from functools import cache

import numpy as np

from actcli.activation import Activation, Array, Facts, Order, Parameter, Reference
from actcli.catalogue.gated import SILU
from actcli.catalogue.zeros import zero
from actcli.numerics import exp_pair, horner, select, times_exp, two_product, two_sum, with_tail
from actcli.numerics.double import Double
from actcli.numerics.patches import DSILU_CURVATURE

# Beyond this the third derivative of x·σ(x) is 0; inside it no product of x overflows or is nan.
_FAR = 1000.0


def _silu(x: Array, order: int) -> Array:
    return SILU.orders[order].function(x, 1.0)


def _silu_third(x: Array) -> Array:
    """Return the third derivative of x·σ(x), whose terms all but cancel: summed with twice the digits."""
    size = np.minimum(np.abs(x), _FAR)
    e = np.exp(-size)
    whole = Double(*two_sum(1.0, e))
    terms = ((Double(e) - 4.0) * e + 1.0) * size + 3.0 * np.expm1(-2.0 * size)
    square = whole * whole
    falling = with_tail(e * (terms / (square * square)).rounded, size - 3.0, -size)
    return np.copysign(1.0, x) * DSILU_CURVATURE.over(falling, size)


E_SWISH = Activation(
    name="e_swish",
    title="E-swish",
    family="gated",
    parameters=(Parameter("beta", 1.5, 1.0, 2.0, "the slope far to the right"),),
    reference=Reference(
        "E. Alcaide, E-swish: adjusting activations to different network depths, 2018",
        "https://arxiv.org/abs/1801.07145",
    ),
    orders=(
        Order("beta*x*sigmoid(x)", lambda x, beta: beta * _silu(x, 0)),
        Order("beta*sigmoid(x)*(1 + x*sigmoid(-x))", lambda x, beta: beta * _silu(x, 1)),
        Order("beta*sigmoid(x)*sigmoid(-x)*(2 - x*tanh(x/2))", lambda x, beta: beta * _silu(x, 2)),
    ),
    facts_of=lambda beta: Facts(
        -0.2784645427610738 * beta,
        math.inf,
        -0.09983932012886692 * beta,
        1.0998393201288669 * beta,
        0.0,
        beta,
    ),
)


DSILU = Activation(
    name="dsilu",
    title="Derivative of the sigmoid linear unit",
    family="gated",
    reference=Reference(
        "S. Elfwing, E. Uchibe and K. Doya, Sigmoid-weighted linear units for neural network function "
        "approximation in reinforcement learning, 2017",
        "https://arxiv.org/abs/1702.03118",
    ),
    orders=(
        Order("sigmoid(x)*(1 + x*sigmoid(-x))", lambda x: _silu(x, 1)),
        Order("sigmoid(x)*sigmoid(-x)*(2 - x*tanh(x/2))", lambda x: _silu(x, 2)),
        Order(
            "sigmoid(x)*sigmoid(-x)*(x*(1 - 6*sigmoid(x)*sigmoid(-x)) - 3*tanh(x/2))",
            _silu_third,
        ),
    ),
    facts_of=lambda: Facts(-0.09983932012886692, 1.0998393201288669, -0.036914373199893186, 0.5, 0.0, 0.0),
)

# (log(1 + e) − 2s)/s³ for s = e/(2 + e), in powers of s² ≤ 1/9.
_LOG_SERIES = tuple(2.0 / (2 * k + 3) for k in range(18))


def _logarithm(e: Double) -> Double:
    """Return log(1 + e) for 0 ≤ e ≤ 1: 2·artanh(e/(2 + e)), its first term to twice the digits."""
    s = e / (e + 2.0)
    cube = s.high * s.high * s.high
    return s * 2.0 + cube * horner(_LOG_SERIES, s.high * s.high)


class _Richards:
    """The pieces of g = σ(u)^α for u = β·x: x·g and its derivatives are made of them.

    log g and the logarithm of g·(1 − σ) have twice the digits, since the power magnifies their errors.
    """

    def __init__(self, x: Array, alpha: float, beta: float) -> None:
        """Prepare them; g is 0 or 1 to the last bit where u is cut off."""
        self.alpha = alpha
        near = np.clip(x, -1000.0 / (alpha * beta) - 1000.0 / beta, 1000.0 / beta)
        self.u = Double(*two_product(beta, near))
        size, rest = np.abs(self.u.high), np.copysign(1.0, self.u.high) * self.u.low
        e = Double(*exp_pair(-np.fmin(size, 700.0)))
        e = e - e.high * rest
        self.left = self.u.high < 0
        falling = Double(np.minimum(self.u.high, 0.0), select(self.left, self.u.low, 0.0))
        lost = _logarithm(e)
        self.log_gate = (falling - lost) * alpha
        self.log_closing = self.log_gate - lost - (self.u - falling)
        # The smaller one of σ and 1 − σ, and 1 − σ itself.
        self.smaller = e.high / (1.0 + e.high)
        self.closed = select(self.left, 1.0 / (1.0 + e.high), self.smaller)

    def apart(self, place: tuple[float, float]) -> Double:
        """Return u less a zero in two parts."""
        return self.u - place[0] - place[1]

    def bracket(self) -> Array:
        """Return 2 + u·(α − (α + 1)·σ), of which the curvature is a multiple."""
        towards = select(self.left, self.alpha, -1.0)
        steep = Double(towards) - np.copysign((self.alpha + 1.0) * self.smaller, towards)
        bracket = (self.u * steep + 2.0).rounded
        for place in _marks(self.alpha)[1:]:
            t = self.apart(place)
            near = t.rounded * steep.rounded - (self.alpha + 1.0) * self.closed * _growth(place, t)
            bracket = select(np.abs(t.high) < 1.0, near, bracket)
        return bracket


def _growth(place: tuple[float, float], t: Double) -> Array:
    """Return z·σ(z)·(exp(t) − 1), by which 1 − σ(z + t) over itself falls short of 1 − σ(z), times z."""
    z = place[0]
    return z / (1.0 + math.exp(-z)) * (np.expm1(t.high) + np.exp(t.high) * t.low)


def _power(exponent: Double, factor: Array | float) -> Array:
    return times_exp(factor + factor * exponent.low, exponent.high)


@cache
def _marks(alpha: float) -> tuple[tuple[float, float], ...]:
    """Return the u at which the slope is 0, and the two at which the curvature is, each in two parts."""
    power = Decimal(alpha)

    def slope(u: Decimal) -> Decimal:
        return 1 + power * u / (1 + u.exp())

    def curvature(u: Decimal) -> Decimal:
        return 2 + u * ((power + 1) / (1 + u.exp()) - 1)

    far = -2.0 / alpha - 60.0
    return zero(slope, far, 0.0), zero(curvature, far, 0.0), zero(curvature, 0.0, 60.0)


def _aria2(x: Array, alpha: float, beta: float) -> Array:
    parts = _Richards(x, alpha, beta)
    return _power(parts.log_gate, np.maximum(x, -1000.0 / (alpha * beta) - 1000.0 / beta))


def _aria2_slope(x: Array, alpha: float, beta: float) -> Array:
    parts = _Richards(x, alpha, beta)
    place = _marks(alpha)[0]
    # g·(1 + α·u·(1 − σ)); about its zero the bracket as a sum of two terms that vanish there.
    t = parts.apart(place)
    left = _power(parts.log_closing, alpha * (t.rounded - _growth(place, t)))
    right = _power(parts.log_gate, 1.0 + alpha * parts.u.high * parts.closed)
    return select(parts.u.high < 0.25 * place[0], left, right)


def _aria2_curvature(x: Array, alpha: float, beta: float) -> Array:
    parts = _Richards(x, alpha, beta)
    return _power(parts.log_closing, alpha * beta * parts.bracket())


def _aria2_facts(alpha: float, beta: float) -> Facts:
    lowest, flattest, steepest = (
        Double(np.asarray(high / beta), low / beta).rounded for high, low in _marks(alpha)
    )
    return Facts(
        float(_aria2(lowest, alpha, beta)),
        math.inf,
        float(_aria2_slope(flattest, alpha, beta)),
        float(_aria2_slope(steepest, alpha, beta)),
        0.0,
        1.0,
    )


ARIA2 = Activation(
    name="aria2",
    title="Adaptive Richard's curve weighted activation (ARiA2)",
    family="gated",
    aliases=("aria",),
    parameters=(
        Parameter("alpha", 1.5, 0.1, 10.0, "power of the gate; with 1 this is silu"),
        Parameter("beta", 2.0, 0.1, 10.0, "steepness of the gate"),
    ),
    reference=Reference(
        "N. Patwardhan, M. Ingalhalikar and R. Walambe, ARiA: utilizing Richard's curve for controlling the "
        "non-monotonicity of the activation function in deep neural nets, 2018",
        "https://arxiv.org/abs/1805.08878",
    ),
    remark="the defaults are those of public code; several public versions leave out the factor x",
    orders=(
        Order("x*sigmoid(beta*x)**alpha", _aria2),
        Order("sigmoid(beta*x)**alpha*(1 + alpha*beta*x*sigmoid(-beta*x))", _aria2_slope),
        Order(
            "alpha*beta*sigmoid(beta*x)**alpha*sigmoid(-beta*x)"
            "*(2 + beta*x*(alpha*sigmoid(-beta*x) - sigmoid(beta*x)))",
            _aria2_curvature,
        ),
    ),
    facts_of=_aria2_facts,
)

ACTIVATIONS = (E_SWISH, DSILU, ARIA2)
