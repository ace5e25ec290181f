"""Formulas as people type them: every number is right, or said not to be; a sample of tests.formula.naive."""

import numpy as np
import pytest

from actcli.formula import parse
from tests.formula import naive


@pytest.mark.parametrize("order", [0, 1, 2])
@pytest.mark.parametrize("text", naive.NAIVE)
def test_every_number_is_right_or_said_not_to_be(text, order):
    found = list(naive.judged(text, order, naive.points(6)))
    assert [place for place, kind in found if kind == "wrong"] == []
    assert found


@pytest.mark.parametrize(
    ("text", "x"),
    [("exp(-x**2)", 25.3), ("x*sigmoid(1.702*x)", -400.3), ("cos(pi*x)", 0.5), ("sin(100*x)", 7e8)],
)
def test_an_argument_is_carried_with_what_rounding_left_over(text, x):
    # Half an ulp of the argument alone would cost some hundred units in the last place, or all digits.
    expected = naive.exactly(parse(text), x)
    found = float(parse(text).evaluate(x))
    assert abs(found - expected) <= 2 * np.spacing(abs(float(expected)))
