"""Zeros that move with the parameters of a record, to twice the digits of a float64."""

from collections.abc import Callable
from decimal import Decimal

from actcli.numerics.decimals import digits

_DIGITS, _HALVINGS = 45, 150


def in_two_parts(number: Decimal) -> tuple[float, float]:
    """Return the float64 nearest to `number`, and the rest."""
    with digits(_DIGITS):
        return float(number), float(number - Decimal(float(number)))


def zero(function: Callable[[Decimal], Decimal], low: float, high: float) -> tuple[float, float]:
    """Return where `function` changes its sign between `low` and `high`, in two parts."""
    with digits(_DIGITS):
        below, above = Decimal(low), Decimal(high)
        positive = function(below) > 0
        for _ in range(_HALVINGS):
            middle = (below + above) / 2
            if (function(middle) > 0) is positive:
                below = middle
            else:
                above = middle
        return in_two_parts(middle)
