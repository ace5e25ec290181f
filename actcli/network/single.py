"""A layer whose weights are never drawn, for a batch of one sample: what `weightless` does, without matrices.

With v = (x, c)/|(x, c)|, where c is the constant input that turns the bias into a weight like the others:

    forward   z = (σ/√n) |(x, c)| ξ
    back      Wᵀδ = (σ/√n) [|δ| ζ + (δ · ξ − |δ| ζ · v) v], of which the entry that belongs to c is left out.
"""

import math
from typing import NamedTuple

import numpy as np

from actcli.network.initialiser import Initialiser
from actcli.network.statistics import Numbers, divisor
from actcli.network.stream import Real, normal


class SingleLayer(NamedTuple):
    """What the way back through one layer needs.

    `size` is the root mean square of x, and `spread` the standard deviation of z, one number a trial.
    """

    x: Real
    size: Numbers
    spread: Numbers
    xi: Real
    gain: float
    bias: float

    def back(self, delta: Real, generator: np.random.Generator) -> tuple[Real, Numbers]:
        """Return δ W (trials × 1 × inputs) and ‖∂L/∂W‖_F (trials) for the gradient δ at z."""
        root = math.sqrt(self.x.shape[-1])
        spread, length = divisor(self.spread), np.sqrt(_dot(delta, delta))
        noise = normal(generator, self.x.shape, delta.dtype)
        # First to unit size: the reciprocal of a subnormal spread is no number.
        basis = self.x / _each(divisor(self.size), delta)
        basis *= _each(self.gain * self.size / spread / root, delta)
        known = _dot(delta, self.xi) - length * _dot(noise, basis)
        if self.bias:
            bias_noise = normal(generator, (len(delta), 1), delta.dtype)[:, 0]
            known -= length * bias_noise * (self.bias / spread)
        noise *= _each(length * (self.gain / root), delta)
        noise += basis * _each(known * (self.gain / root), delta)
        return noise, length * self.size * root


def forward(
    x: Real, size: Numbers, outputs: int, law: Initialiser, generator: np.random.Generator
) -> tuple[Real, SingleLayer]:
    """Draw z = W x + b for one sample `x` (trials × 1 × inputs) of root mean square `size`, `law` normal."""
    inputs = x.shape[-1]
    gain, bias = law.weight_gain(inputs, outputs), law.bias_std(inputs)
    spread = np.hypot(gain * size, bias) if bias else gain * size
    xi = normal(generator, (len(x), 1, outputs), x.dtype)
    z = xi * _each(spread, x)
    if law.bias_mean:
        z += x.dtype.type(law.bias_mean)
    return z, SingleLayer(x, size, spread, xi, gain, bias)


def _dot(first: Real, second: Real) -> Numbers:
    """Return the inner product of each trial's vectors."""
    product: Numbers = np.einsum("tbi,tbi->t", first, second).astype(np.float64, copy=False)
    return product


def _each(numbers: Numbers, like: Real) -> Real:
    """Return one number a trial as a factor of arrays such as `like`."""
    return numbers[:, None, None].astype(like.dtype, copy=False)
