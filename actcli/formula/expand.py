"""Registered activations inside a formula, written out by their own formulas."""

from typing import Any

from actcli.errors import FormulaError
from actcli.formula.differentiate import derivative
from actcli.formula.evaluate import definition
from actcli.formula.nodes import Applied, Name, Node, Number, children, rebuild, substitute


def expanded_calls(node: Node) -> Node:
    """Return the formula with every call of an activation replaced by what its record states.

    A derivative beyond the orders of a record is that of its last formula. Raises FormulaError where a
    record states no formula at all.
    """
    memory: dict[Node, Node] = {}

    def written(current: Node) -> Node:
        if isinstance(current, Number | Name):
            return current
        if current not in memory:
            rebuilt = rebuild(current, tuple(written(operand) for operand in children(current)))
            memory[current] = _written(rebuilt) if isinstance(rebuilt, Applied) else rebuilt
        return memory[current]

    return written(node)


def _written(call: Applied) -> Node:
    orders: Any = getattr(call.activation, "orders", ())
    stated = [k for k, order in enumerate(orders) if order.formula and k <= call.order]
    if not stated:
        raise FormulaError(f"{call.name} states no formula that could be written out")
    u = Name("u")
    lower = definition(Applied(call.name, u, stated[-1], call.settings, call.activation))
    formula = derivative(lower, call.order - stated[-1], "u")
    return substitute(formula, {"u": call.argument})
