"""Gauss–Legendre panels, and a mesh of the real line on which given functions are resolved."""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from actcli.numerics.floats import distinct

Array = NDArray[np.float64]
Integrands = Callable[[Array], tuple[Array, ...]]

# The positive half of the 16-point rule on [−1, 1]. numpy.polynomial would cost 3 to 7 ms of start-up.
_HALF_NODES = (
    0.095012509837637440185, 0.28160355077925891323, 0.45801677765722738634, 0.61787624440264374845,
    0.7554044083550030339, 0.86563120238783174388, 0.94457502307323257608, 0.9894009349916499326,
)  # fmt: skip
_HALF_WEIGHTS = (
    0.18945061045506849629, 0.18260341504492358887, 0.16915651939500253819, 0.14959598881657673208,
    0.12462897125553387205, 0.09515851168249278481, 0.062253523938647892863, 0.027152459411754094852,
)  # fmt: skip
NODES: Array = np.array([*(-node for node in reversed(_HALF_NODES)), *_HALF_NODES])
WEIGHTS: Array = np.array([*reversed(_HALF_WEIGHTS), *_HALF_WEIGHTS])

# The rule on both halves of a panel, as one 32-point rule: what a bisection would give.
_SPLIT_NODES = np.concatenate([(NODES - 1) / 2, (NODES + 1) / 2])
_SPLIT_WEIGHTS = np.concatenate([WEIGHTS, WEIGHTS]) / 2
# A panel must integrate well under any density that falls by up to e⁶ across it, either way: at 3 standard
# deviations that is what a Gaussian does over a panel of 1.5; further out its weight no longer matters.
_TILT = 3.0
_WHOLE_TESTS = WEIGHTS * np.exp(np.outer([_TILT, -_TILT], NODES) - _TILT)
_SPLIT_TESTS = _SPLIT_WEIGHTS * np.exp(np.outer([_TILT, -_TILT], _SPLIT_NODES) - _TILT)

_TOLERANCE = 4e-15
# From r to r (1 + 1/16) a Gaussian falls by e⁻⁵ where r is as far out as 9 of its standard deviations.
_BEYOND = 1 / 16
_LEFT_BEYOND = math.exp(-(((1 + _BEYOND) * 9) ** 2 - 9**2) / 2)
# What may stay unsettled without being called a gap: rounding noise of a formula that loses digits.
_NOISE = 1e-10
_MOST_PANELS = 8_192
# OpenBLAS starts its threads for dot products longer than 10,000.
_SERIAL = 8192
_MOST_ROUNDS = 60
_FIRST_SCALE = 0.25
# Where a scale point per octave stops: no float64 function has structure that only shows this far out.
_LAST_SCALE = 2.0**40


def points_and_weights(edges: Array) -> tuple[Array, Array]:
    """Return the abscissae and weights of the 16-point rule on every panel between ascending edges.

    `edges` may have leading axes, each row its own panels; the result has shape (..., 16 × panels).
    """
    low, high = edges[..., :-1], edges[..., 1:]
    half, centre = (high - low) / 2, (high + low) / 2
    points = centre[..., None] + half[..., None] * NODES
    weights = half[..., None] * WEIGHTS
    shape = (*edges.shape[:-1], -1)
    return points.reshape(shape), weights.reshape(shape)


def weighted_sum(weights: Array, values: Array) -> float:
    """Return Σ w g.

    Long dot products are not left to BLAS, whose threads make them up to 30 times slower on a busy machine.
    """
    return float(weights @ values) if len(weights) <= _SERIAL else float(np.add.reduce(weights * values))


