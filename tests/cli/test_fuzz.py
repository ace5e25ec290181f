"""Command lines that nobody would write: whatever they are, the promises about codes and streams hold.

`ACTCLI_FUZZ=50000 python -m pytest tests/cli/test_fuzz.py` draws as many new ones as one likes.
"""

import csv
import io
import json
import os
import sys
from contextlib import chdir, redirect_stderr, redirect_stdout
from functools import cache
from unittest.mock import patch

from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from actcli import registry
from actcli.__main__ import main
from actcli.cli import app

COUNT = int(os.environ.get("ACTCLI_FUZZ", "5000"))
# Typer takes longer to build the app than most of these lines take to be refused; it is the same each time.
COMMANDS = ("plot", "derive", "vanish", "compare", "list")
BUILT = cache(app.build)

# A line is built of what a command takes, then spoiled in some places: nonsense alone never gets far.
GOOD_NAMES = """
    relu sigmoid gelu step softmax maxout elu:alpha=0.5 swish gcu selu torch.nn.GELU identity glu
    x**2 x/0 1/x sqrt(x) log(x) x**x exp(exp(x)) 0*x m=x*tanh(x) relu(x)-1 where(x>0,x,-x)
"""
BAD_NAMES = [
    "",
    " ",
    "rleu",
    "elu:",
    "elu:alpha",
    "elu:alpha=nan",
    "relu:x=1",
    ":",
    "(",
    "x +",
    "\x1b[31m",
    "[b]x[/b]",
]
GOOD_NUMBERS = st.one_of(
    st.integers(1, 12).map(str),
    st.floats(1e-3, 50).map(repr),
    st.sampled_from(["0", "-1", "-0.0", "1e-300", "5e-324", "1.797e308", "-1.797e308", "+2", ".5"]),
)
BAD_NUMBERS = [
    "nan",
    "inf",
    "-inf",
    "1e999",
    "",
    "abc",
    "0x10",
    "1_0",
    "１",
    "1e3",
    "99999999999",
    "-",
    "--",
    "1,2",
    "√2",
]
# What follows an option: nothing (None), one of these words, or this many numbers.
EVERY = {
    "--format": "table json csv markdown JSON",
    "-f": "json csv",
    "--json": None,
    "--quiet": None,
    "-q": None,
    "--load": "own.py nosuch.py",
}
DRAWN = {"--theme": "light dark", "-o": "a.svg -", "--output": "a.svg a.SVG ."}
CHARACTERS = {"--terminal": None, "--ascii": None, "--dpi": 1}
OPTIONS = {
    "plot": {"--title": "one_word", "--range": 2}
    | dict.fromkeys(["--points", "--order"], 1)
    | CHARACTERS
    | DRAWN,
    "derive": {"--at": 1, "--order": 1, "--against": "relu gelu softmax", "--fail-above": 1, "--dpi": 1}
    | dict.fromkeys(["--check", "--steps", "--expand", "--exhaustive"])
    | DRAWN,
    "vanish": {"--dtype": "float32 float64", "--init": "he xavier orthogonal critical torch"}
    | {"--fail-verdict": "vanishing stable exploding", "--fan": "in out average"}
    | dict.fromkeys(["--depth", "--width", "--batch", "--trials", "--seed", "--input-std"], 1)
    | dict.fromkeys(["--sigma-w", "--sigma-b", "--fail-below", "--fail-above"], 1)
    | {"--norm": "pre-layernorm post-rmsnorm", "--sweep": "sigma_w=0.5:2:3 sigma_b=0:1:2"}
    | {"--widths": "8,4,2 8,8,8,8", "--residual": 1, "--bias-mean": 1, "--spectrum": None, "--phase": None}
    | {"--window": "sigma_w=0.5:2 sigma_b=0:1 sigma_w=2:1"}
    | CHARACTERS
    | DRAWN,
    "compare": {"--sort": "name mean slope_max", "--depth": 1, "--seed": 1, "--cost": None}
    | CHARACTERS
    | DRAWN,
    "list": {"--markdown": None, "--family": "gated rectified", "--text": "tanh (x) relu"},
}
# Everything there is takes seconds, and is run by tests of its own.
LEFT_OUT = {"--all"}
NONSENSE = """
    --format=xml --output=no/a.svg -oa.gif --theme=blue --dtype=int8 --init=nosuch --sort=nosuch
    --fail-verdict=fine --family=nosuch --load=nosuch.py --nosuch=1 --ponts -x -h --help --version --
    --all=1 --points=0 --format -o --json=1
"""
# Small networks and pictures: what is tested is the command line, not the machine.
SMALL = {"vanish": "--width 8 --trials 1 --depth 3", "compare": "--depth 3", "plot": "--points 20 --dpi 20"}


