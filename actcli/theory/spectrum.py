"""Mean and spread of the squared singular values of the input–output Jacobian, at infinite width."""

import math
from typing import Literal, NamedTuple

from actcli.activation import Activation
from actcli.theory.length import variances
from actcli.theory.moments import SMALLEST_VARIANCE, moments_of

Law = Literal["gaussian", "orthogonal"]


class Spectrum(NamedTuple):
    """The eigenvalues of J Jᵀ for J = ∂z_L/∂z_1, square layers.

    log10_mean: log10 of their mean, Π χ_l. relative_variance: their variance over the squared mean.
    log10_gradient_rms: half of log10_mean. None where an expectation is missing or zero.
    """

    log10_mean: float | None
    relative_variance: float | None

    @property
    def log10_gradient_rms(self) -> float | None:
        """The rms singular value, which is what multiplies the rms gradient."""
        return None if self.log10_mean is None else self.log10_mean / 2


def jacobian_spectrum(
    activation: Activation,
    depth: int,
    sigma_w: float,
    sigma_b: float,
    first_variance: float,
    law: Law = "gaussian",
) -> Spectrum:
    """Return mean and relative variance of the eigenvalues of J Jᵀ through `depth` − 1 weight matrices.

    Under free multiplication means multiply and relative variances add: a layer adds E φ′⁴/(E φ′²)² − 1 − s₁,
    with s₁ = −1 for Gaussian and 0 for orthogonal weights (Pennington, Schoenholz & Ganguli 2017,
    arXiv:1711.04735, where all layers are alike: L (μ₂/μ₁² − 1 − s₁)).
    """
    logarithm, relative = 0.0, 0.0
    moments_at = moments_of(activation)
    for variance in variances(activation, depth, sigma_w, sigma_b, first_variance)[:-1]:
        moments = moments_at(variance)
        if not (moments.slope > 0 and math.isfinite(moments.slope_fourth) and math.isfinite(variance)):
            return Spectrum(None, None)
        logarithm += math.log10(sigma_w**2 * moments.slope)
        relative += moments.slope_fourth / moments.slope**2 - 1 + (law == "gaussian")
    return Spectrum(logarithm, relative)


def isometry_within_reach(activation: Activation) -> bool:
    """Whether orthogonal weights can keep all singular values near 1 at any depth: dynamical isometry.

    That takes a |φ′| that becomes constant as q → 0, with a critical point there: smooth odd functions have
    it, relu does not (E φ′⁴/(E φ′²)² = 2 at every q; Pennington et al. 2017, arXiv:1711.04735).
    """
    moments = moments_of(activation)(SMALLEST_VARIANCE)
    fixed = moments.second <= math.sqrt(SMALLEST_VARIANCE)
    return fixed and moments.slope > 0 and moments.slope_fourth <= moments.slope**2 * (1 + 1e-9)
