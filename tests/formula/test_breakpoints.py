"""Where a formula may break: exact for straight lines, to the nearest float for the rest."""

import math

import numpy as np
import pytest

from actcli.formula import parse


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("cosh(x)/exp(x)", ()),
        ("x*min(max(x + 3, 0), 6)/6", (-3.0, 3.0)),
        ("tanh(x)/(exp(2*x)*(x - 1))", (1.0,)),
        ("x*tanh(softplus(x))", ()),
        ("max(0, x)", (0.0,)),
        ("min(max(x, 0), 6)", (0.0, 6.0)),
        ("clip(x/6 + 1/2, 0, 1)", (-3.0, 3.0)),
        ("clip(0.2*x + 0.5, 0, 1)", (-2.5, 2.5)),
        ("where(x >= 0.1, x, 0)", (0.1,)),
        ("where(-1 < x < 3 and x != 0.5, 1, 2)", (-1.0, 0.5, 3.0)),
        ("abs(x**2 - 2)", (-math.sqrt(2), math.sqrt(2))),
        ("abs(exp(x) - 7)", (math.log(7),)),
        ("max(x**3, x)", (-1.0, 0.0, 1.0)),
        ("1/(x**2 - 4)", (-2.0, 2.0)),
        ("1/(1 + x**2)", ()),
        ("log(x)", (0.0,)),
        ("sqrt(x - 1)", (1.0,)),
        ("arcsin(x)", (-1.0, 1.0)),
        ("x**2.5", (0.0,)),
        ("x**-1", (0.0,)),
        ("x**3", ()),
        ("sign(x)*max(abs(x) - 0.5, 0)", (-0.5, 0.0, 0.5)),
        ("where(max(x, 0) > 0, 1, 2)", (0.0,)),
        ("where(1e200*x > 1e-100, 1, 0)", (1e-300,)),
    ],
)
def test_the_points_are_where_the_branches_switch(text, points):
    found = parse(text).breakpoints()
    assert len(found) == len(points)
    for got, wanted in zip(found, points, strict=True):
        assert got == wanted or abs(got - wanted) <= math.ulp(wanted)


def test_parameters_move_the_points():
    expression = parse("where(x > theta, x, 0)", ("theta",))
    assert expression.breakpoints({"theta": 0.3}) == (0.3,)


def test_whole_numbers_are_found_exactly_and_endless_ones_near_zero_only():
    assert parse("floor(x)").breakpoints() == tuple(float(n) for n in range(-20, 21))
    waves = parse("abs(sin(x))").breakpoints()
    assert len(waves) == 13
    np.testing.assert_allclose(waves, math.pi * np.arange(-6, 7), rtol=1e-15)


def test_the_breakpoints_of_a_registered_activation_are_carried_through_its_operand():
    class Hinge:
        breakpoints = (-1.0, 2.0)

        def __call__(self, x, order=0):
            return np.zeros_like(x)

    expression = parse("hinge(2*x + 1)", functions=lambda word: Hinge() if word == "hinge" else None)
    assert expression.breakpoints() == (-1.0, 0.5)


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("where(abs(x - 0.371) < 1e-3, 1, x)", (0.37, 0.371, 0.372)),
        ("where(abs(x**2 - 2) < 1e-5, 1, x)", (math.sqrt(2 - 1e-5), math.sqrt(2), math.sqrt(2 + 1e-5))),
        ("max(1 - (1e6*(x + 3.1))**2, 0)", (-3.100001, -3.099999)),
    ],
)
def test_windows_narrower_than_the_grid_are_found(text, points):
    found = parse(text).breakpoints()
    assert [any(abs(got - point) < 1e-14 for got in found) for point in points] == [True] * len(points)


@pytest.mark.parametrize(
    ("text", "centre", "width"),
    [
        ("tanh(5e5*x)", 0.0, 2e-6),
        ("exp(-(1e4*(x - 1))**2)", 1.0, 1e-4),
        ("exp(-1e8*(x - 1)**2)", 1.0, 1e-4),
        ("x/(1e-6 + x**2)", 0.0, 1e-3),
        ("1/(1 + exp(-1e5*(x - 0.37)))", 0.37, 1e-5),
        ("tanh(1e4*(x**2 - 2))", math.sqrt(2), 1e-4 / math.sqrt(8)),
        ("sigmoid(1e4*x - 3e3)", 0.3, 1e-4),
    ],
)
def test_narrow_features_are_read_from_the_formula(text, centre, width):
    found = dict(parse(text).landmarks())
    near = min(found, key=lambda x: abs(x - centre))
    assert near == pytest.approx(centre, abs=width / 100)
    assert found[near] == pytest.approx(width, rel=0.1)


@pytest.mark.parametrize("text", ["x*tanh(softplus(x))", "max(x, 0)", "x - x**3", "sigmoid(4*x)", "exp(x)"])
def test_what_every_grid_sees_is_no_landmark(text):
    assert parse(text).landmarks() == ()
