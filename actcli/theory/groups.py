"""Units of several inputs or outputs at infinite width: maxout, gated linear units, concatenated pairs."""

import math
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from actcli.activation import VectorActivation
from actcli.numerics import normal_cdf
from actcli.theory.critical import EdgePoint
from actcli.theory.expectation import expect
from actcli.theory.interpolation import OctaveTable
from actcli.theory.length import TABULATED_FROM
from actcli.theory.meanfield import MeanField, depth_scale, nothing, phase_of
from actcli.theory.moments import LARGEST_VARIANCE, SMALLEST_VARIANCE
from actcli.theory.quadrature import Array

GroupFunction = Callable[[float], tuple[float, float]]

# A length that has not settled after so many layers is not said to settle.
_PATIENCE = 500
# What rounding leaves of a length that stands still, relatively.
_STILL = 1e-12
# The share of q over which E y² is differenced.
_NEARBY = 1e-4


class GroupLine(NamedTuple):
    """log10_gradient: log10 rms of ∂L/∂z_l over that of the last layer, layers 1 to depth, or None.

    variances: of the pre-activations. reason: why there is no line.
    """

    log10_gradient: tuple[float | None, ...]
    variances: tuple[float, ...]
    reason: str = ""


def group_line(
    activation: VectorActivation, depth: int, sigma_w: float, sigma_b: float, first_variance: float
) -> GroupLine:
    """Return lengths and gradients of layers whose units turn k pre-activations into m outputs.

    For independent pre-activations of variance q: q_{l+1} = σ_w² E y² + σ_b², and the mean square of the
    gradient changes by χ = (σ_w²/m) E‖J‖², J = ∂y/∂z of one unit. That is σ_w² for maxout, and
    σ_w² (E g² + q E g′²) for a gated unit y = a g(b). There is no line for what couples a layer (softmax).
    """
    moments = _group_moments(activation)
    if moments is None:
        return GroupLine((None,) * depth, (), _coupled(activation))
    table = OctaveTable(lambda q: (np.array(moments(q)), np.array(moments(q))))
    lengths, factors = [first_variance], []
    for layer in range(1, depth):
        variance = _within(lengths[-1])
        tabulated = layer > TABULATED_FROM and SMALLEST_VARIANCE < variance < LARGEST_VARIANCE
        second, slope = table(variance).tolist() if tabulated else moments(variance)
        factors.append(sigma_w**2 * slope)
        lengths.append(sigma_w**2 * second + sigma_b**2)
    line: list[float | None] = [0.0]
    for factor, length in zip(reversed(factors), reversed(lengths[:-1]), strict=True):
        known = 0 < factor < math.inf and length < LARGEST_VARIANCE and line[-1] is not None
        line.append((line[-1] or 0.0) + 0.5 * math.log10(factor) if known else None)
    return GroupLine(tuple(reversed(line)), tuple(lengths))


def describe_groups(
    activation: VectorActivation, sigma_w: float, sigma_b: float, first_variance: float
) -> MeanField:
    """Return fixed point, χ₁ and phase for units of several inputs or outputs; see `group_line`."""
    moments = _group_moments(activation)
    if moments is None:
        return nothing(_coupled(activation))
    variance = _settled(moments, sigma_w**2, sigma_b**2, first_variance)
    if variance is None:
        return nothing(f"the length does not settle within {_PATIENCE} layers")
    chi_1 = sigma_w**2 * moments(_within(variance))[1]
    grows = not variance < LARGEST_VARIANCE
    if grows and not math.isclose(chi_1, sigma_w**2 * moments(LARGEST_VARIANCE / 1e20)[1]):
        return nothing("the length grows without bound, and so does the slope")
    if variance == 0 and chi_1 < 1e-100:
        chi_1 = 0.0
    return MeanField(
        None if grows else variance, chi_1, math.sqrt(chi_1), phase_of(chi_1), depth_scale(chi_1), None, None,
        reason="depth scales of lengths and correlations are not worked out for units of several inputs or "
        "outputs" + ("; the length grows without bound" if grows else ""),
    )  # fmt: skip


def critical_groups(activation: VectorActivation) -> EdgePoint | None:
    """Return the point with χ = 1 at a length that attracts and with the smallest σ_b, at q* ≥ 1/16.

    As for elementwise activations σ_w² = m/E‖J‖² and σ_b² = q* − σ_w² E y². At every length for crelu
    (σ_w² = 2) and maxout of two (σ_w = 1). A length attracts here if it does from its half to its double:
    those of swiglu and its like, whose y grows as z², do so from below at most, and finite width drives
    them off. None for these.
    """
    moments = _group_moments(activation)
    if moments is None:
        return None
    square, slope = moments(1.0)
    if _scale_free(moments):
        held = math.isclose(square, slope, rel_tol=_STILL)
        return EdgePoint(1 / math.sqrt(slope), 0.0, 1.0, 1.0, True, universal=True) if held else None
    points = (_edge_point(moments, 2.0 ** (half / 2)) for half in range(-8, 17))
    stable = (point for point in points if point is not None and point.stable)
    return min(stable, key=lambda point: point.sigma_b, default=None)


