"""One panel of a picture: its axes, lines, marks, and a word beside each of them."""

from typing import Any

import numpy as np

from actcli.render.layout import Box as WordBox
from actcli.render.layout import Page, around, spread, traced
from actcli.render.palette import colour, dashes
from actcli.render.scales import Scale, scales
from actcli.render.sheet import EDGE, TICK, WORD, Box, Sheet
from actcli.render.text import number
from actcli.report import Curve, Mark, Panel

_LINE_WIDTH = 1.7
_WORD_HEIGHT = 10.5
_DOT = 4.6


def draw_panel(sheet: Sheet, panel: Panel, box: Box, with_axis: bool) -> None:
    """Draw `panel` into `box`; `with_axis` asks for the numbers and the name of its x axis."""
    left, bottom, width, height = box
    across, up = scales(panel, width, height)
    axes = sheet.figure.add_axes(
        (left / sheet.width, bottom / sheet.height, width / sheet.width, height / sheet.height)
    )
    _frame(sheet, panel, axes, across, up, with_axis)
    page = Page(width, height)
    _areas(sheet, panel, axes)
    for curve in panel.curves:
        _line(sheet, panel, axes, curve, up)
        page.curves.append(traced(across(np.array(curve.x)), up(np.array(curve.y))))
    _dots(sheet, panel, axes)
    words = _Words(sheet, panel, axes, page, (across, up))
    words.ends()
    words.marks()
    words.levels()
    words.spans()


def _frame(sheet: Sheet, panel: Panel, axes: Any, across: Scale, up: Scale, with_axis: bool) -> None:
    palette = sheet.palette
    left, bottom = (axes.get_position().x0 * sheet.width, axes.get_position().y0 * sheet.height)
    axes.set_xlim(across.low, across.high)
    axes.set_ylim(up.low, up.high)
    axes.set_facecolor(palette.page)
    axes.locator_params(axis="x", nbins=9, steps=[1, 2, 2.5, 5, 10])
    axes.locator_params(axis="y", nbins=max(3, int(up.length / 30)), steps=[1, 2, 2.5, 5, 10])
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(lambda value, _: number(value + 0.0, 10).replace("-", "−"))
    axes.tick_params(length=3, width=0.7, color=palette.zero, labelcolor=palette.quiet, labelsize=TICK)
    axes.tick_params(axis="x", labelbottom=with_axis, labelfontfamily=sheet.families)
    axes.grid(color=palette.grid, linewidth=0.7)
    axes.set_axisbelow(True)
    for side, spine in axes.spines.items():
        spine.set_visible(side in ("left", "bottom"))
        spine.set(color=palette.zero, linewidth=0.7)
    if panel.zero_lines:
        zero = {"color": palette.zero, "linewidth": 0.8, "zorder": 1.5}
        if up.low < 0 < up.high:
            axes.axhline(0, **zero)
        if across.low < 0 < across.high:
            axes.axvline(0, **zero)
    middle = bottom + up.length / 2
    sheet.write(
        EDGE, middle, sheet.shortened(sheet.clean(panel.y_label), up.length), rotation=90, va="center"
    )
    if with_axis:
        name = sheet.shortened(sheet.clean(panel.x_label), across.length)
        sheet.write(left + across.length / 2, bottom - 29, name, ha="center", va="baseline")
    if panel.title:
        title = sheet.shortened(sheet.clean(panel.title), across.length)
        sheet.write(left, bottom + up.length + 5, title, va="baseline", weight="bold")


def _colour(sheet: Sheet, item: Any) -> str:
    return colour(sheet.palette, item.series, getattr(item, "role", "value"), sheet.alone)


def _areas(sheet: Sheet, panel: Panel, axes: Any) -> None:
    for span in panel.spans:
        axes.axvspan(span.low, span.high, color=sheet.palette.shade, linewidth=0, zorder=0.4)
    for band in panel.bands:
        axes.fill_between(
            band.x, band.low, band.high, color=_colour(sheet, band), alpha=0.18, linewidth=0, zorder=1.6
        )
    for level in panel.levels:
        axes.axhline(level.y, color=sheet.palette.quiet, linewidth=0.8, dashes=(4, 3), zorder=1.7)


