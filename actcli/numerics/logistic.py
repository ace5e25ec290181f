"""The logistic function and its relatives, from exponentials of −|x| alone, so that no tail is lost."""

import numpy as np

from actcli.numerics.exact import Array, carried, nothing


def decay(high: Array, low: Array | float = 0.0) -> Array:
    """Return exp(−|high + low|) for a rounded argument and its small rounding error."""
    e = np.exp(-np.abs(high))
    return e if nothing(low) else carried(e, -np.sign(high) * low)


def balance(high: Array, low: Array | float = 0.0) -> tuple[Array, Array]:
    """Return (up, down) with up/down = exp(high + low) and the larger of the two equal to 1.

    Every function of exp(x) is a ratio of polynomials in these, without overflow on either side:
    σ(x) = up/(up + down), tanh(x/2) = (up − down)/(up + down).
    """
    e = decay(high, low)
    return np.maximum(e, high >= 0), np.maximum(e, high < 0)


def sigmoid(x: Array) -> Array:
    """Return σ(x) = 1/(1 + exp(−x))."""
    e = np.exp(-np.abs(x))
    return np.maximum(e, x >= 0) / (1.0 + e)


def sigmoid_slope(x: Array) -> Array:
    """Return σ′(x) = σ(x)·σ(−x)."""
    e = np.exp(-np.abs(x))
    return e / ((1.0 + e) * (1.0 + e))


def sigmoid_curvature(x: Array) -> Array:
    """Return σ″(x) = −σ(x)·σ(−x)·tanh(x/2)."""
    return -sigmoid_slope(x) * np.tanh(0.5 * x)


def softplus(x: Array) -> Array:
    """Return log(1 + exp(x))."""
    return np.maximum(x, 0.0) + np.log1p(np.exp(-np.abs(x)))


def log_sigmoid(x: Array) -> Array:
    """Return log σ(x) = −softplus(−x)."""
    return -softplus(-x)
