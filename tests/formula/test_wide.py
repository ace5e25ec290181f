"""What leaves the range of float64 on the way is right where it returns: at every size of x."""

import mpmath
import numpy as np
import pytest

from actcli import registry
from actcli.formula import parse
from actcli.formula.beyond import evaluate_beyond
from tests.formula.naive import exactly

FORMULAS = """
sqrt(1 + x*x) - 1  x*x/(1 + abs(x))  x**3/(1 + x*x)  (x + sqrt(x*x + 4))/2  (sqrt(x*x + 1) - 1)/2 + x
x/(1 + x**2)**(3/2)  x**5/(1 + x**4)  log(1 + x**4)  x**2.5/(1 + x**2)  max(x**3, x)/x**2  min(x**3, x)*x**-2
x**200/(1 + x**199)  exp(x)*x/(1 + exp(x))  exp(-x**2)*exp(x**2/2)  x*sqrt(1 + x**2)/(2 + abs(x))
arcsinh(x**2)*x  log2(1 + x**2)  log10(1 + x**2)  softplus(x**3)/x**2  log_cosh(x*x)/x
x**2/(x**2 + floor(x**2))  where(x**2 > 1e308, x**3/(1 + x**2), x)  sign(x**3)*x**4/(1 + abs(x)**3)
exp(x)*sech(x)  cosh(x)*exp(-x)  exp(x)*exp(2*x)/exp(3*x)*x  x*2**x/(1 + 2**x)  3**x*3**(-x)*x
log(exp(2*x)/x**2)  expm1(x)*exp(-x)  sinh(x)*exp(-abs(x))  1/(1e-200/x**2)  x**2/(1e-200 + abs(x))
sqrt(x**4 + 1)*arctan(x)/x  relu(1 + x**3)/(1 + x**2)
""".replace("\n", "  ").strip()  # fmt: skip
SIZES = np.geomspace(1e-300, 1e300, 41) * 1.0137
# Beyond this the oracle's exponentials take longer than the rest of the tests.
FURTHEST_EXPONENT = 1e50


@pytest.mark.parametrize("order", [0, 1])
@pytest.mark.parametrize("text", [part for part in FORMULAS.split("  ") if part])
def test_a_formula_is_right_however_large_the_numbers_on_the_way(text, order):
    typed = registry.get(text).orders[0].function.expression
    written = typed.expand() if typed.calls else typed
    formula = written.differentiate() if order else written
    x = np.concatenate([-SIZES, SIZES])
    if any(name in text for name in ("exp", "sech", "sinh", "**x")):
        x = x[np.abs(x) < FURTHEST_EXPONENT]
    compared = 0
    for place, number in zip(x, typed.propagate(x, order), strict=True):
        expected = exactly(formula, place)
        if expected is not None and 1e-290 < abs(expected) < 1e300:
            # A third, or a power of 200, is known to half an ulp: so much of a logarithm as large as 700.
            assert abs(number - expected) <= 1e-12 * abs(expected), (place, number, mpmath.nstr(expected, 17))
            compared += 1
    assert compared > 10


def test_an_overflow_in_a_branch_that_is_not_taken_changes_nothing():
    x = np.array([7e61, 1e70]) * 1.0137
    node = parse("where(abs(x) < 1, x**4*x**2, sin(x*x))").node
    assert evaluate_beyond(node, x, {}).tolist() == parse("sin(x*x)").evaluate(x).tolist()


def test_within_the_range_of_float64_nothing_is_computed_again():
    x = np.array([1e-300, 1.5, 1e300])
    assert evaluate_beyond(parse("x*0.3").node, x, {}).tolist() == (x * 0.3).tolist()


@pytest.mark.parametrize(
    ("text", "x", "expected"),
    [
        ("x*x", 1e200, np.inf),
        ("-x*x", 1e200, -np.inf),
        ("1/x", 0.0, np.inf),
        ("x*x - x*x*x", 1e200, -np.inf),
        ("x**2000", 0.999, 0.999**2000),
        ("2**(x*1e10)/2**(x*1e10)", 3.0, 1.0),
        ("x**0", 1e300, 1.0),
        ("exp(-exp(x))", 800.0, 0.0),
        ("tanh(x*x)", 1e200, 1.0),
        ("log(x)", -1e300, np.nan),
        ("9**9**9**9", 1.0, np.inf),
    ],
)
def test_what_is_infinite_or_not_defined_stays_so(text, x, expected):
    found = float(evaluate_beyond(parse(text).node, np.array(x), {}))
    assert found == pytest.approx(expected, rel=1e-12, nan_ok=True)


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("exp(x)/cosh(x)", 2.0),
        ("exp(x)*exp(2*x)/exp(3*x)", 1.0),
        ("exp(4*x)/(1 + exp(2*x) + exp(x))**2", 1.0),
        ("exp(x)/sqrt(1 + exp(2*x))", 1.0),
        ("log(exp(x) + exp(2*x) + 1)/x", 2.0),
        ("3**x*3**(-x)", 1.0),
    ],
)
def test_exponentials_of_one_size_leave_their_quotient_at_every_float(text, limit):
    far = np.geomspace(40.0, 1.7e308, 2000)
    # As far as digits are known, 3x is rounded, and e^(3x) with it.
    assert evaluate_beyond(parse(text).node, far, {}) == pytest.approx(limit, rel=1e-9)


def test_terms_of_equal_powers_are_added_by_their_exponents():
    far = -np.geomspace(1e150, 1e190, 50)
    assert (evaluate_beyond(parse("normal_cdf(x) + x*normal_density(x)").node, far, {}) == 0).all()
    rounded = parse("exp(x)*erfc(x) - 2*exp(x - x**2)/sqrt(pi)").node
    assert (evaluate_beyond(rounded, np.geomspace(30, 1e190, 5000), {}) == 0).all()
    assert registry.get("x*normal_cdf(x)").facts.slope_infimum == pytest.approx(-0.1289041, rel=1e-6)


def test_what_two_exponentials_make_of_mish_has_the_bounds_of_mish():
    typed = registry.get("x*(exp(2*x) + 2*exp(x))/(exp(2*x) + 2*exp(x) + 2)").facts
    known = registry.get("mish").facts
    for fact in ("infimum", "supremum", "slope_infimum", "slope_supremum", "slope_at_infinity"):
        assert getattr(typed, fact) == pytest.approx(getattr(known, fact), rel=1e-9), fact


@pytest.mark.parametrize(
    ("text", "exact"),
    [
        ("exp(x**2)*erfc(x)", lambda x: mpmath.exp(x * x) * mpmath.erfc(x)),
        ("normal_density(x)/normal_cdf(-x)", lambda x: mpmath.npdf(x) / mpmath.ncdf(-x)),
        ("log(normal_cdf(-x))", lambda x: mpmath.log(mpmath.erfc(x / mpmath.sqrt(2)) / 2)),
    ],
)
def test_the_tail_of_the_error_function_goes_on_below_the_smallest_float(text, exact):
    typed = parse(text)
    with mpmath.workdps(40):
        for x in (26.0, 27.1, 30.0, 38.2, 50.0, 1000.0, 1e6):
            assert float(typed.evaluate(x)) == pytest.approx(float(exact(mpmath.mpf(x))), rel=1e-14), x
    assert float(parse("x*exp(x**2)*erfc(x)").evaluate(1e8)) == pytest.approx(np.pi**-0.5, rel=1e-15)
