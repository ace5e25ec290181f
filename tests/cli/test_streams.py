"""Standard output, standard error and signals: every way that they can end."""

import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.cli.process import COMMAND, actcli, environment, is_one_error_line, on_a_terminal, shell

COMMANDS = (
    "plot relu --json",
    "derive relu",
    "vanish relu --depth 3",
    "compare relu tanh",
    "list",
    "--help",
    "--version",
    "plot relu -o -",
)


@pytest.mark.parametrize("line", COMMANDS)
def test_a_full_standard_output_is_said_in_one_line(line, tmp_path):
    done = shell(f"actcli {line} > /dev/full", cwd=tmp_path)
    assert (done.code, done.out) == (2, "")
    assert is_one_error_line(done.err), done.err
    assert "standard output cannot be written: No space left on device" in done.err


@pytest.mark.parametrize("line", COMMANDS[4:])
def test_a_closed_standard_output_is_said_in_one_line(line, tmp_path):
    done = shell(f"actcli {line} >&-", cwd=tmp_path)
    assert (done.code, done.out) == (2, "")
    assert is_one_error_line(done.err), done.err
    assert "standard output is closed" in done.err


@pytest.mark.parametrize("line", COMMANDS)
def test_a_reader_that_goes_away_ends_it_quietly(line, tmp_path):
    # The reader has gone before anything is written.
    done = shell(f"{{ sleep 0.05; actcli {line}; echo $? >&2; }} | true", cwd=tmp_path)
    assert done.err == "141\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("unbuffered", [None, "1"])
def test_a_reader_that_takes_one_line_gets_it(tmp_path, unbuffered):
    line = "actcli plot gelu --points 20000 --json | head -1; echo ${PIPESTATUS[0]}"
    done = shell(line, cwd=tmp_path, PYTHONUNBUFFERED=unbuffered)
    assert done == (0, "{\n141\n", "")


@pytest.mark.parametrize("closed", ["2>&-", "2>/dev/full"])
@pytest.mark.parametrize(
    ("line", "code", "begins"),
    [
        ("list relu", 0, "Rectified linear unit"),
        ("plot relu", 0, "relu.png"),
        ("plto", 2, ""),
        ("vanish sigmoid --depth 20 --fail-below 1e-6 --json", 1, "{"),
        ("--version", 0, "actcli "),
    ],
)
def test_a_closed_or_full_standard_error_changes_neither_result_nor_code(
    tmp_path, closed, line, code, begins
):
    done = shell(f"actcli {line} {closed}", cwd=tmp_path)
    assert (done.code, done.err) == (code, "")
    assert done.out.startswith(begins)


def test_a_closed_standard_input_changes_nothing(tmp_path):
    assert shell("actcli list relu <&-", cwd=tmp_path) == shell("actcli list relu", cwd=tmp_path)


def start(*words, cwd, **options):
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
    # What runs the tests may ignore signals (a job in the background does), and a child inherits that.
    return subprocess.Popen(
        [*COMMAND, *words], cwd=cwd, env=environment(), preexec_fn=heed_signals, **pipes
    )  # fmt: skip


def heed_signals():
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


def wait_for_numpy(process):
    """Wait until numpy is being imported: the interpreter has started, and there is work to interrupt."""
    while process.poll() is None and "_multiarray_umath" not in Path(f"/proc/{process.pid}/maps").read_text():
        time.sleep(0.002)


LONG = ("vanish", "tanh", "--depth", "1000000", "--width", "64", "-o", "picture.png")


@pytest.mark.parametrize(
    ("number", "code"),
    [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)],
    ids=["int", "term", "hup"],
)
@pytest.mark.parametrize("delay", [0, 0.02, 0.3])
def test_a_signal_ends_it_within_a_second_without_a_word_or_half_a_file(tmp_path, number, code, delay):
    (tmp_path / "picture.png").write_bytes(b"old")
    process = start(*LONG, cwd=tmp_path)
    wait_for_numpy(process)
    time.sleep(delay)
    sent = time.monotonic()
    process.send_signal(number)
    out, err = process.communicate(timeout=10)
    # A second, and a second more for a machine that is busy with other things.
    assert time.monotonic() - sent < 2
    assert (process.returncode, out, err) == (code, b"", b"")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("picture.png", b"old")]


def test_a_signal_that_the_parent_ignores_stays_ignored(tmp_path):
    done = shell("trap '' TERM; actcli list relu --json & sleep 0.1; kill -TERM $!; wait $!", cwd=tmp_path)
    assert done.code == 0
    assert done.out.startswith("{")


def test_a_picture_is_refused_on_a_terminal(tmp_path):
    done = on_a_terminal("plot", "relu", "-o", "-", cwd=tmp_path)
    assert done.code == 2
    assert done.out.startswith("error: a picture is not shown on a terminal")
    assert "PNG" not in done.out[60:]


def test_a_table_on_a_terminal_has_lines_and_colour_and_fits_its_width(tmp_path):
    import re

    done = on_a_terminal("list", "relu", cwd=tmp_path, columns=60)
    assert done.code == 0
    assert "\x1b[" in done.out
    plain = re.sub(r"\x1b\[[0-9;]*m", "", done.out)
    assert max(map(len, plain.splitlines())) <= 60


@pytest.mark.parametrize("changes", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_a_terminal_that_wants_no_escapes_gets_none(tmp_path, changes):
    done = on_a_terminal("list", "relu", cwd=tmp_path, **changes)
    assert done.code == 0
    assert "\x1b" not in done.out
    assert "Rectified linear unit" in done.out


@pytest.mark.parametrize(
    "changes",
    [
        {"NO_COLOR": "1", "COLUMNS": "0", "TERMINAL_WIDTH": "abc"},
        {"TERM": "dumb", "COLUMNS": "1"},
        {"COLUMNS": "20"},
        {"COLUMNS": "abc"},
        {"LANG": "C", "LC_ALL": "C"},
        {"FORCE_COLOR": "1", "line": "--json"},
        {"FORCE_COLOR": "1", "line": "--format csv", "COLUMNS": "20"},
    ],
    ids=str,
)
def test_what_is_piped_is_the_same_whatever_the_terminal_is_like(tmp_path, changes):
    words = ("list", *changes.get("line", "").split())
    settings = {name: value for name, value in changes.items() if name != "line"}
    done = actcli(*words, cwd=tmp_path, **settings)
    assert done == actcli(*words, cwd=tmp_path)
    assert done.code == 0
    assert "\x1b" not in done.out


@pytest.mark.parametrize("columns", ["0", "20", "abc", "100000"])
def test_help_survives_any_width(tmp_path, columns):
    done = actcli("vanish", "--help", cwd=tmp_path, COLUMNS=columns, TERMINAL_WIDTH=columns)
    assert (done.code, done.err) == (0, "")
    assert "actcli vanish sigmoid --depth 20" in done.out


@pytest.mark.parametrize("unbuffered", [None, "1"])
def test_a_slow_reader_gets_every_byte(tmp_path, unbuffered):
    line = (
        "actcli plot gelu --points 20000 --json | (sleep 0.2; cat) | python3 -m json.tool --compact | wc -c"
    )
    done = shell(line, cwd=tmp_path, PYTHONUNBUFFERED=unbuffered)
    assert (done.code, done.err) == (0, "")
    assert int(done.out) > 1_000_000
