"""Bells and other functions of |x|: what a unit of a radial-basis or wavelet network computes."""

import math

import numpy as np

from actcli.activation import Activation, Array, Facts, Kink, Order, Parameter, Reference
from actcli.catalogue.pieces import quotient, square_less
from actcli.numerics import hypotenuse, select, times_bell, times_exp, times_gaussian

_BROOMHEAD = Reference(
    "a radial basis function; networks of them: D. S. Broomhead and D. Lowe, Multivariable functional "
    "interpolation and adaptive networks, 1988",
    "https://www.complex-systems.com/abstracts/v02_i03_a05/",
)
_SEPARATE = "the mean of both slopes, which keeps the slope odd"

# Zeros in two parts, high + low: √3, 1/√2, √(3 − √6), √(3 + √6).
_SQRT_3 = (1.7320508075688772, 1.0035084221806903e-16)
_SQRT_HALF = (0.7071067811865476, -4.833646656726457e-17)
_INNER = (0.7419637843027258, 5.369440972972686e-17)
_OUTER = (2.3344142183389773, -9.219523906702006e-17)


def _pair(x: Array, zero: tuple[float, float]) -> Array:
    """Return x² − zero², as (x − zero)·(x + zero) to the last digit."""
    high, low = zero
    return ((x - high) - low) * ((x + high) + low)


def _near(x: Array) -> Array:
    """Return x clipped to where a bell is not yet 0, so that no product with it is ∞·0."""
    return np.clip(x, -40.0, 40.0)


GAUSSIAN = Activation(
    name="gaussian",
    title="Gaussian",
    family="radial",
    aliases=("gauss",),
    orders=(
        Order("exp(-x**2)", lambda x: times_gaussian(1.0, _near(x))),
        Order("-2*x*exp(-x**2)", lambda x: times_gaussian(-2.0 * _near(x), _near(x))),
        Order(
            "(4*x**2 - 2)*exp(-x**2)", lambda x: times_gaussian(4.0 * _pair(_near(x), _SQRT_HALF), _near(x))
        ),
    ),
    facts_of=lambda: Facts(0, 1, -math.sqrt(2 / math.e), math.sqrt(2 / math.e), 0, 0, parity="even"),
    reference=_BROOMHEAD,
)

GAUSSIAN_WAVELET = Activation(
    name="gaussian_wavelet",
    title="First derivative of a Gaussian",
    family="radial",
    orders=(
        Order("-x*exp(-x**2/2)", lambda x: select(x == 0, -x, times_bell(-_near(x), _near(x)))),
        Order("(x**2 - 1)*exp(-x**2/2)", lambda x: times_bell(_pair(_near(x), (1.0, 0.0)), _near(x))),
        Order(
            "(3*x - x**3)*exp(-x**2/2)", lambda x: times_bell(-_near(x) * _pair(_near(x), _SQRT_3), _near(x))
        ),
    ),
    facts_of=lambda: Facts(
        -1 / math.sqrt(math.e), 1 / math.sqrt(math.e), -1, 2 * math.exp(-1.5), 0, 0, parity="odd"
    ),
    reference=Reference("Q. Zhang and A. Benveniste, Wavelet networks, 1992"),
)

# The steepest points of (1 − x²)·exp(−x²/2) are the zeros of x⁴ − 6x² + 3.
_HAT_STEEPEST = (lambda x: x * (3 - x * x) * math.exp(-x * x / 2))(_INNER[0])

MEXICAN_HAT = Activation(
    name="mexican_hat",
    title="Second derivative of a Gaussian (Ricker wavelet)",
    family="radial",
    aliases=("ricker",),
    orders=(
        Order("(1 - x**2)*exp(-x**2/2)", lambda x: times_bell(-_pair(_near(x), (1.0, 0.0)), _near(x))),
        Order(
            "(x**3 - 3*x)*exp(-x**2/2)", lambda x: times_bell(_near(x) * _pair(_near(x), _SQRT_3), _near(x))
        ),
        Order(
            "(6*x**2 - x**4 - 3)*exp(-x**2/2)",
            lambda x: times_bell(-_pair(_near(x), _INNER) * _pair(_near(x), _OUTER), _near(x)),
        ),
    ),
    facts_of=lambda: Facts(-2 * math.exp(-1.5), 1, -_HAT_STEEPEST, _HAT_STEEPEST, 0, 0, parity="even"),
    reference=Reference(
        "I. Daubechies, Ten lectures on wavelets, 1992", "https://doi.org/10.1137/1.9781611970104"
    ),
)

