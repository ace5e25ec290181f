"""actcli list: what there is."""

from typing import Annotated, Final

import typer

from actcli import registry
from actcli.cli import naming, options
from actcli.cli.output import Output
from actcli.cli.values import Line
from actcli.errors import OptionError

HELP: Final = """
\b
actcli list hard_sigmoid
actcli list --text softplus --json
actcli list --markdown

Show every activation with its aliases, parameters, formula and family, or those named, of one family, or
containing a text. A single name shows all about it: derivatives, how frameworks spell it and where they
disagree, and where it comes from.
"""


def list_(
    activation: options.SeveralOrNone = None,
    family: Annotated[
        str | None,
        typer.Option(
            "--family",
            metavar="NAME",
            help="Only this family.",
            autocompletion=naming.families,
            show_default=False,
        ),
        Line(100),
    ] = None,
    text: Annotated[
        str | None,
        typer.Option(
            "--text",
            metavar="TEXT",
            help="Only those whose names, formula or reference contain it; up to 100 characters.",
            show_default=False,
        ),
        Line(100),
    ] = None,
    markdown: Annotated[
        bool,
        typer.Option("--markdown", help="Everything about each, as a page of Markdown.", show_default=False),
    ] = False,
    format: options.Format = None,
    json: options.Json = False,
    load: options.Load = None,
    quiet: options.Quiet = False,
) -> None:
    """Report the activations that there are, or those asked for."""
    if markdown and (json or format is not None):
        raise OptionError("--markdown is a format of its own; leave out --format and --json")
    asked = Output.asked(format, json, quiet=quiet)
    named = naming.resolve(activation or (), load, asked.note)
    everything = [registry.get(name) for name in registry.names()]
    from actcli.analysis.list import list_activations

    report = list_activations(named or everything, family, text, among=everything)
    if markdown:
        asked.write_page(report.to_page())
    else:
        asked.write(report.to_table, report.to_record)
