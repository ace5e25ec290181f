"""The marks that a picture puts on sampled curves: at jumps, and where an activation is steepest."""

import math

import numpy as np
from numpy.typing import NDArray

from actcli.activation import Activation, Array
from actcli.render.text import number
from actcli.report import Level, Mark
from actcli.sampling.curve import Samples

Flags = NDArray[np.bool_]

# Samples this near to the bound lead to a maximum; a maximum is this near, a plateau this exactly at it.
_NEAR, _REACHED, _EXACT = 1e-3, 1e-6, 1e-9
_PLATEAU = 0.01
_MOST_MARKS = 2


def jump_marks(samples: Samples, series: int = 0) -> list[Mark]:
    """Return a dot at the value taken at each jump, and a ring at each limit that is not taken."""
    marks = []
    for jump in samples.jumps:
        limits = {jump.left, jump.right} - {jump.stated}
        marks += [Mark(jump.x, y, "open", series=series) for y in sorted(limits) if math.isfinite(y)]
        if math.isfinite(jump.stated):
            marks.append(Mark(jump.x, jump.stated, "closed", series=series))
    return marks


def steepest(section: Activation, samples: Samples) -> tuple[tuple[Mark, ...], tuple[Level, ...]]:
    """Return marks where |f′| takes its largest value, given samples of f′.

    A level stands in for them where it is largest along a stretch, at many points, or only in the limit
    (then said as sup), and says it of a slope that is 0 everywhere. Nothing is returned for a slope without
    bound, or a largest slope that is out of the picture.
    """
    bound = section.slope_bound
    if bound == 0:
        return (), (Level(0.0, "the slope is 0 everywhere"),)
    if not math.isfinite(bound):
        return (), ()
    x, slope = samples.x, np.abs(samples.y)
    with np.errstate(invalid="ignore"):
        exact, near = slope >= bound * (1 - _EXACT), slope >= bound * (1 - _NEAR)
    if _length(x, exact) > _PLATEAU * (x[-1] - x[0]):
        return (), _levels("max", bound, samples, exact)
    peaks = [_peak(section, samples, run) for run in _runs(near)]
    reached = [(at, y) for at, y in peaks if abs(y) >= bound * (1 - _REACHED)]
    if len(reached) > _MOST_MARKS:
        return (), _levels("max", bound, samples, near)
    if reached:
        return _marks(section, samples, reached, bound), ()
    limits = {section.facts.slope_at_minus_infinity, section.facts.slope_at_infinity}
    approached = sorted((limit for limit in limits if abs(limit) == bound), reverse=True)
    return (), tuple(Level(limit, f"sup |f′| = {number(bound)}") for limit in approached)


def _length(x: Array, inside: Flags) -> float:
    return float(np.diff(x)[inside[1:] & inside[:-1]].sum())


def _levels(word: str, bound: float, samples: Samples, reached: Flags) -> tuple[Level, ...]:
    signs = sorted({float(sign) for sign in np.sign(samples.y[reached])}, reverse=True)
    return tuple(
        Level(sign * bound, f"{word} |f′| = {number(bound)}" if sign == signs[0] else "") for sign in signs
    )


def _runs(inside: Flags) -> list[NDArray[np.intp]]:
    """Return the indices of each unbroken run of True."""
    places = np.flatnonzero(inside)
    return [run for run in np.split(places, np.flatnonzero(np.diff(places) > 1) + 1) if run.size]


def _peak(section: Activation, samples: Samples, run: NDArray[np.intp]) -> tuple[float, float]:
    """Return the x and f′ of the largest |f′| in a run of samples, between samples where f′ is smooth."""
    x, y = samples.x, samples.y
    best = int(run[np.argmax(np.abs(y[run]))])
    if not 0 < best < len(x) - 1 or not np.isfinite(y[best - 1 : best + 2]).all():
        return float(x[best]), float(y[best])
    low, high = float(x[best - 1]), float(x[best + 1])
    for _ in range(6):
        # Nine points a round: each round leaves a quarter of the interval.
        inner = np.linspace(low, high, 9)
        height = np.abs(section(inner, order=1))
        top = int(np.argmax(height))
        low, high = float(inner[max(top - 1, 0)]), float(inner[min(top + 1, 8)])
    at = float(inner[top])
    found = float(section(np.array([at]), order=1)[0])
    return (at, found) if abs(found) > abs(y[best]) else (float(x[best]), float(y[best]))


def _marks(
    section: Activation, samples: Samples, peaks: list[tuple[float, float]], bound: float
) -> tuple[Mark, ...]:
    limits = {(jump.x, y) for jump in samples.jumps for y in (jump.left, jump.right) if y != jump.stated}
    mirrored = len(peaks) == 2 and abs(peaks[0][0] + peaks[1][0]) <= 1e-4 * abs(peaks[1][0])
    marks = []
    for place, (x, y) in enumerate(peaks):
        sup = (x, y) in limits
        at = 0.0 if abs(x) < 1e-6 else x
        where = f"±{number(abs(at))}" if mirrored and at else number(at)
        text = f"{'sup' if sup else 'max'} |f′| = {number(bound)} at x = {where}".replace("-", "−")
        marks.append(Mark(x, y, "open" if sup else "peak", "" if mirrored and place == 0 else text))
    return tuple(marks)
