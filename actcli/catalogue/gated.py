"""Gated activations: x times a smooth gate that opens from 0 to 1."""

import math

import numpy as np

from actcli.activation import Activation, Array, Facts, Order, Parameter, Reference
from actcli.catalogue.spelling import spelled
from actcli.numerics import balance, decay, normal_tail_ratio, product, select, times_bell, with_tail
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
    near = np.maximum(x, -_FAR / beta)
    high, low = product(beta, near)
    up, down = balance(high, low)
    return with_tail(near * (up / (up + down)), near + near * low, high)


def _silu_slope(x: Array, beta: float) -> Array:
    high, low = product(beta, np.clip(x, -_FAR / beta, _FAR / beta))
    return _silu_slope_from(high, low, *balance(high, low))


def _silu_slope_from(high: Array, low: Array | float, up: Array, down: Array) -> Array:
    whole = up + down
    outer = 1.0 + high
    slope = (up / whole) * ((up + down * outer) / whole)
    return SILU_SLOPE.over(with_tail(slope, outer + outer * low, high), high, low)


def _silu_joint(x: Array, beta: float) -> tuple[Array, Array]:
    near = np.clip(x, -_FAR / beta, _FAR / beta)
    high, low = product(beta, near)
    up, down = balance(high, low)
    value = with_tail(np.maximum(x, near) * (up / (up + down)), near + near * low, high)
    return value, _silu_slope_from(high, low, up, down)


def _silu_curvature(x: Array, beta: float) -> Array:
    high, low = product(beta, np.clip(x, -_FAR / beta, _FAR / beta))
    size, rest = np.abs(high), np.sign(high) * low
    e = decay(high, low)
    whole, outer = 1.0 + e, beta * (2.0 - size)
    curvature = (e / whole) * (((2.0 - size) + e * (2.0 + size)) / (whole * whole))
    curvature = beta * SILU_CURVATURE.over(curvature, size, rest)
    return with_tail(curvature, outer - outer * rest, -size)


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
    size = np.minimum(np.abs(x), 40.0)
    return np.maximum(x, 0.0) - times_bell(size * normal_tail_ratio(size), size)


def _gelu_slope(x: Array) -> Array:
    size = np.minimum(np.abs(x), 40.0)
    return _gelu_slope_from(x, size, normal_tail_ratio(size))


def _gelu_slope_from(x: Array, size: Array, ratio: Array) -> Array:
    # Φ(−s) − s·φ(s): the slope at −s, and what the slope at +s lacks of 1.
    lack = times_bell(ratio - _DENSITY_AT_ZERO * size, size)
    return GELU_SLOPE.over(select(x < 0, lack, 1.0 - lack), x)


def _gelu_joint(x: Array) -> tuple[Array, Array]:
    size = np.minimum(np.abs(x), 40.0)
    ratio = normal_tail_ratio(size)
    return np.maximum(x, 0.0) - times_bell(size * ratio, size), _gelu_slope_from(x, size, ratio)


def _gelu_curvature(x: Array) -> Array:
    size = np.minimum(np.abs(x), 40.0)
    # 2 − x² as a product, with √2 to 32 digits, keeps its zero.
    difference = ((_ROOT_TWO - size) + _ROOT_TWO_REST) * (_ROOT_TWO + size)
    return times_bell(_DENSITY_AT_ZERO * difference, size)


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
    near = np.maximum(x, -_FAR)
    up, down = balance(near)
    opened = up * (up + 2.0 * down)
    return with_tail(near * (opened / (opened + 2.0 * down * down)), near, near)


def _mish_slope(x: Array) -> Array:
    near = np.clip(x, -_FAR, _FAR)
    return _mish_slope_from(near, *balance(near))


def _mish_slope_from(near: Array, up: Array, down: Array) -> Array:
    opened = up * (up + 2.0 * down)
    whole = opened + 2.0 * down * down
    sides = 4.0 * near * (up * down) * (down * (up + down))
    slope = (opened + sides / whole) / whole
    # The same sum with its cancelling terms taken together, for the part left of −ln 2.
    left = 4.0 * (1.0 + near) + up * ((6.0 + 4.0 * near) + up * (4.0 + up))
    slope = select(near < -math.log(2.0), up * left / (whole * whole), slope)
    return MISH_SLOPE.over(with_tail(slope, 1.0 + near, near), near)


def _mish_joint(x: Array) -> tuple[Array, Array]:
    near = np.clip(x, -_FAR, _FAR)
    up, down = balance(near)
    opened = up * (up + 2.0 * down)
    value = with_tail(np.maximum(x, near) * (opened / (opened + 2.0 * down * down)), near, near)
    return value, _mish_slope_from(near, up, down)


def _mish_curvature(x: Array) -> Array:
    near = np.clip(x, -_FAR, _FAR)
    up, down = balance(near)
    whole = up * (up + 2.0 * down) + 2.0 * down * down
    rising = 2.0 * (near + 2.0) * down + 2.0 * (near + 4.0) * up
    falling = up * (3.0 * (near - 2.0) * down + 2.0 * (near - 1.0) * up)
    curvature = 4.0 * up * (down / whole) * (down / whole) * ((down * down * rising - up * falling) / whole)
    factor = select(near < 0, near + 2.0, -8.0 * (near - 1.0))
    curvature = with_tail(curvature, factor, np.minimum(near, -2.0 * near))
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
