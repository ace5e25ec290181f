"""What `derive` says: its numbers, its check, and that planted mistakes do not pass."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest

import actcli
from actcli import registry
from actcli.activation import Activation, Facts, Kink, Order, Reference, VectorActivation
from actcli.analysis.derive import derive
from actcli.errors import OptionError, OrderError
from actcli.render.data import to_json
from actcli.verification.points import checked_points, shown_points
from actcli.verification.result import verify
from tests.schema import problems, schema_of

SCHEMA = schema_of("derive")
RECORDS = [registry.get(name) for name in registry.names()]
ELEMENTWISE = [record for record in RECORDS if isinstance(record, Activation)]
VECTORS = [record for record in RECORDS if isinstance(record, VectorActivation)]
FORMULAS = (
    "x * tanh(softplus(x))",
    "mine = max(x, 0.1*x)",
    "where(x > 1, 2, x)",
    "sqrt(x)",
    "exp(exp(x))",
    "floor(x)",
)
SOURCE = Reference("made up for a test")


FORMULA_OF_A_MISTAKE = Order("sigmoid(x)*sigmoid(x)", registry.get("sigmoid").orders[1].function)
NO_KINK = Kink(1, 0.19661193324148185, 0.3, 0.25, "none")


def named(record):
    return record.label


def changed(record, order, function):
    """Return the record with another function for one order."""
    orders = list(record.orders)
    orders[order] = Order(orders[order].formula, function)
    return replace(record, orders=tuple(orders))


@pytest.mark.parametrize("record", [*RECORDS, *map(registry.get, FORMULAS)], ids=named)
def test_every_activation_gives_a_report_that_the_schema_accepts(record):
    report = derive(record)
    text = to_json(report.to_record())
    assert problems(json.loads(text), SCHEMA) == []
    assert report.check.passed, report.check.failures
    table, chart = report.to_table(), report.to_chart()
    assert all(len(row) == len(table.columns) for row in table.rows) and table.rows
    assert all(panel.curves for panel in chart.panels)


@pytest.mark.parametrize("record", ELEMENTWISE, ids=named)
def test_every_derivative_of_the_catalogue_passes_the_check(record):
    found = verify(record, {*shown_points(record), *checked_points(record)[::4]}, 2)
    assert found.passed, found.failures[:3]
    assert found.judged > 90


@pytest.mark.parametrize("record", VECTORS, ids=named)
def test_every_jacobian_of_the_catalogue_passes_the_check(record):
    check = derive(record, check=True).check
    assert check.passed, check.failures[:3]
    assert check.judged > 100 and check.unresolved <= check.judged / 8


def test_the_maximum_of_the_slope_of_sigmoid_is_a_quarter_at_0():
    (point,) = derive(registry.get("sigmoid"), at=[0]).to_record()["points"]
    assert (point["value"], point["derivative"], point["second_derivative"]) == (0.5, 0.25, 0)
    assert (point["numeric_derivative"], point["error"], point["error_ulp"]) == (0.25, 0, 0)


def test_the_slope_of_sigmoid_at_700_is_verified_to_the_last_bits():
    for x in (700, -700):
        (point,) = derive(registry.get("sigmoid"), at=[x]).to_record()["points"]
        assert point["numeric_derivative"] == pytest.approx(9.85967654375977e-305, rel=1e-14)
        assert point["error_ulp"] <= 2


def test_extreme_points_are_finite_and_right():
    points = derive(registry.get("gelu"), at=[5e-324, 1.797e308, -1.797e308]).to_record()["points"]
    assert [point["derivative"] for point in points] == [0.5, 1, 0]
    assert [point["numeric_derivative"] for point in points] == [0.5, 1, 0]


def test_infinite_points_have_values_and_no_difference():
    (point,) = derive(registry.get("tanh"), at=[math.inf]).to_record()["points"]
    assert (point["x"], point["value"], point["derivative"], point["numeric_derivative"]) == (
        None,
        1,
        0,
        None,
    )


def test_a_formula_gives_the_numbers_of_the_record_that_it_spells():
    typed = derive(registry.get("x * tanh(softplus(x))"), at=[-20, -1, 0.5, 30]).to_record()["points"]
    record = derive(registry.get("mish"), at=[-20, -1, 0.5, 30]).to_record()["points"]
    for first, second in zip(typed, record, strict=True):
        assert first["numeric_derivative"] == second["numeric_derivative"]
        assert first["derivative"] == pytest.approx(second["derivative"], rel=1e-14)


def test_a_kink_shows_both_slopes_and_the_one_taken():
    report = derive(registry.get("relu"), at=[0])
    (point,), (kink,) = report.to_record()["points"], report.to_record()["check"]["kinks"]
    assert point["numeric_derivative"] is None
    assert (kink["x"], kink["order"], kink["left"], kink["right"], kink["stated"]) == (0, 1, 0, 1, 0)
    assert (kink["numeric_left"], kink["numeric_right"]) == (0, 1)


def test_a_jump_is_told_from_a_bend():
    (kink,) = derive(registry.get("step:threshold=0.3")).to_record()["check"]["kinks"]
    assert (kink["x"], kink["order"], kink["numeric_left"], kink["numeric_right"]) == (0.3, 0, 0, 1)
    bend = Facts(0, 1, 0, 0, 0, 0, kinks=(Kink(0, 0, 1, 0, "said to bend"),))
    liar = replace(registry.get("step"), facts_of=lambda threshold: bend)
    assert "the value jumps from 0 to 1" in derive(liar).check.failure


def test_a_naively_typed_formula_passes_and_is_told_where_it_loses_digits():
    check = derive(registry.get("sigmoid(x)**2 - tanh(x)"), check=True).check
    assert check.passed
    assert any("loses the digits" in note for note in check.notes)


SIGMOID, TANH, RELU, HARD_TANH = (registry.get(name) for name in ("sigmoid", "tanh", "relu", "hard_tanh"))
PLANTED = {
    "sign": changed(SIGMOID, 1, lambda x: -SIGMOID(x, order=1)),
    "constant of the slope": changed(SIGMOID, 1, lambda x: SIGMOID(x, order=1) * (1 + 1e-6)),
    "constant of the value": changed(TANH, 0, lambda x: TANH(x) * (1 + 1e-6)),
    "constant of the curvature": changed(TANH, 2, lambda x: TANH(x, order=2) * (1 + 1e-6)),
    "lost tail": changed(TANH, 1, lambda x: 1 - np.tanh(x) ** 2),
    "tail lost far out": changed(SIGMOID, 1, lambda x: np.where(x > 600, 0, SIGMOID(x, order=1))),
    "wrong branch at a kink": changed(RELU, 1, lambda x: np.where(x >= 0, 1.0, 0.0)),
    "nonsense at a kink": changed(
        HARD_TANH, 1, lambda x, *_: np.where(np.abs(x) == 1, 2.0, HARD_TANH(x, order=1))
    ),
    "nan": changed(SIGMOID, 1, lambda x: np.where(x > 5, np.nan, SIGMOID(x, order=1))),
    "a wrong formula": replace(SIGMOID, orders=(SIGMOID.orders[0], FORMULA_OF_A_MISTAKE, SIGMOID.orders[2])),
    "a kink that is not stated": replace(RELU, facts_of=lambda: Facts(0, math.inf, 0, 1, 0, 1)),
    "a kink that is none": replace(SIGMOID, facts_of=lambda: SIGMOID.facts._replace(kinks=(NO_KINK,))),
}


@pytest.mark.parametrize("mistake", PLANTED)
def test_a_planted_mistake_fails_the_check(mistake):
    check = derive(PLANTED[mistake], check=True).check
    assert not check.passed
    assert "x = " in check.failure and len(check.failure.splitlines()) == 1


def test_a_failure_names_the_point_both_values_and_what_is_allowed():
    liar = changed(SIGMOID, 1, lambda x: SIGMOID(x, order=1) * 1.5)
    failure = derive(liar, at=[0]).check.failure
    assert failure == "at x = 0: slope stated 0.375, differences give 0.25; allowed are 2.5e-12 apart"


def test_greater_or_equal_for_greater_at_a_jump_fails_the_check():
    step = registry.get("step")
    for order in (Order(step.orders[0].formula, lambda x, threshold: np.where(x > threshold, 1.0, 0.0)),
                  Order("where(x > threshold, 1, 0)", step.orders[0].function)):  # fmt: skip
        assert not derive(replace(step, orders=(order, *step.orders[1:]))).check.passed


def handmade(value, slope, curvature, formula="", facts=None):
    """Return a record of a maintainer's own functions, without a formula that anyone can read."""
    facts = facts or Facts(-1, 1, 0, 1, 0, 0)
    functions = (value, slope, curvature)
    return Activation(
        name="handmade", title="made by hand", family="test", reference=SOURCE, facts_of=lambda: facts,
        orders=tuple(Order(formula, function) for function in functions),
    )  # fmt: skip


