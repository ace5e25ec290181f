"""What part of the plane a panel shows, and where a point of it stands on the page."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from actcli.report import Panel

_NICE = (1.0, 2.0, 2.5, 5.0, 10.0)
_WHOLE = (1.0, 2.0, 5.0, 10.0)
_LARGEST = 1e290
_MARGIN = 0.07
# Room above and below for the words at extrema and levels.
_WORD_MARGIN = 0.17


class Scale(NamedTuple):
    """A linear axis from `low` to `high` along `length` points of the page; `counts` asks for whole ticks."""

    low: float
    high: float
    length: float
    counts: bool = False

    def __call__(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return distances from the start of the axis in points; far-off values are drawn nearer."""
        reach = 50 * (self.high - self.low)
        near = np.clip(values, self.low - reach, self.high + reach)
        return (near - self.low) / (self.high - self.low) * self.length

    def at(self, value: float) -> float:
        """Return the place of one value, in points."""
        return float(self(np.array([value]))[0])

    def ticks(self, most: int) -> list[float]:
        """Return about as many round numbers on the axis, evenly spaced; whole ones where it counts."""
        least = (self.high - self.low) / max(most, 1)
        least = max(least, 1.0) if self.counts else least
        power = 10.0 ** math.floor(math.log10(least))
        nice = _WHOLE if self.counts else _NICE
        step = next(power * factor for factor in nice if power * factor >= least * (1 - 1e-9))
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        return [index * step for index in range(first, last + 1)]


def scales(panel: Panel, width: float, height: float) -> tuple[Scale, Scale]:
    """Return the two axes of a panel: as it asks, else around everything drawn in it."""
    low, high = panel.x_range or _around(
        _finite([c.x for c in panel.curves], [m.x for m in panel.marks]), 0.0, 0.0
    )
    counts = all(float(x).is_integer() for curve in panel.curves for x in curve.x)
    horizontal = Scale(low, high, width, counts and high - low >= 1)
    if panel.y_range:
        return horizontal, Scale(*panel.y_range, height)
    rows = [c.y for c in panel.curves] + [b.low for b in panel.bands] + [b.high for b in panel.bands]
    values = _finite(rows, [m.y for m in panel.marks] + [level.y for level in panel.levels])
    words = [mark.y for mark in panel.marks if mark.label]
    words += [level.y for level in panel.levels if level.label]
    return horizontal, Scale(*_around(values, *_margins(values, words)), height)


def _margins(values: NDArray[np.float64], words: list[float]) -> tuple[float, float]:
    """Return the shares of the height to leave below and above, more where words stand at the end."""
    if not values.size:
        return _MARGIN, _MARGIN
    low, high = float(values.min()), float(values.max())
    near = _WORD_MARGIN * (high - low)
    # Words stand above what is above zero, and below what is below.
    below = any(y < 0 and y - low < near for y in words)
    above = any(y > 0 and high - y < near for y in words)
    return _WORD_MARGIN if below else _MARGIN, _WORD_MARGIN if above else _MARGIN


def _finite(rows: list[tuple[float, ...]], more: list[float]) -> NDArray[np.float64]:
    values = np.array([value for row in (*rows, more) for value in row], dtype=np.float64)
    # Differences of what is kept must be finite too.
    return np.clip(values[np.isfinite(values)], -_LARGEST, _LARGEST)


def _around(values: NDArray[np.float64], below: float, above: float) -> tuple[float, float]:
    low, high = (float(values.min()), float(values.max())) if values.size else (0.0, 1.0)
    if high - low <= max(1e-12 * max(abs(low), abs(high)), 1 / _LARGEST):
        half = abs(low) if abs(low) > 1 / _LARGEST else 1.0
        return low - half, high + half
    return low - below * (high - low), high + above * (high - low)