@st.composite
def command_lines(draw):
    def spoiled():
        return draw(st.integers(0, 11)) == 0

    def name():
        bad = st.sampled_from(BAD_NAMES) | st.text(max_size=9)
        return draw(bad if spoiled() else st.sampled_from(GOOD_NAMES.split()))

    def option(word, takes):
        if takes is None:
            return [word]
        if isinstance(takes, str):
            values = [draw(st.sampled_from(takes.split()))]
        else:
            values = [draw(st.sampled_from(BAD_NUMBERS) if spoiled() else GOOD_NUMBERS) for _ in range(takes)]
        joined = len(values) == 1 and word.startswith("--") and draw(st.booleans())
        return [f"{word}={values[0]}"] if joined else [word, *values]

    command = draw(st.sampled_from(COMMANDS))
    most = 2 if command in {"plot", "compare", "list"} else 1
    groups = [[name()] for _ in range(draw(st.integers(1, most)))]
    taken = EVERY | OPTIONS[command]
    chosen = draw(st.lists(st.sampled_from(sorted(taken)), max_size=4, unique=True))
    groups += [option(word, taken[word]) for word in chosen]
    if spoiled():
        groups.append([draw(st.sampled_from(NONSENSE.split()))])
    if spoiled():
        command = draw(st.sampled_from(["plto", "", "-h", "--json", "lsit"]) | st.text(max_size=4))
    words = draw(st.permutations(groups))
    return [command, *SMALL.get(command, "").split(), *(word for group in words for word in group)]


def build(names=COMMANDS):
    return BUILT(tuple(names))


def run(words):
    """Run one command line in this process with streams as a pipe has them."""
    out, err = (
        io.TextIOWrapper(io.BytesIO(), "utf-8"),
        io.TextIOWrapper(io.BytesIO(), "utf-8", "backslashreplace"),
    )
    with redirect_stdout(out), redirect_stderr(err), patch.object(app, "build", build):
        code = main(words)
    for stream in (out, err):
        stream.flush()
    return code, out.buffer.getvalue(), err.buffer.getvalue().decode("utf-8")


def data_format(words):
    """Return the last format asked for."""
    asked = "table"
    for word, following in zip(words, [*words[1:], ""], strict=True):
        if word == "--":
            break
        if word == "--json":
            asked = "json"
        if word in {"--format", "-f"}:
            asked = following.lower()
        if word.startswith("--format="):
            asked = word.removeprefix("--format=").lower()
    return asked


def test_every_option_is_among_those_that_are_drawn():
    for name, command in app.build().commands.items():
        there = {word for param in command.params for word in param.opts if word.startswith("-")}
        assert there - LEFT_OUT == {*EVERY, *OPTIONS[name]}, name


@settings(
    max_examples=COUNT, deadline=None, suppress_health_check=list(HealthCheck), derandomize=COUNT == 5000
)
@given(words=command_lines())
def test_every_command_line_keeps_the_promises_about_codes_and_streams(tmp_path, words):
    known = dict(registry._registered)
    (tmp_path / "own.py").write_text("import actcli\nmine = actcli.get('elu')\n")
    with chdir(tmp_path):
        code, out, err = run(words)
    left = {path.name for path in tmp_path.iterdir()} - {"own.py"}
    for name in left:
        (tmp_path / name).unlink()
    note(f"{words} → {code}\n{out[:500]!r}\n{err}")
    assert registry._registered == known
    assert code in {0, 1, 2}, err
    assert "Traceback" not in err
    assert not any(name.startswith(".actcli") for name in left)
    if code == 2:
        assert err.startswith("error: ")
        assert err.count("\n") == 1
        assert err[:-1].isprintable()
        assert len(err) > len("error: ") + 5
        assert left == set()
        assert out == b"" or words == []
        return
    if code == 1:
        assert err.splitlines()[-1].startswith("check failed: ")
    is_help = out.startswith((b"Usage: ", b"actcli "))
    if not is_help and "-" not in {
        words[k + 1] for k, word in enumerate(words[:-1]) if word in {"--output", "-o"}
    }:
        parse(data_format(words), out.decode("utf-8"))


def parse(format, text):
    assert "\x1b" not in text
    if format == "json":
        json.loads(text, parse_constant=lambda constant: sys.exit(f"{constant} in JSON"))
    elif format == "csv":
        head, *rows = csv.reader(io.StringIO(text, newline=""))
        assert all(head)
        assert {len(row) for row in rows} <= {len(head)} != {0}
    elif format == "markdown":
        assert text.startswith("#")
    else:
        assert text.strip()
