"""How `vanish` shows the singular values of the input–output Jacobian: as lines of a table, as a panel."""

import math
from typing import TYPE_CHECKING

from actcli.render.text import power_of_ten
from actcli.report import Cell, Curve, Level, Panel, Span

if TYPE_CHECKING:
    from actcli.diagnosis.isometry import Spectrum


def spectrum_lines(spectrum: "Spectrum") -> list[tuple[str, Cell]]:
    """Return mean and variance of s² beside the mean field, the condition, and whether isometry is near."""

    def beside(measured: float | None, theory: float | None) -> str:
        found, expected = ("—" if value is None else power_of_ten(value) for value in (measured, theory))
        return f"{found} (mean field {expected})"

    zeros = sum(value is None for value in spectrum.log10_values)
    variance, expected = (
        None if value is None or value <= 0 else math.log10(value)
        for value in (spectrum.relative_variance, spectrum.relative_variance_theory)
    )
    mean = beside(spectrum.log10_mean_square, spectrum.log10_mean_square_theory)
    condition = "—" if spectrum.log10_condition is None else power_of_ten(spectrum.log10_condition)
    reach = "within reach" if spectrum.isometry else "out of reach"
    return [
        ("jacobian", f"mean of s² {mean}, variance / mean² {beside(variance, expected)}"),
        ("  condition", f"{condition}, {zeros} of {len(spectrum.log10_values)} singular values are zero"),
        ("  isometry", f"{reach}: {spectrum.reason}"),
    ]


def spectrum_panel(spectrum: "Spectrum") -> Panel:
    """Return the singular values in falling order, with the root mean square that the mean field predicts."""
    values = tuple(math.nan if value is None else value for value in spectrum.log10_values)
    ranks = tuple(float(rank) for rank in range(1, len(values) + 1))
    theory, zeros = spectrum.log10_mean_square_theory, sum(map(math.isnan, values))
    # They come last: as wide as their share of the ranks.
    lost = (Span(len(values) - zeros + 1.0, float(len(values)), f"{zeros} exactly 0"),) if zeros else ()
    return Panel(
        x_label=f"rank (of {len(values)})",
        y_label="log10 of the singular value",
        title="singular values of ∂x_L/∂x_0, of one network",
        curves=(Curve("", ranks, values, role="measured"),),
        levels=() if theory is None else (Level(theory / 2, "root mean square, infinite width"),),
        spans=lost,
        x_range=(1.0, max(2.0, float(len(values)))),
    )
