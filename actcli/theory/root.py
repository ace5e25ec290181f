"""Roots and minima of one-dimensional functions, bracketed, bounded in steps, and never silently wrong."""

import math
from collections.abc import Callable

_MOST_STEPS = 200


def bracketed_root(function: Callable[[float], float], low: float, high: float) -> float | None:
    """Return x in [low, high] where `function` changes sign, to the last bits, or None.

    The ends must have different signs. Steps are secants while those halve the bracket and bisections
    otherwise, so that 200 steps always suffice. None if the function stops being a number,
    or if it jumps across zero instead of passing through it.
    """
    at_low, at_high = function(low), function(high)
    if at_low == 0 or at_high == 0:
        return low if at_low == 0 else high
    if not (at_low < 0 < at_high or at_high < 0 < at_low):
        return None
    height = max(abs(at_low), abs(at_high))
    previous = math.inf
    for step in range(_MOST_STEPS):
        width = high - low
        middle = low + width / 2
        # Every third step bisects, so that one stubborn end cannot stall the secant.
        share = at_low / (at_low - at_high) if at_low != at_high else 0.5
        guess = middle if step % 3 == 2 or width > previous / 2 else low + share * width
        x = guess if low < guess < high else middle
        previous = width
        if not low < x < high:
            break
        value = function(x)
        if math.isnan(value):
            return None
        if value == 0:
            return x
        if (value > 0) == (at_low > 0):
            low, at_low = x, value
        else:
            high, at_high = x, value
    best = low if abs(at_low) < abs(at_high) else high
    return best if min(abs(at_low), abs(at_high)) < 1e-3 * height else None


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
