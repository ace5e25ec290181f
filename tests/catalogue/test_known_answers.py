"""What papers and frameworks state: piecewise, exponential, polynomial and oscillating families."""

import math
from importlib import import_module
from importlib.util import find_spec

import mpmath as mp
import numpy as np
import pytest

from actcli import registry
from tests.accuracy import settings

# What frameworks take at a kink, as (activation, order, x, value there).
CONVENTIONS = (
    ("relu", 1, 0, 0),
    ("leaky_relu", 1, 0, 0.01),
    ("elu", 1, 0, 1),
    ("elu:alpha=2", 1, 0, 2),
    ("selu", 1, 0, 1.7580993408473766),
    ("celu:alpha=2", 1, 0, 1),
    ("relu6", 1, 0, 0),
    ("relu6", 1, 6, 0),
    ("hard_tanh", 1, 1, 0),
    ("hard_tanh", 1, -1, 0),
    ("hard_sigmoid", 1, 3, 0),
    ("hard_sigmoid", 1, -3, 0),
    ("hard_silu", 1, 3, 1),
    ("hard_silu", 1, -3, 0),
    ("softshrink", 1, 0.5, 0),
    ("hardshrink", 1, 0.5, 0),
)


@pytest.mark.parametrize(("name", "order", "x", "value"), CONVENTIONS)
def test_the_value_at_a_kink_is_the_convention_stated(name, order, x, value):
    record = registry.get(name)
    assert record(float(x), order) == pytest.approx(value, rel=1e-15)
    stated = [kink.stated for kink in record.facts.kinks if kink.x == x and kink.order == order]
    assert stated in ([], [pytest.approx(value, rel=1e-15)])


@pytest.mark.skipif(not find_spec("torch"), reason="torch is not installed")
@pytest.mark.parametrize(("name", "order", "x", "value"), [row for row in CONVENTIONS if ":" not in row[0]])
def test_torch_takes_the_same_value_at_the_kink(name, order, x, value):
    torch = import_module("torch")
    words = [word for word in registry.get(name).spellings if word.startswith("torch.nn.functional.")]
    z = torch.tensor(float(x), dtype=torch.float64, requires_grad=True)
    getattr(torch.nn.functional, words[0].rpartition(".")[2])(z).backward()
    # torch 2.13 computes the slope of hardsigmoid in float32.
    assert float(z.grad) == pytest.approx(value, rel=1e-7)


def test_jax_halves_the_slope_of_sparse_sigmoid_at_its_ends():
    assert registry.get("sparse_sigmoid")(np.array([-1.0, 1.0]), 1).tolist() == [0.25, 0.25]


def test_a_step_fires_at_its_threshold_and_a_sign_is_zero_at_zero():
    assert registry.get("step")(np.array([-1e-300, 0.0, 1.0])).tolist() == [0, 1, 1]
    assert registry.get("step:threshold=2")(np.array([1.999, 2.0])).tolist() == [0, 1]
    assert registry.get("sign")(np.array([-3.0, 0.0, 3.0])).tolist() == [-1, 0, 1]


def test_the_constants_of_selu_follow_from_their_closed_form():
    # Klambauer 2017 (arXiv:1706.02515), appendix: mean 0 and variance 1 are a fixed point.
    with mp.workdps(40):
        half, e = mp.erfc(1 / mp.sqrt(2)), mp.e
        alpha = -mp.sqrt(2 / mp.pi) / (half * mp.exp(mp.mpf(1) / 2) - 1)
        inner = 2 * mp.erfc(mp.sqrt(2)) * e**2 + mp.pi * half**2 * e - 2 * (2 + mp.pi) * half * mp.sqrt(e)
        scale = (1 - half * mp.sqrt(e)) * mp.sqrt(2 * mp.pi) / mp.sqrt(inner + mp.pi + 2)
    record = registry.get("selu")
    assert record.values["alpha"] == pytest.approx(float(alpha), rel=1e-15)
    assert record.values["scale"] == pytest.approx(float(scale), rel=1e-15)


def test_one_cubic_unit_solves_xor():
    # Weights (1, 1) and bias −1/2 on the four corners; one sigmoid cannot tell 1 from both 0 and 2.
    corners = np.array([0.0, 1.0, 1.0, 2.0]) - 0.5
    assert registry.get("ncu")(corners).tolist() == [-0.375, 0.375, 0.375, -1.875]


def test_the_shifted_sincs_are_those_of_their_paper():
    # Noel 2021 (arXiv:2111.04020): both in closed form at simple points.
    assert registry.get("ssu")(math.pi) == pytest.approx(math.pi, rel=1e-15)
    assert registry.get("ssu")(0.0) == 0
    assert registry.get("dsu")(math.pi / 2) == pytest.approx(4 / 3, rel=1e-15)
    assert registry.get("dsu")(math.pi) == pytest.approx(math.pi / 2, rel=1e-15)


def test_normalised_hermite_polynomials_are_orthonormal_under_the_normal_law():
    nodes, weights = np.polynomial.hermite_e.hermegauss(12)
    values = np.array([registry.get(f"hermite_{degree}")(nodes) for degree in (2, 3, 4)])
    assert np.allclose(values @ np.diag(weights / math.sqrt(2 * math.pi)) @ values.T, np.eye(3), atol=1e-13)


def test_rrelu_is_evaluated_at_the_mean_of_its_slopes():
    assert registry.get("rrelu")(-1.0) == pytest.approx(-11 / 48, rel=1e-15)


def test_relu_general_reads_as_keras_documents_it():
    record = registry.get("relu_general:negative_slope=0.1,max_value=6,threshold=1")
    assert np.allclose(record(np.array([-1.0, 0.5, 1.0, 3.0, 6.0, 9.0])), [-0.2, -0.05, 1, 3, 6, 6])


@pytest.mark.parametrize(
    "name", [name for name in registry.names() if getattr(registry.get(name), "joint", None)]
)
def test_value_and_slope_together_are_value_and_slope_apart(name):
    for record in settings(registry.get(name)):
        x = np.concatenate(
            [np.linspace(-40, 40, 801), [-np.inf, -1e300, -745.0, 1e-310, 1e300, np.inf, np.nan]]
        )
        value, slope = record.value_and_slope(x)
        assert np.allclose(value, record(x), rtol=1e-15, atol=0, equal_nan=True)
        assert np.allclose(slope, record(x, 1), rtol=1e-15, atol=0, equal_nan=True)
