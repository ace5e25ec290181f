"""What theory says of a network: its gradient at infinite width, and how far finite widths wander from it."""

import math
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from actcli.activation import Activation, Array, VectorActivation
from actcli.diagnosis.dying import dying, dying_line
from actcli.diagnosis.stages import Stage, stages
from actcli.network.column import Column
from actcli.network.network import Network
from actcli.theory.finite_width import Wandering, log_variances, wandering
from actcli.theory.gradient import TINY
from actcli.theory.groups import describe_groups, group_line
from actcli.theory.meanfield import TORN, MeanField, depth_scale, describe, nothing, phase_of
from actcli.theory.moments import moments_of

_UNCENTRED = "the theory is of pre-activations around 0, and biases with a mean move them away from it"
_UNCORRELATED = "what a normalisation makes of correlations is not worked out"
# A normal law holds 90 % within this many standard deviations.
_NINETY = 1.6448536269514722
# A logarithm of a product of expectations, per factor.
_ROUNDING = 4e-15
# By how much χ₁ may differ from 1 at a critical point that was solved for.
_SOLVED = 5e-9
# A layer's |∂L/∂z|² whose variance is a larger share of its square is that of a few units: often 0.
_LOG_NORMAL = 0.5
# Wandering lengths are known to first order; where they add more than this variance, no band is claimed.
_FIRST_ORDER = 1.0


_NO_LINE = "there is no line at infinite width to wander from"


class Prediction(NamedTuple):
    """log10_gradient: the line of infinite width, one entry a layer, None where there is no number.

    log10_median, log10_low, log10_high: of the first layer's gradient over the last's, for one sample in
    networks of these widths: median, 5 % and 95 % of a log-normal law; None for what it is not known for.
    reason: why there is no line. band_reason: why there is no law.
    """

    log10_gradient: Column
    log10_median: float | None = None
    log10_low: float | None = None
    log10_high: float | None = None
    reason: str = ""
    band_reason: str = _NO_LINE

    @property
    def band(self) -> tuple[float | None, float | None, float | None]:
        """log10_median, log10_low and log10_high."""
        return self.log10_median, self.log10_low, self.log10_high


def predict(network: Network) -> Prediction:
    """Return the mean-field line of `network` and its log-normal band.

    Mean field: lengths as Poole et al. 2016 (arXiv:1606.05340), gradients as Schoenholz et al. 2017
    (arXiv:1611.01232), residual branches as Yang & Schoenholz 2017 (arXiv:1712.08969); a normalisation
    divides by the length that the signal has before it. None for biases with a mean, whose pre-activations
    are not centred, and for vector-valued activations outside plain networks of one width.
    """
    if network.initialiser.bias_mean:
        return Prediction(Column([None] * network.depth), reason=_UNCENTRED)
    if not isinstance(network.activation, Activation):
        return _grouped(network, network.activation)
    line, spread = _line(network, network.activation)
    if line[0] is None:
        return Prediction(line)
    if spread is None:
        return Prediction(line, band_reason="worked out for plain networks only")
    slopes, lengths, steepest = spread
    if not math.isfinite(slopes + lengths):
        return Prediction(line, band_reason=_unknown(network))
    if steepest > _LOG_NORMAL:
        few = "few units of a layer carry the gradient, so that no log-normal law holds"
        return Prediction(line, band_reason=f"{few} (|∂L/∂z|² has relative variance {steepest:.2g} a layer)")
    if lengths > _FIRST_ORDER:
        far = f"lengths make ln |∂L/∂z|² vary by {lengths:.2g} here"
        return Prediction(line, band_reason=f"known to first order only, and {far}")
    # The slopes' log-normal factor has mean 1 and its median at exp(−variance/2); what wandering lengths
    # add has its median at 1. All in log10 of root mean squares.
    unit = 1 / (2 * math.log(10))
    median, half = line[0] - slopes / 2 * unit, _NINETY * math.sqrt(slopes + lengths) * unit
    return Prediction(line, median, median - half, median + half, band_reason="")


def _unknown(network: Network) -> str:
    if network.initialiser.law == "orthogonal" and len(set(network.widths)) > 1:
        return "not worked out for orthogonal weights between layers of several widths"
    return "E f⁴, E f′⁴ or E f² f′², which it takes, is infinite, not known, or below any number"


def _grouped(network: Network, activation: VectorActivation) -> Prediction:
    if not network.wiring.plain or len(set(network.widths)) > 1:
        return Prediction(Column([None] * network.depth), reason=_grouped_reason(activation))
    law, (inputs, outputs) = network.initialiser, network.inner_fan
    sigma_w, sigma_b = law.weight_gain(inputs, outputs), law.bias_std(inputs)
    found = group_line(activation, network.depth, sigma_w, sigma_b, first_variance(network))
    line = Column(found.log10_gradient)
    if (network.degree or 1.0) > 1 and found.variances:
        line = dying_line(activation, network.degree or 1.0, sigma_w, found)
    line.numbers[np.abs(line.numbers) < rounding(network)] = 0.0
    band = "not worked out for units of several inputs or outputs"
    return Prediction(line, reason=found.reason, band_reason=_NO_LINE if found.reason else band)


def _grouped_reason(activation: VectorActivation) -> str:
    return f"{activation.name} has a theory in plain networks of one width only"


