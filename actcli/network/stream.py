"""Random numbers that can be drawn again: one stream for every trial, layer and purpose."""

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Purpose = Literal["input", "loss", "forward", "backward"]
_NUMBER = {"input": 0, "loss": 1, "forward": 2, "backward": 3}
# What the author of SFC64 discards after seeding: then states that differ in one word have nothing in common.
_WARM_UP = 18

Real = NDArray[np.floating[Any]]
Floating = np.dtype[np.floating[Any]]


class Streams:
    """The streams of a stack of trials that begins with `trial`: one for every layer and purpose.

    One generator serves them all, since making another costs more than a narrow layer does; so each stream
    ends where the next one is asked for.
    """

    def __init__(self, seed: int, trial: int) -> None:
        self._bits = np.random.SFC64(0)
        self._generator = np.random.Generator(self._bits)
        first, second = np.random.SeedSequence((seed, trial)).generate_state(2, np.uint64)
        # SFC64 is numpy's fastest. Its state is three words and a counter, which begins with 1.
        self._words = np.array([first, second, 0, 1], np.uint64)
        self._state = self._bits.state
        self._state["state"]["state"] = self._words

    def __call__(self, layer: int, purpose: Purpose) -> "np.random.Generator":
        """Return the generator at the start of this stream, which is the same whenever it is asked for."""
        self._words[2] = len(_NUMBER) * layer + _NUMBER[purpose]
        self._bits.state = self._state
        self._bits.random_raw(_WARM_UP, output=False)
        return self._generator


def normal(
    generator: "np.random.Generator", shape: tuple[int, ...], dtype: Floating, out: Real | None = None
) -> Real:
    """Draw standard normal numbers of this shape and `dtype` (float32 or float64), into `out` if given."""
    drawn: Real = generator.standard_normal(shape, dtype=dtype.type, out=out)
    return drawn
