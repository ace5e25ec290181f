"""A layer whose weights are never drawn, for a batch of one sample: what `weightless` does, without matrices.

With v = (x, c)/|(x, c)|, where c is the constant input that turns the bias into a weight like the others:

    forward   z = (σ/√n) |(x, c)| ξ
    back      Wᵀδ = (σ/√n) [|δ| ζ + (δ · ξ − |δ| ζ · v) v], of which the entry that belongs to c is left out.
"""

import math
from typing import NamedTuple

import numpy as np

from actcli.network.initialiser import Initialiser
from actcli.network.statistics import Numbers, divisor, rescaled
from actcli.network.stream import Real, normal


class SingleLayer(NamedTuple):
    """What the way back through one layer needs; `x` is in units of `scale`, one number a trial.

    `size` is the root mean square of the inputs themselves, and `spread` the standard deviation of z.
    """

    x: Real
    scale: Numbers
    size: Numbers
    spread: Numbers
    xi: Real
    gain: float
    bias: float

    def back(self, delta: Real, generator: np.random.Generator) -> tuple[Real, Numbers]:
        """Return δ W (trials × 1 × inputs) and ‖∂L/∂W‖_F (trials) for the gradient δ at z."""
        root = math.sqrt(self.x.shape[-1])
        length, spread = np.sqrt(_dot(delta, delta)), divisor(self.spread)
        noise = normal(generator, self.x.shape, delta.dtype)
        # v = x · along, but for its last entry.
        along = self.gain / root * (self.scale / spread)
        known = _dot(delta, self.xi) - length * along * _dot(noise, self.x)
        if self.bias:
            bias_noise = normal(generator, (len(delta), 1), delta.dtype)[:, 0]
            known -= length * bias_noise * (self.bias / spread)
        noise *= _each(length * (self.gain / root), delta)
        noise += self.x * _each(known * along * (self.gain / root), delta)
        return noise, length * self.size * root


def forward(
    x: Real,
    size: Numbers,
    outputs: int,
    law: Initialiser,
    generator: np.random.Generator,
    room: Real | None = None,
) -> tuple[Real, SingleLayer]:
    """Draw z = W x + b for one sample `x` (trials × 1 × inputs) of root mean square `size`, `law` normal.

    ξ is kept in `room`, where it is given.
    """
    inputs = x.shape[-1]
    gain, bias = law.weight_gain(inputs, outputs), law.bias_std(inputs)
    spread = np.hypot(gain * size, bias) if bias else gain * size
    x, scale = rescaled(x, size, bias / gain)
    xi = normal(generator, (len(x), 1, outputs), x.dtype, room)
    z = xi * _each(spread, x)
    if law.bias_mean:
        z += x.dtype.type(law.bias_mean)
    return z, SingleLayer(x, scale, size, spread, xi, gain, bias)


def _dot(first: Real, second: Real) -> Numbers:
    """Return the inner product of each trial's vectors."""
    product: Numbers = (first @ second.swapaxes(-1, -2))[:, 0, 0].astype(np.float64, copy=False)
    return product


def _each(numbers: Numbers, like: Real) -> Real:
    """Return one number a trial as a factor of arrays such as `like`."""
    return numbers[:, None, None].astype(like.dtype, copy=False)
