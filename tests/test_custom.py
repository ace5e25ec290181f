"""Functions of one's own: judged by what was stated, in the floating type that they compute in."""

import math

import numpy as np
import pytest

from actcli import registry
from actcli.analysis.derive import derive
from actcli.custom import from_functions
from actcli.errors import RegistrationError

DTYPES = ("float64", "float32", "float16")


def relu(x):
    return np.maximum(x, 0)


def relu_slope(x):
    return (x > 0).astype(x.dtype)


def silu(x):
    return x / (1 + np.exp(-x))


def silu_slope(x):
    s = 1 / (1 + np.exp(-x))
    return s + x * s * (1 - s)


def clipped(x):
    return np.clip(x, -1, 1)


def clipped_slope(x):
    return (np.abs(x) < 1).astype(x.dtype)


def tanh_curvature(x):
    return -2 * np.tanh(x) / np.cosh(x) ** 2


RIGHT = {
    "tanh": (np.tanh, lambda x: 1 / np.cosh(x) ** 2, tanh_curvature),
    "relu": (relu, relu_slope),
    "silu": (silu, silu_slope),
    "clipped": (clipped, clipped_slope),
}
KINKS = {"tanh": [], "silu": [], "relu": [(0, 0, 1)], "clipped": [(-1, 0, 1), (1, 1, 0)]}


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", RIGHT)
def test_a_right_function_passes_and_rounding_is_no_jump(name, dtype):
    record = from_functions(*RIGHT[name], name=name, dtype=dtype)
    assert [(k.x, k.left, k.right) for k in record.facts.kinks] == KINKS[name]
    check = derive(record, check=True).check
    assert check.passed, check.failures
    assert check.judged > (40 if dtype == "float16" else 100)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(
    ("value", "slope"),
    [
        (silu, lambda x: -silu_slope(x)),
        (silu, lambda x: silu_slope(x) * np.asarray(1.1, x.dtype)),
        (clipped, lambda x: (np.abs(x) < 1.2).astype(x.dtype)),
        (relu, lambda x: np.where(x == 0, 2, relu_slope(x)).astype(x.dtype)),
        (relu, lambda x: (x > 1).astype(x.dtype)),
    ],
)
def test_a_wrong_slope_fails_in_every_type(value, slope, dtype):
    check = derive(from_functions(value, slope, name="wrong", dtype=dtype), check=True).check
    assert not check.passed and "x = " in check.failure


@pytest.mark.parametrize(("dtype", "factor"), [("float64", 1 + 1e-6), ("float32", 1 + 1e-3)])
def test_a_constant_slightly_off_fails(dtype, factor):
    slope = lambda x: silu_slope(x) * np.asarray(factor, x.dtype)
    assert not derive(from_functions(silu, slope, name="wrong", dtype=dtype), check=True).check.passed


def test_points_are_numbers_of_the_functions_own_type():
    report = derive(from_functions(silu, silu_slope, name="mine", dtype="float16"), at=[0.1, 70000.0])
    assert [point.x for point in report.points] == [float(np.float16(0.1)), float("inf")]
    for judgement in derive(from_functions(silu, silu_slope, name="mine", dtype="float32")).check.judgements:
        assert judgement.x == float(np.float32(judgement.x))


def test_orders_that_were_not_given_are_not_judged():
    alone = derive(from_functions(silu, name="alone"), check=True)
    assert alone.check.passed and alone.check.judged == alone.check.unresolved == 0
    assert alone.notes == ("slope and curvature by differences",)
    both = derive(from_functions(silu, silu_slope, name="both"), check=True).check
    assert both.judged > 100 and {judgement.order for judgement in both.judgements} == {1}
    # A curvature has nothing to stand on where the slope itself is only differences.
    curved = derive(from_functions(np.tanh, curvature=np.tanh, name="curved"), check=True).check
    assert curved.judged == 0 and curved.passed


@pytest.mark.parametrize("dtype", DTYPES)
def test_slopes_by_differences_stay_within_those_of_both_sides(dtype):
    record = from_functions(relu, name="mine", dtype=dtype)
    x = np.linspace(-1, 1, 4001)
    slope = record(x, order=1)
    room = {"float64": 1e-3, "float32": 0.05, "float16": 0.1}[dtype]
    assert -room <= slope.min() and slope.max() <= 1 + room
    smooth = from_functions(np.tanh, name="smooth", dtype=dtype)(x, order=1)
    digits = {"float64": 1e-11, "float32": 2e-5, "float16": 1e-2}[dtype]
    assert np.abs(smooth - 1 / np.cosh(x) ** 2).max() < digits


