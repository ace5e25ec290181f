"""The page of a picture: its size, its heading, its texts, and where each panel goes."""

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Protocol

from actcli.render.palette import Palette
from actcli.render.scales import Scale, scales
from actcli.render.text import number, printable
from actcli.report import Chart, Panel

Rectangle = tuple[float, float, float, float]
"""Left, bottom, width, height."""

WIDTH = 468.0
EDGE = 14.0
WORD, TICK = 8.5, 8.0
TO_TICK = 5.0
"""From an axis to the numbers on it."""
_FROM_NAME = 9.0
_BETWEEN_TICKS = 9.0
KEY = 20.0
"""How long the sample of a line beside its name is."""
_LEFT = 58.0
_TITLE, _SUBTITLE = 12.5, 9.0
# As many as the longest title that the command line takes.
_TITLE_LINES = 7
_BOTTOM = 40.0
_WIDEST_LABEL = 176.0
_PANEL_HEIGHTS = {1: 236.0, 2: 158.0}
_LOWEST_PANEL = 128.0
# A panel is high enough for the names beside it to stand apart, of this many curves at most.
_NAME, _MOST_NAMES = 10.5, 24
# Numbers on an axis that all lie between these, but for 0, stand without a power of ten.
_PLAIN = (1e-4, 1e6)
_GAP, _GAP_WITH_AXIS, _PANEL_TITLE = 16.0, 46.0, 16.0


class Pen(Protocol):
    """What draws: places are points from the lower left, `style` is matplotlib's, `clip` a box to stay in."""

    def resize(self, width: float, height: float) -> None:
        """Set the size of the page."""

    def text(self, x: float, y: float, text: str, **style: Any) -> None:
        """Put a text at a place."""

    def line(self, x: Any, y: Any, clip: Rectangle | None, **style: Any) -> None:
        """Draw a line through points; a nan lifts the pen."""

    def area(self, x: Any, y: Any, clip: Rectangle | None, **style: Any) -> None:
        """Fill the polygon through points."""

    def measure(self, text: str, size: float, weight: str) -> float:
        """Return the width of a text."""


@dataclass
class Sheet:
    """A page with what every drawing step needs; lengths are in points.

    `missing` are the letters that no font has, `alone` says that the whole picture shows one series.
    """

    pen: Pen
    palette: Palette
    missing: frozenset[str]
    alone: bool
    width: float = WIDTH
    height: float = 0.0

    def clean(self, text: str) -> str:
        """Return `text` on one line, with a box for each letter that no font has."""
        text = "".join("□" if c in self.missing else c for c in printable(text))
        # An f leans into the prime behind it: a hair's breadth keeps them apart.
        return text.replace("f′", "f\u200a′").replace("f″", "f\u200a″")

    def measure(self, text: str, size: float = WORD, weight: str = "normal") -> float:
        """Return the width of a cleaned text."""
        return self.pen.measure(text, size, weight)

    def shortened(self, text: str, room: float, size: float = WORD, weight: str = "normal") -> str:
        """Return a cleaned text, cut with an ellipsis where it is wider than `room`."""
        if self.measure(text, size, weight) <= room:
            return text
        low, high = 0, len(text)
        while low < high:
            middle = (low + high + 1) // 2
            fits = self.measure(text[:middle] + "…", size, weight) <= room
            low, high = (middle, high) if fits else (low, middle - 1)
        return text[:low].rstrip() + "…"

    def abridged(self, text: str, room: float) -> str:
        """Return a cleaned name cut to `room`, whole behind its last comma: the number that goes with it."""
        name, comma, rest = text.rpartition(", ")
        room_left = room - self.measure(comma + rest)
        if self.measure(text) <= room or not comma or room_left < room / 2:
            return self.shortened(text, room)
        return self.shortened(name, room_left) + comma + rest

    def folded(self, text: str, room: float, size: float, weight: str, most: int) -> list[str]:
        """Return a text as at most this many lines of this width."""
        lines: list[str] = []
        line = ""
        for word in self.clean(text).split(" "):
            longer = f"{line} {word}" if line else word
            if line and len(lines) < most - 1 and self.measure(longer, size, weight) > room:
                lines.append(line)
                longer = word
            line = longer
        return [self.shortened(part, room, size, weight) for part in (*lines, line)]

    def write(self, x: float, y: float, text: str, **style: Any) -> None:
        """Put a cleaned text at a place, in the usual size and colour unless `style` says otherwise."""
        self.pen.text(x, y, text, **{"size": WORD, "color": self.palette.text, "zorder": 2.4, **style})


