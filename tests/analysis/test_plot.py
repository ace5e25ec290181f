import json
import math
from dataclasses import replace

import numpy as np
import pytest

from actcli import registry
from actcli.activation import Activation
from actcli.analysis.compare import compare
from actcli.analysis.derive import derive
from actcli.analysis.plot import LIMIT, plot
from actcli.errors import OptionError, OrderError
from actcli.render.data import to_csv, to_json
from actcli.render.figure import draw
from tests.schema import problems, schema_of

SCHEMA = schema_of("plot")
NAMES = registry.names()


def charted(*words, **options):
    return plot(*map(registry.get, words), **options).to_chart()


def slopes(word):
    return charted(word).panels[1]


@pytest.mark.parametrize("name", NAMES)
def test_every_activation_can_be_plotted(name):
    record = registry.get(name)
    report = plot(record, order=2)
    chart = report.to_chart()
    assert [panel.y_label for panel in chart.panels] == ["value f(x)", "slope f′(x)", "curvature f″(x)"]
    assert problems(json.loads(to_json(report.to_record())), SCHEMA) == []
    for panel in chart.panels:
        (curve,) = panel.curves
        assert np.isfinite(curve.y).mean() > 0.9
        assert list(curve.x) == sorted(curve.x)


@pytest.mark.parametrize("name", NAMES)
def test_samples_are_values_of_the_function_and_straight_lines_between_them_are_near(name):
    section = registry.get(name).section
    for order, curve in enumerate(plot(section, order=1).curves):
        x, y = curve.samples.x, curve.samples.y
        kept = np.isfinite(y) & ~np.isin(x, section.breakpoints)
        assert np.array_equal(y[kept], section(x[kept], order=order))
        a, b = np.flatnonzero(np.isfinite(y[:-1]) & np.isfinite(y[1:]) & (np.diff(x) > 0)) + np.array(
            [[0], [1]]
        )
        middle = section((x[a] + x[b]) / 2, order=order)
        height = np.nanmax(np.abs(y))
        assert np.abs(middle - (y[a] + y[b]) / 2).max() <= 1e-2 * height


@pytest.mark.parametrize("name", NAMES)
def test_jumps_are_those_that_the_facts_state(name):
    section = registry.get(name).section
    for order, curve in enumerate(plot(section, order=2).curves):
        low, high = curve.samples.x[0], curve.samples.x[-1]
        stated = [kink for kink in section.facts.kinks if kink.order == order and low < kink.x < high]
        found = {jump.x: jump for jump in curve.samples.jumps}
        assert {kink.x for kink in stated} <= set(found)
        for kink in stated:
            jump = found[kink.x]
            assert (jump.left, jump.right) == pytest.approx((kink.left, kink.right), rel=1e-9, abs=1e-9)
            assert jump.stated == pytest.approx(kink.stated, rel=1e-12, abs=1e-300)


def test_a_step_is_a_gap_with_a_dot_above_and_a_ring_below():
    panel = charted("step").panels[0]
    (curve,) = panel.curves
    y = np.array(curve.y)
    assert [(mark.x, mark.y, mark.kind) for mark in panel.marks] == [(0, 0, "open"), (0, 1, "closed")]
    lifted = np.flatnonzero(np.isnan(y))
    assert len(lifted) == 1
    assert (y[lifted[0] - 1], y[lifted[0] + 1]) == (0, 1)
    assert np.abs(np.diff(y))[np.isfinite(np.diff(y))].max() == 0


def test_a_bend_stands_exactly_among_the_samples():
    (curve,) = charted("leaky_relu:negative_slope=0.3").panels[0].curves
    assert 0.0 in curve.x
    assert not np.isnan(curve.y).any()


def test_nothing_is_drawn_where_a_formula_is_not_defined():
    for panel in charted("log(x)", order=2).panels:
        (curve,) = panel.curves
        x, y = np.array(curve.x), np.array(curve.y)
        assert np.isnan(y[x < 0]).all()
        assert np.isfinite(y[x > 1e-6]).all()


@pytest.mark.parametrize("word", ["1/x", "tan(x)", "exp(x**2)", "x**9", "exp(exp(x))"])
def test_poles_and_explosions_leave_the_middle_visible(word):
    for panel in charted(word, order=2, low=-3, high=3).panels:
        (curve,) = panel.curves
        y = np.array(curve.y)[np.searchsorted(curve.x, np.linspace(-3, 3, 99)).clip(0, len(curve.x) - 1)]
        low, high = panel.y_range
        assert ((low <= y) & (y <= high)).mean() > 0.6
        assert high - low < 1e-3 * np.nanmax(np.abs(curve.y)) or "x**" in word


def test_bounded_curves_are_shown_whole():
    for name in NAMES:
        section = registry.get(name).section
        if math.isfinite(section.slope_bound):
            panel = charted(name).panels[1]
            (curve,) = panel.curves
            low, high = panel.y_range or (-math.inf, math.inf)
            assert low <= np.nanmin(curve.y) and np.nanmax(curve.y) <= high, name