def test_functions_of_one_number_are_called_for_each():
    record = from_functions(math.tanh, name="one", vectorised=False)
    assert record(np.array([[0.5, 1.0]])).tolist() == [[math.tanh(0.5), math.tanh(1.0)]]


def _spoils_its_input(x):
    y = np.tanh(x)
    x[...] = 0
    return y


@pytest.mark.parametrize(
    "function",
    [np.tanh, np.square, np.exp, np.log, np.sin, np.sign, np.floor, np.arctan, np.cbrt, relu, silu,
     lambda x: np.where(x > 0, x, np.expm1(x)),
     _spoils_its_input, lambda x: [math.tanh(number) for number in x.flat]],
)  # fmt: skip
@pytest.mark.parametrize("dtype", DTYPES)
def test_a_value_alone_passes_its_own_check_and_no_bend_is_invented(function, dtype):
    record = from_functions(function, name="mine", dtype=dtype)
    assert derive(record, check=True).check.passed
    jumps = {kink.x for kink in record.facts.kinks}
    if function is np.floor:
        assert jumps and all(x == int(x) for x in jumps)
    elif function is np.sign:
        # In eleven bits the two sides of 0 are too near for a step to be told from rounding.
        assert jumps == {0.0} or dtype == "float16"
    else:
        assert jumps == set()


def test_a_function_that_fails_says_which_and_why():
    def fails(x):
        raise ZeroDivisionError("no")

    with pytest.raises(RegistrationError, match=r"the value of fails fails: ZeroDivisionError: no"):
        from_functions(fails)(np.zeros(3))
    with pytest.raises(RegistrationError, match="must keep the shape"):
        from_functions(lambda x: x[:1], name="short")(np.zeros(3))
    with pytest.raises(RegistrationError, match="complex numbers, and must return real ones"):
        from_functions(lambda x: np.sqrt(x.astype(complex)), name="rooted")(np.zeros(3))
    with pytest.raises(RegistrationError, match="the value is 'relu'; from_functions takes functions"):
        from_functions("relu")
    with pytest.raises(RegistrationError, match="the slope is 1; from_functions takes functions"):
        from_functions(np.tanh, 1)
    with pytest.raises(RegistrationError, match="adopt it with vectorised=False"):
        from_functions(math.tanh)(np.zeros(3))
    with pytest.raises(RegistrationError, match="give from_functions a name"):
        from_functions(lambda x: x)
    with pytest.raises(RegistrationError, match="dtype is int8; it is one of float64"):
        from_functions(np.tanh, name="mine", dtype="int8")


@pytest.fixture
def called():
    """Functions of one's own that a formula may call, registered for a while."""
    from actcli import registry

    before = dict(registry._registered)
    registry.register(from_functions(silu, silu_slope, name="own_silu", dtype="float32"))
    registry.register(from_functions(np.tanh, name="own_tanh"))
    yield registry.get
    registry._registered.clear()
    registry._registered.update(before)


@pytest.mark.parametrize("formula", ["2*own_silu(x)", "relu(x)*own_silu(x)", "x*own_silu(2*x) + tanh(x)"])
def test_a_formula_that_calls_a_function_of_few_digits_is_judged_by_them(called, formula):
    record = called(formula)
    assert record.precision == "float32"
    check = derive(record, check=True).check
    assert check.passed, check.failures
    assert check.judged > 90


def test_a_formula_that_calls_a_function_without_a_slope_has_none_to_judge(called):
    record = called("x*own_tanh(x)")
    assert [order.origin for order in record.orders] == ["propagated", "differences", "differences"]
    assert derive(record, check=True).check.judged == 0


