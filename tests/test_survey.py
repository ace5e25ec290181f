"""What a survey finds is what the records state."""

import math

import numpy as np
import pytest
import sympy

from actcli import registry
from actcli.activation import Activation
from actcli.survey import discontinuities, examine, survey

RECORDS = [record for name in registry.names() if isinstance(record := registry.get(name), Activation)]
NUMBERS = (
    "infimum",
    "supremum",
    "slope_infimum",
    "slope_supremum",
    "slope_at_minus_infinity",
    "slope_at_infinity",
)


def near(found, stated):
    return (math.isnan(found) and math.isnan(stated)) or found == pytest.approx(stated, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.name)
def test_a_survey_of_every_record_finds_its_facts(record):
    found = survey(lambda x, order: record(x, order=order), record.breakpoints)
    for number in NUMBERS:
        assert near(getattr(found, number), getattr(record.facts, number)), (number, found, record.facts)
    assert found.parity == record.facts.parity
    stated = {(kink.x, kink.order): kink for kink in record.facts.kinks}
    assert [(kink.x, kink.order) for kink in found.kinks] == sorted(stated)
    for kink in found.kinks:
        expected = stated[kink.x, kink.order]
        assert near(kink.left, expected.left) and near(kink.right, expected.right), (kink, expected)
        assert near(kink.stated, expected.stated), (kink, expected)


FOUND_WITHOUT_A_HINT = {
    "a bend at 0": (lambda x: np.maximum(x, 0), lambda x: np.where(x > 0, 1.0, 0.0), [(0.0, 1, 0.0, 1.0)]),
    "bends at ±3": (
        lambda x: np.clip(x / 6 + 0.5, 0, 1),
        lambda x: np.where(np.abs(x) < 3, 1 / 6, 0.0),
        [(-3.0, 1, 0.0, 1 / 6), (3.0, 1, 1 / 6, 0.0)],
    ),
    "a jump at 0.7": (lambda x: np.where(x >= 0.7, 1.0, 0.0), np.zeros_like, [(0.7, 0, 0.0, 1.0)]),
    "nothing": (np.tanh, lambda x: 1 - np.tanh(x) ** 2, []),
    "nothing, however steep": (lambda x: np.tanh(20 * x), lambda x: 20 - 20 * np.tanh(20 * x) ** 2, []),
}


@pytest.mark.parametrize("case", FOUND_WITHOUT_A_HINT)
def test_without_breakpoints_a_survey_looks_for_them(case):
    value, slope, expected = FOUND_WITHOUT_A_HINT[case]
    facts = survey(lambda x, order: (value, slope, np.zeros_like)[order](x))
    assert [(kink.x, kink.order, kink.left, kink.right) for kink in facts.kinks] == expected


def test_a_jump_of_the_curvature_is_told_from_a_bend():
    orders = (
        lambda x: np.maximum(x, 0) ** 2,
        lambda x: 2 * np.maximum(x, 0),
        lambda x: np.where(x > 0, 2.0, 0.0),
    )
    (kink,) = examine(lambda x, order: orders[order](x), 0.0)
    assert (kink.order, kink.left, kink.right, kink.stated) == (2, 0.0, 2.0, 0.0)
    assert examine(lambda x, order: orders[order](x), 1.0) == ()
    assert discontinuities(lambda x, order: orders[order](x)) == (0.0,)


EXTREMES = {
    "a formula that overflows to nan": (
        "(exp(x) - exp(-x))/(exp(x) + exp(-x))",
        (-1, 1),
        (0, 1),
        (0, 0),
        "odd",
    ),
    "an oscillation that grows": (
        "x*cos(x)",
        (-math.inf, math.inf),
        (-math.inf, math.inf),
        (math.nan,) * 2,
        "odd",
    ),
    "an oscillation that does not": ("sin(x)", (-1, 1), (-1, 1), (math.nan, math.nan), "odd"),
    "a logarithm has no bound": ("arcsinh(x)", (-math.inf, math.inf), (0, 1), (0, 0), "odd"),
    "a function of half the line": ("sqrt(x)", (0, math.inf), (0, math.inf), (math.nan, 0), None),
    "overflow is infinite": ("exp(exp(x))", (1, math.inf), (0, math.inf), (0, math.inf), None),
    "a pole": ("1/x", (-math.inf, math.inf), (-math.inf, 0), (0, 0), "odd"),
    "poles that the floats step over": (
        "tan(x)",
        (-math.inf, math.inf),
        (1, math.inf),
        (math.nan,) * 2,
        "odd",
    ),
    "a pole on which f rises twice": ("1/(x - 0.3)**2", (0, math.inf), (-math.inf, math.inf), (0, 0), None),
    "a step as steep as a wall": ("tanh(5e5*x)", (-1, 1), (0, 5e5), (0, 0), "odd"),
    "a peak between two points": (
        "exp(-(1e4*(x - 1.3))**2)",
        (0, 1),
        (-1e4 * math.sqrt(2 / math.e), 1e4 * math.sqrt(2 / math.e)),
        (0, 0),
        None,
    ),
    "a window between two points": (
        "where(abs(x - 0.371) < 1e-3, 5, tanh(x))",
        (-1, 5),
        (0, 1),
        (0, 0),
        None,
    ),
    "a jump downwards": ("where(x > 1, -x, x)", (-math.inf, 1), (-1, 1), (1, -1), None),
}


