"""What `derive` writes of a function: its derivation, its formulas for papers and programs, every order."""

import json

import mpmath
import numpy as np
import pytest

from actcli import registry
from actcli.activation import Activation
from actcli.analysis.derive import derive
from actcli.analysis.formulas import Formulas
from actcli.errors import FormulaError, OptionError, OrderError
from actcli.render.data import to_json
from actcli.symbolic import continued, expression_of, parameter_slopes
from tests.oracle import ARITHMETIC
from tests.schema import problems, schema_of

SCHEMA = schema_of("derive")
RECORDS = [registry.get(name) for name in registry.names()]
ELEMENTWISE = [record for record in RECORDS if isinstance(record, Activation)]
POINTS = np.array([-30.0, -3.7, -1.3, -0.61, -1e-3, 0.17, 0.9, 2.9, 30.0])
# Ten published activations as their papers print them.
PUBLISHED = {
    "sigmoid": "1/(1 + exp(-x))",
    "tanh": "(exp(x) - exp(-x))/(exp(x) + exp(-x))",
    "silu": "x/(1 + exp(-x))",
    "gelu": "x*(1 + erf(x/sqrt(2)))/2",
    "mish": "x*tanh(log(1 + exp(x)))",
    "softplus": "log(1 + exp(x))",
    "elu": "where(x > 0, x, exp(x) - 1)",
    "softsign": "x/(1 + abs(x))",
    "relu": "max(0, x)",
    "lisht": "x*tanh(x)",
}


def named(record):
    return record.label


