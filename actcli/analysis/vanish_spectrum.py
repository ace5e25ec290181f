"""How `vanish` shows the singular values of the input–output Jacobian: as lines of a table, as a panel."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from actcli.render.text import power_of_ten
from actcli.report import Cell, Column, Curve, Level, Panel, Span, Table

if TYPE_CHECKING:
    from actcli.diagnosis.isometry import Spectrum


_COLUMNS: Final = (
    Column("name", "activation", "left"),
    Column("log10_mean_square", "log10 mean s²", meaning="log10 mean s²: of all singular values"),
    Column("log10_mean_square_theory", "mean field", meaning="mean field: the same at infinite width"),
    Column("relative_variance", "variance / mean²", meaning="variance / mean²: of s²"),
    Column("relative_variance_theory", "mean field"),
    Column("log10_condition", "log10 condition", meaning="condition: largest over smallest"),
    Column("zero_singular_values", "exactly 0", optional=True),
    Column("isometry", "isometry", optional=True, meaning="isometry: whether all s near 1 are within reach"),
)


def spectrum_lines(spectrum: "Spectrum") -> list[tuple[str, Cell]]:
    """Return mean and variance of s² beside the mean field, the condition, and whether isometry is near."""

    def beside(measured: float | None, theory: float | None) -> str:
        found, expected = ("—" if value is None else power_of_ten(value) for value in (measured, theory))
        return f"{found} (mean field {expected})"

    zeros = _zeros(spectrum)
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


def spectrum_table(spectra: "Sequence[tuple[str, Spectrum]]") -> Table:
    """Return one row a network, each with the name of its activation."""
    return Table(
        title="singular values s of the Jacobian ∂x_L/∂x_0, of one network each",
        columns=_COLUMNS,
        rows=tuple((name, *spectrum_row(spectrum).values()) for name, spectrum in spectra),
    )


def spectrum_row(spectrum: "Spectrum") -> dict[str, Cell]:
    """Return what one row says of the singular values, by the keys of data formats."""
    return {
        "log10_mean_square": spectrum.log10_mean_square,
        "log10_mean_square_theory": spectrum.log10_mean_square_theory,
        "relative_variance": spectrum.relative_variance,
        "relative_variance_theory": spectrum.relative_variance_theory,
        "log10_condition": spectrum.log10_condition,
        "zero_singular_values": _zeros(spectrum),
        "isometry": spectrum.isometry,
    }


def spectrum_beside(rows: Sequence[dict[str, Cell]], spectrum: "Spectrum") -> list[dict[str, Cell]]:
    """Return the rows with a rank and the log10 of its singular value beside each, as many rows as either."""
    values = [
        {"singular_value": rank, "log10_singular_value": value}
        for rank, value in enumerate(spectrum.log10_values, 1)
    ]
    blanks = dict.fromkeys(rows[0]), dict.fromkeys(values[0])
    count = max(len(rows), len(values))
    padded = [*rows, *[blanks[0]] * (count - len(rows))], [*values, *[blanks[1]] * (count - len(values))]
    return [{**row, **value} for row, value in zip(*padded, strict=True)]


def spectrum_panel(spectrum: "Spectrum") -> Panel:
    """Return the singular values in falling order, with the root mean square that the mean field predicts."""
    panel, zeros = spectra_panel([("", spectrum)]), _zeros(spectrum)
    count, theory = len(spectrum.log10_values), spectrum.log10_mean_square_theory
    return panel._replace(
        # They come last: as wide as their share of the ranks.
        spans=(Span(count - zeros + 1.0, float(count), f"{zeros} exactly 0"),) if zeros else (),
        levels=() if theory is None else (Level(theory / 2, "root mean square, infinite width"),),
    )


def spectra_panel(spectra: "Sequence[tuple[str, Spectrum]]") -> Panel:
    """Return the singular values of several networks in falling order, each with its name."""
    count = max(len(spectrum.log10_values) for _, spectrum in spectra)
    return Panel(
        x_label=f"rank (of {count})",
        y_label="log10 of the singular value",
        title="singular values of ∂x_L/∂x_0, of one network" + (" each" if len(spectra) > 1 else ""),
        curves=tuple(_curve(name, k, spectrum) for k, (name, spectrum) in enumerate(spectra)),
        x_range=(1.0, max(2.0, float(count))),
    )


def _curve(name: str, series: int, spectrum: "Spectrum") -> Curve:
    values = tuple(math.nan if value is None else value for value in spectrum.log10_values)
    zeros = f" ({_zeros(spectrum)} exactly 0)" if name and _zeros(spectrum) else ""
    ranks = tuple(float(rank) for rank in range(1, len(values) + 1))
    return Curve(name + zeros, ranks, values, series, role="measured")


def _zeros(spectrum: "Spectrum") -> int:
    return sum(value is None for value in spectrum.log10_values)
