"""Published numbers of mean-field theory, each with its paper, and each recomputed here to more digits."""

import math

import pytest

from actcli.registry import get
from actcli.theory.critical import criticality, edge_of_chaos
from actcli.theory.gains import averages, gains, torch_gain
from actcli.theory.gradient import gradient_line
from actcli.theory.length import LengthMap
from actcli.theory.meanfield import describe
from actcli.theory.moments import moments_of


def test_variance_gains_of_relu_and_tanh():
    # Brock, De & Smith 2021 (arXiv:2101.08692): gamma = sqrt(2)/sqrt(1 − 1/π) for relu.
    assert gains(get("relu")).variance == pytest.approx(math.sqrt(2 * math.pi / (math.pi - 1)), abs=1e-14)
    assert gains(get("relu")).variance == pytest.approx(1.71285855, abs=1e-8)
    assert gains(get("tanh")).variance == pytest.approx(1.59253742, abs=1e-8)


def test_the_three_gains_of_relu_and_their_difference_for_sigmoid():
    # He et al. 2015 (arXiv:1502.01852): √2 for relu, by value and by slope.
    relu = gains(get("relu"))
    assert (relu.second_moment, relu.gradient) == pytest.approx((math.sqrt(2), math.sqrt(2)), abs=1e-14)
    sigmoid = gains(get("sigmoid"))
    assert len({round(gain, 3) for gain in (sigmoid.second_moment, sigmoid.variance, sigmoid.gradient)}) == 3
    assert sigmoid.gradient == pytest.approx(1 / math.sqrt(0.044836241350), abs=1e-8)


def test_gains_that_do_not_exist_are_none():
    assert gains(get("step")).gradient is None
    assert gains(get("0 * x + 1")).variance is None


def test_torch_constants_are_told_apart_from_gains():
    # torch.nn.init.calculate_gain, documented constants.
    assert torch_gain(get("tanh")) == 5 / 3 != pytest.approx(gains(get("tanh")).second_moment, abs=0.05)
    assert torch_gain(get("selu")) == 0.75 != pytest.approx(gains(get("selu")).second_moment, abs=0.2)
    assert torch_gain(get("relu")) == pytest.approx(gains(get("relu")).second_moment, abs=1e-14)
    leaky = get("leaky_relu:negative_slope=0.2")
    assert torch_gain(leaky) == math.sqrt(2 / 1.04) == pytest.approx(gains(leaky).second_moment, abs=1e-14)
    assert torch_gain(get("gelu")) is None


def test_means_at_unit_variance():
    assert averages(get("gelu")).mean == pytest.approx(1 / (2 * math.sqrt(math.pi)), abs=1e-14)
    assert averages(get("sigmoid")).mean_squared_slope == pytest.approx(0.044836241350, abs=1e-12)
    assert averages(get("sigmoid")).zero_centred is False
    assert averages(get("tanh")).zero_centred is True


def test_selu_keeps_mean_0_and_variance_1():
    # Klambauer et al. 2017 (arXiv:1706.02515), theorem 1 and its Jacobian entries.
    selu = moments_of(get("selu"))
    assert (selu(1.0).mean, selu(1.0).second) == pytest.approx((0.0, 1.0), abs=1e-14)
    point = LengthMap(get("selu"), 1.0).settles(1.3)
    assert (point.variance, point.slope, point.stability) == (
        pytest.approx(1, abs=1e-9),
        pytest.approx(0.78264788, abs=1e-8),
        "stable",
    )
    step = 1e-5
    assert (selu(1 + step).mean - selu(1 - step).mean) / (2 * step) == pytest.approx(0.08883476, abs=1e-7)


def test_a_kept_length_is_not_yet_a_kept_gradient():
    # sin² + cos² = 1 over x and −x: sinsig has E f² = q/2 at every q, as relu has, but not E f′² = 1/2.
    moments = moments_of(get("sinsig"))
    for variance in (1e-3, 1.0, 1e3):
        assert moments(variance).second / variance == pytest.approx(0.5, rel=1e-13)
    assert moments(1.0).slope > 0.52
    assert criticality(get("sinsig")).universality_class == "none"


def test_critical_points_in_the_strict_sense():
    # Roberts, Yaida & Hanin 2021 (arXiv:2106.10165), chapter 5.
    relu = criticality(get("relu"))
    assert relu.universality_class == "scale_invariant"
    assert (relu.strict.sigma_w, relu.strict.sigma_b) == pytest.approx((math.sqrt(2), 0), abs=1e-12)
    slope = 0.2
    leaky = criticality(get(f"leaky_relu:negative_slope={slope}")).strict
    assert leaky.sigma_w == pytest.approx(math.sqrt(2 / (1 + slope**2)), abs=1e-12)
    for name in ("tanh", "sine"):
        found = criticality(get(name))
        assert found.universality_class == "k_star_zero"
        assert (found.strict.sigma_w, found.strict.sigma_b, found.strict.q_star) == pytest.approx(
            (1, 0, 0), abs=1e-12
        )
    for name in ("sigmoid", "softplus"):
        assert criticality(get(name)).universality_class == "none"
        assert criticality(get(name)).strict is None


