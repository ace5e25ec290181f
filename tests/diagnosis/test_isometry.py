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
