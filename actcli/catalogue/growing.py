"""Waves that grow or ride on a line: x·cos x, snake, sines added to rectifiers."""

import math
from collections.abc import Callable
from functools import cache

import numpy as np

from actcli.activation import Activation, Array, Facts, Kink, Order, Parameter, Reference
from actcli.catalogue.pieces import extremes, kink, wave
from actcli.numerics import select, sigmoid, sigmoid_curvature, sigmoid_slope, times_exp

_SURVEY = "https://arxiv.org/abs/2402.09092"

GCU = Activation(
    name="gcu",
    title="Growing cosine unit",
    family="growing",
    orders=(
        Order("x*cos(x)", lambda x: x * np.cos(x)),
        Order("cos(x) - x*sin(x)", lambda x: np.cos(x) - x * np.sin(x)),
        Order("-2*sin(x) - x*cos(x)", lambda x: -2.0 * np.sin(x) - x * np.cos(x)),
    ),
    facts_of=lambda: Facts(-math.inf, math.inf, -math.inf, math.inf, math.nan, math.nan, parity="odd"),
    reference=Reference(
        "M. M. Noel, Arunkumar L., A. Trivedi and P. Dutta, Growing cosine unit: a novel oscillatory "
        "activation function that can speedup training and reduce parameters in convolutional neural "
        "networks, 2021",
        "https://arxiv.org/abs/2108.12943",
    ),
)

ASU = Activation(
    name="asu",
    title="Amplifying sine unit",
    family="growing",
    orders=(
        Order("x*sin(x)", lambda x: x * np.sin(x)),
        Order("sin(x) + x*cos(x)", lambda x: np.sin(x) + x * np.cos(x)),
        Order("2*cos(x) - x*sin(x)", lambda x: 2.0 * np.cos(x) - x * np.sin(x)),
    ),
    facts_of=lambda: Facts(-math.inf, math.inf, -math.inf, math.inf, math.nan, math.nan, parity="even"),
    reference=Reference(
        "J. U. Rahman, F. Makhdoom and D. Lu, Amplifying sine unit: an oscillatory activation function for "
        "deep neural networks to recover nonlinear oscillations efficiently, 2023",
        "https://arxiv.org/abs/2304.09759",
    ),
)


def _snake_joint(x: Array, a: float) -> tuple[Array, Array]:
    sine, cosine = wave(x, a)
    return select(np.isinf(x), x, x + np.square(sine) / a), np.square(np.add(sine, cosine))


SNAKE = Activation(
    name="snake",
    title="Snake",
    family="growing",
    parameters=(Parameter("a", 1, 0.01, 100, "frequency, sometimes learned"),),
    orders=(
        Order("x + sin(a*x)**2/a", lambda x, a: select(np.isinf(x), x, x + np.square(wave(x, a)[0]) / a)),
        Order("1 + sin(2*a*x)", lambda x, a: np.square(np.add(*wave(x, a)))),
        Order("2*a*cos(2*a*x)", lambda x, a: 2.0 * a * wave(x, 2.0 * a)[1]),
    ),
    joint=_snake_joint,
    facts_of=lambda a: Facts(-math.inf, math.inf, 0, 2, math.nan, math.nan),
    reference=Reference(
        "L. Ziyin, T. Hartwig and M. Ueda, Neural networks fail to learn periodic functions and how to fix "
        "it, 2020",
        "https://arxiv.org/abs/2006.08195",
    ),
)

# Where cos(x) = x.
_FIXED, _FIXED_REST = 0.7390851332151607, -3.063779711316275e-17


def _cosid(x: Array) -> Array:
    apart = (x - _FIXED) - _FIXED_REST
    # cos(x) − cos(x₀) as a product; both terms have one sign, so the zero keeps every digit.
    near = -(apart + 2.0 * np.sin((x + _FIXED) / 2.0) * np.sin(apart / 2.0))
    return select(np.isinf(x), -x, select(np.abs(apart) < 1.0, near, np.cos(x) - x))


COSID = Activation(
    name="cosid",
    title="Cosine minus identity",
    family="growing",
    orders=(
        Order("cos(x) - x", _cosid),
        # A perfect square, which keeps the double zeros; π/4 to 32 digits.
        Order(
            "-sin(x) - 1", lambda x: -2.0 * np.square(np.sin((0.5 * x + math.pi / 4) + 3.061616997868383e-17))
        ),
        Order("-cos(x)", lambda x: -np.cos(x)),
    ),
    facts_of=lambda: Facts(-math.inf, math.inf, -2, 0, math.nan, math.nan),
    reference=Reference("V. Kunc and J. Kléma, Three decades of activations, 2024 (survey: Cosid)", _SURVEY),
)

