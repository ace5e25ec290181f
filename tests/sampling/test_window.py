"""Which part of an activation is shown when nobody says, and from where on it is saturated."""

import math

import numpy as np
import pytest

from actcli import registry
from actcli.sampling.window import saturation_edges, window

NAMES = registry.names()


@pytest.mark.parametrize("name", NAMES)
def test_saturated_strips_are_saturated_out_to_infinity_and_reach_as_far_as_they_can(name):
    section = registry.get(name).section
    low, high = window(section)
    bound = section.slope_bound
    edges = saturation_edges(section, max(abs(low), abs(high)))
    for edge, side in zip(edges, (-1, 1), strict=True):
        if edge is not None:
            beyond = edge + side * np.geomspace(1e-9, 1e4, 400)
            assert (np.abs(section(beyond, order=1)) < 0.01 * bound).all()
            before = edge - side * np.array([1e-6, 1e-3])
            assert (np.abs(section(before, order=1)) >= 0.00999 * bound).any()


@pytest.mark.parametrize(
    ("word", "expected"),
    [("relu", 4), ("sigmoid", 8), ("tanh", 4), ("sine", 2 * math.pi), ("ncu", 1.5), ("floor(x)", 4)],
)
def test_default_ranges_show_what_an_activation_does(word, expected):
    assert window(registry.get(word).section) == pytest.approx((-expected, expected), abs=0.02)


def test_a_fast_oscillation_is_seen_as_one():
    _, high = window(registry.get("sine:omega=300").section)
    assert high == pytest.approx(2 * math.pi / 300, rel=0.02)
