"""Text becomes nodes, or one FormulaError that says where and what to do; nothing of it is ever run."""

import math
import re

import numpy as np
import pytest
from hypothesis import given, strategies

from actcli import registry
from actcli.errors import FormulaError
from actcli.formula import parse, split_name
from actcli.formula.nodes import Call, Number, X
from tests.formula.expressions import budget

HOSTILE = [
    "__import__('os')", "x.__class__", "lambda: 1", "f'{x}'", "'a'*10**10", "().__class__", "[x for x in x]",
    "{x}", "x[0]", "x; x", "x\nimport os", "exec(x)", "x if True else 1", "(y := x)", "print(x)", "...",
    "None", "True", "1j*x", "x @ x", "x // 2", "x % 2", "x & x", "~x", "x << 2", "x is x", "x in x", "*x",
    "**x", "x,",
    "max(*x)", "max(**x)", "sin(u=x)", "await x", "yield x", "x.real", "5.real", "x()", "(x)(x)", "sin(x)(x)",
    "sin", "x(1)", "#", "\\x", "x\0", "\ud800", "`x`", "$x", "x?", "@x", "x -> x", '"x"', "b'x'", "not x",
    "x and x", "max(x", "(((", "x +", ")",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_not_of_the_language_is_refused_with_its_position(text):
    with pytest.raises(FormulaError) as caught:
        parse(text)
    assert caught.value.position is not None
    assert 1 <= caught.value.position <= len(text)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "position", "words"),
    [
        ("x + sigmod(x)", 5, "did you mean 'sigmoid'"),
        ("x*tnah(x)", 3, "did you mean 'tanh'"),
        ("x + alhpa", 5, "did you mean 'alpha'"),
        ("x + y", 5, "alpha"),
        ("x + sin", 5, "sin(x)"),
        ("(x + 1", 1, "not closed"),
        ("sin((x)", 4, "not closed"),
        ("x) + 1", 2, "closes nothing"),
        ("x +", 3, "not finished"),
        ("x > 1", 1, "where"),
        ("where(x, 1, 2)", 7, "x > 0"),
        ("sqrt(x, 2)", 1, "1 argument"),
        ("where(x > 0, 1)", 1, "3 arguments"),
        ("x.real", 1, "products are written *"),
        ("lambda: x", 7, "where(x > 0, a, b)"),
        ("x if x else 1", 6, "a comparison such as x > 0"),
        ("x[0]", 2, "grouping"),
        ("2 x", 3, "an operator stands between two parts"),
        ("x(2)", 1, "products are written x*("),
        ("x + 1e999", 5, "1.797e308"),
        ("1 + " + "9" * 400, 5, "1.797e308"),
    ],
)
def test_a_refusal_names_the_place_and_the_cure(text, position, words):
    with pytest.raises(FormulaError) as caught:
        parse(text, ("alpha",))
    assert caught.value.position == position
    assert words in str(caught.value)


def test_length_and_depth_are_refused_before_parsing():
    long = ("x" * 501, "+".join(["x"] * 300))
    deep = ("(" * 300, "(" * 65 + "x" + ")" * 65, "-" * 140 + "x", "**".join("x" * 140), "/".join("x" * 140))
    for text in (*long, *deep):
        with pytest.raises(FormulaError, match="at most"):
            parse(text)


def test_a_long_sum_is_wide_and_not_deep():
    assert parse("+".join(["x"] * 250)).evaluate(2.0) == 500
    assert parse("*".join(["x"] * 250)).evaluate(1.0) == 1


def test_sixty_four_levels_are_allowed():
    assert parse("(" * 64 + "x" + ")" * 64).node == X
    assert parse("sin(" * 60 + "x" + ")" * 60).evaluate(0.0) == 0
    assert parse("1+tan(" * 45 + "x" + ")" * 45).propagate(0.0, 4).shape == ()


def test_a_tower_of_powers_is_infinite_at_once():
    assert parse("9**9**9**9").evaluate(0.0) == math.inf
    assert parse("x - 9**9**9**9").propagate(1.0, 1) == 1


def test_whole_numbers_are_float64():
    assert parse("10**400").evaluate(0.0) == math.inf
    assert parse("1/0").evaluate(0.0) == math.inf
    assert math.isnan(parse("0/0").evaluate(0.0))
    assert parse("0xff + 1_000").evaluate(0.0) == 1255


