"""The formulas of one activation, for people, for papers and for programs, and what its numbers rest on."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from actcli.activation import Activation
from actcli.errors import FormulaError
from actcli.formula import Expression, Propagated, module, parse
from actcli.symbolic import expression_of, parameter_slopes

if TYPE_CHECKING:
    from actcli.formula.precision import Loss
    from actcli.formula.steps import Step

SYMBOLS = ("f", "f′", "f″", "f‴", "f⁗")
_NAMES = ("f", "f_slope", "f_curvature", "f_third", "f_fourth")
# Where the digits of a typed formula are looked after.
_FURTHEST = 1e300


@dataclass(frozen=True)
class Formulas:
    """The value and the derivatives of an elementwise activation, up to `order`.

    `expand` asks for the registered activations that they call to be written out; it raises FormulaError
    where one of those states no formula.
    """

    activation: Activation
    order: int
    expand: bool = False

    @cached_property
    def _expressions(self) -> tuple[Expression | None, ...]:
        return tuple(self._expression(order) for order in range(self.order + 1))

    def _expression(self, order: int) -> Expression | None:
        expression = expression_of(self.activation, order)
        return expression.expand() if expression and self.expand else expression

    @property
    def texts(self) -> tuple[str | None, ...]:
        """Each order in the expression language; None where there is no formula."""
        texts = (order.formula or None for order in self.activation.orders)
        if not self.expand:
            return tuple(texts)[: self.order + 1]
        return tuple(expression.to_text() if expression else None for expression in self._expressions)

    @property
    def lines(self) -> tuple[tuple[str, str], ...]:
        """Each order that has a formula, with its symbol, in the signs of mathematics."""
        return tuple(
            (f"{symbol}(x)", expression.to_unicode() if expression else text)
            for symbol, text, expression in zip(SYMBOLS, self.texts, self._expressions, strict=False)
            if text is not None
        )

    @property
    def parameter_slopes(self) -> dict[str, Expression]:
        """∂f/∂p of every parameter p that can be learned; none where there is no formula."""
        slopes = parameter_slopes(self.activation)
        return {name: slope.expand() if self.expand else slope for name, slope in slopes.items()}

    @property
    def steps(self) -> "tuple[Step, ...]":
        """The derivation of f′, ending in the formula that is shown for it.

        Raises FormulaError where there is no formula to differentiate.
        """
        from actcli.formula.steps import Step

        value, slope = self._written()[0], self._expression(1)
        steps = value.steps()
        shown = slope.to_unicode() if slope else steps[-1].whole
        if steps[-1].whole == shown:
            return steps
        return (*steps, Step("rewrite", "the same function, as stated above", steps[-1].whole, shown, shown))

    def to_latex(self) -> str:
        """Return the orders as aligned equations; raises FormulaError where one has no formula."""
        lines = (
            f"f{_primes(order)}(x) &= {expression.to_latex()}"
            for order, expression in enumerate(self._written())
        )
        slopes = (
            f"\\frac{{\\partial f}}{{\\partial {parse(name, (name,)).to_latex()}}}(x) &= {slope.to_latex()}"
            for name, slope in self.parameter_slopes.items()
        )
        return "\\begin{align*}\n" + " \\\\\n".join((*lines, *slopes)) + "\n\\end{align*}\n"

    def to_python(self) -> str:
        """Return a module of NumPy functions f, f_slope, f_curvature, … in the forms that keep their digits.

        Parameters have the values bound as defaults. Raises FormulaError where an order has no formula.
        """
        values = self.activation.values
        computed = {}
        for order, expression in enumerate(self._written()):
            function = self.activation.orders[order].function
            if isinstance(function, Propagated) and not self.expand:
                computed[_NAMES[order]] = function.expression.computed(function.derivative, values)
            else:
                computed[_NAMES[order]] = expression.computed(0, values)
        return module(computed, values)

    def notes(self) -> Iterator[str]:
        """Yield what a reader should know of the numbers: how they are made, and where digits are lost."""
        if self.activation.remark:
            yield self.activation.remark
        propagated = [
            (symbol, order.function)
            for symbol, order in zip(SYMBOLS, self.activation.orders[: self.order + 1], strict=False)
            if isinstance(order.function, Propagated)
        ]
        where = [(symbol, _near(function, self.activation)) for symbol, function in propagated]
        near = ", ".join(f"{symbol} for {within}" for symbol, within in where if within)
        if near:
            yield f"by the power series at 0, because digits would cancel: {near}"
        for symbol, function in propagated:
            yield from _losses(symbol, function, self.activation)

    def _written(self) -> tuple[Expression, ...]:
        found = [expression for expression in self._expressions if expression is not None]
        if len(found) <= self.order:
            raise FormulaError(
                f"{self.activation.name} states no formula that could be written; only its numbers are known"
            )
        return tuple(found)


def _given(function: Propagated, activation: Activation) -> dict[str, float]:
    return {name: activation.values[name] for name in function.expression.parameters}


def _near(function: Propagated, activation: Activation) -> str:
    """Return where an order is computed by its power series in words; none if nowhere."""
    low, high = function.expression.series_reach(function.derivative, _given(function, activation))
    if -low == high:
        return f"|x| < {high:.3g}" if high else ""
    return f"x from {low:.3g} to {high:.3g}"


def _losses(symbol: str, function: Propagated, activation: Activation) -> Iterator[str]:
    given = _given(function, activation)
    try:
        found = function.expression.precision_loss(-_FURTHEST, _FURTHEST, function.derivative, given)
    except FormulaError:
        return
    right = [loss for loss in found if loss.low > 0 and _mirrored(loss, found)]
    for loss in found:
        if not (loss.high < 0 and _mirrored(loss, right)):
            kept = 0 if loss.relative_error >= 1 else math.floor(-math.log10(loss.relative_error))
            left = f"{kept} of 16 digits are" if kept > 1 else f"{kept or 'none'} of 16 digits is"
            x = f"{'|x|' if loss in right else 'x'} from {loss.low:.4g} to {loss.high:.4g}"
            yield f"float64 loses digits of {symbol} for {x}; at x = {loss.x:.4g} {left} right"


def _mirrored(loss: "Loss", others: "Sequence[Loss]") -> bool:
    """Return whether the same happens on the other side of 0, as far as ends are found."""
    ends = [(-other.high, -other.low) for other in others]
    return any(
        math.isclose(loss.low, low, rel_tol=0.3) and math.isclose(loss.high, high, rel_tol=0.3)
        for low, high in ends
    )


def _primes(order: int) -> str:
    return "'" * order if order < 4 else f"^{{({order})}}"
