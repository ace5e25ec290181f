"""χ₁, critical points and class of the whole catalogue: `python -m tests.criticality [--write]`.

`--write` puts the page into docs/criticality.md, which tests/theory/test_page.py keeps in step.
"""

import math
import sys
from collections.abc import Iterator
from pathlib import Path

from actcli import registry
from actcli.activation import Activation, VectorActivation
from actcli.theory.basin import leading_input_std
from actcli.theory.critical import EdgePoint, criticality, edge_of_chaos
from actcli.theory.gains import torch_gain
from actcli.theory.groups import critical_groups, describe_groups
from actcli.theory.meanfield import describe

PAGE = Path(__file__).parent.parent / "docs" / "criticality.md"
PREFACE = """# Criticality

Made by `python -m tests.criticality --write`: computed, not copied.

Wide fully connected networks, W entries of variance σ_w²/fan_in, b entries of variance σ_b².

- **χ₁ at σ_w = 1**: by what the mean square of the gradient is multiplied per layer deep inside a network
  with σ_w = 1 and σ_b = 0, reached from pre-activations of variance 1; below 1 it vanishes, above 1 it
  explodes. q* is the variance that the pre-activations come to.
- **class**, in the sense of Roberts, Yaida & Hanin (arXiv:2106.10165, chapter 5), who ask for χ_∥ = χ_⊥ = 1:
  `scale_invariant` (at every q), `k_star_zero` (at q* = 0), `half_stable` (at a q* > 0 that attracts from one
  side), `none`. **strict** is the (σ_w, σ_b) that it gives.
- **reachable**: the (σ_w, σ_b) with χ₁ = 1 at an attracting q*: the strict point where it is one, else that
  with the smallest σ_b, at q* ≥ 1/16 unless σ_b = 0 (the edge of chaos of Schoenholz et al.,
  arXiv:1611.01232, and Hayou et al., arXiv:1902.06853). These are two statements: sigmoid has no strict
  critical point, and χ₁ = 1 within reach; softplus has neither.
- **inputs**: a standard deviation of inputs whose length goes to the q* of the strict point, else of the
  reachable one: 1 where unit inputs go there. Where it is **another number**, unit inputs go elsewhere: gelu
  has an attracting fixed point on the way to its half-stable one, softshrink grows without bound. Then
  `--init critical` says so, and its cure scales the inputs.

"""
GROUPS = """
## Units of several inputs or outputs

The same for units that turn k pre-activations into m outputs, where these are independent:
χ is (σ_w²/m) E‖J‖², J = ∂y/∂z of one unit. A critical point is one that attracts lengths from its half to
its double. Gated units whose gate grows have none: y grows as z², so that a length above q* runs away;
a normalisation before them helps.

"""
GROUP_HEADINGS = ("activation", "χ at σ_w = 1", "q*", "phase", "critical σ_w, σ_b", "q*", "reason")
_NUMBERS = ("χ", "q*", "strict", "reachable", "critical", "inputs")
HEADINGS = (
    "activation",
    "χ₁ at σ_w = 1",
    "q*",
    "phase",
    "class",
    "strict σ_w, σ_b",
    "q*",
    "reachable σ_w, σ_b",
    "q*",
    "inputs",
)


def row(activation: Activation) -> tuple[str, ...]:
    """Return the cells of one record."""
    found, at_one = criticality(activation), describe(activation, 1.0, 0.0)
    return (
        activation.name,
        number(at_one.chi_1),
        number(at_one.q_star),
        at_one.phase or "—",
        found.universality_class,
        *place(found.strict),
        *place(found.reachable),
        inputs(activation, found.strict or found.reachable),
    )


def group_row(activation: VectorActivation) -> tuple[str, ...]:
    """Return the cells of one vector-valued record."""
    at_one = describe_groups(activation, 1.0, 0.0, 1.0)
    reason = at_one.reason if at_one.chi_1 is None else ""
    phase = at_one.phase or "—"
    point = place(critical_groups(activation))
    return activation.name, number(at_one.chi_1), number(at_one.q_star), phase, *point, reason or "—"


