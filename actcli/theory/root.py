"""Roots and minima of one-dimensional functions, bracketed, bounded in steps, and never silently wrong."""

import math
from collections.abc import Callable

_MOST_STEPS = 200


def bracketed_root(function: Callable[[float], float], low: float, high: float) -> float | None:
    """Return x in [low, high] where `function` changes sign, to the last bits, or None.

    The ends must have different signs. Chandrupatla's method: the next point is that of the inverse parabola
    through the last three where that is safe, else the middle. None if the function stops being a number, or
    if it jumps across zero instead of passing through it.
    """
    at_low, at_high = function(low), function(high)
    if at_low == 0 or at_high == 0:
        return low if at_low == 0 else high
    if not (at_low < 0 < at_high or at_high < 0 < at_low):
        return None
    height = max(abs(at_low), abs(at_high))
    # The root lies between `new` and `far`; `old` is the end that was given up last.
    new, far, at_new, at_far = high, low, at_high, at_low
    share = 0.5
    for _ in range(_MOST_STEPS):
        x = new + share * (far - new)
        x = new + (far - new) / 2 if x in (new, far) else x
        if x in (new, far):
            break
        value = function(x)
        if math.isnan(value):
            return None
        if value == 0:
            return x
        if (value > 0) == (at_new > 0):
            old, at_old = new, at_new
        else:
            old, at_old, far, at_far = far, at_far, new, at_new
        new, at_new = x, value
        share = _next(new, far, old, at_new, at_far, at_old)
    best, at_best = (new, at_new) if abs(at_new) < abs(at_far) else (far, at_far)
    return best if abs(at_best) < 1e-3 * height else None


def _next(new: float, far: float, old: float, at_new: float, at_far: float, at_old: float) -> float:
    """Return the share of the way from `new` to `far` at which to look next."""
    place, level = (new - far) / (old - far), (at_new - at_far) / (at_old - at_far)
    if not 1 - math.sqrt(1 - place) < level < math.sqrt(place):
        return 0.5
    first = at_new / (at_far - at_new) * at_old / (at_far - at_old)
    second = (old - new) / (far - new) * at_new / (at_old - at_new) * at_far / (at_old - at_far)
    return first + second


def bounded_minimum(function: Callable[[float], float], low: float, high: float, tolerance: float) -> float:
    """Return where `function` is smallest in [low, high], by golden section, if it has one valley there."""
    ratio = (math.sqrt(5) - 1) / 2
    left, right = high - ratio * (high - low), low + ratio * (high - low)
    at_left, at_right = function(left), function(right)
    while high - low > tolerance:
        if at_left <= at_right:
            high, right, at_right = right, left, at_left
            left = high - ratio * (high - low)
            at_left = function(left)
        else:
            low, left, at_left = left, right, at_right
            right = low + ratio * (high - low)
            at_right = function(right)
    return (low + high) / 2
