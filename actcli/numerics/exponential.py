"""exp(x) to 65 bits, for functions that take the exponential of an exponential.

exp(−exp(x)) magnifies the error of exp(x) by exp(x), up to 745 times before the result is 0.
"""

import math

import numpy as np

from actcli.numerics.exact import Array, product, total
from actcli.numerics.patches import EXP_TABLE, EXP_TABLE_REST, LOG_TWO_HIGH, LOG_TWO_LOW
from actcli.numerics.polynomial import horner

_STEPS = 64
_MIDDLE = len(EXP_TABLE) // 2
_HIGH, _LOW = np.array(EXP_TABLE), np.array(EXP_TABLE_REST)
_SERIES = tuple(1.0 / math.factorial(k) for k in range(2, 9))

# Below this an error of exp(x) is not magnified, but for the last bit.
_MAGNIFIED = 0.5


def exp_rest(x: Array, t: Array) -> Array:
    """Return what t, exp(x) rounded, lacks of exp(x), for x ≤ 700; 0 where exp(−t) does not feel it."""
    rest = np.zeros_like(t)
    felt = np.flatnonzero(x > _MAGNIFIED)
    high, low = exp_pair(np.take(x, felt))
    rest.reshape(-1)[felt] = (high - np.take(t, felt)) + low
    return rest


def exp_pair(x: Array) -> tuple[Array, Array]:
    """Return exp(x) rounded and what the rounding left over, for |x| ≤ 700 (not nan)."""
    # x = k·log 2 + j/64 + d with |d| ≤ 1/128; the table holds exp(j/64) to 106 bits.
    k = np.rint(x * (1.0 / math.log(2.0)))
    rest = x - k * LOG_TWO_HIGH
    j = np.rint(rest * _STEPS)
    d, d_low = total(rest - j * (1.0 / _STEPS), -k * LOG_TWO_LOW)
    place = j.astype(np.int32) + _MIDDLE
    base = _HIGH[place]
    # exp(d) − 1 = d + q; only d needs an exact product, q is below 2⁻¹⁴.
    q = d_low + d * d * horner(_SERIES, d)
    step, step_low = product(base, d)
    high, low = total(base, step)
    low = low + (step_low + base * q + _LOW[place] * (1.0 + d))
    high, low = total(high, low)
    exponent = k.astype(np.int32)
    return np.ldexp(high, exponent), np.ldexp(low, exponent)
