"""Small pieces that several families share: constant orders, safe lines, and kinks that may vanish."""

from collections.abc import Callable

import numpy as np

from actcli.activation import Array, Kink, Order
from actcli.numerics import power_of_two, select, times_exp, two_product, two_square

# Products of larger numbers are taken of numbers this much smaller, where they can be split.
_SPLITTABLE, _SHRINK = 1e100, 2.0**-600
# Below this a rounding error shifts a phase linearly, to the last bit.
_LINEAR = 2.0**-28

ZERO = Order("0", lambda x, *_: np.zeros_like(x))
ONE = Order("1", lambda x, *_: np.ones_like(x))


def line(slope: float, x: Array, offset: float = 0.0) -> Array:
    """Return slope·x + offset, rounded about once even where the sum cancels; flat to ±∞ where slope is 0."""
    if slope == 0.0:
        return np.full_like(x, offset)
    if offset == 0.0:
        return slope * x
    high, low = two_product(slope, x)
    # The carried error of an infinite product is no number.
    return select(np.isfinite(high), (high + offset) + low, high)


def growth(x: Array, rate: float, factor: Array | float = 1.0) -> Array:
    """Return factor·exp(rate·x), the rounding error of the product carried."""
    near = np.clip(x, -1000.0 / rate, 1000.0 / rate)
    high, low = two_product(rate, near)
    return times_exp(factor * (1.0 + low), high)


def quotient(x: Array, divisor: float) -> tuple[Array, Array | float]:
    """Return x/divisor rounded, and the rounding error."""
    high = x / divisor
    if power_of_two(divisor):
        return high, 0.0
    back, low = two_product(divisor, high)
    rest = ((x - back) - low) / divisor
    return high, select(~np.isfinite(rest), 0.0, rest)


def wave(x: Array, omega: float) -> tuple[Array, Array]:
    """Return sin(omega·x) and cos(omega·x) of the exact phase; some phase where omega·x is no float64."""
    if power_of_two(omega):
        phase = _exact_phase(x, omega)
        return np.sin(phase), np.cos(phase)
    far = np.abs(x) > _SPLITTABLE
    high, low = two_product(omega, select(far, x * _SHRINK, x))
    stretch = select(far, 1.0 / _SHRINK, 1.0)
    high, low = high * stretch, low * stretch
    high = select(np.isinf(high) & np.isfinite(x), x, high)
    sine, cosine = np.sin(high), np.cos(high)
    if np.abs(low).max(initial=0.0) > _LINEAR:
        ahead, across = np.sin(low), np.cos(low)
    else:
        ahead, across = low, np.ones_like(low)
    return select(x == 0, x, sine * across + cosine * ahead), cosine * across - sine * ahead


def sine_wave(x: Array, omega: float) -> Array:
    """Return sin(omega·x) of the exact phase."""
    return np.sin(_exact_phase(x, omega)) if power_of_two(omega) else wave(x, omega)[0]


def cosine_wave(x: Array, omega: float) -> Array:
    """Return cos(omega·x) of the exact phase."""
    return np.cos(_exact_phase(x, omega)) if power_of_two(omega) else wave(x, omega)[1]


def _exact_phase(x: Array, omega: float) -> Array:
    # A power of two rounds nothing, and has no rest to be carried.
    phase = omega * x
    return select(np.isinf(phase) & np.isfinite(x), x, phase)


def square_less(x: Array, high: float, low: float) -> Array:
    """Return x² − (high + low), to the last digit where it crosses zero."""
    squared, rest = two_square(x)
    return (squared - high) + (rest - low)


def kink(x: float, left: float, right: float, stated: float, reason: str, order: int = 1) -> tuple[Kink, ...]:
    """Return the kink, or nothing where the two sides agree for these parameters."""
    return () if left == right else (Kink(x, left, right, stated, reason, order),)


def extremes(function: Callable[[Array], Array], low: float, high: float) -> tuple[float, float]:
    """Return the least and the greatest value of `function` on [low, high]: a grid, then closer looks."""
    least, greatest = 0.0, 0.0
    for side in (1.0, -1.0):
        points = np.linspace(low, high, 20_001)
        for _ in range(9):
            values = side * function(points)
            best = int(np.argmin(values))
            points = np.linspace(points[max(best - 1, 0)], points[min(best + 1, len(points) - 1)], 101)
        extreme = side * float(values[best])
        least, greatest = (extreme, greatest) if side > 0 else (least, extreme)
    return least, greatest
