"""The value of a formula: on float64 arrays, or over any other number system."""

import operator
from collections.abc import Callable, Mapping
from functools import cache, reduce
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from actcli.errors import FormulaError
from actcli.formula.compensated import STEEP, steep
from actcli.formula.nodes import CONSTANTS, VARIABLE, Applied, Call, Name, Node, Number, substitute
from actcli.formula.parse import read
from actcli.formula.primitives import PRIMITIVES, VARIADIC

Array = NDArray[np.float64]
Arithmetic = Mapping[str, Callable[..., Any]]
COMPARISONS: Arithmetic = {
    "less": operator.lt,
    "less_equal": operator.le,
    "greater": operator.gt,
    "greater_equal": operator.ge,
    "equal": operator.eq,
    "not_equal": operator.ne,
}
_OPERATORS: Arithmetic = {
    **COMPARISONS,
    "add": operator.add,
    "multiply": operator.mul,
    "divide": operator.truediv,
    "power": operator.pow,
    "negate": operator.neg,
    "not": operator.not_,
    "and": lambda first, second: first and second,
    "or": lambda first, second: first or second,
}


def evaluate(node: Node, x: ArrayLike, values: Mapping[str, float]) -> Array:
    """Return the formula at `x` in float64, in the shape of `x`. Overflow gives ±inf, quietly."""
    points = np.asarray(x, dtype=np.float64)
    memory: dict[Node, Any] = {}
    with np.errstate(all="ignore"):
        result = numbers(node, {VARIABLE: points, **values}, memory)
    return np.array(np.broadcast_to(result, points.shape), dtype=np.float64)


def numbers(node: Node, values: Mapping[str, Any], memory: dict[Node, Any]) -> Any:
    """Return the float64 numbers (or truth values) of a node; `memory` keeps those of shared branches."""
    if isinstance(node, Number):
        return np.float64(node.value)
    if isinstance(node, Name):
        return value_of(node.name, values)
    if node not in memory:
        memory[node] = _operation(node, values, memory)
    return memory[node]


def value_of(name: str, values: Mapping[str, Any]) -> Any:
    """Return what a name stands for, always a float64: Python's own numbers would not overflow to inf."""
    if name in values:
        return np.asarray(values[name], dtype=np.float64)[()]
    if name in CONSTANTS:
        return np.float64(CONSTANTS[name])
    raise FormulaError(f"parameter '{name}' has no value; give one for each parameter")


def _operation(node: Call | Applied, values: Mapping[str, Any], memory: dict[Node, Any]) -> Any:
    if isinstance(node, Applied):
        return node.activation(numbers(node.argument, values, memory), order=node.order)
    function = PRIMITIVES[node.function].function
    if node.function in STEEP:
        return steep(function, node.function, node.arguments[0], lambda part: numbers(part, values, memory))
    operands = [numbers(argument, values, memory) for argument in node.arguments]
    return reduce(function, operands) if node.function in VARIADIC else function(*operands)


def evaluate_with(node: Node, arithmetic: Arithmetic, x: Any, values: Mapping[str, Any]) -> Any:
    """Return the formula at the one number `x` of another number system (mpmath, Decimal, …).

    `arithmetic` maps names to functions: `number` makes a number of a float; `pi` and `e`, where given,
    return the constants; `applied` the number of a call of an activation, which is written out otherwise;
    then the names of the primitives. Operators and comparisons default to Python's;
    a function that is missing is taken by its definition. Only the branch of `where` that holds is computed.
    """
    return _Generic({**_OPERATORS, **arithmetic}, {VARIABLE: x, **values}).number(node)


class _Generic:
    def __init__(self, arithmetic: Arithmetic, values: Mapping[str, Any]) -> None:
        self.arithmetic = arithmetic
        self.values = values
        self.memory: dict[Node, Any] = {}

    def number(self, node: Node) -> Any:
        if node not in self.memory:
            self.memory[node] = self._number(node)
        return self.memory[node]

    def _number(self, node: Node) -> Any:
        if isinstance(node, Number):
            return self.arithmetic["number"](node.value)
        if isinstance(node, Name):
            return self._name(node.name)
        if isinstance(node, Applied):
            applied = self.arithmetic.get("applied")
            return applied(node, self.number(node.argument)) if applied else self.number(definition(node))
        if node.function == "where" and "where" not in self.arithmetic:
            condition, first, second = node.arguments
            return self.number(first if self.number(condition) else second)
        function = self.arithmetic.get(node.function)
        if function is None:
            return self.number(defined(node))
        operands = [self.number(argument) for argument in node.arguments]
        return reduce(function, operands) if node.function in VARIADIC else function(*operands)

    def _name(self, name: str) -> Any:
        if name in self.values:
            return self.values[name]
        if name in self.arithmetic:
            return self.arithmetic[name]()
        if name in CONSTANTS:
            return self.arithmetic["number"](CONSTANTS[name])
        raise FormulaError(f"parameter '{name}' has no value; give one for each parameter")


def defined(node: Call) -> Node:
    """Return a primitive's call written out by its definition, or raise FormulaError where it has none."""
    text = PRIMITIVES[node.function].definition
    if not text:
        raise FormulaError(f"this number system does not know {node.function}")
    return substitute(rule(text), dict(zip("uvw", node.arguments, strict=False)))


def definition(node: Applied) -> Node:
    """Return an activation's call written out by the formula of its record."""
    orders: Any = getattr(node.activation, "orders", ())
    if node.order >= len(orders):
        raise FormulaError(f"{node.name} states no formula for its derivative of order {node.order}")
    values: Mapping[str, float] = getattr(node.activation, "values", {})
    formula = read(orders[node.order].formula, values)
    bound: dict[str, Node] = {name: Number(value) for name, value in values.items()}
    return substitute(formula, {VARIABLE: node.argument, **bound})


@cache
def rule(text: str) -> Node:
    """Return a rule of the table of primitives, in its operands u, v, w."""
    return read(text, "uvw")
