"""Bounded monotone activations: they level off on both sides, and their slope is largest near zero."""

import numpy as np

from actcli.activation import Activation, Array, Facts, Kink, Order, Parameter, Reference
from actcli.catalogue.spelling import spelled
from actcli.numerics import (
    carried,
    sech2,
    select,
    sigmoid,
    sigmoid_curvature,
    sigmoid_slope,
    two_product,
    with_tail,
)


def _sigmoid_joint(x: Array) -> tuple[Array, Array]:
    e = np.exp(-np.abs(x))
    whole = 1.0 + e
    return np.maximum(e, x >= 0) / whole, e / (whole * whole)


SIGMOID = Activation(
    name="sigmoid",
    title="Logistic sigmoid",
    family="sigmoidal",
    aliases=("logistic", "expit"),
    spellings=spelled(
        "torch.nn.Sigmoid torch.nn.functional.sigmoid torch.sigmoid jax.nn.sigmoid flax.linen.sigmoid "
        "keras.activations.sigmoid keras2.sigmoid tf.nn.sigmoid NNlib.sigmoid NNlib.σ mlx.nn.Sigmoid "
        "mlx.nn.sigmoid onnx.Sigmoid"
    ),
    reference=Reference(
        "D. E. Rumelhart, G. E. Hinton and R. J. Williams, "
        "Learning representations by back-propagating errors, 1986",
        "https://doi.org/10.1038/323533a0",
    ),
    orders=(
        Order("1/(1 + exp(-x))", sigmoid),
        Order("sigmoid(x)*sigmoid(-x)", sigmoid_slope),
        Order("-sigmoid(x)*sigmoid(-x)*tanh(x/2)", sigmoid_curvature),
    ),
    joint=_sigmoid_joint,
    facts_of=lambda: Facts(0.0, 1.0, 0.0, 0.25, 0.0, 0.0),
)

TANH = Activation(
    name="tanh",
    title="Hyperbolic tangent",
    family="sigmoidal",
    spellings=spelled(
        "torch.nn.Tanh torch.nn.functional.tanh torch.tanh jax.nn.tanh flax.linen.tanh "
        "keras.activations.tanh keras2.tanh tf.nn.tanh mlx.nn.Tanh mlx.nn.tanh onnx.Tanh"
    ),
    reference=Reference(
        "Y. LeCun, L. Bottou, G. B. Orr and K.-R. Müller, Efficient BackProp, 1998",
        "https://doi.org/10.1007/3-540-49430-8_2",
    ),
    orders=(
        Order("tanh(x)", np.tanh),
        Order("sech(x)**2", sech2),
        Order("-2*tanh(x)*sech(x)**2", lambda x: -2.0 * np.tanh(x) * sech2(x)),
    ),
    facts_of=lambda: Facts(-1.0, 1.0, 0.0, 1.0, 0.0, 0.0, parity="odd"),
)


def _scaled_tanh(factor: float, x: Array, beta: float) -> Array:
    """Return factor·tanh(beta·x), rounded once where beta·x is subnormal."""
    return select(np.abs(x) < 1e-150, factor * beta * x, factor * np.tanh(beta * x))


def _scaled_sech2(factor: Array | float, x: Array, beta: float) -> Array:
    """Return factor·sech²(beta·x), rounded once in the tail."""
    size, rest = two_product(beta, np.abs(x))
    e = carried(np.exp(-2.0 * size), -2.0 * rest)
    slope = factor * (4.0 * e / ((1.0 + e) * (1.0 + e)))
    return with_tail(slope, 4.0 * factor, -2.0 * size, -2.0 * rest)


SCALED_TANH = Activation(
    name="scaled_tanh",
    title="Scaled hyperbolic tangent",
    family="sigmoidal",
    aliases=("stanh", "lecun_tanh"),
    spellings=spelled("onnx.ScaledTanh"),
    parameters=(
        Parameter("alpha", 1.7159, 0.01, 100.0, "the value that it levels off at"),
        Parameter("beta", 2 / 3, 0.01, 100.0, "steepness"),
    ),
    reference=Reference(
        "Y. LeCun, L. Bottou, G. B. Orr and K.-R. Müller, Efficient BackProp, 1998",
        "https://doi.org/10.1007/3-540-49430-8_2",
    ),
    remark="The defaults make f(1) = 1 and f(-1) = -1 to three digits; ONNX has no defaults.",
    orders=(
        Order("alpha*tanh(beta*x)", lambda x, alpha, beta: _scaled_tanh(alpha, x, beta)),
        Order("alpha*beta*sech(beta*x)**2", lambda x, alpha, beta: _scaled_sech2(alpha * beta, x, beta)),
        Order(
            "-2*alpha*beta**2*tanh(beta*x)*sech(beta*x)**2",
            lambda x, alpha, beta: _scaled_sech2(_scaled_tanh(-2.0 * alpha * beta * beta, x, beta), x, beta),
        ),
    ),
    facts_of=lambda alpha, beta: Facts(-alpha, alpha, 0.0, alpha * beta, 0.0, 0.0, parity="odd"),
)

PENALIZED_TANH = Activation(
    name="penalized_tanh",
    title="Penalized hyperbolic tangent",
    family="sigmoidal",
    parameters=(Parameter("a", 0.25, 0.0, 1.0, "what is left of tanh on the negative side"),),
    reference=Reference(
        "B. Xu, R. Huang and M. Li, Revise saturated activation functions, 2016", "https://arxiv.org/abs/1602.05980"
    ),
    orders=(
        Order("where(x > 0, tanh(x), a*tanh(x))", lambda x, a: np.where(x > 0, 1.0, a) * np.tanh(x)),
        Order("where(x > 0, sech(x)**2, a*sech(x)**2)", lambda x, a: np.where(x > 0, 1.0, a) * sech2(x)),
        Order(
            "where(x > 0, -2*tanh(x)*sech(x)**2, -2*a*tanh(x)*sech(x)**2)",
            lambda x, a: np.where(x > 0, -2.0, -2.0 * a) * np.tanh(x) * sech2(x),
        ),
    ),
    facts_of=lambda a: Facts(
        -a, 1.0, 0.0, 1.0, 0.0, 0.0,
        kinks=() if a == 1 else (Kink(0.0, a, 1.0, a, "zero belongs to the penalized side"),),
        parity="odd" if a == 1 else None,
    ),
)  # fmt: skip

ACTIVATIONS = (SIGMOID, TANH, SCALED_TANH, PENALIZED_TANH)
