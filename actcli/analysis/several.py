"""What becomes of a gradient under several activations in networks of one shape: one row, one line each."""

import math
from dataclasses import dataclass
from typing import Any, Final

from actcli.analysis.vanishing import VanishReport
from actcli.diagnosis.precision import SMALLEST_LOG10
from actcli.report import Chart, Column, Curve, Level, Panel, Table
from actcli.version import VERSION

_HEADINGS: Final = {
    "name": "activation",
    "init": "init",
    "sigma_w": "σ_w",
    "sigma_b": "σ_b",
    "factor_per_layer": "factor per layer",
    "log10_ratio": "log10 ratio",
    "log10_low": "5 %",
    "log10_high": "95 %",
    "log10_theory": "theory",
    "verdict": "verdict",
    "critical_sigma_w": "critical σ_w",
    "critical_sigma_b": "critical σ_b",
}
_TEXTS: Final = {"name", "init", "verdict"}


@dataclass(frozen=True)
class SeveralReport:
    """One `vanish` a run, all with the same settings but for the initialiser that each activation prefers."""

    runs: tuple[VanishReport, ...]

    def to_record(self) -> dict[str, Any]:
        """Return every run as `vanish` alone would."""
        return {
            "report": "vanish_several",
            "actcli": VERSION,
            "runs": [run.to_record() for run in self.runs],
        }

    def to_table(self) -> Table:
        """Return one row an activation."""
        network = self.runs[0].network
        size = f"{network.depth} layers, batch {network.batch}, {self.runs[0].trials} trials"
        size += "" if network.wiring.plain else f", {network.wiring.word}"
        return Table(
            title="vanish " + ", ".join(run.network.activation.label for run in self.runs),
            columns=tuple(
                Column(key, text, "left" if key in _TEXTS else "right") for key, text in _HEADINGS.items()
            ),
            rows=tuple(tuple(_row(run).values()) for run in self.runs),
            lines=(("network", f"{size}, seed {self.runs[0].seed}, {network.dtype}"),),
            notes=("ratio: rms gradient of the first layer over that of the last; median of the trials",),
        )

    def to_chart(self) -> Chart:
        """Return the median gradient of every run through depth, and the precision floors it reaches."""
        curves = tuple(
            Curve(run.network.activation.label, *run.measured_line(), series=k, role="measured")
            for k, run in enumerate(self.runs)
        )
        lowest = min((y for curve in curves for y in curve.y if math.isfinite(y)), default=0.0)
        floors = [Level(y, f"{name} underflows") for name, y in SMALLEST_LOG10.items() if lowest <= y]
        panel = Panel(
            x_label="layer (1 is next to the input)",
            y_label="log10 rms gradient (last layer 0)",
            curves=curves,
            levels=tuple(floors),
        )
        network, laws = self.runs[0].network, {run.network.initialiser.name for run in self.runs}
        init = f"init {laws.pop()}" if len(laws) == 1 else "each with its customary init"
        size = f"{network.depth} layers × {max(network.widths)} units, median of {self.runs[0].trials} trials"
        return Chart("gradient through depth", (panel,), subtitle=f"{size}, {init}")


def _row(run: VanishReport) -> dict[str, str | float | None]:
    law, measured = run.network.initialiser, run.measured
    critical = run.critical.sigmas if run.critical else (None, None)
    return {
        "name": run.network.activation.label,
        "init": law.name,
        "sigma_w": law.sigma_w,
        "sigma_b": law.bias_std(run.network.widths[0]),
        "factor_per_layer": run.factor_per_layer,
        "log10_ratio": run.log10_ratio,
        "log10_low": measured.log10_gradient_low[0],
        "log10_high": measured.log10_gradient_high[0],
        "log10_theory": run.predicted.log10_gradient[0],
        "verdict": run.judgement.verdict,
        "critical_sigma_w": critical[0],
        "critical_sigma_b": critical[1],
    }
