"""How `vanish` shows what theory says: fixed points, phase, depth scales, finite width, as lines and data."""

import math
from typing import Any, Final

from actcli.diagnosis.prediction import Prediction
from actcli.render.text import beside_one, power_of_ten
from actcli.report import Cell
from actcli.theory.meanfield import MeanField

_NUMBERS: Final = (
    "q_star", "chi_1", "factor_per_layer", "phase", "chi_parallel", "stability", "correlation",
    "depth_scale_gradient", "depth_scale_correlation", "depth_scale_length",
)  # fmt: skip
_STABILITY: Final = {
    "stable": "attracts",
    "unstable": "repels",
    "half_stable": "attracts from one side",
    "marginal": "neither attracts nor repels",
}


def theory_record(theory: MeanField, predicted: Prediction) -> dict[str, Any]:
    """Return the numbers for machines, and why one is missing."""
    values = {name: getattr(theory, name) for name in _NUMBERS}
    known = {k: None if isinstance(v, float) and not math.isfinite(v) else v for k, v in values.items()}
    return {**known, "reason": theory.reason or predicted.reason}


def theory_lines(theory: MeanField) -> list[tuple[str, Cell]]:
    """Return fixed point, phase and depth scales in words; a dash and the reason where there are none."""
    if theory.chi_1 is None and theory.q_star is None:
        return [("theory", f"—: {theory.reason}")]
    parts = [f"{theory.phase or 'no phase'}: {_fixed_point(theory)}"]
    if theory.correlation is not None:
        parts.append(f"correlations go to c* = {theory.correlation:.4g}")
    parts += [theory.reason] if theory.reason else []
    lines: list[tuple[str, Cell]] = [("theory", "; ".join(parts))]
    scales = [
        ("gradient ξ_∇", theory.chi_1, theory.depth_scale_gradient),
        ("correlation ξ_c", theory.correlation, theory.depth_scale_correlation),
        ("length ξ_q", theory.chi_parallel, theory.depth_scale_length),
    ]
    known = [f"{name} = {_layers(scale)}" for name, held, scale in scales if held is not None]
    return [*lines, ("  e-fold", f"in layers: {', '.join(known)}")] if known else lines


def _fixed_point(theory: MeanField) -> str:
    """Return χ₁ and where it holds: "χ₁ = 0.0525 at q* = 0.29 (attracts: χ_∥ = 0.004)"."""
    chi = "χ₁ = —" if theory.chi_1 is None else f"χ₁ = {beside_one(theory.chi_1)}"
    if theory.q_star is None:
        return chi
    drawn = [_STABILITY.get(theory.stability or "", "")]
    drawn += [] if theory.chi_parallel is None else [f"χ_∥ = {theory.chi_parallel:.4g}"]
    beside = ", ".join(filter(None, drawn))
    return f"{chi} at q* = {theory.q_star:.4g}" + (f" ({beside})" if beside else "")


def _layers(scale: float | None) -> str:
    """Return a depth scale, of a factor that is known: None is then infinite, and below 0 it is of growth."""
    return "∞" if scale is None else f"{scale:.4g}" + (" (grows)" if scale < 0 else "")


def finite_width_record(predicted: Prediction) -> dict[str, float | str | None]:
    """Return the log-normal law for machines, and why there is none where there is none."""
    band = ("log10_median", "log10_low", "log10_high")
    return {**{name: getattr(predicted, name) for name in band}, "reason": predicted.band_reason}


def finite_width_lines(predicted: Prediction) -> list[tuple[str, Cell]]:
    """Return the log-normal law in words; nothing where there is not even a line at infinite width."""
    if predicted.log10_gradient[0] is None:
        return []
    if predicted.log10_median is None:
        return [("finite width", f"—: {predicted.band_reason}")]
    median, low, high = ("—" if value is None else power_of_ten(value) for value in predicted.band)
    return [("finite width", f"log-normal for one sample: median {median}, 90 % in {low} … {high}")]
