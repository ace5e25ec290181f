"""A formula in x: what the rest of actcli holds in its hands.

What is done with a formula is imported where it is done: most runs only read formulas and evaluate them, and
need no simplifier, no printer and no series.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from actcli.errors import FormulaError
from actcli.formula.evaluate import Arithmetic, Array, evaluate_with
from actcli.formula.limits import LONGEST
from actcli.formula.nodes import VARIABLE, Applied, Node, names_in, walk
from actcli.formula.parse import Lookup, read

if TYPE_CHECKING:
    from actcli.formula.forms import Forms
    from actcli.formula.landmarks import Landmark
    from actcli.formula.precision import Loss
    from actcli.formula.steps import Step


@dataclass(frozen=True)
class Expression:
    """An immutable formula in x and parameters; `values` below give the parameters their numbers."""

    node: Node
    parameters: tuple[str, ...] = field(default=())

    @cached_property
    def depends_on_x(self) -> bool:
        """Whether the formula changes with x at all."""
        return VARIABLE in names_in(self.node)

    @cached_property
    def calls(self) -> tuple[Any, ...]:
        """The registered activations that the formula calls."""
        return tuple(part.activation for part in walk(self.node) if isinstance(part, Applied))

    @cached_property
    def _forms(self) -> "Forms":
        from actcli.formula.forms import Forms

        return Forms(self.node)

    @property
    def stable(self) -> "Expression":
        """The same function in a form that keeps its digits in float64; this very one where none is known."""
        node = self._forms.stable
        return self if node is self.node else Expression(node, self.parameters)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader should know of how the numbers are made."""
        return () if self.stable is self else (f"evaluated as {self.stable.to_text()}",)

    def evaluate(self, x: ArrayLike, values: Mapping[str, float] | None = None) -> Array:
        """Return the formula at `x` in float64, in the shape of `x`, by its stable form."""
        return self._forms.compute(np.asarray(x, dtype=np.float64), 0, values or {})

    def propagate(self, x: ArrayLike, order: int, values: Mapping[str, float] | None = None) -> Array:
        """Return the derivative of this order (0 to 4) at `x`: exact but for rounding, no differences.

        Raises OrderError beyond order 4, or beyond what a registered activation inside the formula holds.
        """
        return self._forms.compute(np.asarray(x, dtype=np.float64), order, values or {})

    def uncertainty(self, x: ArrayLike, order: int, values: Mapping[str, float] | None = None) -> Array:
        """Return how far off rounding may have carried `propagate`, infinite where that is unknown."""
        return self._forms.uncertainty(np.asarray(x, dtype=np.float64), order, values or {})

    def further_out(self, side: int, order: int) -> Array:
        """Return the derivative at points beyond float64 on this side of 0, ever further out; () if unknown.

        A limit that x/log(x) makes all floats wait for is reached there.
        """
        return self._forms.further_out(side, order, {})

    def order(self, order: int) -> "Propagated":
        """Return the derivative of this order as a function of arrays and of the parameters in turn."""
        return Propagated(self, order)

    def precision_loss(
        self, low: float, high: float, order: int = 0, values: Mapping[str, float] | None = None
    ) -> "tuple[Loss, ...]":
        """Return the stretches of [low, high] where this order is more than 16 ulp off."""
        from actcli.formula.precision import precision_loss

        return precision_loss(self._forms, low, high, order, values or {})

    def breakpoints(self, values: Mapping[str, float] | None = None) -> tuple[float, ...]:
        """Return where the formula may jump, bend or be singular; see breakpoints.breakpoints."""
        from actcli.formula.breakpoints import breakpoints

        return breakpoints(self.node, values or {})

    def landmarks(self) -> "tuple[Landmark, ...]":
        """Return centre and width of what changes within a short distance; see landmarks.landmarks."""
        from actcli.formula.landmarks import landmarks

        return landmarks(self.node, {})

    def evaluate_with(self, arithmetic: Arithmetic, x: Any, values: Mapping[str, Any] | None = None) -> Any:
        """Return the formula at the number `x` of another number system; see evaluate.evaluate_with."""
        return evaluate_with(self.node, arithmetic, x, values or {})

    def differentiate(self, order: int = 1, variable: str = VARIABLE) -> "Expression":
        """Return the simplified derivative of this order (0 to 4) with respect to x, or to a parameter.

        Of the formula as it stands or of its stable form, whichever has the shorter one.
        """
        from actcli.formula.simplify import simplify

        node = self._forms.derivative(order, variable) if order else simplify(self.node)
        return Expression(node, self.parameters)

    def computed(self, order: int, values: Mapping[str, float] | None = None) -> "Expression":
        """Return the form in which the derivative of this order is computed: it keeps the most digits."""
        node = self._forms.computed(order, values or {}) or self._forms.derivative(order)
        return Expression(node, self.parameters)

    def series_reach(self, order: int, values: Mapping[str, float] | None = None) -> tuple[float, float]:
        """Return from where to where this order is computed by its power series at 0; (0, 0) if nowhere."""
        return self._forms.reach(order, values or {})

    def steps(self, variable: str = VARIABLE) -> "tuple[Step, ...]":
        """Return the derivation of the derivative, one rule a step, down to its simplest form."""
        from actcli.formula.steps import steps

        return steps(self.node, variable)

    def expand(self) -> "Expression":
        """Return the formula with registered activations written out by their own formulas, simplified."""
        from actcli.formula.expand import expanded_calls
        from actcli.formula.simplify import simplify

        return Expression(simplify(expanded_calls(self.node)), self.parameters)

    def simplify(self) -> "Expression":
        """Return the same function, as a person would write it."""
        from actcli.formula.simplify import simplify

        return Expression(simplify(self.node), self.parameters)

    def to_text(self) -> str:
        """Return the formula in the language itself: it parses back to the same function."""
        from actcli.formula.printing import to_text

        return to_text(self.node)

    def to_unicode(self) -> str:
        """Return the formula with the signs of mathematics: σ′(x), x², √(1 + x²)."""
        from actcli.formula.printing import to_unicode

        return to_unicode(self.node)

    def to_latex(self) -> str:
        """Return the formula as LaTeX, for math mode."""
        from actcli.formula.latex import to_latex

        return to_latex(self.node)

    def to_python(self, name: str = "f") -> str:
        """Return Python source with a function `name(x, *parameters)`; it needs NumPy and nothing else."""
        from actcli.formula.source import to_python

        return to_python({name: self.node}, dict.fromkeys(self.parameters))