LAPLACIAN = Activation(
    name="laplacian",
    title="Two-sided exponential",
    family="radial",
    parameters=(Parameter("a", 1, 0.01, 100, "width"),),
    orders=(
        Order("exp(-abs(x)/a)", lambda x, a: _two_sided(x, a, 1.0)),
        Order("-sign(x)/a*exp(-abs(x)/a)", lambda x, a: _two_sided(x, a, -np.sign(x) / a)),
        Order("exp(-abs(x)/a)/a**2", lambda x, a: _two_sided(x, a, 1.0 / (a * a))),
    ),
    facts_of=lambda a: Facts(
        0, 1, -1 / a, 1 / a, 0, 0, kinks=(Kink(0, 1 / a, -1 / a, 0, _SEPARATE),), parity="even"
    ),
    reference=Reference(
        "S. Ramasinghe and S. Lucey, Beyond periodicity: towards a unifying framework for activations in "
        "coordinate-MLPs, 2021",
        "https://arxiv.org/abs/2111.15135",
    ),
)


def _two_sided(x: Array, a: float, factor: Array | float) -> Array:
    high, low = quotient(np.abs(x), a)
    return times_exp(factor * (1.0 - low), -high)


def _reach(x: Array) -> tuple[Array, Array]:
    """Return x, clipped where its third negative power has long been 0, and 1 + x²."""
    near = np.clip(x, -1e120, 1e120)
    return near, 1.0 + np.square(near)


def _inverse_square(x: Array) -> Array:
    """Return 1/(1 + x²), also where x² overflows."""
    return select(np.abs(x) > 1e100, np.square(1.0 / x), 1.0 / (1.0 + np.square(x)))


def _quadratic_slope(x: Array) -> Array:
    near, below = _reach(x)
    return -2.0 * near / below / below


def _quadratic_curvature(x: Array) -> Array:
    near, below = _reach(x)
    return 6.0 * square_less(near, 1 / 3, 1.850371707708594e-17) / below / below / below


INVERSE_QUADRATIC = Activation(
    name="inverse_quadratic",
    title="Inverse quadratic (Cauchy)",
    family="radial",
    aliases=("cauchy",),
    orders=(
        Order("1/(1 + x**2)", _inverse_square),
        Order("-2*x/(1 + x**2)**2", _quadratic_slope),
        Order("(6*x**2 - 2)/(1 + x**2)**3", _quadratic_curvature),
    ),
    facts_of=lambda: Facts(0, 1, -3 * math.sqrt(3) / 8, 3 * math.sqrt(3) / 8, 0, 0, parity="even"),
    reference=_BROOMHEAD,
)


def _inverse_root_slope(x: Array) -> Array:
    near, below = _reach(x)
    return select(np.abs(x) > 1e100, -np.sign(x) * np.square(1.0 / x), -near / below / np.sqrt(below))


def _inverse_root_curvature(x: Array) -> Array:
    near, below = _reach(x)
    return 2.0 * square_less(near, 0.5, 0.0) / below / below / np.sqrt(below)


def _root_slope(x: Array) -> Array:
    near, below = _reach(x)
    return near / np.sqrt(below)


def _root_curvature(x: Array) -> Array:
    _, below = _reach(x)
    return 1.0 / below / np.sqrt(below)


INVERSE_MULTIQUADRIC = Activation(
    name="inverse_multiquadric",
    title="Inverse multiquadric",
    family="radial",
    orders=(
        Order("1/sqrt(1 + x**2)", lambda x: 1.0 / hypotenuse(x)),
        Order("-x/sqrt(1 + x**2)**3", _inverse_root_slope),
        Order("(2*x**2 - 1)/sqrt(1 + x**2)**5", _inverse_root_curvature),
    ),
    facts_of=lambda: Facts(0, 1, -2 / (3 * math.sqrt(3)), 2 / (3 * math.sqrt(3)), 0, 0, parity="even"),
    reference=_BROOMHEAD,
)

MULTIQUADRIC = Activation(
    name="multiquadric",
    title="Multiquadric",
    family="radial",
    orders=(
        Order("sqrt(1 + x**2)", hypotenuse),
        Order("x/sqrt(1 + x**2)", _root_slope),
        Order("1/sqrt(1 + x**2)**3", _root_curvature),
    ),
    facts_of=lambda: Facts(1, math.inf, -1, 1, -1, 1, parity="even"),
    reference=_BROOMHEAD,
)

ACTIVATIONS = (
    GAUSSIAN, GAUSSIAN_WAVELET, MEXICAN_HAT, LAPLACIAN, INVERSE_QUADRATIC, INVERSE_MULTIQUADRIC, MULTIQUADRIC,
)  # fmt: skip
