"""Formulas are read as they are printed; a sign that may mean two things is refused, with its place."""

import numpy as np
import pytest
from hypothesis import given

from actcli import registry
from actcli.errors import FormulaError
from actcli.formula import parse, pretty
from actcli.formula.limits import LONGEST
from actcli.formula.printing import to_text, to_unicode
from tests.formula.expressions import budget, nodes

# Branches in braces and derivatives of activations are printed only.
PRINTED_ONLY = set("{′″")
X = np.array([-2.5, -0.3, 0.7, 4.0])


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("x^2.5", "x**2.5"),
        ("-x²", "-(x**2)"),
        ("2x⁻² + 3x¹⁰", "2*x**(-2) + 3*x**10"),
        ("e^−x", "e**(-x)"),
        ("2 × x ÷ 3", "2*x/3"),
        ("x·|x|", "x*abs(x)"),
        ("||x| − 1|/|x + 3|", "abs(abs(x) - 1)/abs(x + 3)"),
        ("|x|³", "abs(x)**3"),
        ("√2·x", "sqrt(2)*x"),
        ("2√(1 + x²)", "2*sqrt(1 + x**2)"),
        ("√(1 + |x|)/√π", "sqrt(1 + abs(x))/sqrt(pi)"),
        ("2x", "2*x"),
        ("-2x**2", "-2*x**2"),
        ("1/(2x)", "1/(2*x)"),
        ("1e-3x + 2e", "0.001*x + 2*e"),
        ("0.5(x + 1)", "0.5*(x + 1)"),
        ("3tanh(2x)", "3*tanh(2*x)"),
        ("sin(2πx) + πx²", "sin(2*pi*x) + pi*x**2"),
        ("2x if x ≥ 1 else 0", "where(x >= 1, 2*x, 0)"),
        ("where(|x| ≤ 1 and x ≠ 0, 1, 0)", "where(abs(x) <= 1 and x != 0, 1, 0)"),
        ("x − ⌊x⌋", "x - floor(x)"),
        ("0.5x·(1 + tanh(√(2/π)·(x + 0.044715x³)))", "0.5*x*(1 + tanh(sqrt(2/pi)*(x + 0.044715*x**3)))"),
    ],
)
def test_the_signs_of_mathematics_mean_what_they_mean_on_paper(typed, meant):
    assert parse(typed).node == parse(meant).node


@pytest.mark.parametrize(
    ("text", "position", "words"),
    [
        ("1/2x", 4, "whether '/' takes 'x' too"),
        ("1/-2x", 5, "whether '/' takes 'x' too"),
        ("x/2πx", 4, "whether '/' takes 'π' too"),
        ("1/πx", 4, "whether '/' takes 'x' too"),
        ("xπ", 2, "an operator stands before π"),
        ("x**2x", 5, "whether '**' takes 'x' too"),
        ("x^2(x)", 4, "whether '**' takes '(' too"),
        ("√2x", 3, "whether '√' takes 'x' too"),
        ("√exp(x)", 5, "whether '√' takes '(' too"),
        ("√x²", 3, "what '²' raises"),
        ("x² ³", 4, "what '³' raises"),
        ("²x", 1, "what '²' raises"),
        ("x²^2", 3, "raised first"),
        ("x⁻", 2, "no whole number"),
        ("√-x", 2, "before a number, a name or ( )"),
        ("x + √", 5, "before a number, a name or ( )"),
        ("x√2", 2, "an operator stands before √"),
        ("|x", 1, "not closed"),
        ("2|x|", 2, "as in 2*|x|"),
        ("(|x)|", 2, "not closed"),
        ("|(x|", 4, "not closed"),
        ("|x|x", 4, "an operator stands between"),
        ("√2·alhpa", 4, "unknown name 'alhpa'"),
        ("a*(exp(x) - 1)", 1, "a parameter is written as its number"),
        ("x + e^", 6, "must follow '^'"),
        ("x² + (x", 6, "not closed"),
        ("|" * 70 + "x" + "|" * 70, 65, "at most 64"),
    ],
)
def test_what_may_mean_two_things_is_refused_with_its_place(text, position, words):
    with pytest.raises(FormulaError) as caught:
        parse(text)
    assert caught.value.position == position
    assert words in str(caught.value)


@given(nodes)
@budget(300)
def test_every_formula_is_read_as_it_is_printed(node):
    printed = to_unicode(node)
    if not PRINTED_ONLY & set(printed) and len(printed) <= LONGEST:
        assert parse(printed).node == parse(to_text(node), longest=10_000).node, printed


def test_the_formulas_of_the_catalogue_are_read_as_they_are_printed():
    read = 0
    for record in map(registry.get, registry.names()):
        parameters = tuple(parameter.name for parameter in record.parameters)
        for order in getattr(record, "orders", ()):
            printed = pretty(order.formula, parameters)
            if order.formula and not PRINTED_ONLY & set(printed):
                texts = (printed, order.formula)
                found, expected = (parse(text, parameters).evaluate(X, record.values) for text in texts)
                assert found == pytest.approx(expected, rel=1e-12, nan_ok=True), record.name
                read += 1
    assert read > 150
