"""Sweeps and the phase plane: the same numbers as single runs and as the mean field."""

import json
import math

import numpy as np
import pytest

from actcli.analysis.phase import CONTOURS, phase
from actcli.analysis.sweep import sweep
from actcli.analysis.vanish import vanish
from actcli.diagnosis.prediction import predict
from actcli.errors import OptionError
from actcli.network.initialiser import Initialiser
from actcli.network.network import Network
from actcli.registry import get
from actcli.theory.meanfield import describe
from tests.schema import problems, schema_of


@pytest.mark.parametrize("name", ["softmax", "step", "relu", "gelu"])
def test_sweeps_and_planes_of_every_kind_keep_to_their_schemas(name):
    swept = sweep(get(name), "sigma_b", 0.0, 1.0, 3, depth=4, width=16)
    assert problems(json.loads(json.dumps(swept.to_record(), allow_nan=False)), schema_of("sweep")) == []
    if name != "softmax":
        record = json.loads(json.dumps(phase(get(name)).to_record(), allow_nan=False))
        assert problems(record, schema_of("phase")) == []


@pytest.fixture(scope="module")
def swept():
    return sweep(get("tanh"), "sigma_w", 0.5, 2.5, 5, sigma_b=0.1, depth=10, width=64)


def test_each_value_of_a_sweep_is_the_run_with_that_value(swept):
    assert [point.value for point in swept.points] == [0.5, 1.0, 1.5, 2.0, 2.5]
    for point in swept.points:
        alone = vanish(
            get("tanh"), depth=10, width=64, batch=1, trials=5, sigma_w=point.value, sigma_b=0.1
        ).to_record()
        assert point.log10_ratio == alone["log10_ratio"]
        assert point.verdict == alone["verdict"]
        assert point.log10_theory == alone["layers"][0]["log10_theory"]
        assert point.chi_1 == alone["theory"]["chi_1"]


def test_a_sweep_tells_gradients_of_zero_from_outputs_that_overflow():
    for name, low, high, verdict in (("tanh", 1e5, 1e6, "vanishing"), ("x**2", 2.0, 3.0, "exploding")):
        points = sweep(get(name), "sigma_w", low, high, 2, depth=12, width=16).points
        assert {(point.log10_ratio, point.verdict) for point in points} == {(None, verdict)}
    assert sweep(get("sqrt(x)"), "sigma_w", 0.5, 1.0, 2, depth=4, width=16).points[0].verdict is None


def test_a_sweep_crosses_from_order_to_chaos(swept):
    phases = [point.phase for point in swept.points]
    assert (phases[0], phases[-1]) == ("ordered", "chaotic")
    ratios = [point.log10_ratio for point in swept.points]
    assert ratios == sorted(ratios)


def test_a_sweep_has_every_form(swept):
    record = json.loads(json.dumps(swept.to_record(), allow_nan=False))
    assert problems(record, schema_of("sweep")) == []
    assert set(schema_of("sweep")["required"]) == set(record)
    assert record["sigma_w"] is None
    assert record["sigma_b"] == 0.1
    assert len(swept.to_table().rows) == 5
    (panel,) = swept.to_chart().panels
    assert {curve.role for curve in panel.curves} == {"measured", "theory"}


def test_vector_valued_activations_are_swept_with_theory_where_there_is_one():
    points = sweep(get("maxout"), "sigma_w", 0.5, 1.5, 3, depth=4, width=16).points
    assert [point.chi_1 for point in points] == pytest.approx([0.25, 1.0, 2.25])
    assert points[0].log10_theory == pytest.approx(3 * math.log10(0.5))
    points = sweep(get("softmax"), "sigma_w", 0.5, 1.5, 3, depth=4, width=16).points
    assert all(point.log10_theory is None and point.chi_1 is None for point in points)


def test_the_picture_shades_where_infinite_width_is_ordered():
    def strips(name, setting, low, high, **held):
        (panel,) = sweep(get(name), setting, low, high, 4, depth=4, width=16, **held).to_chart().panels
        return [end for span in panel.spans for end in (span.low, span.high)]

    assert strips("tanh", "sigma_w", 0.5, 2.0) == pytest.approx([0.5, 1.0], abs=1e-3)
    assert strips("relu", "sigma_w", 0.5, 1.2) == pytest.approx([0.5, 1.2])
    assert strips("tanh", "sigma_w", 1.5, 2.0) == []
    # Beyond the edge of chaos at σ_w = 1.3041, biases order the network.
    assert strips("tanh", "sigma_b", 0.0, 1.0, sigma_w=1.304145840) == pytest.approx([0.2, 1.0], abs=1e-3)


