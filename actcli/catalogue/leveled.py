"""Linear or gated above 0; below, another curve: a root, a fraction, an exponential times x or a gate."""

import math

import numpy as np

from actcli.activation import Activation, Array, Facts, Kink, Order, Parameter, Reference
from actcli.catalogue.pieces import growth, kink, line
from actcli.numerics import replaced, sech2, select, sigmoid, times_exp
from actcli.numerics.patches import SILU_CURVATURE

_LEFT = "the left value, as for elu"
_CURVATURE = "the curvature of the left side"


def _below(x: Array, alpha: float) -> tuple[Array, Array]:
    """Return min(x, 0), clipped where f′ and f″ have long been 0, and 1 + alpha·x² there."""
    below = np.maximum(np.minimum(x, 0.0), -1e120)
    return below, 1.0 + alpha * np.square(below)


def _isrlu(x: Array, alpha: float) -> Array:
    below, squared = _below(x, alpha)
    return select(x > 0, x, below / np.sqrt(squared))


def _isrlu_slope(x: Array, alpha: float) -> Array:
    _, squared = _below(x, alpha)
    return select(x > 0, 1.0, 1.0 / squared / np.sqrt(squared))


def _isrlu_curvature(x: Array, alpha: float) -> Array:
    below, squared = _below(x, alpha)
    return select(x > 0, 0.0, -3.0 * alpha * below / squared / squared / np.sqrt(squared))


ISRLU = Activation(
    name="isrlu",
    title="Inverse square root linear unit",
    family="leveled",
    parameters=(Parameter("alpha", 1, 0.001, 100, "the output falls to −1/√alpha"),),
    orders=(
        Order("where(x > 0, x, x/sqrt(1 + alpha*x**2))", _isrlu),
        Order("where(x > 0, 1, 1/sqrt(1 + alpha*x**2)**3)", _isrlu_slope),
        Order("where(x > 0, 0, -3*alpha*x/sqrt(1 + alpha*x**2)**5)", _isrlu_curvature),
    ),
    facts_of=lambda alpha: Facts(-1 / math.sqrt(alpha), math.inf, 0, 1, 0, 1),
    reference=Reference(
        "B. Carlile and others, Improving deep learning by inverse square root linear units (ISRLUs), 2017",
        "https://arxiv.org/abs/1710.09967",
    ),
)

POLYLU = Activation(
    name="polylu",
    title="Polynomial linear unit",
    family="leveled",
    aliases=("fplus",),
    orders=(
        Order("where(x >= 0, x, 1/(1 - x) - 1)", lambda x: select(x >= 0, x, _polylu(np.minimum(x, 0.0)))),
        Order("where(x >= 0, 1, 1/(1 - x)**2)", lambda x: select(x >= 0, 1.0, np.square(1.0 / (1.0 - x)))),
        Order("where(x > 0, 0, 2/(1 - x)**3)", lambda x: select(x > 0, 0.0, 2.0 * (1.0 / (1.0 - x)) ** 3)),
    ),
    facts_of=lambda: Facts(-1, math.inf, 0, 1, 0, 1, kinks=(Kink(0, 2, 0, 2, _CURVATURE, order=2),)),
    reference=Reference(
        "V. Kunc and J. Kléma, Three decades of activations, 2024 (survey: PolyLU of Feng and Yang)",
        "https://arxiv.org/abs/2402.09092",
    ),
)


def _polylu(below: Array) -> Array:
    return select(below < -1.0, -1.0 / (1.0 - 1.0 / below), below / (1.0 - below))


def _swelling(right: Array, x: Array, scale: float, rate: float, order: int) -> Array:
    """Return `right` above 0, and below the derivative of this order of scale·x·exp(rate·x)."""
    return replaced(right, x <= 0, lambda below: _swell(below, scale, rate, order), x)


def _swell(x: Array, scale: float, rate: float, order: int) -> Array:
    """Return the k-th derivative of scale·x·exp(rate·x) for x ≤ 0: scale·rateᵏ⁻¹·(k + rate·x)·exp(rate·x)."""
    # Beyond this the exponential is 0; inside it the product is never ∞·0.
    below = np.maximum(x, -1000.0 / rate)
    return growth(
        below, rate, scale * rate ** (order - 1) * line(rate, below, order) if order else scale * below
    )


def _swell_facts(right: float, left: float, rate: float) -> Facts:
    kinks = (
        *kink(0, left, right, left, _LEFT),
        Kink(0, 2 * left * rate, 0, 2 * left * rate, _CURVATURE, order=2),
    )
    lowest = -left * math.exp(-2)
    return Facts(-left / (math.e * rate), math.inf, lowest, max(left, right), 0, right, kinks=kinks)


