"""Every elementwise activation against its printed formula, in ulp, with the figures of docs/accuracy.md."""

import re
from functools import cache

import mpmath as mp
import numpy as np
import pytest

from actcli.activation import Activation
from tests import accuracy
from tests.oracle import OSCILLATING, distance, error_in_ulp, sensitivity, truth

RECORDS = {record.name: record for record in accuracy.elementwise()}
EVERY = pytest.mark.parametrize("name", RECORDS)
ORDERS = pytest.mark.parametrize("order", range(3))

# exp and log differ by up to an ulp between processors and numpy versions.
SLACK = 1.0


@cache
def figures() -> dict[str, list[float]]:
    """Return the worst errors of f, f′ and f″ that docs/accuracy.md states for each activation."""
    return {name: [stated_ulp(cell) for cell in cells[1:4]] for name, cells in accuracy.stated().items()}


def stated_ulp(cell: str) -> float:
    number = re.match(r"\d[\d.e+]*", cell)
    return float(number[0]) if number else float("inf")


def worst(record: Activation, order: int, count: int, every: int = 1) -> accuracy.Worst:
    points = accuracy.sample(record, order, count, seed=1)[::every]
    return accuracy.errors(record, order, points, lambda x: record(x, order))[0]


@EVERY
def test_the_page_states_a_figure_for_each_activation(name: str) -> None:
    assert len(figures()[name]) == 3


@EVERY
@ORDERS
def test_no_error_has_grown_beyond_its_figure(name: str, order: int) -> None:
    found = worst(RECORDS[name], order, count=12)
    assert found.ulp <= figures()[name][order] + SLACK, found


@EVERY
def test_no_error_has_grown_at_other_parameters(name: str) -> None:
    for bound in list(accuracy.settings(RECORDS[name]))[1:]:
        for order in range(3):
            found = worst(bound, order, count=4, every=4)
            assert found.ulp <= figures()[name][order] + SLACK, found


@EVERY
@ORDERS
@pytest.mark.parametrize("dtype", [np.float32, np.float16])
def test_narrow_types_are_rounded_once(name: str, order: int, dtype: type) -> None:
    record = RECORDS[name]
    points = accuracy.sample(record, order, 3, 2, dtype)[::2]
    for found in accuracy.errors(record, order, points, lambda x: record(x, order)):
        if found.ulp <= 0.5:
            break
        # Half an ulp from the one rounding, and what float64 lost before: its figure in its unit, which is
        # 2⁻²⁸ of an ulp here or, for oscillating functions, what half an ulp of x amounts to.
        true = truth(record, order, found.x)
        unit = sensitivity(record, order, found.x) / float(np.spacing(np.abs(dtype(true))))
        lost = (figures()[name][order] + SLACK) * max(2.0**-28, float(unit))
        assert found.ulp <= 0.5 + lost, found


@EVERY
def test_the_slope_has_its_stated_limits(name: str) -> None:
    record = RECORDS[name]
    stated = (record.facts.slope_at_minus_infinity, record.facts.slope_at_infinity)
    for slope, limit in zip(record(np.array([-np.inf, np.inf]), 1), stated, strict=True):
        assert np.isnan(limit) or slope == limit


@EVERY
def test_a_value_at_infinity_is_the_limit_of_the_values_before(name: str) -> None:
    record = RECORDS[name]
    if record.family in OSCILLATING:
        return
    far, farthest = record(np.array([-1e308, 1e308])), record(np.array([-np.inf, np.inf]))
    for before, limit in zip(far, farthest, strict=True):
        # A logarithm has come no further than 709 at 1e308.
        finite = limit == pytest.approx(before, rel=1e-12)
        assert finite or (limit == np.copysign(np.inf, before) and abs(before) > 300)


@EVERY
@ORDERS
def test_a_number_that_is_none_gives_none_unless_the_order_is_constant(name: str, order: int) -> None:
    record = RECORDS[name]
    pieces = np.unique(record(np.linspace(-9.0, 9.0, 999), order))
    assert np.isnan(record(np.array([np.nan]), order))[0] or len(pieces) <= 5


@EVERY
def test_value_and_slope_together_are_value_and_slope(name: str) -> None:
    record = RECORDS[name]
    x = np.random.default_rng(3).normal(size=1000) * 5
    value, slope = record.value_and_slope(x)
    np.testing.assert_array_max_ulp(value, record(x), 4)
    np.testing.assert_allclose(slope, record(x, 1), rtol=1e-14, atol=1e-15)


@EVERY
def test_an_odd_function_is_odd_at_the_two_zeros_too(name: str) -> None:
    record = RECORDS[name]
    if record.odd:
        minus, plus = np.signbit(record(np.array([-0.0, 0.0])))
        # −0 stays −0 where f rises through it, and becomes +0 where f falls.
        assert minus != plus
        assert minus == np.signbit(record(np.array([-1e-300])))[0]


@pytest.mark.parametrize(
    ("measured", "true", "ulp"),
    [(1.0, 1.0, 0.0), (1.0 + 2**-52, 1.0, 1.0), (0.0, 5e-324, 1.0), (np.nan, 1.0, np.inf)],
)
def test_the_measure_counts_units_in_the_last_place(measured: float, true: float, ulp: float) -> None:
    assert distance(measured, mp.mpf(true)) == ulp


def test_the_measure_sees_a_lost_tail() -> None:
    sigmoid = RECORDS["sigmoid"]
    x = 40.0
    s = float(sigmoid(x))
    assert error_in_ulp(sigmoid, 1, x, s * (1 - s)) > 1e15
    assert float(truth(sigmoid, 1, 700.0)) == pytest.approx(9.8596765437597e-305, rel=1e-13)
