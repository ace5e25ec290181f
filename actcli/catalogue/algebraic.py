"""Sigmoid shapes whose tails fall like a power of x, or like a Gaussian: no logistic inside."""

import math

import numpy as np

from actcli.activation import Activation, Array, Facts, Kink, Order, Parameter, Reference
from actcli.catalogue.spelling import spelled
from actcli.numerics import erf, hypotenuse, sech, times_gaussian

# Beyond this every function here has reached its limit to the last bit; squares would overflow.
_FAR = 1e150

_SURVEY = Reference(
    "V. Kunc and J. Kléma, Three decades of activations: a comprehensive survey of 400 activation "
    "functions for neural networks, 2024",
    "https://arxiv.org/abs/2402.09092",
)


def _near(x: Array) -> Array:
    return np.clip(x, -_FAR, _FAR)


def _softsign_curvature(x: Array) -> Array:
    whole = 1.0 + np.abs(x)
    return -2.0 * np.sign(x) / whole / whole / whole


SOFTSIGN = Activation(
    name="softsign",
    title="Softsign",
    family="algebraic",
    aliases=("soft_sign", "elliott"),
    spellings=spelled(
        "torch.nn.Softsign torch.nn.functional.softsign jax.nn.soft_sign flax.linen.soft_sign "
        "keras.activations.softsign keras2.softsign tf.nn.softsign NNlib.softsign "
        "mlx.nn.Softsign mlx.nn.softsign onnx.Softsign"
    ),
    reference=Reference(
        "X. Glorot and Y. Bengio, "
        "Understanding the difficulty of training deep feedforward neural networks, 2010",
        "https://proceedings.mlr.press/v9/glorot10a.html",
    ),
    orders=(
        Order("x/(1 + abs(x))", lambda x: _near(x) / (1.0 + np.abs(_near(x)))),
        Order("1/(1 + abs(x))**2", lambda x: 1.0 / (1.0 + np.abs(x)) / (1.0 + np.abs(x))),
        Order("-2*sign(x)/(1 + abs(x))**3", _softsign_curvature),
    ),
    facts_of=lambda: Facts(
        -1.0, 1.0, 0.0, 1.0, 0.0, 0.0,
        kinks=(Kink(0.0, 2.0, -2.0, 0.0, "the mean of both sides, as sign(0) = 0 gives", order=2),),
        parity="odd",
    ),
)  # fmt: skip


def _arctan_curvature(x: Array) -> Array:
    near = _near(x)
    whole = 1.0 + near * near
    return -2.0 * near / whole / whole


ARCTAN = Activation(
    name="arctan",
    title="Inverse tangent",
    family="algebraic",
    aliases=("atan",),
    reference=_SURVEY,
    orders=(
        Order("arctan(x)", np.arctan),
        Order("1/(1 + x**2)", lambda x: 1.0 / (1.0 + x * x)),
        Order("-2*x/(1 + x**2)**2", _arctan_curvature),
    ),
    facts_of=lambda: Facts(-math.pi / 2, math.pi / 2, 0.0, 1.0, 0.0, 0.0, parity="odd"),
)

ERF = Activation(
    name="erf",
    title="Gauss error function",
    family="algebraic",
    spellings=spelled("onnx.Erf"),
    reference=Reference(
        "C. K. I. Williams, Computing with infinite networks, 1996",
        "https://proceedings.neurips.cc/paper/1996/file/ae5e3ce40e0404a45ecacaaf05e5f735-Paper.pdf",
    ),
    orders=(
        Order("erf(x)", erf),
        Order(
            "2/sqrt(pi)*exp(-x**2)",
            lambda x: times_gaussian(2.0 / math.sqrt(math.pi), np.clip(x, -40.0, 40.0)),
        ),
        Order("-4/sqrt(pi)*x*exp(-x**2)", lambda x: _erf_curvature(np.clip(x, -40.0, 40.0))),
    ),
    facts_of=lambda: Facts(-1.0, 1.0, 0.0, 2.0 / math.sqrt(math.pi), 0.0, 0.0, parity="odd"),
)


