"""Completing words in a shell: Typer's own protocol and scripts, with bash's idea of a word put right."""

import io
import os
import re
from collections.abc import MutableMapping, Sequence
from contextlib import redirect_stdout

from actcli.cli import streams
from actcli.cli.command import Group
from actcli.errors import OptionError, OutputError

OPTIONS = ("--install-completion", "--show-completion")
ASKED = "_ACTCLI_COMPLETE"
"""The variable by which a shell asks for completions, or for its script."""
SHELLS = ("bash", "zsh", "fish", "powershell", "pwsh")


def answer(group: Group, program: str) -> int:
    """Answer a shell that asks for completions, with the exit code that it expects."""
    action, _, shell = os.environ[ASKED].partition("_")
    if action not in ("complete", "source") or shell not in SHELLS:
        raise OptionError(f"{ASKED} is {os.environ[ASKED]}; it takes complete_bash, source_zsh and the like")
    begun = _join_what_bash_splits(os.environ) if (action, shell) == ("complete", "bash") else ""
    line = os.environ.get("COMP_WORDS" if shell == "bash" else "_TYPER_COMPLETE_ARGS", "")
    if any(word in group.commands for word in line.split()):
        # The options in front of a command are past, and Typer would import pydantic to read them.
        group.params, group.add_help_option = [], False
    code, said = _said_by_typer(group, program, [])
    if begun:
        said = "".join(item.removeprefix(begun) for item in said.splitlines(keepends=True))
    elif option := re.search(r"(?:^| )(--[a-z-]+=)\S*$", line):
        # Typer offers values of `--init=`; zsh and fish replace the whole word.
        items = r'(?<=")(?=[^"\s])(?=[^"]*")' if shell == "zsh" else r"(?m)^(?=.)"
        said = re.sub(items, option[1], said)
    streams.write(said)
    return code


def manage(group: Group, program: str, words: Sequence[str]) -> int:
    """Install or show the completion script of the shell in use: Typer's own options."""
    asked = words[0].partition("=")[0]
    detects = any(getattr(param, "is_flag", False) for param in group.params if asked in param.opts)
    if detects and len(words) > 1:
        raise OptionError(f"{words[0]} takes no value: it is for the shell that it runs in")
    try:
        code, said = _said_by_typer(group, program, words)
    except OSError as error:
        cure = "show it with --show-completion and put it where your shell reads it"
        raise OutputError(
            f"cannot write {error.filename or 'the script'}: {error.strerror}; {cure}"
        ) from None
    if code != 0:
        shells = ", ".join(SHELLS)
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


def _join_what_bash_splits(environment: MutableMapping[str, str]) -> str:
    """Join what bash has split at colons and equals signs, `elu : al`; return what it keeps itself, `elu:`.

    A word that is empty begins a new one: the cursor stands behind a space.
    """
    words, cursor = environment.get("COMP_WORDS", "").split("\n"), environment.get("COMP_CWORD", "")
    if not cursor.isdecimal() or words == [""]:
        raise OptionError("COMP_WORDS and COMP_CWORD do not say what to complete; bash sets them")
    current = int(cursor)
    if current >= len(words):
        return ""
    joined: list[str] = []
    for word in words[: current + 1]:
        if joined and (word in (":", "=") or (word and joined[-1].endswith((":", "=")))):
            joined[-1] += word
        else:
            joined.append(word)
    environment["COMP_WORDS"], environment["COMP_CWORD"] = "\n".join(joined), str(len(joined) - 1)
    return joined[-1][: max(joined[-1].rfind(":"), joined[-1].rfind("=")) + 1]
