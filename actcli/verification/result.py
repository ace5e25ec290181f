"""Whether the stated derivatives of an activation are right, at many points and on both sides of every kink.

Where a formula is known it is differenced in high precision, so that the far tail is judged by its own
digits. Otherwise the float64 function is differenced, and what that cannot resolve is left unjudged.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from actcli.activation import Activation, known_orders
from actcli.render.text import counted, number
from actcli.verification.judgement import HIGHEST_KINK, ORDERS, Judgement, judge
from actcli.verification.kinks import KinkJudgement, judge_kink, unstated_kinks
from actcli.verification.subject import Subject

# Units in the last place.
_LARGE = 64.0


class Verification(NamedTuple):
    """What the check found; `failures` are in words, the worst point first, `notes` do not fail it.

    `judged` counts the numbers that were compared, `unresolved` those that nothing could resolve.
    """

    judgements: tuple[Judgement, ...]
    kinks: tuple[KinkJudgement, ...]
    failures: tuple[str, ...]
    notes: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether every stated number holds."""
        return not self.failures

    @property
    def judged(self) -> int:
        """How many numbers were compared."""
        return sum(judgement.numeric is not None for judgement in self.judgements)

    @property
    def unresolved(self) -> int:
        """How many numbers neither the formula nor the function could resolve."""
        return len(self.judgements) - self.judged

    @property
    def failure(self) -> str:
        """The first failure in one line, with how many more there are; empty where the check passed."""
        return in_one_line(self.failures)

    @property
    def sentences(self) -> tuple[str, ...]:
        """The verdict for people: what was compared, the worst error, and the first failures."""
        compared = f"{counted(self.judged, 'number')} compared"
        return (
            f"check {'passed' if self.passed else 'FAILED'}: {compared}{self._error}{self._left_out}",
            *self.failures[:8],
        )

    @property
    def _error(self) -> str:
        worst = self.worst
        if worst is None or worst.error_ulp is None:
            return ""
        place = f", of the {ORDERS[worst.order]} at x = {worst.x:.6g}" if worst.error_ulp else ""
        # 64 roundings of x may make more of a number than an ulp: sin(3*x) far out.
        reason = ", which rounding its argument explains" if worst.error_ulp > _LARGE and worst.holds else ""
        return f", the largest error {number(worst.error_ulp, 3)} ulp{place}{reason}"

    @property
    def _left_out(self) -> str:
        """What was not compared, and why, in words."""
        places = {each.kink.x for each in self.kinks}
        at_kinks = sum(j.numeric is None and j.x in places for j in self.judgements)
        others = self.unresolved - at_kinks
        where = "at a kink" if at_kinks == 1 else "at kinks"
        kinks = f"; {at_kinks} {where}, judged by the limits on both sides" if at_kinks else ""
        return kinks + (f"; {others} too fine for any difference to see" if others else "")

    @property
    def worst(self) -> Judgement | None:
        """The derivative with the largest error in ulp, None where nothing was compared."""
        judged = [j for j in self.judgements if j.kind == "derivative" and j.error_ulp is not None]
        return max(judged, key=lambda judgement: judgement.error_ulp or 0.0, default=None)


def in_one_line(failures: Sequence[str]) -> str:
    """Return the first of these failures, with how many more there are; empty where there are none."""
    more = f" (and {len(failures) - 1} more)" if len(failures) > 1 else ""
    return f"{failures[0]}{more}" if failures else ""


def verify(activation: Activation, points: Iterable[float], highest: int) -> Verification:
    """Return what a check of the orders up to `highest` at these points, and at every kink, finds."""
    subject = Subject(activation)
    judgements = [judgement for x in points for judgement in judge(subject, x, highest)]
    most = min(highest, HIGHEST_KINK, known_orders(activation.orders) - 1)
    kinks = tuple(judge_kink(subject, kink, most) for kink in activation.facts.kinks if kink.order <= most)
    wrong, lossy, gaps = _sorted_out(activation, judgements, subject.breaks)
    faults = (*(fault for kink in kinks for fault in kink.faults), *unstated_kinks(subject, most))
    notes = (*_notes(lossy), *_gaps(gaps))
    if activation.orders[0].origin == "propagated":
        # Nobody stated these kinks either: they are where float64 jumps, and the formula may not.
        return Verification(tuple(judgements), kinks, _in_words(wrong), (*faults, *notes))
    return Verification(tuple(judgements), kinks, (*faults, *_in_words(wrong)), notes)


def _sorted_out(
    activation: Activation, judgements: list[Judgement], breaks: tuple[float, ...]
) -> tuple[list[Judgement], list[Judgement], list[Judgement]]:
    """Return the judgements that fail, those that only show what float64 loses, and those at a gap.

    Nobody states the numbers that are propagated through a formula: they follow from it, and where its own
    formula of the derivative is right, a wrong number is lost digits and not a wrong derivative.
    """
    failing = [judgement for judgement in judgements if not judgement.holds]
    # At a breakpoint the formula itself is not judged, so that nothing there proves it right.
    proved = {j.order for j in judgements if j.kind == "formula" and j.holds}
    lossy = [
        j
        for j in failing
        if activation.orders[j.order].origin == "propagated"
        and j.kind != "formula"
        and (j.order == 0 or (j.order in proved and j.x not in breaks))
    ]
    # exp(-1/x**2) has a slope of 0 at 0, where its formula is 0/0, and cos(abs(x)) a curvature of −1, where
    # sign(0) = 0 is a convention: so far a formula says nothing where its branches meet.
    gaps = [j for j in failing if activation.orders[j.order].origin == "propagated" and j.x in breaks]
    return [j for j in failing if j not in lossy and j not in gaps], lossy, gaps


def _in_words(failing: list[Judgement]) -> tuple[str, ...]:
    return tuple(
        str(j) for j in sorted(failing, key=lambda j: (j.order, -(j.error or 0.0) / (j.allowed or 1e-323)))
    )


def _notes(lossy: list[Judgement]) -> Iterator[str]:
    for order, first in _first_of_each(lossy):
        yield f"float64 loses the digits of the {order} as it is written, first at x = {first.x:.6g}"


def _gaps(gaps: list[Judgement]) -> Iterator[str]:
    for order, first in _first_of_each(gaps):
        found = "no number" if math.isnan(first.stated) else f"{first.stated:.6g}"
        place = f"at x = {first.x:.6g}, where it breaks"
        yield f"the formula of the {order} gives {found} {place}; differences give {first.numeric:.6g}"


def _first_of_each(judgements: list[Judgement]) -> Iterator[tuple[str, Judgement]]:
    """Yield the order in words and its judgement nearest to 0, for each order that has one."""
    for order, word in enumerate(ORDERS):
        places = [judgement for judgement in judgements if judgement.order == order]
        if places:
            yield word, min(places, key=lambda judgement: abs(judgement.x))
