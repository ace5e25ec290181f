"""One number a layer, some of them missing, in 8 bytes each: a million layers stay small."""

from collections.abc import Iterator, Sequence
from typing import overload

import numpy as np

from actcli.network.statistics import Numbers


class Column(Sequence[float | None]):
    """Numbers, the first of which is layer 1's; None where there is none (a gradient of 0, an overflow)."""

    def __init__(self, values: Sequence[float | None] | Numbers) -> None:
        self.numbers: Numbers = np.array(values, dtype=np.float64)
        self.numbers[~np.isfinite(self.numbers)] = np.nan

    @overload
    def __getitem__(self, index: int) -> float | None: ...
    @overload
    def __getitem__(self, index: slice) -> "Column": ...
    def __getitem__(self, index: int | slice) -> "float | Column | None":
        """Return the number of a layer, counted from 0, or None; or a column of some of them."""
        if isinstance(index, slice):
            return Column(self.numbers[index])
        number = float(self.numbers[index])
        return None if number != number else number

    def __len__(self) -> int:
        return len(self.numbers)

    def __iter__(self) -> Iterator[float | None]:
        return (None if number != number else number for number in self.numbers.tolist())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Column({list(self)})"
