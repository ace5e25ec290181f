"""How x·g(x) and its derivatives follow from a gate g, with every tail kept."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from actcli.activation import Array, Order
from actcli.numerics import Patch, exp_rest, select, times_exp, with_tail
from actcli.numerics.exact import SUBNORMAL_EXPONENT

# Every gate is constant to the last bit from here on; inside it no product is infinite or nan.
_FAR = 1000.0

# From _OPEN on exp(−exp(x)) adds nothing to 1, from _BEYOND on nothing to 0.
_OPEN, _BEYOND = 5.8, 7.0


class Parts(NamedTuple):
    """A gate at some points: g = opened·exp(min(x, 0)), g′ = closing·exp(exponent), g″ = bend·g′.

    Left of zero the exponent is x itself: there every gate closes like exp(x). Only the curvature asks for
    the bend.
    """

    opened: Array
    closing: Array
    exponent: Array
    bend: Callable[[], Array]


class Gate(NamedTuple):
    """An activation x·g(x), with local polynomials about the zeros of its slope and curvature."""

    parts: Callable[[Array], Parts]
    slope_zeros: tuple[Patch, ...]
    curvature_zeros: tuple[Patch, ...]

    def orders(self, value: str, slope: str, curvature: str) -> tuple[Order, Order, Order]:
        """Return the three orders of a record, each formula beside its function."""
        return Order(value, self._value), Order(slope, self._slope), Order(curvature, self._curvature)

    def joint(self, x: Array) -> tuple[Array, Array]:
        """Return value and slope: the gate, which costs most, is computed once."""
        near = np.clip(x, -_FAR, _FAR)
        gate = self.parts(near)
        return self._value_from(x, near, gate), self._slope_from(near, gate)

    def _value(self, x: Array) -> Array:
        near = np.clip(x, -_FAR, _FAR)
        return self._value_from(x, near, self.parts(near))

    def _value_from(self, x: Array, near: Array, gate: Parts) -> Array:
        return times_exp(np.maximum(x, near) * gate.opened, np.minimum(near, 0.0))

    def _slope(self, x: Array) -> Array:
        near = np.clip(x, -_FAR, _FAR)
        return self._slope_from(near, self.parts(near))

    def _slope_from(self, near: Array, gate: Parts) -> Array:
        # Where this exponential is next to nothing the slope is the gate itself, or its tail.
        steep, e = near * gate.closing, np.exp(np.maximum(gate.exponent, SUBNORMAL_EXPONENT))
        both = gate.opened + steep
        slope = select(near < 0, both * e, gate.opened + steep * e)
        return _over(self.slope_zeros, with_tail(slope, both, near), near)

    def _curvature(self, x: Array) -> Array:
        near = np.clip(x, -_FAR, _FAR)
        gate = self.parts(near)
        curvature = times_exp(gate.closing * (2.0 + near * gate.bend()), gate.exponent)
        return _over(self.curvature_zeros, curvature, near)


class ExponentialGate(NamedTuple):
    """An activation x·h(t) with t = exp(x), h(t) ≈ t on the far left and constant on the right.

    `level` is h, `rise` of t and h is t·h′, which falls like height·t·exp(−rate·t), `bend` is 1 + t·h″/h′.
    """

    level: Callable[[Array], Array]
    rise: Callable[[Array, Array], Array]
    bend: Callable[[Array], Array]
    height: float
    rate: float
    slope_zeros: tuple[Patch, ...]
    curvature_zeros: tuple[Patch, ...]

    def orders(self, value: str, slope: str, curvature: str) -> tuple[Order, Order, Order]:
        """Return the three orders of a record, each formula beside its function."""
        return Order(value, self._value), Order(slope, self._slope), Order(curvature, self._curvature)

    def joint(self, x: Array) -> tuple[Array, Array]:
        """Return value and slope."""
        t, near = _exponential(x)
        level = self.level(t)
        return self._value_from(x, near, level), self._slope_from(near, t, level)

    def _value(self, x: Array) -> Array:
        t, near = _exponential(x)
        return self._value_from(x, near, self.level(t))

    def _value_from(self, x: Array, near: Array, level: Array) -> Array:
        return with_tail(np.maximum(x, near) * level, near, near)

    def _slope(self, x: Array) -> Array:
        t, near = _exponential(x)
        return self._slope_from(near, t, self.level(t))

    def _slope_from(self, near: Array, t: Array, level: Array) -> Array:
        slope = with_tail(level + near * self.rise(t, level), 1.0 + near, near)
        return _over(self.slope_zeros, slope, near)

    def _curvature(self, x: Array) -> Array:
        near = np.clip(x, -_FAR, _BEYOND)
        t = np.exp(near)
        factor = 2.0 + near * self.bend(t)
        factor = factor - factor * (self.rate * exp_rest(near, t))
        left = with_tail(self.rise(t, self.level(t)) * factor, 2.0 + near, near)
        curvature = with_tail(left, self.height * t * factor, -self.rate * t)
        return _over(self.curvature_zeros, curvature, near)


def _exponential(x: Array) -> tuple[Array, Array]:
    """Return exp(x) and x, clipped where the gate has long been 0 and 1."""
    near = np.clip(x, -_FAR, _OPEN)
    return np.exp(near), near


def _over(patches: tuple[Patch, ...], result: Array, x: Array) -> Array:
    for patch in patches:
        result = patch.over(result, x)
    return result
