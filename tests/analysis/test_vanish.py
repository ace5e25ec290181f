"""vanish: the verdict, its reasons and its cures; the report in every form; JSON that keeps its promise."""

import json
import math
import os
import subprocess
import sys

import numpy as np
import pytest

from actcli.activation import Activation
from actcli.analysis.depth import stepped
from actcli.analysis.vanish import vanish
from actcli.analysis.vanish_report import LISTED
from actcli.diagnosis.criticality import advice
from actcli.diagnosis.precision import SMALLEST_LOG10
from actcli.diagnosis.prediction import predict
from actcli.errors import OptionError
from actcli.network.initialiser import initialiser
from actcli.network.measurement import measure
from actcli.network.network import Network
from actcli.network.propagation import propagate
from actcli.network.wiring import PLAIN, Wiring
from actcli.registry import get, names
from actcli.theory.critical import critical_point
from tests.schema import problems, schema_of

SCHEMA = schema_of("vanish")
KEYS_OF_A_LAYER = {
    "layer", "log10_gradient", "log10_gradient_low", "log10_gradient_high", "log10_theory", "mean", "std",
    "saturated_fraction", "dead_fraction", "sign_agreement",
}  # fmt: skip


@pytest.fixture(scope="module")
def sigmoid():
    return vanish(get("sigmoid"))


@pytest.mark.parametrize("name", names())
def test_every_activation_gives_a_report_that_the_schema_accepts(name):
    record = get(name)
    report = vanish(record, depth=4, width=16, batch=2, trials=2, spectrum=isinstance(record, Activation))
    text = json.dumps(report.to_record(), allow_nan=False)
    assert problems(json.loads(text), SCHEMA) == []
    assert len(report.to_table().rows) == 4
    for panel in report.to_chart().panels:
        assert all(len(curve.x) == len(curve.y) for curve in panel.curves)


def test_the_keys_that_scripts_rely_on_are_there_and_required(sigmoid):
    record = sigmoid.to_record()
    assert set(record["layers"][0]) >= KEYS_OF_A_LAYER
    assert set(SCHEMA["properties"]["layers"]["items"]["required"]) >= KEYS_OF_A_LAYER
    assert [layer["layer"] for layer in record["layers"]] == list(range(1, 21))
    assert set(SCHEMA["required"]) == set(record)


def test_sigmoid_vanishes_as_the_mean_field_says(sigmoid):
    # χ₁ at the fixed point of σ_w = 1, σ_b = 0 is 0.055720707: a factor of its root a layer.
    record = sigmoid.to_record()
    assert record["verdict"] == "vanishing"
    assert record["theory"]["chi_1"] == pytest.approx(0.055720707, abs=1e-8)
    assert record["factor_per_layer"] == pytest.approx(math.sqrt(0.055720707), rel=0.02)
    assert record["slope_bound_log10"] == pytest.approx(20 * math.log10(1 / 4), rel=1e-12)
    assert any("at most 0.25" in reason for reason in record["reasons"])
    assert any("sit at 0.5" in reason for reason in record["reasons"])


def test_the_first_layer_below_a_format_is_named_from_the_last_layer_on(sigmoid):
    record = sigmoid.to_record()
    layer = record["underflows"]["float16"]
    gradients = [row["log10_gradient"] for row in record["layers"]]
    assert gradients[layer - 1] < SMALLEST_LOG10["float16"] <= gradients[layer]
    assert record["underflows"]["float32"] is None


def test_every_cure_is_stable_when_it_is_run_as_it_says(sigmoid):
    assert sigmoid.cures
    for cure in sigmoid.cures:
        law = initialiser(sigma_w=cure.sigma_w, sigma_b=cure.sigma_b)
        joined = Wiring(cure.residual, after=cure.norm)
        network = Network(get(cure.activation), law, 20, 256, 4, cure.input_std, wiring=joined)
        found = measure(network, seed=17, trials=5).log10_gradient[0]
        assert abs(found) < 2
        assert abs(found - cure.log10_ratio) < 1


