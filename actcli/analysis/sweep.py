"""How the gradient depends on one setting of the initialiser: many networks beside the theory."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Final, NamedTuple

from actcli.activation import AnyActivation, check_records
from actcli.analysis.depth import SETTING_LABELS, floors, samples, size
from actcli.analysis.heading import heading
from actcli.analysis.records import activation_record
from actcli.analysis.shown import Drawn
from actcli.diagnosis.judge import judge
from actcli.diagnosis.prediction import mean_field, predict
from actcli.diagnosis.verdict import LEGEND, Verdict
from actcli.errors import OptionError, suggestion
from actcli.network import limits
from actcli.network.initialiser import Initialiser
from actcli.network.measurement import measure
from actcli.network.network import Network
from actcli.report import Band, Chart, Column, Curve, Panel, Span, Table
from actcli.version import VERSION

SETTINGS: Final = {"sigma_w": limits.SCALE, "sigma_b": limits.BIAS}
"""What may be swept, and its range."""
SYMBOLS: Final = {"sigma_w": "σ_w", "sigma_b": "σ_b"}
COUNT: Final = (2, 1_000)
_TRIALS: Final = 5
_UNSHADED: Final = {
    "critical": "critical",
    "chaotic": "chaotic: explodes with depth",
    None: "in no known phase",
}
# A border between phases is drawn to this share of the spacing of the values.
_BISECTIONS: Final = 12


class Point(NamedTuple):
    """One value of the setting: log10 of the first layer's gradient over the last's, and χ₁ there.

    verdict: as of `vanish`; where there is no ratio it tells a gradient of 0 from outputs that overflow.
    """

    value: float
    log10_ratio: float | None
    log10_low: float | None
    log10_high: float | None
    verdict: Verdict | None
    log10_theory: float | None
    chi_1: float | None
    phase: str | None


@dataclass(frozen=True, repr=False)
class SweepReport(Drawn):
    """What `sweep` found: `network` with `setting` at the value of each point."""

    network: Network
    setting: str
    seed: int
    points: tuple[Point, ...]

    def to_record(self) -> dict[str, Any]:
        """Return the sweep for machines."""
        network, law = self.network, self.network.initialiser
        return {
            "report": "sweep",
            "actcli": VERSION,
            "activation": activation_record(network.activation),
            "depth": network.depth,
            "width": network.widths[0],
            "batch": network.batch,
            "trials": _TRIALS,
            "seed": self.seed,
            "setting": self.setting,
            "sigma_w": None if self.setting == "sigma_w" else law.sigma_w,
            "sigma_b": None if self.setting == "sigma_b" else law.sigma_b,
            "points": [point._asdict() for point in self.points],
        }

    def to_table(self) -> Table:
        """Return one row a value."""
        headings = {
            "value": SYMBOLS[self.setting], "log10_ratio": "log10 ratio", "log10_low": "5 %",
            "log10_high": "95 %", "verdict": "verdict", "log10_theory": "theory", "chi_1": "χ₁",
            "phase": "phase",
        }  # fmt: skip
        return Table(
            title=f"vanish {self.network.activation.label}: {SYMBOLS[self.setting]} swept",
            columns=tuple(
                Column(key, text, "left" if key in {"phase", "verdict"} else "right")
                for key, text in headings.items()
            ),
            lines=(("network", f"{self._sent()}, seed {self.seed}"),),
            rows=tuple(tuple(getattr(point, key) for key in headings) for point in self.points),
            notes=(
                "log10 ratio: rms gradient of the first layer over that of the last, median of the trials; "
                "5 %, 95 %: of the trials; theory: the same at infinite width; χ₁ and phase: deep inside",
                LEGEND,
            ),
        )

    def to_chart(self) -> Chart:
        """Return the ratio against the setting: median and band of the networks, theory as a line."""
        x = tuple(point.value for point in self.points)

        def column(name: str) -> tuple[float, ...]:
            values = (getattr(point, name) for point in self.points)
            return tuple(math.nan if value is None else value for value in values)

        curves = [Curve("measured, median", x, column("log10_ratio"), role="measured")]
        if any(map(math.isfinite, column("log10_theory"))):
            curves.append(Curve("infinite width", x, column("log10_theory"), role="theory"))
        depth = self.network.depth
        bands = (Band("5–95 % of trials", x, column("log10_low"), column("log10_high")),)
        panel = Panel(
            x_label=SETTING_LABELS[self.setting],
            y_label=f"log10 rms gradient at layer 1 (layer {depth}: 0)",
            curves=tuple(curves),
            bands=bands,
            levels=floors(curves, bands),
            spans=tuple(Span(*ends, "ordered: vanishes with depth") for ends in self._ordered()),
            x_range=(x[0], x[-1]),
        )
        title = f"{heading(self.network.activation)}: gradient by {SYMBOLS[self.setting]}"
        return Chart(title, (panel,), "\n".join(filter(None, [self._sent(), self._phases()])))

    def _sent(self) -> str:
        """Return what was sent through which networks, and the setting that was held."""
        law = self.network.initialiser
        held = f"σ_b = {law.sigma_b:.4g}" if self.setting == "sigma_w" else f"σ_w = {law.sigma_w:.4g}"
        return f"{size(self.network)}, {samples(self.network, _TRIALS)}, {held}"

    def _phases(self) -> str:
        """Return which phases the picture shows, and where; empty where no phase is known."""
        found = {point.phase for point in self.points}
        critical = [point.value for point in self.points if point.phase == "critical"]
        parts = []
        if "ordered" in found:
            parts.append("ordered where shaded")
        if len(critical) == 1 and len(self.points) > 2:
            # A border that one value happens to hit: nobody sees it as a stretch.
            parts.append(f"critical at {SYMBOLS[self.setting]} = {critical[0]:.4g}")
            found.remove("critical")
        others = [text for phase, text in _UNSHADED.items() if phase in found]
        if others and (parts or found != {None}):
            parts.append(f"elsewhere {' or '.join(others)}" if parts else " or ".join(others) + " throughout")
        return "; ".join(parts)

    def _ordered(self) -> Iterator[tuple[float, float]]:
        """Yield the stretches of the setting where infinite width is ordered: χ₁ < 1."""
        start = None
        for here, after in pairwise([None, *self.points, None]):
            inside, goes_on = (point is not None and point.phase == "ordered" for point in (here, after))
            border = here.value if here else self.points[0].value
            if here and after and inside != goes_on:
                border = self._border(here.value, after.value, inside)
            if goes_on and not inside:
                start = border
            elif inside and not goes_on and start is not None:
                yield start, border

    def _border(self, low: float, high: float, inside: bool) -> float:
        """Return where between two values the phase changes, `inside` being whether `low` is ordered."""
        for _ in range(_BISECTIONS):
            middle = (low + high) / 2
            ordered = mean_field(_at(self.network, self.setting, middle)).phase == "ordered"
            low, high = (middle, high) if ordered == inside else (low, middle)
        return low


def sweep(
    activation: AnyActivation,
    setting: str,
    low: float,
    high: float,
    count: int,
    sigma_w: float = 1.0,
    sigma_b: float = 0.0,
    depth: int = limits.CUSTOMARY_DEPTH,
    width: int = limits.CUSTOMARY_WIDTH,
    seed: int = 0,
) -> SweepReport:
    """Run networks at `count` evenly spaced values of "sigma_w" or "sigma_b", the other one held.

    Raises OptionError for another setting, an empty or inverted range, and values out of range.
    """
    check_records(activation)
    if setting not in SETTINGS:
        cure = suggestion(setting, SETTINGS) or "; it takes " + " or ".join(SETTINGS)
        raise OptionError(f"cannot sweep '{setting}'{cure}")
    limits.real(f"the low end of {setting}", low, SETTINGS[setting])
    limits.real(f"the high end of {setting}", high, SETTINGS[setting])
    if not low < high:
        raise OptionError(f"the range {low:g} to {high:g} of {setting} is empty; give the low end first")
    limits.whole("the number of values", count, COUNT)
    law = Initialiser(
        "custom",
        limits.real("sigma_w", sigma_w, limits.SCALE),
        limits.real("sigma_b", sigma_b, limits.BIAS),
    )
    network = Network(activation, law, limits.whole("depth", depth, limits.DEPTH), width)
    limits.trials(_TRIALS, depth)
    values = [low + (high - low) * k / (count - 1) for k in range(count)]
    points = tuple(_point(_at(network, setting, value), value, seed) for value in values)
    return SweepReport(network, setting, seed, points)


def _at(network: Network, setting: str, value: float) -> Network:
    law = network.initialiser
    sigma_w, sigma_b = (value, law.sigma_b) if setting == "sigma_w" else (law.sigma_w, value)
    return replace(network, initialiser=law._replace(sigma_w=sigma_w, sigma_b=sigma_b))


def _point(network: Network, value: float, seed: int) -> Point:
    found = measure(network, seed, _TRIALS)
    theory, predicted = mean_field(network), predict(network)
    return Point(
        value=value,
        log10_ratio=found.log10_gradient[0],
        log10_low=found.log10_gradient_low[0],
        log10_high=found.log10_gradient_high[0],
        verdict=judge(network, found, predicted).verdict,
        log10_theory=predicted.log10_gradient[0],
        chi_1=theory.chi_1,
        phase=theory.phase,
    )
