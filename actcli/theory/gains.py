"""The three numbers that are all called gain, and torch's constants, which are a fourth thing."""

import math
from typing import NamedTuple

from actcli.activation import Activation
from actcli.numerics.floats import finite
from actcli.theory.moments import moments_of

# An expectation that is zero by symmetry comes out as rounding; nothing real is this small beside √E φ².
_ZERO = 1e-12


class Gains(NamedTuple):
    """What σ_w must be, for unit inputs, to keep something at 1 from layer to layer; None where it cannot.

    second_moment: 1/√E φ², keeps the mean square of the outputs (He et al. 2015, arXiv:1502.01852).
    variance: 1/std φ, keeps the variance of the outputs (Brock et al. 2021, arXiv:2101.08692).
    gradient: 1/√E φ′², keeps the mean square of the gradient.
    All under z ~ N(0, 1).
    """

    second_moment: float | None
    variance: float | None
    gradient: float | None


class Averages(NamedTuple):
    """Averages of φ(z) and φ′(z) under z ~ N(0, 1); None where the expectation does not exist."""

    mean: float | None
    second_moment: float | None
    mean_squared_slope: float | None
    zero_centred: bool | None


def gains(activation: Activation) -> Gains:
    """Return the three gains of this activation at unit variance."""
    moments = moments_of(activation)(1.0)
    # What a constant varies by is rounding of each of its values.
    variance = moments.spread if moments.spread > _ZERO**2 * moments.second else 0.0
    return Gains(_inverse_root(moments.second), _inverse_root(variance), _inverse_root(moments.slope))


def averages(activation: Activation) -> Averages:
    """Return the averages of this activation at unit variance."""
    moments = moments_of(activation)(1.0)
    centred = abs(moments.mean) <= _ZERO * math.sqrt(moments.second)
    known = math.isfinite(moments.mean) and math.isfinite(moments.second)
    return Averages(
        finite(moments.mean), finite(moments.second), finite(moments.slope), centred if known else None
    )


def torch_gain(activation: Activation) -> float | None:
    """Return what torch.nn.init.calculate_gain returns for this activation; None where torch has no entry.

    For tanh and selu this is none of the three gains.
    """
    slope = activation.values.get("negative_slope")
    if activation.name == "leaky_relu" and slope is not None:
        return math.sqrt(2 / (1 + slope**2))
    constants = {"identity": 1.0, "sigmoid": 1.0, "tanh": 5 / 3, "relu": math.sqrt(2), "selu": 0.75}
    return constants.get(activation.name)


def _inverse_root(square: float) -> float | None:
    return 1 / math.sqrt(square) if square > 0 and math.isfinite(square) else None
