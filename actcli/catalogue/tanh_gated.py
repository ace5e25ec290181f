"""Activations gated by a hyperbolic tangent: x·tanh(…), and a line with a tanh added."""

import math

import numpy as np

from actcli.activation import Activation, Array, Facts, Order, Reference
from actcli.catalogue.gate import ExponentialGate
from actcli.catalogue.spelling import spelled
from actcli.numerics import Patch, balance, sech2, select, times_exp, with_tail
from actcli.numerics.patches import (
    LISHT_CURVATURE,
    MISH_CURVATURE_LEFT,
    MISH_CURVATURE_RIGHT,
    MISH_SLOPE,
    SMISH_CURVATURE_LEFT,
    SMISH_CURVATURE_RIGHT,
    SMISH_SLOPE,
    TANHEXP_CURVATURE_LEFT,
    TANHEXP_CURVATURE_RIGHT,
    TANHEXP_SLOPE,
)

# Every gate here is 0 to the last bit below −_FAR, and 1 above _OPEN; between them exp(x) is a number.
_FAR, _OPEN = 1000.0, 100.0


# mish and smish are x·t·(2 + c·t)/w with t = exp(x) and w = 2 + 2c·t + (2c − 1)·t², where c is 1 and 3.
_MISH, _SMISH = 1.0, 3.0


def _gated(x: Array, c: float) -> Array:
    return _gated_from(x, c, *_parts(x, c))


def _slope(x: Array, c: float, zero: Patch) -> Array:
    return _slope_from(c, zero, *_parts(x, c))


def _joint(x: Array, c: float, zero: Patch) -> tuple[Array, Array]:
    parts = _parts(x, c)
    return _gated_from(x, c, *parts), _slope_from(c, zero, *parts)


def _parts(x: Array, c: float) -> tuple[Array, Array, Array]:
    """Return x within reach, t and w; the largest t is a power of two, for exact limits."""
    near = np.clip(x, -_FAR, _OPEN)
    t = np.minimum(np.exp(near), 2.0**100)
    return near, t, 2.0 + t * (2.0 * c + (2.0 * c - 1.0) * t)


def _gated_from(x: Array, c: float, near: Array, t: Array, whole: Array) -> Array:
    return with_tail(np.maximum(x, near) * (t * (2.0 + c * t) / whole), near, near)


def _slope_from(c: float, zero: Patch, near: Array, t: Array, whole: Array) -> Array:
    # What cancels on the left is 1 + x, which rounds nothing; the rest of the bracket is one sum.
    slope = t * (2.0 * (1.0 + near) + t * (c - 2.0 * near * (t / whole))) / whole
    return zero.over(with_tail(slope, 1.0 + near, near), near)


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
    family="tanh_gated",
    spellings=spelled(
        "torch.nn.Mish torch.nn.functional.mish jax.nn.mish keras.activations.mish NNlib.mish "
        "mlx.nn.Mish mlx.nn.mish onnx.Mish tfa.activations.mish"
    ),
    reference=Reference(
        "D. Misra, Mish: a self regularized non-monotonic activation function, 2019",
        "https://arxiv.org/abs/1908.08681",
    ),
    orders=(
        Order("x*tanh(softplus(x))", lambda x: _gated(x, _MISH)),
        Order(
            "tanh(softplus(x)) + x*sech(softplus(x))**2*sigmoid(x)", lambda x: _slope(x, _MISH, MISH_SLOPE)
        ),
        Order(
            "sech(softplus(x))**2*sigmoid(x)*(2 + x*sigmoid(-x) - 2*x*tanh(softplus(x))*sigmoid(x))",
            _mish_curvature,
        ),
    ),
    joint=lambda x: _joint(x, _MISH, MISH_SLOPE),
    facts_of=lambda: Facts(-0.3088434130172504, math.inf, -0.11252612238946256, 1.0884981612517279, 0.0, 1.0),
)


def _lisht_slope(x: Array) -> Array:
    near = np.clip(x, -_FAR, _FAR)
    return np.tanh(near) + near * sech2(near)


def _lisht_curvature(x: Array) -> Array:
    size = np.minimum(np.abs(x), _FAR)
    curvature = 2.0 * sech2(size) * (1.0 - size * np.tanh(size))
    return LISHT_CURVATURE.over(with_tail(curvature, 8.0 * (1.0 - size), -2.0 * size), size)