@pytest.mark.parametrize(
    ("name", "low", "high", "said"),
    [
        ("tanh", 0.6, 2.0, "ordered where shaded; elsewhere chaotic: explodes with depth"),
        ("tanh", 1.5, 2.0, "chaotic: explodes with depth throughout"),
        ("tanh", 0.4, 1.0, "ordered where shaded; critical at σ_w = 1"),
        (
            "tanh",
            0.8,
            1.4,
            "ordered where shaded; critical at σ_w = 1; elsewhere chaotic: explodes with depth",
        ),
        ("relu", 0.5, 1.2, "ordered where shaded"),
        ("softmax", 0.5, 1.2, ""),
    ],
)
def test_the_picture_names_every_phase_that_it_shows(name, low, high, said):
    subtitle = sweep(get(name), "sigma_w", low, high, 4, depth=4, width=16).to_chart().subtitle
    assert subtitle.partition("\n")[2] == said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("sigma", 0, 1, 3), "cannot sweep 'sigma'; did you mean 'sigma_"),
        (("sigma_w", 0.0, 1.0, 3), "the low end of sigma_w is 0"),
        (("sigma_w", 1.0, math.nan, 3), "the high end of sigma_w is nan"),
        (("sigma_w", 2.0, 1.0, 3), "is empty"),
        (("sigma_b", 0.0, 1.0, 1), "the number of values is 1"),
    ],
)
def test_sweeps_that_cannot_be_are_refused(words, said):
    with pytest.raises(OptionError, match=said):
        sweep(get("tanh"), *words)


@pytest.mark.parametrize("name", ["tanh", "gelu", "erf"])
def test_every_point_of_a_contour_has_the_chi_that_it_is_drawn_for(name):
    record = phase(get(name)).to_record()
    assert [contour["chi_1"] for contour in record["contours"]] == list(CONTOURS)
    compared = 0
    for contour in record["contours"]:
        for sigma_b, sigma_w, q_star in contour["points"][5::40]:
            found = describe(get(name), sigma_w, sigma_b, q_star)
            # The mean field settles at the same fixed point from there.
            if found.q_star is not None and math.isclose(found.q_star, q_star, rel_tol=1e-6):
                assert found.chi_1 == pytest.approx(contour["chi_1"], rel=1e-6)
                compared += 1
    assert compared > 8


def test_the_edge_of_chaos_of_tanh_passes_through_the_published_point():
    # Hayou et al. 2019 (arXiv:1902.06853): σ_b = 0.2 gives σ_w = 1.30; here to the spacing of the curve.
    edge = next(contour for contour in phase(get("tanh")).contours if contour.chi_1 == 1)
    nearest = min(zip(edge.sigma_b, edge.sigma_w, strict=True), key=lambda point: abs(point[0] - 0.2))
    assert nearest[1] == pytest.approx(1.304145840, abs=0.01)


def test_the_window_shows_the_critical_point_and_the_customary_initialiser():
    marks = {name: (sigma_b, sigma_w) for name, sigma_b, sigma_w in phase(get("gelu")).marks}
    assert marks["he"] == (0.0, 2**0.5)
    assert marks["critical"] == pytest.approx((0.172922391**0.5, 1.983058257**0.5), rel=1e-7)
    assert [mark[0] for mark in phase(get("relu")).marks] == ["he = critical"]
    assert any(name == "critical" for name, _, _ in phase(get("sigmoid")).marks)


def test_the_initialiser_asked_for_is_marked_and_brought_into_view():
    report = phase(get("tanh"), sigma_w=5.0, sigma_b=0.3)
    assert report.marks[0] == ("custom", 0.3, 5.0)
    assert report.sigma_w[1] > 5.0
    assert phase(get("tanh"), init="critical").marks == (("critical", 0.0, 1.0),)
    marks = phase(get("tanh"), init="critical", sigma_b=0.2).marks
    assert marks == (("init critical", 0.2, pytest.approx(1.304145840)), ("critical", 0.0, 1.0))
    assert phase(get("tanh"), sigma_b=0.25).marks[0] == ("xavier", 0.25, 1.0)


@pytest.mark.parametrize("chi_1", [1.25, 2.0])
def test_a_contour_begins_on_the_axis_where_it_meets_it(chi_1):
    contour = next(c for c in phase(get("tanh")).contours if c.chi_1 == chi_1)
    sigma_b, sigma_w, q_star = next(
        p for p in zip(contour.sigma_b, contour.sigma_w, contour.q_star, strict=True) if p[0] == p[0]
    )
    assert sigma_b == 0
    assert describe(get("tanh"), sigma_w, 0.0, q_star).chi_1 == pytest.approx(chi_1, rel=1e-9)


