"""Products and exponentials whose rounding errors are carried instead of lost.

A zero far in the tail, or a zero of a function, magnifies the rounding of its argument: exp(−x²/2) at
x = −37 turns half an ulp of x² into 700. The functions here return a rounded result and what the
rounding left over. Callers ignore floating-point warnings (`numpy.errstate`).
"""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

# The last 27 of the 53 bits of a float64, and half of their range, to round the others.
_LAST_BITS, _HALF = (1 << 27) - 1, 1 << 26

# Beyond this size no function here depends on the last bits of its argument.
_LARGE = 1e140

# exp(x) is subnormal, hence coarse, below −708.4.
SUBNORMAL_EXPONENT = -708.0


def two_product(factor: Array | float, x: Array) -> tuple[Array, Array | float]:
    """Return factor·x rounded, and the rounding error (TwoProduct, Dekker 1971): their sum is exact."""
    high = factor * x
    if isinstance(factor, float) and power_of_two(factor):
        return high, 0.0
    factor_high, factor_low = _split(factor)
    x_high, x_low = _split(x)
    low = ((factor_high * x_high - high) + factor_high * x_low + factor_low * x_high) + factor_low * x_low
    return high, _rest(high, low)


def power_of_two(factor: float) -> bool:
    """Return whether products with this factor are exact."""
    return abs(math.frexp(factor)[0]) == 0.5


def two_sum(first: Array | float, second: Array) -> tuple[Array, Array]:
    """Return first + second rounded, and the rounding error (TwoSum, Knuth 1969): their sum is exact."""
    high = first + second
    shown = high - first
    return high, (first - (high - shown)) + (second - shown)


def two_square(x: Array) -> tuple[Array, Array]:
    """Return x² rounded, and the rounding error: their sum is exact."""
    high = x * x
    x_high, x_low = _split(x)
    low = ((x_high * x_high - high) + 2.0 * x_high * x_low) + x_low * x_low
    return high, _rest(high, low)


def carried(factor: Array, rest: Array | float) -> Array:
    """Return factor·(1 + rest): factor·exp(rest) for the rest, if any, that rounding took of an exponent."""
    return factor if nothing(rest) else factor + factor * rest


def nothing(rest: Array | float) -> bool:
    """Return whether a product left nothing over, which it says by the number 0 instead of an array."""
    return isinstance(rest, float) and rest == 0.0


def times_exp(factor: Array | float, exponent: Array) -> Array:
    """Return factor·exp(exponent), rounded as a whole even where the exponential alone is subnormal."""
    return with_tail(factor * np.exp(exponent), factor, exponent)


def with_tail(result: Array, factor: Array | float, exponent: Array, rest: Array | float = 0.0) -> Array:
    """Return `result`, with factor·exp(exponent + rest) instead wherever that exponential is subnormal.

    For results whose other factors are 1 to the last bit by then; `rest` is what rounding the exponent took.
    """
    deep = np.flatnonzero(exponent < SUBNORMAL_EXPONENT)
    if deep.size == 0:
        return result
    # The root of the exponential is a normal number, so only the last product rounds coarsely.
    root = np.exp(0.5 * np.take(exponent, deep))
    tail = carried(taken(factor, deep) * root, taken(rest, deep)) * root
    return put(np.array(result, order="C"), deep, tail)


def select(condition: NDArray[np.bool_], first: Array | float, second: Array | float) -> Array:
    """Return `first` where the condition holds and `second` elsewhere.

    By bit masks: numpy's own where branches at every element, which costs three times as much on data
    whose signs come in no order, and less where nothing is chosen.
    """
    if not condition.any():
        return np.where(condition, first, second)
    mask = (-condition.view(np.int8)).astype(np.int64)
    kept, other = (np.asarray(choice, dtype=np.float64).view(np.int64) for choice in (first, second))
    chosen = (kept ^ other) & mask
    chosen ^= other
    return np.asarray(chosen).view(np.float64)


def taken(number: Array | float, places: NDArray[np.intp]) -> Array | float:
    """Return the numbers at these places, or the one that holds everywhere."""
    return number if np.ndim(number) == 0 else np.take(number, places)


def replaced(
    result: Array, condition: NDArray[np.bool_], function: Callable[[Array], Array], x: Array
) -> Array:
    """Write function(x) into `result` where the condition holds, computed there only, and return it."""
    places = np.flatnonzero(condition)
    return put(result, places, function(np.take(x, places)))


def put(result: Array, places: NDArray[np.intp], values: Array) -> Array:
    """Write the values into `result` at these places and return it."""
    written = np.asarray(result)
    written.reshape(-1)[places] = values
    return written


def _split(number: Array | float) -> tuple[Array, Array]:
    """Return the number rounded to 26 bits, and the rest: products of such halves are exact."""
    bits = np.asarray(number, dtype=np.float64).view(np.int64)
    high = ((bits + _HALF) & ~_LAST_BITS).view(np.float64)
    return high, number - high


def _rest(high: Array, low: Array) -> Array:
    """Return what rounding left over, 0 where `high` is so large that it is no number."""
    ordinary = np.abs(high) < _LARGE
    return low if ordinary.all() else np.where(ordinary, low, 0.0)
