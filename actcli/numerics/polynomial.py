"""Local polynomials: what replaces a formula where its terms cancel or its roundings add up."""

from typing import NamedTuple

import numpy as np

from actcli.numerics.exact import Array, put, taken


def horner(coefficients: tuple[float, ...], t: Array) -> Array:
    """Return coefficients[0] + coefficients[1]·t + … at every `t`."""
    result = np.full_like(t, coefficients[-1])
    for coefficient in coefficients[-2::-1]:
        result *= t
        result += coefficient
    return result


class Patch(NamedTuple):
    """A function near one of its zeros: f(zero + t) = tᵖ·P(tˢ) for |t| < radius.

    `high` + `low` is the zero to about 32 digits, `power` p its multiplicity, `step` s is 2 where the rest
    is even in t. The relative error of the fit is below 2⁻⁵⁶; `tests/patches.py` makes the numbers.
    """

    high: float
    low: float
    radius: float
    power: int
    step: int
    coefficients: tuple[float, ...]

    def over(self, result: Array, x: Array, rest: Array | float = 0.0) -> Array:
        """Replace the entries of `result` near the zero and return it; the argument is x + rest."""
        near = np.flatnonzero((x > self.high - self.radius) & (x < self.high + self.radius))
        if near.size == 0:
            return result
        # At the origin t is x itself, with the sign of −0.
        t = np.take(x, near)
        if self.high:
            t = (t - self.high) + (taken(rest, near) - self.low)
        return put(result, near, self._at(t))

    def _at(self, t: Array) -> Array:
        value = horner(self.coefficients, t * t if self.step == 2 else t)
        for _ in range(self.power):
            value = value * t
        return value


class Tail(NamedTuple):
    """A gate g that closes like exp(x): g/eˣ and g′/eˣ for x < start, as polynomials in eˣ."""

    start: float
    opened: tuple[float, ...]
    closing: tuple[float, ...]

    def over(self, opened: Array, closing: Array, x: Array) -> tuple[Array, Array]:
        """Replace the entries of g/eˣ and g′/eˣ in the tail and return both."""
        far = np.flatnonzero(x < self.start)
        e = np.exp(np.take(x, far))
        return put(opened, far, horner(self.opened, e)), put(closing, far, horner(self.closing, e))