def inputs(activation: Activation, point: EdgePoint | None) -> str:
    """Return the standard deviation of inputs that lead to the point, in bold where it is not 1."""
    size = None if point is None else leading_input_std(activation, point)
    return "—" if size is None else "1" if size == 1 else f"**{number(size)}**"


def place(point: EdgePoint | None) -> tuple[str, str]:
    """Return (σ_w, σ_b) and q* as text."""
    if point is None:
        return "—", "—"
    q_star = "any" if point.universal else number(point.q_star)
    return f"{number(point.sigma_w)}, {number(point.sigma_b)}", q_star


def number(value: float | None) -> str:
    """Return six significant digits; what is only rounding away from 0 is 0."""
    if value is None:
        return "—"
    return f"{0.0 if abs(value) < 1e-12 else value:.6g}"


def disagreements() -> Iterator[str]:
    """Yield what is often written otherwise, with what comes out here."""
    silu, tanh, selu = (registry.get(name) for name in ("silu", "tanh", "selu"))
    strict = criticality(silu).strict
    misprinted = describe(silu, math.sqrt(1.98800468), math.sqrt(0.055514317))
    yield (
        "**silu**: C_W = 1.98800468 circulates with C_b = 0.055514317 in public code."
        f" σ_w² is {strict.sigma_w**2:.8f}, but σ_b² is {strict.sigma_b**2:.8f}, ten times as much;"
        f" with the smaller one χ₁ = {misprinted.chi_1:.4f}, and the gradient vanishes."
    )
    (edge,) = edge_of_chaos(silu, 0.2)
    yield (
        "**silu** on the edge of chaos at σ_b = 0.2: σ_w² = 2.952 circulates in public code. χ₁ = 1 there at"
        f" σ_w² = {edge.sigma_w**2:.4f}, and at a q* that repels (χ_∥ = {edge.chi_parallel:.4f}), so that no"
        " network stays at it; at 2.952 the length grows without bound and χ₁ tends to"
        f" {describe(silu, math.sqrt(2.952), 0.2).chi_1:.3f}."
    )
    (edge,) = edge_of_chaos(tanh, 0.2)
    above = describe(tanh, math.sqrt(1.722), 0.2)
    yield (
        "**tanh** on the edge of chaos at σ_b = 0.2: σ_w² = 1.722 circulates in public code. It is"
        f" {edge.sigma_w**2:.6f} (σ_w = {edge.sigma_w:.6f}); at 1.722 χ₁ = {above.chi_1:.4f}."
    )
    yield (
        "**tanh** with torch's `calculate_gain`, 5/3: χ₁ ="
        f" {describe(tanh, torch_gain(tanh), 0.0).chi_1:.6f} without bias. The gradient explodes, slowly;"
        " it is neither critical (σ_w = 1) nor any of the three gains."
    )
    yield (
        "**selu** at σ_w = 1 keeps mean 0 and variance 1, and"
        f" χ₁ = {describe(selu, 1.0, 0.0).chi_1:.6f}: the gradient grows. torch's gain, 3/4, gives"
        f" χ₁ = {describe(selu, 0.75, 0.0).chi_1:.6f}; χ₁ = 1 at σ_w ="
        f" {criticality(selu).strict.sigma_w:.6f} (q* = 0)."
    )


def page() -> str:
    """Return the whole page as Markdown."""
    records = [registry.get(name) for name in registry.names()]
    groups = [group_row(record) for record in records if isinstance(record, VectorActivation)]
    elementwise = [row(record) for record in records if isinstance(record, Activation)]
    link = "Numbers that are written otherwise elsewhere are in [misprints.md](misprints.md)."
    tables = table(HEADINGS, elementwise) + GROUPS + table(GROUP_HEADINGS, groups)
    return f"{PREFACE}{tables}\n{link}\n"


def table(headings: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """Return rows as a table in Markdown, numbers on the right."""
    marks = ("---:" if h.startswith(_NUMBERS) else "---" for h in headings[1:])
    lines = (headings, ("---", *marks), *rows)
    return "".join("| " + " | ".join(cells) + " |\n" for cells in lines)


if __name__ == "__main__":
    if "--write" in sys.argv[1:]:
        PAGE.parent.mkdir(exist_ok=True)
        PAGE.write_text(page(), encoding="utf-8")
    else:
        print(page(), end="")
