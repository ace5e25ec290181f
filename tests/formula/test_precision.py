"""Error bounds hold, and where digits are lost is found and not invented."""

import numpy as np
import pytest
from hypothesis import given

from actcli.formula import Expression, parse
from actcli.formula.evaluate import evaluate
from actcli.formula.rounding import relative_bound
from tests.formula.expressions import POINTS, budget, exactly, nodes


@budget(300)
@given(nodes)
def test_no_number_is_further_off_than_its_bound(node):
    bounds = relative_bound(node, POINTS, {})
    numbers = evaluate(node, POINTS, {})
    for x, number, bound in zip(POINTS, numbers, bounds, strict=True):
        expected = exactly(Expression(node), x)
        if expected is not None and bound < 1e-3 and np.isfinite(number):
            assert abs(number - expected) <= 1.01 * bound * abs(number) + 1e-300, x


@pytest.mark.parametrize(
    ("text", "order", "low", "high"),
    [
        ("sigmoid(x)**2 - tanh(x)", 0, 4.0, 100.0),
        ("x**2 - 2*x + 1.0000000001", 0, 0.9, 1.1),
        ("x**3/(1 + x**2) - x", 0, 4.5, 100.0),
        ("erf(x) - tanh(x)", 0, 2.8, 100.0),
        ("max(x, 0) - x*sigmoid(x)", 1, 6.0, 100.0),
    ],
)
def test_lost_digits_are_reported_with_where_they_begin(text, order, low, high):
    losses = parse(text).precision_loss(-100, 100, order)
    (loss,) = [loss for loss in losses if loss.high > 0]
    assert loss.relative_error > 16 * 2.0**-52
    assert loss.low <= loss.x <= loss.high
    assert loss.low == pytest.approx(low, rel=0.5)
    assert loss.high == pytest.approx(high, rel=0.5)


@pytest.mark.parametrize(
    "text",
    ["1/(1 + exp(-x))", "x*tanh(softplus(x))", "sin(100*x)", "x*cos(x)", "exp(exp(x))", "tan(x)", "x**3 - x",
     "log(1 + exp(x))", "max(0, x)", "x/(1 + abs(x))", "x*(1 + erf(x/sqrt(2)))/2", "x*erf(x)", "x**x",
     "x - tanh(x)", "tan(1 + x) - tan(1)", "log(1.5 + x) - log(1.5)", "x/(1 + exp(-1.702*x))"],
)  # fmt: skip
@pytest.mark.parametrize("order", [0, 1, 2])
def test_no_loss_is_reported_of_numbers_that_are_right(text, order):
    assert parse(text).precision_loss(-700, 700, order) == ()


def test_an_overflow_in_between_is_a_loss_of_every_digit():
    (loss,) = parse("x*tan(x*x)").precision_loss(1, 1e170)
    assert loss.relative_error == np.inf
    # x² leaves float64 here, and its tangent is lost.
    assert 1e154 < loss.low < 1.4e154


def test_an_overflow_in_between_that_goes_away_loses_nothing():
    assert parse("x**3*exp(x)/(exp(x) + x**2 + 1)").precision_loss(0, 800) == ()
