"""Shares of saturated and dead units against closed forms, in places where a plain grid would miss them."""

import math

import pytest

from actcli.diagnosis.shares import dead_fraction, saturated_fraction
from actcli.registry import get

WINDOW = 7.4482052447426683e-4
"""P(0.37 < z < 0.372) from the normal distribution function to 30 digits."""


def within(half):
    """P(|z| < half)."""
    return math.erf(half / math.sqrt(2))


# |cos(1000 z)| < 0.01 for a share 2/π arcsin 0.01 of every period; sech² falls to 0.01 at arcosh 10.
CASES = [
    ("sin(1000*x)", 2 / math.pi * math.asin(0.01), 0.0),
    ("sin(1500*x)", 2 / math.pi * math.asin(0.01), 0.0),
    ("where(abs(x - 0.371) < 1e-3, 1, x)", WINDOW, WINDOW),
    ("where(abs(x - 0.371) < 1e-3, x, 1)", 1 - WINDOW, 1 - WINDOW),
    ("relu", 0.5, 0.5),
    ("identity", 0.0, 0.0),
    ("tanh", 1 - within(math.acosh(10)), 0.0),
    ("clip(1e4*(x - 0.5), 0, 1)", 1 - 3.52056524691e-5, 1 - 3.52056524691e-5),
]


@pytest.mark.parametrize(("text", "saturated", "dead"), CASES)
def test_shares_are_those_of_the_closed_form(text, saturated, dead):
    record = get(text)
    assert saturated_fraction(record) == pytest.approx(saturated, abs=2e-12)
    assert dead_fraction(record) == pytest.approx(dead, abs=2e-12)


def test_a_steep_step_is_saturated_but_for_its_middle():
    expected = 1 - within(math.acosh(10) / 5e5)
    assert saturated_fraction(get("tanh(5e5*x)")) == pytest.approx(expected, abs=1e-15)


@pytest.mark.parametrize("text", ["sqrt(x)", "log(x)", "sin(1e5*x)"])
def test_a_slope_that_is_not_resolved_or_not_defined_has_no_share(text):
    assert saturated_fraction(get(text)) is None
    assert dead_fraction(get(text)) is None


def test_a_slope_without_bound_has_no_saturated_share_and_may_be_dead():
    assert saturated_fraction(get("square")) is None
    assert dead_fraction(get("max(x, 0)**2")) == pytest.approx(0.5, abs=1e-15)
