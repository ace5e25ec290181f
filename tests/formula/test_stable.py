"""Naive formulas are recognised, keep their value, and have all their digits out to |x| = 700."""

import mpmath
import numpy as np
import pytest
from hypothesis import given

from actcli.formula import Expression, parse
from actcli.formula.stable import stabilised
from tests.formula.expressions import assert_same_values, budget, exactly, nodes

NAIVE = {
    "1/(1 + exp(-x))": "sigmoid(x)",
    "exp(x)/(1 + exp(x))": "sigmoid(x)",
    "exp(x)/(exp(x) + 1)": "sigmoid(x)",
    "1 - 1/(1 + exp(x))": "sigmoid(x)",
    "3/(2 + 2*exp(1 - 1.5*x))": "3*sigmoid(1.5*x - 1)/2",
    "log(1 + exp(x))": "softplus(x)",
    "log(exp(2*x - 1) + 1)/2": "softplus(2*x - 1)/2",
    "-log(1 + exp(-x))": "-softplus(-x)",
    "log(1/(1 + exp(-x)))": "-softplus(-x)",
    "(exp(x) - exp(-x))/(exp(x) + exp(-x))": "tanh(x)",
    "(1 - exp(-2*x))/(1 + exp(-2*x))": "tanh(x)",
    "(exp(2*x) - 1)/(exp(2*x) + 1)": "tanh(x)",
    "2/(1 + exp(-2*x)) - 1": "tanh(x)",
    "2/(exp(x) + exp(-x))": "sech(x)",
    "1 - tanh(x)**2": "sech(x)**2",
    "x*(1 + erf(x/sqrt(2)))/2": "x*normal_cdf(x)",
    "0.5*x*(1 + erf(x/2**0.5))": "x*normal_cdf(x)",
    "x*(1 - erf(-x/sqrt(2)))/2": "x*normal_cdf(x)",
    "exp(x) - 1": "expm1(x)",
    "x*((1 + exp(x))**2 - 1)/((1 + exp(x))**2 + 1)": ("x*(2*exp(x) + exp(2*x))/(2 + 2*exp(x) + exp(2*x))"),
    "x*(sinh(x) - cosh(x))": "-x*exp(-x)",
    "where(x > 0, x, 2*(exp(x/2) - 1))": "where(x > 0, x, 2*expm1(x/2))",
    "log(1 + x**2)": "log1p(x**2)",
    "log(cosh(x))": "log_cosh(x)",
    "log((exp(x) + exp(-x))/2)": "log_cosh(x)",
    "log(x + sqrt(x**2 + 1))": "arcsinh(x)",
    "x/2*(1 + tanh(sqrt(2/pi)*(x + 0.044715*x**3)))": "x*sigmoid(2*sqrt(2/pi)*(x + 0.044715*x**3))",
    "x*tanh(log(1 + exp(x)))": "x*tanh(softplus(x))",
    "x/(1 + exp(-1.702*x))": "x*sigmoid(1.702*x)",
    "(x + sqrt(x**2 + 4))/2": "where(x < 0, 4/(sqrt(x**2 + 4) - x), sqrt(x**2 + 4) + x)/2",
    "(sqrt(x**2 + 1) - 1)/2 + x": "x**2/(2*(sqrt(x**2 + 1) + 1)) + x",
    "1 - exp(-exp(x))": "-expm1(-exp(x))",
    "1 - cos(x)": "2*sin(x/2)**2",
    "sinh(x)/cosh(x)**2": "sech(x)*tanh(x)",
    "cosh(x) - 1": "2*sinh(x/2)**2",
    "log(exp(x) + exp(-x))": "log(2) + log_cosh(x)",
    "log_cosh(x) - abs(x)": "softplus(-2*abs(x)) - log(2)",
    "log(1 + exp(x)) - x": "softplus(-x)",
    "log(1 + exp(x)) - max(x, 0)": "where(x > 0, softplus(-x), softplus(x))",
    "sqrt(x + 1) - sqrt(x)": "1/(sqrt(x) + sqrt(x + 1))",
    "log(1 + exp(x)) - log(1 + exp(x - 1))": "log1p(expm1(1)*sigmoid(x - 1))",
    "2*sigmoid(x - 1) - 2*sigmoid(x)": "2*sigmoid(x)*expm1(-1)*sigmoid(1 - x)",
    "tanh(x + 1) - tanh(x - 1)": "sinh(2)*sech(x + 1)*sech(x - 1)",
    "normal_cdf(2*x) - normal_cdf(x)": (
        "where(x > 0, normal_cdf(-x) - normal_cdf(-2*x), normal_cdf(2*x) - normal_cdf(x))"
    ),
    "erf(x) - erf(x - 1)": (
        "where(x > 3/2, erfc(x - 1) - erfc(x), where(x < -1/2, erfc(-x) - erfc(1 - x), erf(x) - erf(x - 1)))"
    ),
}
TAILS = np.concatenate(
    [scale * np.array([1e-9, 1e-4, 0.3, 2.0, 9.0, 40.0, 130.0, 690.0]) for scale in (-1, 1)]
)


@pytest.mark.parametrize(("text", "stable"), NAIVE.items())
def test_a_naive_formula_is_recognised_and_said_to_be(text, stable):
    expression = parse(text)
    assert expression.stable.to_text() == stable
    assert expression.notes == (f"evaluated as {stable}",)


@pytest.mark.parametrize("order", [0, 1, 2])
@pytest.mark.parametrize("text", NAIVE)
def test_the_numbers_keep_their_digits_in_both_tails(text, order):
    expression = parse(text)
    exact = expression.differentiate(order) if order else expression
    numbers = expression.propagate(TAILS, order)
    for x, number in zip(TAILS, numbers, strict=True):
        expected = exactly(exact, x, digits=700)
        if (
            expected is None
            or abs(expected) < mpmath.mpf(10) ** -300
            or abs(expected) > mpmath.mpf(10) ** 300
        ):
            continue
        # exp(v) carries the rounding of v, which is up to 700 here: an ulp of v is 1e-13.
        assert abs(number - expected) <= 4e-13 * abs(expected) * max(1.0, abs(x) / 40), x


@pytest.mark.parametrize(
    "text", ["x - x**3", "x*sigmoid(x)", "max(0, x)", "x/(1 + abs(x))", "exp(-x**2)", "1 + exp(x)"]
)
def test_what_is_stable_already_is_left_as_typed(text):
    expression = parse(text)
    assert expression.stable is expression
    assert expression.notes == ()


@budget(400)
@given(nodes)
def test_a_stable_form_has_the_value_of_the_original(node):
    assert_same_values(Expression(node), Expression(stabilised(node)))


def test_constants_must_match_exactly():
    for text in (
        "1/(1 + 1.0000001*exp(-x))",
        "x*(1 + erf(x/1.414))/2",
        "(exp(x) - exp(-x))/(exp(x) + 2*exp(-x))",
    ):
        for word in ("sigmoid(x)", "normal_cdf", "tanh(x)"):
            assert word not in parse(text).stable.to_text()
