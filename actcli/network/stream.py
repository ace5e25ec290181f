"""Random numbers that can be drawn again: one stream for every trial, layer and purpose."""

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Purpose = Literal["input", "loss", "forward", "backward"]
_NUMBER = {"input": 0, "loss": 1, "forward": 2, "backward": 3}

Real = NDArray[np.floating[Any]]
Floating = np.dtype[np.floating[Any]]


def stream(seed: int, trial: int, layer: int, purpose: Purpose) -> "np.random.Generator":
    """Return the generator for this purpose; the same four numbers always give the same draws."""
    # SFC64 is numpy's fastest, and a seed sequence of several numbers keeps the streams apart.
    words = np.random.SeedSequence((seed, trial, layer, _NUMBER[purpose]))
    return np.random.Generator(np.random.SFC64(words))


def normal(generator: "np.random.Generator", shape: tuple[int, ...], dtype: Floating) -> Real:
    """Draw standard normal numbers of this shape in `dtype` (float32 or float64)."""
    drawn: Real = generator.standard_normal(shape, dtype=dtype.type)
    return drawn
