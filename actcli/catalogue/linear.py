"""Straight lines: a network of these alone is one linear map."""

import math

import numpy as np

from actcli.activation import Activation, Facts, Order, Parameter, Reference
from actcli.catalogue.spelling import spelled

IDENTITY = Activation(
    name="identity",
    title="identity",
    family="linear",
    aliases=("linear",),
    spellings=spelled(
        "torch.nn.Identity jax.nn.identity flax.linen.activation.identity keras.activations.linear "
        "keras2.linear NNlib.identity onnx.Identity"
    ),
    orders=(
        Order("x", lambda x: x.copy()),
        Order("1", lambda x: np.ones_like(x)),
        Order("0", lambda x: np.zeros_like(x)),
    ),
    facts_of=lambda: Facts(-math.inf, math.inf, 1, 1, 1, 1, parity="odd"),
    reference=Reference("no activation at all: the unit passes its pre-activation on"),
)

ACTIVATIONS = (IDENTITY,)
