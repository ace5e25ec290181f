"""Rectifiers that curve above 0: powers and a logarithm of the rectified input."""

import math

import numpy as np

from actcli.activation import Activation, Array, Facts, Kink, Order, Parameter, Reference
from actcli.catalogue.spelling import spelled
from actcli.numerics import select, two_product, two_square

_FLAT_SIDE = "the slope of the flat side"
_FLAT_CURVATURE = "the curvature of the flat side"

RELU2 = Activation(
    name="relu2",
    title="Squared rectified linear unit",
    family="rectified",
    aliases=("squared_relu", "relu_squared"),
    spellings=spelled("mlx.nn.ReLU2 mlx.nn.relu2"),
    orders=(
        Order("max(x, 0)**2", lambda x: np.square(np.maximum(x, 0.0))),
        Order("2*max(x, 0)", lambda x: 2.0 * np.maximum(x, 0.0)),
        Order("where(x > 0, 2, 0)", lambda x: select(x > 0, 2.0, 0.0)),
    ),
    facts_of=lambda: Facts(
        0,
        math.inf,
        0,
        math.inf,
        0,
        math.inf,
        kinks=(Kink(0, 0, 2, 0, _FLAT_CURVATURE, order=2),),
    ),
    reference=Reference(
        "D. R. So and others, Primer: searching for efficient transformers for language modeling, 2021",
        "https://arxiv.org/abs/2109.08668",
    ),
)


def _star_relu(ramp: Array, s: float, b: float) -> Array:
    # The sum cancels where the parabola crosses zero, so both products carry their rounding errors.
    squared, squared_rest = two_square(ramp)
    high, low = two_product(s, squared)
    total = (high + b) + (low + s * squared_rest)
    return select(np.isfinite(high), total, high)


STAR_RELU = Activation(
    name="star_relu",
    title="StarReLU",
    family="rectified",
    parameters=(
        Parameter("s", 0.8944, 0.001, 1000, "learned scale"),
        Parameter("b", -0.4472, -1000, 1000, "learned shift"),
    ),
    orders=(
        Order("s*max(x, 0)**2 + b", lambda x, s, b: _star_relu(np.maximum(x, 0.0), s, b)),
        Order("2*s*max(x, 0)", lambda x, s, b: 2.0 * s * np.maximum(x, 0.0)),
        Order("where(x > 0, 2*s, 0)", lambda x, s, b: select(x > 0, 2.0 * s, 0.0)),
    ),
    facts_of=lambda s, b: Facts(
        b,
        math.inf,
        0,
        math.inf,
        0,
        math.inf,
        kinks=(Kink(0, 0, 2 * s, 0, _FLAT_CURVATURE, order=2),),
    ),
    reference=Reference(
        "W. Yu and others, MetaFormer baselines for vision, 2022", "https://arxiv.org/abs/2210.13452"
    ),
)


def _nlrelu(x: Array, beta: float) -> Array:
    scaled = beta * np.maximum(x, 0.0)
    # beta·x may overflow where its logarithm is small.
    return select(scaled > 1e300, np.log(np.maximum(x, 1.0)) + math.log(beta), np.log1p(scaled))


NLRELU = Activation(
    name="nlrelu",
    title="Natural logarithm rectified linear unit",
    family="rectified",
    parameters=(Parameter("beta", 1, 0.001, 1000, "slope at 0 from the right"),),
    orders=(
        Order("log1p(beta*max(x, 0))", _nlrelu),
        Order(
            "where(x > 0, beta/(1 + beta*x), 0)",
            lambda x, beta: select(x > 0, 1.0 / (1.0 / beta + x), 0.0),
        ),
        Order(
            "where(x > 0, -(beta/(1 + beta*x))**2, 0)",
            lambda x, beta: select(x > 0, -np.square(1.0 / (1.0 / beta + x)), 0.0),
        ),
    ),
    facts_of=lambda beta: Facts(
        0, math.inf, 0, beta, 0, 0,
        kinks=(
            Kink(0, 0, beta, 0, _FLAT_SIDE),
            Kink(0, 0, -beta * beta, 0, _FLAT_CURVATURE, order=2),
        ),
    ),
    reference=Reference(
        "Y. Liu and others, Natural-logarithm-rectified activation function in convolutional neural "
        "networks, 2019",
        "https://arxiv.org/abs/1908.03682",
    ),
)  # fmt: skip

ACTIVATIONS = (RELU2, STAR_RELU, NLRELU)
