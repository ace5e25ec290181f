"""Critical points of networks with normalised layers: closed forms, and the inequality that forbids some."""

import math

import pytest

from actcli.activation import Activation
from actcli.diagnosis.prediction import predict
from actcli.network.initialiser import Initialiser
from actcli.network.network import Network
from actcli.network.wiring import Wiring
from actcli.registry import get, names
from actcli.theory.gains import gains
from actcli.theory.moments import moments_of
from actcli.theory.normalised import normalised_critical_point, normalised_factor


@pytest.mark.parametrize("variance", [0.01, 1.0, 30.0])
def test_a_rectifier_keeps_the_gradient_under_rmsnorm_and_multiplies_it_under_layernorm(variance):
    # E relu² = q/2 = q E relu′²; Var relu = q/2 (1 − 1/π).
    moments = moments_of(get("relu"))(variance)
    assert normalised_factor(moments, centred=False) == pytest.approx(1, rel=1e-13)
    assert normalised_factor(moments, centred=True) == pytest.approx(1 / (1 - 1 / math.pi), rel=1e-13)


@pytest.mark.parametrize("name", names())
def test_layernorm_never_lets_a_gradient_shrink(name):
    record = get(name)
    if not isinstance(record, Activation) or any(kink.order == 0 for kink in record.facts.kinks):
        return
    for variance in (0.1, 1.0, 10.0):
        factor = normalised_factor(moments_of(record)(variance), centred=True)
        assert math.isnan(factor) or factor >= 1 - 1e-9


def test_the_critical_point_is_where_the_factor_is_one():
    for name in ("sigmoid", "gaussian", "hard_sigmoid"):
        sigma_w, sigma_b = normalised_critical_point(get(name), centred=False)
        assert sigma_b == 0
        assert normalised_factor(moments_of(get(name))(sigma_w**2), centred=False) == pytest.approx(
            1, abs=1e-9
        )


def test_where_every_deviation_will_do_it_is_one_and_where_none_will_there_is_none():
    assert normalised_critical_point(get("relu"), centred=False) == (1.0, 0.0)
    assert normalised_critical_point(get("identity"), centred=True) == (1.0, 0.0)
    assert normalised_critical_point(get("tanh"), centred=False) is None
    assert normalised_critical_point(get("gelu"), centred=True) is None


@pytest.mark.parametrize(
    ("name", "factor"),
    [("softplus", 1), ("sigmoid", 1), ("exp", 1), ("x + 1000", 1), ("cos(x)", 2), ("x**2 + 1", 2)],
)
@pytest.mark.parametrize("sigma_w", [1e-6, 1e-4])
def test_small_weights_under_layernorm_keep_the_digits_of_the_variance(name, factor, sigma_w):
    # Near 0 a function is a constant and its first power: Var φ = q φ′², and q² φ″²/2 where φ′ is 0.
    moments = moments_of(get(name))(sigma_w**2)
    assert normalised_factor(moments, centred=True) == pytest.approx(factor, rel=1e-4)
    network = Network(get(name), Initialiser("custom", sigma_w), 6, 64, wiring=Wiring(after="layernorm"))
    assert predict(network).log10_gradient[0] == pytest.approx(2.5 * math.log10(factor), abs=1e-3)


def test_a_large_constant_beside_a_slope_leaves_the_gain_of_the_spread():
    assert gains(get("x + 1e7")).variance == pytest.approx(1, rel=1e-8)
