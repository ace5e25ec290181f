"""Exponential linear units: linear above 0, an exponential that levels off below."""

import math
from decimal import Decimal, localcontext
from functools import cache

import numpy as np

from actcli.activation import Activation, Array, Facts, Order, Parameter, Reference
from actcli.catalogue.pieces import growth, kink, quotient
from actcli.catalogue.spelling import spelled
from actcli.numerics import carried, nothing, put, replaced, select, taken, times_exp, two_product, with_tail

_LEFT = "the left value, as torch and jax take it"
_OUTER = "the curvature of the exponential side, as torch and jax take it"

EXPONENTIAL = Activation(
    name="exponential",
    title="Exponential",
    family="exponential",
    aliases=("exp",),
    spellings=spelled("keras.activations.exponential keras2.exponential onnx.Exp"),
    orders=(Order("exp(x)", np.exp), Order("exp(x)", np.exp), Order("exp(x)", np.exp)),
    facts_of=lambda: Facts(0, math.inf, 0, math.inf, 0, math.inf),
    reference=Reference("keras.activations.exponential", "https://keras.io/api/layers/activations/"),
)


def _unit(x: Array, right: float, left: float, rate: float = 1.0) -> Array:
    """Return right·x above 0 and left·(exp(rate·x) − 1) below."""
    return replaced(right * x, x <= 0, lambda below: left * _expm1(*_rated(below, rate)), x)


def _unit_slope(x: Array, right: float, left: float, rate: float = 1.0) -> Array:
    return replaced(np.full_like(x, right), x <= 0, lambda below: growth(below, rate, rate * left), x)


def _unit_joint(x: Array, right: float, left: float, rate: float = 1.0) -> tuple[Array, Array]:
    places = np.flatnonzero(x <= 0)
    value, slope = _both(left, rate * left, *_rated(np.take(x, places), rate))
    return put(right * x, places, value), put(np.full_like(x, right), places, slope)


def _unit_curvature(x: Array, left: float, rate: float = 1.0) -> Array:
    return replaced(np.zeros_like(x), x <= 0, lambda below: growth(below, rate, rate * rate * left), x)


def _rated(x: Array, rate: float) -> tuple[Array, Array | float]:
    """Return rate·x for x ≤ 0 rounded, and the rounding error."""
    return two_product(rate, np.maximum(x, -1000.0 / rate))


def _expm1(high: Array, low: Array | float) -> Array:
    """Return exp(high + low) − 1."""
    return np.expm1(high) if nothing(low) else np.expm1(high) + np.exp(high) * low


def _both(left: float, steep: float, high: Array, low: Array | float) -> tuple[Array, Array]:
    """Return left·(exp(high + low) − 1) and steep·exp(high + low), from one exponential but near 0."""
    e = carried(np.exp(high), low)
    near = np.flatnonzero(e > 0.5)
    grown = put(e - 1.0, near, _expm1(np.take(high, near), taken(low, near)))
    return left * grown, with_tail(steep * e, steep, high, low)


def _unit_facts(right: float, left_end: float, left_slope: float, left_curvature: float) -> Facts:
    kinks = (
        *kink(0, left_slope, right, left_slope, _LEFT),
        *kink(0, left_curvature, 0, left_curvature, _OUTER, order=2),
    )
    return Facts(-left_end, math.inf, 0, max(left_slope, right), 0, right, kinks=kinks)


@cache
def _log_of_rest(alpha: float) -> tuple[float, float]:
    """Return log(1 − alpha²) in two parts; float64 alone would blur the zero of soft_exponential."""
    with localcontext(prec=50):
        logarithm = (1 - Decimal(alpha) ** 2).ln()
        return float(logarithm), float(logarithm - Decimal(float(logarithm)))


def _soft_exponential(x: Array, alpha: float) -> Array:
    if alpha == 1.0:
        return np.exp(x)
    high, low = two_product(alpha, np.clip(x, -1000.0 / alpha, 1000.0 / alpha))
    grown = np.exp(high)
    far = select(np.isfinite(grown), np.expm1(high) + grown * low, grown) / alpha + alpha
    log_high, log_low = _log_of_rest(alpha)
    apart = (high - log_high) + (low - log_low)
    near = (1.0 - alpha) * (1.0 + alpha) / alpha * np.expm1(apart)
    return select(np.abs(apart) < 1.0, near, far)


