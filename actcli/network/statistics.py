"""What layers of a random network look like, in arrays of shape (…, trials, batch, units).

Numbers are per trial (and per whatever stands before it), and safe for signals of any magnitude.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from actcli.network.stream import Real

Numbers = NDArray[np.float64]

SATURATED: Final = 0.01
"""A unit is saturated where its |slope| is below this share of the activation's largest."""

# Squares of root mean squares within these neither underflow nor overflow.
_TAME: Final = (1e-140, 1e140)


def moments(x: Real) -> tuple[Numbers, Numbers, Numbers]:
    """Return mean, standard deviation and kurtosis (3 for a normal law) of `x`.

    Over units and batch together; kurtosis is nan where nothing varies.
    """
    flat = x.reshape(*x.shape[:-2], -1).astype(np.float64, copy=False)
    scale = np.maximum(flat.max(axis=-1), -flat.min(axis=-1))
    scale[scale == 0] = 1.0
    flat = flat / scale[..., None]
    mean = flat.mean(axis=-1)
    flat -= mean[..., None]
    flat *= flat
    variance = flat.mean(axis=-1)
    fourth = np.einsum("...j,...j->...", flat, flat) / flat.shape[-1]
    kurtosis = np.divide(fourth, variance**2, out=np.full_like(mean, np.nan), where=variance > 0)
    return mean * scale, np.sqrt(variance) * scale, kurtosis


def sign_agreement(x: Real) -> Numbers:
    """Return how far the weight gradients of a unit agree in sign, for the inputs `x` of its layer.

    For one sample ∂L/∂w_ij = δ_i x_j, so the signs within the row of unit i are those of x, or all
    reversed. The share of the majority among the inputs that are not zero, averaged over the batch: 1 where
    all inputs have one sign (every step moves all weights of a unit up, or all down: the zig-zag), 1/2 where
    they are balanced, nan where all are zero.
    """
    positive, negative = (x > 0).sum(axis=-1), (x < 0).sum(axis=-1)
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
    # The square of the sum of unit vectors holds each pair twice, and each vector with itself.
    whole = np.square((1 / length)[..., None, :] @ z, dtype=np.float64).sum(axis=(-1, -2))
    pairs: Numbers = (whole - batch) / (batch * (batch - 1))
    return pairs


def saturated_fraction(slope: Real, bound: float) -> Numbers:
    """Return the share of entries with |slope| below SATURATED · bound; nan where the slope has no bound."""
    if not np.isfinite(bound):
        return np.full(slope.shape[:-2], np.nan)
    share: Numbers = (np.abs(slope) < SATURATED * bound).mean(axis=(-1, -2), dtype=np.float64)
    return share


def dead_fraction(pulled: Real) -> Numbers:
    """Return the share of units whose slope, or gradient, `pulled` is exactly 0 for the whole batch."""
    share: Numbers = (pulled == 0).all(axis=-2).mean(axis=-1, dtype=np.float64)
    return share


def magnitude(x: Real) -> Numbers:
    """Return the root mean square of `x` (trials × batch × units); nan where an entry is not finite."""
    flat = x.reshape(len(x), -1).astype(np.float64, copy=False)
    size: Numbers = np.sqrt(np.einsum("ij,ij->i", flat, flat) / flat.shape[1])
    low, high = _TAME
    if all(low < number < high for number in size.tolist()):
        return size
    peak = np.maximum(flat.max(axis=1), -flat.min(axis=1))
    # Divided by the largest entry first, squares of 1e-300 do not vanish.
    flat = flat / divisor(peak)[:, None]
    size = np.sqrt(np.einsum("ij,ij->i", flat, flat) / flat.shape[1]) * peak
    return np.where(np.isfinite(peak), size, np.nan)


def divisor(size: Numbers) -> Numbers:
    """Return `size`, and 1 where it is 0 or no number."""
    return np.where(size > 0, size, 1.0)
