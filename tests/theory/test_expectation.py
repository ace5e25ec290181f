"""Gaussian expectations against closed forms, over eight decades of variance."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actcli.registry import get
from actcli.theory.correlation import expect_product
from actcli.theory.expectation import expect
from actcli.theory.moments import moments_of
from actcli.theory.quadrature import NODES, WEIGHTS

VARIANCES = [1e-280, 1e-4, 0.3, 1.0, 25.0, 1e4, 1e80]
CORRELATIONS = [-1.0, -0.999999, -0.5, 0.0, 0.3, 0.9, 1 - 1e-6, 1 - 1e-12, 1.0]


def relu(x):
    return np.maximum(x, 0.0)


def test_the_rule_integrates_polynomials_up_to_degree_31_exactly():
    for degree in range(32):
        exact = 2 / (degree + 1) if degree % 2 == 0 else 0.0
        assert WEIGHTS @ NODES**degree == pytest.approx(exact, abs=1e-16, rel=2e-15)
    assert pytest.approx(2 / 33, rel=1e-12, abs=0) != WEIGHTS @ NODES**32


@pytest.mark.parametrize("variance", VARIANCES)
def test_moments_of_a_kinked_function_are_exact_at_every_variance(variance):
    assert expect(relu, variance, (0.0,)) == pytest.approx(math.sqrt(variance / (2 * math.pi)), rel=2e-15)
    assert expect(lambda x: relu(x) ** 2, variance, (0.0,)) == pytest.approx(variance / 2, rel=2e-15)


@pytest.mark.parametrize("variance", [1e-4, 1.0, 1e4])
@pytest.mark.parametrize("place", [0.0, 0.3, 3.0])
def test_kinks_and_jumps_that_nobody_declared_are_found(variance, place):
    t = place / math.sqrt(variance)
    tail = 0.5 * math.erfc(t / math.sqrt(2))
    assert expect(lambda x: (x > place) * 1.0, variance) == pytest.approx(tail, rel=1e-12, abs=1e-18)
    density = math.exp(-t * t / 2) / math.sqrt(2 * math.pi)
    exact = math.sqrt(variance) * (density - t * tail)
    assert expect(lambda x: relu(x - place), variance) == pytest.approx(exact, rel=1e-11, abs=1e-18)


@pytest.mark.parametrize("variance", [1e-4, 1.0, 1e2])
def test_narrow_and_oscillating_features_are_resolved(variance):
    bump = math.exp(-0.5 * 0.7**2 / (variance + 5e-7)) / math.sqrt(1 + 2e6 * variance)
    assert expect(lambda x: np.exp(-((1000 * (x - 0.7)) ** 2)), variance) == pytest.approx(bump, rel=1e-12)
    wave = -math.expm1(-2 * 900 * variance) / 2
    assert expect(lambda x: np.sin(30 * x) ** 2, variance) == pytest.approx(wave, rel=1e-13)


def _steep(slope):
    """E sech⁴(s z) for a large s: the integral of sech⁴ is 4/3, and 1/s² further terms are negligible."""
    return 4 / 3 / slope / math.sqrt(2 * math.pi)


@pytest.mark.parametrize(
    ("formula", "second", "slope"),
    [
        ("sin(1000*x)", 0.5, 5e5),
        ("sin(1500*x)", 0.5, 1.125e6),
        ("tanh(5e5*x)", 1 - 2 / 5e5 / math.sqrt(2 * math.pi), 25e10 * _steep(5e5)),
        ("exp(-(1e4*(x - 1))**2)", math.exp(-2e8 / (1 + 4e8)) / math.sqrt(1 + 4e8), None),
        ("exp(-1e8*(x - 1.3)**2)", math.exp(-1.69 * 2e8 / (1 + 4e8)) / math.sqrt(1 + 4e8), None),
        ("where(abs(x - 0.371) < 1e-3, 1, 0)", 7.4482052447426683e-4, 0.0),
    ],
)
def test_features_of_formulas_that_no_panel_would_meet_are_resolved(formula, second, slope):
    # The share of the window is a difference of normal distribution functions to 30 digits.
    found = moments_of(get(formula))(1.0)
    assert found.second == pytest.approx(second, rel=1e-12)
    if slope is not None:
        assert found.slope == pytest.approx(slope, rel=1e-12, abs=0)


@pytest.mark.parametrize("variance", [1e-4, 1.0, 4.0, 9.0, 25.0, 100.0])
def test_functions_that_grow_exponentially_reach_further_out(variance):
    assert expect(np.exp, variance) == pytest.approx(math.exp(variance / 2), rel=1e-13)


@pytest.mark.parametrize(
    "function",
    [np.log, lambda x: 1 / np.abs(x), lambda x: np.exp(x**2), lambda x: np.sin(1e6 * x) ** 2],
    ids=["undefined on one side", "pole", "faster than the Gaussian", "too fast to resolve"],
)
def test_what_has_no_number_is_nan_and_not_a_wrong_number(function):
    with np.errstate(all="ignore"):
        assert math.isnan(expect(function, 1.0))


def test_a_variance_of_zero_is_the_value_at_zero():
    assert expect(np.cos, 0.0) == 1.0


def test_an_integrable_singularity_is_integrated():
    exact = 2**0.25 * math.gamma(0.75) / math.sqrt(math.pi)
    assert expect(lambda x: np.sqrt(np.abs(x)), 1.0) == pytest.approx(exact, rel=1e-13)


@pytest.mark.parametrize("correlation", CORRELATIONS)
@pytest.mark.parametrize("variance", [1e-3, 1.0, 1e3])
def test_relu_products_are_the_arc_cosine_kernel(variance, correlation):
    # Cho & Saul 2009, Kernel Methods for Deep Learning, arc-cosine kernel of degree 1.
    s = math.sqrt((1 - correlation) * (1 + correlation))
    exact = variance / (2 * math.pi) * (s + correlation * (math.pi - math.acos(correlation)))
    got = expect_product(relu, variance, correlation, (0.0,))
    assert got == pytest.approx(exact, rel=1e-12, abs=3e-15 * variance)


@pytest.mark.parametrize("correlation", [-0.9, -1e-3, 0.3, 0.999, 1 - 1e-9])
def test_step_products_are_orthant_probabilities(correlation):
    # Sheppard 1899: P(u > 0, v > 0) = 1/4 + arcsin(c)/2π.
    exact = 0.25 + math.asin(correlation) / (2 * math.pi)
    assert expect_product(lambda x: (x > 0) * 1.0, 2.0, correlation, (0.0,)) == pytest.approx(
        exact, rel=1e-13
    )


@pytest.mark.parametrize("variance", [0.01, 1.0, 100.0])
@pytest.mark.parametrize("correlation", [-0.99, 0.2, 0.95, 1 - 1e-10])
def test_sine_products_are_exact(variance, correlation):
    # E sin u sin v = e^{−q} sinh(q c), by cos(u − v) − cos(u + v).
    exact = (math.exp(-variance * (1 - correlation)) - math.exp(-variance * (1 + correlation))) / 2
    assert expect_product(np.sin, variance, correlation) == pytest.approx(exact, rel=1e-12, abs=1e-15)


@settings(max_examples=30)
@given(st.floats(-0.99, 0.99), st.floats(0.05, 20.0), st.floats(-2.0, 2.0))
def test_products_of_lines_are_covariances(correlation, variance, shift):
    got = expect_product(lambda x: x + shift, variance, correlation)
    assert got == pytest.approx(variance * correlation + shift**2, rel=1e-12, abs=1e-12)
