"""Vector-valued activations that change the number of units: maxout and crelu."""

import itertools
import math

import numpy as np

from actcli.activation import Activation, Array, Facts, Kink, Order, Parameter, Reference, VectorActivation
from actcli.catalogue.pieces import ZERO
from actcli.catalogue.spelling import spelled


def _groups(z: Array, k: float) -> Array:
    size = int(k)
    if z.shape[-1] % size:
        raise ValueError(
            f"maxout with k = {size} takes a multiple of {size} pre-activations, not {z.shape[-1]}"
        )
    return z.reshape(*z.shape[:-1], z.shape[-1] // size, size)


def _maxout(z: Array, k: float) -> Array:
    best: Array = _groups(z, k).max(axis=-1)
    return best


def _maxout_vjp(z: Array, g: Array, k: float) -> Array:
    grouped = _groups(z, k)
    first = np.arange(int(k)) == grouped.argmax(axis=-1)[..., None]
    return np.where(first, g[..., None], 0.0).reshape(z.shape)


def _tangents(k: float) -> list[float]:
    """Return the k points of contact, evenly spaced in [−1, 1]; one alone touches at 0."""
    size = int(k)
    return [2 * i / (size - 1) - 1 for i in range(size)] if size > 1 else [0.0]


def _envelope(x: Array, k: float) -> Array:
    # The tangent at t is t·x − t²/2; the finite part decides nothing at ±∞.
    lines = [t * x - t * t / 2 if t else np.zeros_like(x) for t in _tangents(k)]
    return np.asarray(np.max(lines, axis=0))


def _envelope_slope(x: Array, k: float) -> Array:
    points = _tangents(k)
    borders = [(left + right) / 2 for left, right in itertools.pairwise(points)]
    return np.asarray(points)[np.searchsorted(borders, x, side="left")]


def _envelope_facts(k: float) -> Facts:
    points = _tangents(k)
    pairs = list(itertools.pairwise(points))
    reason = "ties go to the first map, which has the smaller slope"
    kinks = tuple(Kink((left + right) / 2, left, right, left, reason) for left, right in pairs)
    lowest = float(_envelope(np.zeros(1), k)[0])
    if len(points) == 1:
        return Facts(0, 0, 0, 0, 0, 0, parity="even")
    return Facts(lowest, math.inf, -1, 1, -1, 1, kinks=kinks, parity="even")


def _maxout_section(k: float) -> Activation:
    """Return max over t of t·x − t²/2: what k tangents make of a parabola."""
    lines = ", ".join(_tangent_text(t) for t in _tangents(k))
    texts = _nested(k)
    return Activation(
        name="maxout_section",
        title=f"Upper envelope of {int(k)} lines: {lines}",
        family="grouped",
        reference=MAXOUT.reference,
        orders=(
            Order(texts[0], lambda x: _envelope(x, k)),
            Order(texts[1], lambda x: _envelope_slope(x, k)),
            ZERO,
        ),
        facts_of=lambda: _envelope_facts(k),
    )


def _tangent_text(t: float) -> str:
    """Return the tangent at t, its numbers written so that they read back as the same floats."""
    return f"{t!r}*x - {t * t / 2!r}" if t else "0*x"


def _nested(k: float) -> tuple[str, str]:
    """Return the envelope and its slope as formulas."""
    points = _tangents(k)
    value, slope = _tangent_text(points[0]), repr(points[0])
    for left, right in itertools.pairwise(points):
        value = f"max({value}, {_tangent_text(right)})"
        slope = f"where(x > {(left + right) / 2!r}, {right!r}, {slope})"
    return value, slope


MAXOUT = VectorActivation(
    name="maxout",
    title="Maxout",
    family="grouped",
    spellings=spelled("tfa.layers.Maxout Flux.Maxout"),
    parameters=(Parameter("k", 2, 1, 16, "how many affine maps compete for each output", integer=True),),
    formula="y = max(z₁, …, zₖ) with zᵢ = wᵢ·x + bᵢ",
    derivative_formula="∂y/∂zᵢ = 1 for the first largest zᵢ, else 0",
    forward_of=_maxout,
    vjp_of=_maxout_vjp,
    section_of=_maxout_section,
    section_caption="the upper envelope of k lines that touch x²/2 at evenly spaced points of [−1, 1]",
    inputs_per_group=int,
    reference=Reference(
        "I. J. Goodfellow, D. Warde-Farley, M. Mirza, A. Courville and Y. Bengio, Maxout networks, 2013",
        "https://arxiv.org/abs/1302.4389",
    ),
    remark="k consecutive pre-activations make one output; the maps themselves are weights of the layer; "
    "Flux and TensorFlow Addons give k no default",
)


def _crelu(z: Array) -> Array:
    return np.concatenate([np.maximum(z, 0.0), np.maximum(-z, 0.0)], axis=-1)


def _crelu_vjp(z: Array, g: Array) -> Array:
    up, down = np.split(g, 2, axis=-1)
    return np.where(z > 0, up, np.where(z < 0, -down, 0.0))


_CRELU_SECTION = Activation(
    name="crelu_section",
    title="First output of crelu",
    family="grouped",
    reference=Reference("crelu, along one coordinate"),
    orders=(
        Order("max(x, 0)", lambda x: np.maximum(x, 0.0)),
        Order("where(x > 0, 1, 0)", lambda x: np.where(x > 0, 1.0, 0.0)),
        ZERO,
    ),
    facts_of=lambda: Facts(
        0, math.inf, 0, 1, 0, 1, kinks=(Kink(0, 0, 1, 0, "f′(0) = 0 as for relu"),)
    ),
)  # fmt: skip

CRELU = VectorActivation(
    name="crelu",
    title="Concatenated rectified linear unit",
    family="grouped",
    spellings=spelled("tf.nn.crelu"),
    formula="y = (max(z, 0), max(−z, 0))",
    derivative_formula="∂y/∂z = (1, 0) where z > 0, (0, −1) where z < 0",
    forward_of=_crelu,
    vjp_of=_crelu_vjp,
    section_of=lambda: _CRELU_SECTION,
    section_caption="the first of both outputs; the second is its mirror image",
    outputs_per_group=lambda: 2,
    reference=Reference(
        "W. Shang, K. Sohn, D. Almeida and H. Lee, Understanding and improving convolutional neural networks "
        "via concatenated rectified linear units, 2016",
        "https://arxiv.org/abs/1603.05201",
    ),
)

ACTIVATIONS = (MAXOUT, CRELU)
