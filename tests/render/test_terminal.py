import io
import subprocess
import sys
from pathlib import Path

import pytest

import actcli
from actcli.render.data import to_markdown
from actcli.render.terminal import plain, show, styled
from actcli.render.text import width
from actcli.report import Column, Table
from tests.render.tables import HOSTILE, RESULTS

ROOT = Path(actcli.__file__).parent.parent


class Stream(io.StringIO):
    def __init__(self, terminal=False, encoding="utf-8"):
        super().__init__()
        self.terminal = terminal
        self.code = encoding

    @property
    def encoding(self):
        return self.code

    def isatty(self):
        return self.terminal


def shown(table=RESULTS, terminal=False, encoding="utf-8", **environment):
    stream = Stream(terminal, encoding)
    show(table, stream, environment)
    return stream.getvalue()


PLAIN = """\
vanish: sigmoid, 3 layers
activation  sigmoid
χ₁          0.05572

layer  log10 gradient  activation                                       dead share  stable
    1         -12.35   sigmoid                                                   —     yes
   20           4e-32  leaky_relu:negative_slope=0.2                        0.25        no
  100          -0.5    x * tanh(softplus(x)), a formula of some length      0.3333       —

The slope is at most ¼ — so it vanishes.

more

    a
1e300
"""


def test_a_pipe_gets_plain_text_with_decimal_points_under_each_other():
    assert shown() == PLAIN


@pytest.mark.parametrize("columns", ["0", "1", "20", "80", "200", "abc", "-5", "9" * 30])
def test_what_a_pipe_gets_depends_on_no_width(columns):
    assert shown(COLUMNS=columns) == PLAIN


@pytest.mark.parametrize("columns", range(20, 201, 9))
def test_a_table_on_a_terminal_fits_it_and_cuts_no_number(columns):
    text = shown(terminal=True, COLUMNS=str(columns), NO_COLOR="1")
    assert max(width(line) for line in text.splitlines()) <= columns
    for number in ("-12.35", "4e-32", "0.25", "0.3333", "0.05572", "1e300"):
        assert number in text
    assert "formula" in text


@pytest.mark.parametrize("columns", ["0", "1", "2", "7", "abc", "", "-5", "9" * 30])
def test_no_value_of_columns_does_harm(columns):
    assert "-12.35" in shown(terminal=True, COLUMNS=columns)


def test_colour_is_for_terminals_and_for_those_who_force_it():
    assert "\x1b[" in shown(terminal=True)
    assert "\x1b[" in shown(FORCE_COLOR="1")
    assert "\x1b" not in shown()
    assert "\x1b" not in shown(terminal=True, NO_COLOR="1")
    assert "\x1b" not in shown(terminal=True, NO_COLOR="1", FORCE_COLOR="1")
    assert shown(NO_COLOR="1", FORCE_COLOR="1") == PLAIN
    assert shown(terminal=True, TERM="dumb") == PLAIN
    assert shown(FORCE_COLOR="") == PLAIN


def test_forced_colour_in_a_pipe_folds_nothing():
    assert "x * tanh(softplus(x)), a formula of some length" in shown(FORCE_COLOR="1", COLUMNS="30")


@pytest.mark.parametrize("terminal", [False, True])
@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp437", "euc-kr", "no-such-codec"])
def test_every_encoding_can_write_what_is_shown(terminal, encoding):
    table = Table(
        HOSTILE, (Column("a", HOSTILE, "left"),), ((HOSTILE,), (None,)), ((HOSTILE, HOSTILE),), (HOSTILE,)
    )
    text = shown(table, terminal, encoding, NO_COLOR="1", COLUMNS="70")
    text.encode("ascii" if encoding == "no-such-codec" else encoding)


def test_ascii_tables_are_lined_with_ascii_and_spell_greek_out():
    text = shown(terminal=True, encoding="ascii", NO_COLOR="1", COLUMNS="100")
    assert "+--" in text
    assert "chi_1" in text
    assert text.isascii()


@pytest.mark.parametrize("terminal", [False, True])
def test_hostile_text_is_shown_as_text_on_one_line(terminal):
    table = Table(HOSTILE, (Column("a", HOSTILE, "left"),), ((HOSTILE,),), ((HOSTILE, HOSTILE),), (HOSTILE,))
    text = shown(table, terminal, NO_COLOR="1", COLUMNS="400")
    assert all(c.isprintable() or c == "\n" for c in text)
    assert text.count("[bold]no[/bold]") == 6
    assert text.count("\\x1b[31mred") == 6
    assert "\\u202e" in text and "\\x9b2J" in text


def test_wide_letters_keep_the_columns_straight():
    table = Table("t", (Column("a", "이름", "left"), Column("b", "b")), (("한국어", 1), ("x", 22)))
    assert plain(table).splitlines()[2:] == ["이름     b", "한국어   1", "x       22"]


