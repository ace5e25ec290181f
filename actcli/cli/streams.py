"""Standard output for results and nothing else; standard error for everything that is said about them."""

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout, suppress
from typing import TextIO, cast

from actcli.cli.outcome import ReaderGoneError
from actcli.errors import OutputError
from actcli.render.text import encodable, printable


class _Results(io.TextIOBase):
    """Standard output as a text stream that writes all of what it is given.

    Python's own may write only the first part to a pipe where PYTHONUNBUFFERED is set.
    """

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream

    @property
    def encoding(self) -> str:  # type: ignore[override]  # a plain attribute there
        return self.stream.encoding or "utf-8"

    def isatty(self) -> bool:
        return self.stream.isatty()

    def write(self, text: str) -> int:
        self.write_bytes(encodable(text, self.encoding).encode(self.encoding, "backslashreplace"))
        return len(text)

    def write_bytes(self, data: bytes) -> None:
        if not hasattr(self.stream, "buffer"):
            # Whoever runs main() in a process of his own may catch results in a StringIO.
            self.stream.write(data.decode("utf-8", "backslashreplace"))
            return
        rest = memoryview(data)
        while rest:
            rest = rest[self.stream.buffer.write(rest) :]


_kept: list[TextIO | None] = []


@contextmanager
def for_results_alone() -> Iterator[None]:
    """Keep standard output for results: what a user's own file or a plug-in prints goes to standard error."""
    _kept.append(sys.stdout)
    try:
        with redirect_stdout(sys.stderr):
            yield
    finally:
        _kept.pop()


def standard_output() -> TextIO | None:
    """Return the stream that results go to; None where it is closed."""
    return _kept[-1] if _kept else sys.stdout


@contextmanager
def _results() -> Iterator[_Results]:
    stream = standard_output()
    if stream is None or stream.closed:
        raise OutputError("standard output is closed; open it, or send it to a file with > FILE")
    try:
        stream.flush()
        yield _Results(stream)
        stream.flush()
    except BrokenPipeError:
        _drain(stream)
        raise ReaderGoneError from None
    except OSError as error:
        _drain(stream)
        raise OutputError(f"standard output cannot be written: {error.strerror}; send it elsewhere") from None


@contextmanager
def results() -> Iterator[TextIO]:
    """Give standard output to write results to, and see that they have arrived.

    Raises ReaderGoneError where a pipe's reader has gone, OutputError where the stream is closed or full.
    """
    with _results() as stream:
        yield cast(TextIO, stream)


def write(text: str) -> None:
    """Write lines of text to standard output, in letters that its encoding has."""
    with _results() as stream:
        stream.write(text)


def write_bytes(data: bytes) -> None:
    """Write bytes to standard output as they are: pictures, and data whose encoding no locale may change."""
    with _results() as stream:
        stream.write_bytes(data)


def write_path(path: str) -> None:
    """Write the path of a file that was made: exactly for a program, escaped for a person at a terminal."""
    if is_terminal(standard_output()):
        write(printable(path) + "\n")
    else:
        write_bytes(os.fsencode(path) + b"\n")


def say(text: str) -> None:
    """Write one line to standard error; a closed or full one changes nothing about the result."""
    stream = sys.stderr
    if stream is None or stream.closed:
        return
    try:
        stream.write(encodable(printable(text), stream.encoding) + "\n")
        stream.flush()
    except OSError:
        _drain(stream)


def is_terminal(stream: TextIO | None) -> bool:
    """Return whether a person is likely to see what is written to `stream`."""
    return stream is not None and not stream.closed and stream.isatty()


def _drain(stream: TextIO) -> None:
    """Let what is still buffered flow into nothing, so that the interpreter's last flush stays quiet."""
    with suppress(OSError, ValueError):
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, stream.fileno())
        os.close(nothing)
