"""Where the panels of a page go."""

import pytest

from actcli.render.palette import PALETTES
from actcli.render.sheet import EDGE, TICK, WORD, Sheet, arrange
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


@pytest.mark.parametrize(("low", "widest"), [(-1.0, "−0.25"), (-1.5e5, "−100000"), (-1.5e-7, "−1.5e−7")])
def test_numbers_on_an_axis_leave_room_for_its_name(low, widest):
    panel = Panel("x", "y", curves=(Curve("f", (0.0, 1.0), (low, 0.0)),))
    sheet = Sheet(Ruler(), next(iter(PALETTES.values())), frozenset(), alone=True)
    ((left, *_),) = arrange(sheet, Chart("title", (panel,)), "title")
    assert left - 5 - 0.6 * TICK * len(widest) >= EDGE + WORD
