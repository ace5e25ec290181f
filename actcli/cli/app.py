"""The Typer app: which commands there are. `dispatch` runs one command line."""

import os
from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module
from typing import Annotated, Any, Final, cast

import typer
from typer.main import get_command

from actcli.cli import completion, streams
from actcli.cli.command import Command, Group
from actcli.errors import OptionError, suggestion

PROGRAM: Final = "actcli"
_HELP: Final = ("-h", "--help")

HELP: Final = """
\b
actcli plot relu
actcli vanish sigmoid --depth 20
actcli derive "x * tanh(softplus(x))" --at -1.5

Plot, derive and compare neural-network activation functions, and see whether a gradient survives N layers
of them. actcli COMMAND --help opens with examples of each.
"""

# The function of each, in the module that has the command's name, and what it is for.
_COMMANDS: Final[Mapping[str, tuple[str, str]]] = {
    "plot": ("plot", "Curves of f and its derivatives, as a picture."),
    "derive": ("derive", "Formula, derivatives, values at points; check them."),
    "vanish": ("vanish", "What N layers leave of a gradient, why, and a cure."),
    "compare": ("compare", "The same measures of several, side by side."),
    "list": ("list_", "What there is: names, parameters, formulas."),
}


def dispatch(arguments: Sequence[str]) -> int:
    """Run one command line and return 0; every other end is an exception.

    Raises an ActcliError for a request that cannot be served.
    """
    words = [*arguments]
    completing = bool(os.environ.get(completion.ASKED))
    # Whoever names a command does not wait for the others.
    group = build(words[:1] if not completing and words and words[0] in _COMMANDS else _COMMANDS)
    if completing:
        return completion.answer(group, PROGRAM)
    options = words[: words.index("--")] if "--" in words else words
    name = next((word for word in words if not word.startswith("-")), None)
    command = group.commands.get(name) if name is not None else None
    if any(word in _HELP for word in options):
        return _show_help(group, name, command)
    if words and words[0].partition("=")[0] in completion.OPTIONS:
        return completion.manage(group, PROGRAM, words)
    if not words:
        _show_help(group, None, None)
        raise OptionError(f"a command is missing; it is one of {', '.join(group.commands)}")
    if name != words[0]:
        raise OptionError(_misplaced(words[0], name if command is not None else None))
    if command is None:
        near = suggestion(str(name), group.commands) or f"; it is one of {', '.join(group.commands)}"
        raise OptionError(f"unknown command '{name}'{near}")
    with streams.for_results_alone(), command.make_context(f"{PROGRAM} {name}", words[1:]) as context:
        command.invoke(context)
    return 0


def build(names: Iterable[str] = _COMMANDS) -> Group:
    """Return the app as Typer's group of these commands."""
    app = typer.Typer(name=PROGRAM, cls=Group, rich_markup_mode=None, pretty_exceptions_enable=False)
    settings = {"help_option_names": [*_HELP]}
    for name in names:
        module, (function, summary) = import_module(f"actcli.cli.{name}"), _COMMANDS[name]
        command = app.command(
            name, cls=Command, help=module.HELP, short_help=summary, context_settings=settings
        )
        command(getattr(module, function))
    app.callback(help=HELP, context_settings=settings)(_actcli)
    return cast(Group, get_command(app))


def _actcli(
    version: Annotated[
        bool, typer.Option("--version", help="Show the version, and do nothing else.")
    ] = False,
) -> None:
    """Say what the options before a command are; --version is answered before anything is imported."""


def _show_help(group: Group, name: str | None, command: Any) -> int:
    """Write the help of the command that is named, or of actcli where none is."""
    shown, title = (group, PROGRAM) if command is None else (command, f"{PROGRAM} {name}")
    # A context without parsing: what is missing or wrong on the command line does not matter here.
    with typer.Context(shown, info_name=title, help_option_names=[*_HELP]) as context:
        streams.write(shown.get_help(context) + "\n")
    return 0


def _misplaced(word: str, command: str | None) -> str:
    """Return the line for an option that stands before its command, or without one."""
    if command is None:
        return f"unknown option {word}; options follow the command; actcli --help shows all commands"
    return f"{word} stands before the command; write actcli {command} … {word}"
