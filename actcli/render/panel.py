"""One panel of a picture: its axes, lines and marks. The words beside them are in words.py."""

import math
from typing import Any

import numpy as np

from actcli.render.layout import Page, isolated, traced
from actcli.render.palette import BAND_ALPHA, LINE_WIDTH, colour, dashes
from actcli.render.scales import scales
from actcli.render.sheet import EDGE, TICK, TO_TICK, Rectangle, Sheet, column_ticks, row_ticks, tick_texts
from actcli.render.words import Words
from actcli.report import Curve, Mark, Panel

_DOT = 4.6
# Marks without a face, in the colour of words.
_STROKES: dict[str, dict[str, Any]] = {
    "cross": {"marker": "x", "markersize": _DOT},
    "end": {"marker": "_", "markersize": 2 * _DOT},
}


def draw_panel(sheet: Sheet, panel: Panel, box: Rectangle, with_axis: bool) -> None:
    """Draw `panel` into `box`; `with_axis` asks for the numbers and the name of its x axis."""
    _Panel(sheet, panel, box).draw(with_axis)


class _Panel:
    def __init__(self, sheet: Sheet, panel: Panel, box: Rectangle) -> None:
        self.sheet, self.panel = sheet, panel
        self.left, self.bottom, self.width, self.height = box
        self.across, self.up = scales(panel, self.width, self.height)
        self.box = box

    def draw(self, with_axis: bool) -> None:
        self._areas()
        self._frame(with_axis)
        page = Page(self.width, self.height)
        for curve in self.panel.curves:
            x, y = self.across(np.array(curve.x)), self.up(np.array(curve.y))
            self._curve(curve, self.left + x, self.bottom + y)
            page.curves.append(traced(x, y))
        self._dots()
        shades = [_colour(self.sheet, curve) for curve in self.panel.curves]
        words = Words(self.sheet, self.panel, page, (self.left, self.bottom), (self.across, self.up), shades)
        words.write()

    def _areas(self) -> None:
        palette = self.sheet.palette
        bottom, top = self.bottom, self.bottom + self.height
        for span in self.panel.spans:
            left, right = (self.left + self.across.at(x) for x in (span.low, span.high))
            corners = (left, right, right, left), (bottom, bottom, top, top)
            self.sheet.pen.area(*corners, self.box, color=palette.shade, zorder=0.4)
        for band in self.panel.bands:
            x = self.left + self.across(np.array(band.x))
            low, high = (self.bottom + self.up(np.array(edge)) for edge in (band.low, band.high))
            # An infinite edge lies beyond the panel; a missing one parts the band.
            kept = ~(np.isnan(low) | np.isnan(high))
            outline = np.append(x[kept], x[kept][::-1]), np.append(low[kept], high[kept][::-1])
            self.sheet.pen.area(
                *outline, self.box, color=_colour(self.sheet, band), alpha=BAND_ALPHA, zorder=1.6
            )

    def _frame(self, with_axis: bool) -> None:
        """Draw grid, axes, zero lines and levels, with their numbers and names."""
        across, up, palette = self.across, self.up, self.sheet.palette
        columns, numbers = column_ticks(self.sheet, across), row_ticks(up)
        self._straight(columns, numbers, color=palette.grid, linewidth=0.7, zorder=0.8)
        if self.panel.zero_lines:
            zeros = [[0.0] if scale.low < 0 < scale.high else [] for scale in (across, up)]
            self._straight(*zeros, color=palette.zero, linewidth=0.8, zorder=1.5)
        levels = [level.y for level in self.panel.levels]
        self._straight([], levels, color=palette.quiet, linewidth=0.8, dashes=(4, 3), zorder=1.7)
        right, top = self.left + self.width, self.bottom + self.height
        outline = (self.left, self.left, right), (top, self.bottom, self.bottom)
        self.sheet.pen.line(*outline, None, color=palette.zero, linewidth=0.8, zorder=1.5)
        style: dict[str, Any] = {"size": TICK, "color": palette.quiet}
        for value, text in zip(numbers, tick_texts(numbers), strict=True):
            place = self.left - TO_TICK, self.bottom + up.at(value)
            self.sheet.write(*place, text, ha="right", va="center_baseline", **style)
        for value, text in zip(columns, tick_texts(columns), strict=True) if with_axis else ():
            place = self.left + across.at(value), self.bottom - TO_TICK
            self.sheet.write(*place, text, ha="center", va="top", **style)
        self._names(with_axis)

    def _names(self, with_axis: bool) -> None:
        panel, sheet = self.panel, self.sheet
        middle = self.bottom + self.height / 2
        # A little longer than the panel is no harm: the gap to the next one is empty there.
        name = sheet.shortened(sheet.clean(panel.y_label), self.height + 16)
        sheet.write(EDGE, middle, name, rotation=90, va="center")
        if with_axis:
            name = sheet.shortened(sheet.clean(panel.x_label), self.width)
            sheet.write(self.left + self.width / 2, self.bottom - 29, name, ha="center", va="baseline")
        if panel.title:
            title = sheet.shortened(sheet.clean(panel.title), self.width)
            sheet.write(self.left, self.bottom + self.height + 5, title, va="baseline", weight="bold")

    def _straight(self, columns: list[float], rows: list[float], **style: Any) -> None:
        """Draw vertical lines at `columns` and horizontal ones at `rows`, as one line with a lifted pen."""
        x, y = [], []
        for value in columns:
            place = self.left + self.across.at(value)
            x += [place, place, np.nan]
            y += [self.bottom, self.bottom + self.height, np.nan]
        for value in rows:
            place = self.bottom + self.up.at(value)
            x += [self.left, self.left + self.width, np.nan]
            y += [place, place, np.nan]
        self.sheet.pen.line(x, y, self.box, **style)

    def _curve(self, curve: Curve, x: Any, y: Any) -> None:
        pattern = dashes(curve.series, curve.role, len({other.role for other in self.panel.curves}))
        shade = _colour(self.sheet, curve)
        style = {"linestyle": (0, pattern) if pattern else "-", "solid_joinstyle": "round", "zorder": 2.5}
        caps = {"dash_capstyle": "butt", "solid_capstyle": "butt", "linewidth": LINE_WIDTH}
        self.sheet.pen.line(x, y, self.box, color=shade, **style, **caps)
        face = {"markerfacecolor": shade, "markeredgecolor": shade, "markeredgewidth": 0.0}
        dot = {"marker": "o", "markersize": _DOT, "linestyle": "none", "zorder": 2.6, **face}
        for lone in isolated(x, y):
            if self._holds(x[lone], y[lone]):
                self.sheet.pen.line([x[lone]], [y[lone]], None, **dot)

    def _dots(self) -> None:
        closed = [(mark.series, self._place(mark)) for mark in self.panel.marks if mark.kind == "closed"]
        for mark in self.panel.marks:
            x, y = self._place(mark)
            if not self._holds(x, y):
                continue
            # A ring over the dot of the same jump would be a blot.
            near = (series == mark.series and math.dist((x, y), dot) < _DOT for series, dot in closed)
            if mark.kind == "open" and any(near):
                continue
            self.sheet.pen.line([x], [y], None, linestyle="none", **self._dot(mark))

    def _holds(self, x: float, y: float) -> bool:
        """Return whether a point is in the panel; a dot on its edge is drawn whole."""
        return -1 <= y - self.bottom <= self.height + 1 and -1 <= x - self.left <= self.width + 1

    def _place(self, mark: Mark) -> tuple[float, float]:
        return self.left + self.across.at(mark.x), self.bottom + self.up.at(mark.y)

    def _dot(self, mark: Mark) -> dict[str, Any]:
        """Return how a mark is drawn."""
        if mark.kind in _STROKES:
            edge = {"markeredgecolor": self.sheet.palette.text, "markeredgewidth": 1.1}
            return {**_STROKES[mark.kind], "zorder": 3.4, **edge}
        shade = self._mark_colour(mark)
        face = self.sheet.palette.page if mark.kind == "open" else shade
        edge = {"markerfacecolor": face, "markeredgecolor": shade, "markeredgewidth": 1.3}
        size = _DOT if mark.kind != "peak" else _DOT - 0.8
        return {"marker": "o", "markersize": size, "zorder": 3.2 if mark.kind == "closed" else 3.0, **edge}

    def _mark_colour(self, mark: Mark) -> str:
        """Return the colour of the curve that a mark belongs to: the first of its series in this panel."""
        owners = (curve for curve in self.panel.curves if curve.series == mark.series)
        return _colour(self.sheet, next(owners, mark))


def _colour(sheet: Sheet, item: Any) -> str:
    return colour(sheet.palette, item.series, getattr(item, "role", "value"), sheet.alone)