@pytest.mark.parametrize("case", EXTREMES)
def test_a_survey_of_a_formula_is_right_where_numbers_end(case):
    formula, bounds, slopes, ends, parity = EXTREMES[case]
    facts = registry.get(formula).facts
    found = [getattr(facts, number) for number in NUMBERS]
    assert all(near(a, b) for a, b in zip(found, (*bounds, *slopes, *ends), strict=True)), (found, facts)
    assert facts.parity == parity


def test_a_pole_has_infinite_limits_and_an_edge_of_the_domain_has_none():
    (pole, *_) = registry.get("1/x").facts.kinks
    assert (pole.x, pole.order, pole.left, pole.right) == (0, 0, -math.inf, math.inf)
    (bend, *_) = registry.get("sqrt(abs(x))").facts.kinks
    assert (bend.x, bend.order, bend.left, bend.right) == (0, 1, -math.inf, math.inf)
    assert registry.get("log(x)").facts.kinks == ()


GROWTH = """
sqrt(1+x*x)-1  x*x/(1+abs(x))  x**3/(1+x*x)  (x+sqrt(x*x+4))/2  1e-300*x  (sqrt(x*x+1)-1)/2+x  x/(1+x**2)
x**5/(1+x**4)  x*sqrt(1+x**2)/(2+abs(x))  (x**4+1)**(1/4)  (1+x**6)**(1/3)/x  x*log(2+x**2)  x/log(2+x**2)
x+x/log(3+x**2)  log(1+x**2)  sqrt(x**2+3*x+9)-sqrt(x**2+1)  x*arctan(x**3)  log(1+exp(x))
log(exp(x)+exp(-x))  x*exp(x)/(1+exp(x))  x**2*exp(-x**2)  x*tanh(x**3)  (x**3+x)/(x**2+abs(x)+1)
x**7/(1+abs(x)**6)  abs(x)**0.9  abs(x)**1.1  log(1+log(1+x**2))  x*(1+log(1+x**2)**2)**-1  x**3/sqrt(1+x**4)
sqrt(1+sqrt(1+x**4))  x*arcsinh(x)  x/arcsinh(1+x**2)  1e200*x**2/(1e-200+abs(x))  x**200/(1+x**199)
"""


@pytest.mark.parametrize("text", GROWTH.split())
def test_slopes_towards_infinity_are_the_limits_that_sympy_finds(text):
    x, y = sympy.Symbol("x", real=True), sympy.Symbol("y", positive=True)
    spelt = text.replace("arctan", "atan").replace("arcsinh", "asinh").replace("abs", "Abs")
    slope = sympy.diff(sympy.sympify(spelt, locals={"x": x}, rational=True), x)
    facts = registry.get(text).facts
    for side, found in ((-1, facts.slope_at_minus_infinity), (1, facts.slope_at_infinity)):
        expected = float(sympy.limit(sympy.simplify(slope.subs(x, side * y)), y, sympy.oo))
        assert found == pytest.approx(expected, rel=1e-9, abs=1e-9), side
        assert facts.slope_infimum - 1e-9 <= expected <= facts.slope_supremum + 1e-9 * abs(expected) + 1e-9


@pytest.mark.parametrize(
    ("text", "record"),
    [
        ("(x+sqrt(x*x+4))/2", "squareplus"),
        ("(sqrt(x*x+1)-1)/2+x", "bent_identity"),
        ("x/(1+abs(x))", "softsign"),
        ("x/sqrt(1+x*x)", "isru"),
    ],
)
def test_a_typed_record_has_the_facts_of_the_record(text, record):
    typed, stated = registry.get(text).facts, registry.get(record).facts
    assert all(near(getattr(typed, number), getattr(stated, number)) for number in NUMBERS), (typed, stated)


@pytest.mark.parametrize(
    ("text", "slopes"),
    [
        ("log(x)", (0, math.inf)),
        ("x*log(abs(x))", (-math.inf, math.inf)),
        ("arcsin(x)", (1, math.inf)),
        ("arccos(x)", (-math.inf, -1)),
        ("sqrt(1-x*x)", (-math.inf, math.inf)),
        ("sqrt(abs(x)-1)", (-math.inf, math.inf)),
        ("log(x-3)", (0, math.inf)),
        ("x*abs(x)", (0, math.inf)),
        ("arccosh(x)", (0, math.inf)),
        ("(x-2)*log(abs(x-2))", (-math.inf, math.inf)),
        ("abs(x)**1.5/(1+x*x)", None),
    ],
)
def test_slopes_that_grow_towards_a_point_have_no_bound(text, slopes):
    facts = registry.get(text).facts
    if slopes is None:
        assert math.isfinite(facts.slope_infimum) and math.isfinite(facts.slope_supremum)
    else:
        assert near(facts.slope_infimum, slopes[0]) and near(facts.slope_supremum, slopes[1]), facts


@pytest.mark.parametrize("text", ["sin(1/x)", "x*sin(1/x)", "cos(1/(x-2))"])
def test_an_endless_oscillation_has_no_limits_beside_its_point(text):
    facts = registry.get(text).facts
    assert facts.kinks == ()
    assert facts.infimum >= -1 and facts.supremum <= 1 + 1e-15
