import csv
import io
import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actcli.render.data import to_csv, to_json, to_markdown
from actcli.report import Column, Table
from tests.render.tables import HOSTILE, RESULTS

SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
)
RECORDS = st.dictionaries(
    st.text(),
    st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8),
)


@given(RECORDS)
def test_json_reads_back_to_the_same_record(record):
    text = to_json(record)
    assert json.loads(text) == record
    assert text.isascii() and text.endswith("}\n")


def test_json_has_a_key_a_line_and_an_item_a_line():
    record = {
        "report": "x",
        "points": [{"x": 1, "y": None}, {"x": 0.1, "y": 1e-300}],
        "list": [1, 2],
        "empty": [],
    }
    assert to_json(record) == (
        '{\n  "report": "x",\n  "points": [\n    {"x": 1, "y": null},\n    {"x": 0.1, "y": 1e-300}\n  ],\n'
        '  "list": [1, 2],\n  "empty": []\n}\n'
    )


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_json_refuses_what_no_reader_could_read(value):
    with pytest.raises(ValueError, match="not JSON compliant"):
        to_json({"a": [value]})


def rows(text):
    return list(csv.reader(io.StringIO(text, newline="")))


def one_cell(value):
    return rows(to_csv(Table("t", (Column("key", "heading"),), ((value,),))))


def test_csv_is_headed_by_keys_and_keeps_full_precision():
    assert to_csv(RESULTS).split("\r\n")[:3] == [
        "layer,log10_gradient,who,dead,stable",
        "1,-12.345678,sigmoid,,true",
        "20,4e-32,leaky_relu:negative_slope=0.2,0.25,false",
    ]
    assert to_csv(RESULTS).endswith("\r\n")


@given(st.floats(allow_nan=False))
def test_a_number_in_csv_reads_back_exactly(value):
    assert float(one_cell(value)[1][0]) == value


@pytest.mark.parametrize("text", ["=1+1", "+cmd", "-softplus(-x)", "@SUM(A1)", "=HYPERLINK(1)"])
def test_a_text_that_a_spreadsheet_would_run_is_made_text(text):
    assert one_cell(text)[1] == [f"'{text}"]


@pytest.mark.parametrize("text", ["-1.5", "+3", "-1e-300", "relu", "x - 1", ""])
def test_numbers_and_plain_texts_are_left_alone(text):
    assert one_cell(text) == [["key"], [text] if text else [""]]


@given(st.text())
def test_one_row_of_csv_stays_one_line(text):
    assert to_csv(Table("t", (Column("a", "a"),), ((text,),))).count("\n") == 2
    assert len(one_cell(text)) == 2


def test_hostile_text_keeps_every_format_in_shape():
    table = Table(
        HOSTILE, (Column("a", HOSTILE, "left"), Column("b", "b")), ((HOSTILE, 1),), ((HOSTILE, None),)
    )
    assert len(rows(to_csv(table))) == 2
    lines = to_markdown(table).splitlines()
    grid = [line for line in lines if line.startswith("|")]
    assert len(grid) == 3
    assert {line.replace("\\|", "").count("|") for line in grid} == {3}
    assert all(line.isprintable() for line in lines)
    assert "\\`a\\`" in grid[2] and "\\[bold\\]" in grid[2] and "\\$x^2\\$" in grid[2]


def test_markdown_shows_titles_lines_rows_notes_and_further_tables():
    assert to_markdown(RESULTS) == (
        "## vanish: sigmoid, 3 layers\n\n- activation: sigmoid\n- χ₁: 0.05572\n\n"
        "| layer | log10 gradient | activation | dead share | stable |\n"
        "| ---: | ---: | :--- | ---: | ---: |\n"
        "| 1 | -12.35 | sigmoid | — | yes |\n| 20 | 4e-32 | leaky_relu:negative_slope=0.2 | 0.25 | no |\n"
        "| 100 | -0.5 | x * tanh(softplus(x)), a formula of some length | 0.3333 | — |\n\n"
        "The slope is at most ¼ — so it vanishes.\n\n### more\n\n| a |\n| ---: |\n| 1e300 |\n"
    )


def test_markdown_escapes_only_marks_that_would_be_read_as_such():
    table = Table("t", (Column("a", "a", "left"),), (("*bold* _it_ a * b leaky_relu - x",), ("- item",)))
    assert "\\*bold\\* \\_it\\_ a * b leaky_relu - x" in to_markdown(table)
    assert "| \\- item |" in to_markdown(table)