@dataclass(frozen=True)
class Propagated:
    """The derivative of some order of a formula as a function that a record can hold."""

    expression: Expression
    derivative: int

    def __call__(self, x: Array, *values: float) -> Array:
        """Return the numbers at `x` for these values of the parameters."""
        given = dict(zip(self.expression.parameters, values, strict=True))
        return self.expression.propagate(x, self.derivative, given)


def module(functions: Mapping[str, Expression], values: Mapping[str, float]) -> str:
    """Return Python source with one function of x, and of parameters that default to `values`, for each."""
    from actcli.formula.source import to_python

    return to_python({name: expression.node for name, expression in functions.items()}, values)


def parse(
    text: str, parameters: Iterable[str] = (), functions: Lookup = lambda _: None, *, longest: int = LONGEST
) -> Expression:
    """Return the formula that `text` holds, in x and the names of `parameters`.

    At most `longest` characters are read; only text of our own, such as a derivative, may be longer.
    `functions` finds a registered activation by the word used, callable as f(array, order=k), or None.
    Raises FormulaError with the position, counted from 1, for anything outside the language; nothing of the
    text is ever run by Python.
    """
    names = tuple(parameters)
    return Expression(read(text, names, functions, longest), names)


def pretty(text: str, parameters: Iterable[str] = ()) -> str:
    """Return a formula in the signs of mathematics; one that calls a user's functions stays as it is."""
    try:
        return parse(text, parameters).to_unicode()
    except FormulaError:
        return text
