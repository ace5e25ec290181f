"""The picture of `vanish`: lines, bands, floors and words, and what its subtitle says of the network."""

import numpy as np
import pytest

from actcli.analysis.vanish import vanish, vanish_several
from actcli.registry import get


@pytest.fixture(scope="module")
def sigmoid():
    return vanish(get("sigmoid"))


def test_the_picture_draws_zero_where_float16_rounds_to_it(sigmoid):
    (level,) = sigmoid.to_chart().panels[0].levels
    assert np.float16(10 ** (level.y - 1e-6)) == 0 < np.float16(10 ** (level.y + 1e-6))


def test_the_picture_shows_band_theory_bound_and_the_floors_that_are_reached(sigmoid):
    (panel,) = sigmoid.to_chart().panels
    assert {curve.role for curve in panel.curves} == {"measured", "theory", "bound"}
    assert [level.label for level in panel.levels] == ["0 in float16 below this"]
    (band,) = panel.bands
    assert all(low <= high for low, high in zip(band.low, band.high, strict=True))


def test_a_picture_of_a_network_cut_off_says_where_it_is_cut():
    dead = vanish(get("relu"), depth=40, width=2, batch=1, trials=3).to_chart().panels[0]
    (span,) = dead.spans
    assert (span.low, span.high, span.label) == (1, 39, "median gradient exactly 0: no logarithm")
    (overflow,) = vanish(get("exponential"), depth=8, trials=1).to_chart().panels[0].spans
    assert overflow.label == "outputs overflow"
    assert vanish(get("tanh"), depth=4, trials=1).to_chart().panels[0].spans == ()


def test_words_about_zeros_stand_below_the_line_of_the_last_layer():
    (panel,) = vanish(get("step"), depth=5, trials=1).to_chart().panels
    assert panel.spans[0].label.startswith("median gradient exactly 0")
    low, high = panel.y_range
    assert low + high < 0 < high
    # What else there is to draw keeps its place.
    assert vanish(get("relu"), depth=12, width=3, trials=9).to_chart().panels[0].y_range is None
    assert vanish(get("relu"), depth=4, trials=1).to_chart().panels[0].y_range is None


def test_floors_that_crowd_at_the_top_of_a_picture_are_one():
    (panel,) = vanish(get("swiglu"), depth=20, width=32, trials=2).to_chart().panels
    assert [level.label for level in panel.levels] == ["0 in float64 below this"]
    (panel,) = vanish(get("sigmoid"), depth=900, width=16, batch=1, trials=2).to_chart().panels
    assert [level.label.split()[2] for level in panel.levels] == ["bfloat16", "float32", "float64"]


def test_the_picture_states_the_network_that_was_run():
    settings = {"depth": 3, "width": 16, "trials": 2, "batch": 7, "bias_mean": 0.5, "input_std": 2.0}
    for report in (vanish(get("tanh"), **settings), vanish_several([get("tanh"), get("relu")], **settings)):
        said = report.to_chart().subtitle + dict(report.to_table().lines).get("init", "")
        for part in ("3 layers × 16 units, batch 7, 2 trials", "biases of mean 0.5, inputs of std 2"):
            assert part in said


def test_singular_values_that_are_zero_are_counted_in_the_picture():
    report = vanish(get("relu"), depth=10, width=16, trials=1, spectrum=True)
    zeros = sum(value is None for value in report.to_record()["spectrum"]["log10_values"])
    assert zeros > 0
    (span,) = report.to_chart().panels[1].spans
    assert (span.low, span.high, span.label) == (17 - zeros, 16, f"{zeros} exactly 0")
    full = vanish(get("tanh"), depth=3, width=16, trials=1, spectrum=True)
    assert full.to_chart().panels[1].spans == ()


def test_crosses_show_what_finite_width_predicts_of_the_first_layer():
    report = vanish(get("relu"), depth=30, width=64, trials=2)
    found, chart = report.predicted, report.to_chart()
    marks = [(mark.x, mark.y, mark.kind) for mark in chart.panels[0].marks]
    ends = [(1, y, "end") for y in (found.log10_low, found.log10_high)]
    assert marks == [*ends, (1, found.log10_median, "cross")]
    assert "finite width for one sample" in chart.subtitle
    residual = vanish(get("relu"), depth=30, width=64, trials=2, residual=0.5).to_chart()
    assert residual.panels[0].marks == () and "finite width" not in residual.subtitle


def test_the_picture_names_every_setting_that_is_not_the_usual_one():
    said = vanish(get("tanh"), depth=2, width=(9, 8, 7), trials=1, residual=None).to_chart().subtitle
    assert "2 layers, 9 → 8 → 7 units, batch 4, 1 trial\n" in said
    assert "residual 0.5" in vanish(get("tanh"), depth=2, trials=1, residual=0.5).to_chart().subtitle
    (panel,) = vanish(get("tanh"), depth=1, trials=1).to_chart().panels
    assert panel.x_range == (0.5, 1.5)
