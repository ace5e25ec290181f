"""Bounded waves: sine and cosine, sinc and its shifts, the exponential of a sine."""

import math
from collections.abc import Callable

import numpy as np

from actcli.activation import Activation, Array, Facts, Order, Parameter, Reference
from actcli.catalogue.pieces import cosine_wave, sine_wave, wave
from actcli.catalogue.spelling import spelled
from actcli.numerics import replaced, select, sinc, sinc_curvature, sinc_slope, two_sum
from actcli.numerics.double import Double

_NOEL = Reference(
    "M. M. Noel, S. Bharadwaj, V. Muthiah-Nakarajan, P. Dutta and G. B. Amali, Biologically inspired "
    "oscillating activation functions can bridge the performance gap between biological and artificial "
    "neurons, 2021",
    "https://arxiv.org/abs/2111.04020",
)
_SIREN = Reference(
    "V. Sitzmann and others, Implicit neural representations with periodic activation functions, 2020",
    "https://arxiv.org/abs/2006.09661",
)
# π to 32 digits, so that x − π is exact where it is small.
_PI, _PI_REST = math.pi, 1.2246467991473532e-16


def _sine_joint(x: Array, omega: float) -> tuple[Array, Array]:
    sine, cosine = wave(x, omega)
    return sine, omega * cosine


def _cosine_joint(x: Array, omega: float) -> tuple[Array, Array]:
    sine, cosine = wave(x, omega)
    return cosine, -omega * sine


SINE = Activation(
    name="sine",
    title="Sine",
    family="oscillating",
    aliases=("sin", "sinusoid"),
    spellings=spelled("onnx.Sin", omega=1) | spelled("siren", omega=30),
    parameters=(Parameter("omega", 1, 0.001, 1000, "angular frequency"),),
    orders=(
        Order("sin(omega*x)", sine_wave),
        Order("omega*cos(omega*x)", lambda x, omega: omega * cosine_wave(x, omega)),
        Order("-omega**2*sin(omega*x)", lambda x, omega: -omega * omega * sine_wave(x, omega)),
    ),
    joint=_sine_joint,
    facts_of=lambda omega: Facts(-1, 1, -omega, omega, math.nan, math.nan, parity="odd"),
    reference=_SIREN,
    remark="networks of the SIREN kind take omega = 30 in the first layer",
)

COSINE = Activation(
    name="cosine",
    title="Cosine",
    family="oscillating",
    aliases=("cos",),
    spellings=spelled("onnx.Cos", omega=1),
    parameters=(Parameter("omega", 1, 0.001, 1000, "angular frequency"),),
    orders=(
        Order("cos(omega*x)", cosine_wave),
        Order("-omega*sin(omega*x)", lambda x, omega: -omega * sine_wave(x, omega)),
        Order("-omega**2*cos(omega*x)", lambda x, omega: -omega * omega * cosine_wave(x, omega)),
    ),
    joint=_cosine_joint,
    facts_of=lambda omega: Facts(-1, 1, -omega, omega, math.nan, math.nan, parity="even"),
    reference=Reference(
        "A. Rahimi and B. Recht, Random features for large-scale kernel machines, 2007",
        "https://papers.nips.cc/paper/3182-random-features-for-large-scale-kernel-machines",
    ),
)

# The first minimum of sin(x)/x and the largest slope of it, at 4.4934 and −2.0816.
_SINC_LOWEST, _SINC_STEEPEST = -0.21723362821122166, 0.4361818172714585

SINC = Activation(
    name="sinc",
    title="Cardinal sine, unnormalised",
    family="oscillating",
    orders=(
        Order("sinc(x)", sinc),
        Order("where(x == 0, 0, (cos(x) - sinc(x))/x)", sinc_slope),
        Order("where(x == 0, -1/3, -sinc(x) - 2*(cos(x) - sinc(x))/x**2)", sinc_curvature),
    ),
    facts_of=lambda: Facts(_SINC_LOWEST, 1, -_SINC_STEEPEST, _SINC_STEEPEST, 0, 0, parity="even"),
    reference=Reference(
        "V. Kunc and J. Kléma, Three decades of activations, 2024 (survey: sinc)",
        "https://arxiv.org/abs/2402.09092",
    ),
    remark="numpy.sinc(x) and torch.sinc(x) are this at πx",
)


def _shifted(x: Array) -> Array:
    return (x - _PI) - _PI_REST


def _shifted_sinc(x: Array) -> Array:
    """Return sinc(x − π) as −sin(x)/(x − π): no rounding of the argument enters the sine."""
    return select(np.isinf(x), 0.0, -np.sin(x) / _shifted(x))


def _before(x: Array) -> Double:
    """Return π − x."""
    return Double(*two_sum(_PI, -x)) + _PI_REST


def _ssu_slope(x: Array) -> Array:
    # π sin(x)/(π − x), differentiated: the terms cancel, but for the digits that sine and cosine have.
    u = _before(x)
    far = _PI * ((Double(np.sin(x)) / u + np.cos(x)) / u).rounded
    far = select(np.isinf(x), 0.0, far)
    return replaced(far, np.abs(x - _PI) < 1.0, lambda near: _PI * sinc_slope(_shifted(near)), x)


