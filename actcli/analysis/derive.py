"""The derivative of one activation: its formulas, its numbers at points, and whether they are right."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from actcli import __version__
from actcli.activation import Activation, AnyActivation, Facts, VectorActivation
from actcli.analysis.jacobian import JacobianReport, derive_jacobian, parameters_record
from actcli.errors import OptionError, OrderError
from actcli.report import Cell, Chart, Column, Curve, Mark, Panel, Role, Table
from actcli.sampling.curve import sample
from actcli.sampling.window import heights, window
from actcli.verification.judgement import Judgement
from actcli.verification.points import checked_points, shown_points
from actcli.verification.result import Verification, verify

POINTS_LIMIT = 1000
_SYMBOLS = ("f(x)", "f′(x)", "f″(x)", "f‴(x)", "f⁗(x)")
_KEYS = ("value", "derivative", "second_derivative", "third_derivative", "fourth_derivative")
_ROLES: tuple[Role, Role] = ("value", "slope")


@dataclass(frozen=True)
class Point:
    """The stated numbers at one point, and the slope found by differences there (None: a kink, or lost)."""

    x: float
    orders: tuple[float, ...]
    slope: Judgement | None

    def to_record(self) -> dict[str, Any]:
        """Return the point under the keys that scripts rely on."""
        stated = dict(zip(_KEYS, map(_finite, self.orders), strict=False))
        return {
            "x": _finite(self.x),
            **stated,
            "numeric_derivative": _finite(self.slope.numeric) if self.slope else None,
            "error": _finite(self.slope.error) if self.slope else None,
            "error_ulp": _finite(self.slope.error_ulp) if self.slope else None,
        }


@dataclass(frozen=True)
class DeriveReport:
    """What `derive` found of an elementwise activation; `order` is the highest derivative shown."""

    activation: Activation
    order: int
    points: tuple[Point, ...]
    check: Verification

    def to_record(self) -> dict[str, Any]:
        """Return the whole result for machines; what is infinite, undefined or unresolved is null."""
        formulas = [order.formula for order in self.activation.orders]
        return {
            "report": "derive",
            "actcli": __version__,
            "activation": {"name": self.activation.name, "parameters": parameters_record(self.activation)},
            "order": self.order,
            "formula": formulas[0],
            "derivative_formula": formulas[1],
            "second_derivative_formula": formulas[2],
            "points": [point.to_record() for point in self.points],
            "check": check_record(self.check),
            "facts": facts_record(self.activation.facts),
        }

    def to_table(self) -> Table:
        """Return formulas and facts, one row a point, and the kinks with their one-sided slopes."""
        shown = self.order + 1
        columns = (
            Column("x", "x"),
            *(Column(key, symbol) for key, symbol in zip(_KEYS[:shown], _SYMBOLS, strict=False)),
            Column("numeric_derivative", "f′ by differences"),
            Column("error", "error"),
            Column("error_ulp", "ulp"),
        )
        records = [point.to_record() for point in self.points]
        rows = tuple(tuple(_unsigned_zero(row[column.key]) for column in columns) for row in records)
        further = (_kink_table(self.check),) if self.check.kinks else ()
        title = f"derive: {self.activation.label}"
        return Table(title, columns, rows, self._lines(), self.check.sentences, further)

    def _lines(self) -> tuple[tuple[str, Cell], ...]:
        formulas = zip(_SYMBOLS, (order.formula for order in self.activation.orders), strict=False)
        facts = self.activation.facts
        return (
            *list(formulas)[: max(self.order, 1) + 1],
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
        """Return f and f′ as stated, with the slopes found by differences as dots on f′."""
        low, high = window(self.activation)
        panels = tuple(self._panel(order, low, high) for order in (0, 1))
        return Chart(self.activation.label, panels, f"f′(x) = {self.activation.orders[1].formula}")

    def _panel(self, order: int, low: float, high: float) -> Panel:
        drawn = sample(lambda x: self.activation(x, order=order), self.activation.breakpoints, low, high, 400)
        bounds = self.activation.facts
        ends = ((bounds.infimum, bounds.supremum), (bounds.slope_infimum, bounds.slope_supremum))[order]
        marks = self._numeric_marks(low, high) if order == 1 else ()
        return Panel(
            x_label="x",
            y_label=("value f(x)", "slope f′(x)")[order],
            curves=(Curve(("f", "f′")[order], tuple(drawn.x), tuple(drawn.y), 0, _ROLES[order]),),
            marks=marks,
            x_range=(low, high),
            y_range=heights([(drawn.x, drawn.y)], [all(map(math.isfinite, ends))]),
        )

    def _numeric_marks(self, low: float, high: float) -> tuple[Mark, ...]:
        records = [point.to_record() for point in self.points if low <= point.x <= high]
        found = [
            (row["x"], row["numeric_derivative"]) for row in records if row["numeric_derivative"] is not None
        ]
        last = len(found) - 1
        return tuple(
            Mark(x, y, label="by differences" if i == last else "") for i, (x, y) in enumerate(found)
        )


def derive(
    activation: AnyActivation, at: Iterable[float] | None = None, order: int = 2, check: bool = False
) -> DeriveReport | JacobianReport:
    """Return formulas, numbers and a check of the derivatives of `activation` up to `order`.

    at: the points to show; left out, they are chosen around kinks, zeros, extrema and tails. For a
    vector-valued activation it is one vector, by default (1, 2, 3) or as many entries as it needs.
    check: judge the derivatives at some 150 points out to ±1e300 as well, not at those shown alone.
    Raises OrderError for an order that the activation does not hold, OptionError for what is no point.
    """
    points = [float(x) for x in at or ()]
    if any(map(math.isnan, points)) or len(points) > POINTS_LIMIT:
        raise OptionError(f"at takes up to {POINTS_LIMIT} numbers, none of them nan")
    if isinstance(activation, VectorActivation):
        return derive_jacobian(activation, points, order, check)
    most = len(activation.orders) - 1
    if not 0 <= order <= most:
        allowed = ", ".join(map(str, range(most + 1)))
        raise OrderError(f"order is {order}; {activation.name} has derivatives of order {allowed}")
    shown = tuple(dict.fromkeys(points)) if points else shown_points(activation)
    judged = (*shown, *(x for x in checked_points(activation) if x not in shown)) if check else shown
    found = verify(activation, judged, max(order, 1))
    return DeriveReport(activation, order, _points(activation, shown, order, found), found)


def _points(
    activation: Activation, shown: tuple[float, ...], order: int, check: Verification
) -> tuple[Point, ...]:
    x = np.array(shown)
    stated = zip(*(activation(x, order=k).tolist() for k in range(max(order, 2) + 1)), strict=True)
    slopes = {
        j.x: j for j in check.judgements if j.kind == "derivative" and j.order == 1 and j.numeric is not None
    }
    return tuple(Point(place, orders, slopes.get(place)) for place, orders in zip(shown, stated, strict=True))


def check_record(check: Verification) -> dict[str, Any]:
    """Return a check for machines: the verdict, the worst error, the kinks, and every failure in words."""
    worst = check.worst
    return {
        "passed": check.passed,
        "judged": check.judged,
        "unresolved": check.unresolved,
        "worst_error_ulp": worst.error_ulp if worst else None,
        "worst_x": worst.x if worst else None,
        "worst_order": worst.order if worst else None,
        "kinks": [
            {
                "x": each.kink.x,
                "order": each.kink.order,
                "left": _finite(each.kink.left),
                "right": _finite(each.kink.right),
                "stated": _finite(each.kink.stated),
                "reason": each.kink.reason,
                "numeric_left": _finite(each.left),
                "numeric_right": _finite(each.right),
            }
            for each in check.kinks
        ],
        "failures": list(check.failures),
        "notes": list(check.notes),
    }


def facts_record(facts: Facts) -> Mapping[str, Any]:
    """Return the facts for machines, under the keys that `compare` uses too."""
    return {
        "range": [_finite(facts.infimum), _finite(facts.supremum)],
        "slope_min": _finite(facts.slope_infimum),
        "slope_max": _finite(facts.slope_supremum),
        "slope_at_minus_infinity": _finite(facts.slope_at_minus_infinity),
        "slope_at_infinity": _finite(facts.slope_at_infinity),
        "parity": facts.parity,
    }


def _kink_table(check: Verification) -> Table:
    columns = (
        Column("x", "x"),
        Column("order", "of"),
        Column("left", "left"),
        Column("right", "right"),
        Column("numeric_left", "left found"),
        Column("numeric_right", "right found"),
        Column("stated", "taken"),
        Column("reason", "because", "left"),
    )
    rows = []
    for row in check_record(check)["kinks"]:
        symbol = _SYMBOLS[row["order"]].removesuffix("(x)")
        rows.append(tuple(symbol if column.key == "order" else row[column.key] for column in columns))
    return Table("kinks and jumps", columns, tuple(rows))


def _interval(low: float, high: float) -> str:
    return f"{_number(low)} to {_number(high)}"


def _number(value: float) -> str:
    if math.isnan(value):
        return "no limit"
    return f"{value:.6g}".replace("inf", "∞").replace("-", "−")


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def _unsigned_zero(value: Cell) -> Cell:
    """Return 0 for −0, which people take for a mistake."""
    return 0.0 if value == 0 and isinstance(value, float) else value
