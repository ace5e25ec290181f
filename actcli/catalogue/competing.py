"""Vector-valued activations in which the entries of a vector compete: softmax and its relatives."""

import math

import numpy as np
from numpy.typing import NDArray

from actcli.activation import Activation, Array, Facts, Order, Parameter, Reference, VectorActivation
from actcli.catalogue.pieces import quotient
from actcli.catalogue.spelling import spelled
from actcli.numerics import log_sigmoid, sigmoid, sigmoid_curvature, sigmoid_slope, times_exp

TWO_LOGITS = "the first of two outputs, as the first logit moves and the second stays 0"
_BRIDLE = Reference(
    "J. S. Bridle, Probabilistic interpretation of feedforward classification network outputs, 1990",
    "https://doi.org/10.1007/978-3-642-76153-9_28",
)


def section(name: str, title: str, orders: tuple[Order, ...], facts: Facts) -> Activation:
    """Return the elementwise activation that a vector-valued one looks like along one coordinate."""
    return Activation(
        name=name,
        title=title,
        family="competing",
        reference=Reference(f"{title.lower()}, along one coordinate"),
        orders=orders,
        facts_of=lambda: facts,
    )


def softmax(z: Array, tau: float = 1.0) -> Array:
    """Return exp(zᵢ/tau)/Σ exp(zⱼ/tau); entries at the maximum share everything when it is ±∞."""
    weights = _weights(z, tau)
    shares: Array = weights / weights.sum(axis=-1, keepdims=True)
    return shares


def _weights(z: Array, tau: float = 1.0) -> Array:
    """Return exp((z − max z)/tau), 1 for every entry at the maximum: no overflow, and no ∞ − ∞.

    The roundings of difference and quotient are carried: at logits of 1000 they would cost 500 ulp.
    """
    highest = z.max(axis=-1, keepdims=True)
    apart = z - highest
    back = apart - z
    lost = (z - (apart - back)) - (highest + back)
    high, low = quotient(np.maximum(apart, -1000.0 * tau), tau)
    carried = low + np.where(np.abs(apart) < 1000.0 * tau, lost, 0.0) / tau
    return np.where(z == highest, 1.0, times_exp(1.0 + carried, high))


def _vjp(z: Array, g: Array, tau: float = 1.0) -> Array:
    p = softmax(z, tau)
    # Seen from the largest entry, 1 − p of that entry is a sum of small numbers and not a difference.
    largest = z.argmax(axis=-1)[..., None]
    apart = g - np.take_along_axis(g, largest, axis=-1)
    pulled: Array = p * (apart - (p * apart).sum(axis=-1, keepdims=True)) / tau
    return pulled


_SOFTMAX_SECTION = section(
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
        "keras.activations.softmax keras.layers.Softmax keras2.softmax tf.nn.softmax NNlib.softmax "
        "mlx.nn.Softmax mlx.nn.softmax onnx.Softmax"
    ),
    formula="yᵢ = exp(zᵢ)/Σⱼ exp(zⱼ)",
    derivative_formula="∂yᵢ/∂zⱼ = yᵢ·(δᵢⱼ − yⱼ)",
    forward_of=softmax,
    vjp_of=_vjp,
    section_of=lambda: _SOFTMAX_SECTION,
    section_caption=TWO_LOGITS,
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
    vjp_of=_vjp,
    section_of=lambda: _SOFTMAX_SECTION,
    section_caption=TWO_LOGITS,
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


_SOFTMIN_SECTION = section(
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
    vjp_of=lambda z, g: -_vjp(-z, g),
    section_of=lambda: _SOFTMIN_SECTION,
    section_caption=TWO_LOGITS,
    reference=Reference(
        "torch.nn.Softmin", "https://docs.pytorch.org/docs/stable/generated/torch.nn.Softmin.html"
    ),
)


def _largest(z: Array) -> NDArray[np.bool_]:
    """Return where the first largest entry stands."""
    return np.asarray(np.arange(z.shape[-1]) == z.argmax(axis=-1, keepdims=True))


def _log_softmax(z: Array) -> Array:
    highest = z.max(axis=-1, keepdims=True)
    apart = np.where(z == highest, 0.0, z - highest)
    # One of the largest entries counts 1 exactly; log1p of the rest keeps log p near 0 to its last digit.
    rest = np.where(_largest(z), 0.0, _weights(z)).sum(axis=-1, keepdims=True)
    logarithms: Array = apart - np.log1p(rest)
    return logarithms


def _log_softmax_vjp(z: Array, g: Array) -> Array:
    p, largest = softmax(z), _largest(z)
    others = np.where(largest, np.where(largest, 0.0, p).sum(axis=-1, keepdims=True), 1.0 - p)
    pulled: Array = g * others - p * (g.sum(axis=-1, keepdims=True) - g)
    return pulled


_LOG_SOFTMAX_SECTION = section(
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
        "keras.activations.log_softmax tf.nn.log_softmax NNlib.logsoftmax mlx.nn.LogSoftmax "
        "mlx.nn.log_softmax onnx.LogSoftmax"
    ),
    formula="yᵢ = zᵢ − log Σⱼ exp(zⱼ)",
    derivative_formula="∂yᵢ/∂zⱼ = δᵢⱼ − exp(yⱼ)",
    forward_of=_log_softmax,
    vjp_of=_log_softmax_vjp,
    section_of=lambda: _LOG_SOFTMAX_SECTION,
    section_caption=TWO_LOGITS,
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
    forward_of=softmax,
    vjp_of=_vjp,
    section_of=lambda tau: _tempered(tau),  # noqa: PLW0108
    section_caption=TWO_LOGITS,
    reference=Reference(
        "E. Jang, S. Gu and B. Poole, Categorical reparameterization with Gumbel-softmax, 2016",
        "https://arxiv.org/abs/1611.01144",
    ),
    remark="in training torch adds Gumbel noise to the logits; here it is left out",
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


ACTIVATIONS = (SOFTMAX, LOG_SOFTMAX, SOFTMIN, SOFTMAX2D, GUMBEL_SOFTMAX)
