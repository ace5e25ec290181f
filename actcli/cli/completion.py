"""Completing words in a shell: Typer's own protocol and scripts, with bash's idea of a word put right."""

import io
import os
from collections.abc import MutableMapping, Sequence
from contextlib import redirect_stdout

from actcli.cli import streams
from actcli.cli.command import Group
from actcli.errors import OptionError, OutputError

OPTIONS = ("--install-completion", "--show-completion")


def answer(group: Group, program: str) -> int:
    """Answer a shell that asks for completions, with the exit code that it expects."""
    prefix = (
        _join_at_colons(os.environ) if os.environ[f"_{program.upper()}_COMPLETE"].endswith("_bash") else ""
    )
    line = os.environ.get("COMP_WORDS") or os.environ.get("_TYPER_COMPLETE_ARGS", "")
    if any(word in group.commands for word in line.split()):
        # The options in front of a command are past, and Typer would import pydantic to read them.
        group.params, group.add_help_option = [], False
    code, said = _said_by_typer(group, program, [])
    streams.write("".join(item.removeprefix(prefix) for item in said.splitlines(keepends=True)))
    return code


def manage(group: Group, program: str, words: Sequence[str]) -> int:
    """Install or show the completion script of the shell in use: Typer's own options."""
    try:
        code, said = _said_by_typer(group, program, words)
    except OSError as error:
        cure = "show it with --show-completion and put it where your shell reads it"
        raise OutputError(
            f"cannot write {error.filename or 'the script'}: {error.strerror}; {cure}"
        ) from None
    if code != 0:
        shells = "bash, zsh, fish, powershell and pwsh"
        raise OptionError(f"{words[0]} does not know the shell it runs in; completion is there for {shells}")
    streams.write(said)
    return 0


def _said_by_typer(group: Group, program: str, words: Sequence[str]) -> tuple[int, str]:
    """Run Typer's own main; return its exit code and what it says, to be written as every result is."""
    said = io.StringIO()
    code = 0
    try:
        with redirect_stdout(said):
            group.main(args=[*words], prog_name=program)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0
    return code, said.getvalue()


def _join_at_colons(environment: MutableMapping[str, str]) -> str:
    """Join what bash has split at colons, `elu : al`, and return the part it does not want back, `elu:`."""
    try:
        words, current = environment["COMP_WORDS"].split("\n"), int(environment["COMP_CWORD"])
    except (KeyError, ValueError):
        return ""
    joined: list[str] = []
    for word in words[: current + 1]:
        open_end = joined and (joined[-1].endswith(":") or (":" in joined[-1] and joined[-1].endswith("=")))
        if joined and (word == ":" or open_end or (word == "=" and ":" in joined[-1])):
            joined[-1] += word
        else:
            joined.append(word)
    environment["COMP_WORDS"], environment["COMP_CWORD"] = "\n".join(joined), str(len(joined) - 1)
    return joined[-1][: joined[-1].rfind(":") + 1]
