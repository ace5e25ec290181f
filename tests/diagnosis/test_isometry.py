"""The spectrum beside the mean field, and the claim that all singular values can be near 1, tested."""

import math

import numpy as np
import pytest

from actcli.analysis.vanish import vanish
from actcli.diagnosis.isometry import isometry, jacobian_spectrum
from actcli.network.initialiser import Initialiser, initialiser
from actcli.network.jacobian import log10_singular_values
from actcli.network.network import Network
from actcli.registry import get
from actcli.theory.critical import edge_of_chaos


@pytest.mark.parametrize(
    ("name", "law"), [("relu", "normal"), ("tanh", "normal"), ("tanh", "orthogonal"), ("sigmoid", "normal")]
)
def test_mean_and_variance_of_the_spectrum_are_those_of_the_mean_field(name, law):
    # Width 300 and 4 layers: corrections of order depth/width; the mean of 300 squares of relative variance v
    # scatters less than √(v/300).
    network = Network(get(name), Initialiser("custom", 1.4, 0.2, law), 4, 300)
    found = jacobian_spectrum(network, seed=2)
    assert found.relative_variance == pytest.approx(found.relative_variance_theory, rel=0.25)
    scatter = math.sqrt(found.relative_variance_theory / 300) / math.log(10)
    assert found.log10_mean_square == pytest.approx(found.log10_mean_square_theory, abs=4 * scatter + 0.02)


def test_spectra_of_pennington():
    # Pennington, Schoenholz & Ganguli 2017 (arXiv:1711.04735), table 1: μ₂/μ₁² is 1 for linear, 2 for relu.
    table = {("identity", "normal"): 10, ("relu", "normal"): 20, ("relu", "orthogonal"): 10}
    for (name, law), variance in {**table, ("identity", "orthogonal"): 0}.items():
        sigma_w = math.sqrt(2) if name == "relu" else 1.0
        network = Network(get(name), Initialiser("custom", sigma_w, law=law), 10, 2)
        found = jacobian_spectrum(network, seed=0)
        assert found.log10_mean_square_theory == pytest.approx(0, abs=1e-12)
        assert found.relative_variance_theory == pytest.approx(variance, abs=1e-12)


def test_biases_with_a_mean_have_no_mean_field_of_the_spectrum():
    law = Initialiser("custom", 1.0, bias_mean=30.0)
    found = jacobian_spectrum(Network(get("multiquadric"), law, 5, 32), seed=0)
    assert found.log10_mean_square is not None
    assert (found.log10_mean_square_theory, found.relative_variance_theory) == (None, None)


def test_tanh_with_its_lengths_held_at_a_small_fixed_point_comes_near_to_isometry():
    tanh = get("tanh")
    (point,) = edge_of_chaos(tanh, 1e-3)
    law = Initialiser("orthogonal", point.sigma_w, 1e-3, "orthogonal")
    network = Network(tanh, law, 100, 2, input_std=math.sqrt(point.q_star - 1e-6) / point.sigma_w)
    assert 0 < jacobian_spectrum(network, seed=0).relative_variance_theory < 0.1


def test_the_spectrum_of_relu_agrees_with_drawn_matrices():
    rng = np.random.default_rng(3)
    width, depth, trials = 100, 5, 60
    first, second = [], []
    for _ in range(trials):
        z, jacobian = rng.standard_normal(width), np.eye(width)
        for _ in range(depth - 1):
            w = math.sqrt(2 / width) * rng.standard_normal((width, width))
            # einsum, because BLAS threads on a busy machine take a hundred times as long.
            jacobian = np.einsum("ij,jk->ik", w * (z > 0), jacobian)
            z = w @ np.maximum(z, 0)
        gram = np.einsum("ij,kj->ik", jacobian, jacobian)
        first.append(np.trace(gram) / width)
        second.append((gram**2).sum() / width)
    predicted = jacobian_spectrum(Network(get("relu"), initialiser("he"), depth - 1, 2), seed=0)
    relative = np.mean(second) / np.mean(first) ** 2 - 1
    assert np.mean(first) == pytest.approx(10**predicted.log10_mean_square_theory, rel=0.1)
    # Finite width adds about Σ 5/n, 20 %, to the second moment; the standard error of 60 networks is 7 %.
    assert relative == pytest.approx(predicted.relative_variance_theory, rel=0.4)


@pytest.mark.parametrize("name", ["tanh", "arctan", "softsign", "sine", "identity", "abs"])
def test_an_isometry_said_to_be_within_reach_is_reached(name):
    within, reason = isometry(get(name))
    assert within, reason
    # Deep inside the critical phase of tanh-like functions: small inputs, orthogonal weights.
    sigma_w = 1 / get(name)(np.array([1e-6]), order=1).item()
    law = Initialiser("orthogonal", sigma_w, law="orthogonal")
    values = log10_singular_values(Network(get(name), law, 30, 40, input_std=1e-4))
    assert np.abs(values).max() < 0.02


@pytest.mark.parametrize("name", ["relu", "gelu", "sigmoid", "step", "softmax"])
def test_an_isometry_out_of_reach_has_a_reason(name):
    within, reason = isometry(get(name))
    assert not within
    assert reason
    if name == "relu":
        law = initialiser("orthogonal", 2**0.5)
        values = log10_singular_values(Network(get("relu"), law, 10, 40))
        assert np.isneginf(values).any()


def test_the_spectrum_stands_in_every_form_of_the_report():
    report = vanish(get("tanh"), depth=3, width=12, batch=1, trials=1, spectrum=True)
    record = report.to_record()["spectrum"]
    assert len(record["log10_values"]) == 12
    assert record["log10_values"] == sorted(record["log10_values"], reverse=True)
    assert record["log10_condition"] == record["log10_values"][0] - record["log10_values"][-1]
    assert "jacobian" in dict(report.to_table().lines)
    assert [panel.x_label for panel in report.to_chart().panels][1] == "rank (of 12)"
    dead = vanish(get("step"), depth=3, width=12, batch=1, trials=1, spectrum=True).to_record()["spectrum"]
    assert dead["log10_values"] == [None] * 12
    assert dead["log10_mean_square"] is None
