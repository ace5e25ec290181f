"""actcli derive: formula and derivatives, values at points, and a check that fails a build."""

from typing import Annotated, Final

import typer

from actcli.cli import naming, options, progress
from actcli.cli.outcome import CheckFailedError
from actcli.cli.output import Output
from actcli.cli.values import Each, Real, Whole

HELP: Final = """
\b
actcli derive sigmoid
actcli derive gelu --at -2 --at 0.5 --json
actcli derive "x * tanh(softplus(x))" --check

Show the formula, its first and second derivative, and their values at points, each beside an independent
numerical derivative. --check exits with 1 where the stated derivative is wrong.
"""


def derive(
    activation: options.Named,
    at: Annotated[
        list[float] | None,
        typer.Option(
            "--at", metavar="X", help="A point to evaluate at; repeat it for more.", show_default=False
        ),
        Each(Real()),
    ] = None,
    order: Annotated[
        int,
        typer.Option("--order", metavar="K", help="The highest derivative to show, 0 to 4."),
        Whole(0, 4),
    ] = 2,
    check: Annotated[
        bool, typer.Option("--check", help="Exit with 1 where the derivative is wrong.")
    ] = False,
    output: options.Picture = None,
    theme: options.Theme = "light",
    format: options.Format = None,
    json: options.Json = False,
    load: options.Load = None,
    quiet: options.Quiet = False,
) -> None:
    """Report the derivative of one activation, and check it where that is asked for."""
    asked = Output.asked(format, json, output, quiet, theme=theme)
    (record,) = naming.resolve([activation], load, asked.note)
    from actcli.analysis.derive import derive as analyse

    with progress.shown(f"derive {record.label}", quiet):
        report = analyse(record, at=at, order=order, check=check)
    asked.emit(report)
    if check and not report.check.passed:
        raise CheckFailedError(f"{record.label}: {report.check.failure}")
