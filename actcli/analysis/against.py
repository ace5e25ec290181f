"""One activation against another, in units of the last place over the whole range: where is it worst?"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from actcli.activation import Activation, AnyActivation, check_records
from actcli.analysis.check import shown
from actcli.analysis.formulas import SYMBOLS
from actcli.analysis.records import activation_record
from actcli.analysis.shown import Drawn
from actcli.errors import OptionError
from actcli.numerics.floats import finite
from actcli.report import Cell, Chart, Column, Curve, Panel, Table
from actcli.verification.comparison import (
    LARGE,
    AtKink,
    Comparison,
    Pair,
    compared,
    every_float16,
    spread,
)
from actcli.version import VERSION

_DRAWN = 12.0


@dataclass(frozen=True, repr=False)
class AgainstReport(Drawn):
    """What `against` found; errors are in units of `precision`'s last place of the reference."""

    activation: Activation
    reference: Activation
    precision: str
    exhaustive: bool
    orders: tuple[Comparison, ...]
    kinks: tuple[AtKink, ...]

    @property
    def worst(self) -> Comparison:
        """The order with the largest error."""
        return max(self.orders, key=lambda comparison: comparison.worst_ulp)

    def to_record(self) -> dict[str, Any]:
        """Return the whole comparison for machines; an error without measure is null."""
        both = {"activation": self.activation, "against": self.reference}
        return {
            "report": "against",
            "actcli": VERSION,
            **{key: activation_record(each) for key, each in both.items()},
            "precision": self.precision,
            "exhaustive": self.exhaustive,
            "orders": [_record(comparison) for comparison in self.orders],
            "kinks": [
                {"x": k.x, "order": k.order, "value": finite(k.value), "other": finite(k.other)}
                for k in self.kinks
            ],
        }

    def to_table(self) -> Table:
        """Return one row an order, then the stretches with large errors and the kinks that differ."""
        heads = {
            "order": "of", "compared": "points", "equal": "equal", "worst_ulp": "worst ulp",
            "worst_x": "at x",
            "value": self.activation.label, "other": self.reference.label,
        }  # fmt: skip
        columns = tuple(Column(key, heading) for key, heading in heads.items())
        rows, data = (tuple(_row(each, number) for each in self.orders) for number in (shown, finite))
        inputs = "all finite inputs of float16" if self.exhaustive else "the whole range"
        notes = (f"in units of the last place of {self.precision}, over {inputs}",)
        title = f"{self.activation.label} against {self.reference.label}"
        return Table(title, columns, rows, (), notes, tuple(self._further()), Table(title, columns, data))

    def _further(self) -> Iterator[Table]:
        rows = tuple(
            (SYMBOLS[comparison.order], each.low, each.high, shown(each.worst_ulp))
            for comparison in self.orders
            for each in comparison.stretches
        )
        heads = {"order": "of", "low": "from x", "high": "to x", "worst_ulp": "worst ulp"}
        if rows:
            columns = tuple(Column(key, heading) for key, heading in heads.items())
            yield Table(f"more than {LARGE} ulp", columns, rows)
        if self.kinks:
            heads = {
                "x": "x", "order": "of", "value": self.activation.label, "other": self.reference.label,
            }  # fmt: skip
            kinks = tuple((k.x, SYMBOLS[k.order], shown(k.value), shown(k.other)) for k in self.kinks)
            columns = tuple(Column(key, heading) for key, heading in heads.items())
            yield Table("taken at kinks", columns, kinks)

    def to_chart(self) -> Chart:
        """Return the error along x, one panel an order, as log10(1 + ulp)."""
        panels = tuple(_panel(comparison) for comparison in self.orders)
        title = f"{self.activation.label} against {self.reference.label}"
        return Chart(title, panels, f"errors in ulp of {self.precision}")


def against(
    activation: AnyActivation, reference: AnyActivation, order: int = 2, exhaustive: bool = False
) -> AgainstReport:
    """Return how far the values and derivatives of `activation` up to `order` are from those of `reference`.

    Compared at some 45,000 points of the activation's own floating type: log-spaced over all exponents,
    around kinks and zeros, and between them again around the worst that was found. exhaustive: at all
    63,488 finite numbers of float16 instead, both results rounded to it. Orders that are nothing but
    differences are left out. Raises OptionError for vector-valued activations.
    """
    check_records(activation, reference)
    pair = Pair(_elementwise(activation), _elementwise(reference), exhaustive)
    points = every_float16() if exhaustive else spread(pair)
    orders = tuple(compared(pair, k, points) for k in range(order + 1) if pair.holds(k))
    kinks = tuple(each for k in range(order + 1) if pair.holds(k) for each in pair.at_kinks(k))
    return AgainstReport(pair.first, pair.second, pair.floats.name, exhaustive, orders, kinks)


def _elementwise(activation: AnyActivation) -> Activation:
    if isinstance(activation, Activation):
        return activation
    raise OptionError(f"against compares functions of one number; {activation.name} maps vectors")


def _record(comparison: Comparison) -> dict[str, Any]:
    """Return the comparison for machines."""
    return {
        "order": comparison.order,
        "compared": comparison.compared,
        "equal": comparison.equal,
        "worst_ulp": finite(comparison.worst_ulp),
        "worst_x": comparison.worst_x if comparison.worst_ulp else None,
        "value": finite(comparison.value) if comparison.worst_ulp else None,
        "other": finite(comparison.other) if comparison.worst_ulp else None,
        "stretches": [
            {"low": each.low, "high": each.high, "worst_ulp": finite(each.worst_ulp)}
            for each in comparison.stretches
        ],
    }


def _row(comparison: Comparison, number: Callable[[float], Cell]) -> tuple[Cell, ...]:
    """Return the row of one order, its numbers as people or as programs read them."""
    worst, value, other = map(number, (comparison.worst_ulp, comparison.value, comparison.other))
    where = (comparison.worst_x, value, other) if comparison.worst_ulp else (None, None, None)
    return SYMBOLS[comparison.order], comparison.compared, comparison.equal, worst, *where


def _panel(comparison: Comparison) -> Panel:
    """Return the largest error in each of many short intervals of x."""
    x, errors = comparison.errors
    edges = np.linspace(-_DRAWN, _DRAWN, 401)
    places = np.digitize(x, edges)
    measured = np.log10(1 + np.minimum(errors, 1e300))
    heights = [measured[places == i].max(initial=0.0) for i in range(1, len(edges))]
    middles = (edges[1:] + edges[:-1]) / 2
    curve = Curve(SYMBOLS[comparison.order], tuple(middles.tolist()), tuple(map(float, heights)))
    return Panel("x", f"{comparison.name}: log10(1 + ulp)", curves=(curve,), x_range=(-_DRAWN, _DRAWN))
