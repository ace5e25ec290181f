"""Activations gated by a logistic function: x·σ(…)."""

import math

import numpy as np

from actcli.activation import Activation, Array, Facts, Order, Parameter, Reference
from actcli.catalogue.spelling import spelled
from actcli.numerics import carried, decay, two_product, two_square, two_sum, with_tail
from actcli.numerics.patches import (
    GELU_TANH_CURVATURE,
    GELU_TANH_SLOPE,
    SILU_CURVATURE,
    SILU_SLOPE,
)

# Every gate here is 0 to the last bit below −_FAR, and 1 above _OPEN; between them exp(x) is a number.
_FAR, _OPEN = 1000.0, 100.0


def _silu(x: Array, beta: float) -> Array:
    return _silu_from(x, *_silu_parts(x, beta))


def _silu_slope(x: Array, beta: float) -> Array:
    return _silu_slope_from(*_silu_parts(x, beta)[1:])


def _silu_joint(x: Array, beta: float) -> tuple[Array, Array]:
    parts = _silu_parts(x, beta)
    return _silu_from(x, *parts), _silu_slope_from(*parts[1:])


def _silu_parts(x: Array, beta: float) -> tuple[Array, Array, Array | float, Array]:
    """Return x within reach, v = β·x rounded, what the rounding left over, and exp(v)."""
    near = np.clip(x, -_FAR / beta, _OPEN / beta)
    high, low = two_product(beta, near)
    return near, high, low, carried(np.exp(high), low)


def _silu_from(x: Array, near: Array, high: Array, low: Array | float, t: Array) -> Array:
    return with_tail(np.maximum(x, near) * (t / (1.0 + t)), near, high, low)


def _silu_slope_from(high: Array, low: Array | float, t: Array) -> Array:
    steep = 1.0 + high
    slope = with_tail(_gated_slope(t, steep, t + low), steep, high, low)
    return SILU_SLOPE.over(slope, high, low)


def _gated_slope(t: Array, steep: Array, rest: Array) -> Array:
    """Return the slope of x·σ(v(x)), t·(1 + x·v′ + t)/(1 + t)² with t = exp(v).

    `steep` + `rest` is 1 + x·v′ + t, the part that cancels and the other.
    """
    return t * ((steep + rest) / (1.0 + t * (2.0 + t)))


def _silu_curvature(x: Array, beta: float) -> Array:
    size, rest = two_product(beta, np.minimum(np.abs(x), _FAR / beta))
    e = carried(np.exp(-size), -rest)
    cube, outer = 1.0 + e * (3.0 + e * (3.0 + e)), 2.0 - size
    curvature = SILU_CURVATURE.over(e * (outer + e * (2.0 + size)) / cube, size, rest)
    return with_tail(beta * curvature, beta * outer, -size, -rest)


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


QUICK_GELU = Activation(
    name="quick_gelu",
    title="Quick approximation of gelu",
    family="gated",
    aliases=("gelu_fast_approx", "gelu_sigmoid_approx"),
    spellings=spelled("mlx.nn.gelu_fast_approx transformers.QuickGELUActivation"),
    reference=Reference(
        "D. Hendrycks and K. Gimpel, Gaussian error linear units (GELUs), 2016",
        "https://arxiv.org/abs/1606.08415",
    ),
    remark="Off from gelu by up to 0.0203 (at |x| = 2.27).",
    orders=(
        Order("x*sigmoid(1.702*x)", lambda x: _silu(x, 1.702)),
        Order("sigmoid(1.702*x)*(1 + 1.702*x*sigmoid(-1.702*x))", lambda x: _silu_slope(x, 1.702)),
        Order(
            "1.702*sigmoid(1.702*x)*sigmoid(-1.702*x)*(2 - 1.702*x*tanh(0.851*x))",
            lambda x: _silu_curvature(x, 1.702),
        ),
    ),
    joint=lambda x: _silu_joint(x, 1.702),
    facts_of=lambda: SILU.facts_of(1.702),
)


# gelu_tanh is x·σ(v) with v = k·x + c·x³, k = 2√(2/π), c = 0.044715·k: k, c, 3c and 6c to 32 digits.
_LINEAR, _LINEAR_REST = 1.5957691216057308, -9.96930880911092e-17
_ONCE = (0.07135481627260025, -4.1218577217431825e-18)
_THRICE = (0.21406444881780073, 1.5122146425849084e-18)
_SIX_TIMES = (0.42812889763560147, 3.0244292851698168e-18)


