"""Where the panels of a page go, and what fits beside them."""

from itertools import pairwise

import pytest

from actcli.render.palette import PALETTES
from actcli.render.scales import Scale
from actcli.render.sheet import EDGE, TICK, WORD, Sheet, arrange, column_ticks, tick_texts
from actcli.report import Chart, Curve, Panel


class Ruler:
    """Measures texts as a fixed share of their size a letter, and draws nothing."""

    def resize(self, width, height):
        """Take the size of the page."""

    def text(self, *place, **style):
        """Put a text nowhere."""

    def measure(self, text, size, weight):
        """Return the width of a text."""
        return 0.6 * size * len(text)


SHEET = Sheet(Ruler(), next(iter(PALETTES.values())), frozenset(), alone=True)


@pytest.mark.parametrize(
    ("low", "widest"), [(-1.0, "−0.25"), (-1.5e5, "−100000"), (-1.5e9, "−1.5e9"), (-1.5e-7, "−1.5e−7")]
)
def test_numbers_on_an_axis_leave_room_for_its_name(low, widest):
    panel = Panel("x", "y", curves=(Curve("f", (0.0, 1.0), (low, 0.0)),))
    ((left, *_),) = arrange(SHEET, Chart("title", (panel,)), "title")
    assert left - 5 - 0.6 * TICK * len(widest) >= EDGE + WORD


@pytest.mark.parametrize(
    ("low", "high"), [(-4, 4), (-1e9, 1e9), (0, 1e5), (-1e-7, 1e-7), (99999.9, 100000.1)]
)
def test_numbers_on_a_level_axis_stand_apart(low, high):
    scale = Scale(low, high, 360)
    values = column_ticks(SHEET, scale)
    half = 0.6 * TICK * max(map(len, tick_texts(values))) / 2
    assert len(values) > 3
    assert all(scale.at(after) - half > scale.at(before) + half for before, after in pairwise(values))


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ([0.0, 2.5e5, 5e5], ["0", "250000", "500000"]),
        ([-5e8, 0.0, 5e8, 1e9], ["−5e8", "0", "5e8", "1e9"]),
        ([12345670.0, 12345680.0], ["12345670", "12345680"]),
        ([0.0005, 0.001], ["0.0005", "0.001"]),
        ([0.0, 2e-4, 4e-4], ["0", "0.0002", "0.0004"]),
        ([5e-5, 1e-4], ["5e−5", "1e−4"]),
        ([], []),
    ],
)
def test_the_numbers_of_one_axis_are_written_alike(values, texts):
    assert tick_texts(values) == texts


@pytest.mark.parametrize("count", [2, 20, 24])
@pytest.mark.parametrize("panels", [1, 3])
def test_a_panel_is_high_enough_for_the_names_beside_it(count, panels):
    curves = tuple(Curve(f"curve {k}", (0.0, 1.0), (0.0, 1.0), k) for k in range(count))
    boxes = arrange(SHEET, Chart("title", (Panel("x", "y", curves=curves),) * panels), "title")
    assert all(height >= 10.5 * (count - 1) for *_, height in boxes)


def test_a_name_too_long_for_its_place_keeps_its_number():
    assert SHEET.abridged("leaky_relu:negative_slope=0.1, f = 1", 150).endswith("…, f = 1")
    assert SHEET.abridged("short, f = 1", 150) == "short, f = 1"
    assert SHEET.abridged("a name without a number, " + 30 * "x", 150).endswith("x…")
    assert SHEET.measure(SHEET.abridged("leaky_relu:negative_slope=0.1, f = 1", 150)) <= 150


def test_a_title_of_the_longest_is_written_to_its_end():
    class Writer(Ruler):
        said = ""

        def text(self, x, y, text, **style):
            self.said += f" {text}"

    # The help of --title promises 300 characters; Ruler's letters are as wide as bold ones are on average.
    title = " ".join(f"word{k:02}" for k in range(43))
    sheet = Sheet(Writer(), next(iter(PALETTES.values())), frozenset(), alone=True)
    arrange(sheet, Chart("title"), title)
    assert sheet.pen.said.split() == title.split()
