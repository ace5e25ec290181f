"""Rectifiers that are flat below a point: relu, its caps and shifts; and the absolute value."""

import math

import numpy as np

from actcli.activation import Activation, Array, Facts, Kink, Order, Parameter, Reference
from actcli.catalogue.pieces import ZERO, kink
from actcli.catalogue.spelling import spelled
from actcli.numerics import select

_FLAT_SIDE = "the slope of the flat side"

RELU = Activation(
    name="relu",
    title="Rectified linear unit",
    family="rectified",
    spellings=spelled(
        "torch.nn.ReLU torch.nn.functional.relu torch.relu jax.nn.relu flax.linen.relu "
        "keras.activations.relu keras.layers.ReLU keras2.relu tf.nn.relu NNlib.relu mlx.nn.ReLU mlx.nn.relu "
        "onnx.Relu"
    ),
    orders=(
        Order("max(x, 0)", lambda x: np.maximum(x, 0.0)),
        Order("where(x > 0, 1, 0)", lambda x: select(x > 0, 1.0, 0.0)),
        ZERO,
    ),
    facts_of=lambda: Facts(
        0, math.inf, 0, 1, 0, 1,
        kinks=(Kink(0, 0, 1, 0, "f′(0) = 0 as in torch, jax, keras and tf (jax pull request 2342)"),),
    ),
    reference=Reference(
        "K. Fukushima, Visual feature extraction by a multilayered network of analog threshold elements, "
        "1969; under its name V. Nair and G. E. Hinton, Rectified linear units improve restricted Boltzmann "
        "machines, 2010",
        "https://doi.org/10.1109/TSSC.1969.300225",
    ),
)  # fmt: skip


def _relu_general(x: Array, negative_slope: float, max_value: float, threshold: float) -> Array:
    below = negative_slope * (x - threshold) if negative_slope else np.zeros_like(x)
    return select(x >= max_value, max_value, select(x >= threshold, x, below))


def _relu_general_slope(x: Array, negative_slope: float, max_value: float, threshold: float) -> Array:
    # At x = ∞ an infinite cap is not reached.
    capped = (x >= max_value) & (max_value < math.inf)
    return select(capped, 0.0, select(x > threshold, 1.0, negative_slope))


def _relu_general_facts(slope: float, cap: float, threshold: float) -> Facts:
    border = min(cap, threshold)
    right = threshold if threshold < cap else cap
    edge = slope * (border - threshold)
    kinks = [*kink(border, edge, right, right, "the border belongs to the upper piece", order=0)]
    if threshold < cap:
        kinks += kink(threshold, slope, 1, slope, "the lower slope, as leaky_relu takes it in torch")
        kinks += kink(cap, 1, 0, 0, "the cap counts as capped") if math.isfinite(cap) else ()
    else:
        kinks += kink(cap, slope, 0, 0, "the cap counts as capped")
    slopes = (slope, 1.0 if threshold < cap else slope, 0.0 if math.isfinite(cap) else 1.0)
    return Facts(
        -math.inf if slope else 0,
        max(cap, edge),
        min(slopes),
        max(slopes),
        slope,
        slopes[-1],
        kinks=tuple(kinks),
    )


RELU_GENERAL = Activation(
    name="relu_general",
    title="Rectified linear unit with slope, cap and threshold",
    family="rectified",
    parameters=(
        Parameter("negative_slope", 0, 0, 10, "slope below the threshold"),
        Parameter("max_value", math.inf, 0.001, math.inf, "cap on the output"),
        Parameter("threshold", 0, 0, 1000, "where the linear piece begins"),
    ),
    orders=(
        Order(
            "where(x >= max_value, max_value, where(x >= threshold, x, negative_slope*(x - threshold)))",
            _relu_general,
        ),
        Order("where(x >= max_value, 0, where(x > threshold, 1, negative_slope))", _relu_general_slope),
        ZERO,
    ),
    facts_of=_relu_general_facts,
    reference=Reference("keras.layers.ReLU", "https://keras.io/api/layers/activation_layers/relu/"),
)


def _capped(x: Array, cap: float) -> Array:
    return np.clip(x, 0.0, cap)


def _capped_slope(x: Array, cap: float) -> Array:
    return select((x > 0) & (x < cap), 1.0, 0.0)


def _capped_facts(cap: float) -> Facts:
    reason = "f′ = 0 at both ends of the ramp, as in torch and jax"
    return Facts(0, cap, 0, 1, 0, 0, kinks=(Kink(0, 0, 1, 0, reason), Kink(cap, 1, 0, 0, reason)))


