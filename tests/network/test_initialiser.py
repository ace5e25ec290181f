"""Initialisers: the variances that frameworks state, the customary choice, and what is refused."""

import math

import numpy as np
import pytest

from actcli.activation import VectorActivation
from actcli.errors import OptionError
from actcli.network.initialiser import NAMES, Advice, customary, initialiser
from actcli.registry import get, names


@pytest.mark.parametrize(
    ("name", "square"),
    [
        ("torch", 1 / 3),
        ("lecun", 1),
        ("xavier", 1),
        ("he", 2),
        ("orthogonal", 1),
        ("he_uniform", 2),
        ("glorot", 1),
    ],
)
def test_each_name_has_its_variance_at_equal_widths(name, square):
    assert initialiser(name).weight_gain(100, 100) ** 2 == pytest.approx(square)


def test_xavier_divides_by_the_mean_of_inputs_and_outputs():
    # Glorot & Bengio 2010: Var W = 2 / (inputs + outputs).
    assert initialiser("xavier").weight_gain(30, 90) ** 2 / 30 == pytest.approx(2 / 120)


@pytest.mark.parametrize(("fan", "divisor"), [("in", 30), ("out", 90), ("average", 60)])
def test_a_fan_is_what_the_variance_is_divided_by(fan, divisor):
    # torch.nn.init.kaiming_normal_(mode="fan_out"), jax's variance_scaling(2, "fan_avg") and so on.
    assert initialiser("he", fan=fan).weight_gain(30, 90) ** 2 / 30 == pytest.approx(2 / divisor)
    assert initialiser(sigma_w=1.5, fan=fan).weight_gain(30, 90) ** 2 / 30 == pytest.approx(2.25 / divisor)


@pytest.mark.parametrize(
    ("inputs", "outputs", "variance"), [(30, 90, 4 / 90), (90, 30, 4 / 90), (50, 50, 4 / 50)]
)
def test_orthonormal_rows_or_columns_have_one_over_the_longer_side_as_variance(inputs, outputs, variance):
    assert initialiser("orthogonal", 2.0).weight_gain(inputs, outputs) ** 2 / inputs == pytest.approx(
        variance
    )


@pytest.mark.parametrize(("word", "law"), [("torch_gain", "normal"), ("torch_gain_uniform", "uniform")])
def test_torchs_gain_multiplies_xaviers_deviation(word, law):
    named = initialiser(word, advice=Advice(torch_gain=lambda: 5 / 3))
    assert named.weight_gain(30, 90) ** 2 / 30 == pytest.approx(25 / 9 * 2 / 120)
    assert (named.law, named.bias_std(30), named.name) == (law, 0.0, word)


def test_torch_draws_biases_within_one_over_root_inputs():
    # U(−a, a) with a = 1/√inputs has variance 1/(3 inputs).
    assert initialiser("torch").bias_std(48) == pytest.approx(1 / math.sqrt(3 * 48))


def test_aliases_are_the_initialisers_they_name():
    assert initialiser("glorot_uniform") == initialiser("xavier_uniform")
    assert initialiser("kaiming") == initialiser("he")
    assert initialiser("kaiming_normal") == initialiser("he_normal") == initialiser("he")


@pytest.mark.parametrize("name", NAMES)
def test_every_name_gives_an_initialiser(name):
    assert initialiser(name, advice=Advice(lambda sigma_b: (1.5, 0.2), lambda: 0.75)).sigma_w > 0


