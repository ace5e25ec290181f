import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from actcli.render.layout import Page, around, isolated, spread, traced
from actcli.render.palette import PALETTES, SERIES_DASHES
from actcli.render.scales import Scale, scales
from actcli.render.sheet import keyed
from actcli.report import Band, Curve, Level, Panel

PLACES = st.lists(st.floats(0, 100), max_size=12)


@given(PLACES)
def test_spread_labels_keep_their_distance_their_order_and_the_page(wanted):
    places = spread(wanted, 5, 0, 100)
    ordered = sorted(places)
    assert all(b - a >= 5 - 1e-9 for a, b in pairwise(ordered))
    assert all(-1e-9 <= place <= 100 + 1e-9 for place in places)
    for i, a in enumerate(wanted):
        for j, b in enumerate(wanted):
            assert a >= b or places[i] <= places[j]


def test_labels_that_have_room_stay_where_they_are():
    assert spread([10, 30, 20], 5, 0, 100) == [10, 30, 20]
    assert spread([], 5, 0, 100) == []


def test_too_many_labels_share_the_room_evenly():
    assert spread([50] * 5, 100, 0, 40) == pytest.approx([0, 10, 20, 30, 40])


@given(
    st.lists(
        st.tuples(st.floats(-500, 500), st.floats(-500, 500) | st.just(float("nan"))), min_size=2, max_size=9
    )
)
def test_a_traced_line_has_no_holes_but_where_the_pen_is_lifted(points):
    x, y = np.array(points).T
    dots = traced(x, y)
    assert not np.isnan(dots).any()
    runs = np.isfinite(y[:-1]) & np.isfinite(y[1:])
    length = np.hypot(np.diff(x), np.diff(y))[runs].sum()
    assert len(dots) >= length / 2.01


def test_a_word_goes_where_it_covers_neither_word_nor_curve():
    page = Page(200, 100)
    page.curves.append(np.column_stack([np.linspace(0, 200, 400), np.full(400, 62.0)]))
    boxes = around(40, 10, 100, 50, 5)
    assert page.place(boxes) == 1  # above lies the curve: below
    assert page.place(boxes) > 1  # below lies a word now
    assert len(page.words) == 2


@given(st.floats(-1e6, 1e6), st.floats(1e-6, 1e6), st.integers(1, 12))
def test_ticks_are_round_few_and_on_the_axis(low, length, most):
    scale = Scale(low, low + length, 100)
    ticks = scale.ticks(most)
    slack = 1e-6 * length + 4 * np.spacing(abs(low) + length)
    assert len(ticks) <= most + 1
    assert all(scale.low - slack <= tick <= scale.high + slack for tick in ticks)
    steps = np.diff(ticks)
    assert steps == pytest.approx(steps[:1].repeat(len(steps)), rel=1e-3)


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", PALETTES)
def test_colours_can_be_read_on_their_page(theme):
    """WCAG 2: text needs a contrast of 4.5, lines and marks 3; names of curves are text in their colour."""
    palette = PALETTES[theme]
    assert contrast(palette.text, palette.page) >= 12
    assert contrast(palette.quiet, palette.page) >= 4.5
    assert contrast(palette.quiet, palette.shade) >= 4.5
    for colour in palette.series:
        assert contrast(colour, palette.page) >= 3.5, colour
    assert len({*palette.series}) == len(palette.series)


def seen(colour, matrix):
    """Return what a dichromat sees of a colour, as linear RGB (Viénot, Brettel and Mollon 1999)."""
    parts = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return matrix @ linear


PROTANOPE = np.array([[0.11238, 0.88762, 0.0], [0.11238, 0.88762, 0.0], [0.00401, -0.00401, 1.0]])
DEUTERANOPE = np.array([[0.29275, 0.70725, 0.0], [0.29275, 0.70725, 0.0], [-0.02234, 0.02234, 1.0]])


@pytest.mark.parametrize("matrix", [PROTANOPE, DEUTERANOPE], ids=["protanope", "deuteranope"])
@pytest.mark.parametrize("theme", PALETTES)
def test_the_first_five_colours_differ_to_colour_blind_eyes(theme, matrix):
    first = [np.cbrt(np.clip(seen(colour, matrix), 0, 1)) for colour in PALETTES[theme].series[:5]]
    for i, one in enumerate(first):
        for other in first[i + 1 :]:
            assert np.abs(one - other).max() > 0.08


def test_dashes_and_colours_repeat_out_of_step():
    assert np.gcd(len(SERIES_DASHES), len(PALETTES["light"].series)) == 1
    # As many activations as colours are told apart in grey.
    assert len(SERIES_DASHES) >= len(PALETTES["light"].series)
    assert len(set(SERIES_DASHES)) == len(SERIES_DASHES)


def test_names_of_curves_that_end_in_one_point_get_a_sample_of_their_line():
    first, second = (Curve(name, (0.0, 1.0), (start, 0.0)) for name, start in (("a", 1.0), ("b", 2.0)))
    apart = Curve("c", (0.0, 1.0), (1.0, 0.5))
    lifted = Curve("d", (0.0, 1.0), (1.0, math.nan))
    band = Band("5–95 %", (0.0, 1.0), (0.0, 0.0), (1.0, 1.0))
    assert keyed(Panel("x", "y", curves=(apart,), bands=(band,)))
    assert keyed(Panel("x", "y", curves=(first, second)))
    assert not keyed(Panel("x", "y", curves=(first, apart)))
    assert not keyed(Panel("x", "y", curves=(lifted, lifted)))


def test_lone_points_are_those_that_no_line_leads_to_or_passes():
    nan = math.nan
    y = np.array([nan, 1.0, nan, 5.0, 5.0, nan, 5.0, nan, 9.0])
    x = np.array([0.0, 0.0, 9.0, 20.0, 40.0, 40.0, 41.0, 60.0, 60.0])
    # The point at 41 stands in the ink of the line that ends at 40.
    assert isolated(x, y).tolist() == [1, 8]
    assert isolated(x[:1], y[:1]).tolist() == []


@pytest.mark.parametrize("height", [1e-5, -0.25, 3.0, 1e280])
def test_a_level_line_is_seen_at_its_height_and_not_at_0(height):
    line = Curve("c", (0.0, 1.0), (height, height))
    upright = scales(Panel("x", "y", curves=(line,)), 100, 100)[1]
    assert upright.at(height) == pytest.approx(50)
    assert 0 in (pytest.approx(upright.at(0.0)), pytest.approx(100 - upright.at(0.0)))


def test_words_at_the_end_of_an_axis_get_room_and_others_none():
    line = Curve("a", (0.0, 1.0), (-10.0, 0.0))

    def lowest(y):
        return scales(Panel("x", "y", curves=(line,), levels=(Level(y, "a floor"),)), 100, 100)[1].low

    assert lowest(-9.5) == pytest.approx(-11.7)
    assert lowest(-5.0) == pytest.approx(-10.7)
