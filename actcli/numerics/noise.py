"""Numbers of which only rounding is left: what is said of a function must not come from them."""

from collections.abc import Callable

import numpy as np

from actcli.numerics.floats import Array

# Of what a function is near 0, and of its own size; a bound with this error still has the digits shown.
_NOISE = 1e-8
_NEAR = 12.0
_GROWTH = 0.01
# What has underflowed is small, and no noise.
_UNDERFLOW = float(np.finfo(np.float64).tiny)

Function = Callable[[Array], Array]


def without_noise(function: Function, uncertainty: Function, grid: Array) -> Function:
    """Return the function with nan where rounding may have made it, and with 0 where it may be 0.

    `uncertainty` returns how far off a number may be, infinite where nothing is known of that, which is
    believed, unless it lies beyond noise. Noise is believed too where the function still grows before it.
    The function itself, which is quicker, comes back where no point of the ascending grid is doubtful.
    """
    values, errors = function(grid), uncertainty(grid)
    near = np.abs(values[(np.abs(grid) <= _NEAR) & np.isfinite(values)])
    # Most of a narrow peak is 0.
    scale = float(np.median(near) or near.max()) if near.size else 0.0

    def certain(y: Array, error: Array) -> Array:
        known = np.isfinite(error) & (error > _UNDERFLOW)
        zero = np.where(known & (np.abs(y) <= error), 0.0, y)
        found: Array = np.where(known & (error > _NOISE * (np.abs(y) + scale)), np.nan, zero)
        return found

    kept = certain(values, errors)
    doubtful = ~((kept == values) | np.isnan(values))
    if not doubtful.any():
        return function
    known = np.flatnonzero(np.isfinite(errors))
    growing = [_grows(side * grid[known], kept[known]) for side in (-1, 1)]
    low, high = (grid[end] if doubtful[end] else np.copysign(np.inf, grid[end]) for end in known[[0, -1]])

    def believed(x: Array) -> Array:
        y, error = function(x), uncertainty(x)
        beyond = ~np.isfinite(error) & ((x < low) | (x > high))
        trusted = np.where(beyond, np.nan, certain(y, error))
        found: Array = np.where(np.where(x < 0, *growing), y, trusted)
        return found

    return believed


def _grows(x: Array, y: Array) -> bool:
    """Return whether |y| is still growing where it is known last, at the largest x."""
    known = (x > 0) & np.isfinite(y)
    last = x[known].max(initial=0.0)
    early = known & (x <= np.sqrt(last))
    before, after = (float(np.abs(y[flags]).max(initial=0.0)) for flags in (early, known))
    return after > (1 + _GROWTH) * before
