"""Every fixed point that is said to be one is one, and none is missed: found again on a plain grid."""

import math
from functools import cache
from itertools import pairwise

import numpy as np
import pytest

from actcli.activation import Activation
from actcli.registry import get, names
from actcli.theory.critical import criticality
from actcli.theory.length import LengthMap
from actcli.theory.meanfield import describe
from actcli.theory.moments import moments_of

ELEMENTWISE = [name for name in names() if isinstance(get(name), Activation)]
# torch, LeCun and Xavier, He, and three with a bias.
SETTINGS = [(1 / math.sqrt(3), 0.036), (1.0, 0.0), (math.sqrt(2), 0.0), (0.75, 0.2), (2.5, 0.05), (6.0, 1.0)]
VARIANCES = 2.0 ** np.linspace(-20, 20, 201)


@cache
def second_moments(name, nodes):
    """E φ² at VARIANCES by a fixed rule in x: dense where activations live, geometric on either side."""
    outwards = np.concatenate(
        [0.125 * 0.5 ** np.arange(1, 20), np.linspace(0.125, 40, 160), 40 * 1.35 ** np.arange(1, 40)]
    )
    edges = np.unique(np.concatenate([-outwards, [0.0], outwards, get(name).breakpoints]))
    points, weights = np.polynomial.legendre.leggauss(nodes)
    half, centre = np.diff(edges)[:, None] / 2, (edges[1:] + edges[:-1])[:, None] / 2
    x, w = (centre + half * points).ravel(), (half * weights).ravel()
    with np.errstate(all="ignore"):
        weighted = w * get(name)(x) ** 2
    known = np.isfinite(weighted)
    density = np.exp(-(x[known] ** 2) / (2 * VARIANCES[:, None])) / np.sqrt(2 * math.pi * VARIANCES)[:, None]
    return density @ weighted[known]


def crossings(name, sigma_w, sigma_b):
    """Intervals of q between which the length map crosses the diagonal for sure, and in which direction."""
    fine, coarse = second_moments(name, 24), second_moments(name, 16)
    excess = (sigma_w**2 * fine + sigma_b**2) / VARIANCES - 1
    with np.errstate(all="ignore"):
        doubt = np.nan_to_num(np.abs(fine / coarse - 1), nan=np.inf)
    clear = np.flatnonzero(np.abs(excess) > 1e-11 + 10 * doubt)
    for before, after in pairwise(clear):
        # A stretch of doubt is no interval.
        if (excess[before] < 0) != (excess[after] < 0) and after - before <= 2:
            yield VARIANCES[before], VARIANCES[after], excess[before] > 0


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_fixed_points_are_those_of_a_plain_scan(name):
    for sigma_w, sigma_b in SETTINGS:
        length_map = LengthMap(get(name), sigma_w, sigma_b)
        found = length_map.fixed_points()
        for low, high, downwards in crossings(name, sigma_w, sigma_b):
            inside = [point for point in found if low <= point.variance <= high]
            assert inside, (name, sigma_w, sigma_b, low, high)
            if len(inside) == 1:
                attracts = downwards and inside[0].slope > -1
                assert inside[0].stability == ("stable" if attracts else "unstable")
        for point in found:
            if point.variance == 0:
                assert length_map(1e-280) < 1e-100
                continue
            assert abs(length_map.excess(point.variance)) <= 1e-11
            if point.stability == "marginal":
                assert max(abs(length_map.excess(q)) for q in (1e-6, 1.0, 1e6)) < 1e-11


@pytest.mark.parametrize(("name", "sigma_w"), [("softplus", math.sqrt(2)), ("squareplus", math.sqrt(2))])
def test_a_length_that_climbs_ever_more_slowly_has_no_fixed_point(name, sigma_w):
    # map(q)/q − 1 falls as q^(−3/2), below rounding from q = 2²⁸ on, and never to 0.
    assert LengthMap(get(name), sigma_w).fixed_points() == ()
    described = describe(get(name), sigma_w, 0.0)
    assert described.q_star is None
    assert described.reason == "the length grows without bound; χ₁ is its limit"
    assert described.chi_1 == pytest.approx(1)


def test_a_drift_below_rounding_is_no_fixed_point():
    # bent_identity at σ_w = 1 repels from 0, though by less than rounding up to 2⁻⁴⁰.
    (point,) = LengthMap(get("bent_identity"), 1.0).fixed_points()
    assert (point.variance, point.stability) == (0.0, "unstable")


@pytest.mark.parametrize("name", ["cosid", "sinc", "sinlu"])
def test_no_root_is_hunted_where_the_moments_are_not_known(name):
    # These oscillate too fast for expectations beyond q = 2²⁴ or so; each there costs ten times as much.
    fresh = get(name).bind()
    criticality(fresh)
    assert len([q for q in moments_of(fresh)._known if q >= 2.0**24]) < 12


@pytest.mark.parametrize("name", ["tanh", "bounded_leaky_relu", "softplus"])
@pytest.mark.parametrize("start", [1e-6, 1e-3, 1.0, 1e6])
def test_a_length_settles_at_one_of_all_fixed_points(name, start):
    for sigma_w, sigma_b in ((1.0, 0.0), (1.2, 0.0), (1.4, 0.3)):
        length_map = LengthMap(get(name), sigma_w, sigma_b)
        found = length_map.settles(start)
        near = [p for p in length_map.fixed_points() if found and abs(p.variance - found.variance) <= 1e-9]
        assert found is None or [p.stability for p in near] == [found.stability]


@pytest.mark.parametrize(("sigma_w", "sigma_b"), [(1.5, 0.3), (30.0, 0.0), (1_000.0, 5.0)])
def test_lengths_whose_squares_overflow_on_the_way_grow_without_bound(sigma_w, sigma_b):
    found = describe(get("x**3 - x"), sigma_w, sigma_b, sigma_w**2 + sigma_b**2)
    assert found.reason == "the length grows without bound, and so does the slope"
