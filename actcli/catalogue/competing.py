"""Vector-valued activations in which the entries of a vector compete: softmax and its relatives, maxout, crelu."""

import math

import numpy as np

from actcli.activation import Activation, Array, Facts, Kink, Order, Parameter, Reference, VectorActivation
from actcli.catalogue.pieces import ZERO
from actcli.catalogue.spelling import spelled
from actcli.numerics import log_sigmoid, sigmoid, sigmoid_curvature, sigmoid_slope

_TWO_LOGITS = "the first of two outputs, as the first logit moves and the second stays 0"
_BRIDLE = Reference(
    "J. S. Bridle, Probabilistic interpretation of feedforward classification network outputs, 1990",
    "https://doi.org/10.1007/978-3-642-76153-9_28",
)


def _section(name: str, title: str, orders: tuple[Order, ...], facts: Facts) -> Activation:
    """Return the elementwise activation that a vector-valued one looks like along one coordinate."""
    return Activation(
        name=name,
        title=title,
        family="competing",
        reference=Reference(f"{title.lower()}, along one coordinate"),
        orders=orders,
        facts_of=lambda: facts,
    )


def softmax(z: Array) -> Array:
    """Return exp(zᵢ)/Σ exp(zⱼ); entries at the maximum share everything when it is ±∞."""
    weights = _weights(z)
    return weights / weights.sum(axis=-1, keepdims=True)


def _weights(z: Array) -> Array:
    """Return exp(z − max z), 1 for every entry at the maximum: no overflow, and no ∞ − ∞."""
    highest = z.max(axis=-1, keepdims=True)
    return np.where(z == highest, 1.0, np.exp(z - highest))


def _softmax_vjp(z: Array, g: Array) -> Array:
    p = softmax(z)
    # Differences of g first: a constant added to g must change nothing, whatever its size.
    mean = (p * g).sum(axis=-1, keepdims=True)
    return p * (g - mean)


_SOFTMAX_SECTION = _section(
    "softmax_section",
    "Softmax of (x, 0)",
    (
        Order("1/(1 + exp(-x))", sigmoid),
        Order("exp(-x)/(1 + exp(-x))**2", sigmoid_slope),
        Order("exp(-x)*(exp(-x) - 1)/(1 + exp(-x))**3", sigmoid_curvature),
    ),
    Facts(0, 1, 0, 1 / 4, 0, 0),
)

SOFTMAX = VectorActivation(
    name="softmax",
    title="Softmax",
    family="competing",
    spellings=spelled(
        "torch.nn.Softmax torch.nn.functional.softmax torch.softmax jax.nn.softmax flax.linen.softmax "
        "keras.activations.softmax keras.layers.Softmax keras2.softmax tf.nn.softmax NNlib.softmax mlx.nn.Softmax "
        "mlx.nn.softmax onnx.Softmax"
    ),
    formula="yᵢ = exp(zᵢ)/Σⱼ exp(zⱼ)",
    derivative_formula="∂yᵢ/∂zⱼ = yᵢ·(δᵢⱼ − yⱼ)",
    forward_of=softmax,
    vjp_of=_softmax_vjp,
    section_of=lambda: _SOFTMAX_SECTION,
    section_caption=_TWO_LOGITS,
    reference=_BRIDLE,
)

# Channels are the last axis here, so that this is softmax under the name of a layer for images.
SOFTMAX2D = VectorActivation(
    name="softmax2d",
    title="Softmax over channels",
    family="competing",
    spellings=spelled("torch.nn.Softmax2d"),
    formula="y_c = exp(z_c)/Σ_d exp(z_d) at every pixel, over channels c (the last axis)",
    derivative_formula="∂y_c/∂z_d = y_c·(δ_cd − y_d)",
    forward_of=softmax,
    vjp_of=_softmax_vjp,
    section_of=lambda: _SOFTMAX_SECTION,
    section_caption=_TWO_LOGITS,
    reference=Reference(
        "torch.nn.Softmax2d", "https://docs.pytorch.org/docs/stable/generated/torch.nn.Softmax2d.html"
    ),
    remark="torch keeps channels in the third axis from the end; here they are the last one",
)


def _falling(order: int) -> Order:
    texts = ("1/(1 + exp(x))", "-exp(x)/(1 + exp(x))**2", "exp(x)*(exp(x) - 1)/(1 + exp(x))**3")
    functions = (
        lambda x: sigmoid(-x),
        lambda x: -sigmoid_slope(x),
        lambda x: -sigmoid_curvature(x),
    )
    return Order(texts[order], functions[order])


_SOFTMIN_SECTION = _section(
    "softmin_section",
    "Softmin of (x, 0)",
    (_falling(0), _falling(1), _falling(2)),
    Facts(0, 1, -1 / 4, 0, 0, 0),
)

SOFTMIN = VectorActivation(
    name="softmin",
    title="Softmin",
    family="competing",
    spellings=spelled("torch.nn.Softmin torch.nn.functional.softmin mlx.nn.Softmin mlx.nn.softmin"),
    formula="yᵢ = exp(−zᵢ)/Σⱼ exp(−zⱼ)",
    derivative_formula="∂yᵢ/∂zⱼ = −yᵢ·(δᵢⱼ − yⱼ)",
    forward_of=lambda z: softmax(-z),
    vjp_of=lambda z, g: -_softmax_vjp(-z, g),
    section_of=lambda: _SOFTMIN_SECTION,
    section_caption=_TWO_LOGITS,
    reference=Reference("torch.nn.Softmin", "https://docs.pytorch.org/docs/stable/generated/torch.nn.Softmin.html"),
)


