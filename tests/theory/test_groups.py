"""Maxout, gated units and concatenated pairs at infinite width, against closed forms and drawn networks."""

import math

import numpy as np
import pytest

from actcli.activation import VectorActivation
from actcli.registry import get, names
from actcli.theory.groups import critical_groups, describe_groups, group_line

VECTOR = [name for name in names() if isinstance(get(name), VectorActivation)]


def test_maxout_of_two_keeps_length_and_gradient_at_sigma_w_1():
    # E max(z₁, z₂)² = 1, because max² + min² = z₁² + z₂² and both have the same law.
    found = group_line(get("maxout"), 9, 1.0, 0.0, 0.7)
    assert found.variances == pytest.approx([0.7] * 9)
    assert found.log10_gradient == pytest.approx([0.0] * 9, abs=1e-12)


def test_maxout_of_three_grows_although_its_gradient_does_not():
    # E max(z₁, z₂, z₃)² = 1 + √3/2π, the second moment of the largest of three (Jones 1948).
    found = group_line(get("maxout:k=3"), 3, 1.0, 0.0, 1.0)
    assert found.variances[2] == pytest.approx((1 + math.sqrt(3) / (2 * math.pi)) ** 2, rel=1e-12)
    assert found.log10_gradient == pytest.approx([0.0] * 3, abs=1e-12)


def test_a_bilinear_unit_squares_the_length():
    found = group_line(get("bilinear"), 4, 1.0, 0.0, 0.5)
    assert found.variances == pytest.approx([0.5, 0.25, 0.0625, 0.00390625])
    exact = [0.5 * math.log10(2 * 0.5 * 2 * 0.25 * 2 * 0.0625), 0.5 * math.log10(4 * 0.25 * 0.0625)]
    assert found.log10_gradient[:2] == pytest.approx(exact)


def test_a_concatenated_pair_of_rectifiers_is_a_rectifier():
    found = group_line(get("crelu"), 11, math.sqrt(2), 0.0, 1.0)
    assert found.variances == pytest.approx([1.0] * 11)
    assert found.log10_gradient == pytest.approx([0.0] * 11, abs=1e-12)


def test_reglu_halves_a_bilinear_unit():
    # E relu(b)² = q/2 and E relu′² = 1/2.
    found = group_line(get("reglu"), 2, 1.0, 0.0, 3.0)
    assert found.variances[1] == pytest.approx(4.5)
    assert found.log10_gradient[0] == pytest.approx(0.5 * math.log10(3.0))


@pytest.mark.parametrize("name", ["maxout", "crelu", "glu"])
def test_a_critical_point_keeps_the_gradient_and_draws_lengths_to_itself(name):
    point = critical_groups(get(name))
    found = describe_groups(get(name), point.sigma_w, point.sigma_b, point.q_star)
    assert (found.chi_1, found.q_star) == pytest.approx((1, point.q_star), rel=1e-9)
    for factor in (0.5, 2.0):
        first = factor * point.q_star
        last = group_line(get(name), 300, point.sigma_w, point.sigma_b, first).variances[-1]
        assert last == pytest.approx(first if point.universal else point.q_star, rel=1e-3)


@pytest.mark.parametrize("name", ["reglu", "geglu", "swiglu", "bilinear", "maxout:k=3", "softmax"])
def test_units_whose_lengths_attract_nothing_have_no_critical_point(name):
    assert critical_groups(get(name)) is None


@pytest.mark.parametrize("name", VECTOR)
def test_every_vector_valued_record_has_a_line_or_a_reason(name):
    found = group_line(get(name), 6, 1.3, 0.2, 1.0)
    assert len(found.log10_gradient) == 6
    assert (found.log10_gradient[-1] == 0.0) != bool(found.reason)


@pytest.mark.parametrize("name", ["glu", "swiglu", "geglu", "maxout:k=4"])
def test_lines_agree_with_drawn_networks(name):
    activation, width, depth, sigma_w, trials = get(name), 128, 3, 1.4, 100
    taken, _ = activation.group
    rng = np.random.default_rng(5)
    total = 0.0
    for _ in range(trials):
        states, weights = [rng.standard_normal(taken * width)], []
        for _ in range(depth - 1):
            weights.append(sigma_w / math.sqrt(width) * rng.standard_normal((taken * width, width)))
            states.append(np.einsum("ij,j->i", weights[-1], activation.forward(states[-1])))
        delta = rng.standard_normal(taken * width)
        last = (delta**2).mean()
        for z, w in zip(reversed(states[:-1]), reversed(weights), strict=True):
            delta = activation.vjp(z, np.einsum("ij,i->j", w, delta))
        total += (delta**2).mean() / last / trials
    predicted = 2 * group_line(activation, depth, sigma_w, 0.0, 1.0).log10_gradient[0]
    # Two layers of 128 units spread the ratio by about √(2 · 15/128) = 0.5: a standard error of 5 % over 100.
    # Three layers, not more: the length of gated units is squared by each, and so are its fluctuations.
    assert math.log10(total) == pytest.approx(predicted, abs=4 * 0.05 / math.log(10))


@pytest.mark.parametrize(
    ("name", "sigma_w", "q_star", "chi_1"),
    [
        ("maxout", 1.0, 0.7, 1.0),
        ("maxout:k=3", 1.0, None, 1.0),
        ("maxout:k=3", 0.5, 0.0, 0.25),
        ("crelu", 1.0, 0.0, 0.5),
        ("bilinear", 1.0, 0.0, 0.0),
    ],
)
def test_groups_come_to_the_fixed_point_of_their_closed_form(name, sigma_w, q_star, chi_1):
    found = describe_groups(get(name), sigma_w, 0.0, 0.7)
    assert found.q_star == (None if q_star is None else pytest.approx(q_star))
    assert found.chi_1 == pytest.approx(chi_1, abs=1e-12)
    assert found.reason


def test_a_bias_holds_the_length_of_a_gated_unit_where_its_line_stands_still():
    found = describe_groups(get("swiglu"), 1.2, 0.5, 1.0)
    line = group_line(get("swiglu"), 60, 1.2, 0.5, 1.0)
    assert found.q_star == pytest.approx(line.variances[-1], rel=1e-10)
    assert found.factor_per_layer == pytest.approx(10 ** (line.log10_gradient[-3] - line.log10_gradient[-2]))


def test_long_lines_of_gated_units_are_interpolated_without_a_trace(monkeypatch):
    exact = group_line(get("swiglu"), 40, 1.1, 0.4, 0.9)
    monkeypatch.setattr("actcli.theory.groups.TABULATED_FROM", 0)
    table = group_line(get("swiglu"), 40, 1.1, 0.4, 0.9)
    assert table.log10_gradient == pytest.approx(exact.log10_gradient, abs=1e-11)
