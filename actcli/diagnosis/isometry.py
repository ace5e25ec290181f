"""The singular values of a network's Jacobian beside the mean field, and whether they can all be near 1."""

import math
from typing import Any, NamedTuple

import numpy as np

from actcli.activation import Activation, AnyActivation
from actcli.diagnosis.prediction import rounding
from actcli.diagnosis.stages import stages
from actcli.network.graded import log10_mean_square
from actcli.network.jacobian import log10_singular_values
from actcli.network.network import Network
from actcli.numerics.floats import finite
from actcli.theory.critical import criticality
from actcli.theory.moments import SMALLEST_VARIANCE, moments_of
from actcli.theory.spectrum import square_moments

# E φ′⁴/(E φ′²)² of a slope that is the same everywhere is 1; beyond rounding it is not.
_EVEN = 1 + 1e-9


class Spectrum(NamedTuple):
    """The singular values s of ∂x_L/∂x_0 of one network.

    log10_values: largest first, None where exactly 0. log10_mean_square: log10 of the mean of s²;
    relative_variance: the variance of s² over its squared mean; both beside the mean field. isometry: whether
    all s near 1 is within reach at any depth (dynamical isometry), and reason why, or why not.
    """

    log10_values: tuple[float | None, ...]
    log10_condition: float | None
    log10_mean_square: float | None
    log10_mean_square_theory: float | None
    relative_variance: float | None
    relative_variance_theory: float | None
    isometry: bool
    reason: str

    def to_record(self) -> dict[str, Any]:
        """Return the spectrum for machines."""
        return {**self._asdict(), "log10_values": list(self.log10_values)}


def jacobian_spectrum(network: Network, seed: int) -> Spectrum:
    """Return the spectrum of the first trial of `seed`; see network.jacobian for what it needs."""
    values = log10_singular_values(network, seed)
    mean = log10_mean_square(values)
    variance = None
    if math.isfinite(mean):
        squares = 10.0 ** (2 * values - mean)
        variance = float(np.mean(squares**2) - 1)
    log10_theory, variance_theory = _mean_field(network) or (None, None)
    within, reason = isometry(network.activation)
    return Spectrum(
        tuple(finite(value) for value in values.tolist()),
        finite(float(values[0] - values[-1])) if np.isfinite(values).all() else None,
        finite(mean),
        log10_theory,
        variance,
        variance_theory,
        within,
        reason,
    )


def _mean_field(network: Network) -> tuple[float, float] | None:
    """Return log10 of the mean of s², and the relative variance of s², of a plain network.

    None for biases with a mean, as for the line of the gradient (see `prediction.predict`).
    """
    if not isinstance(network.activation, Activation) or not network.wiring.plain:
        return None
    if network.initialiser.bias_mean:
        return None
    layers = (
        (stage.carried * stage.weighted, stage.unevenness) for stage in stages(network, network.activation)
    )
    found = square_moments(layers, network.initialiser.law == "orthogonal")
    return (0.0, found[1]) if found and abs(found[0]) < rounding(network) else found


def isometry(activation: AnyActivation) -> tuple[bool, str]:
    """Return whether orthogonal weights bring all singular values near 1 at any depth, and the reason.

    They do where the slope is even over the signals at a critical point: at q* = 0 for tanh and its like.
    """
    if not isinstance(activation, Activation):
        return False, "it is no function of one number: no theory"
    found = criticality(activation)
    if found.strict is None:
        return False, found.reason or "there is no critical point"
    here = moments_of(activation)(max(found.strict.q_star, SMALLEST_VARIANCE))
    ratio = here.slope_fourth / here.slope / here.slope
    if ratio <= _EVEN:
        where = "as q* → 0" if found.universality_class == "k_star_zero" else "at every length"
        return (
            True,
            f"with orthogonal weights and σ_w = {found.strict.sigma_w:.4g}: the slope is even {where}",
        )
    return False, f"the slope is uneven at its critical point: E φ′⁴/(E φ′²)² = {ratio:.4g}, not 1"
