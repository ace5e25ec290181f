"""actcli derive: formula and derivatives, values at points, and a check that fails a build."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Final

import typer

from actcli import registry
from actcli.cli import naming, options, progress
from actcli.cli.outcome import CheckFailedError
from actcli.cli.output import DATA_FORMATS, Output
from actcli.cli.values import Each, Line, Real, Whole, Word
from actcli.errors import OptionError

if TYPE_CHECKING:
    from actcli.activation import AnyActivation
    from actcli.analysis.derive import DeriveReport
    from actcli.analysis.jacobian import JacobianReport

_FORMATS: Final = (*DATA_FORMATS, "latex", "python")

HELP: Final = """
\b
actcli derive gelu --at -2 --at 0.5 --check
actcli derive "x * tanh(softplus(x))" --steps
actcli derive gelu_tanh --against gelu

Show the formula, its first and second derivative, and their values at points, each beside an independent
numerical derivative. --check exits with 1 where the stated derivative is wrong, --all --check where any of
the whole list is. --format latex and python write the formulas alone, to be pasted.
"""


def derive(
    activation: options.NamedOrNone = None,
    at: Annotated[
        list[float] | None,
        typer.Option(
            "--at", metavar="X", help="A point to evaluate at; up to 1000 times.", show_default=False
        ),
        Each(Real(), most=1_000),
    ] = None,
    order: Annotated[
        int,
        typer.Option("--order", metavar="K", help="The highest derivative to show, 0 to 4."),
        Whole(0, 4),
    ] = 2,
    check: Annotated[
        bool, typer.Option("--check", help="Exit with 1 where the derivative is wrong.")
    ] = False,
    all: Annotated[
        bool, typer.Option("--all", help="With --check: check every activation, one line each.")
    ] = False,
    steps: Annotated[
        bool, typer.Option("--steps", help="Show the derivation of f′, one rule a line.")
    ] = False,
    expand: Annotated[
        bool, typer.Option("--expand", help="Write out the activations that a formula calls.")
    ] = False,
    against: Annotated[
        str | None,
        typer.Option(
            "--against",
            metavar="NAME",
            help="Compare values and slopes with this activation, in ulps over the whole range.",
            autocompletion=options.words,
            show_default=False,
        ),
        Line(4096),
    ] = None,
    exhaustive: Annotated[
        bool, typer.Option("--exhaustive", help="With --against: at every finite number of float16.")
    ] = False,
    fail_above: Annotated[
        float | None,
        typer.Option(
            "--fail-above",
            metavar="ULP",
            help="With --against: exit with 1 where an error is larger.",
            show_default=False,
        ),
        Real(0),
    ] = None,
    output: options.Picture = None,
    dpi: options.Resolution = None,
    theme: options.Theme = "light",
    format: Annotated[
        str | None,
        typer.Option(
            "--format",
            "-f",
            metavar="FORMAT",
            help="table, json, csv, markdown, latex or python.  [default: table]",
            autocompletion=lambda: [*_FORMATS],
            show_default=False,
        ),
        Word(_FORMATS),
    ] = None,
    json: options.Json = False,
    load: options.Load = None,
    quiet: options.Quiet = False,
) -> None:
    """Report the derivative of one activation, and check it where that is asked for."""
    asked = Output.asked(format, json, output, quiet, theme=theme, dpi=dpi)
    page = format in ("latex", "python")
    one = {"--at": at, "--steps": steps, "--expand": expand, f"--format {format}": page}
    if all:
        _refuse("--all --check", {"ACTIVATION": activation, "--against": against, **one})
        if not check:
            raise OptionError("--all goes with --check: actcli derive --all --check")
        _check_all(asked, load, order)
        return
    if activation is None:
        raise OptionError("derive needs ACTIVATION, such as: actcli derive relu; or --all --check")
    (record,) = naming.resolve([activation], load, asked.note)
    if against is not None:
        _refuse("--against", {"--check": check, **one})
        _compare(asked, record, against, order, exhaustive, fail_above)
        return
    if exhaustive or fail_above is not None:
        given = "--exhaustive" if exhaustive else "--fail-above"
        raise OptionError(f"{given} goes with --against NAME: actcli derive relu --against NAME {given}")
    from actcli.analysis.derive import derive as analyse

    with progress.shown(f"derive {record.label}", quiet):
        report = analyse(record, at=at, order=order, check=check, steps=steps, expand=expand)
        text = _page(report, format) if page else None
    if text is None:
        asked.emit(report)
    else:
        if output is not None:
            asked.draw(report, output)
        asked.write_page(text)
    if check and not report.check.passed:
        raise CheckFailedError(f"{record.label}: {report.check.failure}")


def _compare(
    asked: Output,
    record: "AnyActivation",
    other: str,
    order: int,
    exhaustive: bool,
    limit: float | None,
) -> None:
    """Compare one activation with another; raise CheckFailedError where an error is above the limit."""
    (reference,) = naming.resolve([other], None, asked.note)
    from actcli.analysis.against import against as analyse

    with progress.shown(f"{record.label} against {reference.label}", asked.quiet):
        report = analyse(record, reference, order, exhaustive)
    asked.emit(report)
    if limit is not None and report.worst.worst_ulp > limit:
        found = f"{record.label} against {reference.label}: {report.worst}"
        raise CheckFailedError(f"{found}; allowed are {limit:g} ulp")


def _refuse(what: str, given: Mapping[str, object]) -> None:
    """Raise OptionError for the first of these options that is given beside `what`, which excludes them."""
    for option, value in given.items():
        if value:
            raise OptionError(f"{what} and {option} exclude each other; leave one of them out")


def _check_all(asked: Output, load: list[str] | None, order: int) -> None:
    """Check every activation that there is; raise CheckFailedError with the names of those that fail."""
    naming.resolve((), load, asked.note)
    names = registry.names()
    from actcli.analysis.check import check_all

    reached: list[str] = []

    def said() -> str:
        return f"check {len(reached)} of {len(names)}, {''.join(reached[-1:])}"

    with progress.shown(said, asked.quiet):
        report = check_all(map(registry.get, names), order, reached.append)
    asked.emit(report)
    if report.failed:
        listed = ", ".join(report.failed)
        raise CheckFailedError(f"{len(report.failed)} of {len(names)} activations: {listed}")


def _page(report: "DeriveReport | JacobianReport", format: str | None) -> str:
    """Return the text that is to be pasted into a paper or a program."""
    from actcli.analysis.derive import DeriveReport

    if not isinstance(report, DeriveReport):
        raise OptionError(
            f"--format {format} is for functions of one number; {report.activation.name} maps vectors"
        )
    return report.formulas.to_latex() if format == "latex" else report.formulas.to_python()
