"""Activations x·g(x) whose gate is made of another gate, and two whose gate is scaled or algebraic."""

import math

import numpy as np

from actcli.activation import Activation, Array, Facts, Order, Parameter, Reference
from actcli.catalogue.gate import Gate, Parts
from actcli.catalogue.normal_gated import GELU, gelu_parts
from actcli.catalogue.pieces import quotient
from actcli.numerics import (
    balance,
    normal_tail_ratio,
    put,
    sech2,
    select,
    tanhshrink,
    times_bell,
    with_tail,
)
from actcli.numerics.patches import (
    LISHT_CURVATURE,
    PFLU_SLOPE,
    PHISH_CURVATURE_LEFT,
    PHISH_CURVATURE_MIDDLE,
    PHISH_CURVATURE_RIGHT,
    PHISH_SLOPE,
    PHISH_SLOPE_LEFT,
    PHISH_SLOPE_MIDDLE,
    SINSIG_CURVATURE_LEFT,
    SINSIG_CURVATURE_RIGHT,
    SINSIG_SLOPE,
    SINSIG_TAIL,
    TSRELU_CURVATURE_LEFT,
    TSRELU_CURVATURE_RIGHT,
    TSRELU_SLOPE,
    TSRELU_TAIL,
)

_QUARTER_TURN = math.pi / 2
_DENSITY_AT_ZERO = 1.0 / math.sqrt(2.0 * math.pi)


def _survey(unit: str) -> Reference:
    return Reference(
        f"V. Kunc and J. Kléma, Three decades of activations, 2024 (survey: {unit})",
        "https://arxiv.org/abs/2402.09092",
    )


def _tsrelu_parts(near: Array) -> Parts:
    up, down = balance(np.clip(near, -700.0, 700.0))
    whole = up + down
    gate = np.tanh(up / whole)
    opened, closing = TSRELU_TAIL.over(gate / up, (1.0 - gate * gate) / (whole * whole), near)
    return Parts(
        opened=opened,
        closing=closing,
        exponent=-np.abs(near),
        bend=lambda: ((down - up) - 2.0 * (up * down / whole) * gate) / whole,
    )


_TSRELU_GATE = Gate(_tsrelu_parts, (TSRELU_SLOPE,), (TSRELU_CURVATURE_LEFT, TSRELU_CURVATURE_RIGHT))

TSRELU = Activation(
    name="tsrelu",
    title="Tangent-sigmoid rectifier",
    family="self_gated",
    aliases=("esh",),
    reference=_survey("TSReLU"),
    orders=_TSRELU_GATE.orders(
        "x*tanh(sigmoid(x))",
        "tanh(sigmoid(x)) + x*sigmoid(x)*sigmoid(-x)*sech(sigmoid(x))**2",
        "sigmoid(x)*sigmoid(-x)*sech(sigmoid(x))**2"
        "*(2 + x*(1 - 2*sigmoid(x) - 2*sigmoid(x)*sigmoid(-x)*tanh(sigmoid(x))))",
    ),
    joint=_TSRELU_GATE.joint,
    facts_of=lambda: Facts(
        -0.27424287816686216, math.inf, -0.09879694424173823, 0.8126193925054332, 0.0, math.tanh(1.0)
    ),
)


def _sinsig_parts(near: Array) -> Parts:
    up, down = balance(np.clip(near, -700.0, 700.0))
    whole = up + down
    # What the angle lacks of a quarter turn, for the cosine of the angle on the right.
    lacking = _QUARTER_TURN * (down / whole)
    cosine = np.sin(lacking)
    opened, closing = SINSIG_TAIL.over(
        np.sin(_QUARTER_TURN * (up / whole)) / up, _QUARTER_TURN * (cosine / down) / (whole * whole), near
    )
    return Parts(
        opened=opened,
        closing=closing,
        exponent=select(near < 0, near, -2.0 * near),
        bend=lambda: ((down - up) - _QUARTER_TURN * (up / whole) * np.cos(lacking) * (down / cosine)) / whole,
    )


_SINSIG_GATE = Gate(_sinsig_parts, (SINSIG_SLOPE,), (SINSIG_CURVATURE_LEFT, SINSIG_CURVATURE_RIGHT))

