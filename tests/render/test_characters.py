import math

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
                x
"""


def test_a_step_in_ascii_has_a_ring_a_dot_and_no_wall():
    assert sketch(STEP, 40, ascii=True) == STEP_IN_ASCII


def test_braille_is_finer_than_ascii():
    text = sketch(FULL, 100)
    assert sum("⠀" < c <= "⣿" for c in text) > 100
    # What a picture does not show, far outside or out of sight, is not said either.
    assert "◆ the middle\n╌╌ at 1.5: a limit\nsaturated on the left: x from -4 to -3\n" in text
    assert "far outside" not in text and "out of sight" not in text


def test_names_stand_beside_a_sample_of_their_line_where_curves_end_together():
    lines = sketch(FULL, 100).splitlines()
    named = {line[11:]: line[:10] for line in lines if line[11:] in ("tanh", "line", "exp", "5–95 %")}
    assert list(named) == ["tanh", "line", "exp", "5–95 %"]
    assert len(set(named.values())) == 4
    apart = Chart("apart", (panel(*FULL.panels[0].curves, y_range=(-2, 3)),))
    assert "exp ↑" in sketch(apart, 80)


def test_curves_of_one_series_have_signs_of_their_own_in_ascii():
    roles = ("measured", "theory", "bound")
    lines = tuple(Curve(role, X, tuple(x + 3 * k for x in X), 0, role) for k, role in enumerate(roles))
    text = sketch(Chart("one", (panel(*lines),)), ascii=True)
    assert all(
        f"{sign} {role}" in text and text.count(sign) > 10 for sign, role in zip("*+x", roles, strict=True)
    )


def test_the_first_curve_lies_on_top():
    first, second = (Curve(name, X, X, k) for k, name in enumerate(("first", "second")))
    plot = sketch(Chart("two", (panel(first, second),)), ascii=True).split("* first")[0]
    assert "*" in plot and "+" not in plot.replace("+--", "")


def test_a_lone_point_is_seen():
    alone = Curve("alone", (-4.0, 0.0, 4.0), (math.nan, 1.0, math.nan))
    text = sketch(Chart("one", (panel(alone, y_range=(0, 2)),)), ascii=True)
    assert any("*" in line.split("|")[1][:60] for line in text.splitlines() if "|" in line)
    assert "* alone" in text


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


def test_in_ascii_a_greek_letter_is_measured_as_the_word_it_becomes():
    chart = Chart("σ " * 30, (panel(Curve("χ₁ = 1", X, X), y_range=(-4, 4)),), "σ_w = 1, " * 12)
    for columns in (NARROWEST, 40, 60, 80):
        assert max(map(len, sketch(chart, columns, ascii=True).splitlines())) <= columns
