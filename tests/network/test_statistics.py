"""Statistics of layers: known answers by hand, and the same at every magnitude."""

import math

import numpy as np
import pytest

from actcli.network import statistics

# trials × batch × units: two samples of four units, and the same with zeros.
FULL = np.array([[[1.0, 2.0, 3.0, -2.0], [-1.0, -1.0, 5.0, 1.0]]])
SPARSE = np.array([[[0.0, 2.0, 3.0, -2.0], [0.0, 0.0, 0.0, 0.0]]])


def moments(x):
    return statistics.moments(x, statistics.magnitude(x))


@pytest.mark.parametrize("scale", [1e-300, 1e-80, 1e-30, 1.0, 1e30, 1e80, 1e300])
def test_moments_are_those_of_the_numbers_at_every_magnitude(scale):
    mean, std, kurtosis = moments(FULL * scale)
    centred = FULL.ravel() - 1.0
    assert mean / scale == pytest.approx(1.0, rel=1e-14)
    assert std / scale == pytest.approx(math.sqrt((centred**2).mean()), rel=1e-14)
    assert kurtosis == pytest.approx((centred**4).mean() / (centred**2).mean() ** 2, rel=1e-14)


def test_what_does_not_vary_has_no_kurtosis():
    mean, std, kurtosis = moments(np.full((1, 2, 4), 3.0))
    assert (mean, std) == (3.0, 0.0)
    assert np.isnan(kurtosis)


def test_no_kurtosis_is_below_1_by_rounding():
    values = [np.where(np.arange(40) % 2, 1 + k / 7, -k / 11)[None, None] for k in range(1, 60)]
    assert all(moments(x)[2] >= 1 for x in values)


def test_signs_agree_as_the_majority_of_what_is_not_zero():
    assert statistics.sign_agreement(FULL) == pytest.approx((3 / 4 + 1 / 2) / 2)
    assert statistics.sign_agreement(SPARSE) == pytest.approx(2 / 3)
    assert np.isnan(statistics.sign_agreement(np.zeros((1, 2, 4))))


def test_units_are_dead_where_no_sample_has_a_slope():
    assert statistics.dead_fraction(FULL) == 0
    assert statistics.dead_fraction(SPARSE) == 1 / 4
    assert statistics.dead_fraction(np.zeros((1, 2, 4))) == 1


def test_entries_are_saturated_below_a_hundredth_of_the_largest_slope():
    assert statistics.saturated_fraction(SPARSE, 99.0) == 5 / 8
    assert statistics.saturated_fraction(FULL, 101.0) == 3 / 8 + 1 / 8
    assert np.isnan(statistics.saturated_fraction(FULL, math.inf))


def test_correlations_are_the_mean_cosine_of_pairs():
    x = np.array([[[1.0, 0.0], [0.0, 2.0], [3.0, 3.0]]])
    assert statistics.correlation(x) == pytest.approx((0 + 2 / math.sqrt(2)) / 3, rel=1e-14)
    assert np.isnan(statistics.correlation(x[:, :1]))
    for scale in (1e-300, 1e-160, 1e160, 1e300):
        assert statistics.correlation(scale * x) == pytest.approx(2**0.5 / 3, rel=1e-14)
    for single in (1e-30, 1e30):
        assert statistics.correlation((single * x).astype(np.float32)) == pytest.approx(2**0.5 / 3, rel=1e-6)
    with np.errstate(invalid="ignore", divide="ignore"):
        assert np.isnan(statistics.correlation(np.array([[[1.0, 2.0], [0.0, 0.0]]])))


def test_samples_that_agree_have_a_cosine_of_1_and_no_more():
    x = np.random.default_rng(0).standard_normal((50, 1, 1_000)).astype(np.float32)
    cosines = statistics.correlation(np.concatenate([x, x], axis=1))
    assert (cosines <= 1).all() and (cosines > 1 - 1e-5).all()


@pytest.mark.parametrize("scale", [5e-324, 1e-300, 1e-30, 1.0, 1e30, 1e300])
def test_magnitudes_are_root_mean_squares_without_underflow_or_overflow(scale):
    with np.errstate(all="ignore"):
        assert statistics.magnitude(np.full((1, 2, 4), scale)) == pytest.approx(scale, rel=1e-14)


@pytest.mark.parametrize("wrong", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_has_no_magnitude(wrong):
    x = FULL.copy()
    x[0, 1, 2] = wrong
    with np.errstate(all="ignore"):
        assert np.isnan(statistics.magnitude(x))


def test_trials_are_counted_apart():
    both = np.concatenate([FULL, SPARSE])
    for function in (statistics.sign_agreement, statistics.dead_fraction, statistics.magnitude):
        apart = [float(function(x)[0]) for x in (FULL, SPARSE)]
        assert function(both).tolist() == pytest.approx(apart)
