"""Vector-valued activations that select: hardmax and sparsemax, whose outputs can be exactly 0."""

import numpy as np

from actcli.activation import Array, Facts, Kink, Order, Reference, VectorActivation
from actcli.catalogue.competing import TWO_LOGITS, section
from actcli.catalogue.pieces import ZERO
from actcli.catalogue.spelling import spelled


def _winner(z: Array) -> Array:
    return np.where(np.arange(z.shape[-1]) == z.argmax(axis=-1, keepdims=True), 1.0, 0.0)


_HARDMAX_SECTION = section(
    "hardmax_section",
    "Hardmax of (x, 0)",
    (Order("where(x >= 0, 1, 0)", lambda x: np.where(x >= 0, 1.0, 0.0)), ZERO, ZERO),
    Facts(0, 1, 0, 0, 0, 0, kinks=(Kink(0, 0, 1, 1, "ties go to the first entry", order=0),)),
)


HARDMAX = VectorActivation(
    name="hardmax",
    title="Hardmax",
    family="competing",
    spellings=spelled("onnx.Hardmax"),
    formula="yᵢ = 1 for the first largest zᵢ, else 0",
    derivative_formula="∂yᵢ/∂zⱼ = 0 wherever it exists",
    forward_of=_winner,
    vjp_of=lambda z, g: np.zeros_like(z),
    section_of=lambda: _HARDMAX_SECTION,
    section_caption=f"{TWO_LOGITS}; ties go to the first",
    reference=Reference("the ONNX operator Hardmax", "https://onnx.ai/onnx/operators/onnx__Hardmax.html"),
)


def _support(z: Array) -> tuple[Array, Array]:
    """Return which entries sparsemax keeps, and its threshold τ (Martins & Astudillo 2016, algorithm 1)."""
    # Only differences from the maximum matter; those beyond −1 are never kept, so that −∞ is harmless.
    apart = np.maximum(z - z.max(axis=-1, keepdims=True), -2.0)
    ordered = -np.sort(-apart, axis=-1)
    count = np.arange(1, z.shape[-1] + 1)
    total = np.cumsum(ordered, axis=-1)
    kept = (1.0 + count * ordered > total).sum(axis=-1, keepdims=True)
    threshold = (np.take_along_axis(total, kept - 1, axis=-1) - 1.0) / kept
    return apart, threshold


def _sparsemax(z: Array) -> Array:
    apart, threshold = _support(z)
    return np.maximum(apart - threshold, 0.0)


def _sparsemax_vjp(z: Array, g: Array) -> Array:
    apart, threshold = _support(z)
    inside = apart > threshold
    mean = np.where(inside, g, 0.0).sum(axis=-1, keepdims=True) / inside.sum(axis=-1, keepdims=True)
    return np.where(inside, g - mean, 0.0)


_EDGE = "the border of the support counts as outside"
_SPARSEMAX_SECTION = section(
    "sparsemax_section",
    "Sparsemax of (x, 0)",
    (
        Order("clip((x + 1)/2, 0, 1)", lambda x: np.clip((x + 1.0) / 2.0, 0.0, 1.0)),
        Order("where(abs(x) < 1, 1/2, 0)", lambda x: np.where(np.abs(x) < 1, 0.5, 0.0)),
        ZERO,
    ),
    Facts(0, 1, 0, 1 / 2, 0, 0, kinks=(Kink(-1, 0, 1 / 2, 0, _EDGE), Kink(1, 1 / 2, 0, 0, _EDGE))),
)

SPARSEMAX = VectorActivation(
    name="sparsemax",
    title="Sparsemax",
    family="competing",
    spellings=spelled("keras.activations.sparsemax tfa.activations.sparsemax"),
    formula="yᵢ = max(zᵢ − τ, 0) with τ such that Σ yᵢ = 1",
    derivative_formula="∂yᵢ/∂zⱼ = δᵢⱼ − 1/|S| for i, j in the support S, else 0",
    forward_of=_sparsemax,
    vjp_of=_sparsemax_vjp,
    section_of=lambda: _SPARSEMAX_SECTION,
    section_caption=TWO_LOGITS,
    reference=Reference(
        "A. F. T. Martins and R. F. Astudillo, From softmax to sparsemax: a sparse model of attention and "
        "multi-label classification, 2016",
        "https://arxiv.org/abs/1602.02068",
    ),
    remark="keras 3.15's own does not add up to 1 where more than one output is positive",
)

ACTIVATIONS = (HARDMAX, SPARSEMAX)
