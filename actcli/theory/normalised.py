"""Where a gradient neither vanishes nor explodes in plain networks with normalised layers."""

import math
from itertools import pairwise

from actcli.activation import Activation
from actcli.theory.moments import Moments, moments_of
from actcli.theory.root import bracketed_root

_OCTAVES = tuple(octave / 2 for octave in range(-20, 21))
# What rounding leaves of 0 in a quotient of expectations.
_ROUNDING = 1e-10


def normalised_factor(moments: Moments, centred: bool) -> float:
    """Return what a normalised layer without bias multiplies the mean square of the gradient by.

    Normalised signals have mean square 1, so that q = σ_w²; going back, σ_w² E φ′² is divided by what the
    normalisation divides by: E φ² (RMSNorm), or Var φ where `centred` (LayerNorm). The latter factor is never
    below 1, and 1 for straight lines alone: Var φ ≤ q E φ′² (Poincaré's inequality for Gaussian variables).
    """
    size = moments.spread if centred else moments.second
    return moments.variance * moments.slope / size if size > 0 else math.nan


def normalised_critical_point(activation: Activation, centred: bool) -> tuple[float, float] | None:
    """Return (σ_w, σ_b = 0) at which that factor is 1, the σ_w nearest to 1 of several, or None.

    Searched for σ_w² between 2⁻¹⁰ and 2¹⁰. Where every σ_w will do (relu under RMSNorm), σ_w is 1.
    """
    moments = moments_of(activation)
    samples = [(octave * math.log(2), _excess(moments(2.0**octave), centred)) for octave in _OCTAVES]
    known = [(t, excess) for t, excess in samples if math.isfinite(excess)]
    if known and all(abs(excess) <= _ROUNDING for _, excess in known):
        return 1.0, 0.0
    found = []
    for (low, before), (high, after) in pairwise(known):
        if before * after < 0 and max(abs(before), abs(after)) > _ROUNDING:
            root = bracketed_root(lambda t: _excess(moments(math.exp(t)), centred), low, high)
            if root is not None and abs(_excess(moments(math.exp(root)), centred)) <= _ROUNDING:
                found.append(root)
    nearest = min(found, key=abs, default=None)
    return None if nearest is None else (math.exp(nearest / 2), 0.0)


def _excess(moments: Moments, centred: bool) -> float:
    return normalised_factor(moments, centred) - 1