@pytest.mark.parametrize(
    ("name", "init"), [("relu", "he"), ("selu", "lecun"), ("tanh", "xavier"), ("gelu", "he")]
)
def test_the_customary_initialiser_is_chosen_and_said(name, init):
    record = vanish(get(name), depth=3, trials=1).to_record()
    assert record["init"]["name"] == init
    assert record["init"]["reason"].startswith(f"customary for {name}")


def test_the_initialiser_asked_for_is_the_one_used():
    record = vanish(get("tanh"), depth=3, trials=1, sigma_w=1.7, sigma_b=0.3).to_record()
    assert record["init"] == {
        "name": "custom", "law": "normal", "fan": "in", "sigma_w": 1.7, "sigma_b": 0.3, "bias_mean": 0.0,
        "reason": "",
    }  # fmt: skip
    record = vanish(get("gelu"), depth=3, trials=1, init="critical").to_record()
    assert record["init"]["sigma_w"] == pytest.approx(math.sqrt(1.983058257), rel=1e-8)
    assert record["critical"]["sigma_b"] == pytest.approx(math.sqrt(0.172922391), rel=1e-7)


@pytest.mark.parametrize(("name", "gain"), [("tanh", 5 / 3), ("selu", 0.75), ("relu", 2**0.5)])
def test_torchs_gain_is_that_of_calculate_gain(name, gain):
    record = vanish(get(name), depth=3, trials=1, init="torch_gain").to_record()
    assert (record["init"]["name"], record["init"]["sigma_w"]) == ("torch_gain", pytest.approx(gain))
    assert record["init"]["fan"] == "average"


@pytest.mark.parametrize(("name", "sigma_b"), [("tanh", 1.0), ("tanh", 0.2), ("gelu", 0.6), ("relu", 0.0)])
def test_the_critical_init_of_a_given_sigma_b_lies_on_the_edge_of_chaos(name, sigma_b):
    record = vanish(get(name), depth=3, trials=1, init="critical", sigma_b=sigma_b).to_record()
    assert (record["init"]["sigma_b"], record["theory"]["phase"]) == (sigma_b, "critical")
    assert record["critical"]["sigma_w"] == record["init"]["sigma_w"]
    assert record["theory"]["stability"] in {"stable", "marginal"}


@pytest.mark.parametrize(
    ("name", "settings", "said"),
    [
        ("silu", {"sigma_b": 0.0}, "no sigma_w is critical with sigma_b = 0 here; leave sigma_b out"),
        ("relu", {"sigma_b": 1.0}, "no sigma_w is critical with sigma_b = 1"),
        ("maxout", {"sigma_b": 1.0}, "no sigma_w is critical with sigma_b = 1"),
        ("sigmoid", {"sigma_b": 1.0, "norm": "pre-rmsnorm"}, "no sigma_w is critical"),
        ("tanh", {"bias_mean": 1.0}, "leave bias_mean out"),
        ("tanh", {"sigma_b": -1.0}, "sigma_b is -1"),
    ],
)
def test_nothing_is_called_critical_that_is_not(name, settings, said):
    with pytest.raises(OptionError, match=said):
        vanish(get(name), init="critical", **settings)


def test_an_initialiser_with_something_given_is_not_called_the_customary_one():
    def reason(**settings):
        return vanish(get("relu"), depth=3, trials=1, **settings).to_record()["init"]["reason"]

    assert reason(sigma_b=0.0) == reason()
    for settings in ({"sigma_b": 1.0}, {"bias_mean": 0.5}, {"fan": "out"}):
        assert reason(**settings).startswith("customary for relu but for what is given: its slope")


def test_what_customary_weights_make_of_signals_is_said_where_units_have_several_inputs_or_outputs():
    # E y² of q = 1: 1 for the larger of two, 1/2 for (relu(z), relu(−z)), E sigmoid² for glu.
    for name, square in (("maxout", "1"), ("crelu", "0.5"), ("glu", "0.293")):
        record = vanish(get(name), depth=3, trials=1).to_record()
        assert record["init"]["reason"].endswith(f"with σ_w = 1 a mean square of 1 becomes {square}")
    assert "mean square" not in vanish(get("softmax"), depth=3, trials=1).to_record()["init"]["reason"]


