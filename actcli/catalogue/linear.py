"""Straight lines: a network of these alone is one linear map."""

import math

import numpy as np

from actcli.activation import Activation, Facts, Order, Parameter, Reference
from actcli.catalogue.pieces import ONE, ZERO, line
from actcli.catalogue.spelling import spelled

IDENTITY = Activation(
    name="identity",
    title="Identity",
    family="linear",
    aliases=("linear",),
    spellings=spelled(
        "torch.nn.Identity jax.nn.identity keras.activations.linear keras2.linear onnx.Identity"
    ),
    orders=(Order("x", lambda x: x), ONE, ZERO),
    facts_of=lambda: Facts(-math.inf, math.inf, 1, 1, 1, 1, parity="odd"),
    reference=Reference("no activation at all: the unit passes its pre-activation on"),
)


def _affine_facts(a: float, b: float) -> Facts:
    low, high = (-math.inf, math.inf) if a else (b, b)
    return Facts(low, high, a, a, a, a, parity="odd" if b == 0 else "even" if a == 0 else None)


AFFINE = Activation(
    name="affine",
    title="Affine map",
    family="linear",
    spellings=spelled("onnx.Affine"),
    parameters=(
        Parameter("a", 1, -1000, 1000, "slope"),
        Parameter("b", 0, -1000, 1000, "value at 0"),
    ),
    orders=(
        Order("a*x + b", lambda x, a, b: line(a, x, b)),
        Order("a", lambda x, a, b: np.full_like(x, a)),
        ZERO,
    ),
    facts_of=_affine_facts,
    reference=Reference(
        "an activation of the ONNX operators RNN, GRU and LSTM",
        "https://onnx.ai/onnx/operators/onnx__RNN.html",
    ),
    remark="ONNX calls a and b alpha and beta, and gives them no defaults",
)

ACTIVATIONS = (IDENTITY, AFFINE)
