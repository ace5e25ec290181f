"""An activation under examination: its functions, its formulas in high precision, independent derivatives."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property

import numpy as np

from actcli.activation import Activation, Array
from actcli.errors import FormulaError
from actcli.formula import Expression
from actcli.formula.evaluate import Arithmetic
from actcli.numerics.arithmetic import ARITHMETIC, AS_TYPED
from actcli.numerics.differences import (
    Estimate,
    Precise,
    extrapolated_slope,
    precise_slope,
    precise_value,
    rounding_within,
)
from actcli.numerics.floats import FLOATS, Floats
from actcli.symbolic import expression_of
from actcli.verification.points import distance_to_break

# How far the limit of |x|^p is at most, in steps from x to x/4, for every p that settles at all.
_STILL_MOVING = 6.0


@dataclass(frozen=True)
class Subject:
    """An activation, with those of its formulas that can be computed in high precision.

    `breaks` are all points where an order may be discontinuous: the stated ones and those of the formula.
    `typed` reads the numbers of formulas as they are written: 0.3 is 3/10, not the float beside it.
    """

    activation: Activation
    breaks: tuple[float, ...] = ()
    typed: bool = False
    _precise: dict[int, Precise | None] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        expression = expression_of(self.activation)
        candidates = expression.breakpoints(self.activation.values) if expression else ()
        object.__setattr__(self, "breaks", tuple(sorted({*self.activation.breakpoints, *candidates})))

    @cached_property
    def as_typed(self) -> "Subject":
        """The same with every number of a formula as it is written.

        f′ of (0.3·x)²/(1 + |0.3·x|) tends to 0.3 like 1/x², but with three constants rounded like 1/x.
        """
        return replace(self, typed=True, _precise={})

    @property
    def floats(self) -> Floats:
        """The numbers that the activation computes in, and is judged by."""
        return FLOATS[self.activation.precision]

    def close(self, first: float, second: float, uncertainty: float = 0.0) -> bool:
        """Whether two numbers are the same limit, as far as limits can be told that are known so well."""
        if first == second or math.isinf(first) or math.isinf(second):
            return first == second
        return abs(first - second) <= self.floats.limit * max(abs(first), abs(second), 1e-3) + uncertainty

    def meet(self, left: Estimate | None, right: Estimate | None) -> bool:
        """Whether the limits from both sides are known, and the same."""
        if left is None or right is None:
            return False
        return self.close(left.value, right.value, left.error + right.error)

    def function(self, order: int) -> Callable[[Array], Array]:
        """Return the float64 function of this order."""
        return lambda x: self.activation(x, order=order)

    def at(self, x: float, order: int) -> float:
        """Return what the activation returns at one point."""
        return float(self.activation(np.array([x]), order=order)[0])

    def precise(self, order: int) -> Precise | None:
        """Return the formula of this order as a function of Decimals, or None where that is impossible."""
        if order not in self._precise:
            self._precise[order] = _precise(self.activation, order, AS_TYPED if self.typed else ARITHMETIC)
        return self._precise[order]

    def derivative(self, x: float, order: int) -> Estimate | None:
        """Return the derivative of this order at `x`, differenced from the order below.

        None where that order is discontinuous and where neither the formula nor the function resolves it.
        """
        if not math.isfinite(x):
            return None
        reach = distance_to_break(x, self.breaks)
        if reach == 0:
            return self._across(x, order)
        precise = self.precise(order - 1)
        found = precise_slope(precise, x, reach) if precise else None
        return found or self._difference(x, order, reach)

    def _difference(self, x: float, order: int, reach: float, side: int = 0) -> Estimate | None:
        """Return a difference of the order below, unless that is nothing but differences itself."""
        if self.activation.orders[order - 1].origin == "differences":
            return None
        function = self.function(order - 1)
        noise = rounding_within(function, x, self.floats)
        return extrapolated_slope(function, x, reach, side, self.floats, noise)

    def _across(self, x: float, order: int) -> Estimate | None:
        """Return the derivative at a breakpoint where it is continuous after all, or None."""
        left, right = (self.limit(x, side, order) for side in (-1, 1))
        if left is None or right is None or not self.meet(left, right):
            return None
        precise = self.precise(order - 1)
        found = precise_slope(precise, x) if precise else None
        if found is not None:
            return found
        middle = (left.value + right.value) / 2
        error = abs(right.value - left.value) + left.error + right.error
        return Estimate(middle if abs(middle) > error else 0.0, error + self.floats.limit * abs(left.value))

    def limit(self, x: float, side: int, order: int) -> Estimate | None:
        """Return the limit of the derivative of this order at `x` from the left (−1) or the right (+1).

        It is known no better than what it still moves beside x: 2·|x| is 2e-20 there, and its limit 0.
        None where it cannot be resolved, and where there is none: the numbers still grow beside x.
        """
        # Some floats away, since a breakpoint that was computed may be rounded.
        beside = 4 * float(self.floats.spacing(x)) if x else max(1e-20, self.floats.beside_zero)
        near, further = (self._beside(x, side * distance, order) for distance in (beside, 4 * beside))
        if near is None or further is None or not abs(near - further) <= 1e-3 * max(abs(near), 1.0):
            return None
        return Estimate(near, _STILL_MOVING * abs(near - further))

    def jumps(self, x: float, order: int) -> bool:
        """Return whether the derivative of this order has different limits at `x` from the two sides."""
        left, right = (self.limit(x, side, order) for side in (-1, 1))
        return left is not None and right is not None and not self.meet(left, right)

    def _beside(self, x: float, shift: float, order: int) -> float | None:
        if order == 0:
            precise = self.precise(0)
            found = precise_value(precise, x + shift) if precise else None
            return found.value if found else self.at(x + shift, 0)
        precise = self.precise(order - 1)
        found = precise_slope(precise, x + shift, abs(shift)) if precise else None
        if found is None:
            others = tuple(point for point in self.breaks if (point - x) * shift > 0)
            reach = distance_to_break(x, others)
            found = self._difference(x, order, reach, side=1 if shift > 0 else -1)
        return found.value if found else None


def _expression(activation: Activation, order: int) -> Expression | None:
    """Return the formula of an order with everything that it calls written out, or None."""
    expression = expression_of(activation, order)
    try:
        return expression.expand() if expression and expression.calls else expression
    except FormulaError:
        # One of the activations called states no formula: the float64 function speaks alone.
        return None


def _precise(activation: Activation, order: int, arithmetic: Arithmetic) -> Precise | None:
    expression = _expression(activation, order)
    if expression is None:
        return None
    values = {name: Decimal(value) for name, value in activation.values.items()}

    def function(x: Decimal) -> Decimal:
        result: Decimal = expression.evaluate_with(arithmetic, x, values)
        return result

    return function