def _edge_point(moments: GroupFunction, variance: float) -> EdgePoint | None:
    second, slope = moments(variance)
    bias = variance - second / slope
    if not bias >= 0:
        return None
    low, high = variance * (1 - _NEARBY), variance * (1 + _NEARBY)
    growth = (moments(high)[0] - moments(low)[0]) / (high - low)
    above, below = (moments(factor * variance)[0] / slope + bias for factor in (2, 0.5))
    attracts = above < 2 * variance and below > 0.5 * variance
    return EdgePoint(1 / math.sqrt(slope), math.sqrt(bias), variance, growth / slope, attracts)


def _scale_free(moments: GroupFunction) -> bool:
    """Whether every length is multiplied by the same factor."""
    square = moments(1.0)[0]
    return all(math.isclose(moments(q)[0], q * square, rel_tol=1e-13) for q in (1e-9, 1e9))


def _settled(
    moments: GroupFunction, weight_variance: float, bias_variance: float, variance: float
) -> float | None:
    """Return the length that iterating leads to, 0 and inf included; None where it takes too long."""
    square = moments(1.0)[0]
    if (
        _scale_free(moments)
        and bias_variance == 0
        and not math.isclose(weight_variance * square, 1, rel_tol=_STILL)
    ):
        # Every layer multiplies the length by the same factor.
        return 0.0 if weight_variance * square < 1 else math.inf
    for _ in range(_PATIENCE):
        following = weight_variance * moments(_within(variance))[0] + bias_variance
        if abs(following - variance) <= _STILL * variance:
            return following
        if not SMALLEST_VARIANCE < following < LARGEST_VARIANCE:
            return 0.0 if following <= SMALLEST_VARIANCE else math.inf
        variance = following
    return None


def _within(variance: float) -> float:
    return min(max(variance, SMALLEST_VARIANCE), LARGEST_VARIANCE)


def _coupled(activation: VectorActivation) -> str:
    return f"{activation.name} couples all units of a layer, so that they are never independent"


@lru_cache(maxsize=64)
def _group_moments(activation: VectorActivation) -> GroupFunction | None:
    """Return q ↦ (E y², E‖J‖²/m), or None for what is neither maxout, gated, nor a bunch of functions."""
    taken, given = activation.group
    if taken == 1 and _separable(activation, given):
        return lru_cache(maxsize=4096)(lambda q: _bunch(activation, given, q))
    if given != 1 or taken < 2:
        return None
    trial = np.random.default_rng(0).standard_normal((64, taken))
    if np.array_equal(activation.forward(trial)[:, 0], trial.max(axis=1)):
        square = expect(lambda z: taken * z * z * normal_cdf(z) ** (taken - 1), 1.0)
        return lambda q: (q * square, 1.0)
    linear = [k for k in range(taken) if taken == 2 and _is_linear(activation, trial, k)]
    return lru_cache(maxsize=4096)(lambda q: _gated(activation, linear[0], q)) if linear else None


def _separable(activation: VectorActivation, given: int) -> bool:
    """Whether each input alone decides its outputs: a change of one leaves those of its neighbour alone."""
    z = np.array([[0.3, -0.8], [0.3, 1.7]])
    first = activation.forward(z).reshape(2, given, 2)[:, :, 0]
    return bool(np.array_equal(first[0], first[1]))


def _is_linear(activation: VectorActivation, trial: Array, k: int) -> bool:
    doubled = trial.copy()
    doubled[:, k] *= 2
    return bool(np.allclose(activation.forward(doubled), 2 * activation.forward(trial), rtol=1e-12, atol=0))


def _gated(activation: VectorActivation, linear: int, variance: float) -> tuple[float, float]:
    """Return q E g² and E g² + q E g′² for y = a g(b), g read off at a = 1."""

    def unit(b: Array) -> Array:
        z = np.ones((b.size, 2))
        z[:, 1 - linear] = b.reshape(-1)
        return z

    def gate(b: Array) -> Array:
        return activation.forward(unit(b))[:, 0].reshape(b.shape)

    def slope(b: Array) -> Array:
        ones = np.ones((b.size, 1))
        moved: Array = activation.vjp(unit(b), ones)[:, 1 - linear].reshape(b.shape)
        return moved

    opened = expect(lambda b: gate(b) ** 2, variance, (0.0,))
    moving = expect(lambda b: slope(b) ** 2, variance, (0.0,))
    return variance * opened, opened + variance * moving


def _bunch(activation: VectorActivation, given: int, variance: float) -> tuple[float, float]:
    """Return the means over the outputs of E f_j² and E f_j′², for y = (f_1(z), f_2(z), …)."""

    def square(x: Array) -> Array:
        y = activation.forward(x.reshape(-1, 1))
        means: Array = (y * y).mean(axis=1).reshape(x.shape)
        return means

    def slope_square(x: Array) -> Array:
        z = x.reshape(-1, 1)
        total = np.zeros(x.size)
        for j in range(given):
            g = np.zeros((x.size, given))
            g[:, j] = 1.0
            total += activation.vjp(z, g)[:, 0] ** 2
        return (total / given).reshape(x.shape)

    return expect(square, variance, (0.0,)), expect(slope_square, variance, (0.0,))