@pytest.mark.parametrize(
    ("word", "labels"),
    [
        ("sigmoid", ["max |f′| = 0.25 at x = 0"]),
        ("gelu", ["max |f′| = 1.129 at x = 1.414"]),
        ("selu", ["max |f′| = 1.758 at x = 0"]),
        ("elu:alpha=2", ["max |f′| = 2 at x = 0"]),
        ("penalized_tanh", ["sup |f′| = 1 at x = 0"]),
        ("gaussian", ["", "max |f′| = 0.8578 at x = ±0.7071"]),
        ("relu", ["max |f′| = 1"]),
        ("softplus", ["sup |f′| = 1"]),
        ("sine", ["max |f′| = 1", ""]),
        ("ncu", []),
        ("step", ["the slope is 0 everywhere"]),
    ],
)
def test_the_largest_slope_is_marked_where_it_is(word, labels):
    panel = slopes(word)
    marks = [mark.label for mark in panel.marks if mark.label or mark.kind == "peak"]
    assert marks + [level.label for level in panel.levels] == labels


def test_the_peak_stands_at_the_extremum_to_many_digits():
    (peak,) = (mark for mark in slopes("gelu").marks if mark.kind == "peak")
    assert peak.x == pytest.approx(math.sqrt(2), abs=1e-4)
    assert peak.y == pytest.approx(1.128904145185, abs=1e-11)


def test_only_a_single_activation_has_its_saturated_strips_shaded():
    edge = 2 * math.acosh(10)  # σ′ = sech²(x/2)/4
    left, right = slopes("sigmoid").spans
    assert (left.low, left.high) == pytest.approx((-8, -edge), abs=1e-9)
    assert (right.low, right.high) == pytest.approx((edge, 8), abs=1e-9)
    assert all(panel.spans == () for panel in charted("sigmoid", "tanh").panels)


def test_a_shared_range_holds_every_kink():
    report = plot(registry.get("step:threshold=50"), registry.get("relu"))
    assert report.low <= 0 and report.high > 50
    report = plot(registry.get("relu"), registry.get("relu6"), registry.get("tanh"))
    assert report.high > 6


def test_one_end_of_the_range_may_be_left_to_us():
    report = plot(registry.get("relu"), low=-1)
    assert (report.low, report.high) == (-1, 4)


@pytest.mark.parametrize(
    ("low", "high"),
    [
        (1, 1),
        (5, -5),
        (math.nan, 1),
        (0, math.inf),
        (-1.7e308, 1.7e308),
        (0, 2 * LIMIT),
        (1e8, 1e8 + 1e-3),
        (0, 5e-324),
    ],
)
def test_a_range_that_cannot_be_drawn_is_refused_naming_both_ends(low, high):
    with pytest.raises(OptionError) as caught:
        plot(registry.get("relu"), low=low, high=high)
    assert f"{low:g} to {high:g}" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("order", [-1, 3, 99])
def test_an_order_out_of_reach_is_refused(order):
    with pytest.raises(OrderError, match=f"order is {order}; .* 0, 1, 2"):
        plot(registry.get("relu"), order=order)


@pytest.mark.parametrize("points", [-1, 0, 1, 10**12])
def test_too_few_or_too_many_points_are_refused_before_anything_is_made(points):
    with pytest.raises(OptionError, match=f"points is {points}; it takes a whole number from 2 to 100000"):
        plot(registry.get("relu"), points=points)


def test_nothing_to_plot_says_so():
    with pytest.raises(OptionError, match="nothing to plot"):
        plot()


@pytest.mark.parametrize(("low", "high"), [(-LIMIT, LIMIT), (-1e-9, 1e-9), (LIMIT - 2e4, LIMIT), (3, 4)])
def test_wide_narrow_and_far_ranges_are_drawn_without_a_warning(low, high):
    for word in ("relu", "gelu", "sine", "exponential", "step:threshold=3", "1/x"):
        chart = charted(word, low=low, high=high, order=2)
        assert chart.panels[0].x_range == (low, high)
        assert draw(chart, dpi=40)


def test_a_curve_is_drawn_with_as_many_points_as_asked_for_or_more():
    for points in (2, 100, 5000):
        (curve,) = plot(registry.get("identity"), order=0, points=points).curves
        assert points <= len(curve.samples.x) <= max(9, points)


@pytest.mark.parametrize("points", [2, 7, 400, 5000])
@pytest.mark.parametrize("word", ["relu", "step", "1/x", "log(x)", "softmax", "tan(x)"])
def test_as_data_every_curve_has_as_many_points_as_asked_for_evenly_spaced(word, points):
    activation = registry.get(word)
    record = plot(activation, low=-3, high=5, points=points).to_record()
    assert [each["order"] for each in record["points"]] == [0, 1]
    for each in record["points"]:
        assert each["x"] == np.linspace(-3, 5, points).tolist()
        value = activation.section(np.array(each["x"]), order=each["order"])
        defined = np.isfinite(value) & ~np.isnan(activation.section(np.array(each["x"])))
        assert each["y"] == [y if ok else None for y, ok in zip(value.tolist(), defined, strict=True)]


