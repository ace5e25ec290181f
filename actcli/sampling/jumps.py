"""The dots that a picture puts where a function jumps."""

import math

from actcli.report import Mark
from actcli.sampling.curve import Samples


def jump_marks(samples: Samples, series: int = 0) -> list[Mark]:
    """Return a dot at the value taken at each jump, and a ring at each limit that is not taken."""
    marks = []
    for jump in samples.jumps:
        limits = {jump.left, jump.right} - {jump.stated}
        marks += [Mark(jump.x, y, "open", series=series) for y in sorted(limits) if math.isfinite(y)]
        if math.isfinite(jump.stated):
            marks.append(Mark(jump.x, jump.stated, "closed", series=series))
    return marks
