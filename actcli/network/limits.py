"""How large a network may be asked for; everything is checked before anything is allocated."""

import math
from typing import Final

from actcli.errors import OptionError
from actcli.render.text import number

DEPTH: Final = (1, 1_000_000)
WIDTH: Final = (1, 65_536)
BATCH: Final = (1, 4_096)
TRIALS: Final = (1, 1_000)
SEED: Final = (0, 2**64 - 1)
SCALE: Final = (1e-6, 1e6)
"""What sigma_w and input_std may be: small enough that no variance leaves the range of float32."""
BIAS: Final = (0.0, 1e6)
"""What sigma_b may be."""
RESIDUAL: Final = (1e-6, 1e3)
"""What the factor of a residual branch may be."""
ORTHOGONAL_WIDTH: Final = 4_096
"""An orthogonal matrix is factored whole, in memory of order width²."""
SPECTRUM_WIDTH: Final = (1, 1_024)
"""All singular values of a product cost some width³ operations for every layer."""
MEMORY: Final = 2 * 2**30
"""Bytes that the kept states of one trial may take."""

COMPARED_DEPTH: Final = (1, 10_000)
"""Many activations side by side, whose vector-valued ones are simulated, are not for extreme depths."""
DTYPES: Final = ("float64", "float32")


def whole(name: str, value: int, allowed: tuple[int, int]) -> int:
    """Return `value`, or raise OptionError unless it is a whole number within `allowed`, ends included."""
    low, high = allowed
    if isinstance(value, bool) or value != value or not low <= value <= high or int(value) != value:
        raise OptionError(f"{name} is {value}; it takes a whole number from {low} to {high}")
    return int(value)


def real(name: str, value: float, allowed: tuple[float, float]) -> float:
    """Return `value`, or raise OptionError unless it is a number within `allowed` (both ends included)."""
    low, high = allowed
    if not low <= value <= high:
        raise OptionError(
            f"{name} is {value:g}; it takes a number from {number(low, 6)} to {number(high, 6)}"
        )
    # Without the sign of a zero, which would be shown.
    return float(value) + 0.0


def memory(depth: int, segment: int, entries: int, kept: int) -> None:
    """Raise OptionError where a checkpoint a segment and a segment's layers of `kept` arrays would not fit.

    `entries` counts the numbers of one layer's state (batch × units), each of 8 bytes.
    """
    needed = 8 * entries * (math.ceil(depth / segment) + kept * segment + _WORKING)
    if needed > MEMORY:
        raise OptionError(
            f"{depth} layers with {entries} numbers each would keep {needed / 2**30:.1f} GiB; "
            f"the limit is {MEMORY / 2**30:g} GiB, so make width, batch or depth smaller"
        )


_WORKING: Final = 5
"""Arrays of a layer's state that are at work beside those that are kept, as measured."""
PASSES: Final = 3_000_000
"""Trials × depth: what is measured is held for every layer of every trial."""
CUSTOMARY_DEPTH: Final = 20
CUSTOMARY_WIDTH: Final = 256
CUSTOMARY_BATCH: Final = 4
CUSTOMARY_TRIALS: Final = 10


def trials(value: int | None, depth: int) -> int:
    """Return how many trials to run: `value`, or ten while depth allows it.

    Raises OptionError where trials × depth is above the limit.
    """
    most = max(1, PASSES // max(depth, 1))
    if value is None:
        return min(CUSTOMARY_TRIALS, most)
    return whole(f"trials at depth {depth}", value, (TRIALS[0], min(TRIALS[1], most)))
