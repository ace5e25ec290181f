"""Kinks on trial: one-sided limits found numerically, and whether the value taken lies between them."""

import math
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from actcli.activation import Kink
from actcli.numerics.differences import Estimate, precise_value
from actcli.survey import examine
from actcli.verification.judgement import ORDERS
from actcli.verification.subject import Subject


class KinkJudgement(NamedTuple):
    """A stated kink beside the limits that differences find from both sides (None: unresolved)."""

    kink: Kink
    left: float | None
    right: float | None
    faults: tuple[str, ...] = ()


def judge_kink(subject: Subject, kink: Kink, highest: int) -> KinkJudgement:
    """Return a stated kink with the limits found, and what is wrong with it."""
    left, right = (subject.limit(kink.x, side, kink.order) for side in (-1, 1))
    faults = (
        *_wrong_kind(subject, kink),
        *_wrong_limits(subject, kink, left, right),
        *_wrong_branch(subject, kink),
        *(line for order in range(kink.order, highest + 1) for line in _outside(subject, kink.x, order)),
    )
    return KinkJudgement(
        kink,
        left.value if left else None,
        right.value if right else None,
        tuple(f"at the kink x = {kink.x:.10g}: {line}" for line in faults),
    )


def unstated_kinks(subject: Subject, highest: int) -> Iterator[str]:
    """Yield a fault for every breakpoint of the formula at which an order jumps and no kink says so."""
    stated = {(kink.x, kink.order) for kink in subject.activation.facts.kinks}
    for point in subject.breaks:
        for kink in examine(subject.activation, point, highest + 1, subject.floats):
            if kink.order <= highest and (point, kink.order) not in stated:
                jump = f"the {ORDERS[kink.order]} jumps from {kink.left:.6g} to {kink.right:.6g}"
                yield f"at x = {point:.10g}: {jump}, and no kink is stated"


def _wrong_kind(subject: Subject, kink: Kink) -> Iterator[str]:
    """Yield a fault where a jump is called a bend, or nothing jumps at all."""
    stated = {other.order for other in subject.activation.facts.kinks if other.x == kink.x}
    for order in set(range(kink.order)) - stated:
        low, high = (subject.limit(kink.x, side, order) for side in (-1, 1))
        if low is not None and high is not None and not subject.meet(low, high):
            jump = f"the {ORDERS[order]} jumps from {low.value:.6g} to {high.value:.6g}"
            yield f"{jump}, but only a jump of the {ORDERS[kink.order]} is stated"
    # At a pole both sides may go the same way.
    if math.isfinite(kink.left) and subject.close(kink.left, kink.right):
        yield f"the stated limits of the {ORDERS[kink.order]} are the same, so there is no kink"


def _wrong_limits(
    subject: Subject, kink: Kink, left: Estimate | None, right: Estimate | None
) -> Iterator[str]:
    for side, stated, found in (("left", kink.left, left), ("right", kink.right, right)):
        if found is None or not math.isfinite(stated):
            continue
        if not subject.close(stated, found.value, found.error):
            limits = f"stated {stated:.10g}, differences give {found.value:.10g}"
            allowed = f"allowed are {subject.floats.limit:.0e} apart, relatively"
            yield f"{ORDERS[kink.order]} from the {side} {limits}; {allowed}"


def _wrong_branch(subject: Subject, kink: Kink) -> Iterator[str]:
    """Yield a fault where the function, or the formula, takes another value at the kink than is stated."""
    word, taken = ORDERS[kink.order], subject.at(kink.x, kink.order)
    if not (subject.close(taken, kink.stated) or (math.isnan(taken) and math.isnan(kink.stated))):
        yield f"{word} stated {kink.stated:.10g}, but the function returns {taken:.10g}"
    precise = subject.precise(kink.order)
    if precise is None:
        return
    hair = Decimal("1e-40")
    left, at, right = (precise_value(precise, Decimal(kink.x) + shift) for shift in (-hair, Decimal(0), hair))
    # A formula that breaks a rounding error beside the stated point decides nothing there.
    if left is None or at is None or right is None or subject.close(left.value, right.value):
        return
    if not subject.close(at.value, kink.stated):
        yield f"{word} stated {kink.stated:.10g}, but its formula gives {at.value:.10g}"


def _outside(subject: Subject, x: float, order: int) -> Iterator[str]:
    """Yield a fault where the value taken at a kink lies outside its one-sided limits."""
    left, right = (subject.limit(x, side, order) for side in (-1, 1))
    taken = subject.at(x, order)
    if left is None or right is None:
        return
    low, high = sorted((left.value, right.value))
    if math.isnan(taken):
        # A formula may be 0/0 where its branches meet; a function of one's own returns what it says.
        if subject.activation.orders[order].origin == "stated":
            yield f"{ORDERS[order]} is nan, and its limits {left.value:.10g} and {right.value:.10g}"
        return
    slack = subject.floats.limit * max(abs(low), abs(high), 1e-3) + left.error + right.error
    if not low - slack <= taken <= high + slack:
        limits = f"{left.value:.10g} and {right.value:.10g}"
        yield f"{ORDERS[order]} {taken:.10g} is not between its limits {limits}"