def test_biases_with_a_mean_are_a_reason_and_their_end_a_cure():
    record = vanish(get("relu"), depth=40, width=64, trials=2, bias_mean=-3.0).to_record()
    assert "biases of mean -3 move the pre-activations off 0: to -3 ± 1.41 at layer 1" in record["reasons"]
    cure = record["cures"][0]
    assert (cure["activation"], cure["sigma_w"], cure["sigma_b"]) == ("relu", pytest.approx(2**0.5), 0)
    assert "biases of mean 0" in cure["text"] and abs(cure["log10_ratio"]) < 2
    slight = vanish(get("sigmoid"), depth=20, width=64, trials=2, bias_mean=0.1).to_record()
    assert not any("biases" in reason for reason in slight["reasons"])


def test_from_the_layer_of_overflow_on_nothing_is_said_of_outputs():
    # Two of the ten networks are still in range at layer 12: their sizes are the smallest, and no answer.
    report = vanish(get("relu2"))
    record = report.to_record()
    layer = record["overflow_at_layer"]
    known = [row["layer"] for row in record["layers"] if row["log10_std"] is not None]
    assert known == list(range(1, layer))
    assert any(f"at layer {layer - 1}" in reason for reason in record["reasons"])
    assert record["layers"][layer]["dead_fraction"] is None


def test_trials_that_overflow_are_counted_and_the_few_others_speak_for_none():
    # exp feeds on itself: how soon depends on a few large weights, so that networks of one law differ.
    most, some = (
        vanish(get("exp"), width=8, trials=21, sigma_w=sigma_w).to_record() for sigma_w in (0.5, 0.45)
    )
    assert most["verdict"] == "exploding"
    assert 10 < most["trials_left_out"] < 21
    assert most["log10_ratio"] is None
    assert all(row["log10_gradient_high"] is None for row in most["layers"])
    assert 0 < some["trials_left_out"] <= 10
    assert some["log10_ratio"] is not None
    said = dict(vanish(get("exp"), width=8, trials=21, sigma_w=0.45).to_table().lines)["left out"]
    assert said.startswith(f"{some['trials_left_out']} of 21 trials, whose outputs are no numbers")


def test_trials_whose_last_gradient_alone_is_zero_are_counted_as_left_out():
    report = vanish(get("relu"), depth=4, width=8, trials=30, batch=1, bias_mean=-2.0, residual=1.0)
    # P(a unit is open) = P(z > 2) at σ = √2: in about half of the networks none of the last eight is.
    assert 5 < report.measured.left_out < 25
    assert "whose last gradient is 0" in dict(report.to_table().lines)["left out"]


def test_underflow_says_what_it_is_relative_to(sigmoid):
    (line,) = (text for heading, text in sigmoid.to_table().lines if heading == "underflow")
    assert line.endswith(", the last layer's being 1; half of it rounds to 0")


def test_one_of_a_thing_is_singular():
    lines = dict(vanish(get("tanh"), depth=1, width=1, trials=1).to_table().lines)
    assert lines["network"].startswith("1 layer × 1 unit, batch 4, 1 trial,")


def test_torchs_gain_is_refused_where_torch_has_none():
    with pytest.raises(OptionError, match="torch_gain needs a gain"):
        vanish(get("gelu"), init="torch_gain")


@pytest.mark.parametrize(("name", "norm"), [("sigmoid", "pre-rmsnorm"), ("gaussian", "post-rmsnorm")])
def test_the_critical_init_of_a_normalised_network_is_that_of_the_network(name, norm):
    record = vanish(get(name), depth=30, width=500, trials=6, init="critical", norm=norm).to_record()
    plain = vanish(get(name), depth=2, width=8, trials=1).to_record()["critical"]
    assert record["init"]["sigma_w"] != pytest.approx(plain["sigma_w"], rel=0.01)
    assert abs(record["layers"][0]["log10_theory"]) < 0.3
    # ln|g|² wanders by about √(30 · 5/500), and the band's half-width is 1.64 times half of that in log10.
    assert abs(record["log10_ratio"]) < 0.4


