"""Derivatives by differences, each with an estimate of its own error: what a stated derivative is checked by.

Two ways: a function of Decimals is differenced with so many digits that the result is good to the last bit
of a float64; a function of float64 arrays is differenced with extrapolation over many steps.
"""

import math
from collections.abc import Callable, Iterator
from decimal import Decimal, DecimalException
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from actcli.numerics.decimals import digits, lossy
from actcli.numerics.floats import FLOATS, Floats

Array = NDArray[np.float64]
Precise = Callable[[Decimal], Decimal]

# Below this a float64 is 0, even after multiplication by any weight of a network.
_VANISHED = Decimal("1e-345")
_REMAINDER = Decimal("1e-26")
# With this many digits, whatever is not 0 in float64 survives being added to 1.
_DEEP = 380
# Ridders' tableau: by what each step is shorter, how many there are, and how many columns are extrapolated.
_SHRINK, _STEPS, _TABLEAU = 1.4, 48, 8
# So many of the shortest steps must see no change before a slope is called 0.
_FLAT = 5
# Units in the last place of x, for types of few digits.
_COARSE = 8
# With the digits of float16 such a floor would hide every mistake.
_FEW_DIGITS = 1e-4
# Outwards, dense enough to meet what fades like exp(-x²) on its way.
_RAY = 10.0 ** np.linspace(0.0, 4.0, 400)


class Estimate(NamedTuple):
    """A number found numerically and what its error is at most; `second` is the next derivative there."""

    value: float
    error: float
    second: float = math.nan


def precise_value(function: Precise, x: float | Decimal, *, confirmed: bool = True) -> Estimate | None:
    """Return f(x) of a function of Decimals as a float64, with precision growing until it stands still.

    None where f is not defined, and where even a Decimal overflows. Not `confirmed` by a second precision
    it takes half as long, and rests on what functions of Decimals note of cancelled digits.
    """
    before: Decimal | None = None
    # Near 0 terms such as sin(x) − x·cos(x) cancel to the third power of x.
    extra = max(_place(x), -3 * _place(x), 0)
    for precision in (50 + extra, 65 + extra, _DEEP + extra, _DEEP + 20 + extra):
        with digits(precision):
            found = _quietly(function, Decimal(x))
            if found is None or not found.is_finite():
                return None
            trusted = precision >= _DEEP or not lossy()
            sure = before is not None and _agree(found, before)
            if trusted and found and (sure or not confirmed):
                return Estimate(float(found), _rounding(found))
        before = found if trusted else None
    with digits(50):
        return Estimate(0.0, 0.0) if before is not None and abs(before) < _VANISHED else None


def precise_slope(function: Precise, x: float | Decimal, reach: float = 1.0) -> Estimate | None:
    """Return f′(x) of a function of Decimals from central differences at growing precision, or None.

    `reach` is how far the smooth piece around x extends. A result counts when two precisions with two
    different steps agree to 18 digits, a zero only when 380 digits see nothing either. None where f is not
    finite or no two agree.
    """
    before: tuple[Decimal, Decimal] | None = None
    for precision, step in _ladder(abs(float(x)), min(reach, 1e300)):
        # A term of a sum that the step does not move would pass for a constant.
        with digits(precision, max(25, _place(x) - step.adjusted() + 5)):
            found = _central(function, Decimal(x), step)
            if found is None:
                return None
            trusted = precision >= _DEEP or not lossy()
            if trusted and before is not None and _agree(found[0], before[0]):
                return Estimate(float(found[0]), _rounding(found[0]), float(found[1]))
        before = found if trusted else None
    with digits(50):
        size = abs(before[0]) if before is not None else Decimal(1)
        if size < _VANISHED:
            return Estimate(0.0, 0.0, 0.0)
        # What is left of a zero is the remainder of the step.
        return Estimate(0.0, float(_REMAINDER), 0.0) if size < _REMAINDER else None


def _place(x: float | Decimal) -> int:
    return math.floor(math.log10(abs(float(x)))) if x else 0


def _ladder(size: float, reach: float) -> Iterator[tuple[int, Decimal]]:
    """Yield (precision, step): steps relative to a small x, then absolute ones, then digits for tails."""
    place, near = _place(size), min(_place(reach), 0)
    relative = min(place, near) if size else near
    wide = max(place - near, 0)
    yield 60 + max(place - relative, 0), _ten(relative - 20)
    yield 75 + max(place - relative, 0), _ten(relative - 23)
    yield 90 + wide, _ten(near - 24)
    yield 105 + wide, _ten(near - 26)
    if 165 + 2 * wide < _DEEP:
        # Waves of 1e-19, such as those of sin(x**3) at 1e9.
        yield 150 + 2 * wide, _ten(near - 40)
        yield 165 + 2 * wide, _ten(near - 43)
    yield _DEEP + max(wide, -near), _ten(near - 12)
    yield _DEEP + 15 + max(wide, -near), _ten(near - 14)


def _ten(exponent: int) -> Decimal:
    return Decimal((0, (1,), exponent))


def _quietly(function: Precise, x: Decimal) -> Decimal | None:
    try:
        return function(x)
    except (DecimalException, ArithmeticError):
        return None


def _central(function: Precise, x: Decimal, step: Decimal) -> tuple[Decimal, Decimal] | None:
    """Return the first and the second central difference quotient, or None where f is not finite."""
    low, middle, high = (_quietly(function, point) for point in (x - step, x, x + step))
    if low is None or middle is None or high is None:
        return None
    first = (high - low) / (2 * step)
    second = (high - 2 * middle + low) / (step * step)
    return (first, second) if first.is_finite() and second.is_finite() else None


