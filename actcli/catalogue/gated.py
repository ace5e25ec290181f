"""Gated activations: x times a smooth gate that opens from 0 to 1."""

import math

import numpy as np

from actcli.activation import Activation, Array, Facts, Order, Parameter, Reference
from actcli.catalogue.spelling import spelled
from actcli.numerics import decay, normal_tail_ratio, product, times_bell, with_tail
from actcli.numerics.patches import (
    GELU_SLOPE,
    MISH_CURVATURE_LEFT,
    MISH_CURVATURE_RIGHT,
    MISH_SLOPE,
    SILU_CURVATURE,
    SILU_SLOPE,
)

# Every gate here is 0 or 1 to the last bit beyond this; inside it no product of x overflows or is nan.
_FAR = 1000.0
_DENSITY_AT_ZERO = 1.0 / math.sqrt(2.0 * math.pi)
_ROOT_TWO, _ROOT_TWO_REST = 1.4142135623730951, -9.667293313452913e-17


def _silu(x: Array, beta: float) -> Array:
    return _silu_joint(x, beta)[0]


def _silu_slope(x: Array, beta: float) -> Array:
    return _silu_joint(x, beta)[1]


def _silu_joint(x: Array, beta: float) -> tuple[Array, Array]:
    near = np.clip(x, -_FAR / beta, _FAR / beta)
    high, low = product(beta, near)
    e = decay(high, low)
    one = 1.0 + e
    value = np.where(x < 0, near * e, x) / one
    slope = np.where(x < 0, e * (one + high), one + high * e) / (one * one)
    exponent = np.minimum(high, 0.0)
    value = with_tail(value, near * (1.0 + low), exponent)
    slope = with_tail(slope, (1.0 + high) * (1.0 + low), exponent)
    return value, SILU_SLOPE.over(slope, high, low)


def _silu_curvature(x: Array, beta: float) -> Array:
    high, low = product(beta, np.clip(x, -_FAR / beta, _FAR / beta))
    size, rest = np.abs(high), np.sign(high) * low
    e = decay(high, low)
    one = 1.0 + e
    curvature = e * (2.0 * one - size * (1.0 - e)) / (one * one * one)
    curvature = with_tail(curvature, (2.0 - size) * (1.0 - rest), -size)
    return beta * SILU_CURVATURE.over(curvature, size, rest)


SILU = Activation(
    name="silu",
    title="Sigmoid linear unit (swish)",
    family="gated",
    aliases=("swish", "sil"),
    spellings=spelled(
        "torch.nn.SiLU torch.nn.functional.silu jax.nn.silu jax.nn.swish flax.linen.silu "
        "flax.linen.swish keras.activations.silu keras.activations.swish keras2.swish tf.nn.silu "
        "tf.nn.swish NNlib.swish mlx.nn.SiLU mlx.nn.silu onnx.Swish",
        beta=1.0,
    ),
    parameters=(
        Parameter("beta", 1.0, 0.01, 100.0, "steepness of the gate; relu as it grows, x/2 as it falls to 0"),
    ),
    reference=Reference(
        "S. Elfwing, E. Uchibe and K. Doya, Sigmoid-weighted linear units for neural network function "
        "approximation in reinforcement learning, 2017; with beta: P. Ramachandran, B. Zoph and Q. V. Le, "
        "Searching for activation functions, 2017 (arXiv:1710.05941)",
        "https://arxiv.org/abs/1702.03118",
    ),
    orders=(
        Order("x*sigmoid(beta*x)", _silu),
        Order("sigmoid(beta*x)*(1 + beta*x*sigmoid(-beta*x))", _silu_slope),
        Order("beta*sigmoid(beta*x)*sigmoid(-beta*x)*(2 - beta*x*tanh(beta*x/2))", _silu_curvature),
    ),
    joint=_silu_joint,
    facts_of=lambda beta: Facts(
        -0.2784645427610738 / beta, math.inf, -0.09983932012886692, 1.0998393201288669, 0.0, 1.0
    ),
)


def _gelu(x: Array) -> Array:
    near = np.clip(x, -40.0, 40.0)
    tail = times_bell(near * normal_tail_ratio(np.abs(near)), near)
    return np.where(x < 0, tail, x - tail)


def _gelu_slope(x: Array) -> Array:
    near = np.clip(x, -40.0, 40.0)
    return _gelu_slope_from(near, normal_tail_ratio(np.abs(near)))


def _gelu_slope_from(near: Array, ratio: Array) -> Array:
    # Φ(−s) − s·φ(s): the slope at −s, and what the slope at +s lacks of 1.
    lack = times_bell(ratio - _DENSITY_AT_ZERO * np.abs(near), near)
    return GELU_SLOPE.over(np.where(near < 0, lack, 1.0 - lack), near)


