"""How far rounding may have carried the value of a formula: a running error bound beside each number."""

from collections.abc import Mapping
from functools import cached_property, reduce
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from actcli import numerics
from actcli.errors import OrderError
from actcli.formula.compensated import FELT, HIGHEST_POWER, STEEP
from actcli.formula.evaluate import Array, value_of
from actcli.formula.nodes import CONSTANTS, VARIABLE, Applied, Call, Name, Node, Number
from actcli.formula.primitives import PRIMITIVES
from actcli.formula.propagate import slopes

Bounded = tuple[Any, Any]
"""A number and what its error is at most, to first order; infinite where nothing is known."""

_UNIT = 2.0**-53
_SMALLEST = 5e-324
# The elementary functions are good to one or two ulp, an activation of the catalogue to four.
_FUNCTION, _ACTIVATION = 4 * _UNIT, 8 * _UNIT
_COMPENSATED = 2.0**-100


def relative_bound(node: Node, x: ArrayLike, values: Mapping[str, float]) -> Array:
    """Return the bound of the relative error at each `x`, from 2⁻⁵³ to 1 (no digit is certain)."""
    value, error = absolute_bound(node, x, values)
    with np.errstate(all="ignore"):
        relative = np.where(error == 0, _UNIT, error / np.abs(value))
    known = np.isfinite(value) & np.isfinite(relative)
    bound: Array = np.where(known, np.clip(relative, _UNIT, 1.0), 1.0)
    return bound


def absolute_bound(node: Node, x: ArrayLike, values: Mapping[str, float]) -> tuple[Array, Array]:
    """Return the formula at each `x` and how far off it is at most, infinite or nan where that is unknown."""
    points = np.asarray(x, dtype=np.float64)
    with np.errstate(all="ignore"):
        pair = _Bounds({VARIABLE: points, **values}).of(node)
    value, error = (np.array(np.broadcast_to(part, points.shape)) for part in pair)
    return value, error


class _Bounds:
    def __init__(self, values: Mapping[str, Any], unit: float = _UNIT) -> None:
        self.values = values
        # What a sum or a product adds to the error: nearly nothing where rests are carried along.
        self.unit = unit
        self.memory: dict[Node, Bounded] = {}

    @cached_property
    def compensated(self) -> "_Bounds":
        """The bounds of arguments of steep functions."""
        return self if self.unit < _UNIT else _Bounds(self.values, _COMPENSATED)

    def of(self, node: Node) -> Bounded:
        if isinstance(node, Number):
            return np.float64(node.value), 0.0
        if isinstance(node, Name):
            value = value_of(node.name, self.values)
            return value, self.unit * value if node.name in CONSTANTS else 0.0
        if node not in self.memory:
            self.memory[node] = self._operation(node)
        return self.memory[node]

    def _operation(self, node: Call | Applied) -> Bounded:
        if isinstance(node, Applied):
            return _applied(node, *self.of(node.argument))
        name = node.function
        if name == "where":
            holds, doubtful = self._truth(node.arguments[0])
            (a, error_a), (b, error_b) = (self.of(part) for part in node.arguments[1:])
            either = np.maximum(np.maximum(error_a, error_b), np.abs(a - b))
            return np.where(holds, a, b), np.where(doubtful, either, np.where(holds, error_a, error_b))
        operands = [self.of(argument) for argument in node.arguments]
        if name in STEEP:
            (u, error), (_, rest) = operands[0], self.compensated.of(node.arguments[0])
            operands = [(u, rest + np.minimum(error, FELT))]
        if name == "negate":
            return -operands[0][0], operands[0][1]
        if name in _COMBINED:
            return reduce(lambda u, v: _COMBINED[name](u, v, self.unit), operands)
        if name == "clip":
            return _extreme("min", _extreme("max", operands[0], operands[1]), operands[2])
        if name in {"min", "max"}:
            return _extreme(name, *operands)
        u, error = operands[0]
        if name in {"sign", "floor"}:
            function = PRIMITIVES[name].function
            return function(u), np.abs(function(u + error) - function(u - error))
        slope = slopes(name, u, 1)[0]
        if name == "sqrt" and self.unit < _UNIT:
            return _rounded(np.sqrt(u), _no_nan(np.abs(slope) * error), self.unit)
        return _rounded(PRIMITIVES[name].function(u), _no_nan(np.abs(slope) * error), _FUNCTION)

    def _truth(self, node: Node) -> tuple[Any, Any]:
        """Return where a condition holds, and where rounding may have decided it."""
        assert isinstance(node, Call)
        function = PRIMITIVES[node.function].function
        if node.function in {"and", "or", "not"}:
            parts = [self._truth(part) for part in node.arguments]
            truths = [truth for truth, _ in parts]
            holds = function(*truths) if len(truths) == 1 else reduce(function, truths)
            return holds, reduce(np.logical_or, (doubt for _, doubt in parts))
        (a, error_a), (b, error_b) = (self.of(part) for part in node.arguments)
        error = error_a + error_b
        return function(a, b), (error > 0) & (np.abs(a - b) <= error)


