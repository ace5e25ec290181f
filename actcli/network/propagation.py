"""The passes forward and back through a random network, in log scale, at any depth in bounded memory."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Final

import numpy as np

from actcli.network import limits, statistics
from actcli.network.network import AROUND_ONE, Network
from actcli.network.passage import Passage, Signal, enter, forward
from actcli.network.statistics import Numbers
from actcli.network.storage import Room, Storage
from actcli.network.stream import Real, Streams, normal

# Trials are stacked into arrays of about this many numbers, so that small networks cost few calls.
_STACK: Final = 2**16
# Statistics are taken of so many numbers at once: fewer would cost calls, more would leave the cache.
_SEEN: Final = 2**14

# What there is no number of once a signal has left the range of numbers.
_OF_OUTPUTS: Final = (
    "mean", "std", "kurtosis", "saturated_fraction", "dead_fraction", "sign_agreement", "correlation",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Propagation:
    """What was measured: one row a trial and one column a layer, the first of which is layer 1.

    log10_gradient: root mean square over units and batch of ∂L/∂z_l, relative to the last layer's; −inf where
    every entry is 0, nan where the signal left the range of numbers on the way, or the last layer's is 0 and
    another is not.
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
        self.network, self.count = network, count
        self.streams = Streams(seed, trial)
        self.dtype = np.dtype(network.dtype)
        self.storage = Storage(network.segment, count * network.entries, network.kept_weights, self.dtype)
        # Narrow layers are looked at many at a time, where all of them have the same shape.
        alike = len(network.widths) == 1 and network.fan(1) == network.fan(2)
        self.together = max(1, _SEEN // (count * network.batch * network.fan(1)[1])) if alike else 1
        self.bound = getattr(network.activation, "slope_bound", np.nan)
        self.rows = {item.name: np.full((count, network.depth), np.nan) for item in fields(Propagation)}
        self.rows["overflow"] = np.full((count, 1), np.nan)
        # log10 of what the gradient has been divided by so far.
        self.log10_gradient = np.zeros(count)

    def result(self) -> Propagation:
        depth, length = self.network.depth, self.network.segment
        starts = range(1, depth + 1, length)
        checkpoints = [self._input()]
        for start in starts[:-1]:
            signal = checkpoints[-1]
            for layer in range(start, start + length):
                # Two rooms in turn: what comes out of one goes into the other.
                signal = self._forward(signal, layer, self.storage.room(layer % 2))[0].leaving
            checkpoints.append(signal._replace(x=signal.x.copy()))
        gradient: Real | None = None
        for start in reversed(starts):
            passages = self._observed(checkpoints.pop(), start, min(start + length, depth + 1))
            while passages:
                gradient = self._back(passages.pop(), gradient, start + len(passages))
        return self._relative()

    def _input(self) -> Signal:
        shape = (self.count, self.network.batch, self.network.units(0))
        x = normal(self.streams(0, "input"), shape, self.dtype)
        x *= self.network.input_std
        return enter(x, np.zeros(self.count))

    def _loss(self, shape: tuple[int, ...]) -> Real:
        return normal(self.streams(self.network.depth, "loss"), shape, self.dtype)

    def _forward(self, signal: Signal, layer: int, room: Room) -> tuple[Passage, Real]:
        return forward(self.network, signal, self.streams, layer, room)

    def _observed(self, signal: Signal, first: int, end: int) -> list[Passage]:
        """Send the signal through layers `first` to `end` − 1, and take their statistics on the way."""
        passages: list[Passage] = []
        for start in range(first, end, self.together):
            chunk, signals = [], []
            for layer in range(start, min(start + self.together, end)):
                passage, z = self._forward(signal, layer, self.storage.room(layer - first))
                signal = passage.leaving
                chunk.append(passage)
                signals.append(z)
            self._observe(chunk, signals, slice(start - 1, start - 1 + len(chunk)))
            passages += chunk
        return passages

    def _observe(self, passages: Sequence[Passage], z: Sequence[Real], columns: slice) -> None:
        size = np.array([p.leaving.size for p in passages])
        mean, std, kurtosis = statistics.moments(_stack(p.leaving.x for p in passages), size)
        seen = {
            "mean": mean,
            "std": std,
            "kurtosis": kurtosis,
            "log10_scale": np.array([p.leaving.log10_scale for p in passages]),
            # The gradient of the weights is that of the true inputs, not of the rescaled ones.
            "log10_weight_gradient": np.array([p.entering.log10_scale for p in passages]),
            "sign_agreement": statistics.sign_agreement(_stack(p.inputs for p in passages)),
            "correlation": statistics.correlation(_stack(z)),
        }
        if passages[0].slope is not None:
            slope = _stack(p.slope for p in passages if p.slope is not None)
            seen["saturated_fraction"] = statistics.saturated_fraction(slope, self.bound)
            seen["dead_fraction"] = statistics.dead_fraction(slope)
        for name, values in seen.items():
            self.rows[name][:, columns] = values.T

    def _back(self, passage: Passage, gradient: Real | None, layer: int) -> Real:
        if gradient is None and self.network.wiring.plain:
            delta = skipped = self._loss((self.count, self.network.batch, self.network.fan(layer)[1]))
        else:
            given = self._loss(passage.leaving.x.shape) if gradient is None else gradient
            delta, skipped = passage.pull(given)
            # f(c x) = c^k f(x) has the slope c^(k−1) f′(x).
            degree = self.network.degree or 1.0
            self.log10_gradient = self.log10_gradient + (degree - 1.0) * passage.entering.log10_scale
            if passage.slope is None:
                # A gradient of 0 says nothing about the slopes that it meets.
                arrives = given.any(axis=(-1, -2))
                self.rows["dead_fraction"][arrives, layer - 1] = statistics.dead_fraction(delta)[arrives]
        # Kept at a size of about 1, the gradient never underflows; the logarithms are added up.
        arrived = enter(delta, self.log10_gradient, AROUND_ONE)
        self.rows["log10_gradient"][:, layer - 1] = arrived.log10_scale + np.log10(arrived.size)
        gradient, weight_norm = passage.back(arrived.x, self.streams, layer)
        self.rows["log10_weight_gradient"][:, layer - 1] += arrived.log10_scale + np.log10(weight_norm)
        if self.network.wiring.residual is not None:
            # What the skip carries has not been divided by what the branch has.
            moved = 10.0 ** (arrived.log10_scale - self.log10_gradient)
            joined = skipped + gradient * moved[:, None, None].astype(self.dtype)
            arrived = enter(joined, self.log10_gradient, AROUND_ONE)
            gradient = arrived.x
        self.log10_gradient = arrived.log10_scale
        return gradient

    def _relative(self) -> Propagation:
        lost = np.isnan(self.rows["log10_scale"])
        burst = lost.any(axis=1)
        self.rows["overflow"][burst, 0] = lost.argmax(axis=1)[burst] + 1
        weights = [math.prod(self.network.fan(layer)) for layer in range(1, self.network.depth + 1)]
        self.rows["log10_weight_gradient"] -= 0.5 * np.log10(weights)
        for name in ("log10_gradient", "log10_weight_gradient"):
            rows = self.rows[name]
            # A gradient of 0 is 0 of any other, another 0 as well.
            zero = np.isneginf(rows)
            rows -= rows[:, -1:].copy()
            rows[zero] = -np.inf
            rows[burst | np.isposinf(rows).any(axis=1)] = np.nan
        for name in _OF_OUTPUTS:
            self.rows[name][lost] = np.nan
        return Propagation(**self.rows)


def _stack(arrays: Iterable[Real]) -> Real:
    """Return the arrays as one, with an axis more before theirs; a single one without a copy."""
    listed = list(arrays)
    return np.stack(listed) if len(listed) > 1 else listed[0][None]