def _erf_curvature(near: Array) -> Array:
    return times_gaussian(-4.0 / math.sqrt(math.pi) * near, near)


GUDERMANNIAN = Activation(
    name="gudermannian",
    title="Gudermannian function",
    family="algebraic",
    aliases=("gd",),
    reference=Reference(
        "the Gudermannian function, taken as a sigmoid", "https://en.wikipedia.org/wiki/Gudermannian_function"
    ),
    orders=(
        Order("2*arctan(tanh(x/2))", lambda x: 2.0 * np.arctan(np.tanh(0.5 * x))),
        Order("sech(x)", sech),
        Order("-sech(x)*tanh(x)", lambda x: -sech(x) * np.tanh(x)),
    ),
    facts_of=lambda: Facts(-math.pi / 2, math.pi / 2, 0.0, 1.0, 0.0, 0.0, parity="odd"),
)


def _isru(x: Array, alpha: float) -> Array:
    near = _near(x)
    return near / np.sqrt(1.0 + alpha * near * near)


def _isru_slope(x: Array, alpha: float) -> Array:
    whole = 1.0 + alpha * _near(x) ** 2
    return 1.0 / whole / np.sqrt(whole)


def _isru_curvature(x: Array, alpha: float) -> Array:
    near = _near(x)
    whole = 1.0 + alpha * near * near
    return -3.0 * alpha * near / whole / whole / np.sqrt(whole)


ISRU = Activation(
    name="isru",
    title="Inverse square root unit",
    family="algebraic",
    parameters=(Parameter("alpha", 1.0, 0.001, 1000.0, "it levels off at 1/sqrt(alpha)"),),
    reference=Reference(
        "B. Carlile, G. Delamarter, P. Kinney, A. Marti and B. Whitney, "
        "Improving deep learning by inverse square root linear units (ISRLUs), 2017",
        "https://arxiv.org/abs/1710.09967",
    ),
    orders=(
        Order("x/sqrt(1 + alpha*x**2)", _isru),
        Order("1/sqrt(1 + alpha*x**2)**3", _isru_slope),
        Order("-3*alpha*x/sqrt(1 + alpha*x**2)**5", _isru_curvature),
    ),
    facts_of=lambda alpha: Facts(
        -1 / math.sqrt(alpha), 1 / math.sqrt(alpha), 0.0, 1.0, 0.0, 0.0, parity="odd"
    ),
)


def _rootsig(x: Array) -> Array:
    near = _near(x)
    return near / (1.0 + np.sqrt(1.0 + near * near))


def _rootsig_slope(x: Array) -> Array:
    root = hypotenuse(x)
    return 1.0 / root / (1.0 + root)


def _rootsig_curvature(x: Array) -> Array:
    near = _near(x)
    square = 1.0 + near * near
    root = np.sqrt(square)
    return -near / square * ((1.0 + 2.0 * root) / root) / (1.0 + root) / (1.0 + root)


ROOTSIG = Activation(
    name="rootsig",
    title="Root sigmoid",
    family="algebraic",
    reference=_SURVEY,
    orders=(
        Order("x/(1 + sqrt(1 + x**2))", _rootsig),
        Order("1/(1 + x**2 + sqrt(1 + x**2))", _rootsig_slope),
        Order("-x*(1 + 2*sqrt(1 + x**2))/(sqrt(1 + x**2)**3*(1 + sqrt(1 + x**2))**2)", _rootsig_curvature),
    ),
    facts_of=lambda: Facts(-1.0, 1.0, 0.0, 0.5, 0.0, 0.0, parity="odd"),
)

ACTIVATIONS = (SOFTSIGN, ARCTAN, ERF, GUDERMANNIAN, ISRU, ROOTSIG)
