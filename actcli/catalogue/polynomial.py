"""Polynomials, each computed as the product of its zeros."""

import math

import numpy as np

from actcli.activation import Activation, Array, Facts, Kink, Order, Parameter, Reference
from actcli.catalogue.pieces import square_less
from actcli.numerics import power, select

_NOEL = Reference(
    "M. M. Noel, S. Bharadwaj, V. Muthiah-Nakarajan, P. Dutta and G. B. Amali, Biologically inspired "
    "oscillating activation functions can bridge the performance gap between biological and artificial "
    "neurons, 2021",
    "https://arxiv.org/abs/2111.04020",
)
_HERMITE = Reference(
    "A. Daniely, R. Frostig and Y. Singer, Toward deeper understanding of neural networks: the power of "
    "initialization and a dual view on expressivity, 2016",
    "https://arxiv.org/abs/1602.05897",
)
_ROOT_2, _ROOT_6 = math.sqrt(2.0), math.sqrt(6.0)

# Zeros in two parts, high + low: √3, 1/√3; and squares of zeros: 3 − √6, 3 + √6.
_SQRT_3 = (1.7320508075688772, 1.0035084221806903e-16)
_SQRT_THIRD = (0.5773502691896257, 3.3450280739356345e-17)
_INNER = (0.5505102572168219, 5.182953114706691e-18)
_OUTER = (5.449489742783178, 2.168616518103246e-16)


def _pair(x: Array, zero: tuple[float, float], scale: float = 1.0) -> Array:
    """Return scale·(x − zero)·(x + zero), each factor to the last digit."""
    high, low = zero
    return scale * ((x - high) - low) * ((x + high) + low)


def _cubic(x: Array, scale: float) -> Array:
    """Return scale·(x³ − 3x)."""
    return scale * x * _pair(x, _SQRT_3)


NCU = Activation(
    name="ncu",
    title="Non-monotonic cubic unit",
    family="polynomial",
    orders=(
        Order("x - x**3", lambda x: x * (1.0 - x) * (1.0 + x)),
        Order("1 - 3*x**2", lambda x: _pair(x, _SQRT_THIRD, -3.0)),
        Order("-6*x", lambda x: -6.0 * x),
    ),
    facts_of=lambda: Facts(-math.inf, math.inf, -math.inf, 1, -math.inf, -math.inf, parity="odd"),
    reference=_NOEL,
)

SQU = Activation(
    name="squ",
    title="Shifted quadratic unit",
    family="polynomial",
    orders=(
        Order("x**2 + x", lambda x: x * (x + 1.0)),
        Order("2*x + 1", lambda x: 2.0 * (x + 0.5)),
        Order("2", lambda x: np.full_like(x, 2.0)),
    ),
    facts_of=lambda: Facts(-1 / 4, math.inf, -math.inf, math.inf, -math.inf, math.inf),
    reference=_NOEL,
)

SQUARE = Activation(
    name="square",
    title="Square",
    family="polynomial",
    aliases=("quadratic",),
    orders=(
        Order("x**2", np.square),
        Order("2*x", lambda x: 2.0 * x),
        Order("2", lambda x: np.full_like(x, 2.0)),
    ),
    facts_of=lambda: Facts(0, math.inf, -math.inf, math.inf, -math.inf, math.inf, parity="even"),
    reference=Reference(
        "R. Livni, S. Shalev-Shwartz and O. Shamir, On the computational efficiency of training neural "
        "networks, 2014",
        "https://arxiv.org/abs/1410.1141",
    ),
)


def _monomial_facts(degree: float) -> Facts:
    if degree % 2:
        return Facts(-math.inf, math.inf, 0, math.inf, math.inf, math.inf, parity="odd")
    return Facts(0, math.inf, -math.inf, math.inf, -math.inf, math.inf, parity="even")