SINSIG = Activation(
    name="sinsig",
    title="Sine of a sigmoid",
    family="self_gated",
    reference=_survey("SinSig"),
    orders=_SINSIG_GATE.orders(
        "x*sin(pi/2*sigmoid(x))",
        "sin(pi/2*sigmoid(x)) + x*pi/2*sigmoid(x)*sigmoid(-x)*sin(pi/2*sigmoid(-x))",
        "pi/2*sigmoid(x)*sigmoid(-x)*((2 + x*(1 - 2*sigmoid(x)))*sin(pi/2*sigmoid(-x))"
        " - x*pi/2*sigmoid(x)*sigmoid(-x)*cos(pi/2*sigmoid(-x)))",
    ),
    joint=_SINSIG_GATE.joint,
    facts_of=lambda: Facts(
        -0.42917763205054661, math.inf, -0.15481315048012048, 1.0588889474338754, 0.0, 1.0
    ),
)


def _phish(x: Array) -> Array:
    inner = _gelu(x)
    size = np.minimum(np.abs(x), 40.0)
    # Left of −10 tanh is its argument, and x·gelu(x) is rounded as a whole.
    tail = times_bell(size * size * normal_tail_ratio(size), size)
    return select(x < -10.0, tail, x * np.tanh(inner))


def _phish_slope(x: Array) -> Array:
    near = np.clip(x, -40.0, 1000.0)
    short, inner, steep = gelu_parts(near)
    slope = np.tanh(inner) + near * steep * _phish_closing(near, short)
    left = np.flatnonzero(near < -1.9)
    slope = put(slope, left, _phish_slope_left(*(np.take(part, left) for part in (near, inner, steep))))
    for patch in (PHISH_SLOPE_LEFT, PHISH_SLOPE, PHISH_SLOPE_MIDDLE):
        slope = patch.over(slope, near)
    return slope


def _phish_slope_left(x: Array, inner: Array, steep: Array) -> Array:
    # The slope of x·gelu(x), rounded as a whole, and the little by which tanh differs from its argument.
    straight = times_bell(x * (_DENSITY_AT_ZERO * x + 2.0 * normal_tail_ratio(-x)), x)
    bent = tanhshrink(inner) + x * steep * np.square(np.tanh(inner))
    return straight - bent


def _phish_curvature(x: Array) -> Array:
    near = np.clip(x, -40.0, 1000.0)
    size = np.minimum(np.abs(near), 40.0)
    short, inner, steep = gelu_parts(near)
    bent = 2.0 * steep + near * (_gelu_curvature(near) - 2.0 * steep * steep * np.tanh(inner))
    left = times_bell(2.0 * normal_tail_ratio(size) + _DENSITY_AT_ZERO * size * (size * size - 4.0), size)
    curvature = with_tail(_phish_closing(near, short) * bent, 4.0 * bent, -2.0 * near)
    curvature = select(near < -10.0, left, curvature)
    for patch in (PHISH_CURVATURE_LEFT, PHISH_CURVATURE_MIDDLE, PHISH_CURVATURE_RIGHT):
        curvature = patch.over(curvature, near)
    return curvature


def _phish_closing(near: Array, short: Array) -> Array:
    """Return sech²(gelu(x)) from exp(−2·|gelu(x)|), gelu(x) = max(x, 0) − short."""
    e = np.exp(-2.0 * np.maximum(near, 0.0)) * np.exp(np.copysign(2.0 * short, near))
    return 4.0 * e / ((1.0 + e) * (1.0 + e))


def _gelu(x: Array) -> Array:
    return GELU.orders[0].function(x)


def _gelu_curvature(x: Array) -> Array:
    return GELU.orders[2].function(x)


PHISH = Activation(
    name="phish",
    title="Phish",
    family="self_gated",
    reference=Reference(
        "P. Naveen, Phish: a novel hyper-optimizable activation function, 2022",
        "https://www.techrxiv.org/articles/preprint/Phish_A_Novel_Hyper-Optimizable_Activation_Function/17283824/2",
    ),
    orders=(
        Order("x*tanh(x*normal_cdf(x))", _phish),
        Order(
            "tanh(x*normal_cdf(x)) + x*(normal_cdf(x) + x*normal_density(x))*sech(x*normal_cdf(x))**2",
            _phish_slope,
        ),
        Order(
            "sech(x*normal_cdf(x))**2*(2*(normal_cdf(x) + x*normal_density(x)) + x*((2 - x**2)"
            "*normal_density(x) - 2*(normal_cdf(x) + x*normal_density(x))**2*tanh(x*normal_cdf(x))))",
            _phish_curvature,
        ),
    ),
    facts_of=lambda: Facts(0.0, math.inf, -0.21842426582898751, 1.2983066733058115, 0.0, 1.0),
)


def _soft_modulus_slope(x: Array, a: float) -> Array:
    # Beyond 300 the slope is ±1, and exponentials that underflow are slow.
    ratio = np.clip(x / a, -300.0, 300.0)
    return np.tanh(ratio) + ratio * sech2(ratio)


