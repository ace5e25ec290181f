"""What `vanish` says of theory: the numbers of the theory, in words and as data, or why not."""

import math

import pytest

from actcli.analysis.vanish import vanish
from actcli.registry import get
from actcli.theory.meanfield import describe

SMALL = {"depth": 6, "width": 16, "trials": 1}


def said(name, **settings):
    return dict(vanish(get(name), **SMALL, **settings).to_table().lines)


def test_every_number_of_the_theory_is_in_the_record():
    found = describe(get("tanh"), 1.5, 0.1, 1.5**2 + 0.1**2)
    theory = vanish(get("tanh"), **SMALL, sigma_w=1.5, sigma_b=0.1).to_record()["theory"]
    assert theory == {name: getattr(found, name) for name in found._fields}
    assert theory["chi_parallel"] == pytest.approx(found.chi_parallel)
    assert (theory["stability"], theory["phase"]) == ("stable", "chaotic")
    assert 0 < theory["correlation"] < 1


def test_the_table_names_phase_fixed_points_and_depth_scales():
    # Schoenholz et al. 2017 (arXiv:1611.01232): tanh at σ_w = 1.5, σ_b = 0.1 is chaotic.
    lines = said("tanh", sigma_w=1.5, sigma_b=0.1)
    for part in ("chaotic: χ₁ = 1.129 at q* = 0.8133 (attracts, χ_∥ = 0.4938)", "c* = 0.1801"):
        assert part in lines["theory"]
    expected = "in layers: gradient ξ_∇ = -8.239 (grows), correlation ξ_c = 14.85, length ξ_q = 1.417"
    assert lines["  e-fold"] == expected
    assert "ordered: χ₁ = 0.0557" in said("sigmoid")["theory"]
    assert said("relu")["  e-fold"].count("∞") == 3


@pytest.mark.parametrize(
    ("name", "settings", "reason"),
    [
        ("softmax", {}, "softmax couples all units"),
        ("tanh", {"residual": 0.5}, "without a skip"),
        ("maxout", {"norm": "pre-rmsnorm"}, "plain networks of one width"),
        ("tanh", {"bias_mean": -3.0}, "biases with a mean"),
        ("exp(x)", {}, "grows without bound"),
    ],
)
def test_where_there_is_no_theory_the_table_says_why(name, settings, reason):
    lines = said(name, **settings)
    assert lines["theory"].startswith("—: ")
    assert reason in lines["theory"]
    assert "  e-fold" not in lines


def test_what_is_known_of_units_of_several_inputs_is_shown():
    lines = said("maxout", sigma_w=0.5)
    assert "ordered: χ₁ = 0.25 at q* = 0" in lines["theory"]
    assert lines["  e-fold"] == "in layers: gradient ξ_∇ = 0.7213"
    assert "phase: χ₁ = 0 at q* = 0.5" in said("step")["theory"]
    assert said("step", norm="post-layernorm")["theory"].startswith("no phase: χ₁ = 0 at q* = 1")


@pytest.mark.parametrize("norm", ["pre-layernorm", "post-layernorm", "pre-rmsnorm", "post-rmsnorm"])
@pytest.mark.parametrize("name", ["tanh", "relu", "sigmoid"])
def test_normalised_layers_have_a_factor_that_is_that_of_the_line(name, norm):
    record = vanish(get(name), **SMALL, norm=norm, sigma_w=1.3, sigma_b=0.4).to_record()
    theory, line = record["theory"], [layer["log10_theory"] for layer in record["layers"]]
    assert theory["q_star"] == pytest.approx(1.3**2 + 0.4**2)
    assert line[2] - line[3] == pytest.approx(0.5 * math.log10(theory["chi_1"]), abs=1e-12)
    assert (theory["chi_parallel"], theory["depth_scale_length"], theory["correlation"]) == (0, 0, None)
    assert "correlations" in theory["reason"]


@pytest.mark.parametrize(
    ("name", "settings", "reason"),
    [
        ("gelu", {"init": "he", "depth": 50}, "lengths make"),
        ("tanh", {"residual": 0.5}, "plain networks only"),
        ("maxout", {}, "several inputs or outputs"),
        ("tanh", {"width": (8, 4, 8), "depth": 2, "init": "orthogonal"}, "orthogonal weights"),
        ("softmax", {}, "no line at infinite width"),
        ("tanh", {"bias_mean": 1.0}, "no line at infinite width"),
    ],
)
def test_where_finite_width_has_no_law_the_reason_is_given(name, settings, reason):
    report = vanish(get(name), **{**SMALL, "width": 256, **settings})
    found, lines = report.to_record()["finite_width"], dict(report.to_table().lines)
    assert (found["log10_median"], found["log10_low"], found["log10_high"]) == (None, None, None)
    assert reason in found["reason"]
    if "no line" not in reason:
        assert lines["finite width"] == f"—: {found['reason']}"


def test_a_law_of_finite_width_needs_no_reason():
    assert vanish(get("tanh"), **SMALL).to_record()["finite_width"]["reason"] == ""
