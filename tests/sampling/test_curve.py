"""Samples of a curve: jumps that nobody announced are parted, steep stretches are not."""

import math

import numpy as np
import pytest

from actcli import registry
from actcli.analysis.plot import LIMIT
from actcli.sampling.curve import sample


def test_a_jump_that_no_one_announced_is_found_and_parted():
    def wave(x):
        return np.sign(np.sin(x))

    samples = sample(wave, (), -10, 10, 50)
    lifted = samples.x[np.isnan(samples.y)]
    assert lifted == pytest.approx(np.arange(-3, 4) * math.pi, abs=1e-6)
    assert set(samples.y[np.isfinite(samples.y)]) <= {-1.0, 0.0, 1.0}


def test_a_steep_but_continuous_curve_is_not_parted():
    samples = sample(lambda x: np.tanh(1e5 * x), (), -1, 1, 50)
    assert np.isfinite(samples.y).all()
    assert np.diff(samples.y).max() < 0.2


def test_a_wall_too_steep_to_be_seen_leaves_no_lone_points():
    samples = sample(lambda x: registry.get("silu")(x, order=1), (), -LIMIT, LIMIT, 50)
    (lifted,) = np.flatnonzero(np.isnan(samples.y))
    assert 1 < lifted < len(samples.y) - 2
    assert abs(samples.x[lifted]) < 1e-7 * LIMIT


def test_a_narrow_peak_is_drawn_to_its_top_and_a_pole_is_none():
    steep = registry.get("sigmoid(500*x)")
    peak = sample(lambda x: steep(x, order=1), (), -2, 2, 400)
    assert np.nanmax(peak.y) == pytest.approx(125, rel=1e-3)
    pole = sample(registry.get("1/x"), (0.0,), -4, 4, 400)
    near = np.abs(pole.y[np.abs(pole.x) > 0.1])
    assert np.abs(np.diff(near)).max() < 0.1 * near.max()


def test_what_even_points_step_over_is_drawn_where_it_is_known():
    spike = registry.get("exp(-(1e4*(x - 1.3))**2)")
    assert np.nanmax(sample(spike, (), -4, 4, 400).y) < 0.01
    drawn = sample(spike, (), -4, 4, 400, spike.narrow_points)
    assert np.nanmax(drawn.y) == 1
    assert np.count_nonzero(drawn.y > 0.01) > 50


def test_few_points_that_rise_to_the_last_have_no_peak_beside_it():
    # x**x on [0, 10] grows so fast that the last of 18 points stands alone.
    from actcli.analysis.plot import plot

    chart = plot(registry.get("x**x"), points=20).to_chart()
    assert chart.panels