NUMBERS = Table(
    "t",
    (
        Column("layer", "layer"),
        Column("a", "log10 gradient"),
        Column("low", "5 %", optional=True),
        Column("b", "sign agreement"),
        Column("c", "saturated"),
    ),
    ((1, -12.35, -13.5, 0.5, None), (20, -0.125, -0.25, 1, 0.25)),
)


@pytest.mark.parametrize(
    ("columns", "drawn"),
    [
        (
            53,
            """\
╭───────┬──────────┬────────┬───────────┬───────────╮
│       │    log10 │        │      sign │           │
│ layer │ gradient │    5 % │ agreement │ saturated │
├───────┼──────────┼────────┼───────────┼───────────┤
│     1 │  -12.35  │ -13.5  │       0.5 │         — │
│    20 │   -0.125 │  -0.25 │       1   │      0.25 │
╰───────┴──────────┴────────┴───────────┴───────────╯""",
        ),
        (
            45,
            """\
          log10               sign
layer  gradient     5 %  agreement  saturated
    1   -12.35   -13.5         0.5          —
   20    -0.125   -0.25        1         0.25""",
        ),
        (
            37,
            """\
          log10       sign
layer  gradient  agreement  saturated
    1   -12.35         0.5          —
   20    -0.125        1         0.25
left out at this width: 5 %; data
formats hold every column""",
        ),
    ],
)
def test_the_narrower_the_terminal_the_less_surrounds_the_numbers(columns, drawn):
    assert styled(NUMBERS, columns, colour=False).splitlines()[1:] == drawn.splitlines()


def test_a_narrow_terminal_gets_a_block_a_row():
    text = styled(RESULTS, 30, colour=False)
    assert "│" not in text.split("more")[0]
    assert "log10 gradient" in text and "dead share" in text


def test_a_table_without_rows_or_columns_is_still_shown():
    assert shown(Table("empty", (Column("a", "a"),))) == "empty\n\na\n"
    assert shown(Table("only a title")) == "only a title\n"
    assert "only a title" in shown(Table("only a title"), terminal=True)


def test_a_pipe_costs_no_import_of_rich():
    code = (
        "import sys; from actcli.render.terminal import show; from tests.render.tables import RESULTS;"
        "show(RESULTS, sys.stdout); assert 'rich' not in sys.modules and 'numpy' not in sys.modules"
    )
    environment = {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, env=environment, cwd=ROOT)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode() == PLAIN


def test_a_column_is_explained_where_it_is_shown():
    table = Table(
        title="t",
        columns=(
            Column("layer", "layer", meaning="layer: counted from 1"),
            Column("share", "share of all units", optional=True, meaning="share: of units"),
        ),
        rows=((1, 0.123456789),),
        notes=("a note",),
    )
    wide, cut = (" ".join(styled(table, room, colour=False).split()) for room in (60, 12))
    assert wide.endswith("layer: counted from 1; share: of units a note")
    assert "left out at this width: share" in cut
    assert cut.endswith("layer: counted from 1 a note")
    assert plain(table).endswith("\nlayer: counted from 1; share: of units\na note\n")
    assert "\nlayer: counted from 1; share: of units\n" in to_markdown(table)


def test_the_column_with_the_most_text_to_fold_gets_the_room():
    names = tuple(Column(key, key, "left") for key in ("name", "few", "much"))
    rows = tuple((f"n{k}", "a few words here and no more" if k == 0 else "", 12 * "text ") for k in range(9))
    lines = styled(Table("t", names, rows), 80, colour=False).splitlines()
    few, much = lines[2].index("few"), lines[2].index("much")
    assert much - few < 24 < 80 - much


def test_no_column_of_text_cuts_the_name_of_a_parameter():
    names = tuple(Column(key, key, "left") for key in ("name", "parameters", "formula"))
    rows = (("a", "negative_slope=0.01, bound=1", "where(x < 0, negative_slope*x, x)"),)
    for columns in range(32, 100):
        assert styled(Table("t", names, rows), columns, colour=False).count("negative_slope") == 2


def test_a_table_of_lines_alone_is_followed_by_one_empty_line():
    text = styled(Table("t", lines=(("a", 1),), further=(Table("more", NUMBERS.columns),)), 80, colour=False)
    assert text.startswith("t\na  1\n\nmore\n")


def test_notes_end_no_line_in_a_space_and_none_before_a_percent_sign():
    note = "from 5 % of the trials to 95 % of them"
    for columns in range(20, 60):
        lines = styled(Table("t", notes=(note,)), columns).splitlines()
        assert not any(line.replace("\x1b[0m", "").endswith(" ") for line in lines)
        assert not any(line.startswith(("\x1b[3m%", "%")) for line in lines)
