"""A derivation is complete, names its rules, and ends where the derivative is."""

import pytest
from hypothesis import assume, given

from actcli.formula import Expression, parse
from actcli.formula.nodes import names_in, size
from actcli.formula.printing import to_unicode
from tests.formula.expressions import budget, exactly, nodes


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("x*sin(x)", ["product rule", "identity", "known derivative", "simplify"]),
        ("x + 3", ["sum rule", "identity", "constant", "simplify"]),
        ("5*x", ["constant factor", "identity", "simplify"]),
        ("x/(1 + x)", ["quotient rule", "identity", "sum rule", "constant", "identity", "simplify"]),
        ("x**3", ["power rule", "identity", "simplify"]),
        ("exp(2*x)", ["chain rule", "constant factor", "identity", "simplify"]),
        ("where(x > 0, x, sin(x))", ["case by case", "identity", "known derivative"]),
        ("2**x", ["exponential rule", "constant factor", "identity", "simplify"]),
        ("7", ["constant"]),
    ],
)
def test_each_line_names_one_rule(text, rules):
    assert [step.rule for step in parse(text).steps()] == rules


def test_the_derivation_of_mish_reads_like_a_teacher():
    steps = parse("x*tanh(softplus(x))").steps()
    assert [(step.rule, step.law, step.before, step.after) for step in steps[:4]] == [
        ("product rule", "(u·v)′ = u′·v + u·v′", "(x·tanh(softplus(x)))′",
         "x′·tanh(softplus(x)) + x·(tanh(softplus(x)))′"),
        ("identity", "x′ = 1", "x′", "1"),
        ("chain rule", "(tanh(u))′ = sech(u)²·u′", "(tanh(softplus(x)))′",
         "sech(softplus(x))²·(softplus(x))′"),
        ("known derivative", "(softplus(u))′ = σ(u)", "(softplus(x))′", "σ(x)"),
    ]  # fmt: skip
    assert steps[-1].whole == "tanh(softplus(x)) + x·σ(x)·sech(softplus(x))²"


@budget(200)
@given(nodes)
def test_every_derivation_ends_without_a_prime_and_with_the_derivative(node):
    assume("x" in names_in(node) and size(node) < 40)
    steps = Expression(node).steps()
    last = steps[-1].whole
    assert "′" not in last.replace("sinc′", "").replace("sinc″", "")
    assert len(steps) <= 121
    # Two ways to the same function may end in two forms; the value decides.
    derivative = Expression(node).differentiate()
    if last != to_unicode(derivative.node):
        found = Expression(_final(node))
        for x in (-1.3, 0.17, 0.9):
            expected, value = exactly(derivative, x), exactly(found, x)
            if expected is not None and value is not None:
                assert abs(value - expected) <= 1e-10 * (1 + abs(expected))


def _final(node):
    from actcli.formula.differentiate import differentiate
    from actcli.formula.simplify import simplify

    return simplify(differentiate(node))
