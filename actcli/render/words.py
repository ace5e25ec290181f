"""The words inside one panel and beside it: names of curves, marks, levels and strips."""

import math
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from actcli.render.layout import Box, Page, around, spread
from actcli.render.palette import BAND_ALPHA, LINE_WIDTH, Dashes, dashes
from actcli.render.scales import Scale
from actcli.render.sheet import KEY, WORD, Sheet, keyed
from actcli.report import Curve, Panel

_HEIGHT = 10.5
# A word farther than this from what it names gets a line to it.
_FAR = 9.0


class _Name(NamedTuple):
    """The name of a curve, or of a band (no dashes), the height where it ends, and how it is drawn."""

    label: str
    end: float
    shade: str
    dashes: Dashes | None


class Words:
    """Puts the words of one panel where they cover nothing.

    `corner` is the lower left of the panel on the sheet, `both` its axes, `shades` the colours of its curves.
    """

    def __init__(
        self,
        sheet: Sheet,
        panel: Panel,
        page: Page,
        corner: tuple[float, float],
        both: tuple[Scale, Scale],
        shades: list[str],
    ) -> None:
        self.sheet, self.panel, self.page, self.shades = sheet, panel, page, shades
        self.left, self.bottom = corner
        self.across, self.up = both
        self.dots = [(self.across.at(mark.x), self.up.at(mark.y), mark) for mark in panel.marks]

    def write(self) -> None:
        """Write all of them: the least movable first."""
        self.page.words += [(x - 3, y - 3, x + 3, y + 3) for x, y, _ in self.dots]
        self._ends()
        self._marks()
        self._levels()
        self._spans()

    def _marks(self) -> None:
        """Write beside each labelled mark."""
        for x, y, mark in self.dots:
            if mark.label and 0 <= x <= self.page.width and 0 <= y <= self.page.height:
                place = partial(around, height=_HEIGHT, x=x, y=y, away=5, above=mark.y >= 0)
                self._lead(self._put(mark.label, place), x, y)

    def _lead(self, box: Box, x: float, y: float) -> None:
        """Draw a thin line from the point (x, y) to its word where that stands far off."""
        left, bottom, right, top = box
        near = min(max(x, left), right), min(max(y, bottom), top)
        if math.dist(near, (x, y)) > _FAR:
            ends = (self.left + x, self.left + near[0]), (self.bottom + y, self.bottom + near[1])
            self.sheet.pen.line(*ends, None, color=self.sheet.palette.quiet, linewidth=0.6, zorder=2.45)

    def _levels(self) -> None:
        """Write above or below each level, at the end that is free."""
        for level in self.panel.levels:
            y = self.up.at(level.y)
            if level.label and 0 <= y <= self.page.height:
                self._put(level.label, partial(_along, y=y, page=self.page), color=self.sheet.palette.quiet)

    def _spans(self) -> None:
        """Write into each labelled strip, across it or, where it is narrow, up it."""
        for span in self.panel.spans:
            start, stop = (min(max(self.across.at(x), 0.0), self.page.width) for x in (span.low, span.high))
            label = self.sheet.shortened(self.sheet.clean(span.label), self.page.height - 6)
            width = self.sheet.measure(label)
            upright = width + 8 > stop - start
            if label and stop - start > _HEIGHT + 2:
                size = (_HEIGHT, width) if upright else (width, _HEIGHT)
                boxes = _along_strip((start + stop) / 2, size, self.page.height)
                style: dict[str, Any] = {"rotation": 90 if upright else 0, "color": self.sheet.palette.quiet}
                style["bbox"] = {"facecolor": self.sheet.palette.shade, "linewidth": 0, "pad": 1}
                self._write(boxes[self.page.place(boxes)], label, **style)

    def _ends(self) -> None:
        """Write beside the right end of each curve: in the margin, or inside where it leaves the panel."""
        margin: list[_Name] = []
        shown = list(zip(self.panel.curves, self.shades, strict=True))
        in_key = keyed(self.panel)
        for curve, shade, drawn in zip(self.panel.curves, self.shades, self.page.curves, strict=True):
            end = self._end(curve, drawn) if curve.label else None
            if end is not None and (in_key or end[0] >= self.page.width - 6):
                pattern = dashes(curve.series, curve.role, len({other.role for other in self.panel.curves}))
                margin.append(_Name(curve.label, end[1], shade, pattern))
            elif end is not None and _FAR < end[1] < self.page.height - _FAR:
                place = partial(around, height=_HEIGHT, x=end[0], y=end[1], away=4)
                self._lead(self._put(curve.label, place, color=shade), *end)
            elif end is not None:
                self._put(curve.label, partial(_beside, end=end, page=self.page), color=shade)
        # A band has the colour of the first curve of its series.
        owners = {curve.series: shade for curve, shade in reversed(shown)}
        for band in self.panel.bands:
            shade = owners.get(band.series, self.sheet.palette.quiet)
            if band.label and np.isfinite(band.high[-1]):
                margin.append(_Name(band.label, self.up.at(band.high[-1]), shade, None))
        if in_key:
            self._key(margin)
        else:
            self._margin(margin)

    def _key(self, names: list["_Name"]) -> None:
        """Write names beside a sample of their line, from top to bottom, where their curves end."""
        # Ends that no eye tells apart are equal, and equal ones are spread upwards in this order.
        ends = [round(min(max(name.end, 0.0), self.page.height), 1) for name in reversed(names)]
        places = spread(ends, _HEIGHT + 1.5, 0.0, self.page.height)
        start = self.left + self.page.width + 5.0
        for name, place in zip(reversed(names), places, strict=True):
            y = self.bottom + place
            if name.dashes is None:
                corners = (start, start + KEY, start + KEY, start), (y - 3, y - 3, y + 3, y + 3)
                self.sheet.pen.area(*corners, None, color=name.shade, alpha=BAND_ALPHA)
            else:
                style = {"linestyle": (0, name.dashes) if name.dashes else "-", "linewidth": LINE_WIDTH}
                self.sheet.pen.line((start, start + KEY), (y, y), None, color=name.shade, **style)
            left = start + KEY + 4.0
            text = self.sheet.abridged(self.sheet.clean(name.label), self.sheet.width - left - 3)
            # In the colour of the median a band would look like the same thing.
            colour = self.sheet.palette.quiet if name.dashes is None else name.shade
            self.sheet.write(left, y, text, va="center_baseline", color=colour)

    def _margin(self, names: list["_Name"]) -> None:
        ends = [min(max(name.end, 0.0), self.page.height) for name in names]
        places = spread(ends, _HEIGHT + 0.5, 0.0, self.page.height)
        moved = any(abs(end - place) > 1 for end, place in zip(ends, places, strict=True))
        right, gap = self.left + self.page.width, 16.0 if moved else 6.0
        for name, end, place in zip(names, ends, places, strict=True):
            text = self.sheet.abridged(self.sheet.clean(name.label), self.sheet.width - right - gap - 3)
            self.sheet.write(right + gap, self.bottom + place, text, va="center_baseline", color=name.shade)
            if moved:
                leader = (right + 2, right + gap - 2), (self.bottom + end, self.bottom + place)
                self.sheet.pen.line(*leader, None, color=name.shade, linewidth=0.7)

    def _end(self, curve: Curve, drawn: NDArray[np.float64]) -> tuple[float, float] | None:
        """Return the last point of a curve that the panel shows, in points, or None.

        `drawn` is the line as traced; one that leads nowhere is made of lone points.
        """
        x, y = drawn.T if len(drawn) else (self.across(np.array(curve.x)), self.up(np.array(curve.y)))
        inside = (y >= -1) & (y <= self.page.height + 1) & (x >= -1) & (x <= self.page.width + 1)
        shown = np.flatnonzero(inside)
        return (float(x[shown[-1]]), float(y[shown[-1]])) if shown.size else None

    def _put(self, label: str, boxes: Callable[[float], list[Box]], **style: Any) -> Box:
        text = self.sheet.shortened(self.sheet.clean(label), self.page.width - 8)
        candidates = boxes(self.sheet.measure(text))
        chosen = candidates[self.page.place(candidates)]
        self._write(chosen, text, **style)
        return chosen

    def _write(self, box: Box, text: str, **style: Any) -> None:
        x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
        shaded = any(self.across.at(span.low) < x < self.across.at(span.high) for span in self.panel.spans)
        ground = self.sheet.palette.shade if shaded else self.sheet.palette.page
        # Zero lines and grid under a word show through faintly; curves run over it.
        paper = {"facecolor": ground, "alpha": 0.8, "linewidth": 0, "pad": 0.5}
        style = {"ha": "center", "va": "center", "size": WORD, "bbox": paper, **style}
        self.sheet.write(self.left + x, self.bottom + y, text, **style)


