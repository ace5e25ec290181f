"""Curves of activations and their derivatives: what `actcli plot` draws."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from actcli.activation import Activation, AnyActivation, Array, VectorActivation, check_records
from actcli.analysis.formulas import Formulas
from actcli.analysis.heading import heading, headings, is_named
from actcli.analysis.records import activation_record
from actcli.analysis.shown import Drawn
from actcli.errors import OptionError, OrderError
from actcli.numerics.floats import finite
from actcli.render.text import number
from actcli.report import Cell, Chart, Column, Curve, Level, Mark, Panel, Role, Span, Table
from actcli.sampling.curve import Samples, sample
from actcli.sampling.marks import jump_marks, steepest
from actcli.sampling.window import heights, is_bounded, saturation_edges, shared_window
from actcli.version import VERSION

POINTS = 400
POINTS_RANGE = (2, 100_000)
POINTS_IN_ALL = 2_000_000
LIMIT = 1e9
# Ranges are wider than this share of their larger end, so that floats can tell the points apart.
_NARROWEST = 1e-6
# Points inside a hole at which f is asked why it has no value.
_INSIDE = 99

_ORDERS: tuple[tuple[str, str, Role], ...] = (
    ("f", "value f(x)", "value"),
    ("f′", "slope f′(x)", "slope"),
    ("f″", "curvature f″(x)", "curvature"),
)


class PlottedCurve(NamedTuple):
    """One order of one activation along x; a nan parts `samples` where it jumps or is not defined."""

    activation: str
    order: int
    samples: Samples


@dataclass(frozen=True, repr=False)
class PlotReport(Drawn):
    """f and its derivatives up to `order` on [low, high]; `files` are the pictures that were written.

    `curves` are what is drawn, with points where they bend and jump; as data every curve has `points`
    points, evenly spaced, both ends included.
    """

    activations: tuple[AnyActivation, ...]
    order: int
    low: float
    high: float
    points: int
    curves: tuple[PlottedCurve, ...]
    files: tuple[str, ...] = ()

    def to_record(self) -> dict[str, Any]:
        """Return the inputs, the files, and the points of every curve; null where f is not defined."""
        return {
            "report": "plot",
            "actcli": VERSION,
            "activations": [_described(activation) for activation in self.activations],
            "order": self.order,
            "range": [self.low, self.high],
            "files": list(self.files),
            "points": [
                {"activation": label, "order": order, "x": x, "y": y}
                for label, order, x, y in self._sampled_evenly()
            ],
        }

    def to_table(self) -> Table:
        """Return one row a curve: its smallest and largest value and where it jumps; as data every point."""
        columns = (
            Column("activation", "activation", "left"),
            Column("order", "order"),
            Column("minimum", "minimum"),
            Column("maximum", "maximum"),
            Column("jumps", "jumps at", "left"),
        )
        files: list[tuple[str, Cell]] = [("file", file) for file in self.files]
        lines = (("from x", self.low), ("to x", self.high), *files)
        rows = tuple(map(_row, self.curves))
        return Table(f"plot: {_names(self.activations)}", columns, rows, lines, data=self.points_table())

    def points_table(self) -> Table:
        """Return every point as a row; y is missing where it is infinite or f is not defined."""
        columns = (
            Column("activation", "activation", "left"),
            *(Column(key, key) for key in ("order", "x", "y")),
        )
        rows = tuple(
            (label, order, *point)
            for label, order, x, y in self._sampled_evenly()
            for point in zip(x, y, strict=True)
        )
        return Table(f"plot: {_names(self.activations)}", columns, rows)

    def _sampled_evenly(self) -> Iterator[tuple[str, int, list[float], list[float | None]]]:
        """Yield label, order, x and y of every curve, in the order in which they are drawn."""
        x = np.linspace(self.low, self.high, self.points)
        for order in range(self.order + 1):
            for activation in self.activations:
                y = _function(activation.section, order)(x)
                yield activation.label, order, x.tolist(), list(map(finite, y.tolist()))

    def to_chart(self) -> Chart:
        """Return one panel an order, with jumps, the largest slope and saturated regions marked."""
        return Chart(
            headings(self.activations), tuple(map(self._panel, range(self.order + 1))), self._subtitle()
        )

    def _panel(self, order: int) -> Panel:
        symbol, y_label, role = _ORDERS[order]
        sections = [activation.section for activation in self.activations]
        drawn = [curve for curve in self.curves if curve.order == order]
        alone = len(sections) == 1
        curves: list[Curve] = []
        marks: list[Mark] = []
        levels: tuple[Level, ...] = ()
        for series, (section, curve) in enumerate(zip(sections, drawn, strict=True)):
            samples = curve.samples
            marks += jump_marks(samples, series)
            label = symbol if alone else heading(self.activations[series])
            if order == 1 and alone:
                peaks, levels = steepest(section, samples)
                marks += peaks
            elif order == 1 and math.isfinite(section.slope_bound):
                bound = section.slope_bound
                label = f"{label}, |f′| ≤ {number(bound)}" if bound else f"{label}, f′ = 0"
            curves.append(Curve(label, tuple(samples.x), tuple(samples.y), series, role))
        bounded = [is_bounded(section, order) for section in sections]
        return Panel(
            x_label="x",
            y_label=y_label,
            curves=tuple(curves),
            marks=tuple(marks),
            levels=levels,
            spans=self._spans(labelled=order == min(1, self.order)) if alone else (),
            x_range=(self.low, self.high),
            y_range=heights([(curve.samples.x, curve.samples.y) for curve in drawn], bounded),
        )

    def _spans(self, labelled: bool) -> tuple[Span, ...]:
        """Return the strips where the slope stays below 1 % of its bound to infinity, or f is not finite."""
        section = self.activations[0].section
        left, right = saturation_edges(section, max(abs(self.low), abs(self.high)))
        words = "saturated (|f′| < 1 % of max)" if self.order < 2 else "|f′| < 1 % of max"
        label = words if labelled else ""
        strips = ((self.low, left), (right, self.high))
        saturated = [Span(a, b, label) for a, b in strips if a is not None and b is not None and a < b]
        holes = self.curves[0].samples.holes
        return (
            *saturated,
            *(Span(a, b, _without_value(section, a, b) if labelled else "") for a, b in holes),
        )

    def _subtitle(self) -> str:
        if len(self.activations) > 1:
            vectors = [each for each in self.activations if isinstance(each, VectorActivation)]
            return "\n".join(f"{vector.label}: {vector.section_caption}" for vector in vectors)
        activation = self.activations[0]
        parameters = ", ".join(f"{name} = {number(value, 6)}" for name, value in activation.values.items())
        with_values = f"   with {parameters}" if parameters else ""
        if isinstance(activation, VectorActivation):
            return f"{activation.formula}{with_values}\n{activation.section_caption}"
        # A formula without a name is its own heading.
        lines = Formulas(activation, self.order).lines[0 if is_named(activation) else 1 :]
        rows = [f"{symbol} = {text}" for symbol, text in lines]
        return "\n".join([rows[0] + with_values, *rows[1:]]) if rows else with_values.strip()


def plot(
    *activations: AnyActivation,
    order: int = 1,
    low: float | None = None,
    high: float | None = None,
    points: int = POINTS,
) -> PlotReport:
    """Sample f and its derivatives up to `order` of one or several activations on [low, high].

    Each curve is drawn with at least `points` points; more where it bends, and its kinks and jumps exactly.
    As data it has `points` points, evenly spaced. A range left out is chosen to show what the activations do.
    A vector-valued activation is shown along the one coordinate that its section describes. Raises OrderError
    and OptionError for what cannot be drawn.
    """
    if not activations:
        raise OptionError("nothing to plot; name one activation or several, as in `actcli plot relu`")
    check_records(*activations)
    sections = [activation.section for activation in activations]
    _check_order(order, sections)
    _check_points(points, (order + 1) * len(activations))
    low, high = _range(sections, low, high)
    curves = tuple(
        PlottedCurve(activation.label, k, _sampled(section, k, low, high, points))
        for k in range(order + 1)
        for activation, section in zip(activations, sections, strict=True)
    )
    return PlotReport(activations, order, low, high, points, curves)


def _check_order(order: int, sections: list[Activation]) -> None:
    most = min(len(_ORDERS), *(len(section.orders) for section in sections)) - 1
    if not 0 <= order <= most:
        allowed = ", ".join(map(str, range(most + 1)))
        raise OrderError(f"order is {order}; a plot can show the derivatives of order {allowed}")


def _check_points(points: int, curves: int) -> None:
    low, high = POINTS_RANGE
    if not low <= points <= high:
        raise OptionError(f"points is {points}; it takes a whole number from {low} to {high}")
    if points * curves > POINTS_IN_ALL:
        cure = f"at most {POINTS_IN_ALL} in all can be plotted; ask for fewer of either"
        raise OptionError(f"{curves} curves of {points} points are too many; {cure}")


def _range(sections: list[Activation], low: float | None, high: float | None) -> tuple[float, float]:
    chosen = shared_window(sections) if low is None or high is None else (0.0, 0.0)
    start = chosen[0] if low is None else float(low)
    stop = chosen[1] if high is None else float(high)
    wide = stop - start > _NARROWEST * max(abs(start), abs(stop), _NARROWEST)
    if not (-LIMIT <= start <= LIMIT and -LIMIT <= stop <= LIMIT and wide):
        raise OptionError(
            f"the range is {start:g} to {stop:g}; it takes two numbers "
            f"from {number(-LIMIT, 6)} to {number(LIMIT, 6)}, "
            f"the second larger by more than a millionth, as in -5 to 5"
        )
    return start, stop


def _sampled(section: Activation, order: int, low: float, high: float, points: int) -> Samples:
    function = _function(section, order)
    return sample(function, section.breakpoints, low, high, points, section.narrow_points)


def _function(section: Activation, order: int) -> Callable[[Array], Array]:
    """Return f or its derivative of this order, nan where f is not defined."""

    def function(x: Array) -> Array:
        y = section(x, order=order)
        # A formula's slope may be finite where the formula itself is not defined.
        return np.where(np.isnan(section(x)), np.nan, y) if order else y

    return function


def _described(activation: AnyActivation) -> dict[str, Any]:
    inputs = activation_record(activation)
    if isinstance(activation, VectorActivation):
        return {**inputs, "formula": activation.formula, "section": activation.section_caption}
    return {**inputs, "formula": activation.orders[0].formula or None, "section": None}


def _names(activations: tuple[AnyActivation, ...]) -> str:
    return ", ".join(activation.label for activation in activations)


def _row(curve: PlottedCurve) -> tuple[str | float | int | None, ...]:
    finite = curve.samples.y[np.isfinite(curve.samples.y)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (None, None)
    return (
        curve.activation,
        curve.order,
        low,
        high,
        ", ".join(number(jump.x) for jump in curve.samples.jumps) or None,
    )


def _without_value(section: Activation, low: float, high: float) -> str:
    """Return why f has no finite value between `low` and `high`, where the ends may have one."""
    y = section(np.linspace(low, high, _INSIDE + 2)[1:-1])
    words = {"overflows": np.isinf(y).any(), "not defined": np.isnan(y).any()}
    return " or ".join(word for word, holds in words.items() if holds)
