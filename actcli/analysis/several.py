"""What becomes of a gradient under several activations in networks of one shape: one row, one line each."""

import math
from dataclasses import dataclass
from typing import Any, Final

from actcli.analysis.depth import depth_panel, samples, size, unusual
from actcli.analysis.heading import heading, headings
from actcli.analysis.shown import Drawn
from actcli.analysis.vanishing import VanishReport
from actcli.report import Chart, Column, Curve, Table
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
# Without them a row fits into the 80 columns of most terminals, and activations stay side by side.
_OPTIONAL: Final = {"sigma_b", "log10_low", "log10_high", "critical_sigma_b"}


@dataclass(frozen=True, repr=False)
class SeveralReport(Drawn):
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
        sent = ", ".join([size(network), samples(network, self.runs[0].trials), *unusual(network)])
        return Table(
            title="vanish " + ", ".join(run.network.activation.label for run in self.runs),
            columns=tuple(
                Column(key, text, "left" if key in _TEXTS else "right", key in _OPTIONAL)
                for key, text in _HEADINGS.items()
            ),
            rows=tuple(tuple(_row(run).values()) for run in self.runs),
            lines=(("network", f"{sent}, seed {self.runs[0].seed}, {network.dtype}"),),
            notes=(
                "log10 ratio: rms gradient of the first layer over that of the last, median of the trials; "
                "5 %, 95 %: of the trials; theory: the same at infinite width",
            ),
        )

    def to_chart(self) -> Chart:
        """Return the median gradient of every run through depth, and the precision floors it reaches."""
        curves = [
            Curve(_label(run), *run.measured_line(), series=k, role="measured")
            for k, run in enumerate(self.runs)
        ]
        network, laws = self.runs[0].network, {run.network.initialiser.name for run in self.runs}
        init = f"init {laws.pop()}" if len(laws) == 1 else "each with its customary init"
        title = f"{headings(run.network.activation for run in self.runs)}: gradient through depth"
        sent = f"{size(network)}, {samples(network, self.runs[0].trials)} (median)"
        subtitle = "\n".join([sent, ", ".join([init, *unusual(network)])])
        lost = [curve.label for curve in curves if not any(map(math.isfinite, curve.y))]
        unseen = [f"without a line: {', '.join(lost)}"] if lost else []
        return Chart(title, (depth_panel(network.depth, curves),), "\n".join([subtitle, *unseen]))


def _label(run: VanishReport) -> str:
    """Return the name of a run, with why its line is not drawn where it is not."""
    name = heading(run.network.activation)
    if run.measured.overflow is not None:
        return f"{name} (overflows at layer {run.measured.overflow})"
    return name if run.measured.dead_from is None else f"{name} (0 up to layer {run.measured.dead_from})"


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
