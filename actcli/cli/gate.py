"""Limits on a gradient that make a build fail, and which of them a report of `vanish` breaks."""

import math
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from actcli.render.text import number


class Gate(NamedTuple):
    """What is refused: a ratio of the first to the last gradient below or above these, and a verdict."""

    below: float | None
    above: float | None
    verdict: str | None

    def broken(self, report: Any) -> Iterator[str]:
        """Yield one text for every limit that the report breaks, with layer, value and limit."""
        if self == (None, None, None):
            return
        record: Mapping[str, Any] = report.to_record()
        several = "runs" in record
        for run in record["runs"] if several else (record,):
            name = f"{run['activation']['name']}: " if several else ""
            for text in self._broken_by(run):
                yield name + text

    def _broken_by(self, run: Mapping[str, Any]) -> Iterator[str]:
        ratio: float | None = run["log10_ratio"]
        shown = "0" if ratio is None else _in_four_digits(ratio)
        layers = f"layer 1 gets {shown} of the gradient of layer {run['depth']}"
        if run["verdict"] is None:
            yield f"{run['summary']}, so that no limit and no verdict can be checked"
            return
        lost = run["overflow_at_layer"]
        if lost is not None and (self.below is not None or self.above is not None):
            yield f"the outputs leave the range of numbers at layer {lost}, so no limit on the gradient holds"
            return
        # A gradient that is exactly zero has no logarithm, and is below every limit.
        if self.below is not None and (ratio is None or ratio < math.log10(self.below)):
            yield f"{layers}, below the limit {number(self.below, 6)}"
        if self.above is not None and ratio is not None and ratio > math.log10(self.above):
            yield f"{layers}, above the limit {number(self.above, 6)}"
        if self.verdict is not None and run["verdict"] == self.verdict:
            yield f"{layers}: {self.verdict}, which --fail-verdict refuses"


def _in_four_digits(log10: float) -> str:
    """Return 10**log10 in four digits, beyond the range of floats too."""
    if abs(log10) < 300:
        return f"{10**log10:.4g}"
    exponent = math.floor(log10)
    return f"{10 ** (log10 - exponent):.3f}e{exponent}"
