"""Every row of the table of functions: its numbers, its slopes of four orders, its definition."""

import mpmath
import numpy as np
import pytest

from actcli.formula import parse
from actcli.formula.evaluate import defined
from actcli.formula.expression import Expression
from actcli.formula.nodes import Call, X
from actcli.formula.primitives import CALLABLE, PRIMITIVES
from actcli.formula.propagate import slopes
from tests.formula.expressions import MPMATH, exactly

UNARY = sorted(name for name in CALLABLE if PRIMITIVES[name].arity == 1)
POINTS = {
    "arccosh": (1.1, 1.7, 30.0),
    "arcsin": (-0.9, -0.2, 1e-5, 0.4),
    "arccos": (-0.9, -0.2, 1e-5, 0.4),
    "arctanh": (-0.9, -0.2, 1e-5, 0.4),
    "log": (1e-5, 0.3, 1.2, 40.0),
    "log2": (1e-5, 0.3, 1.2, 40.0),
    "log10": (1e-5, 0.3, 1.2, 40.0),
    "sqrt": (1e-5, 0.3, 1.2, 40.0),
    "log1p": (-0.7, 1e-5, 0.3, 40.0),
}
EVERYWHERE = (-30.2, -2.4, -0.7, -1e-5, 1e-7, 0.3, 1.9, 12.3)


def points_of(name):
    return POINTS.get(name, EVERYWHERE)


@pytest.mark.parametrize("name", UNARY)
def test_the_value_is_that_of_mpmath(name):
    expression = parse(f"{name}(x)")
    for x in points_of(name):
        exact = exactly(expression, x)
        assert expression.evaluate(x) == pytest.approx(float(exact), rel=2e-15, abs=1e-300), x


@pytest.mark.parametrize("order", [1, 2, 3, 4])
@pytest.mark.parametrize("name", UNARY)
def test_the_slopes_in_the_table_are_the_derivatives(name, order):
    with mpmath.workdps(120):
        for x in points_of(name):
            found = slopes(name, np.float64(x), order)[order - 1]
            expected = mpmath.diff(
                lambda u: parse(f"{name}(x)").evaluate_with(MPMATH, u), mpmath.mpf(x), order
            )
            scale = sum(abs(mpmath.mpf(float(part))) for part in slopes(name, np.float64(x), order))
            assert abs(found - expected) <= 1e-14 * abs(expected) + 1e-15 * scale + 1e-100, x


@pytest.mark.parametrize("name", [name for name in UNARY if PRIMITIVES[name].definition])
def test_the_definition_is_the_same_function(name):
    call = Call(name, (X,))
    written = Expression(defined(call))
    for x in points_of(name):
        found, exact = (exactly(expression, x, digits=150) for expression in (written, Expression(call)))
        assert abs(found - exact) <= mpmath.mpf(10) ** -20 * abs(exact)


@pytest.mark.parametrize("order", [0, 1, 2, 3, 4])
def test_sinc_has_its_own_formula_for_every_order_and_all_its_digits_near_zero(order):
    from actcli.formula.sinc import SINC_FORMULAS

    formula = parse(SINC_FORMULAS[order])
    for x in (0.0, 1e-9, 1e-3, 0.1, -0.5, 1.3, 1.99999, 2.0, 2.1, -7.0, 40.0, 1e6):
        found = parse("sinc(x)").propagate(x, order)
        with mpmath.workdps(80):
            expected = formula.evaluate_with(MPMATH, mpmath.mpf(x))
        assert abs(found - expected) <= 4e-15 * abs(expected) + 2e-16, (x, order)
        assert parse(f"sinc(x, order={order})").evaluate(x) == found


def test_sinc_vanishes_at_infinity_with_all_its_derivatives():
    for order in range(5):
        assert parse("sinc(x)").propagate(np.array([-np.inf, np.inf]), order).tolist() == [0.0, 0.0]


@pytest.mark.parametrize("name", UNARY)
def test_every_function_is_quiet_at_the_ends_of_the_line(name):
    ends = np.array([-np.inf, -1.8e308, -5e-324, -0.0, 0.0, 5e-324, 1.8e308, np.inf, np.nan])
    for order in range(5):
        parse(f"{name}(x)").propagate(ends, order)