def _along(width: float, y: float, page: Page) -> list[Box]:
    """Return boxes above and below a level: at its right end, its left end, its middle."""
    starts = (page.width - width - 4, 4.0, (page.width - width) / 2)
    return [(x, low, x + width, low + _HEIGHT) for low in (y + 1.5, y - _HEIGHT - 1.5) for x in starts]


def _along_strip(x: float, size: tuple[float, float], room: float) -> list[Box]:
    """Return boxes centred on x, from the middle of the panel outwards."""
    width, height = size
    slack = max(room - height - 6, 0.0) / 2
    middles = [room / 2 + share * slack for share in (0.0, 0.5, -0.5, 0.75, -0.75, 1.0, -1.0)]
    return [(x - width / 2, y - height / 2, x + width / 2, y + height / 2) for y in middles]


def _beside(width: float, end: tuple[float, float], page: Page) -> list[Box]:
    """Return boxes for the name of a curve that leaves the panel at `end`, through its top or bottom."""
    x, y = end
    boxes = []
    for row in range(5):
        step = row * (_HEIGHT + 1) + 2
        low = step if y < page.height / 2 else page.height - step - _HEIGHT
        lefts = (x + 6, x - 6 - width, x - 14 - width, x - 24 - width)
        boxes += [(left, low, left + width, low + _HEIGHT) for left in lefts]
    return boxes
