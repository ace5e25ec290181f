"""Expectations under a Gaussian: E[g(√q z)] with z ~ N(0, 1), exact to rounding for smooth and kinked g."""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from actcli.theory.quadrature import Array, Mesh, points_and_weights, weighted_sum

# Beyond 9 standard deviations lies 2e-19 of the mass; integrands that grow fast ask for more. At 38 the
# density itself underflows.
REACHES = (9.0, 13.0, 19.0, 27.0, 38.0)
WIDEST_PANEL = 1.5
_TAIL = 1e-17
_GAP = 1e-12


def expect(
    function: Callable[[Array], NDArray[np.float64]], variance: float, breakpoints: tuple[float, ...] = ()
) -> float:
    """Return E[g(√q z)], z ~ N(0, 1), for an elementwise g and a variance q ≥ 0.

    `breakpoints` are where g or its slope is discontinuous, in x; others are searched for. Relative to
    E|g| the result is right to about 1e-14. It is nan where no number can be given: g is not defined
    everywhere, oscillates faster than 8,192 panels resolve, or its expectation diverges.
    """
    if variance == 0:
        return float(function(np.zeros(1))[0])
    mesh = Mesh(lambda x: (function(x),), breakpoints)
    deviation = math.sqrt(variance)
    for reach in REACHES:
        z, weights = gaussian_rule(mesh, deviation, reach)
        with np.errstate(all="ignore"):
            values = np.asarray(function(deviation * z), dtype=np.float64)
            magnitude = np.abs(values)
            if tail_is_negligible(magnitude, weights):
                trusted = resolved(mesh, deviation, reach, np.array([weighted_sum(weights, magnitude)]))[0]
                return weighted_sum(weights, values) if trusted else math.nan
    return math.nan


def gaussian_rule(mesh: Mesh, deviation: float, reach: float) -> tuple[Array, Array]:
    """Return nodes z on [−reach, reach] and weights that hold the density, for functions of deviation · z.

    Panels end at the edges of the mesh and are nowhere wider than 1.5 standard deviations.
    """
    edges = np.concatenate([[-reach], mesh.edges(reach * deviation) / deviation, [reach]])
    z, weights = points_and_weights(subdivided(edges, WIDEST_PANEL))
    return z, weights * density(z)


def density(z: Array) -> Array:
    """Return the density of N(0, 1): exp(−z²/2) / √(2π)."""
    return np.exp(-0.5 * z * z) / math.sqrt(2 * math.pi)


def subdivided(edges: Array, widest: float) -> Array:
    """Return ascending edges with every panel wider than `widest` cut into equal parts."""
    widths = np.diff(edges)
    parts = np.maximum(1, np.ceil(widths / widest)).astype(np.int64)
    first = np.cumsum(parts) - parts
    step = np.arange(parts.sum()) - np.repeat(first, parts)
    cut: Array = np.append(np.repeat(edges[:-1], parts) + step * np.repeat(widths / parts, parts), edges[-1])
    return cut


def tail_is_negligible(integrand: Array, weights: Array) -> bool:
    """Whether what lies outside the outermost nodes is nothing beside the whole, for an integrand ≥ 0.

    The outermost weight of a panel of 16 nodes stands for about 1/37 of it, so that the value there times
    its weight is what a further 0.04 standard deviations would add.
    """
    total = weighted_sum(weights, integrand)
    ends = max(integrand[0] * weights[0], integrand[-1] * weights[-1])
    return bool(ends <= _TAIL * total) or total == 0 or not math.isfinite(total)


def resolved(mesh: Mesh, deviation: float, reach: float, totals: Array) -> list[bool]:
    """Return, for each integrand g of the mesh, whether its gaps are nothing beside E|g| in `totals`."""
    trusted = np.isfinite(totals)
    distances, errors = mesh.gap_errors(len(totals))
    met = distances < reach * deviation
    if met.any():
        with np.errstate(all="ignore"):
            weights = np.exp(-0.5 * (distances[met] / deviation) ** 2) / deviation
            lost = np.where(errors[met] == 0, 0.0, errors[met] * weights[:, None]).max(axis=0)
            trusted &= lost <= _GAP * totals
    return [bool(flag) for flag in trusted]
