"""Whether a gradient survives, and why or why not, in words that follow from what was measured."""

from dataclasses import dataclass
from typing import Final, Literal

from actcli.activation import Activation, AnyActivation
from actcli.diagnosis.precision import power_of_ten
from actcli.network.column import Column
from actcli.network.measurement import Measurement

Verdict = Literal["vanishing", "stable", "exploding"]

STABLE_LOG10: Final = 2.0
"""A gradient is stable while the first layer's is between 1/100 and 100 times the last layer's."""

# A reason from this share of the units on.
_MANY: Final = 0.2


@dataclass(frozen=True)
class Judgement:
    """The verdict, one sentence that says what happens, and the reasons, most telling first."""

    verdict: Verdict
    summary: str
    reasons: tuple[str, ...]


def judge(
    activation: AnyActivation, measured: Measurement, sigma_w: float, width: int, predicted: Column
) -> Judgement:
    """Decide from the median ratio of the first layer's gradient to the last layer's (see STABLE_LOG10).

    `predicted` is the line of infinite width, as in `measured`.
    A gradient that is exactly 0 is vanishing; outputs that leave the range of numbers are exploding.
    """
    return Judgement(
        verdict_of(measured),
        _summary(measured),
        tuple(_reasons(activation, measured, sigma_w, width, predicted)),
    )


def verdict_of(measured: Measurement) -> Verdict:
    """Return the verdict alone."""
    ratio = measured.log10_gradient[0]
    if measured.overflow is not None:
        return "exploding"
    if ratio is None or ratio < -STABLE_LOG10:
        return "vanishing"
    return "exploding" if ratio > STABLE_LOG10 else "stable"


def _summary(measured: Measurement) -> str:
    depth = len(measured.log10_gradient)
    if measured.overflow is not None:
        return f"the outputs leave the range of numbers at layer {measured.overflow}"
    if measured.dead_from is not None:
        return f"the gradient is exactly zero from layer {measured.dead_from} down to layer 1"
    ratio = measured.log10_gradient[0]
    if ratio is None:
        return "the gradient is not a number"
    if depth == 1:
        return "one layer: there is nothing to pass through"
    moves = {"vanishing": "shrinks", "exploding": "grows", "stable": "changes"}[verdict_of(measured)]
    factor = power_of_ten(ratio / (depth - 1))
    share = f"layer 1 gets {power_of_ten(ratio)} of layer {depth}'s gradient"
    return f"the gradient {moves} ×{factor} a layer: {share}"


def _reasons(
    activation: AnyActivation, measured: Measurement, sigma_w: float, width: int, predicted: Column
) -> list[str]:
    verdict, depth = verdict_of(measured), len(measured.log10_gradient)
    found = _slope_reasons(activation, sigma_w, verdict) if isinstance(activation, Activation) else []
    expected = predicted[0]
    if expected is not None and depth > 1:
        factor = power_of_ten(expected / (depth - 1))
        found.append(f"infinite width predicts ×{factor} a layer, {power_of_ten(expected)} in all")
        if verdict != "stable" and abs(expected) <= STABLE_LOG10:
            found.append(f"the width is finite: {depth} layers of {width} units wander off that line")
    return found + (_output_reasons(measured) if verdict != "stable" else [])


def _slope_reasons(activation: Activation, sigma_w: float, verdict: Verdict) -> list[str]:
    bound = activation.slope_bound
    if verdict == "vanishing" and bound * sigma_w < 1:
        if bound == 0:
            return ["the slope is zero everywhere"]
        return [f"the slope is at most {bound:.4g}, and σ_w = {sigma_w:.4g} does not make up for it"]
    if verdict == "exploding" and bound > 1:
        return [f"the slope reaches {bound:.4g}" if bound < float("inf") else "the slope has no bound"]
    return []


def _output_reasons(measured: Measurement) -> list[str]:
    mean, std = measured.mean[-1], measured.std[-1]
    saturated, dead = measured.saturated_fraction[-1], measured.dead_fraction[-1]
    found = []
    if mean is not None and std is not None and abs(mean) > std > 0:
        found.append(f"the outputs sit at {mean:.2g} with a spread of {std:.2g}, not around zero")
    if std == 0 or (std is None and measured.overflow is None):
        found.append("the outputs shrink to one value: nothing of the input is left")
    if dead is not None and dead > _MANY:
        found.append(f"{dead:.0%} of the units are dead")
    elif saturated is not None and saturated > _MANY:
        found.append(f"{saturated:.0%} of the units are saturated")
    return found
