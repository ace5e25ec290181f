"""The plane of (σ_b, σ_w): where gradients vanish, where they explode, and the edge of chaos between."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from actcli.activation import Activation, AnyActivation
from actcli.diagnosis.criticality import advice
from actcli.errors import OptionError
from actcli.network.initialiser import Initialiser, customary, initialiser
from actcli.report import Chart, Column, Curve, Mark, Panel, Table
from actcli.theory.critical import critical_point
from actcli.theory.moments import Moments, moments_of
from actcli.theory.root import bracketed_root
from actcli.version import VERSION

CONTOURS: Final = (0.25, 0.5, 0.8, 1.0, 1.25, 2.0, 4.0)
"""The χ₁ whose lines are drawn; 1 is the edge of chaos."""
# Along a contour q* is the parameter: 64 values an octave from 2⁻³⁰ to 2²⁰.
_STEP: Final = 2.0 ** (1 / 64)
_VARIANCES: Final = tuple(2.0 ** (k / 64) for k in range(-30 * 64, 20 * 64 + 1))
# How much higher than everything shown a window is that was not asked for.
_ROOM: Final = 1.1
# χ_∥ above 1 by more than rounding: a length that repels.
_ATTRACTS: Final = 1 + 1e-9


@dataclass(frozen=True)
class Contour:
    """The line where χ₁ has this value at an attracting q*: σ_b, σ_w and q* along it. nan lifts the pen."""

    chi_1: float
    sigma_b: tuple[float, ...]
    sigma_w: tuple[float, ...]
    q_star: tuple[float, ...]

    @property
    def label(self) -> str:
        """What the line is, in words."""
        if self.chi_1 == 1:
            return "χ₁ = 1, edge of chaos"
        return f"χ₁ = {self.chi_1:g}, {'ordered' if self.chi_1 < 1 else 'chaotic'}"


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
                {"chi_1": contour.chi_1, "points": [list(point) for point in _points(contour)]}
                for contour in self.contours
            ],
            "marks": [{"name": name, "sigma_b": b, "sigma_w": w} for name, b, w in self.marks],
        }

    def to_table(self) -> Table:
        """Return σ_w along the edge of chaos at evenly spread points."""
        edge = next(contour for contour in self.contours if contour.chi_1 == 1)
        points = _points(edge)
        step = max(1, len(points) // 20)
        return Table(
            title=f"edge of chaos of {self.activation.label}",
            columns=(Column("sigma_b", "σ_b"), Column("sigma_w", "σ_w"), Column("q_star", "q*")),
            rows=tuple(points[::step]),
            lines=tuple((name, f"σ_b = {b:.6g}, σ_w = {w:.6g}") for name, b, w in self.marks),
            notes=("χ₁ = 1 at an attracting q*: gradients vanish below the line and explode above it",),
        )

    def to_chart(self) -> Chart:
        """Return the plane with the contours of χ₁ and the marks."""
        drawn = [contour for contour in self.contours if len(_points(contour)) > 1]
        curves = tuple(
            Curve(c.label, c.sigma_b, c.sigma_w, series=k, role="measured" if c.chi_1 == 1 else "theory")
            for k, c in enumerate(drawn)
        )
        panel = Panel(
            x_label="σ_b",
            y_label="σ_w",
            curves=curves,
            # Where both marks are one, the heading says so: long words would lie across the curves.
            marks=tuple(Mark(b, w, "peak", name.split(" = ")[-1]) for name, b, w in self.marks),
            x_range=self.sigma_b,
            y_range=self.sigma_w,
            zero_lines=False,
        )
        places = [f"{name}: σ_b = {b:.4g}, σ_w = {w:.4g}" for name, b, w in self.marks]
        phases = "below χ₁ = 1 gradients vanish (ordered), above it they explode (chaotic)"
        title = f"{self.activation.label}: phases of random networks"
        return Chart(title, (panel,), subtitle="\n".join([phases, *filter(None, ["; ".join(places)])]))


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


def _contour(
    activation: Activation, chi_1: float, sigma_b: tuple[float, float], sigma_w: tuple[float, float]
) -> Contour:
    moments = moments_of(activation)
    rows = []
    before = math.nan
    for variance in _VARIANCES:
        _, bias = _squares(moments(variance), chi_1)
        if bias > 0 > before:
            # σ_b rises as a square root: without its first point the line would begin in mid air.
            gap: Callable[[float], float] = lambda q: _squares(moments(q), chi_1)[1]
            start = bracketed_root(gap, variance / _STEP, variance)
            rows += [] if start is None else [_row(moments(start), chi_1, sigma_b, sigma_w, 0.0)]
        rows.append(_row(moments(variance), chi_1, sigma_b, sigma_w, bias))
        before = bias
    return Contour(chi_1, *zip(*rows, strict=True))


def _squares(here: Moments, chi_1: float) -> tuple[float, float]:
    """Return σ_w² and σ_b² of the point of a contour with this q*; nan where there is none."""
    square = chi_1 / here.slope if here.slope > 0 else math.nan
    return square, here.variance - square * here.second


def _row(
    here: Moments, chi_1: float, sigma_b: tuple[float, float], sigma_w: tuple[float, float], bias: float
) -> tuple[float, float, float]:
    """Return σ_b, σ_w and q* of a point of a contour, or nan where it lies outside or repels."""
    square, _ = _squares(here, chi_1)
    # At σ_b = 0 rounding may leave a negative trace of the variance.
    b = math.sqrt(max(bias, 0.0)) if bias > -1e-12 * here.variance else math.nan
    w = math.sqrt(square)
    held = _within(b, sigma_b) and _within(w, sigma_w) and abs(square * here.growth) <= _ATTRACTS
    return (b, w, here.variance) if held else (math.nan,) * 3


def _points(contour: Contour) -> list[tuple[float, float, float]]:
    rows = zip(contour.sigma_b, contour.sigma_w, contour.q_star, strict=True)
    return [row for row in rows if not math.isnan(row[0])]


def _within(value: float, window: tuple[float, float]) -> bool:
    return window[0] <= value <= window[1]