SERLU = Activation(
    name="serlu",
    title="Scaled exponentially-regularized linear unit",
    family="leveled",
    parameters=(
        Parameter("alpha", 2.90427, 0.001, 100, "depth of the dip, in units of scale"),
        Parameter("scale", 1.07862, 0.001, 100, "slope above 0"),
    ),
    orders=(
        Order(
            "where(x > 0, scale*x, scale*alpha*x*exp(x))",
            lambda x, alpha, scale: _swelling(scale * x, x, scale * alpha, 1.0, 0),
        ),
        Order(
            "where(x > 0, scale, scale*alpha*(1 + x)*exp(x))",
            lambda x, alpha, scale: _swelling(np.full_like(x, scale), x, scale * alpha, 1.0, 1),
        ),
        Order(
            "where(x > 0, 0, scale*alpha*(2 + x)*exp(x))",
            lambda x, alpha, scale: _swelling(np.zeros_like(x), x, scale * alpha, 1.0, 2),
        ),
    ),
    facts_of=lambda alpha, scale: _swell_facts(scale, scale * alpha, 1),
    reference=Reference(
        "G. Zhang and H. Li, Effectiveness of scaled exponentially-regularized linear units (SERLUs), 2018",
        "https://arxiv.org/abs/1807.10117",
    ),
)

PREU = Activation(
    name="preu",
    title="Parametric rectified exponential unit",
    family="leveled",
    parameters=(
        Parameter("alpha", 1, 0.001, 100, "learned slope above 0 and at 0"),
        Parameter("beta", 1, 0.001, 100, "learned rate of the fall below 0"),
    ),
    orders=(
        Order(
            "where(x > 0, alpha*x, alpha*x*exp(beta*x))",
            lambda x, alpha, beta: _swelling(alpha * x, x, alpha, beta, 0),
        ),
        Order(
            "where(x > 0, alpha, alpha*(1 + beta*x)*exp(beta*x))",
            lambda x, alpha, beta: _swelling(np.full_like(x, alpha), x, alpha, beta, 1),
        ),
        Order(
            "where(x > 0, 0, alpha*beta*(2 + beta*x)*exp(beta*x))",
            lambda x, alpha, beta: _swelling(np.zeros_like(x), x, alpha, beta, 2),
        ),
    ),
    facts_of=lambda alpha, beta: _swell_facts(alpha, alpha, beta),
    reference=Reference(
        "V. Kunc and J. Kléma, Three decades of activations, 2024 (survey: PREU)",
        "https://arxiv.org/abs/2402.09092",
    ),
)

# With e = exp(x), elish below 0 is flat at e = √2 − 1 and straight at the root of e³ + 3e² + 5e − 1.
# Differences from these are taken in x, about log e held in two parts, so that they keep every digit.
_FLAT, _FLAT_AT, _FLAT_REST = math.sqrt(2.0) - 1.0, -0.881373587019543, 2.250545892825866e-17
_BEND, _BEND_AT, _BEND_REST = 0.17950902460291676, -1.7175297959782472, 8.102722327784694e-17


def _elish(x: Array) -> Array:
    below = np.minimum(x, 0.0)
    return select(x >= 0, x * sigmoid(x), times_exp(np.tanh(below / 2.0), below))


def _elish_slope(x: Array) -> Array:
    above = np.clip(x, 0.0, 1000.0)
    return replaced(sigmoid(above) * (1.0 + above * sigmoid(-above)), x < 0, _elish_slope_left, x)


def _elish_slope_left(below: Array) -> Array:
    e = np.exp(below)
    # e − (√2 − 1) over √2 − 1, times (√2 − 1)·(e + 1 + √2) = 1 + (√2 − 1)·e.
    apart = np.expm1((below - _FLAT_AT) - _FLAT_REST)
    # Three forms of (e² + 2e − 1)/(1 + e)²: near 0, about its zero, in the tail.
    about = apart * (1.0 + _FLAT * e) / np.square(1.0 + e)
    tail = (e * (e + 2.0) - 1.0) / np.square(1.0 + e)
    nearby = np.tanh(below / 2.0) + sech2(below / 2.0) / 2.0
    return times_exp(select(below > -0.2, nearby, select(e > 0.2, about, tail)), below)


