"""The plane of (σ_b, σ_w): where gradients vanish, where they explode, and the edge of chaos between."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from actcli.activation import Activation, AnyActivation, check_records
from actcli.analysis.depth import SETTING_LABELS
from actcli.analysis.heading import heading
from actcli.analysis.records import activation_record
from actcli.analysis.shown import Drawn
from actcli.diagnosis.criticality import advice
from actcli.errors import OptionError
from actcli.network.initialiser import Initialiser, customary, initialiser
from actcli.network.wiring import PLAIN
from actcli.numerics.floats import finite
from actcli.report import Chart, Column, Curve, Mark, Panel, Role, Table
from actcli.theory.contours import Contour, Window, contour
from actcli.theory.critical import critical_point
from actcli.version import VERSION

_GROWING: Final = "→: lengths grow without bound there, and χ₁ tends to this"

_CROSSING: Final = "where ordered and chaotic lines cross, the length of the inputs decides which holds"

CONTOURS: Final = (0.25, 0.5, 0.8, 1.0, 1.25, 2.0, 4.0)
"""The χ₁ whose lines are drawn; 1 is the edge of chaos."""
# How much higher than everything shown a window is that was not asked for.
_ROOM: Final = 1.1
_ROWS: Final = 20
# Points this near to the one before, as a share of the window, add nothing to a line.
_NEAR: Final = 1 / 400
_GAP: Final = (math.nan,) * 3
_PHASES: Final[dict[Role, str]] = {"measured": "edge of chaos", "theory": "ordered", "bound": "chaotic"}
_SERIES: Final[dict[Role, int]] = {"measured": 0, "theory": 2, "bound": 1}


@dataclass(frozen=True, repr=False)
class PhaseReport(Drawn):
    """Contours of χ₁ within the window, the initialiser and the critical point, as (name, σ_b, σ_w)."""

    activation: Activation
    sigma_b: tuple[float, float]
    sigma_w: tuple[float, float]
    contours: tuple[Contour, ...]
    marks: tuple[tuple[str, float, float], ...]

    def to_record(self) -> dict[str, Any]:
        """Return the plane for machines; contours hold only points inside the window."""
        return {
            "report": "phase",
            "actcli": VERSION,
            "activation": activation_record(self.activation),
            "sigma_b": list(self.sigma_b),
            "sigma_w": list(self.sigma_w),
            "contours": [
                {"chi_1": line.chi_1, "points": [[b, w, finite(q)] for b, w, q in self._drawn(line).points]}
                for line in self.contours
            ],
            "marks": [{"name": name, "sigma_b": b, "sigma_w": w} for name, b, w in self.marks],
        }

    def to_table(self) -> Table:
        """Return σ_w along the edge of chaos at evenly spaced σ_b, every crossing of it."""
        edge = next(line for line in self.contours if line.chi_1 == 1)
        low, high = self.sigma_b
        across = (low + (high - low) * k / _ROWS for k in range(_ROWS + 1))
        rows = [(b, w, finite(q)) for place in across for b, w, q in edge.at(self.activation, place)]
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

    def _drawn(self, line: Contour) -> Contour:
        """Return the line without points too near for a picture to tell apart: small q* crowd together."""
        wide, high = (window[1] - window[0] for window in (self.sigma_b, self.sigma_w))
        rows = list(zip(line.sigma_b, line.sigma_w, line.q_star, strict=True))
        kept = rows[:1]
        for before, row, after in zip(rows, rows[1:], [*rows[2:], _GAP], strict=False):
            moved = math.hypot((row[0] - kept[-1][0]) / wide, (row[1] - kept[-1][1]) / high)
            # Beside a gap, and at the end, the line keeps its length.
            if math.isnan(before[0] + after[0]) or not moved < _NEAR:
                kept.append(row)
        return Contour(line.chi_1, *zip(*kept, strict=True))

    def to_chart(self) -> Chart:
        """Return the plane with the contours of χ₁ and the marks."""
        # The edge first: it is what the picture is about.
        drawn = sorted((each for each in self.contours if each.extended), key=lambda each: each.chi_1 != 1)
        curves = tuple(_curve(self._drawn(line)) for line in drawn)
        panel = Panel(
            x_label=SETTING_LABELS["sigma_b"],
            y_label=SETTING_LABELS["sigma_w"],
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
        lines += [_GROWING] if any(line.diverges for line in drawn) else []
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

    A window left None shows the marks and the contours. Raises OptionError for a window without area, an
    initialiser out of range, and vector-valued activations.
    """
    check_records(activation)
    if not isinstance(activation, Activation):
        raise OptionError(f"{activation.name} is not elementwise; phases need a function of one number")
    point = critical_point(activation)
    if init is None and sigma_w is None:
        law = initialiser(customary(activation)[0].name, sigma_b=sigma_b)
    else:
        law = initialiser(init, sigma_w, sigma_b, advice=advice(activation, PLAIN))
    marks = _marks(law, point)
    across = window_b or (0.0, max(2.0, *(1.5 * b for _, b, _ in marks)))
    up = window_w or (0.1, max(4.0, *(1.5 * w for _, _, w in marks)))
    for name, (low, high) in {"sigma_b": across, "sigma_w": up}.items():
        if not 0 <= low < high < math.inf:
            raise OptionError(f"the window {low:g} to {high:g} of {name} is empty; give 0 <= low < high")
    contours = tuple(contour(activation, chi_1, across, up) for chi_1 in CONTOURS)
    drawn = [w for line in contours for _, w, _ in line.points]
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
    name = "init critical" if law.name == "critical" else law.name
    return [(name, *here), ("critical", *there)]


def _curve(line: Contour) -> Curve:
    """Return the line as it is drawn: the edge, the ordered and the chaotic side differ in grey too."""
    role: Role = "measured" if line.chi_1 == 1 else "theory" if line.chi_1 < 1 else "bound"
    label = f"χ₁ {'→' if line.diverges else '='} {line.chi_1:g}, {_PHASES[role]}"
    return Curve(label, line.sigma_b, line.sigma_w, _SERIES[role], role)


def _cross(contours: Sequence[Contour]) -> bool:
    """Return whether an ordered contour reaches above one along which lengths grow."""
    ordered = [w for each in contours if each.chi_1 < 1 for _, w, _ in each.points]
    growing = [w for each in contours if each.diverges for _, w, _ in each.points]
    return bool(ordered and growing) and max(ordered) > min(growing)


def _within(value: float, window: Window) -> bool:
    return window[0] <= value <= window[1]
