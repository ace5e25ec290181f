"""What layers of a random network look like, in arrays of shape (…, trials, batch, units).

Numbers are per trial (and per whatever stands before it), and safe for signals of any magnitude.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from actcli.network.stream import Floating, Real

Numbers = NDArray[np.float64]

SATURATED: Final = 0.01
"""A unit is saturated where its |slope| is below this share of the activation's largest."""

TAME: Final = {8: (1e-70, 1e70), 4: (1e-13, 1e13)}
"""By bytes: squares of what is within these are numbers of full precision, in float64 fourth powers too."""


def tame(size: Numbers, dtype: Floating) -> bool:
    """Return whether signals of these root mean squares can be squared as they are."""
    low, high = TAME[dtype.itemsize]
    return all(low < number < high for number in size.ravel().tolist())


def moments(x: Real, size: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Return mean, standard deviation and kurtosis (3 for a normal law) of `x`, of root mean square `size`.

    Over units and batch together; kurtosis is nan where nothing varies.
    """
    flat = x.reshape(*x.shape[:-2], -1).astype(np.float64, copy=False)
    unit = np.ones_like(size)
    if not tame(size, flat.dtype):
        unit = divisor(size)
        flat = flat / unit[..., None]
    mean = flat.mean(axis=-1)
    square = flat - mean[..., None]
    square *= square
    variance = square.mean(axis=-1)
    fourth = _length_squared(square) / square.shape[-1]
    kurtosis = np.divide(fourth, variance**2, out=np.full_like(mean, np.nan), where=variance > 0)
    # By Jensen's inequality it is at least 1; rounding knows of none.
    return mean * unit, np.sqrt(variance) * unit, np.maximum(kurtosis, 1.0)


def sign_agreement(x: Real) -> Numbers:
    """Return how far the weight gradients of a unit agree in sign, for the inputs `x` of its layer.

    For one sample ∂L/∂w_ij = δ_i x_j, so the signs within the row of unit i are those of x, or all
    reversed. The share of the majority among the inputs that are not zero, averaged over the batch: 1 where
    all inputs have one sign (every step moves all weights of a unit up, or all down: the zig-zag), 1/2 where
    they are balanced, nan where all are zero.
    """
    positive, negative = _count(x > 0), _count(x < 0)
    present = positive + negative
    share = np.maximum(positive, negative) / np.maximum(present, 1)
    counted = (present > 0).sum(axis=-1)
    return np.where(counted > 0, share.sum(axis=-1) / np.maximum(counted, 1), np.nan)


def correlation(z: Real) -> Numbers:
    """Return the cosine between the pre-activations of two samples, averaged over the pairs of the batch.

    Its limit is the fixed point c* of the correlation map; nan for a batch of one, or one with a sample of 0.
    """
    batch = z.shape[-2]
    if batch == 1:
        return np.full(z.shape[:-2], np.nan)
    length = np.sqrt(np.einsum("...i,...i->...", z, z))
    low, high = TAME[z.dtype.itemsize]
    if not (length.min() > low and length.max() < high):
        z = z / divisor(np.abs(z).max(axis=-1))[..., None].astype(z.dtype, copy=False)
        length = np.sqrt(np.einsum("...i,...i->...", z, z))
    # The square of the sum of unit vectors holds each pair twice, and each vector with itself.
    whole = np.square((1 / length)[..., None, :] @ z, dtype=np.float64).sum(axis=(-1, -2))
    pairs: Numbers = (whole - batch) / (batch * (batch - 1))
    # Beyond 1 is rounding, of float32 up to 1e-6.
    return np.clip(pairs, -1.0, 1.0)


def saturated_fraction(slope: Real, bound: float) -> Numbers:
    """Return the share of entries with |slope| below SATURATED · bound; nan where the slope has no bound."""
    if not np.isfinite(bound):
        return np.full(slope.shape[:-2], np.nan)
    share: Numbers = _count(np.abs(slope) < SATURATED * bound).mean(axis=-1) / slope.shape[-1]
    return share


def dead_fraction(pulled: Real) -> Numbers:
    """Return the share of units whose slope, or gradient, `pulled` is exactly 0 for the whole batch."""
    zero = pulled == 0
    if not zero.any():
        return np.zeros(pulled.shape[:-2])
    share: Numbers = _count(zero.all(axis=-2)) / pulled.shape[-1]
    return share


def magnitude(x: Real) -> Numbers:
    """Return the root mean square of `x` (trials × batch × units); nan where an entry is not finite."""
    flat = x.reshape(len(x), -1).astype(np.float64, copy=False)
    size: Numbers = np.sqrt(_length_squared(flat) / flat.shape[1])
    if tame(size, flat.dtype):
        return size
    peak = np.maximum(flat.max(axis=1), -flat.min(axis=1))
    # Divided by the largest entry first, squares of 1e-300 do not vanish.
    flat = flat / divisor(peak)[:, None]
    size = np.sqrt(_length_squared(flat) / flat.shape[1]) * peak
    return np.where(np.isfinite(peak), size, np.nan)


def divisor(size: Numbers) -> Numbers:
    """Return `size`, and 1 where it is 0 or no number."""
    return np.where(size > 0, size, 1.0)


def rescaled(x: Real, size: Numbers, least: float) -> tuple[Real, Numbers]:
    """Return `x` (trials × batch × units) in units in which it can be squared, and these units.

    `size` is its root mean square. The unit is 1 where x is tame; else its size, but not below `least`.
    """
    if tame(size, x.dtype):
        return x, np.ones(len(x))
    units = divisor(np.maximum(size, least))
    return x / units[:, None, None].astype(x.dtype, copy=False), units


def _length_squared(vectors: Numbers) -> Numbers:
    """Return the inner product of each vector, along the last axis, with itself."""
    square: Numbers = np.einsum("...i,...i->...", vectors, vectors)
    return square


def _count(marked: NDArray[np.bool_]) -> Numbers:
    """Return how many entries are marked, along the last axis."""
    # A product is much quicker than a sum of truth values, and exact below 2²⁴ entries.
    count: NDArray[np.float32] = marked.astype(np.float32) @ np.ones(marked.shape[-1], np.float32)
    return count.astype(np.float64)
