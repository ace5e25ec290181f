"""Rectifiers with a slope on both sides: piecewise linear, and linear again far out."""

import math
from typing import Literal

from actcli.activation import Activation, Array, Facts, Order, Parameter, Reference
from actcli.catalogue.pieces import ZERO, kink, line
from actcli.catalogue.spelling import spelled
from actcli.numerics import select

_LEFT = "the left slope, as torch and NNlib take it; jax takes 1"


def _leaky(x: Array, slope: float) -> Array:
    return select(x >= 0, x, line(slope, x))


def _leaky_slope(x: Array, slope: float) -> Array:
    return select(x > 0, 1.0, slope)


def _leaky_facts(slope: float) -> Facts:
    return _two_slopes(1.0, slope, _LEFT)


def _two_slopes(right: float, left: float, reason: str) -> Facts:
    ends = (-left * math.inf if left else 0.0, right * math.inf if right else 0.0)
    parity: Literal["odd", "even"] | None = "odd" if left == right else "even" if left == -right else None
    return Facts(
        min(*ends, 0), max(*ends, 0), min(left, right), max(left, right), left, right,
        kinks=kink(0, left, right, left, reason), parity=parity,
    )  # fmt: skip


LEAKY_RELU = Activation(
    name="leaky_relu",
    title="Leaky rectified linear unit",
    family="leaky",
    aliases=("lrelu",),
    spellings=spelled(
        "torch.nn.LeakyReLU torch.nn.functional.leaky_relu jax.nn.leaky_relu flax.linen.leaky_relu "
        "NNlib.leakyrelu mlx.nn.LeakyReLU mlx.nn.leaky_relu onnx.LeakyRelu",
        negative_slope=0.01,
    )
    | spelled("keras.activations.leaky_relu tf.nn.leaky_relu", negative_slope=0.2)
    | spelled("keras.layers.LeakyReLU keras2.LeakyReLU", negative_slope=0.3)
    | spelled("darknet.leaky", negative_slope=0.1),
    parameters=(Parameter("negative_slope", 0.01, -10, 10, "slope below 0"),),
    orders=(
        Order("where(x >= 0, x, negative_slope*x)", _leaky),
        Order("where(x > 0, 1, negative_slope)", _leaky_slope),
        ZERO,
    ),
    facts_of=_leaky_facts,
    reference=Reference(
        "A. L. Maas, A. Y. Hannun and A. Y. Ng, Rectifier nonlinearities improve neural network acoustic "
        "models, 2013",
        "https://ai.stanford.edu/~amaas/papers/relu_hybrid_icml2013_final.pdf",
    ),
    remark="the default slope is 0.01 in torch, jax, flax, NNlib, mlx and onnx, 0.2 as a keras or tf "
    "function, 0.3 as a keras layer and 0.1 in Darknet",
)

PRELU = Activation(
    name="prelu",
    title="Parametric rectified linear unit",
    family="leaky",
    spellings=spelled("torch.nn.PReLU mlx.nn.PReLU", a=0.25)
    | spelled("torch.nn.functional.prelu mlx.nn.prelu onnx.PRelu")
    | spelled("flax.linen.PReLU", a=0.01)
    | spelled("keras.layers.PReLU keras2.PReLU", a=0),
    parameters=(
        Parameter("a", 0.25, -10, 10, "learned slope below 0; the default is its initial value"),
    ),
    orders=(
        Order("where(x >= 0, x, a*x)", _leaky),
        Order("where(x > 0, 1, a)", _leaky_slope),
        ZERO,
    ),
    facts_of=_leaky_facts,
    reference=Reference(
        "K. He, X. Zhang, S. Ren and J. Sun, Delving deep into rectifiers: surpassing human-level "
        "performance on ImageNet classification, 2015",
        "https://arxiv.org/abs/1502.01852",
    ),
    remark="the slope begins at 0.25 in torch and mlx, 0.01 in flax and 0 in keras",
)  # fmt: skip

RRELU = Activation(
    name="rrelu",
    title="Randomized leaky rectified linear unit, as evaluated",
    family="leaky",
    spellings=spelled(
        "torch.nn.RReLU torch.nn.functional.rrelu NNlib.rrelu tfa.activations.rrelu", lower=1 / 8, upper=1 / 3
    ),
    parameters=(
        Parameter("lower", 1 / 8, 0, 1, "smallest slope drawn in training"),
        Parameter("upper", 1 / 3, 0, 1, "largest slope drawn in training"),
    ),
    orders=(
        Order(
            "where(x >= 0, x, (lower + upper)/2*x)", lambda x, lower, upper: _leaky(x, (lower + upper) / 2)
        ),
        Order(
            "where(x > 0, 1, (lower + upper)/2)", lambda x, lower, upper: _leaky_slope(x, (lower + upper) / 2)
        ),
        ZERO,
    ),
    facts_of=lambda lower, upper: _leaky_facts((lower + upper) / 2),
    reference=Reference(
        "B. Xu, N. Wang, T. Chen and M. Li, Empirical evaluation of rectified activations in convolutional "
        "network, 2015",
        "https://arxiv.org/abs/1505.00853",
    ),
    remark="in training each slope is drawn from [lower, upper]; evaluation, as here, takes their mean",
)