RELU6 = Activation(
    name="relu6",
    title="Rectified linear unit capped at 6",
    family="rectified",
    spellings=spelled(
        "torch.nn.ReLU6 torch.nn.functional.relu6 jax.nn.relu6 flax.linen.relu6 keras.activations.relu6 "
        "tf.nn.relu6 NNlib.relu6 mlx.nn.ReLU6 mlx.nn.relu6"
    ),
    orders=(
        Order("clip(x, 0, 6)", lambda x: _capped(x, 6.0)),
        Order("where(x > 0, where(x < 6, 1, 0), 0)", lambda x: _capped_slope(x, 6.0)),
        ZERO,
    ),
    facts_of=lambda: _capped_facts(6),
    reference=Reference(
        "A. Krizhevsky, Convolutional deep belief networks on CIFAR-10, 2010",
        "https://www.cs.toronto.edu/~kriz/conv-cifar10-aug2010.pdf",
    ),
)

RELU_N = Activation(
    name="relu_n",
    title="Rectified linear unit capped at n",
    family="rectified",
    aliases=("capped_relu", "bounded_relu", "relun"),
    parameters=(Parameter("n", 1, 0.001, 1000, "cap on the output"),),
    orders=(
        Order("clip(x, 0, n)", _capped),
        Order("where(x > 0, where(x < n, 1, 0), 0)", _capped_slope),
        ZERO,
    ),
    facts_of=_capped_facts,
    reference=Reference(
        "S. S. Liew, M. Khalil-Hani and R. Bakhteri, Bounded activation functions for enhanced training "
        "stability of deep neural networks on visual pattern recognition problems, 2016",
        "https://doi.org/10.1016/j.neucom.2016.08.037",
    ),
)

SHIFTED_RELU = Activation(
    name="shifted_relu",
    title="Shifted rectified linear unit",
    family="rectified",
    parameters=(Parameter("floor", -1, -1000, 1000, "the smallest output"),),
    orders=(
        Order("max(x, floor)", np.maximum),
        Order("where(x > floor, 1, 0)", lambda x, floor: select(x > floor, 1.0, 0.0)),
        ZERO,
    ),
    facts_of=lambda floor: Facts(floor, math.inf, 0, 1, 0, 1, kinks=(Kink(floor, 0, 1, 0, _FLAT_SIDE),)),
    reference=Reference(
        "compared with elu by D.-A. Clevert, T. Unterthiner and S. Hochreiter, Fast and accurate deep "
        "network learning by exponential linear units (ELUs), 2015",
        "https://arxiv.org/abs/1511.07289",
    ),
)

FLEXIBLE_RELU = Activation(
    name="flexible_relu",
    title="Flexible rectified linear unit",
    family="rectified",
    parameters=(
        Parameter("b", -0.4, -1000, 1000, "learned shift; −0.4 centres the output for standard normal input"),
    ),
    orders=(
        Order("max(x, 0) + b", lambda x, b: np.maximum(x, 0.0) + b),
        Order("where(x > 0, 1, 0)", lambda x, b: select(x > 0, 1.0, 0.0)),
        ZERO,
    ),
    facts_of=lambda b: Facts(b, math.inf, 0, 1, 0, 1, kinks=(Kink(0, 0, 1, 0, _FLAT_SIDE),)),
    reference=Reference(
        "S. Qiu, X. Xu and B. Cai, FReLU: flexible rectified linear units for improving convolutional neural "
        "networks, 2017",
        "https://arxiv.org/abs/1706.08098",
    ),
)

ABS = Activation(
    name="abs",
    title="Absolute value",
    family="rectified",
    aliases=("absolute", "vrelu"),
    spellings=spelled("onnx.Abs"),
    orders=(
        Order("abs(x)", np.abs),
        Order("sign(x)", np.sign),
        ZERO,
    ),
    facts_of=lambda: Facts(
        0,
        math.inf,
        -1,
        1,
        -1,
        1,
        kinks=(Kink(0, -1, 1, 0, "0 keeps the slope odd; torch takes it too"),),
        parity="even",
    ),
    reference=Reference(
        "K. Jarrett, K. Kavukcuoglu, M. Ranzato and Y. LeCun, What is the best multi-stage architecture for "
        "object recognition?, 2009",
        "https://doi.org/10.1109/ICCV.2009.5459469",
    ),
)

ACTIVATIONS = (RELU, RELU_GENERAL, RELU6, RELU_N, SHIFTED_RELU, FLEXIBLE_RELU, ABS)
