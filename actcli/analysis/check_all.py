"""The check of many activations at once, one line each."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from actcli.activation import Activation, AnyActivation
from actcli.analysis.check import verdict_record
from actcli.analysis.derive_jacobian import JacobianCheck, derive_jacobian
from actcli.analysis.formulas import SYMBOLS
from actcli.analysis.records import activation_record
from actcli.analysis.shown import Drawn
from actcli.report import Chart, Column, Curve, Mark, Panel, Table
from actcli.symbolic import continued, expression_of
from actcli.verification.points import checked_points, shown_points
from actcli.verification.result import Verification, verify
from actcli.version import VERSION


class Checked(NamedTuple):
    """One activation and what its check found."""

    activation: AnyActivation
    check: Verification | JacobianCheck

    def to_record(self) -> dict[str, Any]:
        """Return the verdict for machines; None where there is no such number."""
        return {
            "activation": activation_record(self.activation),
            **verdict_record(self.check),
            "failures": list(self.check.failures),
        }


@dataclass(frozen=True, repr=False)
class CheckReport(Drawn):
    """The checks of many activations, one line each; `order` is the highest derivative judged."""

    order: int
    checks: tuple[Checked, ...]

    @property
    def failed(self) -> tuple[str, ...]:
        """The labels of the activations that fail."""
        return tuple(each.activation.label for each in self.checks if not each.check.passed)

    def to_record(self) -> dict[str, Any]:
        """Return every verdict for machines."""
        return {
            "report": "check",
            "actcli": VERSION,
            "order": self.order,
            "passed": not self.failed,
            "failed": list(self.failed),
            "checks": [each.to_record() for each in self.checks],
        }

    def to_table(self) -> Table:
        """Return one row an activation, and below them the first failure of each that fails."""
        columns = (
            Column("name", "name", "left"),
            Column("passed", "passed"),
            Column("judged", "compared", meaning="compared: numbers held against independent ones"),
            Column("unresolved", "unresolved", meaning="unresolved: numbers that nothing could resolve"),
            Column("worst_error_ulp", "worst ulp", meaning="worst ulp: in units in the last place"),
            Column("worst_order", "of", "left"),
            Column("worst_x", "at x"),
        )
        rows = []
        for each in self.checks:
            row = {**each.to_record(), "name": each.activation.label}
            if row["worst_order"] is not None:
                row["worst_order"] = SYMBOLS[row["worst_order"]]
            rows.append(tuple(row[column.key] for column in columns))
        failures = (
            f"{each.activation.label}: {each.check.failure}" for each in self.checks if not each.check.passed
        )
        verdict = f"{len(self.checks) - len(self.failed)} of {len(self.checks)} pass"
        return Table("check of derivatives", columns, tuple(rows), notes=(verdict, *failures))

    def to_chart(self) -> Chart:
        """Return the worst error of each activation, smallest first."""
        found = sorted(
            (ulp, each.activation.label)
            for each in self.checks
            if (ulp := each.to_record()["worst_error_ulp"]) is not None
        )
        # One sine far out, whose argument rounds, is a billion ulp off: beside it all others would be 0.
        errors = tuple(math.log10(1 + ulp) for ulp, _ in found)
        curve = Curve("worst error", tuple(map(float, range(1, len(errors) + 1))), errors)
        marks = (Mark(len(errors), errors[-1], "peak", found[-1][1]),) if found else ()
        panel = Panel("activations, by their worst error", "log10(1 + ulp)", curves=(curve,), marks=marks)
        return Chart("Worst errors of derivatives", (panel,))


def check_all(
    activations: Iterable[AnyActivation], order: int = 2, tell: Callable[[str], None] = lambda _: None
) -> CheckReport:
    """Return the check of each activation's derivatives up to `order`, at the points of `derive(check=True)`.

    Orders that a record does not hold follow from its formula, or are left out; `tell` is called with each
    activation's label before it is checked.
    """
    checks = []
    for activation in activations:
        tell(activation.label)
        checks.append(Checked(activation, _check(activation, order)))
    return CheckReport(order, tuple(checks))


def _check(activation: AnyActivation, order: int) -> Verification | JacobianCheck:
    if not isinstance(activation, Activation):
        return derive_jacobian(activation, (), min(order, 1), check=True).check
    held = continued(activation, order) if expression_of(activation) else activation
    points = {*shown_points(held), *checked_points(held)}
    return verify(held, sorted(points), min(max(order, 1), len(held.orders) - 1))
