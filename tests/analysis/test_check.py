"""The check of many activations at once: one line each, and the names of those that fail."""

import json
import random
from dataclasses import replace

import pytest

from actcli import registry
from actcli.activation import Order
from actcli.analysis.check_all import check_all
from actcli.analysis.derive import derive
from actcli.render.data import to_json
from tests.analysis.power import SMOOTH, passes, smooth
from tests.schema import problems, schema_of

SCHEMA = schema_of("check")
SOME = [registry.get(name) for name in ("tanh", "relu", "softmax", "elu", "x*mish(x)")]
TANH = registry.get("tanh")
LIAR = replace(
    TANH,
    name="liar",
    orders=(TANH.orders[0], Order("sech(x)**2", lambda x: TANH(x, order=1) * (1 + 1e-6)), TANH.orders[2]),
)


def test_every_activation_gets_one_line_and_the_data_fit_the_schema():
    told = []
    report = check_all(SOME, tell=told.append)
    assert told == [record.label for record in SOME] == [row[0] for row in report.to_table().rows]
    record = json.loads(to_json(report.to_record()))
    assert problems(record, SCHEMA) == []
    assert record["passed"] and all(each["judged"] > 100 for each in record["checks"])
    assert report.to_table().notes == ("5 of 5 pass",)
    (curve,) = report.to_chart().panels[0].curves
    errors = [each.to_record()["worst_error_ulp"] for each in report.checks]
    assert [10**y - 1 for y in curve.y] == pytest.approx(sorted(e for e in errors if e is not None), rel=1e-9)


def test_those_that_fail_are_named_with_their_first_failure():
    report = check_all([*SOME[:2], LIAR])
    assert report.failed == ("liar",) and not report.to_record()["passed"]
    verdict, failure = report.to_table().notes
    assert verdict == "2 of 3 pass" and failure.startswith("liar: at x = ") and "slope stated" in failure


def test_orders_beyond_the_record_are_checked_too():
    report = check_all([TANH, registry.get("gelu")], order=4)
    assert not report.failed
    assert (
        report.to_record()["checks"][0]["judged"] > 1.5 * check_all([TANH]).to_record()["checks"][0]["judged"]
    )


def test_where_a_formula_breaks_off_without_a_jump_the_check_says_so_and_passes():
    (gap, _) = derive(registry.get("exp(-1/x**2)"), check=True).check.notes
    assert gap == "the formula of the slope gives no number at x = 0, where it breaks; differences give 0"
    (convention,) = derive(registry.get("abs(x)*log1p(abs(x))"), check=True).check.notes
    assert convention.startswith("the formula of the curvature gives 1 at x = 0, where it breaks;")


@pytest.mark.parametrize(
    "text",
    ["(0.3*x)**2/(1+abs(0.3*x))", "0.7*((0.3*(x-1))**2/(1+abs(0.3*(x-1))))", "(0.37*x)**3/(1.3+(0.7*x)**2)"],
)
def test_decimals_that_no_float_is_do_not_make_a_correct_formula_wrong(text):
    # Rounded each for itself, its constants leave f′ with a slope of its own, far above f″.
    assert derive(registry.get(text), check=True).check.passed
    record = registry.get(text)
    value, slope, curvature, *rest = record.orders
    doubled = Order(f"2*({curvature.formula})", lambda x: 2 * record(x, order=2))
    liar = replace(record, orders=(value, slope, doubled, *rest))
    assert not derive(liar, check=True).check.passed


@pytest.mark.parametrize("number", range(len(SMOOTH)))
def test_a_correct_formula_that_is_smooth_at_its_kink_passes_and_no_jump_is_invented(number):
    found = passes(smooth(number, random.Random(number)))
    assert found.passed, found.failure
    assert not [note for note in found.notes if "jump" in note]


@pytest.mark.parametrize("text", ["sin(3*x)", "sin(x**3)", "x*x/(1 + abs(x))"])
def test_a_formula_whose_numbers_grow_or_turn_quickly_passes(text):
    found = derive(registry.get(text), check=True).check
    assert found.passed, found.failure
    assert found.worst is not None and found.worst.error_ulp < 16
