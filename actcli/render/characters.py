"""Charts drawn in characters, for a terminal far away and for logs: braille dots, or plain ASCII."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from actcli.render.layout import spread, traced
from actcli.render.palette import Dashes, dashes
from actcli.render.scales import Scale, scales
from actcli.render.text import encodable, folded, number, padded, printable, width
from actcli.report import Chart, Curve, Panel

NARROWEST = 20
_ROWS = (6, 18)
_LEAST_PLOT = 12
# The dots of a braille character, by row from the top and column.
_DOTS = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]])
_BRAILLE = 0x2800
_ASCII_CURVES = "*+x%=&$~"
_COLOURS = (34, 31, 32, 35, 33, 36)


@dataclass(frozen=True)
class _Style:
    """The characters of one way to draw: how many dots a cell has, and the signs between them."""

    across: int
    down: int
    row: str
    column: str
    level: str
    side: str
    floor: str
    corner: str
    marks: dict[str, str]
    above: str
    below: str


_KINDS = ("closed", "open", "peak", "cross")
_UNICODE = _Style(2, 4, "┈", "┊", "╌", "│", "─", "└", dict(zip(_KINDS, "●○◆×", strict=True)), "↑", "↓")
_PLAIN = _Style(1, 1, ".", ".", "-", "|", "-", "+", dict(zip(_KINDS, "@o^X", strict=True)), "^", "v")


def sketch(
    chart: Chart, columns: int = 80, *, ascii: bool = False, colour: bool = False, title: str | None = None
) -> str:
    """Return `chart` as lines of text no wider than `columns` (at least 20).

    Curves are braille dots, told apart by their dashes, or with `ascii` signs, one for each series; `colour`
    adds terminal colours. What stands inside a picture as words (extrema, levels, saturated regions) stands
    below each panel.
    """
    columns = max(columns, NARROWEST)
    style = _PLAIN if ascii else _UNICODE
    lines = [chart.title if title is None else title, *filter(None, chart.subtitle.split("\n"))]
    lines = _fold_all(map(printable, lines), columns)
    frame = _frame(chart, columns, style)
    for panel in chart.panels:
        lines += ["", *_panel(panel, frame, columns, style, colour)]
    text = "\n".join(line.rstrip() for line in lines) + "\n"
    return encodable(text, "ascii") if ascii else text


@dataclass
class _Canvas:
    """A grid of cells: braille dots or signs of curves, the series on top, and single signs over them."""

    columns: int
    rows: int
    style: _Style
    dots: NDArray[np.int64] = field(init=False)
    owner: NDArray[np.int64] = field(init=False)
    signs: dict[tuple[int, int], str] = field(default_factory=dict)
    ground: dict[tuple[int, int], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.dots = np.zeros((self.rows, self.columns), dtype=np.int64)
        self.owner = np.full((self.rows, self.columns), -1)

    def cell(self, x: float, y: float) -> tuple[int, int] | None:
        """Return the row and column of a place in dots from the lower left, or None outside."""
        if not (math.isfinite(x) and math.isfinite(y)):
            return None
        row, column = self.rows - 1 - round(y) // self.style.down, round(x) // self.style.across
        return (row, column) if 0 <= row < self.rows and 0 <= column < self.columns else None

    def draw(self, points: NDArray[np.float64], series: int, pattern: Dashes) -> None:
        """Set the dots along a traced line, leaving the gaps of its dash pattern."""
        inside = (points > -0.5).all(axis=1)
        inside &= (points[:, 0] < self.columns * self.style.across - 0.5) & (
            points[:, 1] < self.rows * self.style.down - 0.5
        )
        inked = _inked(points, pattern) if self.style is _UNICODE else np.ones(len(points), dtype=bool)
        places = np.rint(points[inside & inked]).astype(int)
        rows = self.rows - 1 - places[:, 1] // self.style.down
        columns = places[:, 0] // self.style.across
        down = self.style.down - 1 - places[:, 1] % self.style.down
        np.bitwise_or.at(self.dots, (rows, columns), _DOTS[down % 4, places[:, 0] % self.style.across])
        self.owner[rows, columns] = series

    def line(self, row: int, colour: bool) -> str:
        """Return one row as text."""
        parts = []
        for column in range(self.columns):
            place = (row, column)
            series = int(self.owner[place])
            sign = self.signs.get(place)
            if sign is None and series < 0:
                parts.append(self.ground.get(place, " "))
                continue
            shown = sign or self._curve(place, series)
            code = _COLOURS[series % len(_COLOURS)] if colour and series >= 0 else None
            parts.append(f"\x1b[{code}m{shown}\x1b[0m" if code else shown)
        return "".join(parts)

    def _curve(self, place: tuple[int, int], series: int) -> str:
        if self.style is _UNICODE:
            return chr(_BRAILLE + int(self.dots[place]))
        return _ASCII_CURVES[series % len(_ASCII_CURVES)]


def _inked(points: NDArray[np.float64], pattern: Dashes) -> NDArray[np.bool_]:
    """Return which points of a traced line its dash pattern draws; lengths are in dots."""
    if not pattern or not len(points):
        return np.ones(len(points), dtype=bool)
    steps = np.hypot(*np.diff(points, axis=0, prepend=points[:1]).T)
    along = np.cumsum(np.minimum(steps, 1.0)) % sum(pattern)
    return np.asarray(np.searchsorted(np.cumsum(pattern), along, side="right") % 2 == 0)


@dataclass(frozen=True)
class _Frame:
    """The columns that all panels share: numbers on the left, the plot, names on the right or below."""

    left: int
    inner: int
    beside: bool
    rows: int


def _frame(chart: Chart, columns: int, style: _Style) -> _Frame:
    rows = min(max(columns // 6, _ROWS[0]), _ROWS[1])
    ticks = [text for panel in chart.panels for text in _ticks(panel, rows, style).values()]
    names = [_name(curve, style) for panel in chart.panels for curve in panel.curves if curve.label]
    left = max(map(len, ticks), default=0) + 1
    # A space before each name, and an arrow behind one whose curve has left the panel.
    right = max(map(width, names), default=-3) + 3
    beside = columns - left - 1 - right >= max(_LEAST_PLOT, columns // 2)
    return _Frame(left, max(columns - left - 1 - (right if beside else 0), 1), beside, rows)


def _ticks(panel: Panel, rows: int, style: _Style) -> dict[int, str]:
    """Return the numbers of the y axis by the row that they stand in."""
    _, up = scales(panel, 1.0, rows * style.down - 1.0)
    values = up.ticks(max(rows // 3, 2))
    return {rows - 1 - round(up.at(value)) // style.down: _tick(value) for value in values}


def _panel(panel: Panel, frame: _Frame, columns: int, style: _Style, colour: bool) -> list[str]:
    canvas = _Canvas(frame.inner, frame.rows, style)
    across, up = scales(panel, frame.inner * style.across - 1.0, frame.rows * style.down - 1.0)
    ends = _fill(canvas, panel, across, up)
    ticks = _ticks(panel, frame.rows, style)
    labels = _labels(ends, canvas) if frame.beside else {}
    above = [printable(line) for line in (panel.title, panel.y_label) if line]
    plot = []
    for row in range(frame.rows):
        tick = padded(ticks.get(row, ""), frame.left - 1, "right")
        plot.append(f"{tick} {style.side}{canvas.line(row, colour)} {labels.get(row, '')}")
    plot.append(" " * frame.left + style.corner + style.floor * frame.inner)
    plot.append(" " * (frame.left + 1) + _axis(across, canvas))
    legend = [] if frame.beside else [_name(curve, style) for curve, _ in ends]
    below = [*legend, *_notes(panel)]
    return [*_fold_all(above, columns), *plot, *_fold_all(below, columns)]


Ends = list[tuple[Curve, tuple[float, float]]]


def _fill(canvas: _Canvas, panel: Panel, across: Scale, up: Scale) -> Ends:
    """Draw everything in a panel; return the named curves with the last point of each, in dots."""
    _draw_ground(canvas, panel, across, up)
    roles = len({curve.role for curve in panel.curves})
    for band in panel.bands:
        for edge in (band.low, band.high):
            points = traced(across(np.array(band.x)), up(np.array(edge)), 0.5)
            canvas.draw(points, band.series, (1.0, 3.0))
    ends: Ends = []
    for curve in panel.curves:
        points = traced(across(np.array(curve.x)), up(np.array(curve.y)), 0.5)
        pattern = tuple(2 * length for length in dashes(curve.series, curve.role, roles))
        canvas.draw(points, curve.series, pattern)
        finite = points[np.isfinite(points).all(axis=1)]
        if curve.label and len(finite):
            ends.append((curve, (float(finite[-1, 0]), float(finite[-1, 1]))))
    for mark in panel.marks:
        if (place := canvas.cell(across.at(mark.x), up.at(mark.y))) is not None:
            canvas.signs[place] = canvas.style.marks[mark.kind]
            canvas.owner[place] = mark.series
    return ends


def _draw_ground(canvas: _Canvas, panel: Panel, across: Scale, up: Scale) -> None:
    """Draw the zero lines and the levels, under everything else."""
    style = canvas.style
    for value, sign in [(0.0, style.row)] * panel.zero_lines + [
        (level.y, style.level) for level in panel.levels
    ]:
        for column in range(canvas.columns):
            if (place := canvas.cell(column * style.across, up.at(value))) is not None:
                canvas.ground[place] = sign
    if panel.zero_lines and across.low < 0 < across.high:
        for row in range(canvas.rows):
            if (place := canvas.cell(across.at(0.0), row * style.down)) is not None:
                canvas.ground.setdefault(place, style.column)


def _labels(ends: Ends, canvas: _Canvas) -> dict[int, str]:
    """Return the name of each curve by the row that it stands in, one a row; an arrow where it has left."""
    style, top = canvas.style, canvas.rows - 1
    places = spread([min(max(y / style.down, 0.0), float(top)) for _, (_, y) in ends], 1.0, 0.0, float(top))
    labels: dict[int, str] = {}
    for (curve, (_, y)), place in sorted(zip(ends, places, strict=True), key=lambda pair: -pair[1]):
        free = [row for row in range(canvas.rows) if row not in labels]
        arrow = style.above if y > canvas.rows * style.down else style.below if y < -1 else ""
        if free:
            row = min(free, key=lambda row: abs(top - row - place))
            labels[row] = " ".join(filter(None, [_name(curve, style), arrow]))
    return labels


def _name(curve: Curve, style: _Style) -> str:
    sign = "" if style is _UNICODE else _ASCII_CURVES[curve.series % len(_ASCII_CURVES)] + " "
    return sign + printable(curve.label)


def _axis(across: Scale, canvas: _Canvas) -> str:
    """Return the numbers under the x axis, as many as have room."""
    line = ""
    for value in across.ticks(max(canvas.columns // 8, 4)):
        text = _tick(value)
        start = round(across.at(value)) // canvas.style.across - len(text) // 2
        start = min(max(start, 0), canvas.columns - len(text))
        if start > len(line) or (not line and start >= 0):
            line = line.ljust(start) + text
    return line


def _notes(panel: Panel) -> list[str]:
    """Return what a picture would say inside the panel."""
    notes = [mark.label for mark in panel.marks] + [level.label for level in panel.levels]
    low, high = panel.x_range or (-math.inf, math.inf)
    for span in panel.spans:
        if span.label:
            ends = f"{panel.x_label} from {number(max(span.low, low))} to {number(min(span.high, high))}"
            notes.append(f"{span.label}: {ends}")
    return [printable(note) for note in notes if note]


def _tick(value: float) -> str:
    return number(value + 0.0, 6)


def _fold_all(texts: Iterable[str], columns: int) -> list[str]:
    return [part for text in texts for part in folded(text, columns)]
