"""Why a gradient survives or not, in words that follow from what was measured, most telling first."""

import math
from collections.abc import Iterator
from typing import Final

import numpy as np

from actcli.activation import Activation
from actcli.diagnosis.prediction import Prediction, first_variance
from actcli.diagnosis.verdict import STABLE_LOG10, Verdict, verdict_of
from actcli.network.column import Column
from actcli.network.measurement import Measurement
from actcli.network.network import Network
from actcli.render.text import power_of_ten
from actcli.theory.moments import SMALLEST_VARIANCE, moments_of

# Shares of the units that are a reason: of all layers, and of layer 1 alone.
_MANY: Final = 0.2
_MOST: Final = 0.8
# log10 of the outputs' spread at which a signal has died out.
_DIED: Final = -3.0
# What a slope near 0 must be below, as a share of that at layer 1.
_LESS: Final = 0.8
# Of what infinite width expects, finite width may take or add this share without a word.
_APART: Final = 0.1
# log10 of what is told apart from a factor of 1.
_THREEFOLD: Final = 0.5


def reasons(
    network: Network,
    measured: Measurement,
    predicted: Prediction,
    verdict: Verdict | None,
    beyond: int | None,
) -> Iterator[str]:
    """Yield why the verdict is what it is; `beyond` is the layer from which on signals underflow, or None."""
    if isinstance(network.activation, Activation):
        yield from _slope_reasons(network, network.activation, verdict, predicted)
    if verdict != "stable":
        yield from _bias_reasons(network)
    yield from _theory_reasons(network, measured, predicted, beyond)
    degree, log10_std = network.degree or 1.0, measured.log10_std[-1]
    if verdict == "vanishing" and degree > 1 and (log10_std is None or log10_std < _DIED):
        yield f"near 0 it is of degree {degree:g}: every layer takes that power of what is left of the signal"
    elif beyond is not None:
        yield f"the outputs shrink until they are below {network.dtype}'s smallest number"
    elif verdict == "vanishing":
        yield from _output_reasons(network, measured)
    elif verdict == "exploding":
        yield from _growth_reasons(network, measured)


def _slope_reasons(
    network: Network, activation: Activation, verdict: Verdict | None, predicted: Prediction
) -> Iterator[str]:
    bound, sigma_w = activation.slope_bound, network.initialiser.sigma_w
    if bound == 0:
        yield "the slope is zero wherever it exists"
    elif verdict == "vanishing" and bound * sigma_w < 1 and network.wiring.plain:
        yield f"the slope is at most {bound:.4g}, and σ_w = {sigma_w:.4g} does not make up for it"
    elif verdict == "exploding" and bound == float("inf"):
        yield "the slope has no bound"
    elif verdict == "exploding" and predicted.log10_gradient[0] is None:
        yield f"the slope reaches {bound:.4g}, times σ_w = {sigma_w:.4g}"


def _bias_reasons(network: Network) -> Iterator[str]:
    """Yield that biases keep the first layer's pre-activations off 0, if by more than half their spread."""
    mean, spread = network.initialiser.bias_mean, first_variance(network) ** 0.5
    if abs(mean) > spread / 2:
        place = f"{mean:.4g} ± {spread:.3g} at layer 1"
        yield f"biases of mean {mean:.4g} move the pre-activations off 0: to {place}"


def _theory_reasons(
    network: Network, measured: Measurement, predicted: Prediction, beyond: int | None
) -> Iterator[str]:
    """Yield what infinite width makes of it, as weights times slopes where there is nothing else."""
    expected, depth = predicted.log10_gradient[0], network.depth
    if expected is None or depth == 1:
        return
    factor, sigma_w = expected / (depth - 1), network.initialiser.sigma_w
    text = f"infinite width predicts ×{power_of_ten(factor)} a layer, {power_of_ten(expected)} in all"
    elementwise = isinstance(network.activation, Activation)
    if elementwise and network.wiring.plain and len(set(network.widths)) == 1:
        slope = power_of_ten(factor - np.log10(sigma_w))
        text += f": σ_w = {sigma_w:.4g} times a slope of {slope} (root mean square)"
    by_widths = _by_widths(network)
    if abs(by_widths) > _THREEFOLD:
        text += f", ×{power_of_ten(by_widths)} of it by the widths alone"
    yield text
    if _outgrown(network, measured, expected):
        yield "the outputs have a mean, which adds up along the skip: what all units share outgrows that line"
        return
    if _near(expected, measured, beyond):
        return
    low, high = predicted.log10_low, predicted.log10_high
    band = "" if low is None or high is None else f": 90 % in {power_of_ten(low)} … {power_of_ten(high)}"
    widths = sorted(set(network.widths))
    width = f"width {widths[0]}" if len(widths) == 1 else f"widths {widths[0]} to {widths[-1]}"
    yield f"the width is finite: {depth} layers of {width} wander off that line{band}"