def arrange(sheet: Sheet, chart: Chart, title: str) -> list[Rectangle]:
    """Set the height of the sheet, write the heading, and return the place of every panel."""
    heading = _heading(sheet, title, chart.subtitle)
    start = EDGE + sum(step for *_, step in heading)
    tops, height = _rows(chart.panels, start)
    sheet.height = tops[-1] + height + _BOTTOM if tops else start + EDGE
    sheet.pen.resize(sheet.width, sheet.height)
    down = EDGE
    for text, style, step in heading:
        sheet.write(EDGE, sheet.height - down, text, va="top", **style)
        down += step
    left, room = _axis_room(sheet, chart, height), min(_label_room(sheet, chart), _WIDEST_LABEL) + EDGE
    return [(left, sheet.height - top - height, sheet.width - left - room, height) for top in tops]


def shares_axis(above: Panel, below: Panel) -> bool:
    """Return whether two panels show the same range of the same thing, so that one axis serves both."""
    return above.x_label == below.x_label and above.x_range is not None and above.x_range == below.x_range


def _heading(sheet: Sheet, title: str, subtitle: str) -> list[tuple[str, dict[str, Any], float]]:
    room = sheet.width - 2 * EDGE
    strong = {"size": _TITLE, "weight": "bold"}
    soft = {"size": _SUBTITLE, "color": sheet.palette.quiet}
    lines = [(text, strong, 19.0) for text in sheet.folded(title, room, _TITLE, "bold", _TITLE_LINES)]
    for row in subtitle.split("\n") if subtitle else []:
        lines += [(text, soft, 13.5) for text in sheet.folded(row, room, _SUBTITLE, "normal", 3)]
    return [*lines, ("", {}, 10.0)]


def _rows(panels: tuple[Panel, ...], start: float) -> tuple[list[float], float]:
    """Return the distance of every panel from the top of the page, and the height of them all."""
    names = max((sum(bool(curve.label) for curve in panel.curves) for panel in panels), default=0)
    height = max(_PANEL_HEIGHTS.get(len(panels), _LOWEST_PANEL), _NAME * min(names - 1, _MOST_NAMES))
    tops: list[float] = []
    for place, panel in enumerate(panels):
        if place:
            start += height + (_GAP if shares_axis(panels[place - 1], panel) else _GAP_WITH_AXIS)
        start += _PANEL_TITLE if panel.title else 0.0
        tops.append(start)
    return tops, height


def keyed(panel: Panel) -> bool:
    """Return whether names need a sample beside them: where curves end in one point, and beside a band."""
    ends = [(curve.x[-1], curve.y[-1]) for curve in panel.curves if curve.label and curve.x]
    known = [end for end in ends if all(map(math.isfinite, end))]
    return len(set(known)) < len(known) or any(band.label for band in panel.bands)


def row_ticks(scale: Scale) -> list[float]:
    """Return the numbers on an upright axis."""
    return scale.ticks(max(3, int(scale.length / 28)))


def column_ticks(sheet: Sheet, scale: Scale) -> list[float]:
    """Return the numbers on a level axis: as many as stand apart."""
    found: list[float] = []
    for most in range(9, 0, -1):
        found = scale.ticks(most)
        widest = max((sheet.measure(text, TICK) for text in tick_texts(found)), default=0.0)
        places = [scale.at(value) for value in found]
        if all(right - left >= widest + _BETWEEN_TICKS for left, right in pairwise(places)):
            break
    return found


def tick_texts(values: list[float]) -> list[str]:
    """Return the numbers of one axis as they stand on it, all of them plain or all with a power of ten."""
    plain = [number(value + 0.0, 10) for value in values]
    if not all(_PLAIN[0] <= abs(value) < _PLAIN[1] for value in values if value):
        short = [
            f"{number(float(mantissa), 10)}e{int(power)}" if float(mantissa) else "0"
            for mantissa, power in (f"{value:.9e}".split("e") for value in values)
        ]
        plain = min(short, plain, key=lambda texts: max(map(len, texts), default=0))
    return [text.replace("-", "−") for text in plain]


def _axis_room(sheet: Sheet, chart: Chart, height: float) -> float:
    """Return the room on the left, for the names of the axes and the widest number on them."""
    upright = (scales(panel, sheet.width, height)[1] for panel in chart.panels)
    widest = max(
        (sheet.measure(text, TICK) for scale in upright for text in tick_texts(row_ticks(scale))), default=0.0
    )
    return max(_LEFT, EDGE + WORD + _FROM_NAME + widest + TO_TICK)


def _label_room(sheet: Sheet, chart: Chart) -> float:
    room = 0.0
    for panel in chart.panels:
        labels = [curve.label for curve in panel.curves] + [band.label for band in panel.bands]
        beside = KEY + 10.0 if keyed(panel) else 18.0
        room = max([room, *(sheet.measure(sheet.clean(label)) + beside for label in labels if label)])
    return room
