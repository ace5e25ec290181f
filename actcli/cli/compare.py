"""actcli compare: the same measures of several activations, side by side."""

from typing import TYPE_CHECKING, Annotated, Final

import typer

from actcli import registry
from actcli.cli import naming, options, progress
from actcli.cli.output import Output
from actcli.cli.values import Whole
from actcli.errors import OptionError
from actcli.network import limits

if TYPE_CHECKING:
    from actcli.activation import AnyActivation

HELP: Final = """
\b
actcli compare sigmoid tanh relu
actcli compare --all --sort mean_squared_slope --format csv
actcli compare relu gelu silu --depth 50 --output overlay.png

Put bounds, slopes, Gaussian moments, gains, the critical initialisation and the gradient after --depth
layers of several activations into one table; --output draws their curves over each other.
"""


def _columns() -> list[str]:
    """Return what may be sorted by."""
    from actcli.analysis.compare_columns import HEADINGS

    return [*HEADINGS]


def compare(
    activation: options.SeveralOrNone = None,
    all: Annotated[bool, typer.Option("--all", help="Compare every activation that there is.")] = False,
    sort: Annotated[
        str | None,
        typer.Option(
            "--sort",
            metavar="KEY",
            help="Sort by a column, named as in JSON or CSV: largest first, words from a to z.",
            show_default=False,
            autocompletion=_columns,
        ),
    ] = None,
    depth: Annotated[
        int,
        typer.Option(
            "--depth", metavar="N", help="Layers of the network, {} to {}.".format(*limits.COMPARED_DEPTH)
        ),
        Whole(*limits.COMPARED_DEPTH),
    ] = 20,
    cost: Annotated[
        bool, typer.Option("--cost", help="Measure the time per element, which differs from run to run.")
    ] = False,
    seed: options.Seed = 0,
    output: options.Picture = None,
    terminal: options.Terminal = False,
    ascii: options.Ascii = False,
    dpi: options.Resolution = None,
    theme: options.Theme = "light",
    format: options.Format = None,
    json: options.Json = False,
    load: options.Load = None,
    quiet: options.Quiet = False,
) -> None:
    """Report the measures of several activations in one table."""
    drawing = {"theme": theme, "dpi": dpi, "terminal": terminal, "ascii": ascii}
    asked = Output.asked(format, json, output, quiet, **drawing)
    if not activation and not all:
        raise OptionError("compare needs ACTIVATION..., such as: actcli compare sigmoid tanh relu; or --all")
    records = naming.resolve(activation or (), load, asked.note)
    if all:
        records = _with_all(records)
    from actcli.analysis.compare import compare as analyse

    with progress.shown(f"compare {len(records)} activations", quiet):
        report = analyse(*records, sort=sort, depth=depth, seed=seed, cost=cost)
    asked.emit(report)


def _with_all(named: "list[AnyActivation]") -> "list[AnyActivation]":
    """Return the activations named, then all there are; raise OptionError for one that is among these."""
    everything = [registry.get(name) for name in registry.names()]
    for record in named:
        if record in everything:
            raise OptionError(f"{record.label} is one of --all; leave one of them out")
    return [*named, *everything]
