"""Written and propagated derivatives against SymPy's, to 50 digits, on random formulas."""

import mpmath
import numpy as np
import pytest
import sympy
from hypothesis import assume, event, given

from actcli.errors import OrderError
from actcli.formula import Expression, parse
from actcli.formula.nodes import names_in
from actcli.formula.propagate import propagate
from actcli.formula.rounding import relative_bound
from tests.formula.expressions import POINTS, SYMPY, budget, exactly, nodes

VARIABLE = sympy.Symbol("x", real=True)


def sympy_derivative(expression, order):
    """Return x ↦ the derivative by SymPy at 50 digits, or None where it is undefined there."""
    try:
        written = expression.evaluate_with(SYMPY, VARIABLE, {})
        function = sympy.lambdify(VARIABLE, sympy.diff(written, VARIABLE, order), "mpmath")
    except (TypeError, ValueError, KeyError, RecursionError, NotImplementedError):
        # SymPy meets nan or an undecided comparison while building the formula.
        return None

    def at(x):
        with mpmath.workdps(50):
            try:
                value = function(mpmath.mpf(x))
            except (ZeroDivisionError, ValueError, TypeError, OverflowError, NameError):
                return None
            return value if isinstance(value, mpmath.mpf) and mpmath.isfinite(value) else None

    return at


@budget(250)
@given(nodes)
def test_the_written_and_the_propagated_slope_are_those_of_sympy(node):
    assume("x" in names_in(node))
    expression = Expression(node)
    reference = sympy_derivative(expression, 1)
    assume(reference is not None)
    written = expression.differentiate()
    numbers = expression.propagate(np.array(POINTS), 1)
    carried = propagate(node, np.array(POINTS), 1, {})[1]
    lost = relative_bound(written.node, np.array(POINTS), {}) + relative_bound(node, np.array(POINTS), {})
    for x, number, plain, doubt in zip(POINTS, numbers, carried, lost, strict=True):
        expected = reference(x)
        if expected is None or exactly(expression, x) is None:
            continue
        event("compared")
        found = exactly(written, x)
        assert found is not None, x
        # Constants were folded in float64.
        assert abs(found - expected) <= 1e-10 * (1 + abs(expected)), (written.to_text(), x)
        if doubt < 1e-12 and abs(expected) < 1e100:
            event("numbers compared")
            assert abs(number - expected) <= 1e-8 * (1 + abs(expected)), (written.to_text(), x)
            assert abs(plain - expected) <= 1e-8 * (1 + abs(expected)), (written.to_text(), x)


CHOSEN = [
    "x*tanh(softplus(x))", "1/(1 + exp(-x))", "x*(1 + erf(x/sqrt(2)))/2", "exp(sin(x)*x)/(1 + x**2)", "x**x",
    "sqrt(1 + x**2)", "where(x > 0, x**3, sinh(x))", "max(x**2, x + 1)*sigmoid(x)", "2**sin(x)",
    "sinc(x)*x**2",
    "log(1 + x**4)", "arctan(tanh(x))", "clip(x**3, -1, 2)*exp(-x**2)", "abs(x)**2.5",
]  # fmt: skip


@pytest.mark.parametrize("order", [0, 1, 2, 3, 4])
@pytest.mark.parametrize("text", CHOSEN)
def test_orders_up_to_four_are_those_of_sympy(text, order):
    expression = parse(text)
    reference = sympy_derivative(expression, order)
    written = expression.differentiate(order)
    numbers = expression.propagate(np.array(POINTS), order)
    carried = propagate(expression.node, np.array(POINTS), order, {})[order]
    compared = 0
    for x, number, plain in zip(POINTS, numbers, carried, strict=True):
        expected = reference(x)
        if expected is None:
            continue
        compared += 1
        assert abs(exactly(written, x) - expected) <= 1e-12 * (1 + abs(expected))
        assert abs(number - expected) <= 1e-10 * (1 + abs(expected))
        assert abs(plain - expected) <= 1e-10 * (1 + abs(expected))
    assert compared >= 3


