"""Waves that grow or ride on a line: x·cos x, snake, sines beside rectifiers."""

import math

import numpy as np

from actcli.activation import Activation, Array, Facts, Kink, Order, Parameter, Reference
from actcli.catalogue.pieces import kink, wave
from actcli.numerics import replaced, select, two_product
from actcli.numerics.patches import SNAKE_LOW

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


def _snake(x: Array, a: float) -> Array:
    return _snake_joint(x, a)[0]


def _snake_joint(x: Array, a: float) -> tuple[Array, Array]:
    sine, cosine = wave(x, a)
    value = select(np.isinf(x), x, x + np.square(sine) / a)
    # y − sin²(y) for y = −a·x between 0.45 and 2.05, where the two terms all but cancel.
    high, low = two_product(a, -x)
    close = np.abs(high - SNAKE_LOW.high) < 0.8
    return select(close, SNAKE_LOW.over(high, high, low) / -a, value), np.square(np.add(sine, cosine))


SNAKE = Activation(
    name="snake",
    title="Snake",
    family="growing",
    parameters=(Parameter("a", 1, 0.01, 100, "frequency, sometimes learned"),),
    orders=(
        Order("x + sin(a*x)**2/a", _snake),
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
    far = select(np.isinf(x), -x, np.cos(x) - x)
    return replaced(far, np.abs(x - _FIXED) < 1.0, _cosid_near, x)


def _cosid_near(x: Array) -> Array:
    # cos(x) − cos(x₀) as a product; both terms have one sign, so the zero keeps every digit.
    apart = (x - _FIXED) - _FIXED_REST
    return -(apart + 2.0 * np.sin((x + _FIXED) / 2.0) * np.sin(apart / 2.0))


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
        Order("min(x, sin(x))", lambda x: replaced(x.copy(), x > 0, np.sin, x)),
        Order("where(x > 0, cos(x), 1)", lambda x: replaced(np.ones_like(x), x > 0, np.cos, x)),
        Order(
            "where(x > 0, -sin(x), 0)",
            lambda x: replaced(np.zeros_like(x), x > 0, lambda above: -np.sin(above), x),
        ),
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
            lambda x, epsilon: replaced(
                x.copy(), x < 0, lambda below: epsilon * (np.sin(below) - np.cos(below)), x
            ),
        ),
        Order(
            "where(x >= 0, 1, epsilon*(cos(x) + sin(x)))",
            lambda x, epsilon: replaced(
                np.ones_like(x), x < 0, lambda below: epsilon * (np.cos(below) + np.sin(below)), x
            ),
        ),
        Order(
            "where(x >= 0, 0, epsilon*(cos(x) - sin(x)))",
            lambda x, epsilon: replaced(
                np.zeros_like(x), x < 0, lambda below: epsilon * (np.cos(below) - np.sin(below)), x
            ),
        ),
    ),
    facts_of=_sine_relu_facts,
    reference=Reference(
        "V. Kunc and J. Kléma, Three decades of activations, 2024 (survey: SineReLU)", _SURVEY
    ),
)

ACTIVATIONS = (GCU, ASU, SNAKE, COSID, MINSIN, SINE_RELU)
