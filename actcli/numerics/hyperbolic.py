"""Hyperbolic functions whose tails and cancellations are kept."""

import math

import numpy as np

from actcli.numerics.exact import Array
from actcli.numerics.patches import LOG_COSH, TANHSHRINK


def tanh(x: Array) -> Array:
    """Return tanh(x)."""
    return np.tanh(x)


def sech(x: Array) -> Array:
    """Return 1/cosh(x), down to exp(−745)."""
    e = np.exp(-np.abs(x))
    return 2.0 * e / (1.0 + e * e)


def sech2(x: Array) -> Array:
    """Return 1/cosh²(x) = 1 − tanh²(x), down to exp(−745)."""
    e = np.exp(-2.0 * np.abs(x))
    return 4.0 * e / ((1.0 + e) * (1.0 + e))


def log_cosh(x: Array) -> Array:
    """Return log(cosh(x)): x²/2 near zero, |x| − log 2 far out."""
    size = np.abs(x)
    return LOG_COSH.over((size - math.log(2.0)) + np.log1p(np.exp(-2.0 * size)), x)


def tanhshrink(x: Array) -> Array:
    """Return x − tanh(x): x³/3 near zero."""
    return TANHSHRINK.over(x - np.tanh(x), x)
