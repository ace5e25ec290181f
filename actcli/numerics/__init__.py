"""Stable elementary functions of float64 arrays; callers ignore floating-point warnings."""

from actcli.numerics.algebraic import hypotenuse
from actcli.numerics.exact import (
    Array,
    carried,
    nothing,
    power_of_two,
    product,
    select,
    square,
    times_exp,
    total,
    with_tail,
)
from actcli.numerics.exponential import exp_pair, exp_rest
from actcli.numerics.gaussian import (
    erf,
    erfc,
    erfcx,
    normal_cdf,
    normal_density,
    normal_tail_ratio,
    times_bell,
    times_gaussian,
)
from actcli.numerics.hyperbolic import log_cosh, sech, sech2, tanh, tanhshrink
from actcli.numerics.logistic import (
    balance,
    decay,
    log_sigmoid,
    sigmoid,
    sigmoid_curvature,
    sigmoid_slope,
    softplus,
)
from actcli.numerics.polynomial import Patch, horner
from actcli.numerics.trigonometric import sinc, sinc_curvature, sinc_slope

__all__ = [
    "Array",
    "Patch",
    "balance",
    "carried",
    "decay",
    "erf",
    "erfc",
    "erfcx",
    "exp_pair",
    "exp_rest",
    "horner",
    "hypotenuse",
    "log_cosh",
    "log_sigmoid",
    "normal_cdf",
    "normal_density",
    "normal_tail_ratio",
    "nothing",
    "power_of_two",
    "product",
    "sech",
    "sech2",
    "select",
    "sigmoid",
    "sigmoid_curvature",
    "sigmoid_slope",
    "sinc",
    "sinc_curvature",
    "sinc_slope",
    "softplus",
    "square",
    "tanh",
    "tanhshrink",
    "times_bell",
    "times_exp",
    "times_gaussian",
    "total",
    "with_tail",
]
