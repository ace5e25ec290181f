"""Derivatives of sin(x)/x of any small order, with all digits also near 0."""

import numpy as np
from numpy.typing import NDArray

from actcli.numerics import sinc

# Below this |x| the series is used: its 20 terms leave less than 1e-17, and the recurrence above it loses
# at most a factor k!/2ᵏ of the rounding errors.
_NEAR = 2.0
_TERMS = 20

# Order by order; at 0 the derivative of order k is 0 for odd k and ±1/(k + 1) for even k.
SINC_FORMULAS = (
    "where(x == 0, 1, sin(x)/x)",
    "where(x == 0, 0, (x*cos(x) - sin(x))/x**2)",
    "where(x == 0, -1/3, ((2 - x**2)*sin(x) - 2*x*cos(x))/x**3)",
    "where(x == 0, 0, ((6*x - x**3)*cos(x) + (3*x**2 - 6)*sin(x))/x**4)",
    "where(x == 0, 1/5, ((x**4 - 12*x**2 + 24)*sin(x) + (4*x**3 - 24*x)*cos(x))/x**5)",
)


def sinc_derivative(x: NDArray[np.float64], order: int) -> NDArray[np.float64]:
    """Return the derivative of this order of sinc(x) = sin(x)/x.

    Near 0 by sinc(x) = Σ (−1)ⁿ x²ⁿ/(2n+1)!, elsewhere by s⁽ᵏ⁾ = (sin⁽ᵏ⁾(x) − k s⁽ᵏ⁻¹⁾)/x.
    """
    points = np.asarray(x, dtype=np.float64)
    far = np.where(np.abs(points) < _NEAR, _NEAR, points)
    result = sinc(far)
    for k in range(1, order + 1):
        result = (_sine(far, k) - k * result) / far
    return np.where(np.abs(points) < _NEAR, _series(points, order), np.where(np.isinf(points), 0.0, result))


def _sine(x: NDArray[np.float64], order: int) -> NDArray[np.float64]:
    wave = np.sin(x) if order % 2 == 0 else np.cos(x)
    return wave if order % 4 < 2 else -wave


def _series(x: NDArray[np.float64], order: int) -> NDArray[np.float64]:
    square = x * x
    result = np.zeros_like(x)
    for n in reversed(range((order + 1) // 2, _TERMS)):
        power = 2 * n - order
        coefficient = (-1.0) ** n / (2 * n + 1)
        for factor in range(1, power + 1):
            coefficient /= factor
        result = result * square + coefficient
    return result * x if order % 2 else result
