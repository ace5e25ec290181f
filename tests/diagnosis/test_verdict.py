"""Verdicts and their reasons: true, relevant, and none where there is no gradient to judge."""

import math

import numpy as np
import pytest

from actcli.activation import Activation
from actcli.analysis.vanish import vanish
from actcli.diagnosis.precision import LARGEST_LOG10
from actcli.network.initialiser import Initialiser
from actcli.network.network import Network
from actcli.network.propagation import propagate
from actcli.registry import get, names
from tests.schema import problems, schema_of

SMALL = {"depth": 12, "width": 64, "trials": 3}


@pytest.mark.parametrize(
    ("formula", "share"),
    [("sqrt(x)", 0.5), ("log(x)", 0.5), ("sqrt(x + 1)", 0.158655), ("arcsin(x)", 0.3173)],
)
def test_a_function_without_a_value_is_neither_exploding_nor_vanishing(formula, share):
    record = vanish(get(formula), **SMALL).to_record()
    assert record["verdict"] is None
    assert record["undefined"]["layer"] == 1
    assert record["undefined"]["share"] == pytest.approx(share, rel=1e-3)
    assert "f has no value for" in record["summary"]
    assert record["reasons"] == []
    assert record["cures"]


def test_a_value_that_goes_missing_further_in_is_told_at_its_layer():
    record = vanish(get("2*sqrt(4 - abs(x))"), sigma_w=1.0, input_std=0.1, **SMALL).to_record()
    assert record["verdict"] is None
    assert record["undefined"]["layer"] == 2
    # z ~ N(0, 15.9) there: outputs near 4, and |z| > 4 for a third.
    assert record["undefined"]["share"] == pytest.approx(math.erfc(4 / 3.9 / math.sqrt(2)), rel=0.05)


@pytest.mark.parametrize("formula", ["exp(x)", "x**2", "1/x**4", "exp(exp(x))"])
def test_an_overflow_is_an_explosion_all_the_same(formula):
    record = vanish(get(formula), sigma_w=2.0, **SMALL).to_record()
    assert (record["verdict"], record["undefined"]) == ("exploding", None)
    assert "the slope has no bound" in record["reasons"]


def test_what_float16_cannot_hold_is_said_of_gradients_and_outputs():
    record = vanish(get("gelu"), sigma_w=3.0).to_record()
    gradients = [row["log10_gradient"] for row in record["layers"]]
    layer = record["gradient_overflows"]["float16"]
    assert gradients[layer - 1] > LARGEST_LOG10["float16"] >= gradients[layer]
    layer = record["output_overflows"]["float16"]
    sizes = [math.log10(math.hypot(row["mean"], row["std"])) for row in record["layers"]]
    assert sizes[layer - 2] <= LARGEST_LOG10["float16"] < sizes[layer - 1]
    assert record["gradient_overflows"]["float32"] is None
    assert 10 ** LARGEST_LOG10["float16"] == pytest.approx(float(np.finfo(np.float16).max))
    assert 10 ** LARGEST_LOG10["float32"] == pytest.approx(float(np.finfo(np.float32).max))
    words = [
        text for heading, text in vanish(get("gelu"), sigma_w=3.0).to_table().lines if heading == "overflow"
    ]
    assert any("float16 (65504)" in text for text in words)


def test_a_critical_init_that_the_inputs_miss_is_said_to_be_missed():
    lines = dict(vanish(get("softshrink"), init="critical", **SMALL).to_table().lines)
    assert "inputs of std 1 go elsewhere" in lines["critical"]
    report = vanish(get("elish"), depth=20)
    assert report.critical.input_std == pytest.approx(0.0959, rel=0.01)
    cure = next(cure for cure in report.cures if cure.init == "critical")
    assert cure.input_std == report.critical.input_std
    law = Initialiser("critical", cure.sigma_w, cure.sigma_b)
    run = propagate(Network(get("elish"), law, 20, 256, 4, cure.input_std), seed=9, trials=5)
    assert abs(np.median(run.log10_gradient[:, 0])) < 2


def test_cures_are_run_with_the_weights_that_their_lines_draw_in_layers_of_several_widths():
    widths = (200, 20, 200, 20, 200, 20, 200)
    cures = vanish(get("sigmoid"), depth=6, width=widths, init="xavier_uniform").cures
    assert [(cure.sigma_w, cure.fan, cure.norm) for cure in cures][2:] == [(1.0, "average", "layernorm")]
    assert "xavier_normal_(layer.weight, gain=1)" in cures[2].lines["torch"]
    tanh = next(
        cure for cure in vanish(get("relu"), depth=6, width=widths, sigma_w=0.3).cures if "tanh" in cure.text
    )
    assert (tanh.init, tanh.fan) == ("xavier", "average")
    assert "xavier_normal_(layer.weight, gain=1)" in tanh.lines["torch"]
    # Orthonormal columns: σ_w is that of the critical point, and the weights are worth less.
    assert vanish(get("maxout"), init="orthogonal").cures[0].init == "critical"


