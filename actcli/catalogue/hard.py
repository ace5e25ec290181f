"""Piecewise linear and piecewise quadratic stand-ins for smooth activations."""

import math

import numpy as np

from actcli.activation import Activation, Array, Facts, Kink, Order, Parameter, Reference
from actcli.catalogue.pieces import ZERO, line
from actcli.catalogue.spelling import spelled
from actcli.numerics import select

_ENDS = "f′ = 0 at both ends of the ramp"

HARD_SIGMOID = Activation(
    name="hard_sigmoid",
    title="Hard sigmoid",
    family="hard",
    spellings=spelled(
        "torch.nn.Hardsigmoid torch.nn.functional.hardsigmoid jax.nn.hard_sigmoid flax.linen.hard_sigmoid "
        "keras.activations.hard_sigmoid NNlib.hardσ NNlib.hardsigmoid"
    ),
    orders=(
        Order("clip(x/6 + 1/2, 0, 1)", lambda x: np.clip((x + 3.0) / 6.0, 0.0, 1.0)),
        Order("where(abs(x) < 3, 1/6, 0)", lambda x: select(np.abs(x) < 3, 1 / 6, 0.0)),
        ZERO,
    ),
    facts_of=lambda: Facts(
        0, 1, 0, 1 / 6, 0, 0,
        kinks=(
            Kink(-3, 0, 1 / 6, 0, f"{_ENDS}, as in torch and jax"),
            Kink(3, 1 / 6, 0, 0, f"{_ENDS}, as in torch and jax"),
        ),
    ),
    reference=Reference("A. Howard and others, Searching for MobileNetV3, 2019", "https://arxiv.org/abs/1905.02244"),
    remark="keras 2 and ONNX use slope 0.2 and kinks at ±2.5 (hard_sigmoid_02): up to 1/12 apart",
)  # fmt: skip


def _ramp(x: Array, alpha: float, beta: float) -> Array:
    return np.clip(line(alpha, x, beta), 0.0, 1.0)


def _ramp_slope(x: Array, alpha: float, beta: float) -> Array:
    return select((x > -beta / alpha) & (x < (1.0 - beta) / alpha), alpha, 0.0)


def _ramp_facts(alpha: float, beta: float) -> Facts:
    start, end = -beta / alpha, (1.0 - beta) / alpha
    return Facts(0, 1, 0, alpha, 0, 0, kinks=(Kink(start, 0, alpha, 0, _ENDS), Kink(end, alpha, 0, 0, _ENDS)))


HARD_SIGMOID_02 = Activation(
    name="hard_sigmoid_02",
    title="Hard sigmoid with slope 0.2",
    family="hard",
    spellings=spelled("keras2.hard_sigmoid onnx.HardSigmoid", alpha=0.2, beta=0.5),
    parameters=(
        Parameter("alpha", 0.2, 0.001, 1000, "slope of the ramp"),
        Parameter("beta", 0.5, 0, 1, "value at 0"),
    ),
    orders=(
        Order("clip(alpha*x + beta, 0, 1)", _ramp),
        Order("where(x > -beta/alpha, where(x < (1 - beta)/alpha, alpha, 0), 0)", _ramp_slope),
        ZERO,
    ),
    facts_of=_ramp_facts,
    reference=Reference(
        "after M. Courbariaux, Y. Bengio and J.-P. David, BinaryConnect: training deep neural networks with "
        "binary weights during propagations, 2015",
        "https://arxiv.org/abs/1511.00363",
    ),
    remark="torch, jax, flax, keras 3 and NNlib use slope 1/6 and kinks at ±3 instead (hard_sigmoid)",
)


def _hard_tanh_facts(low: float, high: float) -> Facts:
    kinks = (
        Kink(low, 0, 1, 0, f"{_ENDS}, as in torch; jax takes 1"),
        Kink(high, 1, 0, 0, f"{_ENDS}, as in torch; jax takes 1"),
    )
    return Facts(low, high, 0, 1, 0, 0, kinks=kinks, parity="odd" if low == -high else None)


HARD_TANH = Activation(
    name="hard_tanh",
    title="Hard hyperbolic tangent",
    family="hard",
    spellings=spelled(
        "torch.nn.Hardtanh torch.nn.functional.hardtanh jax.nn.hard_tanh flax.linen.hard_tanh "
        "keras.activations.hard_tanh NNlib.hardtanh mlx.nn.HardTanh mlx.nn.hard_tanh",
        min_value=-1, max_value=1,
    ),
    parameters=(
        Parameter("min_value", -1, -1000, -0.001, "the smallest output"),
        Parameter("max_value", 1, 0.001, 1000, "the largest output"),
    ),
    orders=(
        Order("clip(x, min_value, max_value)", np.clip),
        Order(
            "where(x > min_value, where(x < max_value, 1, 0), 0)",
            lambda x, low, high: select((x > low) & (x < high), 1.0, 0.0),
        ),
        ZERO,
    ),
    facts_of=_hard_tanh_facts,
    reference=Reference(
        "R. Collobert, Large scale machine learning, thesis, 2004", "https://ronan.collobert.com/pub/matos/2004_phdthesis_lip6.pdf"
    ),
    remark="the slope at ±1 is 0 in torch and NNlib, as here, and 1 in jax",
)  # fmt: skip

