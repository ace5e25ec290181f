"""exp(x) to 65 bits, for functions that take the exponential of an exponential.

exp(−exp(x)) magnifies the error of exp(x) by exp(x), up to 745 times before the result is 0.
"""

import math
from functools import cache

import numpy as np

from actcli.numerics.exact import Array, put, two_product, two_sum
from actcli.numerics.patches import EXP_TABLE, EXP_TABLE_REST, LOG_TWO_HIGH, LOG_TWO_LOW
from actcli.numerics.polynomial import horner

_STEPS = 64
_MIDDLE = len(EXP_TABLE) // 2
_HIGH, _LOW = np.array(EXP_TABLE), np.array(EXP_TABLE_REST)
_SERIES = tuple(1.0 / math.factorial(k) for k in range(2, 9))

# Below _MAGNIFIED an error of exp(x) is not magnified, but for the last bit; from _NOTHING on exp(−exp(x))
# is 0.
_MAGNIFIED, _NOTHING = 0.5, 7.0
# Numbers of so few bits that the product of two is exact.
_COARSE = 2.0**30


def exp_rest(x: Array, t: Array) -> Array:
    """Return what t, exp(x) rounded, lacks of exp(x), for x ≤ 7; 0 where exp(−t) does not feel it."""
    felt = np.flatnonzero(x > _MAGNIFIED)
    return put(np.zeros_like(x), felt, _lacking(np.take(x, felt), np.take(t, felt)))


def _lacking(x: Array, t: Array) -> Array:
    # exp(x) is (head + tail)·(1 + coarse + small), of exp(j/64) and the rest of x; head·coarse is exact.
    heads, tails = _steps()
    j = np.rint(x * _STEPS)
    place = (j - _MAGNIFIED * _STEPS).astype(np.int32)
    head, tail = np.take(heads, place), np.take(tails, place)
    d = x - j * (1.0 / _STEPS)
    coarse = np.rint(d * _COARSE) * (1.0 / _COARSE)
    small = (d - coarse) + d * d * horner(_SERIES, d)
    return ((head - t) + head * coarse) + (head * small + tail * (1.0 + (coarse + small)))


@cache
def _steps() -> tuple[Array, Array]:
    """Return exp(j/64) from _MAGNIFIED to _NOTHING, its first thirty bits and the rest."""
    high, low = exp_pair(np.arange(_MAGNIFIED, _NOTHING + 1.0 / _STEPS, 1.0 / _STEPS))
    mantissa, exponent = np.frexp(high)
    head = np.ldexp(np.rint(mantissa * _COARSE), exponent - 30)
    return head, (high - head) + low


def exp_pair(x: Array) -> tuple[Array, Array]:
    """Return exp(x) rounded and what the rounding left over, for |x| ≤ 700 (not nan)."""
    # x = k·log 2 + j/64 + d with |d| ≤ 1/128; the table holds exp(j/64) to 106 bits.
    k = np.rint(x * (1.0 / math.log(2.0)))
    rest = x - k * LOG_TWO_HIGH
    j = np.rint(rest * _STEPS)
    d, d_low = two_sum(rest - j * (1.0 / _STEPS), -k * LOG_TWO_LOW)
    place = j.astype(np.int32) + _MIDDLE
    base = _HIGH[place]
    # exp(d) − 1 = d + q; only d needs an exact product, q is below 2⁻¹⁴.
    q = d_low + d * d * horner(_SERIES, d)
    step, step_low = two_product(base, d)
    high, low = two_sum(base, step)
    low = low + (step_low + base * q + _LOW[place] * (1.0 + d))
    high, low = two_sum(high, low)
    exponent = k.astype(np.int32)
    return np.ldexp(high, exponent), np.ldexp(low, exponent)
