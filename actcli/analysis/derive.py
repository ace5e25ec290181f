"""The derivative of one activation: its formulas, its numbers at points, and whether they are right."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from actcli.activation import Activation, AnyActivation, VectorActivation, check_records
from actcli.analysis.check import check_record, kink_table
from actcli.analysis.formulas import SYMBOLS, Formulas
from actcli.analysis.heading import heading, is_named
from actcli.analysis.records import activation_record, facts_record
from actcli.analysis.shown import Drawn
from actcli.errors import OptionError, OrderError
from actcli.numerics.floats import FLOATS, finite
from actcli.render.text import number
from actcli.report import Cell, Chart, Column, Curve, Mark, Panel, Role, Table
from actcli.symbolic import continued
from actcli.verification.judgement import Judgement
from actcli.verification.points import checked_points, shown_points
from actcli.verification.result import Verification, verify
from actcli.version import VERSION

if TYPE_CHECKING:
    from actcli.analysis.derive_jacobian import JacobianReport
    from actcli.formula.steps import Step

POINTS_LIMIT = 1000
_KEYS = ("value", "derivative", "second_derivative", "third_derivative", "fourth_derivative")
_FORMULA_KEYS = ("formula", *(f"{key}_formula" for key in _KEYS[1:]))
_DIFFERENCES = (
    Column("numeric_derivative", "f′ by differences"),
    Column("error", "error", meaning="error: of f′, against differences"),
    Column("error_ulp", "ulp", meaning="ulp: the same in units in the last place"),
)
_ROLES: tuple[Role, Role] = ("value", "slope")


class Point(NamedTuple):
    """The stated numbers at one point, and the slope found by differences there (None: a kink, or lost)."""

    x: float
    orders: tuple[float, ...]
    slope: Judgement | None

    def to_record(self) -> dict[str, Any]:
        """Return the point under the keys that scripts rely on."""
        stated = dict(zip(_KEYS, map(finite, self.orders), strict=False))
        return {
            "x": finite(self.x),
            **stated,
            "numeric_derivative": finite(self.slope.numeric) if self.slope else None,
            "error": finite(self.slope.error) if self.slope else None,
            "error_ulp": finite(self.slope.error_ulp) if self.slope else None,
        }


@dataclass(frozen=True, repr=False)
class DeriveReport(Drawn):
    """What `derive` found of an elementwise activation; `order` is the highest derivative shown.

    `steps` is the derivation of f′, where it was asked for; `notes` say what the numbers rest on,
    and `expand` that registered activations are written out in formulas.
    """

    activation: Activation
    order: int
    points: tuple[Point, ...]
    check: Verification
    steps: "tuple[Step, ...]" = ()
    notes: tuple[str, ...] = ()
    expand: bool = False

    @property
    def formulas(self) -> Formulas:
        """The formulas up to the order shown."""
        return self._formulas(self.order)

    def _formulas(self, order: int) -> Formulas:
        return Formulas(self.activation, order, self.expand)

    def to_record(self) -> dict[str, Any]:
        """Return the whole result for machines; what is infinite, undefined or unresolved is null."""
        texts = self._formulas(max(self.order, 2)).texts
        return {
            "report": "derive",
            "actcli": VERSION,
            "activation": activation_record(self.activation),
            "order": self.order,
            **dict(zip(_FORMULA_KEYS, texts, strict=False)),
            "parameter_derivatives": {
                name: slope.to_text() for name, slope in self.formulas.parameter_slopes.items()
            },
            **({"steps": [step._asdict() for step in self.steps]} if self.steps else {}),
            "points": [point.to_record() for point in self.points],
            "check": check_record(self.check),
            "facts": facts_record(self.activation.facts),
            "notes": list(self.notes),
        }

    def to_table(self) -> Table:
        """Return formulas and facts, one row a point, and the kinks with their one-sided slopes.

        Where the derivation is shown, its steps are the rows, and the points follow.
        """
        kinks = (kink_table(self.check),) if self.check.kinks else ()
        # What is said of the digits on the whole line need not be said again at the points judged.
        notes = self.check.sentences + (() if self.notes else self.check.notes)
        title, lines = f"derive: {self.activation.label}", self._lines()
        if not self.steps:
            return Table(title, *self._rows(), lines, (*self.notes, *notes), kinks)
        points = Table("values", *self._rows(), notes=notes)
        columns = Column("rule", "rule", "left"), Column("law", "law", "left")
        data = (*columns, *(Column(key, key, "left") for key in ("before", "after", "whole")))
        rows = tuple((step.rule, step.law, step.before, step.after, step.whole) for step in self.steps)
        shown = tuple((rule, law, whole) for rule, law, _, _, whole in rows)
        heads = (*columns, Column("whole", "f′(x) =", "left"))
        return Table(title, heads, shown, lines, self.notes, (points, *kinks), Table(title, data, rows))

    def _rows(self) -> tuple[tuple[Column, ...], tuple[tuple[Cell, ...], ...]]:
        symbols = (f"{symbol}(x)" for symbol in SYMBOLS)
        columns = (
            Column("x", "x"),
            *(Column(key, symbol) for key, symbol in zip(_KEYS[: self.order + 1], symbols, strict=False)),
            *(_DIFFERENCES if self.order else ()),
        )
        records = [point.to_record() for point in self.points]
        return columns, tuple(tuple(_unsigned_zero(row[column.key]) for column in columns) for row in records)

    def _lines(self) -> tuple[tuple[str, Cell], ...]:
        facts = self.activation.facts
        return (
            *self.formulas.lines,
            *((f"∂f/∂{name}", slope.to_unicode()) for name, slope in self.formulas.parameter_slopes.items()),
            *((name, value) for name, value in self.activation.values.items()),
            ("values", _interval(facts.infimum, facts.supremum)),
            ("slopes", _interval(facts.slope_infimum, facts.slope_supremum)),
            (
                "slope towards −∞, +∞",
                f"{_number(facts.slope_at_minus_infinity)}, {_number(facts.slope_at_infinity)}",
            ),
            ("symmetry", facts.parity or "none"),
        )

    def to_chart(self) -> Chart:
        """Return f and f′ as stated, with the slopes found by differences as crosses on f′."""
        # Only a picture pays for the sampling of curves, here and below.
        from actcli.sampling.window import window

        low, high = window(self.activation)
        panels = tuple(self._panel(order, low, high) for order in (0, 1))
        # A formula without a name is its own heading.
        lines = self._formulas(1).lines[0 if is_named(self.activation) else 1 :]
        formulas = "\n".join(f"{symbol} = {text}" for symbol, text in lines)
        return Chart(heading(self.activation), panels, formulas)

    def _panel(self, order: int, low: float, high: float) -> Panel:
        from actcli.sampling.curve import sample
        from actcli.sampling.marks import jump_marks
        from actcli.sampling.window import heights, is_bounded

        shown = self.activation
        drawn = sample(
            lambda x: shown(x, order=order), shown.breakpoints, low, high, 400, shown.narrow_points
        )
        marks = (*jump_marks(drawn), *(self._numeric_marks(low, high) if order == 1 else ()))
        return Panel(
            x_label="x",
            y_label=("value f(x)", "slope f′(x)")[order],
            curves=(Curve(("f", "f′")[order], tuple(drawn.x), tuple(drawn.y), 0, _ROLES[order]),),
            marks=marks,
            x_range=(low, high),
            y_range=heights([(drawn.x, drawn.y)], [is_bounded(self.activation, order)]),
        )

    def _numeric_marks(self, low: float, high: float) -> tuple[Mark, ...]:
        records = [point.to_record() for point in self.points if low <= point.x <= high]
        found = [
            (row["x"], row["numeric_derivative"]) for row in records if row["numeric_derivative"] is not None
        ]
        last = len(found) - 1
        return tuple(
            Mark(x, y, "cross", "by differences" if i == last else "") for i, (x, y) in enumerate(found)
        )


def derive(
    activation: AnyActivation,
    at: Iterable[float] | None = None,
    order: int = 2,
    check: bool = False,
    *,
    steps: bool = False,
    expand: bool = False,
) -> "DeriveReport | JacobianReport":
    """Return formulas, numbers and a check of the derivatives of `activation` up to `order`.

    at: the points to show; left out, they are chosen around kinks, zeros, extrema and tails. For a
    vector-valued activation it is one vector, by default (1, 2, 3) or as many entries as it needs.
    check: judge the derivatives at some 150 points out to ±1e300 as well, not at those shown alone.
    steps: derive f′ one rule a line. expand: write out the registered activations that formulas call.
    Orders beyond those of the record, up to 4, follow from its formula. Raises OrderError where there is
    none, FormulaError where steps or expand have no formula to work on, OptionError for what is no point.
    """
    check_records(activation)
    points = [float(x) for x in at or ()]
    if any(map(math.isnan, points)) or len(points) > POINTS_LIMIT:
        raise OptionError(f"at takes up to {POINTS_LIMIT} numbers, none of them nan")
    if isinstance(activation, VectorActivation):
        if steps or expand:
            raise OptionError(
                f"steps and expand are for functions of one number; {activation.name} maps vectors"
            )
        from actcli.analysis.derive_jacobian import derive_jacobian

        return derive_jacobian(activation, points, order, check)
    if order < 0:
        raise OrderError(f"order is {order}; derivatives have order 0, 1, 2, 3 or 4")
    held = continued(activation, order)
    # A point that the activation's floating type cannot hold is moved to the nearest one that it can.
    exact = FLOATS[held.precision].rounded(points).tolist()
    shown = tuple(dict.fromkeys(exact)) if points else shown_points(held)
    judged = (*shown, *(x for x in checked_points(held) if x not in shown)) if check else shown
    found = verify(held, judged, max(order, 1))
    formulas = Formulas(held, max(order, 1), expand)
    derivation = formulas.steps if steps else ()
    notes = tuple(formulas.notes())
    return DeriveReport(held, order, _points(held, shown, order, found), found, derivation, notes, expand)


def _points(
    activation: Activation, shown: tuple[float, ...], order: int, check: Verification
) -> tuple[Point, ...]:
    x = np.array(shown)
    stated = zip(*(activation(x, order=k).tolist() for k in range(max(order, 2) + 1)), strict=True)
    slopes = {
        j.x: j for j in check.judgements if j.kind == "derivative" and j.order == 1 and j.numeric is not None
    }
    return tuple(Point(place, orders, slopes.get(place)) for place, orders in zip(shown, stated, strict=True))


def _interval(low: float, high: float) -> str:
    return f"{_number(low)} to {_number(high)}"


def _number(value: float) -> str:
    if math.isnan(value):
        return "no limit"
    return number(value, 6).replace("-", "−")


def _unsigned_zero(value: Cell) -> Cell:
    """Return 0 for −0, which people take for a mistake."""
    return 0.0 if value == 0 and isinstance(value, float) else value
