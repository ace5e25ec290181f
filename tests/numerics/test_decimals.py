"""The Decimal functions against mpmath, to more digits than any float64 holds."""

from decimal import Decimal

import mpmath as mp
import pytest

from actcli.formula import parse
from actcli.formula.primitives import CALLABLE, PRIMITIVES
from actcli.numerics import decimals
from actcli.numerics.arithmetic import ARITHMETIC as DECIMAL
from tests.oracle import ARITHMETIC

POINTS = (
    "1e-320", "1e-30", "1e-8", "0.1", "0.4769362762044699", "0.75", "0.9999999999999999", "1",
    "1.0000000000000002", "1.5", "3.141592653589793", "5.5", "9", "26.5", "37", "700", "1e5", "1e12",
)  # fmt: skip
ONE_ARGUMENT = sorted(name for name in CALLABLE if PRIMITIVES[name].arity == 1)


@pytest.mark.parametrize("name", ONE_ARGUMENT)
def test_every_function_of_the_language_agrees_with_mpmath_to_50_digits(name):
    expression = parse(f"{name}(x)")
    for text in (*POINTS, *(f"-{point}" for point in POINTS)):
        with decimals.digits(60):
            found = expression.evaluate_with(DECIMAL, Decimal(float(text)))
        with mp.workdps(900):
            expected = expression.evaluate_with(ARITHMETIC, mp.mpf(float(text)))
            if isinstance(expected, mp.mpc) or not mp.isfinite(expected):
                assert not found.is_finite(), (name, text)
                continue
            # The reference itself loses what is below 1e-900 beside 1.
            allowed = mp.mpf(10) ** -50 * abs(expected) + mp.mpf(10) ** -800
            assert abs(mp.mpf(str(found)) - expected) <= allowed, (name, text)


def test_the_sine_of_the_largest_floats_has_all_its_digits():
    with decimals.digits(40), mp.workdps(400):
        assert float(decimals.sin(Decimal.from_float(1.7e308))) == float(mp.sin(mp.mpf(1.7e308)))


def test_what_overflows_or_is_undefined_is_quiet():
    with decimals.digits(40):
        assert DECIMAL["exp"](Decimal("1e300")) == Decimal("inf")
        assert decimals.tanh(Decimal("-1e300")) == -1
        assert decimals.sigmoid(Decimal("-1e300")) == 0
        assert decimals.sin(Decimal("inf")).is_nan()
        assert DECIMAL["max"](Decimal("nan"), Decimal(1)).is_nan()
