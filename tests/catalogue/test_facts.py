"""Each stated fact of every record: at its defaults, and with each parameter at its bounds, half, double."""

import math

import pytest

from tests.accuracy import elementwise, settings
from tests.catalogue.facts import (
    bound_violations,
    kink_violations,
    limit_violations,
    parity_violations,
    violations,
)

RECORDS = elementwise()
SETTINGS = [bound for record in RECORDS for bound in settings(record)]
BOUNDS = ("infimum", "supremum", "slope_infimum", "slope_supremum")
LIMITS = ("slope_at_minus_infinity", "slope_at_infinity")


@pytest.mark.parametrize("record", SETTINGS, ids=lambda record: record.label)
def test_the_facts_hold(record):
    assert violations(record, record.facts) == []


def off(value):
    """Return statements that are wrong beside a true one: 0.24 and 0.26 for 0.25, finite for infinite."""
    if math.isnan(value):
        return (0.0, 1.0, math.inf)
    if math.isinf(value):
        return (math.copysign(1e6, value), -value)
    return (value * 1.04 + 0.001, value * 0.96 - 0.001, math.inf, -math.inf)


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.name)
def test_a_bound_or_limit_that_is_off_is_refuted(record):
    for names, check in ((BOUNDS, bound_violations), (LIMITS, limit_violations)):
        for name in names:
            for wrong in off(getattr(record.facts, name)):
                assert any(check(record, record.facts._replace(**{name: wrong}))), (name, wrong)


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.name)
def test_a_kink_that_is_left_out_or_misstated_is_refuted(record):
    for i, kink in enumerate(record.facts.kinks):
        others = (*record.facts.kinks[:i], *record.facts.kinks[i + 1 :])
        assert any(kink_violations(record, record.facts._replace(kinks=others))), kink
        size = max(abs(kink.left), abs(kink.right))
        for field in ("left", "right", "stated"):
            wrong = kink._replace(**{field: getattr(kink, field) + 0.02 * size})
            assert any(kink_violations(record, record.facts._replace(kinks=(*others, wrong)))), (field, kink)


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.name)
def test_a_wrong_parity_is_refuted(record):
    for wrong in {"odd", "even", None} - {record.facts.parity}:
        assert any(parity_violations(record, record.facts._replace(parity=wrong)))


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.name)
def test_kinks_stand_in_order_and_their_value_between_the_sides(record):
    kinks = record.facts.kinks
    assert [kink.x for kink in kinks] == sorted(kink.x for kink in kinks)
    for kink in kinks:
        assert kink.left != kink.right
        assert min(kink.left, kink.right) <= kink.stated <= max(kink.left, kink.right), kink
