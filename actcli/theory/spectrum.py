"""The squared singular values of a Jacobian through many random layers, at infinite width."""

import math
from collections.abc import Iterable


def square_moments(layers: Iterable[tuple[float, float]], orthogonal: bool) -> tuple[float, float] | None:
    """Return log10 of the mean of s², and the variance of s² over its squared mean, or None.

    layers: of each, σ_w² E φ′² and E φ′⁴/(E φ′²)². Under free multiplication means multiply and relative
    variances add: a layer adds E φ′⁴/(E φ′²)² − 1 − s₁, with s₁ = −1 for independent and 0 for orthogonal
    weights (Pennington, Schoenholz & Ganguli 2017, arXiv:1711.04735, where all layers are alike).
    """
    logarithm = relative = 0.0
    for square, unevenness in layers:
        if not square > 0:
            return None
        logarithm += math.log10(square)
        relative += unevenness - 1 + (not orthogonal)
    return (logarithm, relative) if math.isfinite(logarithm) and math.isfinite(relative) else None
