"""Smooth functions of the variance, tabulated octave by octave, for recursions of a million layers."""

import math
from collections.abc import Callable

import numpy as np

from actcli.theory.quadrature import Array

# A Gaussian average is analytic in ln q within ±π/2 of the real axis. On an octave, ±0.347 about its middle,
# Chebyshev series then fall by 9.2 a term: 18 terms reach rounding.
_TERMS = 18
_ORDERS = np.arange(_TERMS)
_ANGLES = math.pi * (_ORDERS + 0.5) / _TERMS
_POINTS = np.cos(_ANGLES)
_TO_COEFFICIENTS: Array = 2 / _TERMS * np.cos(np.outer(_ORDERS, _ANGLES))
_TO_COEFFICIENTS[0] /= 2
_PROBES = (-0.93, -0.31, 0.5, 0.97)
_TOLERANCE = 2e-14


class OctaveTable:
    """q ↦ (f_1(q), f_2(q), …) for q > 0, from 18 values an octave; f itself where those do not reproduce it.

    `function` returns the values and, for each, the size beside which an error of 2e-14 is allowed.
    """

    def __init__(self, function: Callable[[float], tuple[Array, Array]]) -> None:
        self._function = function
        self._octaves: dict[int, Array | None] = {}

    def __call__(self, variance: float) -> Array:
        """Return the values at this variance."""
        exponent = math.log2(variance)
        octave = math.floor(exponent)
        if octave not in self._octaves:
            self._octaves[octave] = self._tabulated(octave)
        coefficients = self._octaves[octave]
        if coefficients is None:
            return self._function(variance)[0]
        return _series(coefficients, 2 * (exponent - octave) - 1)

    def _tabulated(self, octave: int) -> Array | None:
        variances = [2.0 ** (octave + (x + 1) / 2) for x in (*_POINTS, *_PROBES)]
        values, sizes = (np.array(rows) for rows in zip(*map(self._function, variances), strict=True))
        # An expectation that is infinite, or not known, makes all coefficients nan, which no probe passes.
        with np.errstate(all="ignore"):
            coefficients: Array = (_TO_COEFFICIENTS @ values[:_TERMS]).T
        for x, exact, size in zip(_PROBES, values[_TERMS:], sizes[_TERMS:], strict=True):
            if not (np.abs(_series(coefficients, x) - exact) <= _TOLERANCE * size).all():
                return None
        return coefficients


def _series(coefficients: Array, x: float) -> Array:
    """Return Σ c_k T_k(x), T_k(cos θ) = cos kθ, for rows of coefficients."""
    sums: Array = coefficients @ np.cos(_ORDERS * math.acos(min(max(x, -1.0), 1.0)))
    return sums