def _by_widths(network: Network) -> float:
    """Return log10 of what weights multiply the gradient by beyond σ_w, as layers narrow or widen."""
    law, total = network.initialiser, 0.0
    if len(set(network.widths)) == 1 or not network.wiring.plain:
        return 0.0
    for layer in range(2, network.depth + 1):
        inputs, outputs = network.fan(layer)
        total += math.log10(law.weight_gain(inputs, outputs) / law.sigma_w * math.sqrt(outputs / inputs))
    return total


def _outgrown(network: Network, measured: Measurement, expected: float) -> bool:
    """Whether along a skip a gradient gets threefold of what infinite width expects, and outputs have a mean.

    One direction of n then grows faster than the others, and leads from a depth on that grows as ln n.
    """
    ratio, mean, std = measured.log10_gradient[0], measured.mean[-1], measured.std[-1]
    if network.wiring.residual is None or ratio is None or mean is None or std is None:
        return False
    return ratio - expected > _THREEFOLD and abs(mean) > std


def _near(expected: float, measured: Measurement, beyond: int | None) -> bool:
    """Whether what was measured needs no other reason than what infinite width expects of the first layer."""
    ratio, expects_stable = measured.log10_gradient[0], abs(expected) <= STABLE_LOG10
    if expects_stable and verdict_of(measured) != "stable":
        return False
    if ratio is None:
        return measured.dead_from is None or beyond is not None
    return abs(ratio - expected) <= max(STABLE_LOG10, _APART * abs(expected))


def _output_reasons(network: Network, measured: Measurement) -> Iterator[str]:
    """Yield what of the signals makes a gradient vanish, as seen at the last layer."""
    mean, std, log10_std = measured.mean[-1], measured.std[-1], measured.log10_std[-1]
    if std == 0 or log10_std is None:
        yield "the outputs shrink to one value: nothing of the input is left"
    elif log10_std < _DIED and (slope := _slope_near_zero(network)) is not None:
        size = power_of_ten(log10_std)
        yield f"the signal dies out (spread {size} at the last layer): near 0 the slope is only {slope:.3g}"
    elif mean is not None and std is not None and abs(mean) > std and not network.scale_free:
        yield f"the outputs sit at {mean:.2g} with a spread of {std:.2g}, not around zero"
    dead, saturated = (_average(column) for column in (measured.dead_fraction, measured.saturated_fraction))
    # Of the pre-activations of one unit that takes several, maxout passes on through one.
    if dead > _MANY and network.group[0] == 1:
        yield f"{dead:.0%} of the units are dead, on average over the layers: they pass nothing on"
    elif saturated > _MANY:
        yield f"{saturated:.0%} of the units are saturated, on average over the layers"
    elif (first := measured.saturated_fraction[0]) is not None and first > _MOST:
        spread = first_variance(network) ** 0.5
        yield f"{first:.0%} of the units of layer 1 are saturated: its pre-activations spread by {spread:.3g}"


def _slope_near_zero(network: Network) -> float | None:
    """Return the root mean square slope where pre-activations are nearly 0, if it is less by a tenth there.

    None where it is not less, and where biases keep pre-activations away from 0.
    """
    record, law = network.activation, network.initialiser
    if not isinstance(record, Activation) or law.bias_std(1) or law.bias_mean or not network.wiring.plain:
        return None
    near, first = (moments_of(record)(q).slope for q in (SMALLEST_VARIANCE, first_variance(network)))
    return float(near**0.5) if near < _LESS * first else None


def _growth_reasons(network: Network, measured: Measurement) -> Iterator[str]:
    """Yield that the signals grow, where the slope grows with them."""
    sizes = measured.log10_std.numbers
    known = sizes[np.isfinite(sizes)]
    record = network.activation
    if isinstance(record, Activation) and record.slope_bound < float("inf") and measured.overflow is None:
        return
    start = known[:1] if measured.overflow is None else [0.5 * np.log10(first_variance(network))]
    if len(known) and known[-1] > start[0] + 1:
        spread = power_of_ten(float(known[-1]))
        yield f"the outputs grow: their spread is typically {spread} at layer {len(known)}"


def _average(column: Column) -> float:
    known = column.numbers[np.isfinite(column.numbers)]
    return float(known.mean()) if len(known) else 0.0
