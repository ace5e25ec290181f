"""What `compare` says, against closed forms, papers and the definitions of its columns."""

import csv
import io
import json
import math

import numpy as np
import pytest

import actcli
from actcli import registry
from actcli.activation import VectorActivation
from actcli.analysis.compare import compare
from actcli.diagnosis.shares import saturated_fraction, share
from actcli.errors import OptionError
from actcli.render.data import to_csv, to_json
from actcli.render.terminal import plain
from tests.schema import problems, schema_of

SCHEMA = schema_of("compare")
EVERYTHING = [registry.get(name) for name in registry.names()]
FEW = [registry.get(name) for name in ("sigmoid", "tanh", "relu", "softmax")]


@pytest.fixture(scope="module")
def everything():
    return compare(*EVERYTHING)


def row(activation, **settings):
    return compare(registry.get(activation), **settings).to_record()["activations"][0]


def test_all_activations_together_give_a_report_that_the_schema_accepts(everything):
    record = json.loads(to_json(everything.to_record()))
    assert problems(record, SCHEMA) == []
    assert [each["name"] for each in record["activations"]] == list(registry.names())


def test_the_schema_refuses_what_is_missing_or_of_another_type():
    record = compare(*FEW).to_record()
    record["activations"][0]["slope_max"] = "large"
    del record["activations"][1]["odd"]
    assert problems(record, SCHEMA) == [
        "$.activations[0].slope_max is 'large', not number or null",
        "$.activations[1] lacks odd",
    ]


def test_averages_of_relu_are_those_of_half_a_normal_law():
    relu = row("relu")
    assert relu["mean"] == pytest.approx(1 / math.sqrt(2 * math.pi), rel=1e-14)
    assert relu["second_moment"] == pytest.approx(0.5, rel=1e-14)
    assert relu["mean_squared_slope"] == pytest.approx(0.5, rel=1e-14)
    # He et al. 2015 (arXiv:1502.01852) and, for the variance, Brock et al. 2021 (arXiv:2101.08692).
    assert relu["gain_second_moment"] == pytest.approx(math.sqrt(2), rel=1e-14)
    assert relu["gain_variance"] == pytest.approx(math.sqrt(2 * math.pi / (math.pi - 1)), rel=1e-14)
    assert (relu["saturated_fraction"], relu["dead_fraction"]) == (pytest.approx(0.5), pytest.approx(0.5))
    assert relu["critical"] == {"sigma_w": pytest.approx(math.sqrt(2)), "sigma_b": 0}
    assert (relu["universality_class"], relu["zero_centred"], relu["odd"]) == (
        "scale_invariant",
        False,
        False,
    )


def test_sigmoid_loses_its_gradient_where_relu_with_he_keeps_it():
    assert row("relu", depth=50)["log10_gradient_at_depth"] == 0
    # Schoenholz et al. 2017 (arXiv:1611.01232): χ_l = σ_w² E f′(√q_l z)², here with Xavier, σ_w = 1, q_1 = 1.
    assert 10 ** row("sigmoid", depth=50)["log10_gradient_at_depth"] == pytest.approx(4.0e-32, rel=0.02)
    assert 10 ** row("tanh", depth=50)["log10_gradient_at_depth"] == pytest.approx(0.120, rel=0.01)


def test_facts_stand_beside_averages():
    hard = row("hard_tanh")
    assert (hard["range"], hard["slope_min"], hard["slope_max"]) == ([-1, 1], 0, 1)
    assert [kink["x"] for kink in hard["kinks"]] == [-1, 1]
    assert hard["increasing"] and hard["odd"] and hard["zero_centred"] and hard["mean"] == 0
    assert row("exponential")["range"] == [0, None]
    assert row("gelu")["increasing"] is False


def test_saturated_and_dead_shares_are_probabilities_of_a_normal_law():
    def tail(x):
        return math.erfc(x / math.sqrt(2)) / 2

    assert row("hard_tanh")["dead_fraction"] == pytest.approx(2 * tail(1), rel=1e-12)
    assert row("relu6")["dead_fraction"] == pytest.approx(0.5 + tail(6), rel=1e-12)
    # tanh′ = sech² falls to a hundredth at arcosh(10).
    assert row("tanh")["saturated_fraction"] == pytest.approx(2 * tail(math.acosh(10)), rel=1e-9)
    assert row("identity")["saturated_fraction"] == 0
    assert row("step")["dead_fraction"] == 1
    assert saturated_fraction(registry.get("square")) is None


def test_a_share_agrees_with_counting():
    z = np.random.default_rng(5).standard_normal(200_000)
    expected = (np.sin(3 * z) > 0.3).mean()
    # Four standard errors of a count of 200,000.
    assert share(lambda x: np.sin(3 * x) > 0.3) == pytest.approx(expected, abs=4 * math.sqrt(0.25 / 200_000))


def test_a_vector_valued_activation_is_measured_along_its_section_and_says_so():
    softmax = row("softmax")
    assert softmax["section"] == registry.get("softmax").section_caption
    assert softmax["simulated"] and softmax["log10_gradient_at_depth"] < -10
    assert softmax["critical"] is None and softmax["gain_gradient"] is None
    assert "softmax" in " ".join(compare(registry.get("softmax")).to_table().notes)


def test_a_simulated_gradient_follows_from_the_seed():
    glu = registry.get("maxout")
    same = [compare(glu, seed=3).to_record() for _ in range(2)]
    assert same[0] == same[1] != compare(glu, seed=4).to_record()


