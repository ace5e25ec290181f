"""The check of one activation's derivatives as data and as a table."""

import math
from typing import TYPE_CHECKING, Any

from actcli.analysis.formulas import SYMBOLS
from actcli.numerics.floats import finite
from actcli.report import Cell, Column, Table
from actcli.verification.result import Verification

if TYPE_CHECKING:
    from actcli.analysis.derive_jacobian import JacobianCheck


def verdict_record(check: "Verification | JacobianCheck") -> dict[str, Any]:
    """Return verdict, counts and worst error of a check for machines; None where there is no such number."""
    worst = check.worst if isinstance(check, Verification) else None
    return {
        "passed": check.passed,
        "judged": check.judged,
        "unresolved": check.unresolved,
        "worst_error_ulp": worst.error_ulp if worst else None,
        "worst_x": worst.x if worst else None,
        "worst_order": worst.order if worst else None,
    }


def check_record(check: Verification) -> dict[str, Any]:
    """Return a check for machines: the verdict, the worst error, the kinks, and every failure in words."""
    return {
        **verdict_record(check),
        "kinks": [
            {
                "x": each.kink.x,
                "order": each.kink.order,
                "left": finite(each.kink.left),
                "right": finite(each.kink.right),
                "stated": finite(each.kink.stated),
                "reason": each.kink.reason,
                "numeric_left": finite(each.left),
                "numeric_right": finite(each.right),
            }
            for each in check.kinks
        ],
        "failures": list(check.failures),
        "notes": list(check.notes),
    }


def kink_table(check: Verification) -> Table:
    """Return the kinks, one row each: what is stated, what differences find, and what is taken and why."""
    columns = (
        Column("x", "x"),
        Column("order", "of"),
        Column("left", "left"),
        Column("right", "right"),
        Column("numeric_left", "left found"),
        Column("numeric_right", "right found"),
        Column("stated", "taken"),
        Column("reason", "because", "left"),
    )
    rows = (
        (
            each.kink.x,
            SYMBOLS[each.kink.order],
            *map(shown, (each.kink.left, each.kink.right, each.left, each.right, each.kink.stated)),
            each.kink.reason,
        )
        for each in check.kinks
    )
    return Table("kinks and jumps", columns, tuple(rows))


def shown(value: float | None) -> Cell:
    """Return a number for people, who read ∞ where data have null."""
    if value is None or math.isnan(value):
        return None
    return value if math.isfinite(value) else "∞" if value > 0 else "−∞"
