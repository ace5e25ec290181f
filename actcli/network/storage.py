"""One piece of memory for all that the layers of a segment keep for the way back."""

import math
from typing import Final, NamedTuple

import numpy as np

from actcli.network.stream import Floating, Real

ARRAYS: Final = 3
"""Arrays of batch × units that one layer keeps: see Room."""


class Room(NamedTuple):
    """Where one layer keeps its outputs, its slopes, and the normal numbers or the weights drawn for it."""

    outputs: Real
    slopes: Real
    drawn: Real
    weights: Real | None


class Storage:
    """Room for `layers` layers of at most `entries` numbers an array, and `weights` weights, 0 for none.

    Memory that is new is cleared page by page when it is first touched, which costs more than to fill it; so
    every segment uses the same, and numpy asks for large pages where a piece is large.
    """

    def __init__(self, layers: int, entries: int, weights: int, dtype: Floating) -> None:
        self._arrays = np.empty((layers, ARRAYS, entries), dtype)
        self._weights = np.empty((layers, weights), dtype) if weights else None

    def room(self, layer: int) -> Room:
        """Return the room of a layer of the segment, counted from 0."""
        outputs, slopes, drawn = self._arrays[layer]
        return Room(outputs, slopes, drawn, None if self._weights is None else self._weights[layer])


def shaped(room: Real, shape: tuple[int, ...]) -> Real:
    """Return the beginning of `room` as an array of this shape."""
    return room[: math.prod(shape)].reshape(shape)
