"""An exponential linear unit, integrated: a parabola above 0, an exponential on a line below."""

import math
from decimal import Decimal
from functools import cache
from typing import NamedTuple

import numpy as np

from actcli.activation import Activation, Array, Facts, Kink, Order, Parameter, Reference
from actcli.catalogue.zeros import in_two_parts, zero
from actcli.numerics import exp_pair, horner, replaced, select, times_exp, two_product, two_square
from actcli.numerics.decimals import digits
from actcli.numerics.double import Double

# (exp(t) − 1 − t)/t² in powers of t, to the last bit for |t| ≤ 1; then without its first term.
_BEND = tuple(1.0 / math.factorial(k) for k in range(2, 20))
_BEND_REST = _BEND[1:]
# Up to here exp(x) − 1 − x is taken from that series.
_SMALL = 1 / 16
# Beyond this the exponential is gone, and the line may overflow.
_FAR = 1e290


class _Marks(NamedTuple):
    """Where value (left of 0) and slope are 0, in two parts; at the former the slope and alpha_n·exp(x)."""

    zero: tuple[float, float]
    slope: float
    grown: float
    lowest: tuple[float, float]


@cache
def _marks(alpha_n: float, beta: float) -> _Marks | None:
    """Return these marks, or None where the unit never falls."""
    if alpha_n <= beta:
        return None
    with digits(45):
        steep, falling = Decimal(alpha_n), Decimal(alpha_n) - Decimal(beta)
        lowest = (falling / steep).ln()
        high, low = zero(
            lambda x: steep * (x.exp() - 1) - falling * x, -float(steep / falling) - 1.0, float(lowest)
        )
        grown = steep * (Decimal(high) + Decimal(low)).exp()
        return _Marks((high, low), float(grown - falling), float(grown), in_two_parts(lowest))


def _xielu(x: Array, alpha_p: float, alpha_n: float, beta: float) -> Array:
    return replaced((alpha_p * x + beta) * x, x <= 0, lambda below: _xielu_left(below, alpha_n, beta), x)


def _xielu_left(x: Array, alpha_n: float, beta: float) -> Array:
    near = np.maximum(x, -_FAR)
    falling = Double(np.full_like(near, alpha_n)) - beta
    grown = Double(*exp_pair(np.fmax(near, -700.0)))
    left = ((grown - 1.0) * alpha_n - falling * near).rounded
    left = select(near > -_SMALL, _xielu_small(np.maximum(near, -_SMALL), alpha_n, beta), left)
    line = falling.high * np.minimum(x, -1.0) if alpha_n != beta else 0.0
    left = select(x < -_FAR, -alpha_n - line, left)
    marks = _marks(alpha_n, beta)
    if marks:
        # About its zero as slope·t and a bend; no farther than a sixteenth of the way to 0.
        t = (near - marks.zero[0]) - marks.zero[1]
        bend = select(
            np.abs(t) < 1.0, t * t * horner(_BEND, np.clip(t, -1.0, 1.0)), np.expm1(np.minimum(t, 700.0)) - t
        )
        left = select(np.abs(t) < -marks.zero[0] / 16.0, marks.slope * t + marks.grown * bend, left)
    return left


def _xielu_small(x: Array, alpha_n: float, beta: float) -> Array:
    bend = Double(*two_square(x)) * 0.5 + x * x * x * horner(_BEND_REST, x)
    return (bend * alpha_n + Double(*two_product(beta, x))).rounded


def _xielu_slope(x: Array, alpha_p: float, alpha_n: float, beta: float) -> Array:
    return replaced(2.0 * alpha_p * x + beta, x <= 0, lambda below: _xielu_falling(below, alpha_n, beta), x)


def _xielu_falling(x: Array, alpha_n: float, beta: float) -> Array:
    marks = _marks(alpha_n, beta)
    if marks:
        # As a multiple of exp(t) − 1, t counted from its zero.
        t = Double(np.maximum(x, -800.0)) - marks.lowest[0] - marks.lowest[1]
        return (alpha_n - beta) * (np.expm1(t.high) + np.exp(t.high) * t.low)
    return (beta - alpha_n) + alpha_n * np.exp(x)


def _xielu_curvature(x: Array, alpha_p: float, alpha_n: float, _: float) -> Array:
    return replaced(np.full_like(x, 2.0 * alpha_p), x <= 0, lambda below: times_exp(alpha_n, below), x)


def _xielu_facts(alpha_p: float, alpha_n: float, beta: float) -> Facts:
    reason = "0 belongs to the exponential, as in the code of its authors"
    falling = alpha_n - beta
    lowest = -math.inf if falling < 0 else -alpha_n
    if falling > 0:
        lowest = -beta - falling * math.log1p(-beta / alpha_n)
    kinks = () if alpha_n == 2 * alpha_p else (Kink(0, alpha_n, 2 * alpha_p, alpha_n, reason, order=2),)
    return Facts(lowest, math.inf, -falling, math.inf, -falling, math.inf, kinks=kinks)


XIELU = Activation(
    name="xielu",
    title="Expanded integral of the exponential linear unit",
    family="exponential",
    parameters=(
        Parameter("alpha_p", 0.8, 0.001, 100, "learned; half the curvature above 0"),
        Parameter("alpha_n", 0.8, 0.001, 100, "learned; the slope falls to beta − alpha_n"),
        Parameter("beta", 0.5, 0.01, 10, "slope at 0"),
    ),
    orders=(
        Order("where(x > 0, alpha_p*x**2 + beta*x, alpha_n*(expm1(x) - x) + beta*x)", _xielu),
        Order("where(x > 0, 2*alpha_p*x + beta, alpha_n*expm1(x) + beta)", _xielu_slope),
        Order("where(x > 0, 2*alpha_p, alpha_n*exp(x))", _xielu_curvature),
    ),
    facts_of=_xielu_facts,
    reference=Reference(
        "A. H. Huang and I. Schlag, Deriving activation functions using integration, 2024",
        "https://arxiv.org/abs/2411.13010",
    ),
    remark="learned through a softplus: alpha_p = softplus(a), alpha_n = beta + softplus(b), so that the "
    "slope is negative far to the left; here they are alpha_p and alpha_n themselves",
)

ACTIVATIONS = (XIELU,)
