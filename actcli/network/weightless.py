"""A layer of normal weights that are never drawn: exact in law, at the price of a few numbers a sample.

For W with iid entries N(0, σ²/n), biases included as weights of one constant input, and a batch X (rows):

    forward   Z = X Wᵀ has independent columns N(0, K σ²/n), K = X Xᵀ; so Z = (σ/√n) F ξ with F Fᵀ = K.
    back      given Z, W = (σ/√n) ξᵀ V + M (I − VᵀV) with V = F⁺X, whose rows are orthonormal, and M an
              independent copy of W; so Δ W = (σ/√n) [N + (Δ ξᵀ − N Vᵀ) V], N = D ζ with D Dᵀ = Δ Δᵀ.
              V is never formed: N Vᵀ = (N Xᵀ) F⁺ᵀ, and A V = (A F⁺) X for a matrix A of batch × batch.

ξ and ζ are standard normal. The cost is of order batch² · width instead of batch · width² and width² draws.
"""

import math
from typing import NamedTuple

import numpy as np

from actcli.network.initialiser import Initialiser
from actcli.network.statistics import Numbers, rescaled
from actcli.network.stream import Real, normal

# Cholesky is taken while the pivots span less than this (a condition number near its inverse square): then
# the rows of F⁺X stay orthonormal to 1e-6. Below, eigenvalues show the rank.
_PIVOT_RATIO = 1e-5
# Directions below this share of the largest eigenvalue are rounding: rows that differ by less than 1e-6
# of their length count as one.
_RANK = 1e-12
# Matrices up to this size are inverted at once.
_SMALL = 32


class Factor(NamedTuple):
    """F with F Fᵀ = K for a stack of matrices K: lower triangular, or with columns that are orthogonal."""

    matrix: Real
    triangular: bool

    def inverse(self) -> Real:
        """Return F⁺, the pseudo-inverse."""
        if self.triangular:
            return _triangular_inverse(self.matrix)
        squares = np.einsum("tij,tij->tj", self.matrix, self.matrix)
        reciprocal = np.divide(1.0, squares, out=np.zeros_like(squares), where=squares > 0)
        inverse: Real = reciprocal[..., None] * self.matrix.swapaxes(-1, -2)
        return inverse


class WeightlessLayer(NamedTuple):
    """What the way back through one layer needs.

    `bias` is the constant input that turns the bias into a weight like the others, None without biases; it
    and `x` are in units of `scale`, one number a trial.
    """

    x: Real
    scale: Numbers
    gram: Numbers
    factor: Factor
    xi: Real
    gain: float
    bias: Numbers | None

    def back(self, delta: Real, generator: np.random.Generator) -> tuple[Real, Numbers]:
        """Return Δ W (trials × batch × inputs) and ‖∂L/∂W‖_F (trials) for the gradient Δ at z."""
        wide = delta.astype(np.float64, copy=False)
        gram = wide @ wide.swapaxes(-1, -2)
        trials, batch, inputs = self.x.shape
        part = self.gain / math.sqrt(inputs)
        factor = (_factor(gram).matrix * part).astype(delta.dtype, copy=False)
        noise = factor @ normal(generator, (trials, batch, inputs), delta.dtype)
        inverse = self.factor.inverse().astype(delta.dtype, copy=False)
        met = noise @ self.x.swapaxes(-1, -2)
        if self.bias is not None:
            bias_noise = factor @ normal(generator, (trials, batch, 1), delta.dtype)
            met += bias_noise * self.bias[:, None, None].astype(delta.dtype, copy=False)
        known = part * (delta @ self.xi.swapaxes(-1, -2)) - met @ inverse.swapaxes(-1, -2)
        noise += (known @ inverse) @ self.x
        square = np.einsum("tij,tij->t", self.gram, gram)
        return noise, np.sqrt(np.maximum(square, 0.0)) * self.scale


def forward(
    x: Real,
    size: Numbers,
    outputs: int,
    law: Initialiser,
    generator: np.random.Generator,
    room: Real | None = None,
) -> tuple[Real, WeightlessLayer]:
    """Draw z = W x + b for a batch `x` (trials × batch × inputs) and a normal `law`.

    `size` is the root mean square of x, one number a trial. ξ is kept in `room`, where it is given.
    """
    trials, batch, inputs = x.shape
    gain = law.weight_gain(inputs, outputs)
    constant = law.bias_std(inputs) * math.sqrt(inputs) / gain
    x, scale = rescaled(x, size, constant)
    bias = constant / scale if constant else None
    wide = x.astype(np.float64, copy=False)
    gram = wide @ wide.swapaxes(-1, -2)
    factor = _factor(gram if bias is None else gram + bias[:, None, None] ** 2)
    xi = normal(generator, (trials, batch, outputs), x.dtype, room)
    units = (gain / math.sqrt(inputs) * scale)[:, None, None]
    z = (factor.matrix * units).astype(x.dtype, copy=False) @ xi
    if law.bias_mean:
        z += x.dtype.type(law.bias_mean)
    return z, WeightlessLayer(x, scale, gram, factor, xi, gain, bias)


def _factor(gram: Numbers) -> Factor:
    """Factor a stack of positive semidefinite matrices."""
    try:
        lower = np.linalg.cholesky(gram)
        pivots = np.diagonal(lower, axis1=-2, axis2=-1)
        if (pivots.min(axis=-1) > _PIVOT_RATIO * pivots.max(axis=-1)).all():
            return Factor(lower, triangular=True)
    except np.linalg.LinAlgError:
        pass
    values, vectors = np.linalg.eigh(gram)
    # A sample of zeros stays exactly zero: a gradient that has died must not come back as rounding.
    vectors = np.where(np.diagonal(gram, axis1=-2, axis2=-1)[..., None] > 0, vectors, 0.0)
    held = values > _RANK * values[..., -1:].clip(min=0.0)
    return Factor(vectors * np.sqrt(np.where(held, values, 0.0))[..., None, :], triangular=False)


def _triangular_inverse(lower: Real) -> Real:
    """Return the inverses of a stack of lower triangular matrices, by halves: products are quicker."""
    size = lower.shape[-1]
    if size <= _SMALL:
        return np.linalg.inv(lower)
    half = size // 2
    top, bottom = (_triangular_inverse(lower[..., part, part]) for part in (slice(half), slice(half, size)))
    inverse = np.zeros_like(lower)
    inverse[..., :half, :half], inverse[..., half:, half:] = top, bottom
    inverse[..., half:, :half] = -bottom @ lower[..., half:, :half] @ top
    return inverse
