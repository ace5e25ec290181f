"""Signals that die out faster than by a factor a layer: lengths and slopes on where no float64 holds them."""

import math

import numpy as np

from actcli.activation import Activation, Array, VectorActivation
from actcli.diagnosis.stages import Stage
from actcli.network.column import Column
from actcli.network.network import Network
from actcli.theory.gradient import TINY, log_slopes
from actcli.theory.groups import GroupLine, group_line
from actcli.theory.moments import moments_of


def dying(
    network: Network, activation: Activation, degree: float, before: Stage, index: int
) -> tuple[Array, list[float]]:
    """Return ln of what the layers from this index on carry and weight (see Stage), of which q < TINY.

    before: the last layer that is not tiny.
    """
    fans = [network.fan(layer) for layer in range(index + 1, network.depth + 1)]
    gains = [2 * math.log(network.initialiser.weight_gain(*fan)) for fan in fans]
    entering = gains[0] + math.log(before.moments.second)
    here = moments_of(activation)(TINY)
    slopes = log_slopes(degree, entering, [*gains[1:], 0.0], here.second, here.slope)
    ratios = (math.log(outputs / inputs) for inputs, outputs in fans)
    return slopes, [gain + ratio for gain, ratio in zip(gains, ratios, strict=True)]


def dying_line(activation: VectorActivation, degree: float, sigma_w: float, found: GroupLine) -> Column:
    """Return log10 of the gradient as `found` has it, gone on with where lengths are tiny."""
    line = Column(found.log10_gradient).numbers
    start = next((layer for layer, q in enumerate(found.variances) if q < TINY), len(line))
    if start == len(line):
        return Column(line)
    here = group_line(activation, 2, 1.0, 0.0, TINY)
    slope = 100.0 ** (here.log10_gradient[0] or 0.0)
    gains = [2 * math.log(sigma_w)] * (len(line) - start)
    slopes = log_slopes(degree, math.log(found.variances[start]), gains, here.variances[1], slope)
    steps = line[:-1] - line[1:]
    steps[start:] = (slopes + gains)[:-1] / (2 * math.log(10))
    return Column(np.append(np.cumsum(steps[::-1])[::-1], 0.0))