@pytest.mark.parametrize(
    ("text", "lowest", "slopes"),
    [
        ("x*(1 + x/(1 + abs(x)))/2", -0.5, (0.0, 1.0)),
        ("1e-9*x*(1 + x/(1 + abs(x)))", -1e-9, (0.0, 2e-9)),
        ("x*(1 + x**3/(1 + abs(x)**3))", -2 / 3 * 2 ** (-1 / 3), (-1 / 3, 7 / 3)),
    ],
)
def test_bounds_are_not_taken_from_what_cancellation_leaves_far_out(text, lowest, slopes):
    facts = registry.get(text).facts
    assert facts.infimum == pytest.approx(lowest, rel=1e-7)
    assert (facts.slope_infimum, facts.slope_supremum) == pytest.approx(slopes, rel=1e-7, abs=0)
    assert facts.slope_at_minus_infinity == 0


@pytest.mark.parametrize(
    ("text", "highest"),
    [("x*clip(x/6 + 0.5, 0, 1)", math.inf), ("x*cos(3*x)", math.inf), ("exp(-(1e4*(x - 1.3))**2)", 1.0)],
)
def test_what_still_grows_where_its_digits_end_has_no_bound(text, highest):
    assert registry.get(text).facts.supremum == pytest.approx(highest)


def _sigmoid(x):
    return 1 / (1 + np.exp(-np.clip(x, -700, 700)))


LOSSY = {
    "silu by tanh": (
        lambda x: x * 0.5 * (1 + np.tanh(x / 2)),
        lambda x: 0.5 * (1 + np.tanh(x / 2)) + x / 4 * (1 - np.tanh(x / 2) ** 2),
    ),
    "elu by exp": (
        lambda x: np.where(x > 0, x, np.exp(np.minimum(x, 0)) - 1),
        lambda x: np.exp(np.minimum(x, 0)),
    ),
    "softplus by log": (
        lambda x: np.log(1 + np.exp(np.clip(x, -700, 700))),
        lambda x: _sigmoid(x) * (x < 700),
    ),
    "a root less 1": (
        lambda x: np.sign(x) * (np.sqrt(np.abs(x) + 1) - 1),
        lambda x: 0.5 / np.sqrt(np.abs(x) + 1),
    ),
    "a bend in the curvature": (
        lambda x: np.sign(x) * np.log1p(np.abs(x)),
        lambda x: 1 / (1 + np.abs(x)),
    ),
    "squareplus": (lambda x: (x + np.sqrt(x * x + 4)) / 2, lambda x: (1 + x / np.sqrt(x * x + 4)) / 2),
    "tanhshrink": (lambda x: x - np.tanh(x), lambda x: np.tanh(x) ** 2),
    "bent identity": (
        lambda x: (np.sqrt(x * x + 1) - 1) / 2 + x,
        lambda x: x / (2 * np.sqrt(x * x + 1)) + 1,
    ),
    "quick waves": (lambda x: np.sin(30 * x), lambda x: 30 * np.cos(30 * x)),
}


@pytest.mark.parametrize("case", LOSSY)
def test_rounding_inside_a_function_is_no_wrong_slope(case):
    value, slope = LOSSY[case]
    found = derive(from_functions(value, slope, name="mine"), check=True).check
    assert found.passed, found.failures[:3]


MISTAKES = {
    "nan at the kink": (lambda x: np.maximum(x, 0), lambda x: np.where(x == 0, np.nan, x > 0)),
    "a window": (np.tanh, lambda x: (1 - np.tanh(x) ** 2) * np.where((x > 1.2) & (x < 1.25), 1.001, 1)),
    "one number": (np.tanh, lambda x: np.where(x == 1, 0.5, 1 - np.tanh(x) ** 2)),
    "a tail's sign": (lambda x: np.exp(-x * x), lambda x: -2 * x * np.exp(-x * x) * np.where(x > 8, -1, 1)),
    "far out": (
        lambda x: x * _sigmoid(x),
        lambda x: np.where(x > 1000, 0, _sigmoid(x) * (1 + x * _sigmoid(-x))),
    ),
    "a tenth of a billionth": (np.tanh, lambda x: (1 - np.tanh(x) ** 2) * (1 + 1e-10)),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_a_mistake_in_a_function_of_ones_own_is_caught(case):
    value, slope = MISTAKES[case]
    assert not derive(from_functions(value, slope, name="mine"), check=True).check.passed


def test_a_function_that_refuses_empty_arrays_is_never_given_one():
    record = from_functions(np.vectorize(math.erf), name="mine")
    assert record.facts.supremum == 1
    assert record(np.empty(0)).shape == (0,)
