"""Bounded monotone activations: they level off on both sides, and their slope is largest near zero."""

import numpy as np

from actcli.activation import Activation, Array, Facts, Order, Reference
from actcli.catalogue.spelling import spelled
from actcli.numerics import sech2, sigmoid, sigmoid_curvature, sigmoid_slope


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
        "keras.activations.sigmoid keras2.sigmoid tf.nn.sigmoid NNlib.sigmoid mlx.nn.Sigmoid "
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
        "keras.activations.tanh keras2.tanh tf.nn.tanh NNlib.tanh mlx.nn.Tanh mlx.nn.tanh onnx.Tanh"
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

ACTIVATIONS = (SIGMOID, TANH)
