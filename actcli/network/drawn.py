"""A layer whose weights are drawn: in blocks of rows from their own stream, and again on the way back.

Where there is room for them they are kept instead.
"""

import functools
import math
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import numpy as np

from actcli.network.initialiser import Initialiser
from actcli.network.statistics import Numbers
from actcli.network.storage import shaped
from actcli.network.stream import Floating, Real, normal

# Rows are drawn in blocks of about this many weights, so that memory does not grow with width².
_BLOCK = 2**20


class DrawnLayer(NamedTuple):
    """What the way back through one layer needs: its inputs, and how to get its weights again."""

    x: Real
    weights: Callable[[], Iterable[tuple[slice, Real, Real]]]

    def back(self, delta: Real, _: np.random.Generator) -> tuple[Real, Numbers]:
        """Return Δ W (1 × batch × inputs) and ‖∂L/∂W‖_F (1) for the gradient Δ at z."""
        parts = (delta[..., rows] @ weights for rows, weights, _bias in self.weights())
        gradient = functools.reduce(np.add, parts)
        return gradient, np.array([weight_gradient_norm(self.x[0], delta[0])])


def forward(
    x: Real,
    outputs: int,
    law: Initialiser,
    generator: Callable[[], np.random.Generator],
    room: Real | None = None,
) -> tuple[Real, DrawnLayer]:
    """Compute z = W x + b for a batch `x` (1 × batch × inputs); `generator` starts the stream anew.

    W is kept in `room`, where it is given.
    """
    inputs = x.shape[-1]

    def weights() -> Iterator[tuple[slice, Real, Real]]:
        return _weights(law, (outputs, inputs), x.dtype, generator(), room)

    blocks = weights() if room is None else list(weights())
    z = np.empty((*x.shape[:-1], outputs), x.dtype)
    for rows, block, bias in blocks:
        np.matmul(x, block.T, out=z[..., rows])
        z[..., rows] += bias
    return z, DrawnLayer(x, weights if room is None else lambda: blocks)


def matrix(law: Initialiser, outputs: int, inputs: int, generator: np.random.Generator) -> tuple[Real, Real]:
    """Draw the whole of W and b, in float64."""
    room = np.empty(outputs * inputs)
    blocks = list(_weights(law, (outputs, inputs), room.dtype, generator, room))
    return shaped(room, (outputs, inputs)), np.concatenate([bias for _, _, bias in blocks])


def weight_gradient_norm(x: Real, delta: Real) -> float:
    """Return ‖ΔᵀX‖_F for a batch of inputs and of gradients, by the cheaper of two ways.

    ‖ΔᵀX‖² = Σ (X Xᵀ) ∘ (Δ Δᵀ) needs batch² numbers where the product needs inputs · outputs.
    """
    if len(x) <= min(x.shape[-1], delta.shape[-1]):
        square = np.vdot((x @ x.T).astype(np.float64, copy=False), delta @ delta.T)
    else:
        product = (delta.T @ x).astype(np.float64, copy=False)
        square = np.vdot(product, product)
    return math.sqrt(max(float(square), 0.0))


def _weights(
    law: Initialiser,
    shape: tuple[int, int],
    dtype: Floating,
    generator: np.random.Generator,
    room: Real | None,
) -> Iterator[tuple[slice, Real, Real]]:
    """Yield (rows, the weights of these rows, their biases), block by block."""
    outputs, inputs = shape
    gain, spread = law.weight_gain(inputs, outputs), law.bias_std(inputs)
    whole = None if room is None else shaped(room, shape)
    rows = outputs if law.law == "orthogonal" else max(1, _BLOCK // inputs)
    for start in range(0, outputs, rows):
        part = slice(start, min(start + rows, outputs))
        count = part.stop - start
        block = np.empty((count, inputs), dtype) if whole is None else whole[part]
        _draw(law, block, gain, generator)
        bias = np.empty(count, dtype)
        if law.sigma_b is None:
            _uniform(bias, spread, generator)
        else:
            _normal(bias, spread, generator)
        yield part, block, bias + dtype.type(law.bias_mean)


def _draw(law: Initialiser, block: Real, gain: float, generator: np.random.Generator) -> None:
    spread = gain / math.sqrt(block.shape[1])
    if law.law == "orthogonal":
        block[...] = _orthogonal(generator, block.shape, law.sigma_w)
    elif law.law == "uniform":
        _uniform(block, spread, generator)
    else:
        _normal(block, spread, generator)


def _normal(out: Real, spread: float, generator: np.random.Generator) -> None:
    normal(generator, out.shape, out.dtype, out)
    out *= spread


def _uniform(out: Real, spread: float, generator: np.random.Generator) -> None:
    # Uniform on (−a, a) has standard deviation a / √3.
    limit = spread * math.sqrt(3.0)
    generator.random(out=out, dtype=out.dtype.type)
    out *= 2 * limit
    out -= limit


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
