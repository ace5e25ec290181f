"""A sign of life on standard error while something takes longer than a second; gone when it is done."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

from actcli.cli import streams

if TYPE_CHECKING:
    from threading import Event

PATIENCE: Final = 1.0
"""Seconds that pass before anything is shown."""
_STEP: Final = 0.1
_WIDTH: Final = 20
_BLOCK: Final = 5
_REST: Final = "\x1b[K"
_ERASE: Final = f"\r{_REST}"


@contextmanager
def shown(what: str | Callable[[], str], quiet: bool) -> Iterator[None]:
    """Show a moving bar with `what` and the seconds so far, on a terminal and unless `quiet`.

    `what` may be a function that says how far the work has come.
    """
    if quiet or os.environ.get("TERM") == "dumb" or not streams.is_terminal(sys.stderr):
        yield
        return
    from threading import Event, Thread

    done = Event()
    painter = Thread(target=_paint, args=(what, done), daemon=True)
    painter.start()
    try:
        yield
    finally:
        done.set()
        painter.join()


def _paint(what: str | Callable[[], str], done: "Event") -> None:
    if done.wait(PATIENCE):
        return
    # The terminal may go away while we draw on it.
    with suppress(OSError, ValueError):
        step = 0
        while not done.wait(_STEP):
            said = what if isinstance(what, str) else what()
            sys.stderr.write(f"\r{_bar(step)} {said}: {PATIENCE + step * _STEP:.0f} s{_REST}")
            sys.stderr.flush()
            step += 1
        sys.stderr.write(_ERASE)
        sys.stderr.flush()


def _bar(step: int) -> str:
    """Return a block that wanders to and fro between two brackets."""
    room = _WIDTH - _BLOCK
    place = room - abs(step % (2 * room) - room)
    return f"[{' ' * place}{'=' * _BLOCK}{' ' * (room - place)}]"
