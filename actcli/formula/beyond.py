"""A formula at points where an operation overflows, or underflows to 0: once more in numbers without end."""

from collections.abc import Mapping
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actcli.formula.evaluate import Array, evaluate_with, numbers
from actcli.formula.nodes import VARIABLE, Call, Node, children
from actcli.formula.wide import ARITHMETIC, Wide, wide

Flags = NDArray[np.bool_]

# 2^(2^k): as far out as leaves room for a power of a few hundred.
_FURTHER_OUT = 2.0 ** np.arange(20, 42)
_NORMAL = float(np.finfo(np.float64).tiny)
_LEAVING = frozenset(
    {"add", "multiply", "divide", "power", "exp", "expm1", "sinh", "cosh", "sech", "sigmoid"}
    | {"erfc", "normal_cdf", "normal_density"}
)


def evaluate_beyond(node: Node, x: Array, values: Mapping[str, float]) -> Array:
    """Return the formula at `x` in float64, whatever the size of the numbers on the way."""
    bound, memory, flags = {VARIABLE: x, **values}, dict[Node, Any](), list[int]()
    with np.errstate(all="call", call=lambda _, flag: flags.append(flag)):
        numbers(node, bound, memory)
    with np.errstate(all="ignore"):
        result = np.array(np.broadcast_to(numbers(node, bound, memory), x.shape), dtype=np.float64)
        beyond = _beyond_range(node, bound, memory, x.shape) if flags else np.zeros(x.shape, dtype=bool)
        if beyond.any():
            result[beyond] = _evaluated(node, wide(x[beyond]), values)
    return result


def evaluate_further_out(node: Node, side: int, values: Mapping[str, float]) -> Array:
    """Return the formula at points far beyond float64 on this side of 0, ever further out."""
    with np.errstate(all="ignore"):
        return _evaluated(node, Wide(np.full(_FURTHER_OUT.shape, 0.5 * side), _FURTHER_OUT), values)


def _evaluated(node: Node, x: Wide, values: Mapping[str, float]) -> Array:
    bound = {name: wide(np.float64(value)) for name, value in values.items()}
    found: Wide = evaluate_with(node, ARITHMETIC, x, bound)
    result: Array = np.broadcast_to(found.to_float64(), x.mantissa.shape)
    return result


def _beyond_range(node: Node, values: Mapping[str, Any], memory: dict[Node, Any], shape: Any) -> Flags:
    """Return where an operation overflows, or underflows, although its operands have not.

    Not in a branch that is not taken: float64 carries the rounding of steep arguments along, Wide does not.
    """
    seen: dict[Node, Any] = {}

    def beyond(part: Node) -> Any:
        if part not in seen:
            inner = [beyond(operand) for operand in children(part)]
            if isinstance(part, Call) and part.function == "where":
                holds = numbers(part.arguments[0], values, memory)
                seen[part] = inner[0] | np.where(holds, inner[1], inner[2])
            else:
                seen[part] = reduce(np.logical_or, inner, _leaves(part, values, memory))
        return seen[part]

    return np.array(np.broadcast_to(beyond(node), shape), dtype=bool)


def _leaves(part: Node, values: Mapping[str, Any], memory: dict[Node, Any]) -> Any:
    if not (isinstance(part, Call) and part.function in _LEAVING):
        return np.False_
    result = numbers(part, values, memory)
    operands = [numbers(operand, values, memory) for operand in part.arguments]
    # Below the smallest normal number digits go one by one.
    vanished = (np.abs(result) < _NORMAL) & (part.function not in {"add", "expm1", "sinh"})
    left = ~np.isfinite(result)
    for operand in operands:
        left, vanished = left & np.isfinite(operand), vanished & np.isfinite(operand) & (operand != 0)
    return left | vanished
