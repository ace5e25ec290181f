"""The columns of `compare`: their headings, the tables that they stand in, and what they mean in words."""

from collections.abc import Mapping, Sequence
from typing import Final

from actcli.render.text import number, power_of_ten

HEADINGS: Final = {
    "name": "activation",
    "range_low": "least f",
    "range_high": "largest f",
    "slope_min": "least f′",
    "slope_max": "largest f′",
    "kinks": "kinks",
    "increasing": "increasing",
    "odd": "odd",
    "mean": "E f",
    "second_moment": "E f²",
    "mean_squared_slope": "E f′²",
    "gain_second_moment": "1/√E f²",
    "gain_variance": "1/std f",
    "gain_gradient": "1/√E f′²",
    "critical_sigma_w": "σ_w",
    "critical_sigma_b": "σ_b",
    "universality_class": "class",
    "log10_gradient_at_depth": "log10 gradient",
    "saturated_fraction": "saturated",
    "dead_fraction": "dead",
    "zero_centred": "centred",
    "init": "init",
    "simulated": "simulated",
    "nanoseconds_per_element": "ns per element",
}
TEXTS: Final = frozenset({"name", "universality_class", "init"})
FIRST: Final = ("slope_min", "slope_max", "mean_squared_slope", "log10_gradient_at_depth", "init")
SHAPE: Final = ("range_low", "range_high", "kinks", "increasing", "odd")
SIGNAL: Final = ("mean", "second_moment", "gain_second_moment", "gain_variance", "gain_gradient")
UNITS: Final = ("saturated_fraction", "dead_fraction", "zero_centred")
CRITICAL: Final = ("critical_sigma_w", "critical_sigma_b", "universality_class")

CLASSES: Final[Mapping[str, tuple[str, str]]] = {
    "scale_invariant": ("scale-invariant", "those of every size"),
    "k_star_zero": ("K* = 0", "those that fade to 0, ever more slowly"),
    "half_stable": ("half-stable", "those of one size, which attracts from one side only"),
    "none": ("none", "none do; where there is a σ_w, gradients alone keep theirs (χ₁ = 1)"),
}
"""What each class is called, and which signals keep their size in networks at the critical point."""

SHAPE_LEGEND: Final = (
    "least, largest: over all x, reached or approached",
    "kinks: where f, f′ or f″ jumps; increasing: never falls; odd: f(−x) = −f(x)",
)
SIGNAL_LEGEND: Final = (
    "E, std: average and spread over inputs x that are normal, N(0, 1)",
    "as σ_w, 1/√E f² keeps the size of signals (He), 1/std f their spread,",
    "and 1/√E f′² the size of gradients",
)
UNITS_LEGEND: Final = (
    "shares of units: saturated where |f′| < 1 % of its largest, dead where f′ = 0",
    "centred: E f = 0, so that outputs do not push the next layer to one side",
)


def gradient_legend(gradients: Sequence[float | None], depth: int) -> tuple[str, ...]:
    """Say what a gradient in log10 means, by the example of the smallest, and what E and init are."""
    least = min((gradient for gradient in gradients if gradient is not None), default=0.0)
    example = f"{number(least)} is {power_of_ten(least)} of it; " if least < 0 else ""
    return (
        f"log10 gradient: power of ten of layer 1's rms gradient, layer {depth}'s being 1",
        f"{example}width infinite, init the customary one of each",
        "E f′²: average of f′² over inputs x that are normal, N(0, 1)",
    )


def critical_legend(classes: Sequence[str | None]) -> tuple[str, ...]:
    """Say what a critical initialisation is, and what each of these classes means."""
    meanings = [": ".join(CLASSES[name]) for name in CLASSES if name in classes]
    question = "class: which signals keep their size too (χ_∥ = χ_⊥ = 1; arXiv:2106.10165)"
    return (
        "with these σ_w (weights) and σ_b (biases) wide layers keep the size of gradients",
        *([question, *meanings] if meanings else []),
    )
