"""Activations gated by a logarithm, and the two log-log sigmoids."""

import math

import numpy as np

from actcli.activation import Activation, Array, Facts, Order, Reference
from actcli.catalogue.gate import ExponentialGate, Gate, Parts
from actcli.numerics import balance, exp_rest, select, times_exp, with_tail
from actcli.numerics.exact import SUBNORMAL_EXPONENT
from actcli.numerics.patches import (
    GISH_CURVATURE_LEFT,
    GISH_CURVATURE_RIGHT,
    GISH_SLOPE,
    LOGISH_CURVATURE_LEFT,
    LOGISH_CURVATURE_RIGHT,
    LOGISH_SLOPE,
)


def _logish_parts(near: Array) -> Parts:
    up, down = balance(np.clip(near, -700.0, 700.0))
    whole = up + down
    more = whole + up
    return Parts(
        opened=np.log1p(up / whole) / up,
        closing=1.0 / (down * down + up * (3.0 * down + 2.0 * up)),
        exponent=-np.abs(near),
        bend=lambda: ((down - up) - up * down / more) / whole,
    )


_LOGISH_GATE = Gate(_logish_parts, (LOGISH_SLOPE,), (LOGISH_CURVATURE_LEFT, LOGISH_CURVATURE_RIGHT))

LOGISH = Activation(
    name="logish",
    title="Logish",
    family="log_gated",
    reference=Reference(
        "H. Zhu, H. Zeng, J. Liu and X. Zhang, Logish: a new nonlinear nonmonotonic activation function for "
        "convolutional neural network, 2021",
        "https://doi.org/10.1016/j.neucom.2021.06.067",
    ),
    orders=_LOGISH_GATE.orders(
        "x*log(1 + sigmoid(x))",
        "log(1 + sigmoid(x)) + x*sigmoid(x)*sigmoid(-x)/(1 + sigmoid(x))",
        "sigmoid(x)*sigmoid(-x)/(1 + sigmoid(x))"
        "*(2 + x*(1 - 2*sigmoid(x) - sigmoid(x)*sigmoid(-x)/(1 + sigmoid(x))))",
    ),
    joint=_LOGISH_GATE.joint,
    facts_of=lambda: Facts(
        -0.25276881678944035, math.inf, -0.08982878552089006, 0.7463111804127397, 0.0, math.log(2.0)
    ),
)


def _share(t: Array) -> Array:
    """Return w/(2 − w) with w = exp(−t): 1 less a small part where t is small."""
    w, less = np.exp(-t), np.expm1(-t)
    return select(t < 1.0, 1.0 + 2.0 * less / (1.0 - less), w / (2.0 - w))


_GISH_GATE = ExponentialGate(
    level=lambda t: np.log1p(-np.expm1(-t)),
    rise=lambda t, _: t * _share(t),
    bend=lambda t: 1.0 - t - t * _share(t),
    height=0.5,
    rate=1.0,
    slope_zeros=(GISH_SLOPE,),
    curvature_zeros=(GISH_CURVATURE_LEFT, GISH_CURVATURE_RIGHT),
)

GISH = Activation(
    name="gish",
    title="Gish",
    family="log_gated",
    reference=Reference(
        "M. Kaytan, I. B. Aydilek and C. Yeroğlu, "
        "Gish: a novel activation function for image classification, 2023",
        "https://doi.org/10.1007/s00521-023-09035-5",
    ),
    orders=_GISH_GATE.orders(
        "x*log(2 - exp(-exp(x)))",
        "log(2 - exp(-exp(x))) + x*exp(x)*exp(-exp(x))/(2 - exp(-exp(x)))",
        "exp(x)*exp(-exp(x))/(2 - exp(-exp(x)))"
        "*(2 + x*(1 - exp(x) - exp(x)*exp(-exp(x))/(2 - exp(-exp(x)))))",
    ),
    joint=_GISH_GATE.joint,
    facts_of=lambda: Facts(
        -0.2781594608963869, math.inf, -0.09980450735998873, 0.7527045710866695, 0.0, math.log(2.0)
    ),
)


def _gumbel(x: Array, factor: Array | float) -> Array:
    """Return factor·exp(x − exp(x)), the density of the smallest of many exponential waiting times."""
    return _gumbel_from(x, factor, *_exponential(x))


def _gumbel_from(x: Array, factor: Array | float, t: Array, rest: Array) -> Array:
    return with_tail(times_exp(factor * (t - t * rest), -t), factor, x)


def _cloglog_curvature(x: Array) -> Array:
    near = np.clip(x, -1000.0, 7.0)
    return _gumbel(near, -np.expm1(near))


def _loglog(x: Array) -> Array:
    t, rest = _exponential(-x)
    return times_exp(1.0 - rest, -t)


def _loglog_joint(x: Array) -> tuple[Array, Array]:
    t, rest = _exponential(-x)
    return times_exp(1.0 - rest, -t), _gumbel_from(-x, 1.0, t, rest)


def _exponential(x: Array) -> tuple[Array, Array]:
    """Return exp(x) and what rounding left over, between bounds where exp(−exp(x)) is 1 and 0."""
    core = np.clip(x, SUBNORMAL_EXPONENT, 7.0)
    t = np.exp(core)
    return t, exp_rest(core, t)


_LOG_LOG = Reference(
    "G. S. da S. Gomes and T. B. Ludermir, Redes neurais artificiais com funções de ativação complemento "
    "log-log e probit para aproximar funções na presença de observações extremas, 2008",
    "https://doi.org/10.21528/LNLM-vol6-no2-art4",
)

CLOGLOG = Activation(
    name="cloglog",
    title="Complementary log-log",
    family="log_gated",
    reference=_LOG_LOG,
    orders=(
        Order("1 - exp(-exp(x))", lambda x: -np.expm1(-np.exp(x))),
        Order("exp(x - exp(x))", lambda x: _gumbel(x, 1.0)),
        Order("(1 - exp(x))*exp(x - exp(x))", _cloglog_curvature),
    ),
    facts_of=lambda: Facts(0.0, 1.0, 0.0, math.exp(-1.0), 0.0, 0.0),
)

LOGLOG = Activation(
    name="loglog",
    title="Log-log (Gompertz curve)",
    family="log_gated",
    aliases=("gompertz",),
    reference=_LOG_LOG,
    orders=(
        Order("exp(-exp(-x))", _loglog),
        Order("exp(-x - exp(-x))", lambda x: _gumbel(-x, 1.0)),
        Order("(exp(-x) - 1)*exp(-x - exp(-x))", lambda x: -_cloglog_curvature(-x)),
    ),
    joint=_loglog_joint,
    facts_of=lambda: Facts(0.0, 1.0, 0.0, math.exp(-1.0), 0.0, 0.0),
)

ACTIVATIONS = (LOGISH, GISH, CLOGLOG, LOGLOG)
