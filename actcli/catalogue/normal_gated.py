"""Activations gated by the error function, and the normal distribution itself."""

import math

import numpy as np

from actcli.activation import Activation, Array, Facts, Order, Reference
from actcli.catalogue.gate import Gate, Parts
from actcli.catalogue.spelling import spelled
from actcli.numerics import (
    balance,
    erf,
    normal_cdf,
    normal_density,
    normal_tail_ratio,
    select,
    times_bell,
    times_bells,
    two_square,
)
from actcli.numerics.patches import (
    GELU_SLOPE,
    SERF_CURVATURE_LEFT,
    SERF_CURVATURE_RIGHT,
    SERF_SLOPE,
    SERF_TAIL,
)

_DENSITY_AT_ZERO = 1.0 / math.sqrt(2.0 * math.pi)
_ROOT_TWO, _ROOT_TWO_REST = 1.4142135623730951, -9.667293313452913e-17


def _gelu(x: Array) -> Array:
    size = np.minimum(np.abs(x), 40.0)
    return np.maximum(x, 0.0) - times_bell(size * normal_tail_ratio(size), size)


def _gelu_slope(x: Array) -> Array:
    size = np.minimum(np.abs(x), 40.0)
    # Φ(−s) − s·φ(s): the slope at −s, and what the slope at +s lacks of 1.
    return _gelu_slope_from(x, times_bell(normal_tail_ratio(size) - _DENSITY_AT_ZERO * size, size))


def _gelu_slope_from(x: Array, lack: Array) -> Array:
    return GELU_SLOPE.over(select(x < 0, lack, 1.0 - lack), x)


def gelu_parts(x: Array) -> tuple[Array, Array, Array]:
    """Return what gelu lacks of max(x, 0), its value and its slope."""
    size = np.minimum(np.abs(x), 40.0)
    ratio = normal_tail_ratio(size)
    # What value and slope lack of x and of 1, under one bell.
    short, lack = times_bells((size * ratio, ratio - _DENSITY_AT_ZERO * size), size)
    return short, np.maximum(x, 0.0) - short, _gelu_slope_from(x, lack)


def _gelu_curvature(x: Array) -> Array:
    size = np.minimum(np.abs(x), 40.0)
    # 2 − x² as a product, with √2 to 32 digits, keeps its zero.
    difference = ((_ROOT_TWO - size) + _ROOT_TWO_REST) * (_ROOT_TWO + size)
    return times_bell(_DENSITY_AT_ZERO * difference, size)


GELU = Activation(
    name="gelu",
    title="Gaussian error linear unit",
    family="normal_gated",
    spellings=spelled(
        "torch.nn.GELU torch.nn.functional.gelu keras.activations.gelu tf.nn.gelu NNlib.gelu_erf "
        "mlx.nn.GELU mlx.nn.gelu onnx.Gelu"
    ),
    reference=Reference(
        "D. Hendrycks and K. Gimpel, Gaussian error linear units (GELUs), 2016",
        "https://arxiv.org/abs/1606.08415",
    ),
    orders=(
        Order("x*normal_cdf(x)", _gelu),
        Order("normal_cdf(x) + x*normal_density(x)", _gelu_slope),
        Order("(2 - x**2)*normal_density(x)", _gelu_curvature),
    ),
    joint=lambda x: gelu_parts(x)[1:],
    facts_of=lambda: Facts(
        -0.16997120747990366, math.inf, -0.12890414518515479, 1.1289041451851548, 0.0, 1.0
    ),
)


PROBIT = Activation(
    name="probit",
    title="Normal distribution function",
    family="normal_gated",
    aliases=("normal_cdf", "phi"),
    reference=Reference(
        "G. S. da S. Gomes and T. B. Ludermir, Redes neurais artificiais com funções de ativação complemento "
        "log-log e probit para aproximar funções na presença de observações extremas, 2008",
        "https://doi.org/10.21528/LNLM-vol6-no2-art4",
    ),
    orders=(
        Order("normal_cdf(x)", lambda x: normal_cdf(np.clip(x, -40.0, 40.0))),
        Order("normal_density(x)", lambda x: normal_density(np.clip(x, -40.0, 40.0))),
        Order("-x*normal_density(x)", lambda x: _probit_curvature(np.clip(x, -40.0, 40.0))),
    ),
    facts_of=lambda: Facts(0.0, 1.0, 0.0, _DENSITY_AT_ZERO, 0.0, 0.0),
)


def _probit_curvature(near: Array) -> Array:
    return times_bell(-_DENSITY_AT_ZERO * near, near)


def _serf_parts(near: Array) -> Parts:
    core = np.clip(near, -700.0, 40.0)
    up, down = balance(core)
    whole = up + down
    positive = np.maximum(core, 0.0)
    rest = np.log1p(up * down)
    soft = positive + rest
    # exp(−softplus²) with softplus = x + rest on the right: x² to twice the digits, the rest is small.
    high, low = two_square(positive)
    shrunk = np.exp(-rest * (2.0 * positive + rest))
    closing = 2.0 / math.sqrt(math.pi) * shrunk / whole
    opened, closing = SERF_TAIL.over(erf(soft) / up, closing - closing * low, near)
    return Parts(
        opened=opened,
        closing=closing,
        exponent=select(near < 0, near, -high),
        bend=lambda: (down - 2.0 * soft * up) / whole,
    )


_SERF_GATE = Gate(_serf_parts, (SERF_SLOPE,), (SERF_CURVATURE_LEFT, SERF_CURVATURE_RIGHT))

SERF = Activation(
    name="serf",
    title="Log-softplus error activation",
    family="normal_gated",
    reference=Reference(
        "S. Nag and M. Bhattacharyya, SERF: towards better training of deep neural networks using "
        "log-softplus error activation function, 2021",
        "https://arxiv.org/abs/2108.09598",
    ),
    orders=_SERF_GATE.orders(
        "x*erf(softplus(x))",
        "erf(softplus(x)) + x*2/sqrt(pi)*exp(-softplus(x)**2)*sigmoid(x)",
        "2/sqrt(pi)*exp(-softplus(x)**2)*sigmoid(x)*(2 + x*(sigmoid(-x) - 2*softplus(x)*sigmoid(x)))",
    ),
    joint=_SERF_GATE.joint,
    facts_of=lambda: Facts(-0.3484374587596064, math.inf, -0.12696858905790539, 1.0861254441509972, 0.0, 1.0),
)

ACTIVATIONS = (GELU, PROBIT, SERF)
