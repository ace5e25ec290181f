"""Where numbers lead: limits told from values that come ever nearer to a point, or go ever further out."""

import math

import numpy as np

from actcli.numerics.floats import Array, Floats

APPROACH = 12
"""At how many places beside a point `limit_beside` looks."""
# What converges takes ever shorter steps, a logarithm equal ones; half an ulp of the place may be in them.
_AS_LONG = 0.9


def limit_beside(values: Array, carried: float) -> float:
    """Return the limit of values that lead away from a point, infinite where they grow towards it.

    nan where they neither grow nor settle.
    """
    near = float(values[0])
    if not math.isfinite(near):
        return near
    # An oscillation is no straight line from one float to the next.
    carried = carried if abs(carried - near) <= abs(values[1] - near) else near
    if not np.isfinite(values).all():
        return carried + 0.0
    steps = values[:-1] - values[1:]
    monotone = bool((steps > 0).all() or (steps < 0).all())
    growing = np.abs(steps[:-1]) > _AS_LONG * np.abs(steps[1:])
    if monotone and growing.all() and abs(near - values[-1]) > 1e-6 * abs(near):
        return math.copysign(math.inf, steps[0])
    settled = np.ptp(values[: APPROACH // 2]) <= 1e-3 * max(abs(near), 1.0)
    return carried + 0.0 if settled or monotone else math.nan


def limit_of_tail(tail: Array, floats: Floats) -> float:
    """Return where numbers lead: a number that they have reached, 0, ±∞, or nan."""
    end = float(tail[-1])
    settled = math.isfinite(end) and np.ptp(tail) <= floats.jump * abs(end)
    return end + 0.0 if settled else _unsettled(tail, floats)


def _unsettled(tail: Array, floats: Floats) -> float:
    end = float(tail[-1])
    if abs(end) > floats.unbounded:
        return math.copysign(math.inf, end) if (np.sign(tail) == math.copysign(1, end)).all() else math.nan
    # A slope such as 1/x has not quite arrived at 0 where the floats end.
    if float(np.ptp(tail)) <= floats.jump * 1e-3:
        return 0.0
    steps = np.diff(tail)
    if (steps * end > 0).all():
        return math.copysign(math.inf, end)
    return 0.0 if (steps * end < 0).all() and abs(end) < abs(tail[0]) / 4 else math.nan
