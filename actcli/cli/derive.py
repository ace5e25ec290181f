"""actcli derive: formula and derivatives, values at points, and a check that fails a build."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from actcli import registry
from actcli.cli import naming, options, progress
from actcli.cli.outcome import CheckFailedError
from actcli.cli.output import DATA_FORMATS, Output
from actcli.cli.values import Each, Line, Real, Whole, Word
from actcli.errors import OptionError
from actcli.render.text import number

if TYPE_CHECKING:
    from actcli.activation import AnyActivation
    from actcli.analysis.derive import DeriveReport
    from actcli.analysis.derive_jacobian import JacobianReport

_PAGES: Final = ("latex", "python")
_FORMATS: Final = (*DATA_FORMATS, *_PAGES)

HELP: Final = """
\b
actcli derive gelu --at -2 --at 0.5 --check
actcli derive "x * tanh(softplus(x))" --steps
actcli derive gelu_tanh --against gelu

Show the formula, its first and second derivative, and their values at points, each beside an independent
numerical derivative. --check exits with 1 where the stated derivative is wrong, --all --check where any of
the whole list is. --format latex and python write the formulas alone, to be pasted.
"""


At = Annotated[
    list[float] | None,
    options.option("--at", "X", "A point to evaluate at; up to 1000 times."),
    Each(Real(), most=1_000),
]
Order = Annotated[
    int, typer.Option("--order", metavar="K", help="The highest derivative to show, 0 to 4."), Whole(0, 4)
]
Check = Annotated[bool, typer.Option("--check", help="Exit with 1 where the derivative is wrong.")]
All = Annotated[bool, typer.Option("--all", help="With --check: check every activation, one line each.")]
Steps = Annotated[bool, typer.Option("--steps", help="Show the derivation of f′, one rule a line.")]
Expand = Annotated[bool, typer.Option("--expand", help="Write out the activations that a formula calls.")]
Against = Annotated[
    str | None,
    typer.Option(
        "--against",
        metavar="NAME",
        help="Compare values and slopes with this activation, in ulps over the whole range.",
        autocompletion=naming.complete,
        show_default=False,
    ),
    Line(4096),
]
Exhaustive = Annotated[
    bool, typer.Option("--exhaustive", help="With --against: at every finite number of float16.")
]
FailAbove = Annotated[
    float | None,
    options.option("--fail-above", "ULP", "With --against: exit with 1 where an error is larger."),
    Real(0),
]
Format = Annotated[
    str | None,
    options.format_option(_FORMATS),
    Word(_FORMATS),
]


def derive(
    activation: options.NamedOrNone = None,
    at: At = None,
    order: Order = 2,
    check: Check = False,
    all: All = False,
    steps: Steps = False,
    expand: Expand = False,
    against: Against = None,
    exhaustive: Exhaustive = False,
    fail_above: FailAbove = None,
    output: options.Picture = None,
    dpi: options.Resolution = None,
    theme: options.Theme = "light",
    format: Format = None,
    json: options.Json = False,
    load: options.Load = None,
    quiet: options.Quiet = False,
) -> None:
    """Report the derivative of one activation, and check it where that is asked for."""
    asked = Output.asked(format, json, output, quiet, theme=theme, dpi=dpi)
    page = format if format in _PAGES else None
    alone = {"--at": at, "--steps": steps, "--expand": expand, f"--format {format}": page}
    if all:
        _refuse("--all --check", {"ACTIVATION": activation, "--against": against, **alone})
        if not check:
            raise OptionError("--all goes with --check: actcli derive --all --check")
        _check_all(asked, load, order)
        return
    if activation is None:
        raise OptionError("derive needs ACTIVATION, such as: actcli derive relu; or --all --check")
    (record,) = naming.resolve([activation], load, asked.note)
    if against is not None:
        _refuse("--against", {"--check": check, **alone})
        _compare(asked, record, against, order, exhaustive, fail_above)
        return
    if exhaustive or fail_above is not None:
        given = "--exhaustive" if exhaustive else "--fail-above"
        written = given if exhaustive else f"{given} ULP"
        raise OptionError(f"{given} goes with --against NAME: actcli derive relu --against NAME {written}")
    _derive(asked, record, page, at=at, order=order, check=check, steps=steps, expand=expand)


def _derive(asked: Output, record: "AnyActivation", page: str | None, **settings: Any) -> None:
    """Write report or page of one activation; raise CheckFailedError where a check asked for fails."""
    from actcli.analysis.derive import derive as analyse

    with progress.shown(f"derive {record.label}", asked.quiet):
        report = analyse(record, **settings)
        text = _page(report, page) if page else None
    if text is None:
        asked.emit(report)
    else:
        if asked.file is not None:
            asked.draw(report, asked.file)
        asked.write_page(text)
    if settings["check"] and not report.check.passed:
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
        raise CheckFailedError(f"{found}; allowed are {number(limit, 6)} ulp")


def _refuse(what: str, given: Mapping[str, object]) -> None:
    """Raise OptionError for the first of these options that is given beside `what`, which excludes them."""
    for option, value in given.items():
        if value:
            raise OptionError(f"{what} and {option} exclude each other; leave one of them out")


def _check_all(asked: Output, load: list[str] | None, order: int) -> None:
    """Check every activation that there is; raise CheckFailedError with the names of those that fail."""
    naming.resolve((), load, asked.note)
    names = registry.names()
    from actcli.analysis.check_all import check_all

    reached: list[str] = []

    def said() -> str:
        return f"check {len(reached)} of {len(names)}, {''.join(reached[-1:])}"

    with progress.shown(said, asked.quiet):
        report = check_all(map(registry.get, names), order, reached.append)
    asked.emit(report)
    if report.failed:
        listed = ", ".join(report.failed)
        raise CheckFailedError(f"{len(report.failed)} of {len(names)} activations: {listed}")


def _page(report: "DeriveReport | JacobianReport", format: str) -> str:
    """Return the text that is to be pasted into a paper or a program."""
    from actcli.analysis.derive import DeriveReport

    if not isinstance(report, DeriveReport):
        raise OptionError(
            f"--format {format} is for functions of one number; {report.activation.name} maps vectors"
        )
    return report.formulas.to_latex() if format == "latex" else report.formulas.to_python()