def _elish_curvature(x: Array) -> Array:
    below, above = np.minimum(x, 0.0), np.clip(x, 0.0, 1000.0)
    e = np.exp(below)
    apart = _BEND * np.expm1((below - _BEND_AT) - _BEND_REST)
    rest = (e + (3.0 + _BEND)) * e + (5.0 + _BEND * (3.0 + _BEND))
    left = times_exp(apart * rest / (1.0 + e) ** 3, below)
    right = times_exp((2.0 - above * np.tanh(above / 2.0)) * np.square(sigmoid(above)), -above)
    return select(x >= 0, SILU_CURVATURE.over(right, above), left)


ELISH = Activation(
    name="elish",
    title="Exponential linear squashing",
    family="leveled",
    orders=(
        Order("where(x >= 0, x*sigmoid(x), expm1(x)*sigmoid(x))", _elish),
        Order(
            "where(x >= 0, sigmoid(x)*(1 + x*sigmoid(-x)), exp(x)*(exp(2*x) + 2*exp(x) - 1)/(1 + exp(x))**2)",
            _elish_slope,
        ),
        Order(
            "where(x >= 0, sigmoid(x)*sigmoid(-x)*(2 - x*tanh(x/2)), "
            "exp(x)*(exp(3*x) + 3*exp(2*x) + 5*exp(x) - 1)/(1 + exp(x))**3)",
            _elish_curvature,
        ),
    ),
    # The supremum of f′ is that of silu; its infimum is taken where e³ + 3e² + 5e = 1.
    facts_of=lambda: Facts(
        2 * math.sqrt(2) - 3, math.inf, -0.07854684787555587, 1.0998393201288669, 0, 1,
        kinks=(Kink(0, 1, 1 / 2, 1 / 2, "0 belongs to the right side", order=2),),
    ),
    reference=Reference(
        "M. Basirat and P. M. Roth, The quest for the golden activation function, 2018",
        "https://arxiv.org/abs/1808.00783",
    ),
)  # fmt: skip

# Where (x + 2)·exp(x) = 1: the slope of hard elish is zero.
_TURN_AT, _TURN_REST = -0.4428544010023886, 1.4810791653201162e-17


def _hard_elish(x: Array) -> Array:
    gate = np.clip((x + 1.0) / 2.0, 0.0, 1.0)
    return select(x >= 0, x * gate, np.expm1(np.minimum(x, 0.0)) * gate)


def _hard_elish_slope(x: Array) -> Array:
    apart = (np.minimum(x, 0.0) - _TURN_AT) - _TURN_REST
    left = (np.expm1(apart) + apart / (_TURN_AT + 2.0) * np.exp(apart)) / 2.0
    right = select(x >= 1, 1.0, x + 0.5)
    return select(x >= 0, right, select(x > -1, left, 0.0))


def _hard_elish_curvature(x: Array) -> Array:
    left = np.exp(np.minimum(x, 0.0)) * (x + 3.0) / 2.0
    return select(x >= 0, select(x < 1, 1.0, 0.0), select(x > -1, left, 0.0))


HARD_ELISH = Activation(
    name="hard_elish",
    title="Hard exponential linear squashing",
    family="leveled",
    orders=(
        Order("where(x >= 0, x, expm1(x))*clip((x + 1)/2, 0, 1)", _hard_elish),
        Order(
            "where(x >= 0, where(x < 1, x + 1/2, 1), where(x > -1, ((x + 2)*exp(x) - 1)/2, 0))",
            _hard_elish_slope,
        ),
        Order(
            "where(x >= 0, where(x < 1, 1, 0), where(x > -1, (x + 3)*exp(x)/2, 0))",
            _hard_elish_curvature,
        ),
    ),
    facts_of=lambda: Facts(
        -0.09967315152874262, math.inf, math.expm1(-1) / 2, 3 / 2, 0, 1,
        kinks=(
            Kink(-1, 0, math.expm1(-1) / 2, 0, "the slope of the flat side"),
            Kink(-1, 0, math.exp(-1), 0, "the curvature of the flat side", order=2),
            Kink(0, 3 / 2, 1, 1, "0 belongs to the right side", order=2),
            Kink(1, 3 / 2, 1, 1, "the slope outside"),
            Kink(1, 1, 0, 0, "the curvature outside", order=2),
        ),
    ),
    reference=Reference(
        "M. Basirat and P. M. Roth, The quest for the golden activation function, 2018",
        "https://arxiv.org/abs/1808.00783",
    ),
)  # fmt: skip

ACTIVATIONS = (ISRLU, POLYLU, SERLU, PREU, ELISH, HARD_ELISH)
