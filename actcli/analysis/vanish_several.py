"""What becomes of a gradient under several activations in networks of one shape: one row, one line each."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from actcli.analysis.depth import depth_panel, samples, size, unusual
from actcli.analysis.heading import heading, headings
from actcli.analysis.shown import Drawn
from actcli.analysis.vanish_report import VanishReport
from actcli.analysis.vanish_spectrum import spectra_panel, spectrum_row, spectrum_table
from actcli.diagnosis.verdict import LEGEND
from actcli.report import Chart, Column, Curve, Table
from actcli.version import VERSION

if TYPE_CHECKING:
    from actcli.diagnosis.isometry import Spectrum

_RATIO: Final = "log10 ratio: rms gradient of the first layer over that of the last, median of the trials"
# Without the optional ones a row fits into 80 columns, and activations stay side by side.
_COLUMNS: Final = (
    Column("name", "activation", "left"),
    Column("init", "init", "left"),
    Column("sigma_w", "σ_w"),
    Column("sigma_b", "σ_b", optional=True),
    Column("factor_per_layer", "factor per layer"),
    Column("log10_ratio", "log10 ratio", meaning=_RATIO),
    Column("log10_low", "5 %", optional=True, meaning="5 %, 95 %: of the trials"),
    Column("log10_high", "95 %", optional=True),
    Column("log10_theory", "theory", meaning="theory: the same at infinite width"),
    Column("verdict", "verdict", "left"),
    Column("chi_1", "χ₁", optional=True, meaning="χ₁ and phase: deep inside, at infinite width"),
    Column("phase", "phase", "left", optional=True),
    Column("critical_sigma_w", "critical σ_w"),
    Column("critical_sigma_b", "critical σ_b", optional=True),
)


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
            columns=_COLUMNS,
            rows=tuple(tuple(_row(run).values()) for run in self.runs),
            lines=(("network", f"{sent}, seed {self.runs[0].seed}, {network.dtype}"),),
            notes=(LEGEND,),
            further=(spectrum_table(self._spectra),) if self._spectra else (),
            data=self._data(),
        )

    def _data(self) -> Table:
        """Return one row an activation with every number, those of the singular values among them."""
        spectra = [{} if run.spectrum is None else spectrum_row(run.spectrum) for run in self.runs]
        rows = [{**_row(run), **spectrum} for run, spectrum in zip(self.runs, spectra, strict=True)]
        return Table(
            "vanish", tuple(Column(key, key) for key in rows[0]), tuple(tuple(r.values()) for r in rows)
        )

    @property
    def _spectra(self) -> "list[tuple[str, Spectrum]]":
        """The singular values by activation; empty where nobody asked for them."""
        return [(heading(run.network.activation), run.spectrum) for run in self.runs if run.spectrum]

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
        panels = [depth_panel(network.depth, curves)]
        panels += [spectra_panel(self._spectra)] if self._spectra else []
        return Chart(title, tuple(panels), "\n".join([subtitle, *unseen]))


def _label(run: VanishReport) -> str:
    """Return the name of a run, with why its line is not drawn where it is not."""
    name = heading(run.network.activation)
    if run.measured.overflow is not None:
        return f"{name} (overflows at layer {run.measured.overflow})"
    if run.measured.dead_from is None:
        return name
    why = "0" if run.judgement.underflowed is None else "underflows"
    return f"{name} ({why} up to layer {run.measured.dead_from})"


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
        "chi_1": run.theory.chi_1,
        "phase": run.theory.phase,
        "critical_sigma_w": critical[0],
        "critical_sigma_b": critical[1],
    }
