"""Stated numbers beside independent ones, point by point, with what is allowed between them."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from actcli.numerics.differences import Estimate, precise_value
from actcli.verification.points import distance_to_break
from actcli.verification.subject import Subject

# Many times what a careful float64 function loses, and far less than a constant off by 1e-6 changes.
_RELATIVE = 1e-11
# In units of what the rounding of x, or of intermediate results of the size of x·f′, does to f.
_ROUNDINGS = 64
_EPSILON = float(np.finfo(np.float64).eps)

HIGHEST_KINK = 2
ORDERS = ("value", "slope", "curvature", "third derivative", "fourth derivative")

Kind = Literal["value", "derivative", "formula"]


@dataclass(frozen=True)
class Judgement:
    """One stated number beside the independent one; `numeric` is None where nothing can resolve it.

    kind: "derivative" is a function judged by differences of the order below, "value" a function judged by
    its own formula, "formula" the formula of a derivative judged by the differences. conditioning: what a
    relative change of x by 1 would add to the number, |x · f⁽ᵏ⁺¹⁾|.
    """

    kind: Kind
    x: float
    order: int
    stated: float
    numeric: float | None
    allowed: float = math.inf
    conditioning: float = 0.0

    @property
    def error(self) -> float | None:
        """|stated − numeric|; None where there is nothing to compare with."""
        if self.numeric is None:
            return None
        return 0.0 if self.stated == self.numeric else abs(self.stated - self.numeric)

    @property
    def error_ulp(self) -> float | None:
        """The error in units of the last place of the numeric value.

        None for an infinity and for a zero, by which is meant what the rounding of x alone makes of one.
        """
        if self.numeric is None or self.error is None or not math.isfinite(self.error + self.numeric):
            return None
        if self.error and abs(self.numeric) <= 4 * _EPSILON * self.conditioning:
            return None
        return self.error / float(np.spacing(abs(self.numeric))) if self.numeric or not self.error else None

    @property
    def holds(self) -> bool:
        """Whether the two agree within what is allowed; what cannot be resolved is no objection."""
        if self.numeric is None or self.stated == self.numeric:
            return True
        if math.isinf(self.stated) or math.isinf(self.numeric):
            # Overflow may begin a little earlier in float64 than in truth.
            return self.stated * self.numeric > 0 and min(abs(self.stated), abs(self.numeric)) > 1e300
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
        yield from _derivative(subject, x, order, found, smooth)


def _derivative(
    subject: Subject, x: float, order: int, found: Estimate | None, smooth: bool
) -> Iterator[Judgement]:
    stated = subject.at(x, order)
    if found is None:
        yield Judgement("derivative", x, order, stated, None)
        return
    change = _conditioning(subject, x, order, found)
    judged = [Judgement("derivative", x, order, stated, found.value, _allowed(found, change), change)]
    formula = _of_formula(subject, x, order) if smooth else None
    if formula is not None:
        judged.append(Judgement("formula", x, order, formula.value, found.value, _allowed(found, change)))
    # Kinks are stated up to the curvature; where a higher order jumps, a difference is half the jump.
    if order > HIGHEST_KINK and not all(j.holds for j in judged) and subject.jumps(x, order):
        judged = [Judgement("derivative", x, order, stated, None)]
    yield from judged


def _value(subject: Subject, x: float, slope: Estimate | None) -> Iterator[Judgement]:
    found = _of_formula(subject, x, 0)
    if found is not None:
        change = abs(x * slope.value) if slope else 0.0
        yield Judgement("value", x, 0, subject.at(x, 0), found.value, _allowed(found, change))


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
        near = x + np.arange(-2, 3) * np.spacing(abs(x))
        return float(np.ptp(subject.function(order)(near))) / _EPSILON
    return abs(x * found.second)


def _allowed(found: Estimate, conditioning: float) -> float:
    size = abs(found.value)
    if not math.isfinite(size):
        return 0.0
    change = _ROUNDINGS * _EPSILON * conditioning if math.isfinite(conditioning) else 0.0
    # Below 1e-290 floats become too coarse for a relative tolerance.
    coarse = 64 * float(np.spacing(size)) if size < 1e-290 else 0.0
    return _RELATIVE * size + change + 20 * found.error + coarse