def test_functions_without_a_formula_are_checked_by_differences_of_floats():
    good = handmade(np.tanh, lambda x: 1 / np.cosh(x) ** 2, lambda x: -2 * np.tanh(x) / np.cosh(x) ** 2)
    report = derive(good, check=True)
    assert report.check.passed, report.check.failures
    assert report.check.judged > 150
    (point,) = derive(good, at=[40]).to_record()["points"]
    assert point["numeric_derivative"] is None, "float64 cannot see the tail of tanh on the right"
    for order in (1, 2):
        bad = changed(good, order, lambda x, order=order: good(x, order=order) * (1 + 1e-6))
        assert not derive(bad, check=True).check.passed


def test_an_order_shown_is_an_order_held():
    with pytest.raises(OrderError, match=r"order is 9; sigmoid has derivatives of order 0, 1, 2"):
        derive(SIGMOID, order=9)
    with pytest.raises(OrderError, match="softmax"):
        derive(registry.get("softmax"), order=3)
    assert "f″(x)" not in [column.heading for column in derive(SIGMOID, order=1).to_table().columns]


def test_points_that_are_none_are_refused():
    with pytest.raises(OptionError, match="none of them nan"):
        derive(SIGMOID, at=[math.nan])
    with pytest.raises(OptionError, match="multiple of 2"):
        derive(registry.get("glu"), at=[1, 2, 3])


