"""A smooth function of the variance, tabulated octave by octave, for recursions of a million layers."""

import math
from collections.abc import Callable

import numpy as np

from actcli.theory.quadrature import Array

# A Gaussian average is analytic in ln q within ±π/2 of the real axis. On an octave, ±0.347 about its middle,
# Chebyshev series then fall by 9.2 a term: 18 terms reach rounding.
_TERMS = 18
_ANGLES = math.pi * (np.arange(_TERMS) + 0.5) / _TERMS
_POINTS = np.cos(_ANGLES)
_TO_COEFFICIENTS: Array = 2 / _TERMS * np.cos(np.outer(np.arange(_TERMS), _ANGLES))
_PROBES = (-0.93, -0.31, 0.5, 0.97)
_TOLERANCE = 2e-14


class OctaveTable:
    """q ↦ f(q) for q > 0, from 18 values an octave; where those do not reproduce f to 2e-14, f itself."""

    def __init__(self, function: Callable[[float], float]) -> None:
        self._function = function
        self._octaves: dict[int, tuple[float, ...] | None] = {}

    def __call__(self, variance: float) -> float:
        """Return f(variance)."""
        exponent = math.log2(variance)
        octave = math.floor(exponent)
        if octave not in self._octaves:
            self._octaves[octave] = self._tabulated(octave)
        coefficients = self._octaves[octave]
        if coefficients is None:
            return self._function(variance)
        return _clenshaw(coefficients, 2 * (exponent - octave) - 1)

    def _tabulated(self, octave: int) -> tuple[float, ...] | None:
        at: Callable[[float], float] = lambda x: self._function(2.0 ** (octave + (x + 1) / 2))
        coefficients = (_TO_COEFFICIENTS * [at(x) for x in _POINTS]).sum(axis=1)
        coefficients[0] /= 2
        # Clenshaw's recursion takes the highest term first.
        table = tuple(float(c) for c in coefficients[::-1])
        for x in _PROBES:
            exact = at(x)
            if not abs(_clenshaw(table, x) - exact) <= _TOLERANCE * abs(exact):
                return None
        return table


def _clenshaw(descending: tuple[float, ...], x: float) -> float:
    """Return Σ c_k T_k(x) for coefficients in descending order."""
    twice = 2 * x
    current = previous = 0.0
    for coefficient in descending[:-1]:
        current, previous = coefficient + twice * current - previous, current
    return descending[-1] + x * current - previous