class Mesh:
    """Panels of the real line on which given integrands are resolved to 4e-15 of what lies further in.

    `integrands` maps an array to a tuple of arrays. Panels start at the breakpoints and at the scale points
    0, ±1/4, ±1/2, ±1, … and are bisected until 16 nodes and 2 × 16 nodes agree, so that narrow features,
    oscillations, and kinks that nobody declared are found. What no bisection settles (a divergence, an
    oscillation without end, an overflow) is kept in `gaps`: distance from 0, error of each integrand, width.
    """

    def __init__(self, integrands: Integrands, breakpoints: tuple[float, ...] = ()) -> None:
        self._integrands = integrands
        self._breakpoints = np.array(sorted(breakpoints), dtype=np.float64)
        self._panels = np.empty((0, 2))
        self._masses: Array | None = None
        self._edges = np.empty(0)
        self.radius = 0.0
        self.gaps: list[tuple[float, Array, float]] = []
        self._distances, self._gap_errors = np.empty(0), np.empty((0, 1))

    def edges(self, radius: float) -> Array:
        """Return the ascending edges strictly inside (−radius, radius), refining the mesh that far first."""
        self._cover(radius)
        low, high = np.searchsorted(self._edges, [-radius, radius], side="right")
        inside = self._edges[low:high]
        return inside[:-1] if len(inside) and inside[-1] == radius else inside

    def gap_errors(self, integrands: int) -> tuple[Array, Array]:
        """Return how far out every gap begins, and the error of each integrand in it, a row a gap."""
        if len(self._distances) != len(self.gaps):
            self._distances = np.array([gap[0] for gap in self.gaps])
            self._gap_errors = np.array([np.broadcast_to(gap[1], integrands) for gap in self.gaps])
        return self._distances, self._gap_errors

    def _cover(self, radius: float) -> None:
        if radius <= self.radius:
            return
        # A power of two, so that a slowly moving radius does not add slivers.
        radius = max(1.0, 2.0 ** math.ceil(math.log2(radius)))
        if len(self._panels) < _MOST_PANELS:
            self._refine(self._new_panels(radius))
            self._edges = distinct(self._panels)
        elif not any(gap[0] == self.radius for gap in self.gaps):
            # The panels ran out: everything further out is one gap.
            self.gaps.append((self.radius, np.array([np.inf]), math.inf))
        self.radius = radius

    def _new_panels(self, radius: float) -> Array:
        scales = 2.0 ** np.arange(math.log2(_FIRST_SCALE), math.log2(min(radius, _LAST_SCALE)) + 1)
        ends = [0.0, -radius, radius, -self.radius, self.radius]
        marks = np.concatenate([-scales, scales, self._breakpoints, ends])
        marks = distinct(marks[np.abs(marks) <= radius])
        panels = np.stack([marks[:-1], marks[1:]], axis=1)
        fresh: Array = panels[np.abs(panels).max(axis=1) > self.radius]
        return fresh

    def _refine(self, panels: Array) -> None:
        for _ in range(_MOST_ROUNDS):
            error, mass = self._errors(panels)
            inside = self._mass_inside(panels, mass)
            unsettled = (error > _TOLERANCE * inside).any(axis=1) & np.isfinite(error).all(axis=1)
            if len(self._panels) + 2 * len(panels) > _MOST_PANELS:
                unsettled = np.zeros_like(unsettled)
            settled = ~unsettled
            self._settle(panels[settled], mass[settled], error[settled], inside[settled])
            panels, error, mass, inside = (a[~settled] for a in (panels, error, mass, inside))
            if not len(panels):
                return
            halves = np.stack([panels[:, 0], panels.mean(axis=1), panels[:, 1]], axis=1)
            last = (panels, mass, error, inside)
            panels = np.concatenate([halves[:, :2], halves[:, 1:]])
        self._settle(*last)

    def _settle(self, panels: Array, mass: Array, error: Array, inside: Array) -> None:
        self._panels = np.concatenate([self._panels, panels])
        mass = np.nan_to_num(mass, nan=0.0, posinf=0.0)
        self._masses = mass if self._masses is None else np.concatenate([self._masses, mass])
        wrong = ~(error <= _NOISE * inside)
        for k in np.flatnonzero(wrong.any(axis=1)):
            errors = np.where(wrong[k], np.nan_to_num(error[k], nan=np.inf), 0.0)
            self.gaps.append((float(np.abs(panels[k]).min()), errors, float(np.ptp(panels[k]))))

    def _errors(self, panels: Array) -> tuple[Array, Array]:
        """Return, for each panel and integrand, what a bisection would change, and the integral of |g|."""
        half = (panels[:, 1] - panels[:, 0]) / 2
        centre = panels.mean(axis=1)
        nodes = np.concatenate([NODES, _SPLIT_NODES])
        points = centre[:, None] + half[:, None] * nodes
        with np.errstate(all="ignore"):
            values = np.stack(self._integrands(points), axis=1) * half[:, None, None]
            whole, split = values[..., : len(NODES)], values[..., len(NODES) :]
            error = np.abs(whole @ _WHOLE_TESTS.T - split @ _SPLIT_TESTS.T).max(axis=-1)
            return error, np.abs(split) @ _SPLIT_WEIGHTS

    def _mass_inside(self, panels: Array, mass: Array) -> Array:
        """Return the integral of each |g| over all panels that lie no further out than each panel.

        The Gaussian falls outwards, so an error that is small beside this is small in every expectation. What
        lies a little further out counts with what the Gaussian leaves of it: the far foot of a peak need not
        be resolved beside itself.
        """
        mass = np.nan_to_num(mass, nan=0.0, posinf=0.0)
        everything = mass if self._masses is None else np.concatenate([self._masses, mass])
        reach = np.abs(np.concatenate([self._panels, panels])).max(axis=1)
        order = np.argsort(reach, kind="stable")
        running, ends = np.cumsum(everything[order], axis=0), np.abs(panels).max(axis=1)
        here, beyond = (
            running[np.searchsorted(reach[order], factor * ends, side="right") - 1]
            for factor in (1.0, 1 + _BEYOND)
        )
        inside: Array = np.maximum(here, _LEFT_BEYOND * beyond)
        return inside
