"""Derivatives of a formula as formulas, order by order, each simplified."""

from actcli.errors import FormulaError, OrderError
from actcli.formula.differentiate import differentiate
from actcli.formula.limits import HIGHEST
from actcli.formula.nodes import VARIABLE, Node, size
from actcli.formula.simplify import simplify

# Each order multiplies the length of a deeply nested formula; beyond this nobody reads it, nor waits for it.
LONGEST = 10_000


def derivative(node: Node, order: int = 1, variable: str = VARIABLE) -> Node:
    """Return the derivative of this order (0 to 4) with respect to `variable`, simplified at each step.

    Raises FormulaError where it would be longer than LONGEST operations.
    """
    if not 0 <= order <= HIGHEST:
        raise OrderError(f"derivatives of order {order} are not written out; the orders are 0 to {HIGHEST}")
    result = simplify(node)
    for _ in range(order):
        longer = differentiate(result, variable)
        if size(longer) > LONGEST:
            raise FormulaError(f"the derivative is too long to write out: {size(longer):,} operations")
        result = simplify(longer)
    return result