def _line(sheet: Sheet, panel: Panel, axes: Any, curve: Curve, up: Scale) -> None:
    roles = len({other.role for other in panel.curves})
    reach = 50 * (up.high - up.low)
    pattern = dashes(curve.series, curve.role, roles)
    axes.plot(
        curve.x,
        np.clip(np.array(curve.y), up.low - reach, up.high + reach),
        color=_colour(sheet, curve),
        linewidth=_LINE_WIDTH,
        linestyle=(0, pattern) if pattern else "-",
        dash_capstyle="butt",
        solid_capstyle="butt",
        solid_joinstyle="round",
        zorder=2.5,
    )


def _mark_colour(sheet: Sheet, panel: Panel, mark: Mark) -> str:
    """Return the colour of the curve that a mark belongs to: the first of its series in this panel."""
    owner = next((curve for curve in panel.curves if curve.series == mark.series), mark)
    return _colour(sheet, owner)


def _dots(sheet: Sheet, panel: Panel, axes: Any) -> None:
    for mark in panel.marks:
        shade = _mark_colour(sheet, panel, mark)
        face = sheet.palette.page if mark.kind == "open" else shade
        size = _DOT if mark.kind != "peak" else _DOT - 0.8
        style = {
            "markerfacecolor": face,
            "markeredgecolor": shade,
            "markeredgewidth": 1.3,
            "markersize": size,
        }
        zorder = 3.2 if mark.kind == "closed" else 3.0
        axes.plot([mark.x], [mark.y], marker="o", linestyle="none", zorder=zorder, clip_on=False, **style)