def _bounded(x: Array, negative_slope: float, bound: float) -> Array:
    above = line(negative_slope, x, (1.0 - negative_slope) * bound)
    return select(x < 0, line(negative_slope, x), select(x <= bound, x, above))


BOUNDED_LEAKY_RELU = Activation(
    name="bounded_leaky_relu",
    title="Bounded leaky rectified linear unit",
    family="leaky",
    aliases=("blrelu",),
    parameters=(
        Parameter("negative_slope", 0.01, 0.0001, 1, "slope outside the ramp"),
        Parameter("bound", 1, 0.001, 1000, "where the ramp ends"),
    ),
    orders=(
        Order(
            "where(x < 0, negative_slope*x, where(x <= bound, x, negative_slope*x + (1 - "
            "negative_slope)*bound))",
            _bounded,
        ),
        Order(
            "where(x > 0, where(x < bound, 1, negative_slope), negative_slope)",
            lambda x, negative_slope, bound: select((x > 0) & (x < bound), 1.0, negative_slope),
        ),
        ZERO,
    ),
    facts_of=lambda slope, bound: Facts(
        -math.inf, math.inf, slope, 1, slope, slope,
        kinks=(
            *kink(0, slope, 1, slope, _LEFT),
            *kink(bound, 1, slope, slope, "the outer slope at both ends"),
        ),
        parity="odd" if slope == 1 else None,
    ),
    reference=Reference(
        "S. S. Liew, M. Khalil-Hani and R. Bakhteri, Bounded activation functions for enhanced training "
        "stability of deep neural networks on visual pattern recognition problems, 2016",
        "https://doi.org/10.1016/j.neucom.2016.08.037",
    ),
)  # fmt: skip

DUAL_SLOPE = Activation(
    name="dual_slope",
    title="Rectified linear unit with two learned slopes",
    family="leaky",
    aliases=("dprelu",),
    parameters=(
        Parameter("positive_slope", 1, -10, 10, "learned slope above 0"),
        Parameter("negative_slope", 0.01, -10, 10, "learned slope below 0"),
    ),
    orders=(
        Order(
            "where(x >= 0, positive_slope*x, negative_slope*x)",
            lambda x, above, below: select(x >= 0, line(above, x), line(below, x)),
        ),
        Order(
            "where(x > 0, positive_slope, negative_slope)",
            lambda x, above, below: select(x > 0, above, below),
        ),
        ZERO,
    ),
    facts_of=lambda above, below: _two_slopes(above, below, "the left slope, as for leaky_relu"),
    reference=Reference(
        "V. Kunc and J. Kléma, Three decades of activations, 2024 (survey: dual parametric ReLU)",
        "https://arxiv.org/abs/2402.09092",
    ),
)  # fmt: skip


def _srelu(x: Array, t_left: float, a_left: float, t_right: float, a_right: float) -> Array:
    left, right = line(a_left, x - t_left, t_left), line(a_right, x - t_right, t_right)
    return select(x >= t_right, right, select(x > t_left, x, left))


def _srelu_slope(x: Array, t_left: float, a_left: float, t_right: float, a_right: float) -> Array:
    return select(x >= t_right, a_right, select(x > t_left, 1.0, a_left))


def _srelu_facts(t_left: float, a_left: float, t_right: float, a_right: float) -> Facts:
    inner = (1.0,) if t_left < t_right else ()
    reason = "the outer slope at both ends"
    kinks = (
        (*kink(t_left, a_left, 1, a_left, reason), *kink(t_right, 1, a_right, a_right, reason))
        if inner
        else kink(t_left, a_left, a_right, a_right, "the right slope where both thresholds meet")
    )
    symmetric = a_left == a_right and t_left == -t_right
    return Facts(
        -math.inf if a_left else t_left, math.inf if a_right else t_right,
        min(a_left, a_right, *inner), max(a_left, a_right, *inner), a_left, a_right,
        kinks=kinks, parity="odd" if symmetric else None,
    )  # fmt: skip


SRELU = Activation(
    name="srelu",
    title="S-shaped rectified linear unit",
    family="leaky",
    parameters=(
        Parameter("t_left", -1, -1000, 0, "learned left threshold"),
        Parameter("a_left", 0.2, 0, 10, "learned slope left of it"),
        Parameter("t_right", 1, 0, 1000, "learned right threshold"),
        Parameter("a_right", 0.2, 0, 10, "learned slope right of it"),
    ),
    orders=(
        Order(
            "where(x >= t_right, t_right + a_right*(x - t_right), "
            "where(x > t_left, x, t_left + a_left*(x - t_left)))",
            _srelu,
        ),
        Order("where(x >= t_right, a_right, where(x > t_left, 1, a_left))", _srelu_slope),
        ZERO,
    ),
    facts_of=_srelu_facts,
    reference=Reference(
        "X. Jin and others, Deep learning with S-shaped rectified linear activation units, 2015",
        "https://arxiv.org/abs/1512.07030",
    ),
    remark="with equal outer slopes a and thresholds ±c this is the piecewise linear unit PLU(a, c)",
)

ACTIVATIONS = (LEAKY_RELU, PRELU, RRELU, BOUNDED_LEAKY_RELU, DUAL_SLOPE, SRELU)
