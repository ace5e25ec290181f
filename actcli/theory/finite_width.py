"""How far gradients of networks of finite width wander from the line of infinite width."""

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from actcli.theory.moments import Moments
from actcli.theory.quadrature import Array


class Wandering(NamedTuple):
    """What one layer of n units adds, times n, to the variance of logarithms; nan where it is not known.

    slopes: relative variance of a unit's φ′² g². outputs: variance of φ². both: their covariance, relative
    in φ′² g². steepness: d ln E φ′²/dq. growth: dE φ²/dq. weight_variance: σ_w² on the way to the next layer.
    """

    slopes: float
    outputs: float
    both: float
    steepness: float
    growth: float
    weight_variance: float


def wandering(moments: Moments, weight_variance: float, orthogonal: float | None = None) -> Wandering:
    """Return how the units of a layer wander, with Gaussian weights, or with orthogonal square ones.

    `orthogonal` is the share of the variance that the weights give, the biases the rest. Such weights keep
    lengths: Σ g² and Σ (W x)² are fixed, so that what varies with them is left out.
    """
    if not moments.slope > 0:
        return Wandering(*[math.nan] * 6)
    steepness = moments.slope_growth / moments.slope
    slopes = 3 * moments.slope_fourth / moments.slope / moments.slope - 1
    outputs = moments.fourth - moments.second * moments.second
    both = moments.mixed / moments.slope - moments.second
    if orthogonal is not None:
        # Cov(f(z), u²) = 2 v dE f/dv for u = W x/√v of variance v, and Var u² = 2.
        # Products of floats overflow to inf, where powers would raise.
        variance = orthogonal * moments.variance
        of_slope, of_length = variance * steepness, variance * moments.growth
        slopes -= 2 + 2 * of_slope * of_slope
        outputs -= 2 * of_length * of_length
        both -= 2 * of_slope * of_length
    return Wandering(slopes, outputs, both, steepness, moments.growth, weight_variance)


def log_variances(layers: Array, widths: Sequence[int], first: float) -> tuple[float, ...]:
    """Return the variance of ln |∂L/∂z_l|² − ln |∂L/∂z_L|² for l = 1 … L; nan where it is not known.

    `layers`: a row of Wandering for each of the layers 1 … L − 1, of `widths` n_l units; `first`: the
    variance of the first layer's q. To first order in Σ 1/n. |∂L/∂z_l|² is a sum over units of φ′(z)² g²
    with independent normal g, of relative variance (3 E φ′⁴/(E φ′²)² − 1)/n_l: 5/n_l for relu, as Hanin &
    Nica 2018 (arXiv:1812.05994) prove, with a log-normal law. Where χ depends on the length, the length's own
    fluctuations (E φ⁴ − (E φ²)²)/n_l, passed on by χ_∥, add to it and are correlated with it. ln(1 + v/n) in
    place of v/n for the slopes' own part gives relu its exact mean square at any n.
    """
    lengths = list(_length_variances(layers, widths, first))
    line, own, response = [0.0], 0.0, 0.0
    for row, width, length in zip(reversed(layers), reversed(widths), reversed(lengths), strict=True):
        slopes, outputs, both, steepness, growth, weight_variance = row.tolist()
        outer = weight_variance * response
        # Where every unit has the same slope, rounding leaves a trace below 0 under orthogonal weights.
        own += math.log1p(max(slopes, 0.0) / width) if slopes == slopes else math.nan
        own += (outer * outer * outputs + 2 * outer * both) / width
        response = steepness + outer * growth
        line.append(own + response * response * length)
    return tuple(reversed(line))


def _length_variances(layers: Array, widths: Sequence[int], first: float) -> Iterator[float]:
    """Yield the variance of each layer's q."""
    length = first
    for row, width in zip(layers, widths, strict=True):
        yield length
        layer = Wandering(*row.tolist())
        outputs = layer.growth * layer.growth * length + layer.outputs / width
        length = layer.weight_variance * layer.weight_variance * outputs