def test_a_layer_normalised_network_has_no_critical_init_unless_it_is_a_straight_line():
    with pytest.raises(OptionError, match="no critical init"):
        vanish(get("relu"), init="critical", norm="pre-layernorm")
    assert (
        vanish(get("identity"), depth=3, trials=1, norm="pre-layernorm").to_record()["critical"]["sigma_w"]
        == 1
    )


def test_torchs_bias_deviation_follows_the_width():
    record = vanish(get("relu"), depth=3, width=48, trials=1, init="torch").to_record()
    assert record["init"]["sigma_b"] == pytest.approx(1 / 12)
    assert record["init"]["sigma_w"] == pytest.approx(math.sqrt(1 / 3))


def test_two_thousand_layers_of_sigmoid_end_in_a_finite_logarithm():
    record = vanish(get("sigmoid"), depth=2_000, width=32, batch=1, trials=2).to_record()
    assert -1_400 < record["log10_ratio"] < -1_100
    assert record["layers"][0]["log10_theory"] == pytest.approx(1_999 * 0.5 * math.log10(0.055720707), abs=1)
    assert all(record["underflows"].values())


def test_vector_valued_activations_have_theory_or_a_reason():
    record = vanish(get("maxout"), depth=5, trials=2).to_record()
    assert record["theory"]["chi_1"] == pytest.approx(1)
    assert record["theory"]["phase"] == "critical"
    assert record["layers"][0]["log10_theory"] == pytest.approx(0, abs=1e-12)
    record = vanish(get("softmax"), depth=5, trials=2).to_record()
    assert record["theory"]["chi_1"] is None
    assert "couples" in record["theory"]["reason"]


def test_a_network_cut_off_is_null_for_machines_and_a_sentence_for_people():
    report = vanish(get("step"), depth=5, trials=2)
    record = report.to_record()
    assert record["log10_ratio"] is None
    assert record["zero_from_layer"] == 4
    assert record["verdict"] == "vanishing"
    assert any("exactly zero from layer 4" in str(value) for _, value in report.to_table().lines)
    assert any("slope is zero wherever it exists" in reason for reason in record["reasons"])
    assert all(cure["activation"] != "step" for cure in record["cures"])


def test_outputs_that_overflow_explode_and_name_the_layer():
    record = vanish(get("x - x**3"), depth=30, width=64, batch=2, trials=3).to_record()
    assert record["verdict"] == "exploding"
    assert 3 < record["overflow_at_layer"] < 15
    assert record["log10_ratio"] is None


def test_one_layer_has_nothing_to_pass_through():
    record = vanish(get("tanh"), depth=1, trials=1).to_record()
    assert record["log10_ratio"] == 0
    assert record["factor_per_layer"] is None
    assert record["verdict"] == "stable"


def test_deep_reports_are_thinned_evenly_with_both_ends(monkeypatch):
    report = vanish(get("tanh"), depth=500, width=8, batch=1, trials=1)
    table = report.to_table()
    assert len(table.rows) <= 25
    assert (table.rows[0][0], table.rows[-1][0]) == (1, 500)
    assert table.notes[0] == "layers 1, 22, 43 … and 500 are shown; data formats hold more"
    assert len(table.data.rows) == 500
    assert [column.key for column in table.data.columns] == list(report.to_record()["layers"][0])
    monkeypatch.setattr("actcli.analysis.vanish_report.LISTED", 7)
    layers = [row["layer"] for row in report.to_record()["layers"]]
    assert layers[0] == 1
    assert layers[-1] == 500
    assert len(layers) == 7
    assert LISTED == 10_000


@pytest.mark.parametrize("depth", [1, 2, 24, 25, 26, 30, 49, 50, 100, 1000, 3000])
def test_a_long_table_leaves_out_layers_in_equal_steps(depth):
    shown = stepped(depth, 25)
    assert shown[0] == 0 and shown[-1] == depth - 1 and len(shown) <= 25
    assert len(set(np.diff(shown[:-1]))) <= 1
    assert depth > 25 or len(shown) == depth