def test_python_spellings_of_the_same_functions_are_understood():
    for alias, name in (("ln(x)", "log(x)"), ("asinh(x)", "arcsinh(x)"), ("maximum(x, 0)", "max(x, 0)")):
        assert parse(alias).node == parse(name).node
    assert parse("x if x > 0 else -x").node == parse("where(x > 0, x, -x)").node
    assert parse("max(x, 0, 1)").node == parse("max(max(x, 0), 1)").node
    assert parse("where(-1 < x <= 1, 1, 0)").node == parse("where(-1 < x and x <= 1, 1, 0)").node


def test_spaces_tabs_and_line_ends_do_not_matter_and_positions_still_count():
    assert parse("  x\n +\t1 ").node == Call("add", (X, Number(1.0)))
    with pytest.raises(FormulaError) as caught:
        parse(" x +\n y")
    assert caught.value.position == 7


def test_the_name_before_an_equals_sign_is_split_off():
    assert split_name("mine = x*2") == ("mine", "x*2")
    assert split_name("x*2") == (None, "x*2")
    assert split_name("where(x == 1, 1, 2)") == (None, "where(x == 1, 1, 2)")
    assert split_name("x == 1")[0] is None


def test_a_registered_activation_is_called_by_name_with_settings_and_order():
    calls = []

    class Doubling:
        def __init__(self, factor=2.0):
            self.factor = factor

        def bind(self, **values):
            return Doubling(**values)

        def __call__(self, x, order=0):
            calls.append(order)
            return (self.factor * x, self.factor + 0 * x, 0 * x)[order]

    def lookup(word):
        return Doubling() if word == "doubling" else None

    assert parse("doubling(x) + 1", functions=lookup).evaluate(3.0) == 7
    assert parse("doubling(x, factor=5)", functions=lookup).evaluate(3.0) == 15
    assert parse("doubling(x**2)", functions=lookup).propagate(3.0, 1) == 12
    slope = parse("doubling(x**2)", functions=lookup).differentiate()
    assert slope.to_text() == "2*x*doubling(x**2, order=1)"
    assert parse(slope.to_text(), functions=lookup).evaluate(3.0) == 12
    with pytest.raises(FormulaError, match="order=9"):
        parse("doubling(x, order=9)", functions=lookup)
    with pytest.raises(FormulaError, match="unknown function"):
        parse("tripling(x)", functions=lookup)


@budget(1_500)
@given(strategies.text(max_size=60))
def test_random_text_gives_a_formula_or_a_formula_error(text):
    try:
        parse(text).evaluate(np.array([0.5, -1.0]))
    except FormulaError as error:
        assert error.position is None or 1 <= error.position <= max(len(text), 1)


WORDS = strategies.sampled_from(
    [
        "x",
        "1",
        "2.5",
        "(",
        ")",
        "+",
        "-",
        "*",
        "/",
        "**",
        "sin",
        "where",
        "max",
        ",",
        "<",
        "==",
        "if",
        "not",
        " ",
    ]
)


@budget(1_500)
@given(strategies.lists(WORDS, max_size=25).map("".join))
def test_random_words_of_the_language_give_a_formula_or_a_formula_error(text):
    try:
        expression = parse(text, ("alpha",))
    except FormulaError as error:
        assert error.position is None or 1 <= error.position <= max(len(text), 1)
    else:
        assert parse(expression.to_text(), ("alpha",)).to_text() == expression.to_text()


@pytest.mark.parametrize(
    ("printed", "text"),
    [("x·σ(x) − 2", "x*sigmoid(x) - 2"), ("π·Φ(x)", "pi*normal_cdf(x)"), ("−φ(x)", "-normal_density(x)")],
)
def test_signs_that_formulas_are_printed_with_are_read(printed, text):
    assert parse(printed) == parse(text)


@pytest.mark.parametrize(
    ("text", "cure"),
    [
        ("np.tanh(x)", "write tanh(x)"),
        ("torch.nn.functional.silu(x)", "write silu(x)"),
        ("日本 = x", "a name before = is made of the letters a to z"),
        ("my-act = x", "my_act = "),
        ("2x = x", "begins with a letter"),
    ],
)
def test_what_people_try_is_refused_with_its_cure(text, cure):
    with pytest.raises(FormulaError, match=re.escape(cure)):
        parse(text)


def test_what_has_a_meaning_in_every_formula_names_none():
    with pytest.raises(FormulaError, match="'x' cannot name a formula; a comparison is written x == 1"):
        registry.get("x = 1")


@pytest.mark.parametrize("text", ["elu(alpha=2)", "elu(x, 2)"])
def test_a_parameter_without_its_place_is_shown_where_it_goes(text):
    with pytest.raises(FormulaError, match="write elu\\(x, alpha=1\\) in a formula, and elu:alpha=1"):
        registry.get(text)
