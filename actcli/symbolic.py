"""The mathematics of a record: its orders as expressions, also beyond those that it states."""

from dataclasses import replace

from actcli.activation import Activation, Order
from actcli.errors import FormulaError, OrderError
from actcli.formula import HIGHEST, Expression, Propagated, parse

# Texts of derivatives are our own, and may be longer than what a user types.
_LONGEST = 100_000


def expression_of(activation: Activation, order: int = 0) -> Expression | None:
    """Return an order that the activation holds as an expression in x and its parameters.

    None where no formula is stated, and where it cannot be read or is too long to be written out.
    """
    held = activation.orders[order]
    try:
        if isinstance(held.function, Propagated):
            expression, derivative = held.function.expression, held.function.derivative
            # The value keeps the wording of whoever typed it.
            return expression.differentiate(derivative) if derivative else expression
        return parse(held.formula, activation.values, longest=_LONGEST)
    except FormulaError:
        return None


def parameter_slopes(activation: Activation) -> dict[str, Expression]:
    """Return ∂f/∂p of every parameter p that is no whole number; none where no formula is stated."""
    expression = expression_of(activation)
    free = [p.name for p in activation.parameters if not p.integer] if expression else []
    return {name: expression.differentiate(variable=name) for name in free if expression}


def continued(activation: Activation, highest: int) -> Activation:
    """Return the activation with derivatives up to order `highest`, propagated from its formulas.

    Raises OrderError above order 4, and where the record states no formula to differentiate.
    """
    orders = activation.orders
    while len(orders) <= highest:
        further = _next(activation, len(orders)) if len(orders) <= HIGHEST else None
        if further is None:
            allowed = ", ".join(map(str, range(len(orders))))
            raise OrderError(f"order is {highest}; {activation.name} has derivatives of order {allowed}")
        orders = (*orders, further)
    return activation if orders is activation.orders else replace(activation, orders=orders)


def _next(activation: Activation, order: int) -> Order | None:
    """Return the derivative of this order by the formula that makes it shortest: the value's or the last."""
    written: dict[str, Order] = {}
    for start in (0, len(activation.orders) - 1):
        base = expression_of(activation, start)
        if base is not None:
            text = _text(base, order - start)
            written.setdefault(text, Order(text, _function(base, order - start), "propagated"))
    return written[min(written, key=lambda text: (not text, len(text)))] if written else None


def _text(base: Expression, derivative: int) -> str:
    """Return the text of a derivative; none where it is too long to be written out."""
    try:
        return base.differentiate(derivative).to_text()
    except FormulaError:
        return ""


def _function(base: Expression, derivative: int) -> Propagated:
    """Return the derivative as a function, also beyond the orders of the activations that it calls."""
    try:
        base.propagate(0.0, derivative)
    except OrderError:
        return base.expand().order(derivative)
    except FormulaError:
        # Its parameters have no values here, so it is a record's own formula and calls nothing.
        pass
    return base.order(derivative)
