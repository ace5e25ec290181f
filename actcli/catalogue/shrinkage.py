"""Shrinkage: odd functions that pull their input towards 0."""

import math

import numpy as np

from actcli.activation import Activation, Array, Facts, Kink, Order, Parameter, Reference
from actcli.catalogue.pieces import ZERO
from actcli.catalogue.spelling import spelled
from actcli.numerics import sech2, select, tanhshrink

_INNER = "the threshold itself still counts as noise, as in torch"


def _outside(x: Array, threshold: float) -> Array:
    return select(np.abs(x) > threshold, 1.0, 0.0)


def _zone(threshold: float) -> tuple[Kink, Kink]:
    return Kink(-threshold, 1, 0, 0, _INNER), Kink(threshold, 0, 1, 0, _INNER)


SOFTSHRINK = Activation(
    name="softshrink",
    title="Soft shrinkage",
    family="shrinkage",
    aliases=("soft_shrink",),
    spellings=spelled(
        "torch.nn.Softshrink torch.nn.functional.softshrink keras.activations.soft_shrink NNlib.softshrink "
        "mlx.nn.Softshrink mlx.nn.softshrink tfa.activations.softshrink",
        threshold=0.5,
    ),
    parameters=(Parameter("threshold", 0.5, 1e-6, 1000, "λ, what is subtracted from |x|"),),
    orders=(
        Order(
            "sign(x)*max(abs(x) - threshold, 0)",
            lambda x, threshold: np.copysign(np.maximum(np.abs(x) - threshold, 0.0), x),
        ),
        Order("where(abs(x) > threshold, 1, 0)", _outside),
        ZERO,
    ),
    facts_of=lambda threshold: Facts(-math.inf, math.inf, 0, 1, 1, 1, kinks=_zone(threshold), parity="odd"),
    reference=Reference(
        "D. L. Donoho, De-noising by soft-thresholding, 1995", "https://doi.org/10.1109/18.382009"
    ),
)


def _hardshrink_facts(threshold: float) -> Facts:
    jumps = (
        Kink(-threshold, -threshold, 0, 0, _INNER, order=0),
        Kink(threshold, 0, threshold, 0, _INNER, order=0),
    )
    left, right = _zone(threshold)
    return Facts(
        -math.inf, math.inf, 0, 1, 1, 1, kinks=(jumps[0], left, jumps[1], right), parity="odd"
    )  # fmt: skip


HARDSHRINK = Activation(
    name="hardshrink",
    title="Hard shrinkage",
    family="shrinkage",
    aliases=("hard_shrink",),
    spellings=spelled(
        "torch.nn.Hardshrink torch.nn.functional.hardshrink keras.activations.hard_shrink mlx.nn.HardShrink "
        "mlx.nn.hard_shrink onnx.Shrink tfa.activations.hardshrink",
        threshold=0.5,
    ),
    parameters=(Parameter("threshold", 0.5, 1e-6, 1000, "λ, the largest |x| that is silenced"),),
    orders=(
        Order(
            "where(abs(x) > threshold, x, 0)",
            lambda x, threshold: select(np.abs(x) > threshold, x, np.copysign(0.0, x)),
        ),
        Order("where(abs(x) > threshold, 1, 0)", _outside),
        ZERO,
    ),
    facts_of=_hardshrink_facts,
    reference=Reference(
        "D. L. Donoho and I. M. Johnstone, Ideal spatial adaptation by wavelet shrinkage, 1994",
        "https://doi.org/10.1093/biomet/81.3.425",
    ),
)

TANHSHRINK = Activation(
    name="tanhshrink",
    title="Tanh shrinkage",
    family="shrinkage",
    aliases=("tanh_shrink",),
    spellings=spelled(
        "torch.nn.Tanhshrink torch.nn.functional.tanhshrink keras.activations.tanh_shrink NNlib.tanhshrink "
        "tfa.activations.tanhshrink"
    ),
    orders=(
        Order("x - tanh(x)", tanhshrink),
        Order("tanh(x)**2", lambda x: np.square(np.tanh(x))),
        Order("2*tanh(x)*sech(x)**2", lambda x: 2.0 * np.tanh(x) * sech2(x)),
    ),
    facts_of=lambda: Facts(-math.inf, math.inf, 0, 1, 1, 1, parity="odd"),
    reference=Reference(
        "torch.nn.Tanhshrink", "https://docs.pytorch.org/docs/stable/generated/torch.nn.Tanhshrink.html"
    ),
)

ACTIVATIONS = (SOFTSHRINK, HARDSHRINK, TANHSHRINK)
