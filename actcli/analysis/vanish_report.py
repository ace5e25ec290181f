"""The report of `vanish`: a gradient through depth as a record, as a table and as a picture."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from actcli.activation import Activation
from actcli.analysis.depth import DRAWN, depth_panel, entries, samples, settings, size, spread, stepped
from actcli.analysis.heading import heading
from actcli.analysis.records import activation_record
from actcli.analysis.shown import Drawn
from actcli.analysis.vanish_spectrum import spectrum_beside, spectrum_lines, spectrum_panel
from actcli.analysis.vanish_theory import finite_width_lines, finite_width_record, theory_lines, theory_record
from actcli.diagnosis.criticality import CriticalInit, missed
from actcli.diagnosis.cure import Cure
from actcli.diagnosis.judge import Judgement
from actcli.diagnosis.precision import gradient_overflows, lost, output_overflows, underflows
from actcli.diagnosis.prediction import Prediction
from actcli.diagnosis.verdict import LEGEND
from actcli.network.column import Column
from actcli.network.measurement import Measurement
from actcli.network.network import Network
from actcli.render.text import power_of_ten
from actcli.report import Band, Cell, Chart, Curve, Mark, Span, Table
from actcli.report import Column as Heading
from actcli.theory.meanfield import MeanField
from actcli.version import VERSION

if TYPE_CHECKING:
    from actcli.diagnosis.isometry import Spectrum

LISTED: Final = 10_000
"""A deeper network is reported at this many layers, evenly spaced, the first and the last among them."""
_ROWS: Final = 25

_BAND: Final = ("log10_gradient_low", "log10_gradient_high")
_GRADIENT: Final = "gradient: rms over units and batch of ∂L/∂z over the last layer's, median of the trials"
_SATURATED: Final = "saturated: |slope| below 1 % of its largest"
_AGREEMENT: Final = "sign agreement: larger share of one sign among the weight gradients of a unit"
_FINITE_WIDTH: Final = "× at layer 1: finite width for one sample, median and the ends of 90 % (log-normal)"
_COLUMNS: Final = (
    Heading("layer", "layer", meaning="layer 1 is next to the input"),
    Heading("log10_gradient", "log10 gradient", meaning=_GRADIENT),
    Heading("log10_gradient_low", "5 %", meaning="5 %, 95 %: of the trials"),
    Heading("log10_gradient_high", "95 %"),
    Heading("log10_theory", "theory", meaning="theory: the same at infinite width"),
    Heading("mean", "mean", meaning="mean, std: of the layer's outputs"),
    Heading("std", "std"),
    Heading("saturated_fraction", "saturated", optional=True, meaning=_SATURATED),
    Heading("dead_fraction", "dead", meaning="dead: slope 0 for the whole batch"),
    Heading("sign_agreement", "sign agreement", optional=True, meaning=_AGREEMENT),
)


@dataclass(frozen=True, repr=False)
class VanishReport(Drawn):
    """What `vanish` found; `network` and `seed`, `trials` repeat it.

    measured: one column a quantity (see network.measurement). predicted: infinite and finite width (see
    prediction). critical: None where there is none (see theory).
    """

    network: Network
    seed: int
    trials: int
    custom: str
    measured: Measurement
    predicted: Prediction
    theory: MeanField
    critical: CriticalInit | None
    judgement: Judgement
    cures: tuple[Cure, ...]
    spectrum: "Spectrum | None" = None

    @property
    def log10_ratio(self) -> float | None:
        """log10 of the first layer's gradient over the last layer's; None where it is 0 or undefined."""
        return self.measured.log10_gradient[0]

    @property
    def factor_per_layer(self) -> float | None:
        """What one layer multiplies the gradient by, on the geometric average."""
        steps = self.network.depth - 1
        return None if self.log10_ratio is None or steps == 0 else 10 ** (self.log10_ratio / steps)

    @property
    def slope_bound_log10(self) -> float | None:
        """depth · log10 sup|f′|: what the slopes alone can pass on; None for no bound, or a slope of 0."""
        record = self.network.activation
        if not isinstance(record, Activation) or not 0 < record.slope_bound < math.inf:
            return None
        return self.network.depth * math.log10(record.slope_bound)

    def to_record(self) -> dict[str, Any]:
        """Return the whole result for machines, with the keys that CLI scripts rely on."""
        network, law, wired = self.network, self.network.initialiser, self.network.wiring
        return {
            "report": "vanish",
            "actcli": VERSION,
            "activation": activation_record(network.activation),
            "depth": network.depth,
            "width": network.widths[0] if len(network.widths) == 1 else list(network.widths),
            "batch": network.batch,
            "trials": self.trials,
            "seed": self.seed,
            "input_std": network.input_std,
            "dtype": network.dtype,
            "init": {
                "name": law.name,
                "law": law.law,
                "fan": law.fan,
                "sigma_w": law.sigma_w,
                "sigma_b": law.bias_std(network.widths[0]),
                "bias_mean": law.bias_mean,
                "reason": self.custom,
            },
            "wiring": {"residual": wired.residual, "before": wired.before, "after": wired.after},
            "layers": [self._layer(index) for index in spread(network.depth, LISTED)],
            "log10_ratio": self.log10_ratio,
            "factor_per_layer": self.factor_per_layer,
            "theory": theory_record(self.theory, self.predicted),
            "finite_width": finite_width_record(self.predicted),
            "slope_bound_log10": self.slope_bound_log10,
            "gradient_bound_log10": self._bound(),
            "underflows": underflows(self.measured.log10_gradient, self.judgement.underflowed),
            "gradient_overflows": gradient_overflows(self.measured.log10_gradient),
            "output_overflows": output_overflows(self.measured, network.dtype),
            "zero_from_layer": self.measured.dead_from,
            "zero_is_underflow": self.judgement.underflowed is not None,
            "overflow_at_layer": self.measured.overflow,
            "trials_left_out": self.measured.left_out,
            "undefined": None if self.judgement.undefined is None else self.judgement.undefined._asdict(),
            "verdict": self.judgement.verdict,
            "summary": self.judgement.summary,
            "reasons": list(self.judgement.reasons),
            "spectrum": None if self.spectrum is None else self.spectrum.to_record(),
            "cures": [cure.to_record() for cure in self.cures],
            "critical": None if self.critical is None else self.critical.to_record(),
        }

    def _layer(self, index: int) -> dict[str, Any]:
        columns = self.measured._asdict()
        row = {name: column[index] for name, column in columns.items() if isinstance(column, Column)}
        return {"layer": index + 1, "log10_theory": self.predicted.log10_gradient[index], **row}

    def to_table(self) -> Table:
        """Return the result for people, at most 25 layers of it, and every layer and quantity as its data."""
        depth = self.network.depth
        shown = stepped(depth, _ROWS)
        first = ", ".join(str(index + 1) for index in shown[:3])
        left_out = f"layers {first} … and {depth} are shown; data formats hold more"
        notes = [left_out, LEGEND] if len(shown) < depth else [LEGEND]
        notes += ["lines for jax and keras of every cure: --json"] if len(self.cures) > 1 else []
        return Table(
            title=f"vanish {self.network.activation.label}",
            columns=_COLUMNS,
            rows=tuple(tuple(self._layer(index)[column.key] for column in _COLUMNS) for index in shown),
            lines=tuple(self._lines()),
            notes=tuple(notes),
            data=self._data(),
        )

    def _data(self) -> Table:
        rows = [self._layer(index) for index in spread(self.network.depth, LISTED)]
        if self.spectrum is not None:
            rows = spectrum_beside(rows, self.spectrum)
        return Table(
            title=f"vanish {self.network.activation.label}",
            columns=tuple(Heading(key, key) for key in rows[0]),
            rows=tuple(tuple(row.values()) for row in rows),
        )

    def _lines(self) -> list[tuple[str, Cell]]:
        network = self.network
        sent = f"{size(network)}, {samples(network, self.trials)}"
        lines: list[tuple[str, Cell]] = [
            ("network", f"{sent}, seed {self.seed}, {network.dtype}"),
            ("init", settings(network) + (f" ({self.custom})" if self.custom else "")),
            ("verdict", f"{self.judgement.verdict or 'none'}: {self.judgement.summary}"),
        ]
        lines += [("because", reason) for reason in self.judgement.reasons]
        if self._missed():
            lines.append(("critical", self._missed()))
        if self.measured.overflow is None and 0 < self.measured.left_out < self.trials:
            out = f"{self.measured.left_out} of {self.trials} trials"
            why = "whose outputs are no numbers, or whose last gradient is 0"
            lines.append(("left out", f"{out}, {why}: there is nothing to compare with"))
        if self.judgement.undefined is None:
            lines += lost(self.measured, network.dtype, self.judgement.underflowed)
        lines += theory_lines(self.theory)
        steps = network.depth - 1
        most = self._bound()
        if most is not None and most < 0:
            bound = f"{power_of_ten(most)} = (σ_w · sup |f′|)^{steps}"
            lines.append(("at most", f"{bound} at infinite width, the slopes being no larger"))
        lines += finite_width_lines(self.predicted)
        if self.spectrum is not None:
            lines += spectrum_lines(self.spectrum)
        for cure in self.cures:
            # The smallest change is written out for everybody: all of them would be twelve long lines.
            written = cure.lines if cure is self.cures[0] else {"torch": cure.lines["torch"]}
            lines += [("cure", cure.text), *((f"  {name}", line) for name, line in written.items())]
        return lines

    def _missed(self) -> str:
        """Return where these inputs go instead of the critical point that was asked for; empty elsewhere."""
        network, record = self.network, self.network.activation
        asked = network.initialiser.name == "critical" and network.wiring.plain
        if not asked or self.critical is None or not isinstance(record, Activation):
            return ""
        return missed(record, self.critical, network.input_std)

    def _bound(self) -> float | None:
        """log10 of the most that infinite width passes from the last layer on to the first."""
        step = self.bound_per_layer
        return None if step is None else step * (self.network.depth - 1)

    @property
    def bound_per_layer(self) -> float | None:
        """log10 of the most that one layer of infinite width passes on, σ_w · sup|f′|, in a plain network.

        None where no such bound holds: layers of several widths or joined otherwise, vectors, no slope bound.
        """
        network, record = self.network, self.network.activation
        if not isinstance(record, Activation) or not network.wiring.plain or len(set(network.widths)) > 1:
            return None
        most = network.initialiser.sigma_w * record.slope_bound
        return math.log10(most) if 0 < most < math.inf else None

    def measured_line(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """Return layers and the median of log10 of the gradient there, thinned where there are very many."""
        shown = spread(self.network.depth, DRAWN)
        return tuple(float(index + 1) for index in shown), entries(self.measured.log10_gradient, shown)

    def to_chart(self) -> Chart:
        """Return the gradient through depth: band and median, theory, bound, and the precision floors."""
        network = self.network
        layers, median = self.measured_line()
        shown = spread(network.depth, DRAWN)
        theory = entries(self.predicted.log10_gradient, shown)
        curves = [Curve("measured, median", layers, median, role="measured")]
        if any(map(math.isfinite, theory)):
            curves.append(Curve("infinite width", layers, theory, role="theory"))
        step = self.bound_per_layer
        if step is not None and step < 0 and network.depth > 1:
            bound = tuple(step * (network.depth - layer) for layer in layers)
            curves.append(Curve("at most (σ_w·sup|f′|)^(L−l)", layers, bound, role="bound"))
        marks = self._finite_width() if network.depth > 1 else ()
        panel = depth_panel(network.depth, curves, self._band(layers, shown), self._lost(), marks)
        title = f"{heading(network.activation)}: {self.judgement.verdict or 'no'} gradient"
        panels = (panel,) if self.spectrum is None else (panel, spectrum_panel(self.spectrum))
        lines = [f"{size(network)}, {samples(network, self.trials)}", settings(network)]
        lines += [_FINITE_WIDTH] if marks else []
        return Chart(title, panels, subtitle="\n".join(lines))

    def _finite_width(self) -> tuple[Mark, ...]:
        """Return at layer 1 the ends of the 90 % of finite width and, over them, its median."""
        median, *ends = self.predicted.band
        kinds: tuple[tuple[float | None, Literal["end", "cross"]], ...]
        kinds = (*((y, "end") for y in ends), (median, "cross"))
        return tuple(Mark(1.0, y, kind) for y, kind in kinds if y is not None)

    def _band(self, layers: tuple[float, ...], shown: list[int]) -> tuple[Band, ...]:
        """Return the band between the quantiles of the trials; without an end where the lower one is 0."""
        if self.trials == 1:
            return ()
        low, high = (entries(getattr(self.measured, name), shown) for name in _BAND)
        zeros = (math.isnan(a) and not math.isnan(b) for a, b in zip(low, high, strict=True))
        ends = tuple(-math.inf if zero else a for zero, a in zip(zeros, low, strict=True))
        return (Band("5–95 % of trials", layers, ends, high),)

    def _lost(self) -> tuple[Span, ...]:
        """Return the layers that have no logarithm to draw, and say why."""
        if self.measured.overflow is not None:
            why = "outputs overflow" if self.judgement.undefined is None else "f has no value"
            return (Span(self.measured.overflow, self.network.depth, why),)
        if self.measured.dead_from is not None:
            small = self.judgement.underflowed is not None
            why = f"below {self.network.dtype}'s smallest number" if small else "exactly 0: no logarithm"
            return (Span(1, self.measured.dead_from, f"median gradient {why}"),)
        return ()
