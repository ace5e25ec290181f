"""Starts the real console script: what a user's shell starts, with a clean environment."""

import os
import pty
import select
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent.parent
_SCRIPT = Path(sys.executable).with_name("actcli")
COMMAND = [str(_SCRIPT)] if _SCRIPT.exists() else [sys.executable, "-m", "actcli"]
_UNSET = {
    "FORCE_COLOR",
    "NO_COLOR",
    "COLUMNS",
    "TERMINAL_WIDTH",
    "TERM",
    "ACTCLI_DEBUG",
    "PYTHONWARNINGS",
    "MPLBACKEND",
    "PYTHONUNBUFFERED",
}


class Done(NamedTuple):
    """Exit code, standard output and standard error together."""

    code: int
    out: str
    err: str


def environment(**changes):
    """Return a plain environment with these changes; None removes a variable."""
    plain = {name: value for name, value in os.environ.items() if name not in _UNSET}
    plain["PYTHONPATH"] = str(ROOT)
    for name, value in changes.items():
        plain.pop(name, None) if value is None else plain.__setitem__(name, str(value))
    return plain


def actcli(*words, cwd=None, stdin=None, **changes):
    """Run the console script, piped, and return what it did."""
    done = subprocess.run(
        [*COMMAND, *words],
        cwd=cwd, env=environment(**changes), stdin=subprocess.DEVNULL, capture_output=True, timeout=120,
    )  # fmt: skip
    return Done(done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8"))


def shell(line, cwd=None, **changes):
    """Run a line of bash in which `actcli` is the console script."""
    function = " ".join(f"'{word}'" for word in COMMAND)
    done = subprocess.run(
        ["bash", "-c", f'set -o pipefail; actcli() {{ {function} "$@"; }}; {line}'],
        cwd=cwd, env=environment(**changes), stdin=subprocess.DEVNULL, capture_output=True, timeout=120,
    )  # fmt: skip
    return Done(done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8"))


def on_a_terminal(*words, cwd, columns=80, seconds=60, **changes):
    """Run the console script at a terminal; return its code and all that it wrote."""
    primary, secondary = pty.openpty()
    settings = {"TERM": "xterm-256color", "COLUMNS": columns, **changes}
    process = subprocess.Popen(
        [*COMMAND, *words],
        cwd=cwd,
        env=environment(**settings),
        stdin=secondary,
        stdout=secondary,
        stderr=secondary,
    )
    os.close(secondary)
    written = b""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if select.select([primary], [], [], 0.05)[0]:
            try:
                part = os.read(primary, 65536)
            except OSError:
                break
            written += part
        elif process.poll() is not None:
            break
    os.close(primary)
    return Done(process.wait(timeout=5), written.decode("utf-8"), "")


def entries(folder="."):
    """Return the names of what is in a folder."""
    return sorted(path.name for path in Path(folder).iterdir())


def left_over(folder="."):
    """Return the names of the temporary files that a picture was to be written through."""
    return [name for name in entries(folder) if name.startswith(".actcli")]


def is_one_error_line(text):
    """Return whether `text` is one line that begins as errors do, without a control character."""
    plain = text[:-1].isprintable() and len(text) > 15
    return text.startswith("error: ") and text.count("\n") == 1 and plain