@pytest.mark.parametrize(
    ("text", "derivative"),
    [
        ("sigmoid(x)", "sigmoid(x)*sigmoid(-x)"),
        ("1/(1 + exp(-x))", "sigmoid(x)*sigmoid(-x)"),
        ("tanh(x)", "sech(x)**2"),
        ("x*sigmoid(x)", "sigmoid(x) + x*sigmoid(x)*sigmoid(-x)"),
        ("x/(1 + abs(x))", "1/(1 + abs(x))**2"),
        ("x/sqrt(1 + x**2)", "1/(1 + x**2)**(3/2)"),
        ("max(0, x)", "where(x > 0, 1, 0)"),
        ("min(max(x, 0), 6)", "where(0 < x < 6, 1, 0)"),
        ("clip(x/6 + 1/2, 0, 1)", "where(-3 < x < 3, 1/6, 0)"),
        ("where(x > 0, x, exp(x) - 1)", "where(x > 0, 1, exp(x))"),
        ("x - x**3", "1 - 3*x**2"),
        ("x*cos(x)", "cos(x) - x*sin(x)"),
        ("x*normal_cdf(x)", "normal_cdf(x) + x*normal_density(x)"),
        ("log(1 + exp(x))", "sigmoid(x)"),
        ("x**0.5", "1/(2*sqrt(x))"),
        ("x**x", "x**x*(log(x) + 1)"),
        ("abs(x)", "sign(x)"),
        ("exp(-x**2)", "-2*x*exp(-x**2)"),
        ("3", "0"),
    ],
)
def test_a_derivative_reads_as_a_person_would_write_it(text, derivative):
    assert parse(text).differentiate().to_text() == derivative


def test_kinks_follow_the_stated_conventions():
    at_zero = {
        "abs(x)": 0, "sign(x)": 0, "floor(x)": 0, "max(x, 0)": 0, "max(0, x)": 0, "min(x, 0)": 0,
        "min(0, x)": 0, "clip(x, 0, 1)": 0, "where(x >= 0, x, 2*x)": 1, "where(x > 0, x, 2*x)": 2,
        "max(2*x, x)": 1, "sqrt(x**2)": 0, "x*sign(x)": 0,
    }  # fmt: skip
    for text, slope in at_zero.items():
        expression = parse(text)
        assert expression.propagate(0.0, 1) == slope, text
        assert expression.differentiate().evaluate(0.0) == slope, text
        assert propagate(expression.node, 0.0, 1, {})[1] == slope, text


def test_a_flat_slope_beside_an_infinite_one_stays_flat():
    assert parse("tanh(x**3)").propagate(1e150, 1) == 0
    assert parse("x*log(x)").propagate(0.0, 1) == -np.inf


def test_limits_at_infinity_are_found_where_the_formula_says_infinity_times_zero():
    ends = np.array([-np.inf, np.inf])
    assert parse("x*sigmoid(x)").propagate(ends, 0).tolist() == [0.0, np.inf]
    assert parse("x*sigmoid(x)").propagate(ends, 1).tolist() == [0.0, 1.0]
    assert parse("x*exp(-x**2)").propagate(ends, 1).tolist() == [0.0, 0.0]
    assert parse("x*tanh(softplus(x))").propagate(ends, 1).tolist() == [0.0, 1.0]
    assert np.isnan(parse("x*cos(x)").propagate(ends, 0)).all()


def test_a_derivative_with_respect_to_a_parameter():
    expression = parse("where(x > 0, x, alpha*(exp(x/alpha) - 1))", ("alpha",))
    gradient = expression.differentiate(variable="alpha")
    step = 1e-6
    for x in (-2.0, -0.3, 1.5):
        high, low = (expression.evaluate(x, {"alpha": 1.3 + sign * step}) for sign in (1, -1))
        assert gradient.evaluate(x, {"alpha": 1.3}) == pytest.approx(
            (high - low) / (2 * step), rel=1e-8, abs=1e-12
        )


def test_orders_beyond_four_are_refused():
    for order in (-1, 5):
        with pytest.raises(OrderError, match=str(order)):
            parse("sin(x)").propagate(1.0, order)
        with pytest.raises(OrderError, match=str(order)):
            parse("sin(x)").differentiate(order)


def test_parameters_scalars_and_shapes_pass_through():
    expression = parse("alpha*x**2", ("alpha",))
    assert expression.propagate(np.ones((2, 3)), 1, {"alpha": 2.0}).shape == (2, 3)
    assert expression.propagate(3.0, 1, {"alpha": 2.0}) == 12
    assert expression.propagate(np.empty(0), 1, {"alpha": 2.0}).shape == (0,)
    assert parse("7").propagate(np.ones(4), 0).tolist() == [7.0] * 4
    assert parse("7").propagate(np.ones(4), 1).tolist() == [0.0] * 4