LISHT = Activation(
    name="lisht",
    title="Linearly scaled hyperbolic tangent",
    family="tanh_gated",
    spellings=spelled("NNlib.lisht tfa.activations.lisht"),
    reference=Reference(
        "S. K. Roy, S. Manna, S. R. Dubey and B. B. Chaudhuri, LiSHT: non-parametric linearly scaled "
        "hyperbolic tangent activation function for neural networks, 2019",
        "https://arxiv.org/abs/1901.05894",
    ),
    orders=(
        Order("x*tanh(x)", lambda x: x * np.tanh(x)),
        Order("tanh(x) + x*sech(x)**2", _lisht_slope),
        Order("2*sech(x)**2*(1 - x*tanh(x))", _lisht_curvature),
    ),
    facts_of=lambda: Facts(0.0, math.inf, -1.1996786402577338, 1.1996786402577338, -1.0, 1.0, parity="even"),
)


def _smish_curvature(x: Array) -> Array:
    near = np.clip(x, -_FAR, _FAR)
    up, down = balance(near)
    whole = up + down
    # With σ = up/whole: (1 + σ)·whole² and (1 + (1 + σ)²)·whole², their terms in order of size.
    product = down * down + up * (3.0 * down + 2.0 * up)
    squares = 2.0 * down * down + up * (6.0 * down + 5.0 * up)
    share = up * down / whole
    bend = (down - up) / whole + share / (whole + up) - 4.0 * share * ((whole + up) / squares)
    curvature = times_exp(4.0 * product / squares / squares * (2.0 + near * bend), -np.abs(near))
    return SMISH_CURVATURE_LEFT.over(SMISH_CURVATURE_RIGHT.over(curvature, near), near)


SMISH = Activation(
    name="smish",
    title="Smish",
    family="tanh_gated",
    reference=Reference(
        "X. Wang, H. Ren and A. Wang, Smish: a novel activation function for deep learning methods, 2022",
        "https://doi.org/10.3390/electronics11040540",
    ),
    orders=(
        Order("x*tanh(log(1 + sigmoid(x)))", lambda x: _gated(x, _SMISH)),
        Order(
            "tanh(log(1 + sigmoid(x))) + x*4*(1 + sigmoid(x))*sigmoid(x)*sigmoid(-x)"
            "/(1 + (1 + sigmoid(x))**2)**2",
            lambda x: _slope(x, _SMISH, SMISH_SLOPE),
        ),
        Order(
            "4*(1 + sigmoid(x))*sigmoid(x)*sigmoid(-x)/(1 + (1 + sigmoid(x))**2)**2*(2 + x*(1 - 2*sigmoid(x)"
            " + sigmoid(x)*sigmoid(-x)*(1/(1 + sigmoid(x)) - 4*(1 + sigmoid(x))/(1 + (1 + sigmoid(x))**2))))",
            _smish_curvature,
        ),
    ),
    joint=lambda x: _joint(x, _SMISH, SMISH_SLOPE),
    facts_of=lambda: Facts(-0.2499936636601295, math.inf, -0.08915320523502031, 0.6368842228812263, 0.0, 0.6),
)


def _tanhexp_rise(t: Array, level: Array) -> Array:
    """Return t·sech²(t), from 1 − tanh²(t) where nothing is lost by that."""
    return t * select(t < 1.0, 1.0 - level * level, sech2(t))


_TANHEXP_GATE = ExponentialGate(
    level=np.tanh,
    rise=_tanhexp_rise,
    bend=lambda t: 1.0 - 2.0 * t * np.tanh(t),
    height=4.0,
    rate=2.0,
    slope_zeros=(TANHEXP_SLOPE,),
    curvature_zeros=(TANHEXP_CURVATURE_LEFT, TANHEXP_CURVATURE_RIGHT),
)

TANHEXP = Activation(
    name="tanhexp",
    title="TanhExp",
    family="tanh_gated",
    aliases=("telu",),
    reference=Reference(
        "X. Liu and X. Di, TanhExp: a smooth activation function with high convergence speed for lightweight "
        "neural networks, 2020",
        "https://arxiv.org/abs/2003.09855",
    ),
    orders=_TANHEXP_GATE.orders(
        "x*tanh(exp(x))",
        "tanh(exp(x)) + x*exp(x)*sech(exp(x))**2",
        "exp(x)*sech(exp(x))**2*(2 + x*(1 - 2*exp(x)*tanh(exp(x))))",
    ),
    joint=_TANHEXP_GATE.joint,
    facts_of=lambda: Facts(-0.3532857778482713, math.inf, -0.13157003618971582, 1.0619753087179159, 0.0, 1.0),
)

ACTIVATIONS = (MISH, LISHT, SMISH, TANHEXP)
