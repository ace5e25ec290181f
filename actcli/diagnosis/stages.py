"""The layers of an elementwise network at infinite width, one after the other."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from actcli.activation import Activation
from actcli.network.network import Network
from actcli.theory.length import TABULATED_FROM
from actcli.theory.moments import LARGEST_VARIANCE, Moments, moments_of

# A signal whose moments move by less than this from layer to layer is at rest.
_REST = 1e-15


@dataclass(frozen=True, slots=True)
class Stage:
    """One layer at infinite width: by what going back multiplies mean squares of the gradient.

    carried: from the layer's outputs to z. weighted: from z to the layer's inputs, through the weights.
    skipped: from outputs to inputs along the skip. gain: the variance of a weight times the inputs.
    moments: of the activation at the layer's length.
    """

    carried: float
    weighted: float
    skipped: float
    gain: float
    moments: Moments

    @property
    def unevenness(self) -> float:
        """E φ′⁴/(E φ′²)²: 1 where the slope is the same for every unit."""
        slope = self.moments.slope
        return self.moments.slope_fourth / slope / slope if slope > 0 else math.nan


def stages(network: Network, activation: Activation) -> Iterator[Stage]:
    """Yield the layers of an elementwise network at infinite width, the first one first.

    Once the signal has come to rest, the same stage again and again: a million layers then cost no integrals.
    """
    moments = moments_of(activation)
    mean, second = 0.0, network.input_std**2
    spread = second
    known: tuple[tuple[int, int], float, float] | None = None
    for layer in range(1, network.depth + 1):
        fan = network.fan(layer)
        if known is None or fan != known[0] or not _at_rest(known[1:], (mean, second)):
            known = fan, mean, second
            here = moments.tabulated if layer > TABULATED_FROM else moments
            stage, mean, second, spread = _stage(network, fan, (mean, second, spread), here)
        yield stage


def _stage(
    network: Network,
    fan: tuple[int, int],
    signal: tuple[float, float, float],
    moments: Callable[[float], Moments],
) -> tuple[Stage, float, float, float]:
    """Return the layer that a signal of this mean, mean square and variance enters, and what leaves it."""
    mean, second, spread = signal
    law, wiring, (inputs, outputs) = network.initialiser, network.wiring, fan
    gain, before = law.weight_gain(inputs, outputs) ** 2, _length(wiring.before, second, spread)
    entering = second if wiring.before is None else 1.0
    variance = gain * entering + law.bias_std(inputs) ** 2
    here = moments(variance if variance < LARGEST_VARIANCE else math.nan)
    branch, skip = (1.0, 0.0) if wiring.residual is None else (wiring.residual, 1.0)
    # The skip is independent of the branch, whose weights are fresh: E x f = E x · E f. Without a skip no
    # mean is asked for, known or not.
    both = 2 * branch * mean * here.mean if skip else 0.0
    second = skip * second + both + branch**2 * here.second
    mean = skip * mean + branch * here.mean
    spread = skip * spread + branch**2 * here.spread
    after = _length(wiring.after, second, spread)
    if wiring.after is not None:
        mean, second = (0.0 if wiring.after == "layernorm" else mean / math.sqrt(after)), 1.0
        spread /= after
    stage = Stage(
        carried=branch**2 * here.slope / after,
        weighted=gain * outputs / inputs / before,
        skipped=skip / after,
        gain=gain,
        moments=here,
    )
    return stage, mean, second, spread


def _at_rest(before: tuple[float, float], now: tuple[float, float]) -> bool:
    return all(abs(old - new) <= _REST * abs(old) for old, new in zip(before, now, strict=True))


def _length(normalisation: str | None, second: float, spread: float) -> float:
    """Return the square by which a normalisation divides the signal: 1 for none, nan if none is left."""
    if normalisation is None:
        return 1.0
    size = spread if normalisation == "layernorm" else second
    return size if size > 0 else math.nan