def mean_field(network: Network) -> MeanField:
    """Return fixed point and phase; for what has none, or none known, the reason."""
    record, law = network.activation, network.initialiser
    if law.bias_mean:
        return nothing(_UNCENTRED)
    if len(set(network.widths)) > 1:
        return nothing("fixed points belong to layers of one width")
    inputs, outputs = network.inner_fan
    settings = law.weight_gain(inputs, outputs), law.bias_std(inputs), first_variance(network)
    if network.wiring.residual is not None:
        return nothing("fixed points are worked out for networks without a skip")
    if isinstance(record, Activation):
        return describe(record, *settings) if network.wiring.plain else _normalised(network, record)
    if not network.wiring.plain:
        return nothing(_grouped_reason(record))
    return describe_groups(record, *settings)


def _normalised(network: Network, activation: Activation) -> MeanField:
    """Describe layers whose normalisation gives every signal the same length: all but the first are alike."""
    *_, stage = stages(replace(network, depth=2), activation)
    chi_1 = stage.carried * stage.weighted
    if not math.isfinite(chi_1):
        return nothing(moments_of(activation).missing(stage.moments.variance) or "no signal to normalise")
    jumps = any(kink.order == 0 for kink in activation.facts.kinks)
    phase = None if jumps else phase_of(chi_1)
    return MeanField(
        stage.moments.variance, chi_1, math.sqrt(chi_1), phase, depth_scale(chi_1), None,
        depth_scale_length=depth_scale(0.0),
        chi_parallel=0.0,
        stability="stable",
        reason=f"{TORN}; {_UNCORRELATED}" if jumps else _UNCORRELATED,
    )  # fmt: skip


def first_variance(network: Network) -> float:
    """Return the variance of the first layer's pre-activations; normalised inputs have mean square 1."""
    inputs, outputs = network.fan(1)
    law, size = network.initialiser, 1.0 if network.wiring.before else network.input_std
    return (law.weight_gain(inputs, outputs) * size) ** 2 + law.bias_std(inputs) ** 2


def _line(network: Network, activation: Activation) -> tuple[Column, tuple[float, float, float] | None]:
    """Return the line, and for plain networks how far it wanders (see `_spread`)."""
    plain, depth = network.wiring.plain, network.depth
    # Columns of numbers: objects for a million layers would take a gigabyte.
    carried, through = np.empty((2, depth))
    wanderings = np.empty((depth if plain else 0, len(Wandering._fields)))
    before: Stage | None = None
    degree = network.degree or 1.0
    for index, stage in enumerate(stages(network, activation)):
        if degree > 1 and before is not None and stage.moments.variance < TINY:
            carried[index:], through[index:] = dying(network, activation, degree, before, index)
            wanderings[index:] = _wandering(replace(stage, moments=moments_of(activation)(TINY)), network)
            break
        if stage is before:
            carried[index], through[index] = carried[index - 1], through[index - 1]
            wanderings[index : index + 1] = wanderings[index - 1 : index]
            continue
        before = stage
        carried[index] = _log(stage.carried)
        factor = stage.weighted if plain else stage.weighted * stage.carried + stage.skipped
        through[index] = _log(factor)
        if plain:
            wanderings[index] = _wandering(stage, network)
    # Plain networks start from a gradient at z, the others from one at the outputs (see propagation).
    steps = through[1:] + carried[:-1] if plain else through[1:]
    # Where slopes have no mean square, ∞ − ∞ is nan: no prediction.
    with np.errstate(invalid="ignore"):
        line = np.append(np.cumsum(steps[::-1])[::-1], 0.0)
        line += 0.0 if plain else carried - carried[-1]
    # What rounding makes of a gradient that stays the same in every layer is 0.
    line[np.abs(line) < rounding(network)] = 0.0
    return Column(line / (2 * math.log(10))), _spread(network, wanderings) if plain else None


def rounding(network: Network) -> float:
    """Return how large a logarithm may be that means none: a critical point is itself solved for."""
    return max(_ROUNDING * network.depth, _SOLVED if network.initialiser.name == "critical" else 0.0)


def _wandering(stage: Stage, network: Network) -> Wandering:
    moments, law = stage.moments, network.initialiser
    if law.law != "orthogonal":
        return wandering(moments, stage.gain)
    return wandering(moments, stage.gain, 1 - law.bias_std(1) ** 2 / moments.variance)


def _spread(network: Network, wanderings: Array) -> tuple[float, float, float]:
    """Return the variances of ln of the first layer's squared gradient that slopes and lengths bring.

    And the largest relative variance of the squared gradient that the slopes of one layer bring.
    """
    widths = [network.units(layer) for layer in range(network.depth)]
    if network.initialiser.law == "orthogonal" and len(set(widths)) > 1:
        return math.nan, math.nan, math.nan
    law, inputs = network.initialiser, widths[0]
    # The mean square of normal inputs varies by 2/n.
    length = (law.weight_gain(*network.fan(1)) * network.input_std) ** 2
    # Each row wants the σ_w² of the layer that follows.
    wanderings[:-1, -1] = wanderings[1:, -1]
    rows = wanderings[:-1]
    steady = rows.copy()
    steady[:, Wandering._fields.index("steepness")] = 0.0
    slopes = log_variances(steady, widths[1:], 0.0)[0]
    uneven = rows[:, Wandering._fields.index("slopes")] / np.array(widths[1:])
    lengths = log_variances(rows, widths[1:], 2 * length * length / inputs)[0] - slopes
    return slopes, max(lengths, 0.0), float(uneven.max(initial=0.0))


def _log(square: float) -> float:
    return math.log(square) if square > 0 else math.nan