def test_the_bound_is_that_of_slopes_and_weights_together():
    def bound(**settings):
        curves = vanish(get("sigmoid"), depth=6, width=32, trials=2, **settings).to_chart().panels[0].curves
        return next((curve.y for curve in curves if curve.role == "bound"), None)

    # σ_w sup|f′| = 2/4 a layer, and six layers pass through five slopes.
    assert bound(sigma_w=2.0)[0] == pytest.approx(5 * math.log10(0.5))
    assert bound(sigma_w=2.0)[-1] == 0
    assert bound(sigma_w=5.0) is None
    # No such bound holds where a skip carries the gradient.
    assert bound(sigma_w=2.0, residual=1.0) is None


@pytest.mark.parametrize(("depth", "width"), [(10, 4), (3, 12)])
def test_singular_values_stand_in_the_data_beside_the_layers(depth, width):
    report = vanish(get("tanh"), depth=depth, width=width, trials=1, spectrum=True)
    table, values = report.to_table().data, report.to_record()["spectrum"]["log10_values"]
    rows = [dict(zip((column.key for column in table.columns), row, strict=True)) for row in table.rows]
    assert len(rows) == max(depth, width)
    ranked = [(row["singular_value"], row["log10_singular_value"]) for row in rows]
    assert ranked == [*enumerate(values, 1), *[(None, None)] * (depth - width)]
    assert [row["layer"] for row in rows] == [*range(1, depth + 1), *[None] * (width - depth)]


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"depth": 0}, "depth is 0"),
        ({"depth": 10**9}, "depth is 1000000000; it takes a whole number from 1 to 1000000"),
        ({"trials": 0}, "trials"),
        ({"init": "hee"}, "unknown init 'hee'; it takes torch, .*; did you mean 'he'"),
        ({"init": "he", "sigma_w": 1.0}, "give either init or sigma_w"),
        ({"sigma_w": math.nan}, "sigma_w is nan"),
        ({"sigma_b": -1.0}, "sigma_b is -1"),
        ({"seed": -1}, "seed is -1"),
        ({"width": 8, "init": "critical"}, "no critical init"),
    ],
)
def test_requests_that_cannot_be_served_say_what_is_allowed(settings, said):
    with pytest.raises(OptionError, match=said):
        vanish(get("step"), **settings)


def test_the_same_input_gives_the_same_bytes_whatever_the_hash_seed():
    program = (
        "import json; from actcli.registry import get; from actcli.analysis.vanish import vanish\n"
        "print(json.dumps(vanish(get('gelu'), depth=6, trials=2).to_record()))"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", program],
            env=os.environ | {"PYTHONHASHSEED": seed}, capture_output=True, check=True,
        ).stdout
        for seed in ("0", "1")
    }  # fmt: skip
    assert len(outputs) == 1


@pytest.mark.parametrize("init", ["lecun", "he", "critical"])
def test_simulation_and_theory_agree_over_the_catalogue(init):
    # 16 networks of width 2,000 and 5 layers. The mean of ln|g|² is that of the log-normal law where it is
    # known, else within second order of the line. Over 40 networks none of 326 is 3 standard errors off; of
    # 16, whose own scatter is known to 18 %, five are allowed.
    trials, off, compared = 16, [], 0
    for record in map(get, names()):
        point = critical_point(record) if isinstance(record, Activation) else None
        if not isinstance(record, Activation) or (init == "critical" and point is None):
            continue
        network = Network(record, initialiser(init, advice=advice(record, PLAIN)), 5, 2_000)
        found = predict(network)
        run = propagate(network, seed=4, trials=trials).log10_gradient[:, 0]
        if found.log10_gradient[0] is None or not np.isfinite(run).all():
            continue
        expected = found.log10_gradient[0] if found.log10_median is None else found.log10_median
        compared += 1
        if abs(run.mean() - expected) > 5 * run.std(ddof=1) / math.sqrt(trials) + 1e-9:
            off.append((record.name, run.mean(), expected))
    assert not off
    assert compared > 90