SOFT_EXPONENTIAL = Activation(
    name="soft_exponential",
    title="Soft exponential",
    family="exponential",
    parameters=(Parameter("alpha", 0.5, 0.001, 1, "learned; towards 0 the identity, 1 is the exponential"),),
    orders=(
        Order("expm1(alpha*x)/alpha + alpha", _soft_exponential),
        Order("exp(alpha*x)", growth),
        Order("alpha*exp(alpha*x)", lambda x, alpha: growth(x, alpha, alpha)),
    ),
    facts_of=lambda alpha: Facts(alpha - 1 / alpha, math.inf, 0, math.inf, 0, math.inf),
    reference=Reference(
        "L. B. Godfrey and M. S. Gashler, A continuum among logarithmic, linear, and exponential functions, "
        "and its potential to improve generalization in neural networks, 2016",
        "https://arxiv.org/abs/1602.01321",
    ),
    remark="the paper also takes negative alpha, a logarithm that has no value below 1/alpha − alpha",
)


ELU = Activation(
    name="elu",
    title="Exponential linear unit",
    family="exponential",
    spellings=spelled(
        "torch.nn.ELU torch.nn.functional.elu jax.nn.elu flax.linen.elu keras.activations.elu "
        "keras.layers.ELU keras2.elu tf.nn.elu NNlib.elu mlx.nn.ELU mlx.nn.elu onnx.Elu",
        alpha=1,
    ),
    parameters=(Parameter("alpha", 1, 0.001, 100, "the output falls to −alpha"),),
    orders=(
        Order("where(x > 0, x, alpha*expm1(x))", lambda x, alpha: _unit(x, 1.0, alpha)),
        Order("where(x > 0, 1, alpha*exp(x))", lambda x, alpha: _unit_slope(x, 1.0, alpha)),
        Order("where(x > 0, 0, alpha*exp(x))", _unit_curvature),
    ),
    joint=lambda x, alpha: _unit_joint(x, 1.0, alpha),
    facts_of=lambda alpha: _unit_facts(1, alpha, alpha, alpha),
    reference=Reference(
        "D.-A. Clevert, T. Unterthiner and S. Hochreiter, Fast and accurate deep network learning by "
        "exponential linear units (ELUs), 2015",
        "https://arxiv.org/abs/1511.07289",
    ),
)

SELU = Activation(
    name="selu",
    title="Scaled exponential linear unit",
    family="exponential",
    spellings=spelled(
        "torch.nn.SELU torch.nn.functional.selu jax.nn.selu flax.linen.selu keras.activations.selu "
        "keras2.selu tf.nn.selu NNlib.selu",
        alpha=1.6732632423543772, scale=1.0507009873554805,
    )
    | spelled("mlx.nn.SELU mlx.nn.selu", alpha=1.67326, scale=1.0507)
    | spelled("onnx.Selu", alpha=1.67326319217681884765625, scale=1.05070102214813232421875),
    parameters=(
        Parameter("alpha", 1.6732632423543772, 0.001, 100, "the output falls to −scale·alpha"),
        Parameter("scale", 1.0507009873554805, 0.001, 100, "slope above 0"),
    ),
    orders=(
        Order(
            "where(x > 0, scale*x, scale*alpha*expm1(x))",
            lambda x, alpha, scale: _unit(x, scale, scale * alpha),
        ),
        Order(
            "where(x > 0, scale, scale*alpha*exp(x))",
            lambda x, alpha, scale: _unit_slope(x, scale, scale * alpha),
        ),
        Order(
            "where(x > 0, 0, scale*alpha*exp(x))",
            lambda x, alpha, scale: _unit_curvature(x, scale * alpha),
        ),
    ),
    joint=lambda x, alpha, scale: _unit_joint(x, scale, scale * alpha),
    facts_of=lambda alpha, scale: _unit_facts(scale, scale * alpha, scale * alpha, scale * alpha),
    reference=Reference(
        "G. Klambauer, T. Unterthiner, A. Mayr and S. Hochreiter, Self-normalizing neural networks, 2017",
        "https://arxiv.org/abs/1706.02515",
    ),
    remark="mlx rounds both constants to six digits and onnx to float32",
)  # fmt: skip


# A subnormal x/b has lost its digits; there the function is its own tangent.
_STRAIGHT = -1e-290


def _pelu(x: Array, a: float, b: float) -> Array:
    """Return a/b·x above 0 and a·(exp(x/b) − 1) below."""
    return replaced(a / b * x, x < _STRAIGHT * b, lambda below: a * _expm1(*_shrunk(below, b)), x)


def _pelu_slope(x: Array, a: float, b: float) -> Array:
    return replaced(np.full_like(x, a / b), x <= 0, lambda below: _pelu_left(a / b, below, b), x)


