"""What theory says of a network: its gradient at infinite width, and how far finite widths wander from it."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from actcli.activation import Activation
from actcli.network.measurement import Column
from actcli.network.network import Network
from actcli.theory.moments import LARGEST_VARIANCE, moments_of

# A normal law holds 90 % within this many standard deviations.
_NINETY = 1.6448536269514722


@dataclass(frozen=True)
class Prediction:
    """log10_gradient: the line of infinite width, one entry a layer, None where there is no number.

    log10_median, log10_low, log10_high: of the first layer's gradient over the last's, for one sample in
    networks of these widths: median, 5 % and 95 % of a log-normal law; None for what it is not known for.
    """

    log10_gradient: Column
    log10_median: float | None = None
    log10_low: float | None = None
    log10_high: float | None = None


@dataclass(frozen=True, slots=True)
class Stage:
    """One layer at infinite width: by what going back multiplies mean squares of the gradient.

    carried: from the layer's outputs to z. weighted: from z to the layer's inputs, through the weights.
    skipped: from outputs to inputs along the skip. unevenness: E φ′⁴/(E φ′²)², 1 where the slope is the same
    for every unit.
    """

    carried: float
    weighted: float
    skipped: float
    unevenness: float


def predict(network: Network) -> Prediction:
    """Return the mean-field line of `network` and its log-normal band.

    Mean field: lengths as Poole et al. 2016 (arXiv:1606.05340), gradients as Schoenholz et al. 2017
    (arXiv:1611.01232), residual branches as Yang & Schoenholz 2017 (arXiv:1712.08969); a normalisation
    divides by the length that the signal has before it. None for vector-valued activations and for
    biases with a mean, whose pre-activations are not centred.
    """
    if not isinstance(network.activation, Activation) or network.initialiser.bias_mean:
        return Prediction((None,) * network.depth)
    layers = list(stages(network, network.activation))
    last = len(layers) - 1
    # Plain networks start from a gradient at z, the others from one at the outputs (see propagation).
    outputs = 0.0 if network.wiring.plain else _log(layers[last].carried)
    line = [outputs]
    spread = 0.0
    logarithm = 0.0
    for index in reversed(range(last)):
        after, here = layers[index + 1], layers[index]
        # log of the mean square at the outputs of this layer, relative to the last one's.
        through = after.weighted if network.wiring.plain else after.weighted * after.carried + after.skipped
        logarithm += _log(through) + (_log(here.carried) if network.wiring.plain else 0.0)
        line.append(logarithm if network.wiring.plain else logarithm + _log(here.carried))
        spread += _spread(here.unevenness, network.units(index + 1), network.initialiser.law == "orthogonal")
    column = tuple(_half_log10(value - line[0]) for value in reversed(line))
    if not network.wiring.plain or column[0] is None or not math.isfinite(spread):
        return Prediction(column)
    # A log-normal factor of mean 1 has its median at exp(−variance/2); all in log10 of root mean squares.
    unit = 1 / (2 * math.log(10))
    median, half = column[0] - spread / 2 * unit, _NINETY * math.sqrt(spread) * unit
    return Prediction(column, median, median - half, median + half)


def _spread(unevenness: float, units: int, orthogonal: bool) -> float:
    """Return the variance that one layer of `units` adds to ln |∂L/∂z|², given its length.

    |∂L/∂z|² is a sum over units of φ′² g² with normal g: relative variance (3 E φ′⁴/(E φ′²)² − 1)/n, which
    is 5/n for relu (Hanin & Nica 2018, arXiv:1812.05994); 3 (E φ′⁴/(E φ′²)² − 1)/n where the sum of g² is
    fixed, by orthogonal weights.
    """
    return math.log1p(max(3 * (unevenness - 1) if orthogonal else 3 * unevenness - 1, 0.0) / units)


def stages(network: Network, activation: Activation) -> Iterator[Stage]:
    """Yield the layers of an elementwise network at infinite width, the first one first."""
    law, wiring = network.initialiser, network.wiring
    moments = moments_of(activation)
    mean, second = 0.0, network.input_std**2
    for layer in range(1, network.depth + 1):
        inputs, outputs = network.fan(layer)
        gain, before = law.weight_gain(inputs, outputs) ** 2, _length(wiring.before, mean, second)
        entering = second if wiring.before is None else 1.0
        variance = gain * entering + law.bias_std(inputs) ** 2
        here = moments(variance if variance < LARGEST_VARIANCE else math.nan)
        branch, skip = (1.0, 0.0) if wiring.residual is None else (wiring.residual, 1.0)
        # The skip is independent of the branch, whose weights are fresh: E x f = E x · E f.
        second = skip * second + 2 * skip * branch * mean * here.mean + branch**2 * here.second
        mean = skip * mean + branch * here.mean
        after = _length(wiring.after, mean, second)
        if wiring.after is not None:
            mean, second = (0.0 if wiring.after == "layernorm" else mean / math.sqrt(after)), 1.0
        yield Stage(
            carried=branch**2 * here.slope / after,
            weighted=gain * outputs / inputs / before,
            skipped=skip / after,
            unevenness=here.slope_fourth / here.slope / here.slope if here.slope > 0 else math.nan,
        )


def _length(normalisation: str | None, mean: float, second: float) -> float:
    """Return the square by which a normalisation divides the signal: 1 for none."""
    if normalisation is None:
        return 1.0
    return second - mean**2 if normalisation == "layernorm" else second


def _log(square: float) -> float:
    return math.log(square) if square > 0 else math.nan


def _half_log10(logarithm: float) -> float | None:
    return logarithm / (2 * math.log(10)) if math.isfinite(logarithm) else None
