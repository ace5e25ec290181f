"""The bar that shows that something is going on: on a terminal, after a second, and gone at the end."""

import io
import time
from contextlib import redirect_stderr

import pytest

from actcli.cli import progress


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def terminal(monkeypatch):
    monkeypatch.setattr(progress, "PATIENCE", 0.05)
    monkeypatch.setattr(progress, "_STEP", 0.01)
    monkeypatch.setenv("TERM", "xterm")
    return Terminal()


def test_it_appears_after_a_while_and_is_erased_at_the_end(terminal):
    with redirect_stderr(terminal), progress.shown("vanish relu", quiet=False):
        time.sleep(0.2)
    text = terminal.getvalue()
    assert "[=====               ] vanish relu: 0 s" in text
    assert "[ =====              ] vanish relu: 0 s" in text
    assert text.endswith("\r\x1b[K")
    assert "\n" not in text


def test_quick_work_shows_nothing(terminal):
    with redirect_stderr(terminal), progress.shown("vanish relu", quiet=False):
        pass
    assert terminal.getvalue() == ""


@pytest.mark.parametrize("reason", ["quiet", "dumb", "pipe", "closed"])
def test_it_stays_away_where_nobody_wants_it(terminal, monkeypatch, reason):
    if reason == "dumb":
        monkeypatch.setenv("TERM", "dumb")
    if reason == "pipe":
        monkeypatch.setattr(terminal, "isatty", lambda: False)
    stream = None if reason == "closed" else terminal
    with redirect_stderr(stream), progress.shown("vanish relu", quiet=reason == "quiet"):
        time.sleep(0.1)
    assert terminal.getvalue() == ""


def test_it_is_erased_when_the_work_fails(terminal):
    bar = progress.shown("vanish relu", quiet=False)
    with redirect_stderr(terminal), pytest.raises(KeyboardInterrupt), bar:
        time.sleep(0.1)
        raise KeyboardInterrupt
    assert terminal.getvalue().endswith("\r\x1b[K")


def test_the_block_wanders_to_and_fro():
    bars = [progress._bar(step) for step in range(60)]
    assert {len(bar) for bar in bars} == {22}
    assert bars[0] == bars[30] == "[=====               ]"
    assert bars[15] == "[               =====]"