def run(source):
    space = {}
    exec(source, space)
    return space


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_published_formula_has_the_numbers_of_the_record(name):
    typed, record = registry.get(PUBLISHED[name]), registry.get(name)
    x = np.concatenate([-np.logspace(-300, 2.8, 400), np.logspace(-300, 2.8, 400)])
    for order in range(3):
        found, expected = typed(x, order=order), record(x, order=order)
        # Next to a zero of the order the rounding of x decides.
        scale = np.abs(expected) + np.abs(x * continued(record, order + 1)(x, order=order + 1))
        assert (np.abs(found - expected) <= 1e-13 * scale + 1e-307).all()


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_published_formula_has_the_facts_of_the_record(name):
    typed, record = registry.get(PUBLISHED[name]).facts, registry.get(name).facts
    for field in ("infimum", "supremum", "slope_infimum", "slope_supremum"):
        assert getattr(typed, field) == pytest.approx(getattr(record, field), rel=1e-9, abs=1e-12), field
    ends = ("slope_at_minus_infinity", "slope_at_infinity")
    assert [getattr(typed, end) for end in ends] == pytest.approx([getattr(record, end) for end in ends])
    assert typed.parity == record.parity
    both = ([(k.x, k.order, k.left, k.right, k.stated) for k in facts.kinks] for facts in (typed, record))
    first, second = both
    assert [kink[:2] for kink in first] == [kink[:2] for kink in second]
    assert np.array(first) == pytest.approx(np.array(second), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_published_formula_passes_the_check_without_lost_digits(name):
    report = derive(registry.get(PUBLISHED[name]), check=True)
    assert report.check.passed, report.check.failures
    assert report.check.notes == ()
    assert not any("loses" in note for note in report.notes)


@pytest.mark.parametrize("record", ELEMENTWISE, ids=named)
def test_every_record_has_four_derivatives_that_hold(record):
    report = derive(record, at=[-2.3, -0.4, 0.7, 3.1], order=4)
    assert report.check.passed, report.check.failures
    written = report.to_record()
    assert written["third_derivative_formula"] and written["fourth_derivative_formula"]
    assert all("third_derivative" in point and "fourth_derivative" in point for point in written["points"])
    assert problems(json.loads(to_json(written)), SCHEMA) == []


@pytest.mark.parametrize("record", [*ELEMENTWISE, registry.get("x*mish(2*x)")], ids=named)
def test_python_source_gives_the_numbers_of_the_record(record):
    space = run(Formulas(record, 2).to_python())
    for order, name in enumerate(("f", "f_slope", "f_curvature")):
        found, expected = space[name](POINTS), record(POINTS, order=order)
        # The printed formula is read by people; its own cancellation may cost it half of the digits.
        np.testing.assert_allclose(found, expected, rtol=1e-7, atol=1e-9, err_msg=name)
        assert found.shape == POINTS.shape


LEARNED = [(record, p.name) for record in ELEMENTWISE for p in record.parameters if not p.integer]


@pytest.mark.parametrize(("record", "name"), LEARNED, ids=lambda part: getattr(part, "label", part))
def test_the_derivative_by_a_parameter_is_the_difference_of_two_of_its_values(record, name):
    slope, value = parameter_slopes(record)[name], expression_of(record)
    step = mpmath.mpf(10) ** -20
    for x in POINTS[1:-1]:
        with mpmath.workdps(60):
            settings = {key: mpmath.mpf(number) for key, number in record.values.items()}
            found, *values = (
                expression.evaluate_with(
                    ARITHMETIC, mpmath.mpf(float(x)), settings | {name: settings[name] + h}
                )
                for expression, h in ((slope, 0), (value, step), (value, -step))
            )
            expected = (values[0] - values[1]) / (2 * step)
            assert abs(found - expected) <= 1e-15 * (1 + abs(expected)), (x, slope.to_text())


def test_the_derivatives_by_parameters_are_shown():
    report = derive(registry.get("elu:alpha=0.5"), at=[-1])
    assert ("∂f/∂alpha", "{0 if x > 0, expm1(x) otherwise}") in report.to_table().lines
    assert report.to_record()["parameter_derivatives"] == {"alpha": "where(x > 0, 0, expm1(x))"}
    assert r"\frac{\partial f}{\partial \alpha}(x) &=" in report.formulas.to_latex()
    assert derive(registry.get("relu")).to_record()["parameter_derivatives"] == {}
    assert derive(registry.get("monomial")).to_record()["parameter_derivatives"] == {}


def test_python_source_of_a_formula_keeps_the_tail_and_takes_the_parameters():
    slope = run(Formulas(registry.get("1/(1 + exp(-x))"), 1).to_python())["f_slope"]
    assert slope(np.array([700.0, -700.0])) == pytest.approx([9.85967654375977e-305] * 2, rel=1e-13)
    elu = run(Formulas(registry.get("elu:alpha=0.5"), 0).to_python())["f"]
    assert elu(-1.0) == pytest.approx(0.5 * np.expm1(-1))
    assert elu(-1.0, alpha=2) == pytest.approx(2 * np.expm1(-1))


def test_latex_is_one_equation_an_order():
    assert Formulas(registry.get("tanh"), 1).to_latex() == (
        "\\begin{align*}\n"
        "f(x) &= \\tanh\\left(x\\right) \\\\\n"
        "f'(x) &= \\operatorname{sech}\\left(x\\right)^{2}\n"
        "\\end{align*}\n"
    )
    fourth = Formulas(continued(registry.get("exponential"), 4), 4).to_latex()
    assert "f'''(x) &= e^{x}" in fourth and "f^{(4)}(x) &= e^{x}" in fourth


@pytest.mark.parametrize("record", ELEMENTWISE, ids=named)
def test_every_derivation_names_its_rules_and_ends_in_the_formula_shown(record):
    steps = derive(record, at=[0.5], order=1, steps=True).steps
    slope = expression_of(record, 1)
    assert steps[-1].whole == slope.to_unicode()
    assert all(step.rule for step in steps)


def test_steps_are_rows_of_the_table_and_entries_of_the_data():
    report = derive(registry.get("x*tanh(softplus(x))"), steps=True)
    table, record = report.to_table(), json.loads(to_json(report.to_record()))
    assert [row[0] for row in table.rows] == [step["rule"] for step in record["steps"]]
    assert table.rows[0][0] == "product rule" and table.rows[-1][2] == dict(table.lines)["f′(x)"]
    assert table.further[0].rows and len(table.data.columns) == 5
    assert problems(record, SCHEMA) == []


def test_expand_writes_out_the_activations_that_a_formula_calls():
    record = registry.get("x*mish(2*x)")
    plain, written = derive(record), derive(record, expand=True)
    assert plain.to_record()["derivative_formula"] == "mish(2*x) + 2*x*mish(2*x, order=1)"
    assert "mish" not in written.to_record()["derivative_formula"]
    assert "mish" not in written.formulas.to_latex() + written.formulas.to_python()
    assert plain.to_record()["points"] == written.to_record()["points"]
    fourth = continued(record, 4)
    direct = registry.get("2*x**2*tanh(softplus(2*x))")
    np.testing.assert_allclose(
        fourth(POINTS, order=4), continued(direct, 4)(POINTS, order=4), rtol=1e-9, atol=1e-14
    )


def test_notes_say_how_numbers_are_made_and_where_digits_go():
    report = derive(registry.get("1/(1+exp(-x))"))
    assert report.to_record()["notes"] == ["evaluated as sigmoid(x)"]
    assert "evaluated as sigmoid(x)" in report.to_table().notes
    (note,) = derive(registry.get("x - tanh(x)")).to_record()["notes"]
    assert note == "by the power series at 0, because digits would cancel: f for |x| < 0.5"
    (note,) = derive(registry.get("x**2 - 2*x + 1"), order=0).to_record()["notes"]
    assert note.startswith("float64 loses digits of f for x from 0.97") and note.endswith(
        "16 digits are right"
    )
    (note, *_) = derive(registry.get("sin(x**2)/x"), order=0).to_record()["notes"][1:]
    assert note.startswith("float64 loses digits of f for |x| from 1.3")
    assert note.endswith("none of 16 digits is right")
    # x² leaves float64 there, too, and comes back.
    assert derive(registry.get("log(1 + x**2)"), order=0).to_record()["notes"] == ["evaluated as log1p(x**2)"]


def test_what_has_no_formula_says_so():
    from actcli.custom import from_functions

    record = from_functions(np.tanh, lambda x: 1 / np.cosh(x) ** 2, name="mine")
    assert derive(record).to_record()["formula"] is None
    assert derive(record).to_chart().subtitle == ""
    assert not any(label.startswith("f") for label, _ in derive(record).to_table().lines)
    for write in (Formulas(record, 1).to_latex, Formulas(record, 1).to_python):
        with pytest.raises(FormulaError, match="mine states no formula"):
            write()
    with pytest.raises(FormulaError, match="mine states no formula"):
        derive(record, steps=True)
    with pytest.raises(OrderError, match="order is 3; mine has derivatives of order 0, 1, 2"):
        derive(record, order=3)
    with pytest.raises(OptionError, match="softmax maps vectors"):
        derive(registry.get("softmax"), steps=True)