SPARSE_SIGMOID = Activation(
    name="sparse_sigmoid",
    title="Sparse sigmoid",
    family="hard",
    spellings=spelled("jax.nn.sparse_sigmoid keras.activations.sparse_sigmoid"),
    orders=(
        Order("clip((x + 1)/2, 0, 1)", lambda x: np.clip((x + 1.0) / 2.0, 0.0, 1.0)),
        Order("(sign(x + 1) - sign(x - 1))/4", lambda x: (np.sign(x + 1.0) - np.sign(x - 1.0)) / 4.0),
        ZERO,
    ),
    facts_of=lambda: Facts(
        0, 1, 0, 1 / 2, 0, 0,
        kinks=(Kink(-1, 0, 1 / 2, 1 / 4, "the mean of both slopes, as jax takes it"),
               Kink(1, 1 / 2, 0, 1 / 4, "the mean of both slopes, as jax takes it")),
    ),
    reference=Reference(
        "A. F. T. Martins and R. F. Astudillo, From softmax to sparsemax: a sparse model of attention and "
        "multi-label classification, 2016",
        "https://arxiv.org/abs/1602.02068",
    ),
)  # fmt: skip


def _hard_silu(x: Array) -> Array:
    return select(x >= 3, x, select(x > -3, x * (x + 3.0) / 6.0, 0.0))


HARD_SILU = Activation(
    name="hard_silu",
    title="Hard sigmoid linear unit (hard swish)",
    family="hard",
    aliases=("hard_swish", "hardswish"),
    spellings=spelled(
        "torch.nn.Hardswish torch.nn.functional.hardswish jax.nn.hard_silu jax.nn.hard_swish "
        "flax.linen.hard_silu flax.linen.hard_swish keras.activations.hard_silu keras.activations.hard_swish "
        "NNlib.hardswish mlx.nn.Hardswish mlx.nn.hardswish onnx.HardSwish"
    ),
    orders=(
        Order("where(x >= 3, x, where(x > -3, x*(x + 3)/6, 0))", _hard_silu),
        Order(
            "where(x >= 3, 1, where(x > -3, x/3 + 1/2, 0))",
            lambda x: select(x >= 3, 1.0, select(x > -3, (x + 1.5) / 3.0, 0.0)),
        ),
        Order("where(abs(x) < 3, 1/3, 0)", lambda x: select(np.abs(x) < 3, 1 / 3, 0.0)),
    ),
    facts_of=lambda: Facts(
        -3 / 8, math.inf, -1 / 2, 3 / 2, 0, 1,
        kinks=(
            Kink(-3, 0, -1 / 2, 0, "the outer slope at both ends, as in jax and in torch since 2.13"),
            Kink(-3, 0, 1 / 3, 0, "the curvature outside", order=2),
            Kink(3, 3 / 2, 1, 1, "the outer slope at both ends, as in jax and in torch since 2.13"),
            Kink(3, 1 / 3, 0, 0, "the curvature outside", order=2),
        ),
    ),
    reference=Reference("A. Howard and others, Searching for MobileNetV3, 2019", "https://arxiv.org/abs/1905.02244"),
    remark="the slopes at −3 and 3 are 0 and 1 in jax and torch 2.13, −1/2 and 3/2 in older torch and NNlib",
)  # fmt: skip

HARD_MISH = Activation(
    name="hard_mish",
    title="Hard mish",
    family="hard",
    orders=(
        Order(
            "where(x >= 0, x, where(x > -2, x*(x + 2)/2, 0))",
            lambda x: select(x >= 0, x, select(x > -2, x * (x + 2.0) / 2.0, 0.0)),
        ),
        Order("where(x > -2, min(x, 0) + 1, 0)", lambda x: select(x > -2, np.minimum(x, 0.0) + 1.0, 0.0)),
        Order("where(abs(x + 1) < 1, 1, 0)", lambda x: select((x > -2) & (x < 0), 1.0, 0.0)),
    ),
    facts_of=lambda: Facts(
        -1 / 2, math.inf, -1, 1, 0, 1,
        kinks=(
            Kink(-2, 0, -1, 0, "the slope of the flat side"),
            Kink(-2, 0, 1, 0, "the curvature outside", order=2),
            Kink(0, 1, 0, 0, "the curvature outside", order=2),
        ),
    ),
    reference=Reference("D. Misra, H-Mish", "https://github.com/digantamisra98/H-Mish"),
)  # fmt: skip

ACTIVATIONS = (HARD_SIGMOID, HARD_SIGMOID_02, HARD_TANH, SPARSE_SIGMOID, HARD_SILU, HARD_MISH)
