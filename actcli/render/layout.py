"""Where the words of a picture go, in points (1/72 inch): none over another, few over a curve."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Box = tuple[float, float, float, float]
"""Left, bottom, right, top."""

# A covered word is worse than any number of covered points of a curve, and one outside the page worse still.
_WORD_COST = 1_000.0
_OUTSIDE_COST = 100_000.0
_STEP = 2.0


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Return positions at least `gap` apart in [low, high], as near (least squares) to `wanted` as can be.

    Where there is no room for all of them, they are spaced evenly.
    """
    count = len(wanted)
    if count == 0:
        return []
    gap = min(gap, (high - low) / max(count - 1, 1))
    order = sorted(range(count), key=lambda i: wanted[i])
    # Without the gaps the positions need only be in order: pool neighbours that are not.
    groups: list[list[float]] = []
    for rank, index in enumerate(order):
        groups.append([wanted[index] - rank * gap, 1])
        while len(groups) > 1 and groups[-2][0] >= groups[-1][0]:
            mean, size = groups.pop()
            total = groups[-1][1] + size
            groups[-1] = [(groups[-1][0] * groups[-1][1] + mean * size) / total, total]
    pooled = [mean for mean, size in groups for _ in range(int(size))]
    top = high - (count - 1) * gap
    places = [0.0] * count
    for rank, index in enumerate(order):
        places[index] = min(max(pooled[rank], low), top) + rank * gap
    return places


def traced(x: NDArray[np.float64], y: NDArray[np.float64], step: float = _STEP) -> NDArray[np.float64]:
    """Return points no more than `step` apart along a line; nan in `y` lifts the pen."""
    lengths = np.hypot(np.diff(x), np.diff(y))
    drawn = np.isfinite(lengths)
    steps = np.where(drawn, np.clip(np.ceil(lengths / step), 1, 2000), 0).astype(int)
    # Each segment holds its start; the last one of a run its end too.
    counts = steps + (drawn & ~np.append(drawn[1:], False))
    starts = np.repeat(np.arange(len(counts)), counts)
    share = (np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)) / steps[starts]
    between = [edge[starts] + share * (edge[starts + 1] - edge[starts]) for edge in (x, y)]
    return np.column_stack(between)


def isolated(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.intp]:
    """Return the indices of points that only a dot can show: no line leads there, and none passes near."""
    known = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
    apart = (np.diff(known) > 1) & (np.hypot(np.diff(x[known]), np.diff(y[known])) > _STEP)
    return known[np.append(True, apart) & np.append(apart, True)] if known.size else known


@dataclass
class Page:
    """A panel of this width and height with the curves drawn so far, as points, and the words, as boxes."""

    width: float
    height: float
    curves: list[NDArray[np.float64]] = field(default_factory=list)
    words: list[Box] = field(default_factory=list)

    def place(self, candidates: Sequence[Box]) -> int:
        """Take the candidate that covers least, earlier ones first, and return its index."""
        costs = [self._cost(box) for box in candidates]
        best = costs.index(min(costs))
        self.words.append(candidates[best])
        return best

    def _cost(self, box: Box) -> float:
        left, bottom, right, top = box
        covered = sum(
            float(((x > left - 1) & (x < right + 1) & (y > bottom - 1) & (y < top + 1)).sum())
            for x, y in (points.T for points in self.curves)
        )
        words = sum(left < r and right > le and bottom < t and top > b for le, b, r, t in self.words)
        outside = max(-left, -bottom, right - self.width, top - self.height, 0.0)
        return covered + words * _WORD_COST + outside * _OUTSIDE_COST


def around(width: float, height: float, x: float, y: float, away: float, above: bool = True) -> list[Box]:
    """Return boxes for a word beside the point (x, y), the most natural place first."""
    sides = [(0.0, 1), (0.0, -1), (1.0, 1), (-1.0, 1), (1.0, -1), (-1.0, -1), (1.4, 0), (-1.4, 0)]
    sides += [(0.0, 2), (0.0, -2), (1.4, 2), (-1.4, 2), (1.4, -2), (-1.4, -2)]
    sides += [(1.0, up) for up in (2, -2, 3, -3)] + [(-1.0, up) for up in (2, -2, 3, -3)]
    boxes = []
    for across, up in sides:
        direction = up if above else -up
        # A word that begins at the point stands clear of an axis through it.
        left = x - width / 2 + across * (width / 2 + (away if abs(across) > 1 else away / 2))
        bottom = y - height / 2 + direction * (height / 2 + away)
        boxes.append((left, bottom, left + width, bottom + height))
    return boxes
