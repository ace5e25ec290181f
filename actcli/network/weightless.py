"""A layer of normal weights that are never drawn: exact in law, at the price of a few numbers a sample.

For W with iid entries N(0, σ²/n), biases included as weights of one constant input, and a batch X (rows):

    forward   Z = X Wᵀ has independent columns N(0, K σ²/n), K = X Xᵀ; so Z = (σ/√n) F ξ with F Fᵀ = K.
    back      given Z, W = (σ/√n) ξᵀ V + M (I − VᵀV) with V = F⁺X, whose rows are orthonormal, and M an
              independent copy of W; so Δ W = (σ/√n) [N + (Δ ξᵀ − N Vᵀ) V], N = D ζ with D Dᵀ = Δ Δᵀ.

ξ and ζ are standard normal. The cost is of order batch² · width instead of batch · width² and width² draws.
"""

import math
from dataclasses import dataclass

import numpy as np

from actcli.network.initialiser import Initialiser
from actcli.network.statistics import Numbers
from actcli.network.stream import Real, normal

# Cholesky is taken while the pivots span less than this (a condition number near its inverse square): then
# the rows of F⁺X stay orthonormal to 1e-6. Below, eigenvalues show the rank.
_PIVOT_RATIO = 1e-5
# Directions below this share of the largest eigenvalue are rounding: rows that differ by less than 1e-6
# of their length count as one.
_RANK = 1e-12


@dataclass(frozen=True, eq=False)
class WeightlessLayer:
    """One layer after its forward pass: `z` (trials × batch × outputs) and what the way back needs."""

    z: Real
    _x: Real
    _scale: Real
    _gram: Real
    _inverse: Real
    _xi: Real
    _gain: float
    _bias: Real

    def back(self, delta: Real, generator: np.random.Generator) -> tuple[Real, Numbers]:
        """Return Δ W (trials × batch × inputs) and ‖∂L/∂W‖_F (trials) for the gradient Δ at z."""
        gram = delta @ delta.swapaxes(-1, -2)
        trials, batch, inputs = self._x.shape
        factor = _factor(gram.astype(np.float64))[0].astype(delta.dtype)
        noise = factor @ normal(generator, (trials, batch, inputs), delta.dtype)
        basis = self._inverse @ self._x
        known = delta @ self._xi.swapaxes(-1, -2) - noise @ basis.swapaxes(-1, -2)
        if self._bias.any():
            bias_basis = self._inverse.sum(axis=-1) * self._bias[:, None]
            bias_noise = factor @ normal(generator, (trials, batch, 1), delta.dtype)
            known -= bias_noise * bias_basis[:, None, :].astype(delta.dtype)
        noise += known @ basis
        noise *= self._gain / math.sqrt(inputs)
        norm = np.sqrt(np.maximum((self._gram * gram).sum(axis=(-1, -2)), 0.0)) * self._scale
        return noise, norm.astype(np.float64)


def forward(x: Real, outputs: int, law: Initialiser, generator: np.random.Generator) -> WeightlessLayer:
    """Draw z = W x + b for a batch `x` (trials × batch × inputs) and a normal `law`."""
    trials, batch, inputs = x.shape
    gain = law.weight_gain(inputs, outputs)
    # The constant input that turns the bias into a weight like the others.
    constant = law.bias_std(inputs) * math.sqrt(inputs) / gain
    # A common scale keeps the squares within range however large or small the signal has become.
    scale = np.maximum(x.max(axis=(-1, -2)), -x.min(axis=(-1, -2))).astype(np.float64)
    scale = np.maximum(scale, constant)
    scale[scale == 0] = 1.0
    scaled = x / scale[:, None, None].astype(x.dtype)
    gram = scaled.astype(np.float64, copy=False)
    gram = gram @ gram.swapaxes(-1, -2)
    bias = constant / scale
    factor, inverse = _factor(gram + (bias * bias)[:, None, None])
    xi = normal(generator, (trials, batch, outputs), x.dtype)
    size = gain / math.sqrt(inputs) * scale
    z = (factor * size[:, None, None]).astype(x.dtype) @ xi
    z += x.dtype.type(law.bias_mean)
    return WeightlessLayer(z, scaled, scale, gram, inverse.astype(x.dtype), xi, gain, bias)


def _factor(gram: Real) -> tuple[Real, Real]:
    """Return F with F Fᵀ = gram, and its pseudo-inverse, for a stack of positive semidefinite matrices."""
    if gram.shape[-1] == 1:
        # One sample: a third of the time of a deep narrow network would go into 1 × 1 factorisations.
        root = np.sqrt(gram)
        return root, np.divide(1.0, root, out=np.zeros_like(root), where=root > 0)
    try:
        lower = np.linalg.cholesky(gram)
        pivots = np.diagonal(lower, axis1=-2, axis2=-1)
        if (pivots.min(axis=-1) > _PIVOT_RATIO * pivots.max(axis=-1)).all():
            return lower, np.linalg.inv(lower)
    except np.linalg.LinAlgError:
        pass
    values, vectors = np.linalg.eigh(gram)
    # A sample of zeros stays exactly zero: a gradient that has died must not come back as rounding.
    vectors = np.where(np.diagonal(gram, axis1=-2, axis2=-1)[..., None] > 0, vectors, 0.0)
    held = values > _RANK * values[..., -1:].clip(min=0.0)
    roots = np.sqrt(np.where(held, values, 0.0))
    inverse = np.divide(1.0, roots, out=np.zeros_like(roots), where=held)
    return vectors * roots[..., None, :], inverse[..., :, None] * vectors.swapaxes(-1, -2)