def _ssu_curvature(x: Array) -> Array:
    u, sine = _before(x), np.sin(x)
    far = _PI * (((Double(sine) / u + np.cos(x)) * 2.0 / u - sine) / u).rounded
    far = select(np.isinf(x), 0.0, far)
    return replaced(far, np.abs(x - _PI) < 1.0, lambda near: _PI * sinc_curvature(_shifted(near)), x)


SSU = Activation(
    name="ssu",
    title="Shifted sinc unit",
    family="oscillating",
    orders=(
        Order("pi*sinc(x - pi)", lambda x: _PI * _shifted_sinc(x)),
        Order("pi*(cos(x - pi) - sinc(x - pi))/(x - pi)", _ssu_slope),
        Order(
            "-pi*sinc(x - pi) - 2*pi*(cos(x - pi) - sinc(x - pi))/(x - pi)**2",
            _ssu_curvature,
        ),
    ),
    facts_of=lambda: Facts(_PI * _SINC_LOWEST, _PI, -_PI * _SINC_STEEPEST, _PI * _SINC_STEEPEST, 0, 0),
    reference=_NOEL,
)


def _window(x: Array) -> Double:
    """Return 1/(π² − x²), the window under which dsu oscillates; ±∞ is never reached, π being no float64."""
    return Double(np.ones_like(x)) / _before(x) / _before(-x)


def _dsu(x: Array) -> Array:
    return select(np.isinf(x), 0.0, (np.sin(x) * (-_PI / _shifted(x))) * (_PI / -_shifted(-x)))


def _dsu_slope(x: Array) -> Array:
    near = np.clip(x, -1e170, 1e170)
    window = _window(near)
    far = _PI * _PI * ((window * near * 2.0 * np.sin(near) + np.cos(near)) * window).rounded
    return replaced(far, np.abs(np.abs(x) - _PI) < 1.0, lambda close: _halves(close, sinc_slope), x)


def _dsu_curvature(x: Array) -> Array:
    near = np.clip(x, -1e170, 1e170)
    window = _window(near)
    leant = window * near
    bent = window * 2.0 + leant * leant * 8.0 - 1.0
    # Over x, which comes last, where it may be subnormal.
    ratio = Double(np.sin(near)) / select(near == 0, 1.0, near)
    far = _PI * _PI * ((bent * ratio + window * 4.0 * np.cos(near)) * window).rounded * near
    return replaced(far, np.abs(np.abs(x) - _PI) < 1.0, lambda close: _halves(close, sinc_curvature), x)


def _halves(x: Array, derivative: Callable[[Array], Array]) -> Array:
    """Return π/2·(D(x − π) − D(x + π)): the definition, for where the window has its pole."""
    return _PI / 2.0 * (derivative(_shifted(x)) - derivative(-_shifted(-x)))


DSU = Activation(
    name="dsu",
    title="Decaying sine unit",
    family="oscillating",
    orders=(
        Order("pi/2*(sinc(x - pi) - sinc(x + pi))", _dsu),
        Order("pi**2*((pi**2 - x**2)*cos(x) + 2*x*sin(x))/(pi**2 - x**2)**2", _dsu_slope),
        Order(
            "pi**2*((8*x**2/(pi**2 - x**2)**2 + 2/(pi**2 - x**2) - 1)*sin(x) + 4*x/(pi**2 - x**2)*cos(x))"
            "/(pi**2 - x**2)",
            _dsu_curvature,
        ),
    ),
    # The highest value at 2.63100, the lowest slope at ±4.69823; the slope is 1 at 0.
    facts_of=lambda: Facts(
        -1.6364081368348818, 1.6364081368348818, -0.6111839249246808, 1, 0, 0, parity="odd"
    ),
    reference=_NOEL,
)  # fmt: skip


def _expsin_joint(x: Array, a: float) -> tuple[Array, Array]:
    sine, cosine = wave(x, a)
    value = np.exp(sine)
    return value, a * cosine * value


def _expsin_curvature(x: Array, a: float) -> Array:
    sine = sine_wave(x, a)
    return a * a * (np.square(cosine_wave(x, a)) - sine) * np.exp(sine)


# The slope is steepest where cos² = sin, which is the golden section.
_GOLDEN = (math.sqrt(5.0) - 1.0) / 2.0
_EXPSIN_STEEPEST = math.sqrt(_GOLDEN) * math.exp(_GOLDEN)

EXPSIN = Activation(
    name="expsin",
    title="Exponential of a sine",
    family="oscillating",
    parameters=(Parameter("a", 1, 0.001, 1000, "angular frequency"),),
    orders=(
        Order("exp(sin(a*x))", lambda x, a: np.exp(sine_wave(x, a))),
        Order("a*cos(a*x)*exp(sin(a*x))", lambda x, a: a * cosine_wave(x, a) * np.exp(sine_wave(x, a))),
        Order("a**2*(cos(a*x)**2 - sin(a*x))*exp(sin(a*x))", _expsin_curvature),
    ),
    joint=_expsin_joint,
    facts_of=lambda a: Facts(
        1 / math.e, math.e, -a * _EXPSIN_STEEPEST, a * _EXPSIN_STEEPEST, math.nan, math.nan
    ),
    reference=Reference(
        "S. Ramasinghe and S. Lucey, Beyond periodicity: towards a unifying framework for activations in "
        "coordinate-MLPs, 2021",
        "https://arxiv.org/abs/2111.15135",
    ),
)

ACTIVATIONS = (SINE, COSINE, SINC, SSU, DSU, EXPSIN)
