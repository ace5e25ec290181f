"""Every record goes through the whole theory: an answer, or None with a reason, in bounded time."""

import math
import time

import pytest

from actcli.activation import Activation
from actcli.registry import get, names
from actcli.theory.critical import criticality
from actcli.theory.gains import averages, gains
from actcli.theory.gradient import gradient_line
from actcli.theory.length import LengthMap
from actcli.theory.meanfield import describe

ELEMENTWISE = [name for name in names() if isinstance(get(name), Activation)]
FORMULAS = [
    "x * tanh(softplus(x))",
    "sin(30*x)",
    "sigmoid(100*(x - 0.2))",
    "exp(x)",
    "log(x)",
    "where(x > 0.3, x, 0)",
    "0*x",
    "sqrt(abs(x))",
]
# Oscillating functions need a thousand panels and 0.5 s; the bound allows for a machine ten times slower.
SECONDS = 5.0


@pytest.mark.parametrize("name", ELEMENTWISE + FORMULAS)
def test_the_theory_answers_or_says_why_not(name):
    activation = get(name)
    start = time.thread_time()
    found = criticality(activation)
    assert found.universality_class in {"scale_invariant", "k_star_zero", "half_stable", "none"}
    assert (found.strict is None) == (found.universality_class == "none")
    assert found.reason or (found.strict and found.reachable)
    for point in filter(None, (found.strict, found.reachable)):
        assert point.sigma_w > 0 and point.sigma_b >= 0 and point.q_star >= 0
        length_map = LengthMap(activation, point.sigma_w, point.sigma_b)
        q = max(point.q_star, 1e-12)
        assert length_map(q) == pytest.approx(q, rel=1e-8)
        assert point.sigma_w**2 * length_map.moments(q).slope == pytest.approx(
            1, rel=1e-4 if point.q_star == 0 else 1e-8
        )
        assert not point.stable or abs(point.chi_parallel) <= 1 + 1e-9
    for sigma_w, sigma_b in ((1.0, 0.0), (2.0, 0.5)):
        described = describe(activation, sigma_w, sigma_b)
        assert described.reason or None not in (described.q_star, described.chi_1, described.phase)
        line = gradient_line(activation, 20, sigma_w, sigma_b, 1.0)
        assert len(line) == 20 and line[-1] == 0.0
        assert all(value is None or math.isfinite(value) for value in line)
    assert all(gain is None or gain > 0 for gain in gains(activation))
    averages(activation)
    assert time.thread_time() - start < SECONDS


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_the_second_moment_lies_within_the_bounds_of_the_range(name):
    activation = get(name)
    facts, found = activation.facts, averages(activation)
    if found.second_moment is None:
        return
    assert found.mean**2 <= found.second_moment * (1 + 1e-12)
    assert found.second_moment <= max(facts.infimum**2, facts.supremum**2) * (1 + 1e-12)
    if found.mean_squared_slope is not None:
        assert found.mean_squared_slope <= activation.slope_bound**2 * (1 + 1e-12)