def test_the_same_activation_twice_stands_once_and_is_said_so():
    report = compare(FEW[0], FEW[1], FEW[0])
    assert [each["name"] for each in report.to_record()["activations"]] == ["sigmoid", "tanh"]
    assert "sigmoid was named more than once" in report.to_table().notes[0]


def test_sorting_puts_the_largest_first_and_what_is_missing_last():
    record = compare(*FEW, sort="gain_gradient").to_record()["activations"]
    assert [each["name"] for each in record] == ["sigmoid", "tanh", "relu", "softmax"]
    by_slope = compare(*FEW, sort="slope_max").to_record()["activations"]
    assert [each["name"] for each in by_slope] == ["tanh", "relu", "sigmoid", "softmax"]
    by_name = compare(*FEW, sort="name").to_record()["activations"]
    assert [each["name"] for each in by_name] == ["relu", "sigmoid", "softmax", "tanh"]


def test_the_order_is_said_on_the_screen():
    assert ("sorted by", "slope_max, largest first") in compare(*FEW, sort="slope_max").to_table().lines
    assert ("sorted by", "init, from a to z") in compare(*FEW, sort="init").to_table().lines
    assert len(compare(*FEW).to_table().lines) == 1


def test_a_gradient_in_log10_is_explained_by_the_smallest():
    notes = compare(*FEW[:3], depth=50).to_table().notes
    assert "layer 50's being 1" in notes[0]
    assert notes[1].startswith("-30.77 is 1.7e-31 of it")
    assert compare(registry.get("relu")).to_table().notes[1].startswith("width infinite")


def test_requests_that_make_no_sense_are_refused_with_a_cure():
    with pytest.raises(OptionError, match="did you mean 'slope_max'"):
        compare(*FEW, sort="slpe_max")
    with pytest.raises(OptionError, match="nothing to compare"):
        compare()
    with pytest.raises(OptionError, match="depth is 0"):
        compare(*FEW, depth=0)


def test_the_tables_for_people_fit_80_columns_and_csv_holds_every_measure(everything):
    table = everything.to_table()
    # Notes name activations, as many as there are: prose, which a terminal wraps.
    rows = [line for line in plain(table).splitlines() if line not in table.notes]
    assert max(map(len, rows)) <= 80
    (head, *body) = csv.reader(io.StringIO(to_csv(table)))
    assert len(body) == len(EVERYTHING)
    keys = set(SCHEMA["$defs"]["measures"]["required"]) - {"parameters", "section", "range", "critical"}
    assert keys <= set(head)


def test_costs_are_measured_only_when_asked_for():
    assert row("relu")["nanoseconds_per_element"] is None
    report = compare(*FEW, cost=True).to_record()
    assert all(each["nanoseconds_per_element"] > 0 for each in report["activations"])
    assert report["numpy_exp_nanoseconds_per_element"] > 0


def test_the_picture_overlays_value_slope_and_gradient():
    chart = compare(*FEW, depth=10).to_chart()
    assert [len(panel.curves) for panel in chart.panels] == [4, 4, 4]
    assert all(curve.y[0] == 0 for curve in chart.panels[2].curves)
    assert len(chart.panels[2].curves[0].x) == 10
    assert len(compare(*EVERYTHING[:20], depth=3).to_chart().panels[0].curves) == 12


def test_jumps_have_their_dots():
    slopes = compare(*map(registry.get, ("tanh", "relu"))).to_chart().panels[1]
    assert [(m.x, m.y, m.kind, m.series) for m in slopes.marks] == [(0, 1, "open", 1), (0, 0, "closed", 1)]


def test_a_gradient_that_falls_out_of_every_float_does_not_flatten_the_others():
    assert compare(*map(registry.get, ("tanh", "asu"))).to_chart().panels[2].y_range[0] > -60
    assert compare(*map(registry.get, ("tanh", "sigmoid"))).to_chart().panels[2].y_range is None


def test_titles_name_a_few_and_count_many():
    assert compare(*map(registry.get, ("tanh", "relu"))).to_table().title == "compare tanh, relu"
    assert compare(*EVERYTHING[:20], depth=3).to_table().title == "compare 20 activations"


def test_every_activation_can_be_drawn():
    for activation in EVERYTHING:
        panels = compare(activation, depth=2).to_chart().panels
        assert panels[0].curves and panels[1].curves, activation.name


def test_vectors_and_elementwise_stand_in_one_table():
    kinds = {isinstance(activation, VectorActivation) for activation in EVERYTHING}
    assert kinds == {True, False}
    assert actcli.compare is compare


@pytest.mark.parametrize("name", ["log1p(x**2)", "sqrt(1 + x*x) - 1", "sin(x)**3", "tanh", "abs(x)**1.5/3"])
def test_compare_and_vanish_say_the_same_of_infinite_width(name):
    from actcli.analysis.vanish import vanish

    record = registry.get(name)
    here = compare(record, depth=25).to_record()["activations"][0]["log10_gradient_at_depth"]
    there = vanish(record, depth=25, width=8, batch=1, trials=1).predicted.log10_gradient[0]
    assert here == pytest.approx(there, rel=1e-9)


def test_a_gradient_that_no_logarithm_holds_is_said_to_be_so():
    text = str(compare(registry.get("1 - cos(x)"), depth=2_000))
    assert "its power of ten is itself beyond all numbers" in text