def _soft_modulus_curvature(x: Array, a: float) -> Array:
    ratio, rest = quotient(np.minimum(np.abs(x), 1000.0 * a), a)
    curvature = 2.0 * (sech2(ratio) - sech2(ratio) * (2.0 * np.tanh(ratio) * rest))
    curvature = LISHT_CURVATURE.over(curvature * (1.0 - ratio * np.tanh(ratio)), ratio, rest)
    return with_tail(curvature / a, 8.0 * (1.0 - ratio) * (1.0 - 2.0 * rest) / a, -2.0 * ratio)


SOFT_MODULUS = Activation(
    name="soft_modulus",
    title="Soft absolute value by a hyperbolic tangent (SoftModulusT)",
    family="self_gated",
    aliases=("softmodulus_t",),
    parameters=(
        Parameter("a", 0.01, 0.001, 1000.0, "width of the bend; the absolute value as it falls to 0"),
    ),
    reference=Reference(
        "I. Vallés-Pérez and others, Empirical study of the modulus as activation function in computer "
        "vision applications, 2023",
        "https://arxiv.org/abs/2301.05993",
    ),
    remark="with a = 1 this is lisht",
    orders=(
        Order("x*tanh(x/a)", lambda x, a: x * np.tanh(x / a)),
        Order("tanh(x/a) + x/a*sech(x/a)**2", _soft_modulus_slope),
        Order("2/a*sech(x/a)**2*(1 - x/a*tanh(x/a))", _soft_modulus_curvature),
    ),
    facts_of=lambda a: Facts(
        0.0, math.inf, -1.1996786402577338, 1.1996786402577338, -1.0, 1.0, parity="even"
    ),
)

# The slope at −s is (φ/w − 1)·(1 + (φ − 1)/w)/(w·…) with w = 1 + s² and the golden ratio φ.
_GOLDEN = (1.0 + math.sqrt(5.0)) / 2.0
_ROOT_TWO, _ROOT_TWO_REST = 1.4142135623730951, -9.667293313452913e-17
# From here on 1 + x² is x² to the last bit, and its powers are taken one division at a time.
_LARGE = 1e20


def _pflu(x: Array) -> Array:
    size = np.abs(x)
    near = np.minimum(size, _LARGE)
    square = 1.0 + near * near
    root = np.sqrt(square)
    left = select(size < _LARGE, -near * (0.5 / (square + near * root)), -0.25 / size)
    return select(x < 0, left, x * (0.5 + 0.5 * (near / root)))


def _pflu_slope(x: Array) -> Array:
    size = np.abs(x)
    near = np.minimum(size, _LARGE)
    square = 1.0 + near * near
    rising = near / np.sqrt(square) * (1.0 + 1.0 / square)
    left = np.flatnonzero(x < 0)
    lacking = _pflu_lacking(*(np.take(part, left) for part in (size, square, rising)))
    return PFLU_SLOPE.over(put(0.5 + 0.5 * rising, left, 0.5 * lacking), x)


def _pflu_lacking(size: Array, square: Array, rising: Array) -> Array:
    """Return what `rising` lacks of 1: by a difference, by the two roots of its numerator, by its tail."""
    roots = (_GOLDEN / square - 1.0) * (1.0 + (_GOLDEN - 1.0) / square)
    lacking = select(size < 0.25, 1.0 - rising, roots / (square * (1.0 + rising)))
    return select(size < _LARGE, lacking, -0.5 / size / size)


def _pflu_curvature(x: Array) -> Array:
    size = np.abs(x)
    near = np.minimum(size, _LARGE)
    square = 1.0 + near * near
    zero = select(near < 1.0, 2.0 - near * near, ((_ROOT_TWO - near) + _ROOT_TWO_REST) * (_ROOT_TWO + near))
    curvature = 0.5 * zero / (square * square * np.sqrt(square))
    return select(size < _LARGE, curvature, -0.5 / size / size / size)


PFLU = Activation(
    name="pflu",
    title="Power function linear unit",
    family="self_gated",
    reference=_survey("PFLU"),
    orders=(
        Order("x/2*(1 + x/sqrt(1 + x**2))", _pflu),
        Order("1/2 + x*(x**2 + 2)/(2*sqrt(1 + x**2)**3)", _pflu_slope),
        Order("(2 - x**2)/(2*sqrt(1 + x**2)**5)", _pflu_curvature),
    ),
    facts_of=lambda: Facts(
        -0.1501415530003888, math.inf, -0.044331053951817355, 1.0443310539518174, 0.0, 1.0
    ),
)

ACTIVATIONS = (TSRELU, SINSIG, PHISH, SOFT_MODULUS, PFLU)
