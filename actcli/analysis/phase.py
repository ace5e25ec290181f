"""The plane of (σ_b, σ_w): where gradients vanish, where they explode, and the edge of chaos between."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from actcli.activation import Activation, AnyActivation
from actcli.analysis.heading import heading
from actcli.analysis.sweep import MEANINGS
from actcli.diagnosis.criticality import advice
from actcli.errors import OptionError
from actcli.network.initialiser import Initialiser, customary, initialiser
from actcli.report import Chart, Column, Curve, Mark, Panel, Role, Table
from actcli.theory.critical import critical_point
from actcli.theory.moments import MomentFunction, Moments, moments_of
from actcli.theory.root import bracketed_root
from actcli.version import VERSION

Row = tuple[float, float, float]
"""σ_b, σ_w and q* of a point."""
Window = tuple[float, float]
_NONE: Final[Row] = (math.nan,) * 3
_GROWING: Final = "→: lengths grow without bound there, and χ₁ tends to this"

_CROSSING: Final = "where ordered and chaotic lines cross, the length of the inputs decides which holds"

CONTOURS: Final = (0.25, 0.5, 0.8, 1.0, 1.25, 2.0, 4.0)
"""The χ₁ whose lines are drawn; 1 is the edge of chaos."""
# Along a contour q* is the parameter: 64 values an octave from 2⁻³⁰ to 2²⁶, beyond which rounding shows.
_STEP: Final = 2.0 ** (1 / 64)
_VARIANCES: Final = tuple(2.0 ** (k / 64) for k in range(-30 * 64, 26 * 64 + 1))
# How much higher than everything shown a window is that was not asked for.
_ROOM: Final = 1.1
# χ_∥ above 1 by more than rounding: a length that repels.
_ATTRACTS: Final = 1 + 1e-9
# Of q*: a smaller σ_b² is what rounding leaves of 0.
_ROUNDING: Final = 1e-12
# A contour ends at the border of the window, or where q* ceases to attract, to this share of q*.
_BISECTIONS: Final = 40
_ROWS: Final = 20
# σ_b this near are one point of the table.
_SAME: Final = 1e-9
# A contour shorter than this is a point, and what rounding makes of it.
_POINT: Final = 1e-6


_PHASES: Final[dict[Role, str]] = {"measured": "edge of chaos", "theory": "ordered", "bound": "chaotic"}
_SERIES: Final[dict[Role, int]] = {"measured": 0, "theory": 2, "bound": 1}


class Contour(NamedTuple):
    """The line where χ₁ has this value at an attracting q*: σ_b, σ_w and q* along it. nan lifts the pen.

    Where q* is inf lengths grow without bound, and χ₁ tends to this value.
    """

    chi_1: float
    sigma_b: tuple[float, ...]
    sigma_w: tuple[float, ...]
    q_star: tuple[float, ...]

    @property
    def label(self) -> str:
        """What the line is, in words."""
        sign = "→" if self.diverges else "="
        return f"χ₁ {sign} {self.chi_1:g}, {_PHASES[self.role]}"

    @property
    def diverges(self) -> bool:
        """Whether lengths grow without bound along the line."""
        return math.inf in self.q_star

    @property
    def extended(self) -> bool:
        """Whether it is a line, and not a point or nothing at all."""
        ends = [(b, w) for b, w, _ in _points(self)]
        return any(max(side) - min(side) > _POINT for side in zip(*ends, strict=True))

    @property
    def role(self) -> Role:
        """How the line is drawn: the edge, the ordered and the chaotic side differ in grey too."""
        return "measured" if self.chi_1 == 1 else "theory" if self.chi_1 < 1 else "bound"


@dataclass(frozen=True)
class PhaseReport:
    """Contours of χ₁ within the window, the initialiser and the critical point, as (name, σ_b, σ_w)."""

    activation: Activation
    sigma_b: tuple[float, float]
    sigma_w: tuple[float, float]
    contours: tuple[Contour, ...]
    marks: tuple[tuple[str, float, float], ...]

    def to_record(self) -> dict[str, Any]:
        """Return the plane for machines; contours hold only points inside the window."""
        record = self.activation
        parameters = {name: value if math.isfinite(value) else None for name, value in record.values.items()}
        return {
            "report": "phase",
            "actcli": VERSION,
            "activation": {"name": record.name, "parameters": parameters},
            "sigma_b": list(self.sigma_b),
            "sigma_w": list(self.sigma_w),
            "contours": [
                {"chi_1": contour.chi_1, "points": [[b, w, _finite(q)] for b, w, q in _points(contour)]}
                for contour in self.contours
            ],
            "marks": [{"name": name, "sigma_b": b, "sigma_w": w} for name, b, w in self.marks],
        }

    def to_table(self) -> Table:
        """Return σ_w along the edge of chaos at evenly spaced σ_b, every crossing of it."""
        edge = next(contour for contour in self.contours if contour.chi_1 == 1)
        low, high = self.sigma_b
        rows = [row for k in range(_ROWS + 1) for row in self._at(edge, low + (high - low) * k / _ROWS)]
        notes = ["χ₁ = 1 at an attracting q*: gradients vanish below the line and explode above it"]
        notes += [_GROWING] if edge.diverges else []
        notes += [] if rows else ["there is no such line in the window"]
        return Table(
            title=f"edge of chaos of {self.activation.label}",
            columns=(Column("sigma_b", "σ_b"), Column("sigma_w", "σ_w"), Column("q_star", "q*")),
            rows=tuple(rows),
            lines=tuple((name, f"σ_b = {b:.6g}, σ_w = {w:.6g}") for name, b, w in self.marks),
            notes=tuple(notes),
        )

    def _at(self, contour: Contour, sigma_b: float) -> Iterator[tuple[float, float, float | None]]:
        """Yield the points of a contour with this σ_b, the root between two of its points."""
        moments = moments_of(self.activation)
        rows = list(zip(contour.sigma_b, contour.sigma_w, contour.q_star, strict=True))
        before = (math.nan,) * 3
        for row in rows:
            here, there = before[0] - sigma_b, row[0] - sigma_b
            if abs(there) < _SAME <= abs(here) or (abs(there) < _SAME and math.isnan(here)):
                # On the axis the smallest q* tried stands for lengths that shrink to nothing.
                yield sigma_b, row[1], 0.0 if row[2] == _VARIANCES[0] else _finite(row[2])
            elif here * there < 0 and min(abs(here), abs(there)) >= _SAME:
                yield from self._crossing(moments, contour.chi_1, sigma_b, before, row)
            before = row

    def _crossing(
        self, moments: MomentFunction, chi_1: float, sigma_b: float, start: Row, stop: Row
    ) -> Iterator[tuple[float, float, float | None]]:
        if math.isinf(start[2]):
            yield sigma_b, start[1], None
            return
        root = bracketed_root(lambda q: _point(moments(q), chi_1)[0] - sigma_b, start[2], stop[2])
        if root is not None:
            yield sigma_b, _point(moments(root), chi_1)[1], root

    def to_chart(self) -> Chart:
        """Return the plane with the contours of χ₁ and the marks."""
        # The edge first: it is what the picture is about.
        drawn = sorted((each for each in self.contours if each.extended), key=lambda each: each.chi_1 != 1)
        curves = tuple(
            Curve(each.label, each.sigma_b, each.sigma_w, _SERIES[each.role], each.role) for each in drawn
        )
        panel = Panel(
            x_label=MEANINGS["sigma_b"],
            y_label=MEANINGS["sigma_w"],
            curves=curves,
            # Where both marks are one, the heading says so: long words would lie across the curves.
            marks=tuple(
                Mark(b, w, "closed" if "critical" in name else "cross", name.split(" = ")[-1])
                for name, b, w in self.marks
            ),
            x_range=self.sigma_b,
            y_range=self.sigma_w,
            zero_lines=False,
        )
        lines = ["below χ₁ = 1 gradients vanish (ordered), above it they explode (chaotic)"]
        lines += [_GROWING] if any(contour.diverges for contour in drawn) else []
        lines += [_CROSSING] if _cross(drawn) else []
        lines += ["; ".join(f"{name}: σ_b = {b:.4g}, σ_w = {w:.4g}" for name, b, w in self.marks)]
        title = f"{heading(self.activation)}: phases of random networks"
        return Chart(title, (panel,), subtitle="\n".join(filter(None, lines)))


def phase(
    activation: AnyActivation,
    init: str | None = None,
    sigma_w: float | None = None,
    sigma_b: float | None = None,
    window_w: tuple[float, float] | None = None,
    window_b: tuple[float, float] | None = None,
) -> PhaseReport:
    """Return the contours of χ₁ with the initialiser marked: that of `vanish` with the same words.

    A point with χ₁ = c at the fixed point q has σ_w² = c / E φ′² and σ_b² = q − σ_w² E φ², so that q runs
    along the contour; only q that attract are kept. A window left None shows the marks and the contours.
    Raises OptionError for a window without area, an initialiser out of range, and vector-valued activations.
    """
    if not isinstance(activation, Activation):
        raise OptionError(f"{activation.name} mixes several inputs; phases need an elementwise activation")
    point = critical_point(activation)
    if init is None and sigma_w is None:
        law = initialiser(customary(activation)[0].name, sigma_b=sigma_b)
    else:
        law = initialiser(init, sigma_w, sigma_b, advice=advice(activation, point))
    marks = _marks(law, point)
    across = window_b or (0.0, max(2.0, *(1.5 * b for _, b, _ in marks)))
    up = window_w or (0.1, max(4.0, *(1.5 * w for _, _, w in marks)))
    for name, (low, high) in {"sigma_b": across, "sigma_w": up}.items():
        if not 0 <= low < high < math.inf:
            raise OptionError(f"the window {low:g} to {high:g} of {name} is empty; give 0 <= low < high")
    contours = tuple(_contour(activation, chi_1, across, up) for chi_1 in CONTOURS)
    drawn = [w for contour in contours for w in contour.sigma_w if not math.isnan(w)]
    if window_w is None and drawn:
        up = (up[0], min(up[1], _ROOM * max(*drawn, *(w for _, _, w in marks))))
    inside = tuple(m for m in marks if _within(m[1], across) and _within(m[2], up))
    return PhaseReport(activation, across, up, contours, inside)


def _marks(law: Initialiser, point: tuple[float, float] | None) -> list[tuple[str, float, float]]:
    """Return the initialiser and the critical point as (name, σ_b, σ_w), one where they agree."""
    # Deviations of very wide layers: torch's bias falls with the width.
    here = (law.sigma_b or 0.0, law.sigma_w)
    if point is None:
        return [(law.name, *here)]
    there = (point[1], point[0])
    if math.dist(here, there) < 1e-9:
        return [("critical" if law.name == "critical" else f"{law.name} = critical", *there)]
    return [(law.name, *here), ("critical", *there)]


def _contour(activation: Activation, chi_1: float, sigma_b: Window, sigma_w: Window) -> Contour:
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
    contour = Contour(chi_1, *zip(*rows, strict=True))
    growing = [] if contour.extended else _growing(activation, chi_1, sigma_b, sigma_w)
    return Contour(chi_1, *zip(*growing, strict=True)) if growing else contour


def _point(here: Moments, chi_1: float) -> tuple[float, float, float]:
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


def _points(contour: Contour) -> list[Row]:
    rows = zip(contour.sigma_b, contour.sigma_w, contour.q_star, strict=True)
    return [row for row in rows if not math.isnan(row[0])]


def _cross(contours: Sequence[Contour]) -> bool:
    """Return whether an ordered contour reaches above one along which lengths grow."""
    ordered = [w for each in contours if each.chi_1 < 1 for _, w, _ in _points(each)]
    growing = [w for each in contours if each.diverges for _, w, _ in _points(each)]
    return bool(ordered and growing) and max(ordered) > min(growing)


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _within(value: float, window: Window) -> bool:
    return window[0] <= value <= window[1]
