"""Beside 0 a formula that cancels is its power series; elsewhere, and where it keeps its digits, itself."""

import mpmath
import numpy as np
import pytest
from hypothesis import event, given

from actcli.formula import Expression, parse
from actcli.formula.series import series_at_zero
from tests.formula.expressions import budget, exactly, nodes


@budget(300)
@given(nodes)
def test_a_series_has_the_value_of_the_formula_on_its_side(node):
    for side in (1, -1):
        series = series_at_zero(node, {}, side)
        x = mpmath.mpf(side) / 10**6
        expected = exactly(Expression(node), x, digits=120)
        if series is None or expected is None or max(map(abs, series.terms)) > 10**12:
            continue
        event("compared")
        with mpmath.workdps(120):
            terms = map(mpmath.mpf, map(str, series.terms))
            found = mpmath.fsum(term * x ** (series.start + k) for k, term in enumerate(terms))
            # 48 terms less what division and cancellation took, of which the last decides.
            unknown = mpmath.mpf(10) ** 13 * abs(x) ** series.end
            assert abs(found - expected) <= 1e-60 * abs(expected) + unknown + 1e-90, (side, series.start)


@pytest.mark.parametrize(
    ("text", "start", "terms"),
    [
        ("x - sin(x)", 3, (1 / 6, 0, -1 / 120)),
        ("(1 - cos(x))/x**2", 0, (1 / 2, 0, -1 / 24)),
        ("1/tanh(x) - 1/x", 1, (1 / 3, 0, -1 / 45)),
        ("abs(x)*x", 2, (1,)),
        ("sqrt(x**2 + x**4)", 1, (1, 0, 1 / 2)),
        ("floor(x) + x", 1, (1,)),
    ],
)
def test_known_series(text, start, terms):
    series = series_at_zero(parse(text).node, {}, 1)
    assert series.start == start
    assert [float(term) for term in series.terms[: len(terms)]] == pytest.approx(terms, abs=1e-90)


@pytest.mark.parametrize("text", ["log(x)", "sqrt(x)", "x**x", "exp(1/x)", "log(-x)", "abs(x)**0.3"])
def test_what_has_no_series_at_0_has_none(text):
    assert series_at_zero(parse(text).node, {}, 1) is None


def test_digits_that_would_cancel_are_kept_and_a_gap_at_0_is_closed():
    x = np.array([-1e-9, 0.0, 1e-9])
    cosine = parse("(1 - cos(x))/x**2")
    np.testing.assert_allclose(cosine.propagate(x, 0), 0.5, rtol=1e-15)
    np.testing.assert_allclose(cosine.propagate(x, 1), -x / 12, rtol=1e-15)
    np.testing.assert_allclose(parse("x - tanh(x)").propagate(x, 0), x**3 / 3, rtol=1e-15)
    # Emitted Python computes the same.
    space = {}
    exec(parse("(exp(x) - 1)/x").computed(1).to_python(), space)
    np.testing.assert_allclose(space["f"](x), 0.5 + x / 3, rtol=1e-15)


def test_a_value_that_is_stated_at_0_stays():
    stated = parse("where(x == 0, 5, x - sin(x))")
    assert stated.propagate(0.0, 0) == 5
    assert stated.propagate(1e-3, 0) == pytest.approx(1.6666665833e-10, rel=1e-9)


def test_both_sides_of_a_kink_have_a_series_of_their_own():
    bent = parse("(exp(abs(x)) - 1 - abs(x))*sign(x)/x")
    np.testing.assert_allclose(bent.propagate(np.array([-1e-9, 1e-9]), 0), 5e-10, rtol=1e-8)
    low, high = bent.series_reach(0)
    assert low < 0 < high


@pytest.mark.parametrize("text", ["x*tanh(softplus(x))", "max(x, 0)", "x*sigmoid(x)", "exp(-x**2)", "1/x"])
@pytest.mark.parametrize("order", [0, 1, 2])
def test_what_keeps_its_digits_is_computed_as_it_stands(text, order):
    assert parse(text).series_reach(order) == (0, 0)


def test_a_break_beside_0_ends_the_series():
    expression = parse("where(x > 0.3, 1, x - sin(x))")
    low, high = expression.series_reach(0)
    assert -1 <= low < 0 < high <= 0.3
    assert expression.propagate(0.31, 0) == 1


def test_a_term_that_is_the_rounding_of_0_does_not_lead_the_series():
    bernoulli = parse("x/(exp(x) - 1)")
    x = np.array([1e-100, 1e-9, 0.0123, 0.5])
    expected = -x / 30 + x**3 / 252 - x**5 / 3600 + x**7 / 47520
    assert bernoulli.propagate(x, 3)[:3] == pytest.approx(expected[:3], rel=1e-13)
    assert bernoulli.propagate(-x, 3)[3] == pytest.approx(-expected[3], rel=1e-5)
