"""Order k is the derivative of order k − 1: in the formulas people read and in the numbers computed."""

from dataclasses import replace

import mpmath as mp
import numpy as np
import pytest

from actcli.activation import Activation
from tests.accuracy import elementwise, settings
from tests.oracle import evaluate

RECORDS = elementwise()
SETTINGS = [bound for record in RECORDS for bound in settings(record)]
ORDERS = pytest.mark.parametrize("order", (1, 2))


def points(record: Activation, count: int) -> np.ndarray:
    """Return points around the pieces of the function, none within 1 % of a breakpoint."""
    random = np.random.default_rng(7)
    scale = max([1.0, *(abs(x) for x in record.breakpoints)])
    drawn = np.concatenate([random.uniform(-4, 4, count), scale * random.uniform(-2, 2, count)])
    apart = [np.abs(drawn - x) > 0.01 * max(abs(x), 1e-3) for x in record.breakpoints]
    return drawn[np.logical_and.reduce(apart)] if apart else drawn


@ORDERS
@pytest.mark.parametrize("record", SETTINGS, ids=lambda record: record.label)
def test_each_formula_is_the_derivative_of_the_one_before(record, order):
    with mp.workprec(600):
        for x in points(record, 3):
            stated = evaluate(record, order, float(x), 600)
            found = slope_of_formula(record, order - 1, float(x))
            assert abs(found - stated) <= mp.mpf(10) ** -30 * (1 + abs(stated)), (x, stated, found)


def slope_of_formula(record: Activation, order: int, x: float) -> mp.mpf:
    """Return the slope of a formula by a central difference so short that its error is below 1e-30."""
    step = mp.mpf(2) ** -150
    above, below = (evaluate_at(record, order, mp.mpf(x) + side * step) for side in (1, -1))
    return (above - below) / (2 * step)


def evaluate_at(record: Activation, order: int, x: mp.mpf) -> mp.mpf:
    return evaluate(record, order, x, 600)


@ORDERS
@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.name)
def test_each_function_is_the_derivative_of_the_one_before(record, order):
    x = points(record, 40)
    steps = [1e-3, 5e-4]
    coarse, fine = ((record(x + h, order - 1) - record(x - h, order - 1)) / (2 * h) for h in steps)
    found, stated = (4 * fine - coarse) / 3, record(x, order)
    # Richardson's fourth order leaves h⁴·f⁽⁵⁾/120, which shows as a share of the correction; then rounding.
    spread = np.abs(fine - coarse) + 1e-11 * (1 + np.abs(record(x, order - 1)))
    assert (np.abs(found - stated) <= spread).all(), (x, found - stated)


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.name)
def test_a_slope_that_is_wrong_by_a_billionth_is_seen(record):
    value, slope, *rest = record.orders
    wrong = replace(record, orders=(value, slope._replace(formula=f"(1 + 1/10**9)*({slope.formula})"), *rest))
    if not any(record(points(record, 3), 1)):
        pytest.skip("the slope is 0 everywhere")
    with pytest.raises(AssertionError):
        test_each_formula_is_the_derivative_of_the_one_before(wrong, 1)