MINSIN = Activation(
    name="minsin",
    title="Minimum of the identity and the sine",
    family="growing",
    orders=(
        Order("min(x, sin(x))", lambda x: select(x > 0, np.sin(x), x)),
        Order("where(x > 0, cos(x), 1)", lambda x: select(x > 0, np.cos(x), 1.0)),
        Order("where(x > 0, -sin(x), 0)", lambda x: select(x > 0, -np.sin(x), 0.0)),
    ),
    facts_of=lambda: Facts(-math.inf, 1, -1, 1, 1, math.nan),
    reference=Reference("V. Kunc and J. Kléma, Three decades of activations, 2024 (survey: Minsin)", _SURVEY),
)


def _sine_relu_facts(epsilon: float) -> Facts:
    reason, peak = "0 belongs to the line", math.sqrt(2.0) * epsilon
    kinks = (
        Kink(0, -epsilon, 0, 0, reason, order=0),
        *kink(0, epsilon, 1, 1, reason),
        Kink(0, epsilon, 0, 0, reason, order=2),
    )
    return Facts(-peak, math.inf, -peak, max(1.0, peak), math.nan, 1, kinks=kinks)


SINE_RELU = Activation(
    name="sine_relu",
    title="Rectifier with a wave below 0",
    family="growing",
    aliases=("sinerelu",),
    parameters=(Parameter("epsilon", 0.0025, 0.0001, 10, "size of the wave"),),
    orders=(
        Order(
            "where(x >= 0, x, epsilon*(sin(x) - cos(x)))",
            lambda x, epsilon: select(x >= 0, x, epsilon * (np.sin(x) - np.cos(x))),
        ),
        Order(
            "where(x >= 0, 1, epsilon*(cos(x) + sin(x)))",
            lambda x, epsilon: select(x >= 0, 1.0, epsilon * (np.cos(x) + np.sin(x))),
        ),
        Order(
            "where(x >= 0, 0, epsilon*(cos(x) - sin(x)))",
            lambda x, epsilon: select(x >= 0, 0.0, epsilon * (np.cos(x) - np.sin(x))),
        ),
    ),
    facts_of=_sine_relu_facts,
    reference=Reference(
        "V. Kunc and J. Kléma, Three decades of activations, 2024 (survey: SineReLU)", _SURVEY
    ),
)

Carrier = Callable[[Array], tuple[Array, ...]]


def _gated(x: Array, carrier: Carrier, order: int) -> Array:
    """Return the derivative of this order of w(x)·σ(x), where carrier(x) holds w, w′ and w″."""
    # Beyond this the gate is 0 or 1 to the last bit, and so is every product with its slopes.
    near = np.clip(x, -1000.0, 1000.0)
    waves = carrier(select(x > 0, x, near))
    if order == 0:
        open_side = select(x == np.inf, x, waves[0] * sigmoid(near))
    else:
        gates = (sigmoid(near), sigmoid_slope(near), sigmoid_curvature(near))
        value = np.minimum(waves[0], 1e300)
        open_side = waves[order] * gates[0] + (
            value * gates[1] if order == 1 else _leibniz(waves, value, gates)
        )
    return select(x > 0, open_side, _closing(np.minimum(near, 0.0), waves, order))


def _leibniz(waves: tuple[Array, ...], value: Array, gates: tuple[Array, ...]) -> Array:
    return 2.0 * waves[1] * gates[1] + value * gates[2]


def _closing(x: Array, waves: tuple[Array, ...], order: int) -> Array:
    """Return the same for x ≤ 0 as one multiple of exp(x), so that nothing is lost where it is subnormal."""
    e = np.exp(x)
    one = 1.0 + e
    if order == 0:
        factor = waves[0] / one
    elif order == 1:
        factor = (waves[1] * one + waves[0]) / (one * one)
    else:
        factor = (waves[2] * one * one + 2.0 * waves[1] * one + waves[0] * (1.0 - e)) / (one * one * one)
    return times_exp(factor, x)


def _with_sine(x: Array, a: float, b: float, order: int) -> Array:
    def carrier(x: Array) -> tuple[Array, ...]:
        sine, cosine = wave(x, b)
        slope = 1.0 + a * b * cosine
        if a * b == 1.0:
            # 1 + cos(2t) = 2·cos²(t), which has no difference where the slope touches 0.
            slope = 2.0 * np.square(wave(x, b / 2.0)[1])
        return x + a * sine, slope, -a * b * b * sine

    return _gated(x, carrier, order)


