"""A grid of characters to draw lines on: braille dots, or plain ASCII signs."""

import math
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from actcli.render.palette import Dashes

BAND_INK = 1_000
"""Inks of bands begin here, in the order of the curves whose colour they have."""
# The dots of a braille character, by row from the top and column.
_DOTS = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]])
_BRAILLE = 0x2800
_ASCII_CURVES = "*+x%=&$~"
_ASCII_BAND = ":"
_COLOURS = (34, 31, 32, 35, 33, 36)


class Style(NamedTuple):
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

    def sign(self, ink: int) -> str:
        """Return the ASCII sign of an ink."""
        return _ASCII_BAND if ink >= BAND_INK else _ASCII_CURVES[ink % len(_ASCII_CURVES)]


_KINDS = ("closed", "open", "peak", "cross", "end")
UNICODE = Style(2, 4, "┈", "┊", "╌", "│", "─", "└", dict(zip(_KINDS, "●○◆×╴", strict=True)), "↑", "↓")
PLAIN = Style(1, 1, ".", ".", "-", "|", "-", "+", dict(zip(_KINDS, "@o^X_", strict=True)), "^", "v")


@dataclass
class Canvas:
    """A grid of cells: braille dots or signs of curves, the ink on top, and single signs over them.

    An ink is a number: that of the curve in its panel, negative for none; it decides sign and colour.
    """

    columns: int
    rows: int
    style: Style
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

    def draw(self, points: NDArray[np.float64], ink: int, pattern: Dashes) -> None:
        """Set the dots along a traced line, leaving the gaps of its dash pattern."""
        inside = (points > -0.5).all(axis=1)
        inside &= (points[:, 0] < self.columns * self.style.across - 0.5) & (
            points[:, 1] < self.rows * self.style.down - 0.5
        )
        inked = _inked(points, pattern) if self.style is UNICODE else np.ones(len(points), dtype=bool)
        places = np.rint(points[inside & inked]).astype(int)
        rows = self.rows - 1 - places[:, 1] // self.style.down
        columns = places[:, 0] // self.style.across
        down = self.style.down - 1 - places[:, 1] % self.style.down
        np.bitwise_or.at(self.dots, (rows, columns), _DOTS[down % 4, places[:, 0] % self.style.across])
        self.owner[rows, columns] = ink

    def line(self, row: int, colour: bool) -> str:
        """Return one row as text."""
        parts = []
        for column in range(self.columns):
            place = (row, column)
            ink = int(self.owner[place])
            sign = self.signs.get(place)
            if sign is None and ink < 0:
                parts.append(self.ground.get(place, " "))
                continue
            shown = sign or self._curve(place, ink)
            code = _COLOURS[ink % BAND_INK % len(_COLOURS)] if colour and ink >= 0 else None
            parts.append(f"\x1b[{code}m{shown}\x1b[0m" if code else shown)
        return "".join(parts)

    def _curve(self, place: tuple[int, int], ink: int) -> str:
        if self.style is UNICODE:
            return chr(_BRAILLE + int(self.dots[place]))
        return self.style.sign(ink)


def _inked(points: NDArray[np.float64], pattern: Dashes) -> NDArray[np.bool_]:
    """Return which points of a traced line its dash pattern draws; lengths are in dots."""
    if not pattern or not len(points):
        return np.ones(len(points), dtype=bool)
    steps = np.hypot(*np.diff(points, axis=0, prepend=points[:1]).T)
    along = np.cumsum(np.minimum(steps, 1.0)) % sum(pattern)
    return np.asarray(np.searchsorted(np.cumsum(pattern), along, side="right") % 2 == 0)
