"""Smooth rectifiers and their kin: near 0 or a constant on one side, near a straight line on the other."""

import math

import numpy as np

from actcli.activation import Activation, Array, Facts, Order, Parameter, Reference
from actcli.catalogue.spelling import spelled
from actcli.numerics import (
    balance,
    decay,
    hypotenuse,
    log_cosh,
    log_sigmoid,
    sech2,
    select,
    sigmoid,
    sigmoid_slope,
    two_product,
    with_tail,
)

_SURVEY = Reference(
    "V. Kunc and J. Kléma, Three decades of activations: a comprehensive survey of 400 activation "
    "functions for neural networks, 2024",
    "https://arxiv.org/abs/2402.09092",
)


def _softplus(x: Array, beta: float) -> Array:
    return np.maximum(x, 0.0) + np.log1p(decay(*two_product(beta, x))) / beta


def _softplus_slope(x: Array, beta: float) -> Array:
    up, down = balance(*two_product(beta, x))
    return up / (up + down)


def _softplus_curvature(x: Array, beta: float) -> Array:
    high, low = two_product(beta, x)
    e = decay(high, low)
    curvature = beta * (e / ((1.0 + e) * (1.0 + e)))
    return with_tail(curvature, beta, -np.abs(high), -np.sign(high) * low)


def _softplus_joint(x: Array, beta: float) -> tuple[Array, Array]:
    high, low = two_product(beta, x)
    e = decay(high, low)
    return np.maximum(x, 0.0) + np.log1p(e) / beta, np.maximum(e, high >= 0) / (1.0 + e)


SOFTPLUS = Activation(
    name="softplus",
    title="Softplus",
    family="softplus",
    aliases=("smooth_relu",),
    spellings=spelled(
        "torch.nn.Softplus torch.nn.functional.softplus jax.nn.softplus flax.linen.softplus "
        "keras.activations.softplus keras2.softplus tf.nn.softplus NNlib.softplus mlx.nn.Softplus "
        "mlx.nn.softplus onnx.Softplus",
        beta=1.0,
    ),
    parameters=(Parameter("beta", 1.0, 0.01, 100.0, "sharpness of the bend; relu as it grows"),),
    reference=Reference(
        "C. Dugas, Y. Bengio, F. Bélisle, C. Nadeau and R. Garcia, "
        "Incorporating second-order functional knowledge for better option pricing, 2001",
        "https://papers.nips.cc/paper/2000/hash/44968aece94f667e4095002d140b5896-Abstract.html",
    ),
    remark="torch switches to x itself where beta·x > 20, which is off by up to 2.1e-9.",
    orders=(
        Order("log(1 + exp(beta*x))/beta", _softplus),
        Order("sigmoid(beta*x)", _softplus_slope),
        Order("beta*sigmoid(beta*x)*sigmoid(-beta*x)", _softplus_curvature),
    ),
    joint=_softplus_joint,
    facts_of=lambda beta: Facts(0.0, np.inf, 0.0, 1.0, 0.0, 1.0),
)

LOG_SIGMOID = Activation(
    name="log_sigmoid",
    title="Logarithm of the sigmoid",
    family="softplus",
    aliases=("logsigmoid",),
    spellings=spelled(
        "torch.nn.LogSigmoid torch.nn.functional.logsigmoid jax.nn.log_sigmoid flax.linen.log_sigmoid "
        "keras.activations.log_sigmoid tf.math.log_sigmoid NNlib.logsigmoid NNlib.logσ "
        "mlx.nn.LogSigmoid mlx.nn.log_sigmoid"
    ),
    reference=_SURVEY,
    orders=(
        Order("-log(1 + exp(-x))", log_sigmoid),
        Order("sigmoid(-x)", lambda x: sigmoid(-x)),
        Order("-sigmoid(x)*sigmoid(-x)", lambda x: -sigmoid_slope(x)),
    ),
    facts_of=lambda: Facts(-math.inf, 0.0, 0.0, 1.0, 1.0, 0.0),
)