class _Words:
    """Puts the words of one panel where they cover nothing."""

    def __init__(self, sheet: Sheet, panel: Panel, axes: Any, page: Page, both: tuple[Scale, Scale]) -> None:
        self.sheet, self.panel, self.axes, self.page = sheet, panel, axes, page
        self.across, self.up = both
        corner = axes.get_position()
        self.left, self.bottom = corner.x0 * sheet.width, corner.y0 * sheet.height

    def marks(self) -> None:
        """Write beside each labelled mark."""
        dots = [(self.across.at(mark.x), self.up.at(mark.y), mark) for mark in self.panel.marks]
        self.page.words += [(x - 3, y - 3, x + 3, y + 3) for x, y, _ in dots]
        for x, y, mark in dots:
            if mark.label:
                above = mark.y >= 0
                self._put(
                    mark.label, lambda width, x=x, y=y, up=above: around(x, y, width, _WORD_HEIGHT, 5, up)
                )

    def levels(self) -> None:
        """Write above or below each level, at the end that is free."""
        for level in self.panel.levels:
            y = self.up.at(level.y)
            if level.label and 0 <= y <= self.page.height:
                self._put(
                    level.label, lambda width, y=y: self._along(y, width), color=self.sheet.palette.quiet
                )

    def spans(self) -> None:
        """Write into each labelled strip, across it or, where it is narrow, up it."""
        for span in self.panel.spans:
            start, stop = (min(max(self.across.at(x), 0.0), self.page.width) for x in (span.low, span.high))
            label = self.sheet.clean(span.label)
            width = self.sheet.measure(label)
            upright = width + 8 > stop - start
            if label and stop - start > _WORD_HEIGHT + 2:
                size = (_WORD_HEIGHT, width) if upright else (width, _WORD_HEIGHT)
                middle, room = (start + stop) / 2, self.page.height
                boxes = [
                    _centred(middle, share * room, size)
                    for share in (0.5, 0.62, 0.38, 0.74, 0.26, 0.86, 0.14)
                ]
                style = {"rotation": 90 if upright else 0, "color": self.sheet.palette.quiet}
                self._write(boxes[self.page.place(boxes)], label, **style)

    def ends(self) -> None:
        """Write beside the right end of each curve: in the margin, or inside where it leaves the panel."""
        margin: list[tuple[str, float, str]] = []
        for curve in self.panel.curves:
            end = self._end(curve) if curve.label else None
            if end is not None and end[0] >= self.page.width - 6:
                margin.append((curve.label, end[1], _colour(self.sheet, curve)))
            elif end is not None:
                x, y = end
                above = y < self.page.height / 2
                places = lambda width, x=x, y=y, up=above: _beside(x, y, width, self.page, up)
                self._put(curve.label, places, color=_colour(self.sheet, curve))
        bands = [band for band in self.panel.bands if band.label and np.isfinite(band.high[-1])]
        margin += [(band.label, self.up.at(band.high[-1]), _colour(self.sheet, band)) for band in bands]
        self._margin(margin)

    def _margin(self, labels: list[tuple[str, float, str]]) -> None:
        ends = [min(max(y, 0.0), self.page.height) for _, y, _ in labels]
        places = spread(ends, _WORD_HEIGHT + 0.5, 0.0, self.page.height)
        moved = any(abs(end - place) > 1 for end, place in zip(ends, places, strict=True))
        right, gap = self.left + self.page.width, 16.0 if moved else 6.0
        room = self.sheet.width - right - gap - 3
        for (label, _, shade), end, place in zip(labels, ends, places, strict=True):
            text = self.sheet.shortened(self.sheet.clean(label), room)
            self.sheet.write(right + gap, self.bottom + place, text, va="center_baseline", color=shade)
            if moved:
                self._leader((right + 2, right + gap - 2), (self.bottom + end, self.bottom + place), shade)

    def _leader(self, x: tuple[float, float], y: tuple[float, float], shade: str) -> None:
        sheet = self.sheet
        places = [value / sheet.width for value in x], [value / sheet.height for value in y]
        style = {"transform": sheet.figure.transFigure, "clip_on": False, "linewidth": 0.7}
        self.axes.plot(*places, color=shade, **style)

    def _end(self, curve: Curve) -> tuple[float, float] | None:
        """Return the last point of a curve that the panel shows, in points, or None."""
        x, y = self.across(np.array(curve.x)), self.up(np.array(curve.y))
        shown = np.flatnonzero(
            np.isfinite(y) & (y >= -1) & (y <= self.page.height + 1) & (x <= self.page.width + 1)
        )
        return (float(x[shown[-1]]), float(y[shown[-1]])) if shown.size else None

    def _along(self, y: float, width: float) -> list[WordBox]:
        starts = (self.page.width - width - 4, 4.0, (self.page.width - width) / 2)
        lows = (y + 1.5, y - _WORD_HEIGHT - 1.5)
        return [(x, low, x + width, low + _WORD_HEIGHT) for low in lows for x in starts]

    def _put(self, label: str, boxes: Any, **style: Any) -> None:
        text = self.sheet.shortened(self.sheet.clean(label), self.page.width - 8)
        candidates = boxes(self.sheet.measure(text))
        self._write(candidates[self.page.place(candidates)], text, **style)

    def _write(self, box: WordBox, text: str, **style: Any) -> None:
        x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
        style = {"ha": "center", "va": "center", "size": WORD, **style}
        self.sheet.write(self.left + x, self.bottom + y, text, **style)


def _centred(x: float, y: float, size: tuple[float, float]) -> WordBox:
    width, height = size
    return (x - width / 2, y - height / 2, x + width / 2, y + height / 2)


def _beside(x: float, y: float, width: float, page: Page, up: bool) -> list[WordBox]:
    """Return boxes for the name of a curve that leaves the panel at (x, y) through its top or bottom."""
    rows = [0.0, 1.0, 2.0, 3.0, 4.0]
    boxes = []
    for row in rows:
        low = row * (_WORD_HEIGHT + 1) + 2 if up else page.height - (row + 1) * (_WORD_HEIGHT + 1) - 2
        boxes += [
            (x + 6, low, x + 6 + width, low + _WORD_HEIGHT),
            (x - 6 - width, low, x - 6, low + _WORD_HEIGHT),
        ]
    return boxes