@pytest.mark.parametrize("wired", [{"residual": 1.0}, {"norm": "pre-rmsnorm"}, {"norm": "post-layernorm"}])
def test_a_gradient_that_is_zero_at_the_last_layer_too_vanishes(wired):
    record = vanish(get("relu"), depth=4, width=64, trials=3, bias_mean=-20, **wired).to_record()
    assert (record["verdict"], record["zero_from_layer"]) == ("vanishing", 4)
    assert record["summary"] == "the gradient is exactly zero at every layer"


def test_a_branch_that_is_dead_in_the_middle_cuts_nothing_off_that_goes_along_the_skip():
    report = vanish(get("relu"), depth=6, width=16, trials=9, batch=1, bias_mean=-2.0, residual=1.0)
    measured = report.measured
    assert None in measured.log10_gradient and measured.log10_gradient[0] is not None
    assert measured.dead_from is None
    assert "layer 1 gets" in report.judgement.summary


def test_what_infinite_width_does_not_expect_is_put_down_to_finite_width():
    narrow = vanish(get("tanh"), depth=2_000, width=8, trials=3).judgement
    assert narrow.verdict == "vanishing"
    assert "the width is finite: 2000 layers of width 8 wander off that line" in narrow.reasons
    wide = vanish(get("tanh"), depth=20, width=(64, 32, *[64] * 19), trials=3, sigma_w=0.5).judgement
    assert wide.verdict == "vanishing" and not any("is finite" in reason for reason in wide.reasons)


def test_pieces_that_lose_are_no_dead_units():
    # One of two pieces of every unit of maxout gets no gradient: the other one passes all of it on.
    report = vanish(get("maxout"), depth=8, width=64, trials=2, batch=1, sigma_w=0.3)
    assert report.measured.dead_fraction[0] == 0.5
    assert not any("dead" in reason for reason in report.judgement.reasons)


def test_what_widths_alone_do_to_the_gradient_is_said():
    # Σ over the outputs of W² is σ_w² · outputs/inputs: √(40/4000) of straight lines is left.
    (reason,) = vanish(get("identity"), depth=2, width=(10, 4_000, 40), trials=2).judgement.reasons
    assert reason == "infinite width predicts ×0.1 a layer, 0.1 in all, ×0.1 of it by the widths alone"
    held = vanish(get("identity"), depth=2, width=(10, 4_000, 40), trials=2, sigma_w=1.0, fan="out").judgement
    assert not any("widths" in reason for reason in held.reasons)


def test_inputs_that_are_too_large_are_scaled_back_to_1():
    report = vanish(get("tanh"), depth=8, width=64, trials=3, input_std=1e6)
    first = "100% of the units of layer 1 are saturated: its pre-activations spread by 1e+06"
    assert first in report.judgement.reasons
    cure = report.cures[0]
    assert (cure.init, cure.input_std) == ("critical", 1.0)
    assert "inputs scaled to std 1 (" in cure.text


def test_a_branch_that_is_too_strong_is_weakened_and_a_mean_along_the_skip_is_a_reason():
    # x + f(W x) of relu: the mean of the outputs grows ×1.70 a layer, the rest by √2.
    report = vanish(get("relu"), depth=100, width=128, trials=3, residual=1.0)
    assert report.judgement.verdict == "exploding"
    assert any("adds up along the skip" in reason for reason in report.judgement.reasons)
    (cure,) = report.cures
    # Signals without a mean keep to the line.
    assert not any("mean" in why for why in vanish(get("tanh"), depth=30, residual=0.5).judgement.reasons)
    assert cure.residual == pytest.approx(0.1)
    assert cure.lines["torch"].endswith("x = x + 0.1 * activation(layer(x))")


def test_cures_of_networks_with_a_norm_of_their_own_are_in_the_schema():
    record = vanish(get("sigmoid"), depth=14, width=32, trials=1, norm="post-rmsnorm").to_record()
    assert "rmsnorm" in {cure["norm"] for cure in record["cures"]}
    assert problems(record, schema_of("vanish")) == []