LOGCOSH = Activation(
    name="logcosh",
    title="Logarithm of the hyperbolic cosine",
    family="softplus",
    spellings=spelled("NNlib.logcosh"),
    reference=Reference(
        "logcosh of NNlib.jl", "https://github.com/FluxML/NNlib.jl/blob/master/src/activations.jl"
    ),
    orders=(
        Order("log(cosh(x))", log_cosh),
        Order("tanh(x)", np.tanh),
        Order("sech(x)**2", sech2),
    ),
    facts_of=lambda: Facts(0.0, math.inf, -1.0, 1.0, -1.0, 1.0, parity="even"),
)


def _squareplus_parts(x: Array, b: float) -> tuple[Array, Array]:
    """Return h = √(x² + b) and (|x| + h)/2, where neither can overflow."""
    root = hypotenuse(x, b)
    return root, 0.5 * np.abs(x) + 0.5 * root


def _squareplus(x: Array, b: float) -> Array:
    # (x + h)/2 for x ≥ 0; for x < 0 its conjugate, which does not cancel.
    _, larger = _squareplus_parts(x, b)
    return select(x < 0, 0.25 * b / larger, larger)


def _squareplus_slope(x: Array, b: float) -> Array:
    root, larger = _squareplus_parts(np.clip(x, -1e300, 1e300), b)
    return select(x < 0, 0.25 * b / larger, larger) / root


def _squareplus_curvature(x: Array, b: float) -> Array:
    root, _ = _squareplus_parts(x, b)
    return 0.5 * b / root / root / root


SQUAREPLUS = Activation(
    name="squareplus",
    title="Squareplus",
    family="softplus",
    spellings=spelled("jax.nn.squareplus keras.activations.squareplus", b=4.0),
    parameters=(Parameter("b", 4.0, 0.001, 1000.0, "size of the bend; relu as it falls to 0"),),
    reference=Reference(
        "J. T. Barron, Squareplus: a softplus-like algebraic rectifier, 2021",
        "https://arxiv.org/abs/2112.11687",
    ),
    orders=(
        Order("(x + sqrt(x**2 + b))/2", _squareplus),
        Order("(1 + x/sqrt(x**2 + b))/2", _squareplus_slope),
        Order("b/(2*sqrt(x**2 + b)**3)", _squareplus_curvature),
    ),
    facts_of=lambda b: Facts(0.0, math.inf, 0.0, 1.0, 0.0, 1.0),
)


def _bent_identity(x: Array) -> Array:
    near = np.clip(x, -1e300, 1e300)
    return x * (1.0 + 0.5 * near / (1.0 + hypotenuse(near)))


def _over_root(x: Array) -> Array:
    near = np.clip(x, -1e300, 1e300)
    return near / hypotenuse(near)


def _cubed_root(x: Array) -> Array:
    root = hypotenuse(x)
    return 1.0 / root / root / root


BENT_IDENTITY = Activation(
    name="bent_identity",
    title="Bent identity",
    family="softplus",
    reference=_SURVEY,
    orders=(
        Order("(sqrt(x**2 + 1) - 1)/2 + x", _bent_identity),
        Order("1 + x/(2*sqrt(x**2 + 1))", lambda x: 1.0 + 0.5 * _over_root(x)),
        Order("1/(2*sqrt(x**2 + 1)**3)", lambda x: 0.5 * _cubed_root(x)),
    ),
    facts_of=lambda: Facts(-math.inf, math.inf, 0.5, 1.5, 0.5, 1.5),
)

ASINH = Activation(
    name="asinh",
    title="Inverse hyperbolic sine",
    family="softplus",
    aliases=("arcsinh",),
    reference=Reference(
        "the modified arcsinh of V. Kunc and J. Kléma, Three decades of activations, 2024, without its "
        "factor √|x|/12",
        "https://arxiv.org/abs/2402.09092",
    ),
    orders=(
        Order("arcsinh(x)", np.arcsinh),
        Order("1/sqrt(1 + x**2)", lambda x: 1.0 / hypotenuse(x)),
        Order("-x/sqrt(1 + x**2)**3", lambda x: -_over_root(x) / hypotenuse(x) / hypotenuse(x)),
    ),
    facts_of=lambda: Facts(-math.inf, math.inf, 0.0, 1.0, 0.0, 0.0, parity="odd"),
)

ACTIVATIONS = (SOFTPLUS, LOG_SIGMOID, LOGCOSH, SQUAREPLUS, BENT_IDENTITY, ASINH)
