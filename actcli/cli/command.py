"""A command as Typer declares it, whose values are read by our own readers.

Typer tells which options there are, writes the help and completes words. The texts that its parser finds
go to the reader that stands beside the option in its annotation: one line says what was given and what is
allowed, and none of the packages that Typer converts types with is imported.
"""

from collections.abc import Mapping
from typing import Any, get_type_hints

from typer.core import TyperCommand, TyperGroup

from actcli.cli.outcome import CODES
from actcli.cli.values import Reader
from actcli.errors import OptionError, suggestion


class Command(TyperCommand):
    """One command of actcli."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the checked value of every parameter into the context, or raise OptionError."""
        given, extra = self._found(ctx, args)
        if extra and not ctx.resilient_parsing:
            raise OptionError(f"'{extra[0]}' is one word too many; {self.name} takes {self._arguments()}")
        readers = _readers(self.callback)
        for param in self.params:
            option = max(param.opts, key=len)
            raw = given.get(param.name)
            # A flag that is not set, an option that is not given and an argument that is missing.
            absent = raw is None or raw in ((), [])
            if absent and param.required and not ctx.resilient_parsing:
                raise OptionError(f"{self.name} needs {self._arguments()}, such as: actcli {self.name} relu")
            if absent:
                ctx.params[param.name] = param.default
            elif ctx.resilient_parsing or param.name not in readers:
                ctx.params[param.name] = raw
            else:
                ctx.params[param.name] = readers[param.name].read(option, raw)
        ctx.args = []
        return []

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write what the arguments and options are; arguments without the Python type that Typer adds."""
        rows: dict[str, list[tuple[str, str]]] = {"Arguments": [], "Options": []}
        for param in self.get_params(ctx):
            if (row := param.get_help_record(ctx)) is not None:
                argument = param.param_type_name == "argument"
                name = str(param.metavar) if argument else row[0]
                rows["Arguments" if argument else "Options"].append((name, row[1]))
        for title, records in rows.items():
            if records:
                with formatter.section(title):
                    formatter.write_dl(records)

    def shell_complete(self, ctx: Any, incomplete: str) -> Any:
        """Return the options that begin with `incomplete`, without the help texts that rich would show."""
        return _without_help(super().shell_complete(ctx, incomplete))

    def _found(self, ctx: Any, args: list[str]) -> tuple[Mapping[str, Any], list[str]]:
        try:
            given, extra, _ = self.make_parser(ctx).parse_args(args=list(args))
        except Exception as error:
            # Typer's parser raises errors of the click inside it, which have no public name there.
            word = getattr(error, "option_name", None)
            if word is None:
                raise
            raise OptionError(self._unknown_or_bare(str(word), args)) from None
        return given, extra

    def _unknown_or_bare(self, word: str, args: list[str]) -> str:
        """Return the line for an option that does not exist, or that lacks its value or has one too many."""
        for param in self.params:
            if word in param.opts and getattr(param, "is_flag", False):
                return f"{word} takes no value"
            if word in param.opts:
                return f"{word} takes {param.metavar}; write {word} {param.metavar}"
        options = [name for param in self.params for name in param.opts if name.startswith("-")]
        near = suggestion(word, options) if word.startswith("--") else ""
        formula = next((arg for arg in args if arg.startswith(word) and not arg.startswith("--")), None)
        if not near and formula is not None and ("x" in formula or formula[1:2].isdigit()):
            cure = f'a formula that begins with a minus stands after --, as in: -- "{formula}"'
            return f"unknown option {word}; {cure}"
        return f"unknown option {word}{near or f'; actcli {self.name} --help shows all options'}"

    def _arguments(self) -> str:
        arguments = [param for param in self.params if param.param_type_name == "argument"]
        return " ".join(f"{param.metavar}{'...' if param.nargs == -1 else ''}" for param in arguments)


class Group(TyperGroup):
    """All commands of actcli."""

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        """Write what the exit codes mean."""
        with formatter.section("Exit codes"):
            formatter.write_dl([(str(code), meaning) for code, meaning in CODES.items()])

    def shell_complete(self, ctx: Any, incomplete: str) -> Any:
        """Return the commands and options that begin with `incomplete`, without their help texts."""
        return _without_help(super().shell_complete(ctx, incomplete))


def _without_help(items: Any) -> Any:
    for item in items:
        item.help = None
    return items


def _readers(function: Any) -> dict[str, Reader]:
    """Return the reader that stands beside each option in the annotations of a command's function."""
    hints = get_type_hints(function, include_extras=True)
    return {
        name: next(item for item in hint.__metadata__ if hasattr(item, "read"))
        for name, hint in hints.items()
        if any(hasattr(item, "read") for item in getattr(hint, "__metadata__", ()))
    }