def _agree(found: Decimal, before: Decimal) -> bool:
    return found != 0 and abs(found - before) <= Decimal("1e-18") * abs(found)


def _rounding(value: Decimal) -> float:
    size = abs(float(value))
    return float(np.spacing(size)) / 2 if math.isfinite(size) else 0.0


def extrapolated_slope(
    function: Callable[[Array], Array],
    x: float,
    reach: float = math.inf,
    side: int = 0,
    floats: Floats = FLOATS["float64"],
    noise: float = 0.0,
) -> Estimate | None:
    """Return f′(x) of a function of arrays by Ridders' extrapolated differences, or None.

    Central for `side` 0; for −1 or +1 the limit of the slope from that side, which does not ask f at x
    itself. Steps start from a quarter of 1, and of |x| too; of all extrapolations the one with the least
    error counts, rounding of f included. None where even that error is over a hundredth. `floats` are the
    numbers that the function takes and returns; `x` must be one of them. `noise` is what rounding
    inside the function leaves in its values.
    """
    near = _extrapolated(function, x, min(reach, 1.0), side, floats, noise)
    if 0 < abs(x) < min(reach, 1.0):
        # Steps that stay on one side of 0, where the function may bend.
        close = _extrapolated(function, x, abs(x), side, floats, noise)
        return min((each for each in (near, close) if each), key=lambda each: each.error, default=None)
    if near is None or abs(x) <= 1 or reach <= 1:
        return near
    far = _extrapolated(function, x, min(reach, abs(x)), side, floats, noise)
    # Waves shorter than every step would feign convergence; only what small steps confirm is believed.
    confirmed = far is not None and abs(far.value - near.value) <= 5 * (far.error + near.error)
    return far if far is not None and confirmed and far.error < near.error else near


def rounding_within(function: Callable[[Array], Array], x: float, floats: Floats) -> float:
    """Return what rounding inside a function leaves in its values near x, however small they are.

    1 + tanh(x) is a difference of numbers near 1, and sqrt(1 + x*x) + x for negative x one of numbers near x.
    What fades away as far as floats go is none such, and keeps its digits.
    """
    if floats.epsilon > _FEW_DIGITS:
        return 0.0
    with np.errstate(all="ignore"):
        if abs(x) > 1 and _fades(np.abs(function(floats.rounded(math.copysign(1.0, x) * _RAY))), floats):
            return 0.0
        near, wide = (
            np.abs(function(floats.rounded(reach * np.linspace(-1, 1, 33)))) for reach in (1.0, 12.0)
        )
    size = float(np.nanmedian(near) or np.nanmedian(wide))
    return floats.epsilon * max(1.0, abs(x)) * size if math.isfinite(size) else 0.0


def _fades(size: Array, floats: Floats) -> bool:
    """Return whether sizes on a ray outwards come near the smallest float before they are 0."""
    return bool(size[size > 0].min(initial=math.inf) < math.sqrt(floats.smallest))


def _extrapolated(
    function: Callable[[Array], Array], x: float, reach: float, side: int, floats: Floats, noise: float
) -> Estimate | None:
    step: Array = 0.25 * reach / np.power(_SHRINK, np.arange(_STEPS))
    # Only steps that x can take exactly.
    step = floats.rounded(x + step) - x
    if floats.name != "float64":
        # Few digits round small steps to other ratios than those that are extrapolated.
        step = step[step >= _COARSE * floats.spacing(x)]
    step = step[step > 0]
    if len(step) < _TABLEAU:
        return None
    with np.errstate(all="ignore"):
        if side == 0:
            right, left, power = floats.rounded(x + step), floats.rounded(x - step), 2
        else:
            right, left, power = floats.rounded(x + 2 * side * step), floats.rounded(x + side * step), 1
        high, low, width = function(right), function(left), right - left
        quotient = (high - low) / width
        # Half an ulp of each value and of the place it was taken at, and what underflow hides.
        hidden = 2 * floats.smallest + noise + floats.epsilon * np.abs(x * quotient)
        rounding = (floats.epsilon * (np.abs(high) + np.abs(low)) + hidden) / np.abs(width)
        best = _ridders(quotient, rounding, power)
    settled = best is not None and best.error <= floats.settled * abs(best.value) + 1e-300
    if best is None or not settled:
        return _flat(quotient, rounding)
    return None if abs(quotient[-1] - best.value) > 0.1 * abs(best.value) + 4 * rounding[-1] else best


def _flat(quotient: Array, rounding: Array) -> Estimate | None:
    """Return 0 with the bound of what rounding hides, where all small steps find no change at all."""
    changes = np.flatnonzero(quotient)
    first = int(changes[-1]) + 1 if len(changes) else 0
    return Estimate(0.0, float(rounding[first])) if len(quotient) - first >= _FLAT else None


def _ridders(quotient: Array, rounding: Array, power: int) -> Estimate | None:
    """Extrapolate quotients whose error goes as step**power, step**(2·power)…; return the best entry."""
    column, best = quotient, None
    previous_column = None
    for level in range(_TABLEAU):
        if level:
            factor = _SHRINK ** (power * level)
            previous_column = column
            column = (factor * column[1:] - column[:-1]) / (factor - 1)
            neighbours = previous_column[1:], previous_column[:-1]
            difference = np.maximum(*(np.abs(column - neighbour) for neighbour in neighbours))
            # The extrapolation weighs the rounding errors of its columns by less than this.
            error = difference + 4 * rounding[level:]
            if not np.isfinite(error).any():
                break
            place = int(np.nanargmin(np.where(np.isfinite(error), error, np.inf)))
            if best is None or error[place] < best.error:
                best = Estimate(float(column[place]), float(error[place]))
    return best
