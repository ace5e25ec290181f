"""How layers are joined: the skip connection of residual networks, and normalisation before or after."""

from collections.abc import Callable
from typing import Final, Literal, NamedTuple

import numpy as np

from actcli.errors import OptionError, suggestion
from actcli.network import limits
from actcli.network.statistics import TAME
from actcli.network.stream import Real

Normalisation = Literal["layernorm", "rmsnorm"]
Back = Callable[[Real], Real]

# How many roundings of the mean are taken for no deviation from it.
_ROUNDINGS: Final = 2


class Wiring(NamedTuple):
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

    @property
    def word(self) -> str:
        """What joins the layers, in words: "plain", "residual 0.2, layernorm before"."""
        parts = [f"residual {self.residual:.4g}"] if self.residual is not None else []
        places = ((self.before, "before"), (self.after, "after"))
        return ", ".join([*parts, *(f"{kind} {place}" for kind, place in places if kind)]) or "plain"


PLAIN: Final = Wiring()
PLACES: Final = ("pre-layernorm", "post-layernorm", "pre-rmsnorm", "post-rmsnorm")


def wiring(residual: float | None = None, norm: str | None = None) -> Wiring:
    """Return the wiring with this branch factor and a normalisation named as in PLACES; None is without.

    Raises OptionError for another word, or a factor out of range.
    """
    if residual is not None:
        limits.real("residual", residual, limits.RESIDUAL)
    if norm is None:
        return Wiring(residual)
    if norm not in PLACES:
        cure = suggestion(norm, PLACES) or "; it takes " + ", ".join(PLACES)
        raise OptionError(f"unknown norm '{norm}'{cure}")
    place, _, kind = norm.partition("-")
    found: Normalisation = "layernorm" if kind == "layernorm" else "rmsnorm"
    return Wiring(residual, before=found) if place == "pre" else Wiring(residual, after=found)


def normalise(kind: Normalisation | None, x: Real) -> tuple[Real, Back]:
    """Return the normalised `x` and the function that pulls a gradient back through it.

    "rmsnorm": y = x / r with r² = mean x² over the units; "layernorm": the mean of x is taken off first.
    Nothing is added to r², so that any size will do; where nothing is left to divide by, y is 0.
    """
    if kind is None:
        return x, lambda gradient: gradient
    mean = x.mean(axis=-1, keepdims=True) if kind == "layernorm" else x.dtype.type(0)
    centred = x - mean if kind == "layernorm" else x
    size = _root_mean_square(centred)
    # Entries that are all alike differ from their mean by its rounding.
    nothing = size <= _ROUNDINGS * np.finfo(x.dtype).eps * np.abs(mean)
    size = np.where(nothing, 1, size)
    y = centred / size
    if nothing.any():
        y = np.where(nothing, 0, y)

    def back(gradient: Real) -> Real:
        along = np.mean(gradient * y, axis=-1, keepdims=True)
        mean = gradient.mean(axis=-1, keepdims=True) if kind == "layernorm" else 0.0
        pulled: Real = (gradient - mean - y * along) / size
        return pulled

    return y, back


def _root_mean_square(x: Real) -> Real:
    """Return the root mean square along the last axis, kept, of numbers of any size."""
    with np.errstate(all="ignore"):
        size: Real = np.sqrt(np.mean(x * x, axis=-1, keepdims=True))
    low, high = TAME[x.dtype.itemsize]
    if low < size.min() and size.max() < high:
        return size
    # Divided by the largest entry first, squares neither underflow nor overflow.
    peak = np.maximum(x.max(axis=-1, keepdims=True), -x.min(axis=-1, keepdims=True))
    unit = x / np.where(peak == 0, 1, peak)
    length: Real = peak * np.sqrt(np.mean(unit * unit, axis=-1, keepdims=True))
    return length