def test_deviations_can_be_given():
    law = initialiser(sigma_w=1.5, sigma_b=0.5, bias_mean=-1.0)
    assert (law.name, law.sigma_w, law.bias_std(9), law.bias_mean) == ("custom", 1.5, 0.5, -1.0)
    assert initialiser("he", sigma_b=0.5).sigma_b == 0.5
    assert initialiser("orthogonal", sigma_w=1.2).sigma_w == 1.2


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"name": "xaviar"}, "unknown init 'xaviar'; it takes torch, .*; did you mean 'xavier'"),
        ({"name": "zzz"}, "unknown init 'zzz'; it takes torch, lecun"),
        ({"name": "he", "sigma_w": 1.0}, "init he fixes sigma_w itself"),
        ({"sigma_b": 1.0}, "sigma_b alone"),
        ({"sigma_w": 0.0}, "sigma_w is 0; it takes a number from 1e-6 to 1e6"),
        ({"sigma_w": math.inf}, "sigma_w is inf"),
        ({"name": "he", "bias_mean": math.nan}, "bias_mean is nan"),
        ({"name": "critical"}, "no critical init"),
        ({"name": "torch_gain"}, "which torch has for identity, sigmoid"),
        ({"name": "he", "fan": "uot"}, "unknown fan 'uot'; it takes in, out, average"),
        ({"name": "orthogonal", "fan": "out"}, "not divided by a fan"),
    ],
)
def test_what_is_no_initialiser_is_refused_with_the_cure(settings, said):
    with pytest.raises(OptionError, match=said):
        initialiser(**settings)


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("sigmoid", "xavier"), ("tanh", "xavier"), ("softsign", "xavier"), ("hard_tanh", "xavier"),
        ("relu", "he"), ("leaky_relu", "he"), ("gelu", "he"), ("silu", "he"), ("elu", "he"), ("mish", "he"),
        ("selu", "lecun"), ("identity", "lecun"), ("abs", "lecun"), ("maxout", "lecun"),
        ("x * sigmoid(2 * x)", "he"), ("relu6", "he"), ("log_sigmoid", "he"), ("min(x, 0.1*x)", "he"),
        ("hat", "xavier"), ("snake", "lecun"), ("sigmoid(100*(x - 0.2))", "xavier"), ("1/x", "lecun"),
    ],
)  # fmt: skip
def test_the_customary_initialiser_follows_from_the_facts(words, name):
    law, reason = customary(get(words))
    assert law.name == name
    assert reason


# Far out beyond every bend, and near enough that nothing overflows.
FAR = 1e6


@pytest.mark.parametrize(
    "name", [*names(), "1/x", "tan(x)", "x**2", "sigmoid(100*(x - 0.2))", "sqrt(abs(x))"]
)
def test_the_reason_of_the_customary_initialiser_is_true(name):
    record = get(name)
    _, reason = customary(record)
    if isinstance(record, VectorActivation):
        assert "no function of one number" in reason
        return
    z = np.random.default_rng(0).standard_normal(400_000)
    with np.errstate(all="ignore"):
        value, slope = record.value_and_slope(z)
        left, right = record(np.array([-FAR, FAR]), order=1)
        ends = record(np.array([-FAR, FAR]))
    if "mean 0 and variance 1" in reason:
        # E f⁴ may be 100, so that 400,000 numbers know E f² to 4 · √(100/400,000).
        assert value.mean() == pytest.approx(0, abs=0.01) and np.mean(value**2) == pytest.approx(1, abs=0.07)
    elif "no bound" in reason:
        assert math.isinf(record.slope_bound)
    elif "slope is 0," in reason:
        assert not slope.any()
    elif "far to the left" in reason:
        assert min(abs(left), abs(right)) <= max(abs(left), abs(right)) / 2
    elif "under N(0, 1)" in reason:
        sides = np.mean(slope[z < 0] ** 2) ** 0.5, np.mean(slope[z > 0] ** 2) ** 0.5
        assert min(sides) < 0.31 * max(sides)
    elif "levels off" in reason and "not" not in reason:
        assert max(abs(left), abs(right)) < 1e-4 and np.isfinite(ends).all()
    else:
        assert reason == "it is no rectifier and does not level off on both sides"
        assert record.saturates != (True, True)
        assert not min(abs(left), abs(right)) < max(abs(left), abs(right)) / 2.1 or math.isnan(
            record.facts.slope_at_infinity
        )


@pytest.mark.parametrize("name", names())
def test_every_activation_has_a_customary_initialiser(name):
    law, reason = customary(get(name))
    assert law.name in {"lecun", "xavier", "he"}
    assert reason.startswith(("it ", "its "))
    if isinstance(get(name), VectorActivation):
        assert law.name == "lecun"
