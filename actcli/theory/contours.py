"""The lines of equal χ₁ in the plane of (σ_b, σ_w); that of χ₁ = 1 is the edge of chaos."""

import math
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from actcli.activation import Activation
from actcli.theory.moments import Moments, moments_of
from actcli.theory.root import bracketed_root

Row = tuple[float, float, float]
"""σ_b, σ_w and q* of a point."""
Window = tuple[float, float]
_NONE: Final[Row] = (math.nan,) * 3

# Along a contour q* is the parameter: 64 values an octave from 2⁻³⁰ to 2²⁶, beyond which rounding shows.
_STEP: Final = 2.0 ** (1 / 64)
_VARIANCES: Final = tuple(2.0 ** (k / 64) for k in range(-30 * 64, 26 * 64 + 1))
# χ_∥ above 1 by more than rounding: a length that repels.
_ATTRACTS: Final = 1 + 1e-9
# Of q*: a smaller σ_b² is what rounding leaves of 0.
_ROUNDING: Final = 1e-12
# A contour ends at the border of the window, or where q* ceases to attract, to this share of q*.
_BISECTIONS: Final = 40
# σ_b this near are one point of the line.
_SAME: Final = 1e-9
# A contour shorter than this is a point, and what rounding makes of it.
_POINT: Final = 1e-6


class Contour(NamedTuple):
    """The line where χ₁ has this value at an attracting q*: σ_b, σ_w and q* along it. nan lifts the pen.

    Where q* is inf lengths grow without bound, and χ₁ tends to this value.
    """

    chi_1: float
    sigma_b: tuple[float, ...]
    sigma_w: tuple[float, ...]
    q_star: tuple[float, ...]

    @property
    def points(self) -> list[Row]:
        """The points of the line, without the gaps between its parts."""
        return [row for row in self._rows() if not math.isnan(row[0])]

    @property
    def diverges(self) -> bool:
        """Whether lengths grow without bound along the line."""
        return math.inf in self.q_star

    @property
    def extended(self) -> bool:
        """Whether it is a line, and not a point or nothing at all."""
        ends = [(b, w) for b, w, _ in self.points]
        return any(max(side) - min(side) > _POINT for side in zip(*ends, strict=True))

    def at(self, activation: Activation, sigma_b: float) -> Iterator[Row]:
        """Yield the points of the contour with this σ_b, the root between two that it holds."""
        before = _NONE
        for row in self._rows():
            here, there = before[0] - sigma_b, row[0] - sigma_b
            if abs(there) < _SAME <= abs(here) or (abs(there) < _SAME and math.isnan(here)):
                yield self._vanishing(activation) if row[2] == _VARIANCES[0] else (sigma_b, *row[1:])
            elif here * there < 0 and min(abs(here), abs(there)) >= _SAME:
                yield from self._between(activation, sigma_b, before, row)
            before = row

    def _vanishing(self, activation: Activation) -> Row:
        """Return the point on the axis for which the smallest q* tried stands: lengths shrink to nothing."""
        return 0.0, _point(moments_of(activation)(0.0), self.chi_1)[1], 0.0

    def _between(self, activation: Activation, sigma_b: float, start: Row, stop: Row) -> Iterator[Row]:
        if math.isinf(start[2]):
            yield sigma_b, start[1], math.inf
            return
        moments = moments_of(activation)
        root = bracketed_root(lambda q: _point(moments(q), self.chi_1)[0] - sigma_b, start[2], stop[2])
        if root is not None:
            yield sigma_b, _point(moments(root), self.chi_1)[1], root

    def _rows(self) -> Iterator[Row]:
        return zip(self.sigma_b, self.sigma_w, self.q_star, strict=True)


def contour(activation: Activation, chi_1: float, sigma_b: Window, sigma_w: Window) -> Contour:
    """Return the line of this χ₁ inside the window of σ_b and σ_w.

    A point with χ₁ = c at the fixed point q has σ_w² = c / E φ′² and σ_b² = q − σ_w² E φ² (for c = 1 as Hayou
    et al. 2019, arXiv:1902.06853), so that q runs along the line; only q that attract are kept.
    """
    moments = moments_of(activation)

    def row(variance: float) -> Row:
        here = moments(variance)
        b, w, steepness = _point(here, chi_1)
        held = _within(b, sigma_b) and _within(w, sigma_w) and abs(steepness) <= _ATTRACTS
        return (b, w, here.variance) if held else _NONE

    rows: list[Row] = [row(_VARIANCES[0])]
    for variance in _VARIANCES[1:]:
        before, here = rows[-1], row(variance)
        if (before is _NONE) != (here is _NONE):
            rows.append(_end(row, variance / _STEP, variance))
        # A scale-invariant activation stays in one point.
        if here[:2] != before[:2]:
            rows.append(here)
    found = Contour(chi_1, *zip(*rows, strict=True))
    growing = [] if found.extended else _growing(activation, chi_1, sigma_b, sigma_w)
    return Contour(chi_1, *zip(*growing, strict=True)) if growing else found


def _point(here: Moments, chi_1: float) -> Row:
    """Return σ_b, σ_w and χ_∥ of the point of a contour with this q*; nan where there is none."""
    square = chi_1 / here.slope if here.slope > 0 else math.nan
    bias = here.variance - square * here.second
    b = 0.0 if abs(bias) <= _ROUNDING * here.variance else math.sqrt(bias) if bias > 0 else math.nan
    return b, math.sqrt(square), square * here.growth


def _end(row: Callable[[float], Row], low: float, high: float) -> Row:
    """Return the last point of a contour between two q*, one of which belongs to it."""
    inside, outside = (low, high) if row(high) is _NONE else (high, low)
    for _ in range(_BISECTIONS):
        middle = math.sqrt(inside * outside)
        inside, outside = (inside, middle) if row(middle) is _NONE else (middle, outside)
    return row(inside)


def _growing(activation: Activation, chi_1: float, sigma_b: Window, sigma_w: Window) -> list[Row]:
    """Return the line where lengths grow without bound and χ₁ tends to this value, if there is one.

    Far out f is a straight line on each side: E φ′² tends to the mean of the squared slopes m, E φ² to m q,
    so that lengths grow where σ_w² m ≥ 1, and χ₁ tends to σ_w² m.
    """
    facts = activation.facts
    mean = (facts.slope_at_minus_infinity**2 + facts.slope_at_infinity**2) / 2
    if chi_1 < 1 or not 0 < mean < math.inf or not _within(w := math.sqrt(chi_1 / mean), sigma_w):
        return []
    return [(b, w, math.inf) for b in sigma_b]


def _within(value: float, window: Window) -> bool:
    return window[0] <= value <= window[1]
