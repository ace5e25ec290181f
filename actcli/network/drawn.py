"""A layer whose weights are drawn: in blocks of rows from their own stream, and again on the way back."""

import math
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from actcli.network.initialiser import Initialiser
from actcli.network.statistics import Numbers
from actcli.network.stream import Floating, Real, normal

# Rows are drawn in blocks of about this many weights, so that memory does not grow with width².
_BLOCK = 2**20


class DrawnLayer(NamedTuple):
    """What the way back through one layer needs: its inputs, and how to draw its weights again."""

    x: Real
    weights: Callable[[], Iterator[tuple[slice, Real, Real]]]

    def back(self, delta: Real, _: np.random.Generator) -> tuple[Real, Numbers]:
        """Return Δ W (1 × batch × inputs) and ‖∂L/∂W‖_F (1) for the gradient Δ at z."""
        gradient = np.zeros_like(self.x)
        for rows, weights, _bias in self.weights():
            gradient += delta[..., rows] @ weights
        return gradient, np.array([weight_gradient_norm(self.x[0], delta[0])])


def forward(
    x: Real, outputs: int, law: Initialiser, generator: Callable[[], np.random.Generator]
) -> tuple[Real, DrawnLayer]:
    """Compute z = W x + b for a batch `x` (1 × batch × inputs); `generator` starts the stream anew."""
    inputs = x.shape[-1]

    def weights() -> Iterator[tuple[slice, Real, Real]]:
        return _weights(law, outputs, inputs, x.dtype, generator())

    z = np.empty((*x.shape[:-1], outputs), x.dtype)
    for rows, block, bias in weights():
        z[..., rows] = x @ block.T + bias
    return z, DrawnLayer(x, weights)


def matrix(law: Initialiser, outputs: int, inputs: int, generator: np.random.Generator) -> tuple[Real, Real]:
    """Draw the whole of W and b, in float64."""
    blocks = list(_weights(law, outputs, inputs, np.dtype(np.float64), generator))
    return np.concatenate([block[1] for block in blocks]), np.concatenate([block[2] for block in blocks])


def weight_gradient_norm(x: Real, delta: Real) -> float:
    """Return ‖ΔᵀX‖_F for a batch of inputs and of gradients, by the cheaper of two ways.

    ‖ΔᵀX‖² = Σ (X Xᵀ) ∘ (Δ Δᵀ) needs batch² numbers where the product needs inputs · outputs.
    """
    if len(x) <= min(x.shape[-1], delta.shape[-1]):
        return math.sqrt(max(float(((x @ x.T) * (delta @ delta.T)).sum()), 0.0))
    return float(np.linalg.norm(delta.T @ x))


def _weights(
    law: Initialiser, outputs: int, inputs: int, dtype: Floating, generator: np.random.Generator
) -> Iterator[tuple[slice, Real, Real]]:
    """Yield (rows, the weights of these rows, their biases), block by block."""
    gain = law.weight_gain(inputs, outputs)
    rows = outputs if law.law == "orthogonal" else max(1, _BLOCK // inputs)
    for start in range(0, outputs, rows):
        count = min(rows, outputs - start)
        block = _draw(law, (count, inputs), gain, dtype, generator)
        spread = law.bias_std(inputs)
        if law.sigma_b is None:
            bias = _uniform(generator, (count,), spread, dtype)
        else:
            bias = normal(generator, (count,), dtype) * dtype.type(spread)
        yield slice(start, start + count), block, bias + dtype.type(law.bias_mean)


def _draw(
    law: Initialiser, shape: tuple[int, int], gain: float, dtype: Floating, generator: np.random.Generator
) -> Real:
    if law.law == "orthogonal":
        return _orthogonal(generator, shape, gain).astype(dtype)
    spread = gain / math.sqrt(shape[1])
    if law.law == "uniform":
        return _uniform(generator, shape, spread, dtype)
    return normal(generator, shape, dtype) * dtype.type(spread)


def _uniform(generator: np.random.Generator, shape: tuple[int, ...], spread: float, dtype: Floating) -> Real:
    # Uniform on (−a, a) has standard deviation a / √3.
    limit = spread * math.sqrt(3.0)
    drawn: Real = generator.random(shape, dtype=dtype.type)
    drawn *= 2 * limit
    drawn -= limit
    return drawn


def _orthogonal(generator: np.random.Generator, shape: tuple[int, int], gain: float) -> Real:
    """Draw gain · Q, Q uniform (Haar) among the matrices of this shape with orthonormal rows or columns.

    The signs of R make the factor of a normal matrix unique and so uniform (Mezzadri 2007,
    arXiv:math-ph/0609050).
    """
    outputs, inputs = shape
    tall = generator.standard_normal((max(shape), min(shape)))
    factor, triangle = np.linalg.qr(tall)
    factor *= np.sign(np.diagonal(triangle)) * gain
    return factor if outputs >= inputs else factor.T