def _gelu_curvature(x: Array) -> Array:
    size = np.minimum(np.abs(x), 40.0)
    # 2 − x² as a product, with √2 to 32 digits, keeps its zero.
    difference = ((_ROOT_TWO - size) + _ROOT_TWO_REST) * (_ROOT_TWO + size)
    return times_bell(_DENSITY_AT_ZERO * difference, size)


def _gelu_joint(x: Array) -> tuple[Array, Array]:
    near = np.clip(x, -40.0, 40.0)
    ratio = normal_tail_ratio(np.abs(near))
    tail = times_bell(near * ratio, near)
    return np.where(x < 0, tail, x - tail), _gelu_slope_from(near, ratio)


GELU = Activation(
    name="gelu",
    title="Gaussian error linear unit",
    family="gated",
    spellings=spelled(
        "torch.nn.GELU torch.nn.functional.gelu keras.activations.gelu tf.nn.gelu NNlib.gelu_erf "
        "mlx.nn.GELU mlx.nn.gelu onnx.Gelu"
    ),
    reference=Reference(
        "D. Hendrycks and K. Gimpel, Gaussian error linear units (GELUs), 2016",
        "https://arxiv.org/abs/1606.08415",
    ),
    orders=(
        Order("x*normal_cdf(x)", _gelu),
        Order("normal_cdf(x) + x*normal_density(x)", _gelu_slope),
        Order("(2 - x**2)*normal_density(x)", _gelu_curvature),
    ),
    joint=_gelu_joint,
    facts_of=lambda: Facts(
        -0.16997120747990366, math.inf, -0.12890414518515479, 1.1289041451851548, 0.0, 1.0
    ),
)


def _mish(x: Array) -> Array:
    return _mish_joint(x)[0]


def _mish_slope(x: Array) -> Array:
    return _mish_joint(x)[1]


def _mish_joint(x: Array) -> tuple[Array, Array]:
    near = np.clip(x, -_FAR, _FAR)
    negative = x < 0
    e = np.exp(-np.abs(near))
    # exp(±x) never exceeds 1: the right half is the left one divided by exp(2x) above and below.
    open_part = np.where(negative, e * (e + 2.0), 1.0 + 2.0 * e)
    whole = np.where(negative, open_part + 2.0, open_part + 2.0 * e * e)
    value = np.where(negative, near, x) * (open_part / whole)
    outer, inner = 4.0 * near + 4.0, 4.0 * near + 6.0
    left = e * (outer + e * (inner + e * (4.0 + e)))
    right = 1.0 + e * (4.0 + e * (inner + e * outer))
    slope = np.where(negative, left, right) / (whole * whole)
    exponent = np.minimum(near, 0.0)
    value = with_tail(value, near, exponent)
    return value, MISH_SLOPE.over(with_tail(slope, 1.0 + near, exponent), near)


def _mish_curvature(x: Array) -> Array:
    near = np.clip(x, -_FAR, _FAR)
    negative = x < 0
    e = np.exp(-np.abs(near))
    first, second, third, last = near - 1.0, near - 2.0, near + 4.0, near + 2.0
    left = 2.0 * last + e * (2.0 * third - e * (3.0 * second + 2.0 * e * first))
    right = e * (2.0 * e * (last * e + third) - 3.0 * second) - 2.0 * first
    whole = np.where(negative, e * (e + 2.0) + 2.0, 1.0 + 2.0 * e * (1.0 + e))
    leading = np.where(negative, e, e * e)
    curvature = 4.0 * leading * np.where(negative, left, right) / (whole * whole * whole)
    exponent = np.where(negative, near, -2.0 * near)
    curvature = with_tail(curvature, np.where(negative, last, -8.0 * first), exponent)
    return MISH_CURVATURE_LEFT.over(MISH_CURVATURE_RIGHT.over(curvature, near), near)


MISH = Activation(
    name="mish",
    title="Mish",
    family="gated",
    spellings=spelled(
        "torch.nn.Mish torch.nn.functional.mish jax.nn.mish keras.activations.mish NNlib.mish "
        "mlx.nn.Mish mlx.nn.mish onnx.Mish"
    ),
    reference=Reference(
        "D. Misra, Mish: a self regularized non-monotonic activation function, 2019",
        "https://arxiv.org/abs/1908.08681",
    ),
    orders=(
        Order("x*tanh(softplus(x))", _mish),
        Order("tanh(softplus(x)) + x*sech(softplus(x))**2*sigmoid(x)", _mish_slope),
        Order(
            "sech(softplus(x))**2*sigmoid(x)*(2 + x*sigmoid(-x) - 2*x*tanh(softplus(x))*sigmoid(x))",
            _mish_curvature,
        ),
    ),
    joint=_mish_joint,
    facts_of=lambda: Facts(-0.3088434130172504, math.inf, -0.11252612238946256, 1.0884981612517279, 0.0, 1.0),
)

ACTIVATIONS = (SILU, GELU, MISH)