MONOMIAL = Activation(
    name="monomial",
    title="Monomial",
    family="polynomial",
    aliases=("cube", "cubic"),
    parameters=(Parameter("degree", 3, 2, 9, "exponent", integer=True),),
    orders=(
        Order("x**degree", power),
        Order("degree*x**(degree - 1)", lambda x, degree: degree * x ** (degree - 1)),
        Order(
            "degree*(degree - 1)*x**(degree - 2)", lambda x, degree: degree * (degree - 1) * x ** (degree - 2)
        ),
    ),
    facts_of=_monomial_facts,
    reference=Reference(
        "the cube: D. Chen and C. D. Manning, A fast and accurate dependency parser using neural networks, "
        "2014",
        "https://aclanthology.org/D14-1082/",
    ),
)


def _rectified_facts(degree: float) -> Facts:
    kinks = (Kink(0, 0, 2, 0, "the curvature of the flat side", order=2),) if degree == 2 else ()
    return Facts(0, math.inf, 0, math.inf, 0, math.inf, kinks=kinks)


RECTIFIED_MONOMIAL = Activation(
    name="rectified_monomial",
    title="Rectified monomial (rectified power unit)",
    family="polynomial",
    aliases=("repu", "recu"),
    parameters=(Parameter("degree", 3, 2, 9, "exponent", integer=True),),
    orders=(
        Order("max(x, 0)**degree", lambda x, degree: np.maximum(x, 0.0) ** degree),
        Order(
            "degree*max(x, 0)**(degree - 1)", lambda x, degree: degree * np.maximum(x, 0.0) ** (degree - 1)
        ),
        Order(
            "where(x > 0, degree*(degree - 1)*x**(degree - 2), 0)",
            lambda x, degree: select(x > 0, degree * (degree - 1) * np.maximum(x, 0.0) ** (degree - 2), 0.0),
        ),
    ),
    facts_of=_rectified_facts,
    reference=Reference(
        "B. Li, S. Tang and H. Yu, Better approximations of high dimensional smooth functions by deep neural "
        "networks with rectified power units, 2019",
        "https://arxiv.org/abs/1903.05858",
    ),
)

HERMITE_2 = Activation(
    name="hermite_2",
    title="Hermite polynomial of degree 2, normalised",
    family="polynomial",
    orders=(
        Order("(x**2 - 1)/sqrt(2)", lambda x: _pair(x, (1.0, 0.0), 1.0 / _ROOT_2)),
        Order("sqrt(2)*x", lambda x: _ROOT_2 * x),
        Order("sqrt(2)", lambda x: np.full_like(x, _ROOT_2)),
    ),
    facts_of=lambda: Facts(-1 / _ROOT_2, math.inf, -math.inf, math.inf, -math.inf, math.inf, parity="even"),
    reference=_HERMITE,
)

HERMITE_3 = Activation(
    name="hermite_3",
    title="Hermite polynomial of degree 3, normalised",
    family="polynomial",
    orders=(
        Order("(x**3 - 3*x)/sqrt(6)", lambda x: _cubic(x, 1.0 / _ROOT_6)),
        Order("3*(x**2 - 1)/sqrt(6)", lambda x: _pair(x, (1.0, 0.0), 3.0 / _ROOT_6)),
        Order("sqrt(6)*x", lambda x: _ROOT_6 * x),
    ),
    facts_of=lambda: Facts(-math.inf, math.inf, -3 / _ROOT_6, math.inf, math.inf, math.inf, parity="odd"),
    reference=_HERMITE,
)

HERMITE_4 = Activation(
    name="hermite_4",
    title="Hermite polynomial of degree 4, normalised",
    family="polynomial",
    orders=(
        Order(
            "(x**4 - 6*x**2 + 3)/sqrt(24)",
            lambda x: 0.5 / _ROOT_6 * square_less(x, *_INNER) * square_less(x, *_OUTER),
        ),
        Order("4*(x**3 - 3*x)/sqrt(24)", lambda x: _cubic(x, 2.0 / _ROOT_6)),
        Order("12*(x**2 - 1)/sqrt(24)", lambda x: _pair(x, (1.0, 0.0), _ROOT_6)),
    ),
    facts_of=lambda: Facts(-3 / _ROOT_6, math.inf, -math.inf, math.inf, -math.inf, math.inf, parity="even"),
    reference=_HERMITE,
)

ACTIVATIONS = (NCU, SQU, SQUARE, MONOMIAL, RECTIFIED_MONOMIAL, HERMITE_2, HERMITE_3, HERMITE_4)
