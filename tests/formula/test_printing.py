"""What is printed is the same function again: as text, as Python source; and reads as mathematics."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given

from actcli.formula import Expression, parse
from actcli.formula.nodes import Call, Name, Number, X
from actcli.formula.primitives import CALLABLE, PRIMITIVES
from tests.formula.expressions import budget, nodes

POINTS = np.array([-40.0, -3.7, -1.3, -0.61, 0.0, 0.17, 0.9, 2.9, 55.0])


@budget(400)
@given(nodes)
def test_text_parses_back_to_the_same_numbers(node):
    expression = Expression(node)
    again = parse(expression.to_text())
    np.testing.assert_array_equal(again.evaluate(POINTS), expression.evaluate(POINTS))
    assert again.to_text() == expression.to_text()


def run(source, name="f"):
    space = {}
    exec(source, space)
    return space[name]


@budget(250)
@given(nodes)
def test_python_source_gives_the_same_numbers(node):
    expression = Expression(node)
    found = run(expression.to_python())(POINTS)
    from actcli.formula.evaluate import evaluate
    from actcli.formula.rounding import relative_bound

    expected = evaluate(node, POINTS, {})
    # The functions that NumPy lacks differ in their last digits, which a formula may magnify.
    certain = relative_bound(node, POINTS, {}) < 1e-13
    np.testing.assert_allclose(found[certain], expected[certain], rtol=1e-9, atol=1e-290)
    assert found.shape == expected.shape


def test_python_source_needs_numpy_alone_and_runs_without_warnings():
    source = parse(
        "x*normal_cdf(x) + erf(x)*sigmoid(x) + sinc(x) + log_cosh(x) - 9**9**9**9*0 + 1/0"
    ).to_python()
    program = source + "\nimport sys\nf(np.linspace(-800, 800, 9))\nprint('actcli' in sys.modules)\n"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "False\n", "")


@pytest.mark.parametrize("name", sorted(name for name in CALLABLE if PRIMITIVES[name].arity == 1))
def test_every_function_in_python_source_keeps_its_tails(name):
    expression = parse(f"{name}(x)")
    x = np.array([-700.0, -36.0, -3.0, -0.9, -1e-9, 0.0, 1e-9, 0.9, 3.0, 36.0, 700.0])
    # erfc of a rounded x/√2 is off by up to x²·2⁻⁵³.
    found = run(expression.to_python())(x)
    np.testing.assert_allclose(found, expression.evaluate(x), rtol=1e-12, atol=1e-300)


def test_python_source_takes_parameters_by_name():
    function = run(parse("where(x > 0, x, alpha*expm1(x))", ("alpha",)).to_python("elu"), "elu")
    np.testing.assert_allclose(function([-1.0, 2.0], alpha=0.5), [0.5 * np.expm1(-1.0), 2.0])


def test_python_source_writes_out_the_activations_it_calls():
    from actcli import registry

    lookup = lambda word: registry.get(word) if word in registry.names() else None
    expression = parse("mish(x)**2 + elu(x, alpha=0.5) + elu(2*x, alpha=2)", functions=lookup)
    for order in (0, 1, 2):
        written = expression.differentiate(order)
        expected = expression.propagate(POINTS, order)
        np.testing.assert_allclose(run(written.to_python())(POINTS), expected, rtol=1e-13)


@pytest.mark.parametrize(
    ("text", "unicode", "latex"),
    [
        ("x**2", "x²", "x^{2}"),
        ("-x", "−x", "-x"),
        ("x**-3", "x⁻³", "x^{-3}"),
        ("(x + 1)**2", "(x + 1)²", r"\left(x + 1\right)^{2}"),
        ("x**(3/2)", "x^(3/2)", r"x^{\frac{3}{2}}"),
        ("sqrt(x)", "√x", r"\sqrt{x}"),
        ("sqrt(1 + x**2)", "√(1 + x²)", r"\sqrt{1 + x^{2}}"),
        ("abs(x)", "|x|", r"\left|x\right|"),
        ("sigmoid(-x)", "σ(−x)", r"\sigma\left(-x\right)"),
        ("x*normal_cdf(x)", "x·Φ(x)", r"x \Phi\left(x\right)"),
        ("2*x", "2x", "2 x"),
        ("2*3*x", "2·3x", r"2 \cdot 3 x"),
        ("1e-05*x", "1e−05·x", "10^{-5} x"),
        ("sin(x)**2", "sin(x)²", r"\sin^{2}\left(x\right)"),
        ("exp(-x**2)", "exp(−x²)", "e^{-x^{2}}"),
        ("pi/2", "π/2", r"\frac{\pi}{2}"),
        ("where(x > 0, x, 0)", "{x if x > 0, 0 otherwise}",
         r"\begin{cases} x & \text{if } x > 0 \\ 0 & \text{otherwise} \end{cases}"),
        ("where(-1 <= x < 1, x, 0)", "{x if −1 ≤ x < 1, 0 otherwise}",
         r"\begin{cases} x & \text{if } -1 \le x < 1 \\ 0 & \text{otherwise} \end{cases}"),
        ("where(x < 0 or x != 1, 1, 2)", "{1 if x < 0 or x ≠ 1, 2 otherwise}",
         r"\begin{cases} 1 & \text{if } x < 0 \text{ or } x \ne 1 \\ 2 & \text{otherwise} \end{cases}"),
        ("where(x > 0, where(x < 6, 1, 0), 0)", "{1 if 0 < x < 6, 0 otherwise}",
         r"\begin{cases} 1 & \text{if } 0 < x < 6 \\ 0 & \text{otherwise} \end{cases}"),
        ("negative_slope*x", "negative_slope·x", r"\mathrm{negative\_slope} x"),
        ("alpha*x", "alpha·x", r"\alpha x"),
        ("softplus(x)", "softplus(x)", r"\operatorname{softplus}\left(x\right)"),
    ],
)  # fmt: skip
def test_mathematics_is_written_with_its_own_signs(text, unicode, latex):
    expression = parse(text, ("alpha", "negative_slope"))
    assert expression.to_unicode() == unicode
    assert expression.to_latex() == latex


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("where(x <= 6, where(x >= 0, 1, 0), 0)", "{1 if 0 ≤ x ≤ 6, 0 otherwise}"),
        ("where(x > 0, where(x < 6, 1, 2), 3)", "{1 if 0 < x < 6, 2 if x > 0, 3 otherwise}"),
        ("where(x > 0, x, where(x < -6, 1, 2))", "{x if x > 0, 1 if x < −6, 2 otherwise}"),
        ("where(x > 0, where(x > 6, 1, 2), 2)", "{1 if x > 0 and x > 6, 2 otherwise}"),
        (
            "where(0 < x < 9, where(abs(x - 4) < 1, 1, 2), 2)",
            "{1 if 0 < x < 9 and |x − 4| < 1, 2 otherwise}",
        ),
        ("where(x > 0 or x < -1, where(x < 6, 1, 2), 2)", "{1 if (x > 0 or x < −1) and x < 6, 2 otherwise}"),
    ],
)
def test_cases_inside_cases_are_listed_one_by_one(text, said):
    assert parse(text).to_unicode() == said


def test_activations_can_be_written_out_beyond_the_orders_of_their_records():
    from actcli import registry

    lookup = lambda word: registry.get(word) if word in registry.names() else None
    expression = parse("x*mish(2*x) + relu(x)", functions=lookup)
    assert expression.expand().to_text() == "2*x**2*tanh(softplus(2*x)) + max(x, 0)"
    third = parse("mish(x)", functions=lookup).differentiate(3)
    written = parse("x*tanh(softplus(x))").differentiate(3)
    np.testing.assert_allclose(
        third.expand().evaluate(POINTS), written.evaluate(POINTS), rtol=1e-12, atol=1e-16
    )


def test_the_slope_of_an_activation_has_a_prime_and_a_spelling_that_parses_back():
    from actcli import registry

    lookup = lambda word: registry.get(word) if word in registry.names() else None
    slope = parse("x*mish(x)", functions=lookup).differentiate()
    assert slope.to_text() == "mish(x) + x*mish(x, order=1)"
    assert slope.to_unicode() == "mish(x) + x·mish′(x)"
    assert slope.to_latex() == r"\operatorname{mish}\left(x\right) + x \operatorname{mish}'\left(x\right)"
    assert parse(slope.to_text(), functions=lookup).node == slope.node


@budget(300)
@given(nodes)
def test_latex_has_as_many_opening_as_closing_braces(node):
    latex = Expression(node).to_latex()
    assert latex.count("{") == latex.count("}")
    assert latex.count(r"\left") == latex.count(r"\right")
    assert "**" not in latex


def test_brackets_stand_where_they_are_needed_and_nowhere_else():
    two, three = Number(2.0), Number(3.0)
    samples = {
        "x - (x - 2)": Call("add", (X, Call("negate", (Call("add", (X, Call("negate", (two,)))),)))),
        "x/(2*x)": Call("divide", (X, Call("multiply", (two, X)))),
        "x/2*x": Call("multiply", (Call("divide", (X, two)), X)),
        "(x**2)**3": Call("power", (Call("power", (X, two)), three)),
        "x**2**3": Call("power", (X, Call("power", (two, three)))),
        "(-x)**2": Call("power", (Call("negate", (X,)), two)),
        "-x**2": Call("negate", (Call("power", (X, two)),)),
        "x*(-2)": Call("multiply", (X, Call("negate", (two,)))),
        "-x/2": Call("negate", (Call("divide", (X, two)),)),
        "2**pi": Call("power", (two, Name("pi"))),
    }
    for text, node in samples.items():
        assert Expression(node).to_text() == text
        assert parse(text).evaluate(1.7) == Expression(node).evaluate(1.7)