def test_the_record_repeats_the_run():
    record = plot(registry.get("leaky_relu:negative_slope=0.3"), registry.get("softmax"), order=2).to_record()
    assert [each["name"] for each in record["activations"]] == ["leaky_relu", "softmax"]
    assert record["activations"][0]["parameters"] == {"negative_slope": 0.3}
    assert record["activations"][1]["section"]
    again = plot(
        *(registry.get(each["name"]).bind(**each["parameters"]) for each in record["activations"]),
        order=record["order"],
        low=record["range"][0],
        high=record["range"][1],
    )
    assert again.to_record() == record
    assert replace(again, files=("a.png",)).to_record()["files"] == ["a.png"]


def test_tables_hold_a_row_a_curve_and_every_point():
    report = plot(registry.get("step"), registry.get("relu"))
    assert report.to_table().rows[:2] == (("step", 0, 0.0, 1.0, "0"), ("relu", 0, 0.0, 4.0, None))
    lines = to_csv(report.points_table()).split("\r\n")
    assert lines[0] == "activation,order,x,y"
    assert len(lines) == 2 + 4 * 400
    pole = to_csv(plot(registry.get("1/x"), low=-1, high=1, points=3).points_table())
    assert "1/x,0,0.0,\r\n" in pole


def test_formulas_stand_under_the_title_in_the_letters_of_mathematics():
    assert charted("ncu").subtitle == "f(x) = x − x³\nf′(x) = 1 − 3x²"
    assert charted("sine:omega=2").title == "sine:omega=2"
    assert charted("sine:omega=2").subtitle.startswith("f(x) = sin(omega·x)   with omega = 2\n")
    assert registry.get("softmax").section_caption in charted("softmax").subtitle
    assert charted("relu", "tanh").subtitle == ""
    assert charted("gelu", order=2).subtitle.endswith("f″(x) = (2 − x²)·φ(x)")


def test_a_formula_without_a_name_is_its_own_heading():
    chart = charted("x * mish(x)")
    assert (chart.title, chart.subtitle) == ("x·mish(x)", "f′(x) = mish(x) + x·mish′(x)")
    assert charted("own = x * mish(x)").title == "own"
    assert charted("x**2", "relu").panels[0].curves[0].label == "x²"


@pytest.mark.parametrize(
    ("word", "poles"), [("1/x", [0]), ("x/(x-1)", [1]), ("1/sin(x)", [-math.pi, 0, math.pi])]
)
def test_no_line_leads_through_a_pole(word, poles):
    (curve,) = charted(word).panels[0].curves
    x, y = np.array(curve.x), np.array(curve.y)
    for pole in poles:
        left, right = np.flatnonzero(x < pole - 1e-6)[-1], np.flatnonzero(x > pole + 1e-6)[0]
        assert np.isnan(y[left:right]).any(), pole


def test_where_a_function_has_no_value_the_picture_says_so():
    values, slopes = charted("sqrt(x)").panels
    assert [span.label for span in slopes.spans] == ["not defined"]
    (hole,) = values.spans
    assert (hole.low, hole.high) == pytest.approx((-4, 0), abs=1e-6)
    assert charted("1/x").panels[0].spans == ()


def test_a_hole_says_whether_the_function_overflows_or_is_not_defined():
    def labels(formula):
        return [span.label for span in charted(formula, low=-1000, high=1000).panels[1].spans]

    assert labels("exp(x)") == ["overflows"]
    assert labels("exp(x) + sqrt(x)") == ["not defined", "overflows"]
    assert labels("log(x)") == ["not defined"]
    assert labels("exp(x) + sqrt(900 - x)") == ["overflows or not defined"]


def test_beside_others_a_slope_of_zero_is_said_as_such():
    named = [curve.label for curve in charted("step", "tanh").panels[1].curves]
    assert named == ["step, f′ = 0", "tanh, |f′| ≤ 1"]


def test_a_slope_of_zero_is_no_saturation():
    assert all(panel.spans == () for panel in charted("step").panels)


def test_several_curves_are_named_at_their_ends_with_the_bound_of_their_slope():
    values, slope = charted("sigmoid", "tanh", "ncu").panels
    assert [curve.label for curve in values.curves] == ["sigmoid", "tanh", "ncu"]
    assert [curve.label for curve in slope.curves] == ["sigmoid, |f′| ≤ 0.25", "tanh, |f′| ≤ 1", "ncu"]
    assert [curve.series for curve in slope.curves] == [0, 1, 2]


def test_a_plot_takes_records_of_ones_own():
    record = registry.get("tanh")
    own = Activation(
        name="own", title="Own", family="mine", reference=record.reference, orders=record.orders,
        facts_of=record.facts_of,
    )  # fmt: skip
    assert plot(own).to_chart().title == "own"


@pytest.mark.parametrize("text", ["1/((x - 0.3)**2 + 1e-20)", "tan(x)", "exp(x)", "1/(1 + x**2)"])
def test_plot_derive_and_compare_choose_the_same_heights(text):
    record = registry.get(text)
    charts = [report.to_chart() for report in (plot(record), derive(record), compare(record))]
    for order in (0, 1):
        assert len({chart.panels[order].y_range for chart in charts}) == 1