def _with_cosine(x: Array, a: float, b: float, order: int) -> Array:
    if order == 2:
        return select(np.abs(x) < 0.5, _cosine_curvature(x, a, b), _cosine_gated(x, a, b, order))
    return _cosine_gated(x, a, b, order)


def _cosine_curvature(x: Array, a: float, b: float) -> Array:
    """Return (w·σ)″ for w = x + a·cos(b·x) about 0, where its constant terms cancel if a·b² = 1."""
    near = np.clip(x, -1.0, 1.0)
    sine, cosine = wave(near, b)
    t, slope, strength = np.tanh(near / 2.0), sigmoid_slope(near), a * b * b
    even = (1.0 - strength) / 2.0 + strength * np.square(wave(near, b / 2.0)[0]) - np.square(t) / 2.0
    odd = strength * cosine * t / 2.0 + (2.0 * a * b * sine + (near + a * cosine) * t) * slope
    return even - odd


def _cosine_gated(x: Array, a: float, b: float, order: int) -> Array:
    def carrier(x: Array) -> tuple[Array, ...]:
        sine, cosine = wave(x, b)
        slope = 1.0 - a * b * sine
        if a * b == 1.0:
            slope = np.square(np.subtract(*wave(x, b / 2.0)))
        return x + a * cosine, slope, -a * b * b * cosine

    return _gated(x, carrier, order)


@cache
def _wavy_facts(function: Callable[..., Array], a: float, b: float) -> Facts:
    """Far out f′ swings between 1 ± ab; near 0 it can swing a little further, which has no closed form."""
    infimum, _ = extremes(lambda x: function(x, a, b, 0), -60.0, 60.0)
    flattest, steepest = extremes(lambda x: function(x, a, b, 1), -60.0, 60.0)
    return Facts(infimum, math.inf, min(flattest, 1 - a * b), max(steepest, 1 + a * b), 0, math.nan)


SINLU = Activation(
    name="sinlu",
    title="Sinu-sigmoidal linear unit",
    family="growing",
    parameters=(
        Parameter("a", 1, 0.01, 10, "learned size of the wave"),
        Parameter("b", 1, 0.01, 10, "learned frequency"),
    ),
    orders=(
        Order("(x + a*sin(b*x))*sigmoid(x)", lambda x, a, b: _with_sine(x, a, b, 0)),
        Order(
            "sigmoid(x)*(1 + a*b*cos(b*x) + (x + a*sin(b*x))*sigmoid(-x))",
            lambda x, a, b: _with_sine(x, a, b, 1),
        ),
        Order(
            "sigmoid(x)*(-a*b**2*sin(b*x) + sigmoid(-x)*(2 + 2*a*b*cos(b*x) - (x + a*sin(b*x))*tanh(x/2)))",
            lambda x, a, b: _with_sine(x, a, b, 2),
        ),
    ),
    facts_of=lambda a, b: _wavy_facts(_with_sine, a, b),
    reference=Reference(
        "A. Paul, R. Bandyopadhyay, J. H. Yoon, Z. W. Geem and R. Sarkar, SinLU: sinu-sigmoidal linear "
        "unit, 2022",
        "https://doi.org/10.3390/math10030337",
    ),
)

COSLU = Activation(
    name="coslu",
    title="Cosine linear unit",
    family="growing",
    parameters=(
        Parameter("a", 1, 0.01, 10, "learned size of the wave"),
        Parameter("b", 1, 0.01, 10, "learned frequency"),
    ),
    orders=(
        Order("(x + a*cos(b*x))*sigmoid(x)", lambda x, a, b: _with_cosine(x, a, b, 0)),
        Order(
            "sigmoid(x)*(1 - a*b*sin(b*x) + (x + a*cos(b*x))*sigmoid(-x))",
            lambda x, a, b: _with_cosine(x, a, b, 1),
        ),
        Order(
            "sigmoid(x)*(-a*b**2*cos(b*x) + sigmoid(-x)*(2 - 2*a*b*sin(b*x) - (x + a*cos(b*x))*tanh(x/2)))",
            lambda x, a, b: _with_cosine(x, a, b, 2),
        ),
    ),
    facts_of=lambda a, b: _wavy_facts(_with_cosine, a, b),
    reference=Reference(
        "E. Pishchik, Trainable activations for image classification, 2023",
        "https://doi.org/10.20944/preprints202301.0463.v1",
    ),
)

ACTIVATIONS = (GCU, ASU, SNAKE, COSID, MINSIN, SINE_RELU, SINLU, COSLU)
