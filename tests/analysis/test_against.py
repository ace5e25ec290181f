"""One activation against another: the worst error is found, named and counted in the right units."""

import json
from dataclasses import replace

import numpy as np
import pytest

import actcli
from actcli import registry
from actcli.activation import Activation, Order
from actcli.analysis.against import against
from actcli.custom import from_functions
from actcli.errors import OptionError
from actcli.render.data import to_json
from actcli.verification.comparison import every_float16
from tests.schema import problems, schema_of

SCHEMA = schema_of("against")
TANH, SILU, RELU = (registry.get(name) for name in ("tanh", "silu", "relu"))
ELEMENTWISE = [r for r in map(registry.get, registry.names()) if isinstance(r, Activation)]


def named(record):
    return record.label


def changed(record, order, function):
    """Return the record with another function for one order."""
    orders = list(record.orders)
    orders[order] = Order("", function)
    return replace(record, orders=tuple(orders), joint=None)


@pytest.mark.parametrize("record", ELEMENTWISE[::6], ids=named)
def test_every_activation_is_equal_to_itself(record):
    report = against(record, record)
    assert [order.worst_ulp for order in report.orders] == [0, 0, 0]
    assert all(order.compared == order.equal > 40_000 for order in report.orders)
    assert report.kinks == ()
    assert problems(json.loads(to_json(report.to_record())), SCHEMA) == []


def test_a_narrow_fault_is_hunted_down():
    def bump(x):
        return TANH(x) * (1 + 1e-13 * np.maximum(1 - np.abs(x - 3.0017) / 4e-3, 0))

    value, slope, _ = against(changed(TANH, 0, bump), TANH).orders
    # 1e-13 of tanh(3), in units of 2⁻⁵³.
    assert value.worst_ulp == pytest.approx(1e-13 * 2**53, rel=0.01)
    assert value.worst_x == pytest.approx(3.0017, abs=2e-5)
    assert slope.worst_ulp == 0
    (stretch,) = value.stretches
    assert 2.997 < stretch.low < 3.0017 < stretch.high < 3.006


def test_a_lost_tail_is_found_with_both_numbers():
    lost = changed(TANH, 1, lambda x: 1 - np.tanh(x) ** 2)
    slope = against(lost, TANH).orders[1]
    assert slope.worst_ulp > 1e15 and slope.value == 0 and 0 < slope.other < 1e-15
    assert slope.stretches[-1].high > 100


def test_a_kernel_is_judged_in_ulps_of_its_own_type():
    right = from_functions(np.tanh, name="mine", dtype="float32")
    (value,) = against(right, TANH).orders
    assert value.worst_ulp < 2, "NumPy's tanh in float32 is good to two of its ulp"
    assert float(np.float32(value.worst_x)) == value.worst_x
    half = from_functions(lambda x: np.tanh(x) * np.float32(1 + 1e-5), name="half", dtype="float32")
    assert 80 < against(half, TANH).orders[0].worst_ulp < 170


def test_infinity_for_a_number_is_beyond_measure_and_null_in_data():
    broken = changed(TANH, 0, lambda x: np.where(x > 500, np.inf, np.tanh(x)))
    report = against(broken, TANH, order=0)
    assert report.worst.worst_ulp == np.inf and report.worst.worst_x > 500
    (order,) = json.loads(to_json(report.to_record()))["orders"]
    assert order["worst_ulp"] is None and order["value"] is None and order["other"] == 1


def test_another_convention_at_a_kink_is_told_from_an_error():
    other = changed(RELU, 1, lambda x: np.where(x >= 0, 1.0, 0.0))
    report = against(other, RELU)
    assert [order.worst_ulp for order in report.orders] == [0, 0, 0]
    (kink,) = report.kinks
    assert (kink.x, kink.order, kink.value, kink.other) == (0, 1, 1, 0)
    assert any(table.title == "taken at kinks" for table in report.to_table().further)


def test_all_numbers_of_float16_are_swept():
    points = every_float16()
    assert len(points) == 63_488 and (np.diff(points) >= 0).all()
    assert (points.astype(np.float16) == points).all() and len(set(points)) == 63_487
    half = from_functions(lambda x: x / (1 + np.exp(-x)), name="half", dtype="float16")
    value = against(half, SILU, exhaustive=True).orders[0]
    assert value.compared == 63_488
    # Counted by hand: both rounded to float16, the distance in spacings of the reference.
    x = points.astype(np.float16)
    with np.errstate(all="ignore"):
        mine, right = x / (1 + np.exp(-x)), SILU(points).astype(np.float16)
        ulp = np.abs(mine.astype(float) - right.astype(float)) / np.spacing(np.abs(right)).astype(float)
    assert value.worst_ulp == ulp.max() and value.equal == (ulp == 0).sum()


def test_the_picture_and_the_table_show_every_order():
    report = against(registry.get("gelu_tanh"), registry.get("gelu"))
    assert [row[0] for row in report.to_table().rows] == ["f", "f′", "f″"]
    assert len(report.to_chart().panels) == 3
    assert max(report.to_chart().panels[0].curves[0].y) > 10
    assert str(report.worst).startswith(f"{report.worst.name} ") and " against " in str(report.worst)


def test_what_maps_vectors_is_refused():
    with pytest.raises(OptionError, match="softmax maps vectors"):
        against(TANH, registry.get("softmax"))


def test_the_library_offers_it_by_name():
    assert actcli.against is against


def test_an_overflow_is_infinite_for_people_null_in_data_and_empty_in_csv():
    def early(x):
        return np.where(x > 1e300, np.inf, x)

    report = against(from_functions(early, np.ones_like, name="early"), registry.get("identity"))
    assert report.to_table().rows[0][3:] == ("∞", report.orders[0].worst_x, "∞", report.orders[0].other)
    assert [report.to_table().data.rows[0][k] for k in (3, 5)] == [None, None]
    assert report.to_record()["orders"][0]["worst_ulp"] is None


def test_numbers_shown_are_those_of_the_array_and_not_of_one_alone():
    def different_alone(x):
        return x + (1.0 if x.size == 1 else 0.0) + np.where(np.abs(x - 2) < 0.1, 1e-10, 0.0)

    record = from_functions(different_alone, np.ones_like, name="compiled")
    worst = against(record, registry.get("identity"), order=0).worst
    assert (worst.value, worst.other) == (worst.worst_x + 1e-10, worst.worst_x)
    assert worst.worst_x == pytest.approx(2, abs=0.1)
