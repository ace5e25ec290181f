"""Smooth rectifiers and their kin: near 0 or a constant on one side, near a straight line on the other."""

import numpy as np

from actcli.activation import Activation, Array, Facts, Order, Parameter, Reference
from actcli.catalogue.spelling import spelled
from actcli.numerics import balance, decay, product, with_tail


def _softplus(x: Array, beta: float) -> Array:
    return np.maximum(x, 0.0) + np.log1p(decay(*product(beta, x))) / beta


def _softplus_slope(x: Array, beta: float) -> Array:
    up, down = balance(*product(beta, x))
    return up / (up + down)


def _softplus_curvature(x: Array, beta: float) -> Array:
    high, low = product(beta, x)
    e = decay(high, low)
    curvature = beta * (e / ((1.0 + e) * (1.0 + e)))
    return with_tail(curvature, beta - beta * np.sign(high) * low, -np.abs(high))


def _softplus_joint(x: Array, beta: float) -> tuple[Array, Array]:
    high, low = product(beta, x)
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
        "https://papers.nips.cc/paper/1920-incorporating-second-order-functional-knowledge-for-better-option-pricing",
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

ACTIVATIONS = (SOFTPLUS,)