def test_the_jacobian_of_softmax_is_diag_p_minus_p_p():
    report = derive(registry.get("softmax"), at=[1, 2, 3])
    p = np.exp([1, 2, 3]) / np.exp([1, 2, 3]).sum()
    (point,) = report.to_record()["points"]
    assert np.allclose(point["derivative"], np.diag(p) - np.outer(p, p), rtol=1e-14)
    assert np.allclose(point["numeric_derivative"], point["derivative"], rtol=1e-10)


def test_a_wrong_jacobian_fails_the_check():
    softmax = registry.get("softmax")
    for wrong in (lambda z, g: -softmax.vjp_of(z, g), lambda z, g: softmax.vjp_of(z, g) * (1 + 1e-6),
                  lambda z, g: softmax.forward_of(z) * g):  # fmt: skip
        check = derive(replace(softmax, vjp_of=wrong)).check
        assert not check.passed and "∂y_" in check.failure and "z = (1, 2, 3)" in check.failure


def test_a_jacobian_on_a_border_is_not_judged():
    (point,) = derive(registry.get("maxout"), at=[1, 1]).to_record()["points"]
    assert None in np.array(point["numeric_derivative"]).ravel().tolist()


def test_the_library_offers_it_by_name():
    assert actcli.derive is derive


@pytest.mark.parametrize("given", ["gelu", 3, np.tanh])
@pytest.mark.parametrize("function", [actcli.derive, actcli.plot, actcli.vanish, actcli.compare])
def test_what_is_no_record_is_refused_with_the_cure(function, given):
    with pytest.raises(OptionError, match=r"is no activation record; take one, as in actcli.get\('"):
        function(given)
    with pytest.raises(OptionError, match="no activation record"):
        actcli.against(SIGMOID, given)


def test_the_verdict_says_what_was_compared_what_was_worst_and_what_was_left_out():
    def sentence(text, **given):
        return derive(registry.get(text), **given).check.sentences[0]

    assert sentence("relu", at=[0, 1]) == (
        "check passed: 6 numbers compared, the largest error 0 ulp; "
        "1 at a kink, judged by the limits on both sides"
    )
    assert sentence("gelu", at=[-0.75]).startswith("check passed: 5 numbers compared, the largest error ")
    assert "error 1 ulp, of the slope at x = 1" in sentence("x*tanh(softplus(x))", at=[1], order=1)
    good = handmade(np.tanh, lambda x: 1 / np.cosh(x) ** 2, lambda x: -2 * np.tanh(x) / np.cosh(x) ** 2)
    assert derive(good, at=[40]).check.sentences[0].endswith("too fine for any difference to see")


def test_a_pole_is_shown_with_its_infinite_limits_and_raises_no_doubt():
    report = derive(registry.get("1/x"))
    assert report.check.notes == ()
    (kinks,) = report.to_table().further
    assert [row[2:4] for row in kinks.rows] == [("−∞", "∞"), ("−∞", "−∞"), ("−∞", "∞")]
    assert report.to_record()["check"]["kinks"][0]["left"] is None


def test_the_value_alone_is_shown_where_no_derivative_is_asked_for():
    table = derive(registry.get("gelu"), at=[1], order=0).to_table()
    assert [column.key for column in table.columns] == ["x", "value"]
    assert "f′(x)" not in dict(table.lines)
