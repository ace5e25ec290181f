"""The Jacobian of a vector-valued activation at one vector, and whether it is right."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from actcli.activation import Array, VectorActivation
from actcli.analysis.records import activation_record
from actcli.analysis.shown import Drawn
from actcli.errors import OptionError, OrderError
from actcli.numerics.differences import extrapolated_slope
from actcli.numerics.floats import finite
from actcli.report import Cell, Chart, Column, Curve, Panel, Table
from actcli.verification.result import in_one_line
from actcli.version import VERSION

LONGEST = 64
_RELATIVE = 1e-9
# Entries for the check, none of them alike or a round number, small enough for every exponential.
_TRIED = (0.731, -1.127, 2.039, -0.313, 1.571, -2.477, 0.094, 3.213, -3.901, 0.483, 1.037, -0.657)


class JacobianCheck(NamedTuple):
    """What differences say: `failures` in words, how many entries were compared, how many could not be."""

    judged: int
    unresolved: int
    failures: tuple[str, ...]
    worst_error: float | None

    @property
    def passed(self) -> bool:
        """Whether every entry that could be compared holds."""
        return not self.failures

    @property
    def failure(self) -> str:
        """The first failure in one line, with how many more there are; empty where the check passed."""
        return in_one_line(self.failures)


@dataclass(frozen=True, repr=False)
class JacobianReport(Drawn):
    """The Jacobian J[i][j] = ∂y_i/∂z_j at the vector z, as stated and by differences (nan: unresolved)."""

    activation: VectorActivation
    z: tuple[float, ...]
    y: tuple[float, ...]
    jacobian: Array
    numeric: Array
    check: JacobianCheck

    def to_record(self) -> dict[str, Any]:
        """Return the whole result for machines; the derivative of a point is its Jacobian, row by row."""
        error = np.abs(self.jacobian - self.numeric)
        return {
            "report": "derive",
            "actcli": VERSION,
            "activation": activation_record(self.activation),
            "order": 1,
            "formula": self.activation.formula,
            "derivative_formula": self.activation.derivative_formula,
            "second_derivative_formula": None,
            "points": [
                {
                    "x": list(self.z),
                    "value": _finite(np.array(self.y)),
                    "derivative": _finite(self.jacobian),
                    "second_derivative": None,
                    "numeric_derivative": _finite(self.numeric),
                    "error": float(np.nanmax(error)) if np.isfinite(error).any() else None,
                    "error_ulp": None,
                }
            ],
            "check": {
                "passed": self.check.passed,
                "judged": self.check.judged,
                "unresolved": self.check.unresolved,
                "worst_error_ulp": None,
                "worst_error": self.check.worst_error,
                "kinks": [],
                "failures": list(self.check.failures),
                "notes": [],
            },
            "facts": None,
            "notes": [self.activation.remark] if self.activation.remark else [],
        }

    def to_table(self) -> Table:
        """Return one row an output: its value and its derivatives by every input."""
        columns = (
            Column("i", "i"),
            Column("value", "y_i"),
            *(Column(f"d{j}", f"∂y_i/∂z_{j}") for j in range(1, len(self.z) + 1)),
        )
        rows = tuple(self._row(i) for i in range(len(self.y)))
        lines: tuple[tuple[str, Cell], ...] = (
            ("formula", self.activation.formula),
            ("Jacobian", self.activation.derivative_formula),
            *self.activation.values.items(),
            ("z", "(" + ", ".join(f"{x:g}" for x in self.z) + ")"),
        )
        verdict = "passed" if self.check.passed else "FAILED"
        worst = self.check.worst_error
        error = "" if worst is None else f", the worst off by {worst:.2g}"
        note = f"check {verdict}: {self.check.judged} entries compared with differences{error}"
        remark = (self.activation.remark,) if self.activation.remark else ()
        return Table(
            f"derive: {self.activation.label}",
            columns,
            rows,
            lines,
            (*remark, note, *self.check.failures[:8]),
        )

    def _row(self, i: int) -> tuple[Cell, ...]:
        slopes = map(finite, self.jacobian[i].tolist())
        return (i + 1, finite(self.y[i]), *slopes)

    def to_chart(self) -> Chart:
        """Return value and slope along the one coordinate that the section describes."""
        section = self.activation.section
        x = np.linspace(-6, 6, 601)
        value = Curve("f", tuple(x), tuple(section(x)), role="value")
        slope = Curve("f′", tuple(x), tuple(section(x, order=1)), role="slope")
        panels = (Panel("x", "value f(x)", curves=(value,)), Panel("x", "slope f′(x)", curves=(slope,)))
        return Chart(self.activation.label, panels, self.activation.section_caption)


def derive_jacobian(
    activation: VectorActivation, at: Sequence[float], order: int, check: bool
) -> JacobianReport:
    """Return the Jacobian at the vector `at`, by default (1, 2, 3, …) with as many entries as are needed.

    check: compare it with differences at further vectors too, small and large. Raises OptionError for a
    vector whose length does not fit, OrderError for an order above 1 that is asked for expressly.
    """
    group, _ = activation.group
    size = len(at) or group * max(1, round(3 / group))
    if size % group or size > LONGEST:
        raise OptionError(
            f"at has {size} entries; {activation.name} takes a multiple of {group}, at most {LONGEST}"
        )
    if order > 2:
        raise OrderError(f"order is {order}; the vector-valued {activation.name} has a Jacobian, of order 1")
    z = np.array(at) if at else np.arange(1.0, size + 1)
    jacobian, numeric = activation.jacobian(z), _by_differences(activation, z)
    vectors = [z]
    if check:
        length = group * max(1, round(6 / group))
        tried = np.resize(np.array(_TRIED), 2 * length).reshape(2, length)
        vectors += [scale * vector for scale in (1.0, 1e-3, 20.0) for vector in tried]
    found = _checked(activation, vectors)
    return JacobianReport(
        activation, tuple(z.tolist()), tuple(activation.forward(z).tolist()), jacobian, numeric, found
    )


def _by_differences(activation: VectorActivation, z: Array) -> Array:
    """Return the Jacobian by extrapolated differences; nan where they do not settle, as on a border."""
    rows = len(activation.forward(z))
    numeric = np.full((rows, len(z)), np.nan)
    for j in range(len(z)):

        def moved(x: Array, j: int = j) -> Array:
            vectors = np.repeat(z[None], len(x), axis=0)
            vectors[:, j] = x
            return activation.forward(vectors)

        for i in range(rows):
            numeric[i, j] = _settled(lambda x, i=i: moved(x)[:, i], float(z[j]))  # type: ignore[misc]
    return numeric


def _settled(function: Callable[[Array], Array], x: float) -> float:
    """Return the slope at `x` where differences from both sides settle on the same number, else nan."""
    around = function(x + np.linspace(-0.25, 0.25, 33))
    if np.all(around == around[0]):
        return 0.0
    found = [extrapolated_slope(function, x, 1.0, side) for side in (0, -1, 1)]
    # A zero with an error is only a bound: nothing was seen to change.
    values = [each.value for each in found if each is not None and (each.value or not each.error)]
    if len(values) < 3 or np.ptp(values) > 1e-6 * max(abs(values[0]), 1e-3):
        return math.nan
    return values[0]


def _checked(activation: VectorActivation, vectors: list[Array]) -> JacobianCheck:
    failures, judged, unresolved, worst = [], 0, 0, 0.0
    for z in vectors:
        stated, numeric = activation.jacobian(z), _by_differences(activation, z)
        known = ~np.isnan(numeric)
        error = np.abs(stated - numeric)
        # Outputs of a softmax far out are differences of nearly equal numbers: judged by the largest entry.
        allowed = (
            _RELATIVE * np.maximum(np.abs(numeric), np.nanmax(np.abs(numeric), initial=1e-3) * 1e-3) + 1e-13
        )
        judged, unresolved = judged + int(known.sum()), unresolved + int((~known).sum())
        worst = max(worst, float(np.nanmax(error, initial=0.0)))
        for i, j in np.argwhere(known & ~(error <= allowed)).tolist():
            place = ", ".join(f"{x:.6g}" for x in z)
            numbers = f"stated {stated[i, j]:.10g}, differences give {numeric[i, j]:.10g}"
            failures.append(
                f"∂y_{i + 1}/∂z_{j + 1} at z = ({place}): {numbers}; allowed are {allowed[i, j]:.2g} apart"
            )
    return JacobianCheck(judged, unresolved, tuple(failures), worst if judged else None)


def _finite(array: Array) -> Any:
    """Return the numbers as nested lists, None for what is not finite."""
    if array.ndim > 1:
        return [_finite(row) for row in array]
    return list(map(finite, array.tolist()))
