import pytest

from actcli.render.characters import NARROWEST, sketch
from actcli.render.text import width
from actcli.report import Chart, Curve
from tests.render.charts import EMPTY, FULL, STEP, X, panel
from tests.render.tables import HOSTILE

STEP_IN_ASCII = """\
step
f(x) = 1 if x >= 0

value f(x)
1 |              @************* * step
  |              .
  |              .
  |              .
  |              .
0 |**************o.............
  +----------------------------
   -4    -2      0     2      4
"""


def test_a_step_in_ascii_has_a_ring_a_dot_and_no_wall():
    assert sketch(STEP, 40, ascii=True) == STEP_IN_ASCII


def test_braille_is_finer_than_ascii():
    text = sketch(FULL, 100)
    assert sum("⠀" < c <= "⣿" for c in text) > 100
    assert "tanh" in text and "line" in text and "exp ↑" in text
    assert "the middle\nfar outside\na limit\nout of sight\nsaturated on the left: x from -4 to -3" in text


@pytest.mark.parametrize("ascii", [False, True])
@pytest.mark.parametrize("columns", [-3, 0, 1, *range(20, 200, 13)])
def test_no_line_is_wider_than_asked(columns, ascii):
    for chart in (STEP, FULL, *EMPTY):
        lines = sketch(chart, columns, ascii=ascii).splitlines()
        assert max(map(width, lines)) <= max(columns, NARROWEST)
        assert lines == [line.rstrip() for line in lines]


@pytest.mark.parametrize("chart", [STEP, FULL, *EMPTY], ids=lambda chart: chart.title)
def test_ascii_is_ascii_and_both_are_the_same_twice(chart):
    assert sketch(chart, ascii=True).isascii()
    assert sketch(chart) == sketch(chart)


def test_each_series_has_its_own_sign_and_colour():
    lines = tuple(Curve(f"c{k}", X, tuple(x + 3 * k for x in X), k) for k in range(4))
    text = sketch(Chart("four", (panel(*lines),)), ascii=True)
    assert all(f"{sign} c{k}" in text and text.count(sign) > 10 for k, sign in enumerate("*+x%"))
    coloured = sketch(Chart("four", (panel(*lines),)), colour=True)
    assert all(f"\x1b[{code}m" in coloured for code in (34, 31, 32, 35))
    assert "\x1b" not in sketch(Chart("four", (panel(*lines),)))


def test_hostile_text_is_drawn_as_text():
    chart = Chart(HOSTILE, (panel(Curve(HOSTILE, X, X), title=HOSTILE),), HOSTILE)
    text = sketch(chart, 120)
    assert all(c.isprintable() or c == "\n" for c in text)
    assert sketch(chart, 120, ascii=True).isascii()
