"""Derivatives of a formula as formulas, order by order, each simplified."""

from actcli.errors import OrderError
from actcli.formula.differentiate import differentiate
from actcli.formula.nodes import VARIABLE, Node
from actcli.formula.simplify import simplify

HIGHEST = 4


def derivative(node: Node, order: int = 1, variable: str = VARIABLE) -> Node:
    """Return the derivative of this order (0 to 4) with respect to `variable`, simplified at each step."""
    if not 0 <= order <= HIGHEST:
        raise OrderError(f"derivatives of order {order} are not written out; the orders are 0 to {HIGHEST}")
    result = simplify(node)
    for _ in range(order):
        result = simplify(differentiate(result, variable))
    return result
