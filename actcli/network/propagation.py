"""The passes forward and back through a random network, in log scale, at any depth in bounded memory."""

import math
from dataclasses import dataclass, fields
from typing import Final

import numpy as np

from actcli.network import limits, statistics
from actcli.network.network import Network
from actcli.network.passage import Passage, forward
from actcli.network.statistics import Numbers
from actcli.network.stream import Real, normal, stream

# Trials are stacked into arrays of about this many numbers, so that small networks cost few calls.
_STACK: Final = 2**16


@dataclass(frozen=True, eq=False)
class Propagation:
    """What was measured: one row a trial and one column a layer, the first of which is layer 1.

    log10_gradient: root mean square over units and batch of ∂L/∂z_l, relative to the last layer's; −inf where
    every entry is 0, nan where the signal left the range of numbers on the way.
    log10_weight_gradient: the same of ∂L/∂W_l.
    mean, std, kurtosis: of the layer's outputs; mean and std in units of 10^log10_scale.
    saturated_fraction, dead_fraction, sign_agreement, correlation: see statistics.
    overflow: (one column) the first layer whose outputs are not finite, or nan.
    """

    log10_gradient: Numbers
    log10_weight_gradient: Numbers
    mean: Numbers
    std: Numbers
    kurtosis: Numbers
    log10_scale: Numbers
    saturated_fraction: Numbers
    dead_fraction: Numbers
    sign_agreement: Numbers
    correlation: Numbers
    overflow: Numbers


def propagate(network: Network, seed: int = 0, trials: int = 1) -> Propagation:
    """Send a batch of normal inputs forward and a standard normal gradient back, through `trials` networks.

    In a plain network that gradient stands at z of the last layer; with a skip or a normalisation, at the
    last outputs. Raises OptionError for a seed or number of trials outside the limits.
    """
    limits.trials(trials, network.depth)
    limits.whole("seed", seed, limits.SEED)
    together = max(1, _STACK // (network.batch * max(network.fan(1)))) if network.weightless else 1
    # An overflow is an answer here (see Propagation), and so is the logarithm of 0.
    with np.errstate(all="ignore"):
        starts = range(0, trials, together)
        parts = [_Run(network, seed, start, min(together, trials - start)).result() for start in starts]
    if len(parts) == 1:
        return parts[0]
    names = [item.name for item in fields(Propagation)]
    return Propagation(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in names})


class _Run:
    """A stack of trials on its way: forward with checkpoints, then back, one segment of layers at a time."""

    def __init__(self, network: Network, seed: int, trial: int, count: int) -> None:
        self.network, self.seed, self.trial, self.count = network, seed, trial, count
        self.dtype = np.dtype(network.dtype)
        self.rescale = network.scale_free
        self.bound = getattr(network.activation, "slope_bound", np.nan)
        self.rows = {item.name: np.full((count, network.depth), np.nan) for item in fields(Propagation)}
        self.rows["overflow"] = np.full((count, 1), np.nan)
        # log10 of what the gradient and the signal have been divided by so far.
        self.log10_gradient = np.zeros(count)
        self.log10_signal = np.zeros(count)

    def result(self) -> Propagation:
        depth, length = self.network.depth, self.network.segment
        starts = range(1, depth + 1, length)
        checkpoints = [(self._input(), self.log10_signal)]
        for start in starts[:-1]:
            x, scale = checkpoints[-1]
            for layer in range(start, start + length):
                passage = self._forward(x, layer)
                x, scale = passage.x, scale + passage.log10_scale
            checkpoints.append((x, scale))
        gradient: Real | None = None
        for start in reversed(starts):
            x, self.log10_signal = checkpoints.pop()
            passages = []
            for layer in range(start, min(start + length, depth + 1)):
                passages.append(self._forward(x, layer))
                x = passages[-1].x
                self._observe(passages[-1], layer)
            while passages:
                gradient = self._back(passages.pop(), gradient, start + len(passages))
        return self._relative()

    def _input(self) -> Real:
        shape = (self.count, self.network.batch, self.network.units(0))
        x = normal(stream(self.seed, self.trial, 0, "input"), shape, self.dtype)
        x *= self.network.input_std
        return x

    def _loss(self, shape: tuple[int, ...]) -> Real:
        return normal(stream(self.seed, self.trial, self.network.depth, "loss"), shape, self.dtype)

    def _forward(self, x: Real, layer: int) -> Passage:
        return forward(self.network, x, self.seed, self.trial, layer, self.rescale)

    def _observe(self, passage: Passage, layer: int) -> None:
        burst = self.rows["overflow"][:, 0]
        burst[~passage.finite] = np.fmin(burst[~passage.finite], layer)
        # The gradient of the weights is that of the true inputs, not of the rescaled ones.
        self.rows["log10_weight_gradient"][:, layer - 1] = self.log10_signal
        self.log10_signal = self.log10_signal + passage.log10_scale
        seen = dict(zip(("mean", "std", "kurtosis"), statistics.moments(passage.x), strict=True))
        seen["log10_scale"] = self.log10_signal
        seen["sign_agreement"] = statistics.sign_agreement(passage.inputs)
        seen["correlation"] = statistics.correlation(passage.z)
        if passage.slope is not None:
            seen["saturated_fraction"] = statistics.saturated_fraction(passage.slope, self.bound)
            seen["dead_fraction"] = statistics.dead_fraction(passage.slope)
        for name, value in seen.items():
            self.rows[name][:, layer - 1] = np.where(np.isnan(burst), value, np.nan)

    def _back(self, passage: Passage, gradient: Real | None, layer: int) -> Real:
        if gradient is None and self.network.wiring.plain:
            delta = skipped = self._loss(passage.z.shape)
        else:
            delta, skipped = passage.pull(self._loss(passage.x.shape) if gradient is None else gradient)
            if passage.slope is None:
                self.rows["dead_fraction"][:, layer - 1] = statistics.dead_fraction(delta)
        size, log10_size = statistics.magnitude(delta)
        self.rows["log10_gradient"][:, layer - 1] = self.log10_gradient + log10_size
        # Divided by its size at every layer, the gradient never underflows; the logarithms are added up.
        delta = delta / size[:, None, None].astype(self.dtype)
        lost = np.isnan(log10_size)
        if lost.any():
            # The logarithm stays nan from here on; zeros keep the other trials of the stack going.
            delta[lost] = 0
            skipped = np.where(lost[:, None, None], self.dtype.type(0), skipped)
        gradient, weight_norm = passage.back(delta, self.seed, self.trial, layer)
        inputs, outputs = self.network.fan(layer)
        per_weight = np.log10(weight_norm) - 0.5 * math.log10(inputs * outputs)
        self.rows["log10_weight_gradient"][:, layer - 1] += self.log10_gradient + log10_size + per_weight
        if self.network.wiring.residual is not None:
            gradient = gradient * size[:, None, None].astype(self.dtype) + skipped
            size, log10_size = statistics.magnitude(gradient)
            gradient = gradient / size[:, None, None].astype(self.dtype)
        self.log10_gradient = self.log10_gradient + log10_size
        return gradient

    def _relative(self) -> Propagation:
        burst = np.isfinite(self.rows["overflow"][:, 0])
        for name in ("log10_gradient", "log10_weight_gradient"):
            self.rows[name] = self.rows[name] - self.rows[name][:, -1:]
            self.rows[name][burst] = np.nan
        return Propagation(**self.rows)
