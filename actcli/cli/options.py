"""The options that every command spells the same way, each with its help and its limits in one place."""

from typing import Annotated, Any, Final

import typer

from actcli.cli import naming
from actcli.cli.output import DATA_FORMATS
from actcli.cli.values import Each, Interval, Line, Whole, Word
from actcli.network import limits
from actcli.render.text import number

POINTS: Final = (2, 100_000)
DPI: Final = (20, 1200)
"""As render.figure.DPI_RANGE; like analysis.plot's limits it cannot be asked without importing numpy."""
RANGE: Final = 1e9
"""As analysis.plot.LIMIT."""
TITLE: Final = 300

FORMULA: Final = {"characters": 500, "brackets": 64, "operations": 96}
"""As formula.limits: how long a formula may be, and how deep its brackets and its operations."""

_NAMING = (
    "A name, alias or framework spelling, with parameters as in elu:alpha=0.5, or a formula in x of up to "
    "{characters} characters, {brackets} brackets and {operations} operations deep."
).format(**FORMULA)

_LOST = "every report names the layer, if any, from which {} loses the gradient"


def option(name: str, metavar: str, help: str, default: object = None, words: tuple[str, ...] = ()) -> Any:
    """Return an option that takes a value; `words` are what a shell may offer for it."""
    stated = "" if default is None else f"  [default: {default}]"
    offered = (lambda: list(words)) if words else None
    return typer.Option(name, metavar=metavar, help=help + stated, show_default=False, autocompletion=offered)


def format_option(formats: tuple[str, ...], default: str | None = None) -> Any:
    """Return the option that chooses one of these formats, the first unless another `default` is said."""
    stated = f"{', '.join(formats[:-1])} or {formats[-1]}.  [default: {default or formats[0]}]"
    return typer.Option(
        "--format", "-f", metavar="FORMAT", help=stated, show_default=False, autocompletion=lambda: [*formats]
    )


NamedOrNone = Annotated[
    str | None,
    typer.Argument(metavar="ACTIVATION", help=_NAMING, autocompletion=naming.complete, show_default=False),
]
SeveralNamed = Annotated[
    list[str],
    typer.Argument(metavar="ACTIVATION", help=_NAMING, autocompletion=naming.complete, show_default=False),
]
SeveralOrNone = Annotated[
    list[str] | None,
    typer.Argument(metavar="ACTIVATION", help=_NAMING, autocompletion=naming.complete, show_default=False),
]
Format = Annotated[
    str | None,
    format_option(DATA_FORMATS),
    Word(DATA_FORMATS),
]
Json = Annotated[bool, typer.Option("--json", help="Short for --format json.", show_default=False)]
Picture = Annotated[
    str | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        help="Draw a picture: .png, .svg or .pdf; - is PNG on stdout.",
        show_default=False,
    ),
    Line(4096),
]
Terminal = Annotated[
    bool, typer.Option("--terminal", help="Draw in characters, in braille where they can be shown.")
]
Ascii = Annotated[bool, typer.Option("--ascii", help="Draw in characters, in ASCII alone.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing on standard error but errors.")]
Theme = Annotated[
    str,
    typer.Option("--theme", metavar="THEME", help="light or dark.", autocompletion=lambda: ["light", "dark"]),
    Word(("light", "dark")),
]
Load = Annotated[
    list[str] | None,
    typer.Option(
        "--load",
        metavar="FILE",
        help="Run a Python file and use the activations it defines; up to 100 times.",
        show_default=False,
    ),
    Each(Line(4096), most=100),
]
Range = Annotated[
    tuple[float, float] | None,
    typer.Option(
        "--range",
        metavar="LOW HIGH",
        help=f"The ends of the x axis, within ±{number(RANGE, 6)}.",
        show_default=False,
    ),
    Interval(RANGE),
]
Points = Annotated[
    int,
    typer.Option(
        "--points", metavar="N", help=f"Points per curve, evenly spaced, {POINTS[0]} to {POINTS[1]}."
    ),
    Whole(*POINTS),
]
Resolution = Annotated[
    int | None,
    typer.Option(
        "--dpi",
        metavar="N",
        help=f"Pixels per inch of a PNG, {DPI[0]} to {DPI[1]}.  [default: 150]",
        show_default=False,
    ),
    Whole(*DPI),
]
Title = Annotated[
    str | None,
    typer.Option(
        "--title",
        metavar="TEXT",
        help=f"The picture's title, as plain text of up to {TITLE} characters.",
        show_default=False,
    ),
    Line(TITLE),
]
Seed = Annotated[
    int,
    typer.Option("--seed", metavar="N", help="The same seed gives the same bytes; 0 to 2^64 - 1."),
    Whole(*limits.SEED),
]
Dtype = Annotated[
    str,
    typer.Option(
        "--dtype",
        metavar="DTYPE",
        help="float64 or float32: what the network computes in.",
        autocompletion=lambda: list(limits.DTYPES),
    ),
    Word(limits.DTYPES, {name: _LOST.format(name) for name in ("float16", "bfloat16")}),
]
