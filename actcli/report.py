"""What an analysis says, before anyone decides how it looks: neutral tables, charts and reports."""

from typing import Any, Literal, NamedTuple, Protocol

Cell = str | float | int | bool | None
"""One value of a table. None is missing and is shown as a dash, never as 0; an infinite one is shown as ∞."""

Role = Literal["value", "slope", "curvature", "measured", "theory", "bound"]
"""What a curve is; a picture gives each role its own line style, so that a grey print stays readable."""


class Column(NamedTuple):
    """One column: the key that data formats use, and the heading that people read (with its unit).

    An `optional` one may be left out, and is then named, where a terminal is too narrow for all. `meaning` is
    what people may not know about it, said below a table that shows it.
    """

    key: str
    heading: str
    align: Literal["left", "right"] = "right"
    optional: bool = False
    meaning: str = ""


class Table(NamedTuple):
    """A titled table for people; a data format with one table (CSV) writes `columns` and `rows` alone.

    `lines` are label and value pairs that stand above the rows, `notes` are sentences below them, and
    `further` are smaller tables that follow. `data`, where given, is what CSV writes instead: every column.
    """

    title: str
    columns: tuple[Column, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()
    lines: tuple[tuple[str, Cell], ...] = ()
    notes: tuple[str, ...] = ()
    further: tuple["Table", ...] = ()
    data: "Table | None" = None

    @property
    def legend(self) -> tuple[str, ...]:
        """What stands below the rows: the meaning of the columns as one sentence, and the notes."""
        meanings = "; ".join(column.meaning for column in self.columns if column.meaning)
        return (meanings, *self.notes) if meanings else self.notes


class Curve(NamedTuple):
    """A line through points. A nan in `y` lifts the pen: a jump is drawn as a gap, not as a wall.

    `series` numbers the thing that the curve belongs to (an activation, a run); it decides the colour.
    """

    label: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    series: int = 0
    role: Role = "value"


class Band(NamedTuple):
    """A filled area between `low` and `high`, of the colour of its series."""

    label: str
    x: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    series: int = 0


class Mark(NamedTuple):
    """One point: `closed` is the value taken at a jump or kink, `open` a limit there, `peak` an extremum.

    A `cross` is a number found in another way than its curve, and an `end` an end of the range around it.
    """

    x: float
    y: float
    kind: Literal["closed", "open", "peak", "cross", "end"] = "closed"
    label: str = ""
    series: int = 0


class Span(NamedTuple):
    """A vertical strip of the panel, from `low` to `high` on the x axis, with a label: a saturated region."""

    low: float
    high: float
    label: str


class Level(NamedTuple):
    """A labelled horizontal line across the panel: a precision floor, a limit asked for."""

    y: float
    label: str


class Panel(NamedTuple):
    """One pair of axes. Ranges left None follow the curves."""

    x_label: str
    y_label: str
    title: str = ""
    curves: tuple[Curve, ...] = ()
    bands: tuple[Band, ...] = ()
    marks: tuple[Mark, ...] = ()
    spans: tuple[Span, ...] = ()
    levels: tuple[Level, ...] = ()
    x_range: tuple[float, float] | None = None
    y_range: tuple[float, float] | None = None
    zero_lines: bool = True


class Chart(NamedTuple):
    """A picture: a title, an optional subtitle (a formula, the settings), and panels from top to bottom."""

    title: str
    panels: tuple[Panel, ...] = ()
    subtitle: str = ""


class Tabular(Protocol):
    """What can be read as data and as a table."""

    def to_record(self) -> dict[str, Any]:
        """Return the whole result for machines: JSON types only, full precision, no nan and no infinity."""

    def to_table(self) -> Table:
        """Return the result for people."""


class Report(Tabular, Protocol):
    """What every analysis returns."""

    def to_chart(self) -> Chart:
        """Return the result as a picture."""