def test_gelu_is_half_stable_at_a_closed_form():
    # Roberts, Yaida & Hanin 2021, section 5.3.4; K* = (3 + √17)/2.
    found = criticality(get("gelu"))
    assert found.universality_class == "half_stable"
    assert found.strict.q_star == pytest.approx((3 + math.sqrt(17)) / 2, abs=1e-8)
    assert found.strict.sigma_w**2 == pytest.approx(1.983058257, abs=1e-8)
    assert found.strict.sigma_b**2 == pytest.approx(0.172922391, abs=1e-8)
    points = LengthMap(get("gelu"), found.strict.sigma_w, found.strict.sigma_b).fixed_points()
    assert [point.stability for point in points] == ["stable", "half_stable"]


def test_silu_bias_is_ten_times_what_circulates():
    # C_W = 1.98800468 stands in public code beside C_b = 0.055514317; recomputed, C_b is 0.55514317.
    strict = criticality(get("silu")).strict
    assert strict.sigma_w**2 == pytest.approx(1.98800468, abs=1e-8)
    assert strict.sigma_b**2 == pytest.approx(0.55514317, abs=1e-7)
    with_misprint = LengthMap(get("silu"), math.sqrt(1.98800468), math.sqrt(0.055514317)).settles(1.0)
    assert with_misprint.variance < 1


def test_edge_of_chaos_of_tanh():
    # Schoenholz et al. 2017 (arXiv:1611.01232): σ_w² = 1.76 at σ_b² = 0.05.
    (point,) = edge_of_chaos(get("tanh"), math.sqrt(0.05))
    assert point.sigma_w**2 == pytest.approx(1.760954640, abs=1e-8)
    # The curve of Hayou et al. 2019 (arXiv:1902.06853), at σ_b = 0.2.
    (point,) = edge_of_chaos(get("tanh"), 0.2)
    assert point.sigma_w == pytest.approx(1.304145840, abs=1e-8)
    assert point.stable
    assert describe(get("tanh"), point.sigma_w, 0.2).phase == "critical"


def test_depth_scales_of_tanh_in_the_ordered_phase():
    # Schoenholz et al. 2017 (arXiv:1611.01232), the setting of its figures.
    found = describe(get("tanh"), math.sqrt(1.7), math.sqrt(0.05))
    assert found.phase == "ordered"
    assert found.chi_1 == pytest.approx(0.98674081, rel=1e-8)
    assert found.depth_scale_correlation == pytest.approx(74.918, rel=1e-5)
    assert found.depth_scale_gradient == found.depth_scale_correlation
    assert found.depth_scale_length == pytest.approx(1.5583, rel=5e-5)
    assert found.correlation == 1.0


def test_tanh_with_torch_gain_explodes():
    found = describe(get("tanh"), 5 / 3, 0.0)
    assert math.sqrt(moments_of(get("tanh"))(found.q_star).second) == pytest.approx(0.651347, abs=1e-6)
    assert found.chi_1 == pytest.approx(1.209831, abs=1e-6)
    assert found.phase == "chaotic"


def test_sigmoid_without_gain_vanishes():
    found = describe(get("sigmoid"), 1.0, 0.0)
    assert found.q_star == pytest.approx(0.264686875, abs=1e-8)
    assert found.chi_1 == pytest.approx(0.055720707, abs=1e-8)
    assert found.factor_per_layer == pytest.approx(math.sqrt(0.055720707), abs=1e-8)
    assert found.phase == "ordered"


@pytest.mark.parametrize(("name", "ratio"), [("sigmoid", 4.0e-32), ("tanh", 0.120), ("relu", 3.0e-8)])
def test_gradient_after_50_layers_from_unit_variance(name, ratio):
    line = gradient_line(get(name), 51, 1.0, 0.0, 1.0)
    assert 10 ** line[0] == pytest.approx(ratio, rel=0.01)


def test_torch_default_relu_loses_five_sixths_a_layer():
    # torch.nn.Linear: uniform weights of variance 1/(3 fan_in), so that χ = 1/3 · 1/2.
    line = gradient_line(get("relu"), 11, math.sqrt(1 / 3), 0.0, 1.0)
    assert 10 ** (2 * line[0]) == pytest.approx(6.0**-10, rel=1e-12)
