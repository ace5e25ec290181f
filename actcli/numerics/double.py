"""Arithmetic with twice the digits, for sums whose terms cancel where no product takes their place."""

from dataclasses import dataclass

import numpy as np

from actcli.numerics.exact import Array, two_product, two_sum


@dataclass(frozen=True, eq=False)
class Double:
    """A number as high + low, the low part at most half an ulp of the high one: about 32 digits.

    For finite numbers; `rounded` is the float64 nearest to it.
    """

    high: Array
    low: Array | float = 0.0

    def __add__(self, other: "Double | Array | float") -> "Double":
        """Return the sum."""
        high, low = two_sum(self.high, np.asarray(_high(other)))
        return _normalised(high, low + (self.low + _low(other)))

    def __sub__(self, other: "Double | Array | float") -> "Double":
        """Return the difference."""
        high, low = two_sum(self.high, np.asarray(-_high(other)))
        return _normalised(high, low + (self.low - _low(other)))

    def __mul__(self, other: "Double | Array | float") -> "Double":
        """Return the product."""
        high, low = two_product(_high(other), self.high)
        return _normalised(high, low + (self.high * _low(other) + self.low * _high(other)))

    def __truediv__(self, other: "Double | Array | float") -> "Double":
        """Return the quotient."""
        divisor = _high(other)
        high = self.high / divisor
        back, lost = two_product(divisor, high)
        rest = ((self.high - back) - lost) + (self.low - high * _low(other))
        return _normalised(high, rest / divisor)

    @property
    def rounded(self) -> Array:
        """The float64 nearest to the number."""
        return self.high + self.low


def _high(number: "Double | Array | float") -> Array | float:
    return number.high if isinstance(number, Double) else number


def _low(number: "Double | Array | float") -> Array | float:
    return number.low if isinstance(number, Double) else 0.0


def _normalised(high: Array, low: Array) -> Double:
    # The sum of the rounding errors is small beside the high part, which is all that this needs.
    outcome = high + low
    return Double(outcome, low - (outcome - high))