def test_large_batches_are_cured_with_a_few_samples_and_that_is_said():
    few, many = (vanish(get("sigmoid"), depth=6, batch=batch, trials=1).cures for batch in (3, 64))
    assert {cure.batch for cure in few} == {3}
    assert {cure.batch for cure in many} == {4}
    assert few[0].text.endswith("in one run")
    assert many[0].text.endswith("in one run of 4 samples")


def test_cures_are_an_initialiser_an_activation_and_a_wiring():
    cures = vanish(get("sigmoid")).cures
    assert [(cure.activation, cure.init) for cure in cures[:2]] == [("sigmoid", "critical"), ("relu", "he")]
    assert cures[2].residual is not None
    assert all(f"{cure.trials} runs" in cure.text or "one run" in cure.text for cure in cures)
    assert {cure.activation for cure in vanish(get("relu"), sigma_w=0.5).cures} == {"relu", "tanh"}


# Settings under which everything happens: what is customary, He, and deviations too large and too small.
SETTINGS = [{}, {"init": "he"}, {"sigma_w": 3.0}, {"sigma_w": 0.5}]


@pytest.mark.parametrize("name", names())
def test_reasons_are_relevant_to_the_verdict(name):
    for settings in SETTINGS:
        report = vanish(get(name), **SMALL, **settings)
        verdict, reasons = report.judgement.verdict, report.judgement.reasons
        assert verdict == "stable" or reasons, (name, settings)
        for reason in reasons:
            if any(
                word in reason for word in ("dead", "saturated", "dies out", "sit at", "at most", "one value")
            ):
                assert verdict == "vanishing", (name, settings, reason)
            if "no bound" in reason or "grow" in reason:
                assert verdict == "exploding", (name, settings, reason)
            assert (
                any(character.isdigit() for character in reason)
                or "zero" in reason
                or "no bound" in reason
                or ("one value" in reason)
            ), reason
        record = get(name)
        if verdict == "vanishing" and isinstance(record, Activation) and any("at most" in r for r in reasons):
            assert record.slope_bound * report.network.initialiser.sigma_w < 1


@pytest.mark.parametrize(
    ("formula", "settings"),
    [("x**6", {"sigma_w": 0.2}), ("swiglu", {"depth": 1_100, "width": 16, "trials": 1, "batch": 2})],
)
def test_a_gradient_smaller_than_any_number_is_not_said_to_be_zero(formula, settings):
    report = vanish(get(formula), **{**SMALL, **settings})
    record = report.to_record()
    depth = record["depth"]
    assert (record["zero_from_layer"], record["zero_is_underflow"]) == (depth - 1, True)
    assert record["summary"].startswith(
        f"the gradient is below float64's smallest number from layer {depth - 1}"
    )
    assert set(record["underflows"].values()) == {depth - 1}
    said = " ".join(
        [record["summary"], *record["reasons"], *(str(text) for _, text in report.to_table().lines)]
    )
    assert "exactly zero" not in said and "are dead" not in said
    (span,) = report.to_chart().panels[0].spans
    assert span.label == "median gradient below float64's smallest number"


@pytest.mark.parametrize(
    ("formula", "settings"),
    [("step", {}), ("relu", {"width": 2, "depth": 60}), ("relu", {"bias_mean": -9.0}), ("softshrink", {})],
)
def test_a_gradient_that_is_zero_is_said_to_be_zero(formula, settings):
    record = vanish(get(formula), **{**SMALL, "sigma_w": 0.1, **settings}).to_record()
    assert record["zero_from_layer"] is not None and not record["zero_is_underflow"]
    assert "exactly zero" in record["summary"]
    assert set(record["underflows"].values()) == {None}


@pytest.mark.parametrize("formula", ["swiglu", "reglu", "x*x", "x*abs(x)"])
def test_signals_that_square_themselves_keep_a_gradient_and_no_unit_is_called_dead(formula):
    record = vanish(get(formula), sigma_w=0.5, depth=20, width=64, trials=3).to_record()
    assert record["log10_ratio"] < -10_000
    assert record["zero_from_layer"] is None
    assert "near 0 it is of degree 2" in " ".join(record["reasons"])
    assert not any("dead" in reason for reason in record["reasons"])
    for layer in record["layers"][:-1]:
        assert layer["log10_std"] is not None
        # Half of the gates of reglu are shut, and in deep layers for all samples alike.
        assert layer["dead_fraction"] < 0.6


def test_the_sizes_of_trials_that_are_still_numbers_are_not_lost():
    # At layer 11 of 12 the outputs of some networks are 0 in float64, and their mean is not.
    layer = vanish(get("swiglu"), depth=12).to_record()["layers"][10]
    assert layer["log10_std"] is not None
