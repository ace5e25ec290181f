"""Drawings in characters, for a terminal far away and for the log of a pipeline."""

import csv
import io
import re

import pytest

from actcli.render.text import width
from tests.cli.process import actcli, is_one_error_line, on_a_terminal

BRAILLE = re.compile("[\u2801-\u28ff]")
LINES = (
    "plot relu gelu",
    "vanish sigmoid --depth 5 --width 16 --trials 2",
    "vanish tanh --sweep sigma_w=0.5:3:4 --depth 3 --width 8",
    "vanish tanh --phase",
    "compare relu tanh --depth 5",
)


@pytest.mark.parametrize("line", LINES)
def test_a_drawing_in_characters_follows_the_table_and_writes_no_file(run, tmp_path, line):
    plain = run(*line.split(), "--format", "table").out
    (tmp_path / "relu-gelu.png").unlink(missing_ok=True)
    done = run(*line.split(), "--terminal")
    assert (done.code, done.err) == (0, "")
    assert list(tmp_path.iterdir()) == []
    drawing = done.out if line.startswith("plot") else done.out.removeprefix(plain)
    assert line.startswith("plot") or drawing.startswith("\n")
    assert BRAILLE.search(drawing)
    assert "\x1b" not in drawing
    assert max(map(width, drawing.splitlines())) <= 80
    drawing = run(*line.split(), "--ascii").out[-len(drawing) :]
    assert drawing.splitlines()[-3].isascii()
    assert not BRAILLE.search(drawing)


@pytest.mark.parametrize("columns", ["20", "80", "200"])
def test_it_is_as_wide_as_columns_says(run, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", columns)
    text = run("plot", "relu", "--ascii").out
    assert text.isascii()
    assert int(columns) - 2 <= max(map(len, text.splitlines())) <= int(columns)


@pytest.mark.parametrize("columns", ["0", "1", "abc", "-3", "9" * 30])
def test_no_value_of_columns_does_harm(run, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", columns)
    done = run("plot", "relu", "--terminal")
    assert (done.code, done.err) == (0, "")
    assert 20 <= max(map(width, done.out.splitlines())) <= 1000


def test_an_encoding_without_braille_gets_ascii(tmp_path):
    done = actcli("plot", "tanh", "--terminal", cwd=tmp_path, PYTHONIOENCODING="latin-1", COLUMNS="60")
    assert (done.code, done.err) == (0, "")
    assert done.out.isascii()
    assert done.out == actcli("plot", "tanh", "--ascii", cwd=tmp_path, COLUMNS="60").out


def test_colour_is_for_terminals_and_for_those_who_force_it(tmp_path, run, monkeypatch):
    done = on_a_terminal("plot", "relu", "tanh", "--terminal", cwd=tmp_path, columns=60)
    assert done.code == 0
    assert "\x1b[34m" in done.out
    assert max(width(line) for line in re.sub(r"\x1b\[\d*m", "", done.out).splitlines()) <= 60
    assert "\x1b" not in on_a_terminal("plot", "relu", "--terminal", cwd=tmp_path, NO_COLOR="1").out
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[34m" in run("plot", "relu", "--terminal").out


def test_a_picture_may_be_written_beside_the_drawing(run, tmp_path):
    done = run("plot", "relu", "--terminal", "-o", "relu.svg", "--title", "Mine")
    assert (done.code, done.err) == (0, "wrote relu.svg\n")
    assert done.out.startswith("Mine\n")
    assert (tmp_path / "relu.svg").exists()


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("plot relu --terminal --json", "--format json and --terminal"),
        ("vanish relu --ascii --format csv", "--format csv and --ascii"),
        ("compare relu --terminal -o -", "--output - and --terminal"),
        ("plot relu --format table -o -", "--format table and --output -"),
    ],
)
def test_two_results_that_want_standard_output_contradict_each_other(run, line, named):
    done = run(*line.split())
    assert (done.code, done.out) == (2, "")
    assert is_one_error_line(done.err), done.err
    assert named in done.err


def test_the_csv_of_a_plot_holds_every_point(run):
    done = run("plot", "step", "tanh", "--points", "50", "--order", "1", "--format", "csv")
    assert (done.code, done.err) == (0, "")
    rows = list(csv.DictReader(io.StringIO(done.out, newline="")))
    assert [*rows[0]] == ["activation", "order", "x", "y"]
    assert {(row["activation"], row["order"]) for row in rows} == {
        (name, order) for name in ("step", "tanh") for order in "01"
    }
    assert len(rows) == 200
    assert {row["y"] for row in rows if row["activation"] == "step" and row["order"] == "0"} == {"0.0", "1.0"}
