"""Stated numbers beside independent ones, point by point, with what is allowed between them."""

import math
from collections.abc import Iterator
from typing import Literal, NamedTuple

import numpy as np

from actcli.numerics.differences import Estimate, precise_value
from actcli.numerics.floats import FLOATS, Floats
from actcli.verification.points import distance_to_break
from actcli.verification.subject import Subject

# In units of what the rounding of x, or of intermediate results of the size of x·f′, does to f.
_ROUNDINGS = 64
# In units of the last place: differences of floats know no number better than that.
_KNOWN = 4

HIGHEST_KINK = 2
ORDERS = ("value", "slope", "curvature", "third derivative", "fourth derivative")

Kind = Literal["value", "derivative", "formula"]


class Judgement(NamedTuple):
    """One stated number beside the independent one; `numeric` is None where nothing can resolve it.

    kind: "derivative" is a function judged by differences of the order below, "value" a function judged by
    its own formula, "formula" the formula of a derivative judged by the differences. conditioning: what a
    relative change of x by 1 would add to the number, |x · f⁽ᵏ⁺¹⁾|. uncertainty: how far off the independent
    number may be itself. floats: what the numbers are held in.
    """

    kind: Kind
    x: float
    order: int
    stated: float
    numeric: float | None
    allowed: float = math.inf
    conditioning: float = 0.0
    uncertainty: float = 0.0
    floats: Floats = FLOATS["float64"]

    @property
    def error(self) -> float | None:
        """|stated − numeric|; None where there is nothing to compare with."""
        if self.numeric is None:
            return None
        return 0.0 if self.stated == self.numeric else abs(self.stated - self.numeric)

    @property
    def error_ulp(self) -> float | None:
        """The error in units of the last place of the numeric value.

        None for an infinity, for a zero, by which is meant what the rounding of x alone makes of one, and
        where the numeric value is not good to some units itself.
        """
        if self.numeric is None or self.error is None or not math.isfinite(self.error + self.numeric):
            return None
        if self.error and abs(self.numeric) <= 4 * self.floats.epsilon * self.conditioning:
            return None
        unit = float(self.floats.spacing(self.numeric))
        if self.error and (not self.numeric or self.uncertainty > _KNOWN * unit):
            return None
        return self.error / unit

    @property
    def holds(self) -> bool:
        """Whether the two agree within what is allowed; what cannot be resolved is no objection."""
        if self.numeric is None or self.stated == self.numeric:
            return True
        if math.isinf(self.stated) or math.isinf(self.numeric):
            # Overflow may begin a little earlier in float64 than in truth.
            least = min(abs(self.stated), abs(self.numeric))
            return self.stated * self.numeric > 0 and least > 1e-8 * self.floats.largest
        return abs(self.stated - self.numeric) <= self.allowed

    def __str__(self) -> str:
        name = ORDERS[self.order]
        left = f"the formula of the {name} gives" if self.kind == "formula" else f"{name} stated"
        right = "its formula gives" if self.kind == "value" else "differences give"
        numbers = f"{left} {self.stated:.10g}, {right} {self.numeric:.10g}"
        return f"at x = {self.x:.10g}: {numbers}; allowed are {self.allowed:.2g} apart"


def judge(subject: Subject, x: float, highest: int) -> Iterator[Judgement]:
    """Yield all judgements at one point: the value, then each derivative and its formula, up to `highest`.

    An order that is nothing but differences of the one below is nobody's claim, and is not judged.
    """
    judged = [k for k in range(1, highest + 1) if subject.activation.orders[k].origin != "differences"]
    slopes = {order: subject.derivative(x, order) for order in judged}
    smooth = distance_to_break(x, subject.breaks) > 0
    if smooth and highest:
        yield from _value(subject, x, slopes.get(1))
    for order, found in slopes.items():
        verdicts = [*_derivative(subject, x, order, found, smooth)]
        if not all(each.holds for each in verdicts if each.kind == "formula"):
            # Constants that are rounded add up to a slope of their own.
            typed = subject.as_typed
            again = [*_derivative(typed, x, order, typed.derivative(x, order), smooth)]
            verdicts = again if all(each.holds for each in again if each.kind == "formula") else verdicts
        yield from verdicts


def _derivative(
    subject: Subject, x: float, order: int, found: Estimate | None, smooth: bool
) -> Iterator[Judgement]:
    stated = subject.at(x, order)
    if found is None or (found.value == 0 and 0 < abs(stated) <= 20 * found.error):
        # Where differences see nothing, they know a bound and no number.
        yield Judgement("derivative", x, order, stated, None)
        return
    change = _conditioning(subject, x, order, found)
    allowed, floats = _allowed(found, change, subject.floats), subject.floats
    judged = [Judgement("derivative", x, order, stated, found.value, allowed, change, found.error, floats)]
    formula = _of_formula(subject, x, order) if smooth else None
    if formula is not None:
        judged.append(Judgement("formula", x, order, formula.value, found.value, allowed, floats=floats))
    # Kinks are stated up to the curvature; where a higher order jumps, a difference is half the jump.
    if order > HIGHEST_KINK and not all(j.holds for j in judged) and subject.jumps(x, order):
        judged = [Judgement("derivative", x, order, stated, None)]
    yield from judged


def _value(subject: Subject, x: float, slope: Estimate | None) -> Iterator[Judgement]:
    found = _of_formula(subject, x, 0)
    if found is not None:
        change = abs(x * slope.value) if slope else 0.0
        allowed = _allowed(found, change, subject.floats)
        yield Judgement("value", x, 0, subject.at(x, 0), found.value, allowed, floats=subject.floats)


def _of_formula(subject: Subject, x: float, order: int) -> Estimate | None:
    precise = subject.precise(order)
    return precise_value(precise, x) if precise and math.isfinite(x) else None


def _conditioning(subject: Subject, x: float, order: int, found: Estimate) -> float:
    """Return |x · f⁽ᵏ⁺¹⁾|: what a relative change of x does to the derivative of order k.

    An oscillating function is granted its envelope, too: all digits at endlessly many zeros nobody can keep.
    """
    facts = subject.activation.facts
    if math.isnan(facts.slope_at_infinity) or math.isnan(facts.slope_at_minus_infinity):
        near = subject.function(order)(x + np.linspace(-1, 1, 9))
        envelope = float(np.abs(near[np.isfinite(near)]).max(initial=0.0))
        return max(envelope, abs(x * found.second) if math.isfinite(x * found.second) else 0.0)
    if math.isnan(found.second):
        # Without a further derivative the neighbouring floats show what the rounding of x does.
        near = x + np.array([-2, -1, 1, 2]) * subject.floats.spacing(x)
        return float(np.ptp(subject.function(order)(near))) / subject.floats.epsilon
    return abs(x * found.second)


def _allowed(found: Estimate, conditioning: float, floats: Floats) -> float:
    size = abs(found.value)
    if not math.isfinite(size):
        return 0.0
    change = _ROUNDINGS * floats.epsilon * conditioning if math.isfinite(conditioning) else 0.0
    # Near the smallest numbers floats become too coarse for a relative tolerance, and what is scaled after
    # it has become that small is coarser still.
    coarse = 1024 * float(floats.spacing(size)) if size < floats.smallest / floats.epsilon**2 else 0.0
    # Of a quotient that has overflowed in its denominator nothing is left a little early.
    early = size if size < floats.smallest / floats.epsilon else 0.0
    return floats.careful * size + change + 20 * found.error + coarse + early
