"""What is written wrongly elsewhere, beside what comes out here: `python -m tests.misprints [--write]`.

`--write` puts the page into docs/misprints.md, which tests/test_misprints.py keeps in step.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from actcli import registry
from tests.criticality import disagreements

PAGE = Path(__file__).parent.parent / "docs" / "misprints.md"
PREFACE = """# Misprints

Made by `python -m tests.misprints --write`: formulas and numbers that are written otherwise in papers, in
public code and in frameworks than they come out when computed, and how each was found. Where a source agrees
with the computation it is not listed.
"""


def worst_gap(one: str, other: str, reach: float) -> tuple[float, float]:
    """Return the largest difference of two activations for |x| ≤ reach, and where it is."""
    x = np.linspace(-reach, reach, 1_200_001)
    gap = np.abs(registry.get(one)(x) - registry.get(other)(x))
    return float(gap.max()), float(abs(x[gap.argmax()]))


def theory() -> Iterator[str]:
    """Yield numbers of infinite-width theory; found by recomputing them to twelve digits."""
    yield from disagreements()


def formulas() -> Iterator[str]:
    """Yield formulas that public code gives another meaning; found by looking for each record's source."""
    at_two = registry.get("aria2")(2.0)
    yield (
        "**aria2** (arXiv:1805.08878) is x times a power of a sigmoid. Several public implementations return"
        f" the power alone, (1 + exp(−βx))^−α, which is {at_two / 2:.4f} instead of {at_two:.4f} at x = 2;"
        " another adds 1 after taking the power, not before. Found by looking for its defaults; silu, which"
        " the paper sets out to generalise, is the case α = β = 1 of x times the power."
    )
    yield (
        "**erfact** (arXiv:2109.04386): a hand-written gradient by α in public code has −2(αe^{βx})² where"
        " exp(−(αe^{βx})²) belongs, and so the wrong sign. Found by differentiating; that code runs the"
        " automatic gradient instead, so that nothing has shown it."
    )


def frameworks() -> Iterator[str]:
    """Yield what frameworks compute or document otherwise; found by executing them."""
    gap, place = worst_gap("quick_gelu", "gelu", 6.0)
    yield (
        "**mlx** 0.32: the documentation of `gelu_fast_approx` claims an error below 0.015 against gelu on"
        f" [−6, 6]. It is {gap:.4f}, at |x| = {place:.3f}. Found on a grid of 1.2 million points."
    )
    sums = registry.get("sparsemax")(np.array([0.5, 0.3, 0.1]))
    yield (
        "**keras** 3.15 (jax and tensorflow): `sparsemax([0.5, 0.3, 0.1])` is [0.1, 0, 0], whose sum is 0.1."
        f" It is [{', '.join(f'{value:.4f}' for value in sums)}]: its threshold takes all the cumulative"
        " sums of the support, not the last of them. Found by `python -m tests.frameworks`."
    )
    yield (
        "**keras** 3.15 on jax: `tanh` of float64 numbers is computed in float32, 3e-8 off. Found by the same"
        " command."
    )
    yield (
        "**tensorflow** 2.21: `gelu` of float64 numbers has √2 rounded to float32 in it, 5e-9 off, and"
        " `leaky_relu` its slope 0.2, 9e-9 off. Found by the same command."
    )
    yield (
        "**torch** 2.13: the gradient of `hardsigmoid` in float64 is 0.1666666716337204, a float32 1/6. Found"
        " by `python -m tests.accuracy hard_sigmoid`."
    )
    yield (
        "**torch** 2.13 and **jax** 0.10: silu and gelu at −∞ give no number; their limit is 0. Found by"
        " evaluating every record at ±∞."
    )
    selu = registry.get("selu").values
    rounded, single = registry.get("mlx.nn.selu").values, registry.get("onnx.Selu").values
    yield (
        f"**selu**: λ = {selu['scale']!r} and α = {selu['alpha']!r} are {rounded['scale']} and"
        f" {rounded['alpha']} in mlx, and rounded to float32 in onnx ({single['scale']!r} and"
        f" {single['alpha']!r}). Found by comparing the constants."
    )


def page() -> str:
    """Return the whole page as Markdown."""
    parts = (
        ("Infinite width", theory()),
        ("Formulas in public code", formulas()),
        ("Frameworks", frameworks()),
    )
    sections = [f"## {title}\n\n" + "".join(f"- {line}\n" for line in lines) for title, lines in parts]
    return PREFACE + "\n" + "\n".join(sections)


if __name__ == "__main__":
    if "--write" in sys.argv[1:]:
        PAGE.write_text(page(), encoding="utf-8")
    else:
        print(page(), end="")
