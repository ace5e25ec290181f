"""Gated linear units: the first half of the vector times (or under) an activation of the second half."""

from collections.abc import Callable

import numpy as np

from actcli.activation import Activation, Array, Parameter, Reference, VectorActivation
from actcli.catalogue.gated import SILU
from actcli.catalogue.linear import IDENTITY
from actcli.catalogue.normal_gated import GELU
from actcli.catalogue.rectified import RELU
from actcli.catalogue.sigmoidal import SIGMOID
from actcli.catalogue.spelling import spelled

_SHAZEER = Reference("N. Shazeer, GLU variants improve transformer, 2020", "https://arxiv.org/abs/2002.05202")
_GATE = "the output as its gate moves and its value stays 1"


def _halves(z: Array) -> tuple[Array, Array]:
    half, odd = divmod(z.shape[-1], 2)
    if odd:
        raise ValueError(f"a gated linear unit takes an even number of pre-activations, not {z.shape[-1]}")
    return z[..., :half], z[..., half:]


def _gated(gate: Activation) -> tuple[Callable[[Array], Array], Callable[[Array, Array], Array]]:
    """Return forward and vjp of value·gate(second half)."""

    def forward(z: Array) -> Array:
        value, opening = _halves(z)
        product: Array = value * gate(opening)
        return product

    def vjp(z: Array, g: Array) -> Array:
        value, opening = _halves(z)
        height, slope = gate.value_and_slope(opening)
        return np.concatenate([g * height, g * value * slope], axis=-1)

    return forward, vjp


def _unit(
    name: str, title: str, words: str, gate: Activation, reference: Reference, text: str, remark: str = ""
) -> VectorActivation:
    forward, vjp = _gated(gate)
    return VectorActivation(
        name=name,
        title=title,
        family="gated_linear",
        spellings=spelled(words),
        formula=f"y = a·{text}(b) with z = (a, b)" if text else "y = a·b with z = (a, b)",
        derivative_formula=f"∂y/∂a = {text}(b), ∂y/∂b = a·{text}′(b)" if text else "∂y/∂a = b, ∂y/∂b = a",
        forward_of=forward,
        vjp_of=vjp,
        section_of=lambda: gate,
        section_caption=_GATE,
        inputs_per_group=lambda: 2,
        reference=reference,
        remark=remark,
    )


GLU = _unit(
    "glu", "Gated linear unit",
    "torch.nn.GLU torch.nn.functional.glu jax.nn.glu flax.linen.glu keras.activations.glu NNlib.glu "
    "mlx.nn.GLU mlx.nn.glu",
    SIGMOID,
    Reference(
        "Y. N. Dauphin, A. Fan, M. Auli and D. Grangier, Language modeling with gated convolutional "
        "networks, 2016",
        "https://arxiv.org/abs/1612.08083",
    ),
    "σ",
)  # fmt: skip

BILINEAR = _unit("bilinear", "Bilinear gated unit", "", IDENTITY, _SHAZEER, "")
REGLU = _unit("reglu", "Gated linear unit with relu", "", RELU, _SHAZEER, "relu")
GEGLU = _unit(
    "geglu", "Gated linear unit with gelu", "", GELU, _SHAZEER, "gelu",
    "with the gelu of jax and flax the gate is its tanh form; here it is the exact one",
)  # fmt: skip


def _swiglu(z: Array, alpha: float) -> Array:
    opening, value = _halves(z)
    product: Array = SILU.bind(beta=alpha)(opening) * value
    return product


def _swiglu_vjp(z: Array, g: Array, alpha: float) -> Array:
    opening, value = _halves(z)
    height, slope = SILU.bind(beta=alpha).value_and_slope(opening)
    return np.concatenate([g * value * slope, g * height], axis=-1)


SWIGLU = VectorActivation(
    name="swiglu",
    title="Gated linear unit with swish",
    family="gated_linear",
    spellings=spelled("onnx.SwiGLU", alpha=1),
    parameters=(Parameter("alpha", 1, 0.01, 100, "steepness of the gate"),),
    formula="y = swish(a)·b with z = (a, b) and swish(a) = a·σ(alpha·a)",
    derivative_formula="∂y/∂a = swish′(a)·b, ∂y/∂b = swish(a)",
    forward_of=_swiglu,
    vjp_of=_swiglu_vjp,
    section_of=lambda alpha: SILU.bind(beta=alpha),
    section_caption=_GATE,
    inputs_per_group=lambda alpha: 2,
    reference=_SHAZEER,
    remark="here the first half is the gate; in the other gated linear units it is the second",
)

ACTIVATIONS = (GLU, BILINEAR, REGLU, GEGLU, SWIGLU)