def _extreme(name: str, first: Bounded, second: Bounded) -> Bounded:
    """Return the smaller or larger of two: as far off as itself, or as either where rounding may decide."""
    (u, error_u), (v, error_v) = first, second
    value = PRIMITIVES[name].function(u, v)
    settled = np.abs(u - v) > error_u + error_v
    return value, np.where(settled, np.where(value == u, error_u, error_v), np.maximum(error_u, error_v))


def _rounded(value: Any, error: Any, unit: float) -> Bounded:
    return value, error + unit * np.abs(value) + _SMALLEST


def _no_nan(error: Any) -> Any:
    """Return an error where an exact operand (error 0) meets an infinite slope as 0."""
    return np.where(np.isnan(error), 0.0, error)


def _add(first: Bounded, second: Bounded, unit: float) -> Bounded:
    value = first[0] + second[0]
    exact = (first[0] == 0) | (second[0] == 0)
    return value, first[1] + second[1] + np.where(exact, 0.0, unit * np.abs(value))


def _multiply(first: Bounded, second: Bounded, unit: float) -> Bounded:
    (u, error_u), (v, error_v) = first, second
    error = _no_nan(np.abs(u) * error_v) + _no_nan(np.abs(v) * error_u) + error_u * error_v
    return _rounded(u * v, error, unit)


def _divide(first: Bounded, second: Bounded, unit: float) -> Bounded:
    (u, error_u), (v, error_v) = first, second
    quotient = u / v
    error = (error_u + _no_nan(np.abs(quotient) * error_v)) / np.abs(v)
    # Of what has overflowed nothing is known, and of what is divided by it no more.
    return _rounded(quotient, np.where(np.isinf(v), np.inf, error), unit)


def _power(first: Bounded, second: Bounded, unit: float) -> Bounded:
    (u, error_u), (p, error_p) = first, second
    value = numerics.power(u, p)
    small = np.ndim(p) == 0 and p in range(1, HIGHEST_POWER + 1)
    by_base = np.where(error_u == 0, 0.0, np.abs(p * value / u) * error_u)
    # What has vanished is off by no more than the power of its own error.
    by_base = np.where((u == 0) & (p >= 1), np.power(error_u, p), by_base)
    by_exponent = np.where(error_p == 0, 0.0, np.abs(value * np.log(np.abs(u))) * error_p)
    return _rounded(value, by_base + by_exponent, _FUNCTION if unit == _UNIT or not small else unit)


_COMBINED = {"add": _add, "multiply": _multiply, "divide": _divide, "power": _power}


def _applied(node: Applied, u: Any, error: Any) -> Bounded:
    value = node.activation(u, order=node.order)
    try:
        carried = _no_nan(np.abs(node.activation(u, order=node.order + 1)) * error)
    except OrderError:
        carried = np.where(error == 0, 0.0, np.abs(value / u) * error)
    return _rounded(value, carried, _ACTIVATION)