def _log_softmax(z: Array) -> Array:
    highest = z.max(axis=-1, keepdims=True)
    apart = np.where(z == highest, 0.0, z - highest)
    weights = np.exp(apart)
    # One of the largest entries counts 1 exactly; log1p of the rest keeps log p near 0 to its last digit.
    first = np.arange(z.shape[-1]) == z.argmax(axis=-1, keepdims=True)
    return apart - np.log1p(np.where(first, 0.0, weights).sum(axis=-1, keepdims=True))


def _log_softmax_vjp(z: Array, g: Array) -> Array:
    return g - softmax(z) * g.sum(axis=-1, keepdims=True)


_LOG_SOFTMAX_SECTION = _section(
    "log_softmax_section",
    "Log-softmax of (x, 0)",
    (
        Order("-log(1 + exp(-x))", log_sigmoid),
        Order("1/(1 + exp(x))", lambda x: sigmoid(-x)),
        Order("-exp(x)/(1 + exp(x))**2", lambda x: -sigmoid_slope(x)),
    ),
    Facts(-math.inf, 0, 0, 1, 1, 0),
)

LOG_SOFTMAX = VectorActivation(
    name="log_softmax",
    title="Log-softmax",
    family="competing",
    aliases=("logsoftmax",),
    spellings=spelled(
        "torch.nn.LogSoftmax torch.nn.functional.log_softmax jax.nn.log_softmax flax.linen.log_softmax "
        "keras.activations.log_softmax tf.nn.log_softmax NNlib.logsoftmax mlx.nn.LogSoftmax mlx.nn.log_softmax "
        "onnx.LogSoftmax"
    ),
    formula="yᵢ = zᵢ − log Σⱼ exp(zⱼ)",
    derivative_formula="∂yᵢ/∂zⱼ = δᵢⱼ − exp(yⱼ)",
    forward_of=_log_softmax,
    vjp_of=_log_softmax_vjp,
    section_of=lambda: _LOG_SOFTMAX_SECTION,
    section_caption=_TWO_LOGITS,
    reference=_BRIDLE,
)

GUMBEL_SOFTMAX = VectorActivation(
    name="gumbel_softmax",
    title="Gumbel-softmax without its noise",
    family="competing",
    spellings=spelled("torch.nn.functional.gumbel_softmax", tau=1),
    parameters=(Parameter("tau", 1, 0.01, 100, "temperature; towards 0 the output becomes one-hot"),),
    formula="yᵢ = exp((zᵢ + gᵢ)/tau)/Σⱼ exp((zⱼ + gⱼ)/tau) with the noise g at its mode, 0",
    derivative_formula="∂yᵢ/∂zⱼ = yᵢ·(δᵢⱼ − yⱼ)/tau",
    forward_of=lambda z, tau: softmax(z / tau),
    vjp_of=lambda z, g, tau: _softmax_vjp(z / tau, g) / tau,
    section_of=lambda tau: _tempered(tau),
    section_caption=_TWO_LOGITS,
    reference=Reference(
        "E. Jang, S. Gu and B. Poole, Categorical reparameterization with Gumbel-softmax, 2016",
        "https://arxiv.org/abs/1611.01144",
    ),
    remark="in training torch adds Gumbel noise to the logits; here it is left out, so that the answer is repeatable",
)


def _tempered(tau: float) -> Activation:
    """Return σ(x/tau) as an activation of x."""
    return Activation(
        name="gumbel_softmax_section",
        title="Gumbel-softmax of (x, 0)",
        family="competing",
        reference=GUMBEL_SOFTMAX.reference,
        parameters=GUMBEL_SOFTMAX.parameters,
        values={"tau": tau},
        orders=(
            Order("1/(1 + exp(-x/tau))", lambda x, tau: sigmoid(x / tau)),
            Order("exp(-x/tau)/(1 + exp(-x/tau))**2/tau", lambda x, tau: sigmoid_slope(x / tau) / tau),
            Order(
                "exp(-x/tau)*(exp(-x/tau) - 1)/(1 + exp(-x/tau))**3/tau**2",
                lambda x, tau: sigmoid_curvature(x / tau) / (tau * tau),
            ),
        ),
        facts_of=lambda tau: Facts(0, 1, 0, 1 / (4 * tau), 0, 0),
    )


def _winner(z: Array) -> Array:
    return np.where(np.arange(z.shape[-1]) == z.argmax(axis=-1, keepdims=True), 1.0, 0.0)


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
    section_caption=f"{_TWO_LOGITS}; ties go to the first",
    reference=Reference("the ONNX operator Hardmax", "https://onnx.ai/onnx/operators/onnx__Hardmax.html"),
)

_HARDMAX_SECTION = _section(
    "hardmax_section",
    "Hardmax of (x, 0)",
    (Order("where(x >= 0, 1, 0)", lambda x: np.where(x >= 0, 1.0, 0.0)), ZERO, ZERO),
    Facts(0, 1, 0, 0, 0, 0, kinks=(Kink(0, 0, 1, 1, "ties go to the first entry", order=0),)),
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
_SPARSEMAX_SECTION = _section(
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
    section_caption=_TWO_LOGITS,
    reference=Reference(
        "A. F. T. Martins and R. F. Astudillo, From softmax to sparsemax: a sparse model of attention and "
        "multi-label classification, 2016",
        "https://arxiv.org/abs/1602.02068",
    ),
)

ACTIVATIONS = (SOFTMAX, LOG_SOFTMAX, SOFTMIN, SOFTMAX2D, HARDMAX, SPARSEMAX, GUMBEL_SOFTMAX)
