"""Which inputs lead to a critical point: followed through the length map, and through networks."""

import math

import pytest

from actcli.activation import Activation
from actcli.registry import get, names
from actcli.theory.basin import leading_input_std
from actcli.theory.critical import chosen_point
from actcli.theory.length import LengthMap
from actcli.theory.meanfield import describe

ELEMENTWISE = [name for name in names() if isinstance(get(name), Activation)]


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_inputs_said_to_lead_to_the_critical_point_do(name):
    point = chosen_point(get(name))
    if point is None or point.universal:
        return
    size = leading_input_std(get(name), point)
    assert size is not None
    length_map = LengthMap(get(name), point.sigma_w, point.sigma_b)
    q = (point.sigma_w * size) ** 2 + point.sigma_b**2
    before = abs(math.log(q / point.q_star)) if point.q_star else q
    for _ in range(200):
        q = length_map(q)
    # Lengths approach a critical point as a power of depth: 200 layers bring them nearer, not there.
    assert (abs(math.log(q / point.q_star)) if point.q_star else q) <= before + 1e-3


@pytest.mark.parametrize("name", ["softshrink", "elish", "hard_elish", "ncu", "gelu"])
def test_unit_inputs_that_go_elsewhere_are_not_said_to_lead_there(name):
    point = chosen_point(get(name))
    assert leading_input_std(get(name), point) != 1
    found = describe(get(name), point.sigma_w, point.sigma_b, point.sigma_w**2 + point.sigma_b**2)
    assert found.q_star is None or abs(found.q_star - point.q_star) > 0.01


@pytest.mark.parametrize("name", ["tanh", "relu", "sigmoid", "selu", "elu"])
def test_unit_inputs_will_do_for_most(name):
    assert leading_input_std(get(name), chosen_point(get(name))) == 1