def _pelu_joint(x: Array, a: float, b: float) -> tuple[Array, Array]:
    places = np.flatnonzero(x < _STRAIGHT * b)
    value, slope = _both(a, a / b, *_shrunk(np.take(x, places), b))
    return put(a / b * x, places, value), put(np.full_like(x, a / b), places, slope)


def _pelu_curvature(x: Array, a: float, b: float) -> Array:
    return replaced(np.zeros_like(x), x <= 0, lambda below: _pelu_left(a / (b * b), below, b), x)


def _pelu_left(factor: float, x: Array, b: float) -> Array:
    """Return factor·exp(x/b) for x ≤ 0."""
    high, low = _shrunk(x, b)
    return times_exp(factor * (1.0 + low), high)


def _shrunk(x: Array, b: float) -> tuple[Array, Array | float]:
    """Return x/b for x ≤ 0 rounded, and the rounding error."""
    return quotient(np.maximum(x, -1000.0 * b), b)


CELU = Activation(
    name="celu",
    title="Continuously differentiable exponential linear unit",
    family="exponential",
    spellings=spelled(
        "torch.nn.CELU torch.nn.functional.celu jax.nn.celu flax.linen.celu keras.activations.celu "
        "NNlib.celu mlx.nn.CELU mlx.nn.celu onnx.Celu",
        alpha=1,
    ),
    parameters=(Parameter("alpha", 1, 0.001, 1000, "the output falls to −alpha, over a length alpha"),),
    orders=(
        Order("where(x > 0, x, alpha*expm1(x/alpha))", lambda x, alpha: _pelu(x, alpha, alpha)),
        Order("where(x > 0, 1, exp(x/alpha))", lambda x, alpha: _pelu_slope(x, alpha, alpha)),
        Order("where(x > 0, 0, exp(x/alpha)/alpha)", lambda x, alpha: _pelu_curvature(x, alpha, alpha)),
    ),
    joint=lambda x, alpha: _pelu_joint(x, alpha, alpha),
    facts_of=lambda alpha: _unit_facts(1, alpha, 1, 1 / alpha),
    reference=Reference(
        "J. T. Barron, Continuously differentiable exponential linear units, 2017",
        "https://arxiv.org/abs/1704.07483",
    ),
)


PELU = Activation(
    name="pelu",
    title="Parametric exponential linear unit",
    family="exponential",
    parameters=(
        Parameter("a", 1, 0.01, 100, "learned; the output falls to −a"),
        Parameter("b", 1, 0.01, 100, "learned; the length over which it falls"),
    ),
    orders=(
        Order("where(x > 0, a/b*x, a*expm1(x/b))", _pelu),
        Order("where(x > 0, a/b, a/b*exp(x/b))", _pelu_slope),
        Order("where(x > 0, 0, a/b**2*exp(x/b))", _pelu_curvature),
    ),
    joint=_pelu_joint,
    facts_of=lambda a, b: _unit_facts(a / b, a, a / b, a / (b * b)),
    reference=Reference(
        "L. Trottier, P. Giguère and B. Chaib-draa, Parametric exponential linear unit for deep "
        "convolutional neural networks, 2016",
        "https://arxiv.org/abs/1605.09332",
    ),
)

MPELU = Activation(
    name="mpelu",
    title="Multiple parametric exponential linear unit",
    family="exponential",
    parameters=(
        Parameter("alpha", 1, 0.001, 100, "learned; the output falls to −alpha"),
        Parameter("beta", 1, 0.001, 100, "learned rate of the fall"),
    ),
    orders=(
        Order("where(x > 0, x, alpha*expm1(beta*x))", lambda x, alpha, beta: _unit(x, 1.0, alpha, beta)),
        Order(
            "where(x > 0, 1, alpha*beta*exp(beta*x))", lambda x, alpha, beta: _unit_slope(x, 1.0, alpha, beta)
        ),
        Order("where(x > 0, 0, alpha*beta**2*exp(beta*x))", _unit_curvature),
    ),
    joint=lambda x, alpha, beta: _unit_joint(x, 1.0, alpha, beta),
    facts_of=lambda alpha, beta: _unit_facts(1, alpha, alpha * beta, alpha * beta * beta),
    reference=Reference(
        "Y. Li, C. Fan, Y. Li and Q. Wu, Improving deep neural network with multiple parametric exponential "
        "linear units, 2016",
        "https://arxiv.org/abs/1606.00305",
    ),
)

ACTIVATIONS = (EXPONENTIAL, SOFT_EXPONENTIAL, ELU, SELU, CELU, PELU, MPELU)
