"""How layers are joined: the skip connection of residual networks, and normalisation before or after."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from actcli.network.stream import Real

Normalisation = Literal["layernorm", "rmsnorm"]
Back = Callable[[Real], Real]

_EPSILON: Final = 1e-12
"""Added to the variance: far below any variance met here, so that it only guards a layer of zeros."""


@dataclass(frozen=True)
class Wiring:
    """x_l = post(skip · x_{l−1} + branch · f(W pre(x_{l−1}) + b)).

    residual: the factor α of the branch, or None for a plain network (no skip).
    before, after: the normalisation of pre and post, over the units of each sample; None is the identity.
    """

    residual: float | None = None
    before: Normalisation | None = None
    after: Normalisation | None = None

    @property
    def plain(self) -> bool:
        """Whether x_l = f(W x_{l−1} + b) and nothing else."""
        return self == Wiring()


PLAIN: Final = Wiring()


def normalise(kind: Normalisation | None, x: Real) -> tuple[Real, Back]:
    """Return the normalised `x` and the function that pulls a gradient back through it.

    "rmsnorm": y = x / r with r² = mean x² over the units; "layernorm": the mean of x is taken off first.
    """
    if kind is None:
        return x, lambda gradient: gradient
    centred = x - x.mean(axis=-1, keepdims=True) if kind == "layernorm" else x
    size = np.sqrt(np.mean(centred * centred, axis=-1, keepdims=True) + _EPSILON)
    y = centred / size

    def back(gradient: Real) -> Real:
        along = np.mean(gradient * y, axis=-1, keepdims=True)
        mean = gradient.mean(axis=-1, keepdims=True) if kind == "layernorm" else 0.0
        pulled: Real = (gradient - mean - y * along) / size
        return pulled

    return y, back
