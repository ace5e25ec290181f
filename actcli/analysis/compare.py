"""The same measures of several activations, side by side."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from actcli.activation import AnyActivation, VectorActivation, check_records
from actcli.analysis.compare_columns import (
    CLASSES,
    CRITICAL,
    FIRST,
    HEADINGS,
    SHAPE,
    SHAPE_LEGEND,
    SIGNAL,
    SIGNAL_LEGEND,
    TEXTS,
    UNITS,
    UNITS_LEGEND,
    critical_legend,
    gradient_legend,
)
from actcli.analysis.heading import heading, headings
from actcli.analysis.shown import Drawn
from actcli.diagnosis.measures import Measures, cost_of, measures_of, numpy_exp_cost
from actcli.diagnosis.remarks import remarks
from actcli.errors import OptionError, suggestion
from actcli.network import limits
from actcli.report import Cell, Chart, Column, Curve, Panel, Role, Table
from actcli.version import VERSION

_DRAWN: Final = 12
_NAMED: Final = 6
# log10 of a gradient that float32 holds: a line that stays above it is drawn whole.
_HELD: Final = 45.0
_MARGIN: Final = 0.07


@dataclass(frozen=True, repr=False)
class CompareReport(Drawn):
    """Several activations with their measures, in the order shown; `repeated` were named more than once.

    reference_cost: nanoseconds per element of numpy's exp in the same run, None unless costs were asked for.
    """

    measures: tuple[Measures, ...]
    depth: int
    seed: int
    sort: str | None
    repeated: tuple[str, ...]
    reference_cost: float | None

    def to_record(self) -> dict[str, Any]:
        """Return every measure of every activation; what does not exist is null."""
        return {
            "report": "compare",
            "actcli": VERSION,
            "depth": self.depth,
            "seed": self.seed,
            "sort": self.sort,
            "activations": [measures.to_record() for measures in self.measures],
            "numpy_exp_nanoseconds_per_element": self.reference_cost,
        }

    def to_table(self) -> Table:
        """Return the most telling columns, further tables for the rest, and everything as data."""
        further = [
            self._part("shape", SHAPE, SHAPE_LEGEND),
            self._part("averages and gains under N(0, 1)", SIGNAL, SIGNAL_LEGEND),
            self._part("units under N(0, 1)", UNITS, UNITS_LEGEND),
            self._part("critical initialisation", CRITICAL, self._critical_legend()),
        ]
        if self.reference_cost is not None:
            further.append(self._part("time", ("nanoseconds_per_element",)))
        everything = tuple(HEADINGS)
        data = Table(self._title, _columns(everything), self._rows(everything))
        lines: tuple[tuple[str, Cell], ...] = (("layers", self.depth),)
        if self.sort is not None:
            lines += (
                ("sorted by", f"{self.sort}, {'from a to z' if self.sort in TEXTS else 'largest first'}"),
            )
        if self.reference_cost is not None:
            lines += (("numpy exp, ns per element", self.reference_cost),)
        first = ("name", *FIRST)
        return Table(
            self._title, _columns(first), self._rows(first), lines, self._notes(), tuple(further), data
        )

    @property
    def _title(self) -> str:
        """What is compared: names, or how many there are."""
        many = len(self.measures) > _NAMED
        names = ", ".join(measures.activation.label for measures in self.measures)
        return f"compare {len(self.measures)} activations" if many else f"compare {names}"

    def _part(self, title: str, keys: tuple[str, ...], legend: tuple[str, ...] = ()) -> Table:
        keys = ("name", *keys)
        rows = self._rows(keys)
        if "universality_class" in keys:
            rows = tuple(
                (*row[:-1], CLASSES[row[-1]][0] if isinstance(row[-1], str) else None) for row in rows
            )
        return Table(title, _columns(keys), rows, notes=legend)

    def _critical_legend(self) -> tuple[str, ...]:
        return critical_legend([measures.universality_class for measures in self.measures])

    def _rows(self, keys: tuple[str, ...]) -> tuple[tuple[Cell, ...], ...]:
        rows = (measures.to_row() for measures in self.measures)
        return tuple(tuple(row[key] for key in keys) for row in rows)

    def _notes(self) -> tuple[str, ...]:
        notes = [f"{name} was named more than once; it stands here once" for name in self.repeated]
        notes += gradient_legend([measures.log10_gradient[0] for measures in self.measures], self.depth)
        notes += remarks(self.measures)
        vectors = [m.activation for m in self.measures if isinstance(m.activation, VectorActivation)]
        if vectors:
            names = ", ".join(vector.label for vector in vectors)
            notes.append(f"{names}: measured along one coordinate, the gradient simulated")
        return tuple(notes)

    def to_chart(self) -> Chart:
        """Return f and f′ over each other, and the gradient through depth; at most a dozen activations."""
        # Only a picture pays for the sampling of curves, here and below.
        from actcli.sampling.window import shared_window

        drawn = self.measures[:_DRAWN]
        low, high = shared_window([measures.activation.section for measures in drawn])
        panels = [self._curves(drawn, order, low, high) for order in (0, 1)]
        panels += [self._gradient(drawn)] if self.depth > 1 else []
        left_out = len(self.measures) - len(drawn)
        notes = [f"the first {_DRAWN} of {len(self.measures)}; --sort decides which"] if left_out else []
        if unknown := [heading(each.activation) for each in drawn if len(_known(each)) < min(self.depth, 2)]:
            notes.append(f"the gradient at infinite width is not known for {', '.join(unknown)}")
        return Chart(headings(m.activation for m in drawn), tuple(panels), "\n".join(notes))

    def _curves(self, drawn: Sequence[Measures], order: int, low: float, high: float) -> Panel:
        from actcli.sampling.curve import sample
        from actcli.sampling.marks import jump_marks
        from actcli.sampling.window import heights, is_bounded

        role: Role = "slope" if order else "value"
        sections = [measures.activation.section for measures in drawn]
        found = [
            sample(partial(each, order=order), each.breakpoints, low, high, 400, each.narrow_points)
            for each in sections
        ]
        curves = (
            Curve(heading(measures.activation), tuple(samples.x), tuple(samples.y), series, role)
            for series, (measures, samples) in enumerate(zip(drawn, found, strict=True))
        )
        marks = (mark for series, samples in enumerate(found) for mark in jump_marks(samples, series))
        return Panel(
            x_label="x",
            y_label="slope f′(x)" if order else "value f(x)",
            curves=tuple(curves),
            marks=tuple(marks),
            x_range=(low, high),
            y_range=heights(
                [(samples.x, samples.y) for samples in found],
                [is_bounded(section, order) for section in sections],
            ),
        )

    def _gradient(self, drawn: Sequence[Measures]) -> Panel:
        # Counted back from the output, where all are 1, so that the lines fan out towards their labels.
        back = tuple(float(step) for step in range(self.depth))
        curves = []
        for series, measures in enumerate(drawn):
            sizes = tuple(math.nan if each is None else each for each in reversed(measures.log10_gradient))
            if len(_known(measures)) > 1:
                name = f"{heading(measures.activation)} ({measures.init.name})"
                curves.append(Curve(name, back, sizes, series))
        return Panel(
            x_label=f"layers back from layer {self.depth}",
            y_label="log10 rms gradient",
            curves=tuple(curves),
            x_range=(0.0, float(self.depth - 1)),
            y_range=_held([curve.y for curve in curves]),
        )


def _known(measures: Measures) -> list[float]:
    return [value for value in measures.log10_gradient if value is not None]


def _held(rows: Sequence[tuple[float, ...]]) -> tuple[float, float] | None:
    """Return a range that shows the lines within float32 where others go far beyond, else None."""
    whole = [y for row in rows for y in row if all(abs(each) <= _HELD for each in row if math.isfinite(each))]
    known = [y for y in whole if math.isfinite(y)]
    if len(known) == sum(math.isfinite(y) for row in rows for y in row) or not known:
        return None
    low, high = min(*known, -1.0), max(*known, 1.0)
    return low - _MARGIN * (high - low), high + _MARGIN * (high - low)


def compare(
    *activations: AnyActivation,
    depth: int = limits.CUSTOMARY_DEPTH,
    sort: str | None = None,
    seed: int = 0,
    cost: bool = False,
) -> CompareReport:
    """Measure several activations: bounds, Gaussian moments, gains, criticality, the gradient at `depth`.

    The gradient is that of the initialiser customary for each: by theory for elementwise activations, for
    vector-valued ones by a simulation from `seed`. sort: a key of the rows; numbers descend, words ascend,
    what is missing comes last. cost: measure nanoseconds per element, which differs from run to run. Raises
    OptionError for an unknown key, a depth out of range, and for nothing to compare.
    """
    if not activations:
        raise OptionError("nothing to compare; name activations, as in `actcli compare sigmoid tanh relu`")
    check_records(*activations)
    limits.whole("depth", depth, limits.COMPARED_DEPTH)
    limits.whole("seed", seed, limits.SEED)
    if sort is not None and sort not in HEADINGS:
        near = suggestion(sort, HEADINGS) or "; it takes " + ", ".join(HEADINGS)
        raise OptionError(f"cannot sort by '{sort}'{near}")
    distinct = {activation.label: activation for activation in activations}
    labels = [activation.label for activation in activations]
    repeated = tuple(label for label in distinct if labels.count(label) > 1)
    measures = [
        measures_of(activation, depth, seed, cost_of(activation) if cost else None)
        for activation in distinct.values()
    ]
    if sort is not None:
        measures = _sorted(measures, sort)
    return CompareReport(tuple(measures), depth, seed, sort, repeated, numpy_exp_cost() if cost else None)


def _sorted(measures: list[Measures], key: str) -> list[Measures]:
    missing = [each for each in measures if each.to_row()[key] is None]
    present = [each for each in measures if each.to_row()[key] is not None]
    # Python sorts stably also in reverse: equals stay in the order they were named in.
    return sorted(present, key=lambda each: each.to_row()[key], reverse=key not in TEXTS) + missing  # type: ignore[arg-type,return-value]


def _columns(keys: tuple[str, ...]) -> tuple[Column, ...]:
    return tuple(Column(key, HEADINGS[key], "left" if key in TEXTS else "right") for key in keys)
