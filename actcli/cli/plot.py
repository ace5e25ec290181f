"""actcli plot: curves of activations and their derivatives, as a picture."""

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Annotated, Final

import typer

from actcli.cli import naming, options, streams
from actcli.cli.output import DATA_FORMATS, PIPE, Output
from actcli.cli.values import Whole, Word

HELP: Final = """
\b
actcli plot relu
actcli plot sigmoid tanh softsign --output sigmoidal.svg
actcli plot "x * tanh(softplus(x))" --range -6 4 --order 2

Draw f, its slope f′ and, with --order 2, its curvature f″, for one or several activations. Without
--output the picture is NAME.png in the current folder; its path is printed, so that it can be opened with
open "$(actcli plot relu)". With --format or --json data go to standard output instead, --points of every
curve (a table says where it is least, largest and jumps), and a picture is drawn only where --output asks
for one; pictures also have the points at which curves bend and jump. At most 2 million points in all are
plotted.
"""

Format = Annotated[
    str | None,
    options.format_option(DATA_FORMATS, default="a picture instead"),
    Word(DATA_FORMATS),
]


def plot(
    activation: options.SeveralNamed,
    range: options.Range = None,
    points: options.Points = 400,
    order: Annotated[
        int,
        typer.Option("--order", metavar="K", help="The highest derivative to draw, 0 to 2."),
        Whole(0, 2),
    ] = 1,
    title: options.Title = None,
    output: options.Picture = None,
    terminal: options.Terminal = False,
    ascii: options.Ascii = False,
    dpi: options.Resolution = None,
    theme: options.Theme = "light",
    format: Format = None,
    json: options.Json = False,
    load: options.Load = None,
    quiet: options.Quiet = False,
) -> None:
    """Draw the curves into a file or in characters, or write the sampled points as data."""
    drawing = {"theme": theme, "dpi": dpi, "title": title, "terminal": terminal, "ascii": ascii}
    asked = Output.asked(format, json, output, quiet, **drawing)
    records = naming.resolve(activation, load, asked.note)
    from actcli.analysis.plot import plot as analyse

    low, high = range or (None, None)
    report = analyse(*records, order=order, low=low, high=high, points=points)
    pictured = not (asked.explicit or asked.sketched)
    drawn = output or (file_name(record.label for record in records) if pictured else None)
    if drawn is not None:
        asked.draw(report, drawn)
    if asked.explicit:
        report = replace(report, files=(drawn,) if drawn else ())
        asked.write(report.to_table, report.to_record)
    if asked.sketched:
        asked.sketch(report)
    elif pictured and drawn is not None and drawn != PIPE:
        streams.write_path(drawn)


def file_name(labels: Iterable[str]) -> str:
    """Return the picture's name for these activations: relu.png, sigmoid-tanh.png, formula.png."""
    words = [re.sub(r"[^A-Za-z0-9_.=]+", "_", label).strip("_.") for label in labels]
    stem = "-".join(word if len(word) <= 40 else "formula" for word in words if word) or "formula"
    return f"{stem if len(stem) <= 100 else f'{len(words)}_activations'}.png"