def _cubic(x: Array, cubic: tuple[float, float]) -> tuple[Array, Array]:
    """Return k·x + cubic·x³ rounded, and the rounding error."""
    high, low = two_square(x)
    term, rest = two_product(cubic[0], high)
    factor, factor_low = two_sum(_LINEAR, term)
    factor_low = factor_low + (rest + cubic[0] * low + cubic[1] * high + _LINEAR_REST)
    outcome, outcome_low = two_product(factor, x)
    return outcome, outcome_low + factor_low * x


def _gelu_tanh(x: Array) -> Array:
    return _gelu_tanh_from(x, *_gelu_tanh_parts(x))


def _gelu_tanh_slope(x: Array) -> Array:
    return _gelu_tanh_slope_from(*_gelu_tanh_parts(x))


def _gelu_tanh_joint(x: Array) -> tuple[Array, Array]:
    parts = _gelu_tanh_parts(x)
    return _gelu_tanh_from(x, *parts), _gelu_tanh_slope_from(*parts)


def _gelu_tanh_parts(x: Array) -> tuple[Array, Array, Array, Array]:
    """Return x within reach, v rounded, what the rounding left over, and exp(v)."""
    near = np.clip(x, -30.0, 10.0)
    high, low = _cubic(near, _ONCE)
    return near, high, low, carried(np.exp(high), low)


def _gelu_tanh_from(x: Array, near: Array, high: Array, low: Array, t: Array) -> Array:
    return with_tail(np.maximum(x, near) * (t / (1.0 + t)), near, high, low)


def _gelu_tanh_slope_from(near: Array, high: Array, low: Array, t: Array) -> Array:
    # x·v′ = v + 2c·x³
    steep, rest = two_sum(high, 2.0 * _ONCE[0] * (near * near) * near)
    steep = 1.0 + steep
    slope = with_tail(_gated_slope(t, steep, t + (rest + low)), steep, high, low)
    return GELU_TANH_SLOPE.over(slope, near)


def _gelu_tanh_curvature(x: Array) -> Array:
    # As x·f″, every term to twice the digits, since two of them nearly cancel over a long stretch.
    size = np.clip(np.abs(x), 1e-150, 30.0)
    high, low = _cubic(size, _ONCE)
    rising, rising_low = _cubic(size, _SIX_TIMES)
    steep, steep_low = _cubic(size, _THRICE)
    falling, falling_low = two_square(steep)
    falling_low = falling_low + 2.0 * steep * steep_low
    e = decay(high, low)
    whole = 1.0 + e
    difference = (2.0 * rising - falling) + (2.0 * rising_low - falling_low)
    curvature = (e / whole) * ((difference + e * (2.0 * rising + falling)) / (whole * whole)) / size
    tail = with_tail(curvature, difference / size, -high, -low)
    return GELU_TANH_CURVATURE.over(tail, size)


GELU_TANH = Activation(
    name="gelu_tanh",
    title="Gelu by a hyperbolic tangent",
    family="gated",
    aliases=("gelu_new", "gelu_approx", "gelu_sigmoid"),
    spellings=spelled(
        "jax.nn.gelu flax.linen.gelu NNlib.gelu NNlib.gelu_tanh NNlib.gelu_sigmoid mlx.nn.gelu_approx "
        "transformers.NewGELUActivation"
    ),
    reference=Reference(
        "D. Hendrycks and K. Gimpel, Gaussian error linear units (GELUs), 2016",
        "https://arxiv.org/abs/1606.08415",
    ),
    remark="Off from gelu by up to 4.7e-4 (at |x| = 2.70); the default of jax, flax and NNlib.",
    orders=(
        Order("x/2*(1 + tanh(sqrt(2/pi)*(x + 0.044715*x**3)))", _gelu_tanh),
        Order(
            "(1 + tanh(sqrt(2/pi)*(x + 0.044715*x**3)))/2 + x/2*sqrt(2/pi)*(1 + 3*0.044715*x**2)"
            "*sech(sqrt(2/pi)*(x + 0.044715*x**3))**2",
            _gelu_tanh_slope,
        ),
        Order(
            "sqrt(2/pi)*sech(sqrt(2/pi)*(x + 0.044715*x**3))**2*(1 + 6*0.044715*x**2"
            " - x*sqrt(2/pi)*(1 + 3*0.044715*x**2)**2*tanh(sqrt(2/pi)*(x + 0.044715*x**3)))",
            _gelu_tanh_curvature,
        ),
    ),
    joint=_gelu_tanh_joint,
    facts_of=lambda: Facts(
        -0.17004075057125405, math.inf, -0.12899306865877176, 1.1289930686587718, 0.0, 1.0
    ),
)

ACTIVATIONS = (SILU, QUICK_GELU, GELU_TANH)