@pytest.mark.parametrize("name", ["tanh", "sigmoid", "gelu"])
def test_contours_reach_the_borders_of_the_window(name):
    report = phase(get(name))
    ends = []
    for contour in report.contours:
        points = [(b, w) for b, w in zip(contour.sigma_b, contour.sigma_w, strict=True) if b == b]
        if points:
            b, w = points[-1]
            ends.append((b, w))
            at_side = math.isclose(b, report.sigma_b[1], rel_tol=1e-9)
            assert at_side or math.isclose(w, report.sigma_w[1], rel_tol=1e-9), contour.label
    assert len(ends) > 2


def test_the_edge_of_a_rectifier_is_a_line_along_which_lengths_grow():
    report = phase(get("relu"))
    edge = next(contour for contour in report.contours if contour.chi_1 == 1)
    assert (edge.sigma_b, edge.q_star) == ((0.0, 2.0), (math.inf, math.inf))
    assert edge.sigma_w == pytest.approx((2**0.5, 2**0.5))
    assert [row[2] for row in report.to_table().rows] == [None] * 21
    assert all(point[2] is None for point in report.to_record()["contours"][3]["points"])


@pytest.mark.parametrize("name", ["relu", "gelu", "softplus", "elu"])
def test_where_lengths_grow_gradients_grow_by_the_chi_named(name):
    record, report = get(name), phase(get(name))
    growing = [contour for contour in report.contours if contour.diverges and contour.chi_1 > 1]
    assert growing
    for contour in growing:
        law = Initialiser("custom", contour.sigma_w[0], 1.0)
        gradient = predict(Network(record, law, 120, 64)).log10_gradient
        # Near the output lengths have grown most.
        assert 2 * gradient[-11] / 10 == pytest.approx(math.log10(contour.chi_1), abs=2e-3)


def test_the_edge_is_listed_at_even_spacing_without_what_rounding_leaves():
    rows = phase(get("tanh")).to_table().rows
    assert [row[0] for row in rows] == pytest.approx([k / 10 for k in range(21)])
    assert rows[0] == (0.0, pytest.approx(1.0, abs=1e-15), 0.0)
    for sigma_b, sigma_w, q_star in rows[1:]:
        found = describe(get("tanh"), sigma_w, sigma_b, q_star)
        assert found.q_star == pytest.approx(q_star, rel=1e-6)
        assert found.chi_1 == pytest.approx(1, abs=1e-9)


def test_what_rounding_makes_of_a_point_is_no_line():
    # The lengths of bent_identity repel along χ₁ = 1: its edge is where they begin to grow, σ_w² · 5/4 = 1.
    edge = next(contour for contour in phase(get("bent_identity")).contours if contour.chi_1 == 1)
    assert edge.diverges
    assert edge.sigma_w == pytest.approx((0.8**0.5, 0.8**0.5))
    assert all(
        len(set(zip(c.x, c.y, strict=True))) > 1 for c in phase(get("step")).to_chart().panels[0].curves
    )


@pytest.mark.parametrize("name", ["tanh", "gelu", "sigmoid", "sin"])
def test_lines_hold_no_more_points_than_a_picture_needs_and_no_fewer(name):
    report = phase(get(name))
    assert len(json.dumps(report.to_record())) < 160_000
    size = report.sigma_b[1] - report.sigma_b[0], report.sigma_w[1] - report.sigma_w[0]
    for whole, drawn in zip(report.contours, report.to_record()["contours"], strict=True):
        points = np.array([point[:2] for point in drawn["points"]]).reshape(-1, 2) / size
        for b, w, _ in whole.points[::7]:
            assert np.hypot(*(points - (b / size[0], w / size[1])).T).min() < 1 / 300


def test_lines_that_cross_are_explained():
    assert "cross" in phase(get("gelu")).to_chart().subtitle
    assert "cross" not in phase(get("relu")).to_chart().subtitle


def test_the_plane_has_every_form():
    report = phase(get("tanh"))
    record = json.loads(json.dumps(report.to_record(), allow_nan=False))
    assert problems(record, schema_of("phase")) == []
    assert set(schema_of("phase")["required"]) == set(record)
    assert len(report.to_table().rows) > 10
    (panel,) = report.to_chart().panels
    assert panel.curves[0].label == "χ₁ = 1, edge of chaos"


def test_planes_that_cannot_be_are_refused():
    with pytest.raises(OptionError, match="window"):
        phase(get("tanh"), window_b=(1.0, 1.0))
    with pytest.raises(OptionError, match="softmax is not elementwise"):
        phase(get("softmax"))
