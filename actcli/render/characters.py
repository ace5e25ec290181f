"""Charts drawn in characters, for a terminal far away and for logs: braille dots, or plain ASCII."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np

from actcli.render.canvas import BAND_INK, PLAIN, UNICODE, Canvas, Style
from actcli.render.layout import isolated, spread, traced
from actcli.render.palette import Dashes, dashes
from actcli.render.scales import Scale, scales
from actcli.render.sheet import keyed
from actcli.render.text import encodable, folded, number, padded, printable, width
from actcli.report import Band, Chart, Curve, Panel

NARROWEST = 20
_ROWS = (6, 18)
_LEAST_PLOT = 12
_BAND_DOTS: Dashes = (1.0, 3.0)
# How many cells show the rhythm of a line beside its name.
_SAMPLE = 10


def sketch(
    chart: Chart, columns: int = 80, *, ascii: bool = False, colour: bool = False, title: str | None = None
) -> str:
    """Return `chart` as lines of text no wider than `columns` (at least 20).

    Curves are braille dots, told apart by their dashes, or with `ascii` signs, one for each; `colour` adds
    terminal colours. What stands inside a picture as words (extrema, levels, saturated regions) stands below
    each panel, and so do names beside a sample of their line where curves end together.
    """
    columns = max(columns, NARROWEST)
    style = PLAIN if ascii else UNICODE
    if ascii:
        # Before anything is measured: a Greek letter becomes a word.
        chart, title = _in_ascii(chart), _in_ascii(title)
    lines = [chart.title if title is None else title, *filter(None, chart.subtitle.split("\n"))]
    lines = _fold_all(map(printable, lines), columns)
    frame = _frame(chart, columns, style)
    for panel in chart.panels:
        lines += ["", *_panel(panel, frame, columns, style, colour)]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _in_ascii(item: Any) -> Any:
    """Return a chart, a part of one or a text with every text in it spelled in ASCII."""
    if isinstance(item, str):
        return encodable(item, "ascii")
    if isinstance(item, tuple) and hasattr(item, "_fields"):
        return type(item)(*map(_in_ascii, item))
    if isinstance(item, tuple) and item and not isinstance(item[0], float | int):
        return tuple(map(_in_ascii, item))
    return item


class _Frame(NamedTuple):
    """The columns that all panels share: numbers on the left, the plot, names on the right or below."""

    left: int
    inner: int
    beside: bool
    rows: int


def _frame(chart: Chart, columns: int, style: Style) -> _Frame:
    rows = min(max(columns // 6, _ROWS[0]), _ROWS[1])
    ticks = [text for panel in chart.panels for text in _ticks(panel, rows, style).values()]
    names = [_name(panel, curve, style) for panel in chart.panels for curve in panel.curves if curve.label]
    left = max(map(len, ticks), default=0) + 1
    # A space before each name, and an arrow behind one whose curve has left the panel.
    right = max(map(width, names), default=-3) + 3
    room = columns - left - 1 - right >= max(_LEAST_PLOT, columns // 2)
    beside = room and not any(map(keyed, chart.panels))
    return _Frame(left, max(columns - left - 1 - (right if beside else 0), 1), beside, rows)


def _ticks(panel: Panel, rows: int, style: Style) -> dict[int, str]:
    """Return the numbers of the y axis by the row that they stand in."""
    _, up = scales(panel, 1.0, rows * style.down - 1.0)
    values = up.ticks(max(rows // 3, 2))
    return {rows - 1 - round(up.at(value)) // style.down: _tick(value) for value in values}


def _panel(panel: Panel, frame: _Frame, columns: int, style: Style, colour: bool) -> list[str]:
    canvas = Canvas(frame.inner, frame.rows, style)
    across, up = scales(panel, frame.inner * style.across - 1.0, frame.rows * style.down - 1.0)
    ends = _fill(canvas, panel, across, up)
    ticks = _ticks(panel, frame.rows, style)
    labels = _labels(panel, ends, canvas) if frame.beside else {}
    above = [printable(line) for line in (panel.title, panel.y_label) if line]
    plot = []
    for row in range(frame.rows):
        tick = padded(ticks.get(row, ""), frame.left - 1, "right")
        plot.append(f"{tick} {style.side}{canvas.line(row, colour)} {labels.get(row, '')}")
    plot.append(" " * frame.left + style.corner + style.floor * frame.inner)
    plot.append(" " * (frame.left + 1) + _axis(across, canvas))
    name = folded(printable(panel.x_label), columns)
    plot += [
        " " * max(min(frame.left + 1 + (frame.inner - width(part)) // 2, columns - width(part)), 0) + part
        for part in name
    ]
    legend = [] if frame.beside else list(_legend(panel, style, colour, columns))
    return [*_fold_all(above, columns), *plot, *legend, *_fold_all(_notes(panel, across, up, style), columns)]


Ends = list[tuple[Curve, tuple[float, float]]]


def _fill(canvas: Canvas, panel: Panel, across: Scale, up: Scale) -> Ends:
    """Draw everything in a panel; return the named curves with the last point of each, in dots."""
    _draw_ground(canvas, panel, across, up)
    for band in panel.bands:
        for edge in (band.low, band.high):
            points = traced(across(np.array(band.x)), up(np.array(edge)), 0.5)
            canvas.draw(points, _band_ink(panel, band), _BAND_DOTS)
    ends: Ends = []
    # The first curve is the one that a panel is about: it lies on top.
    for ink, curve in reversed([*enumerate(panel.curves)]):
        x, y = across(np.array(curve.x)), up(np.array(curve.y))
        points = traced(x, y, 0.5)
        canvas.draw(points, ink, _pattern(panel, curve))
        alone = isolated(x, y)
        dots = np.column_stack([x[alone], y[alone]])
        canvas.draw(dots, ink, ())
        shown = points if len(points) else dots
        if curve.label and len(shown):
            ends.insert(0, (curve, (float(shown[-1, 0]), float(shown[-1, 1]))))
    for mark in panel.marks:
        if (place := canvas.cell(across.at(mark.x), up.at(mark.y))) is not None:
            canvas.signs[place] = canvas.style.marks[mark.kind]
            inks = (ink for ink, curve in enumerate(panel.curves) if curve.series == mark.series)
            canvas.owner[place] = -1 if mark.kind in ("cross", "end") else next(inks, -1)
    return ends


def _draw_ground(canvas: Canvas, panel: Panel, across: Scale, up: Scale) -> None:
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


def _labels(panel: Panel, ends: Ends, canvas: Canvas) -> dict[int, str]:
    """Return the name of each curve by the row that it stands in, one a row; an arrow where it has left."""
    style, top = canvas.style, canvas.rows - 1
    places = spread([min(max(y / style.down, 0.0), float(top)) for _, (_, y) in ends], 1.0, 0.0, float(top))
    labels: dict[int, str] = {}
    for (curve, (_, y)), place in sorted(zip(ends, places, strict=True), key=lambda pair: -pair[1]):
        free = [row for row in range(canvas.rows) if row not in labels]
        arrow = style.above if y > canvas.rows * style.down else style.below if y < -1 else ""
        if free:
            row = min(free, key=lambda row: abs(top - row - place))
            labels[row] = " ".join(filter(None, [_name(panel, curve, style), arrow]))
    return labels


def _pattern(panel: Panel, curve: Curve) -> Dashes:
    """Return the dashes of a curve, in dots."""
    roles = len({other.role for other in panel.curves})
    return tuple(2 * length for length in dashes(curve.series, curve.role, roles))


def _band_ink(panel: Panel, band: Band) -> int:
    owners = (ink for ink, curve in enumerate(panel.curves) if curve.series == band.series)
    return BAND_INK + next(owners, 0)


def _legend(panel: Panel, style: Style, colour: bool, columns: int) -> Iterator[str]:
    """Yield the name of each curve and band beside a sample of its line."""
    named = [(curve.label, ink, _pattern(panel, curve)) for ink, curve in enumerate(panel.curves)]
    named += [(band.label, _band_ink(panel, band), _BAND_DOTS) for band in panel.bands]
    for label, ink, pattern in named:
        if label:
            sample = Canvas(_SAMPLE if style is UNICODE else 1, 1, style)
            x = np.arange(0, sample.columns * style.across, 0.5)
            sample.draw(np.column_stack([x, np.full(len(x), style.down // 2)]), ink, pattern)
            for place, part in enumerate(folded(printable(label), columns - sample.columns - 1)):
                yield f"{' ' * sample.columns if place else sample.line(0, colour)} {part}"


def _name(panel: Panel, curve: Curve, style: Style) -> str:
    ink = panel.curves.index(curve)
    sign = "" if style is UNICODE else style.sign(ink) + " "
    return sign + printable(curve.label)


def _axis(across: Scale, canvas: Canvas) -> str:
    """Return the numbers under the x axis, as many as have room."""
    line = ""
    for value in across.ticks(max(canvas.columns // 8, 4)):
        text = _tick(value)
        start = round(across.at(value)) // canvas.style.across - len(text) // 2
        start = min(max(start, 0), canvas.columns - len(text))
        if start > len(line) or (not line and start >= 0):
            line = line.ljust(start) + text
    return line


def _notes(panel: Panel, across: Scale, up: Scale, style: Style) -> list[str]:
    """Return what a picture would say inside the panel."""
    notes = [
        f"{style.marks[mark.kind]} {mark.label}"
        for mark in panel.marks
        if mark.label and across.low <= mark.x <= across.high and up.low <= mark.y <= up.high
    ]
    notes += [
        f"{style.level * 2} at {_tick(level.y, 4)}: {level.label}"
        for level in panel.levels
        if level.label and up.low <= level.y <= up.high
    ]
    for span in panel.spans:
        if span.label:
            axis = panel.x_label.split(" (")[0].split(",")[0]
            ends = f"{axis} from {number(max(span.low, across.low))} to {number(min(span.high, across.high))}"
            notes.append(f"{span.label}: {ends}")
    return list(map(printable, notes))


def _tick(value: float, digits: int = 6) -> str:
    return number(value + 0.0, digits)


def _fold_all(texts: Iterable[str], columns: int) -> list[str]:
    return [part for text in texts for part in folded(text, columns)]
