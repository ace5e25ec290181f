"""Whether a gradient survives the way back through a network: a verdict, and a sentence on what happens."""

from typing import NamedTuple

import numpy as np

from actcli.diagnosis.domain import Undefined, undefined
from actcli.diagnosis.precision import underflowed
from actcli.diagnosis.prediction import Prediction
from actcli.diagnosis.reasons import reasons
from actcli.diagnosis.verdict import STABLE_LOG10, Verdict, verdict_of
from actcli.network.measurement import Measurement
from actcli.network.network import Network
from actcli.render.text import power_of_ten


class Judgement(NamedTuple):
    """The verdict, one sentence that says what happens, and the reasons, most telling first.

    verdict is None where there is no gradient to judge: f has no value on inputs of the layer in `undefined`,
    or the gradient is not a number. underflowed: see `precision.underflowed`.
    """

    verdict: Verdict | None
    summary: str
    reasons: tuple[str, ...]
    undefined: Undefined | None = None
    underflowed: int | None = None


def judge(network: Network, measured: Measurement, predicted: Prediction) -> Judgement:
    """Decide from the median ratio of the first layer's gradient to the last layer's (see STABLE_LOG10).

    A gradient that is exactly 0 is vanishing; outputs that leave the range of numbers are exploding.
    """
    missing = undefined(network, measured)
    if missing is not None:
        return Judgement(None, _missing(missing), (), missing)
    verdict = verdict_of(measured)
    beyond = underflowed(measured, predicted.log10_gradient[0], network.dtype)
    found = tuple(reasons(network, measured, predicted, verdict, beyond))
    return Judgement(verdict, _summary(measured, beyond, network.dtype), found, None, beyond)


def _missing(found: Undefined) -> str:
    share = power_of_ten(np.log10(100 * found.share))
    return f"f has no value for {share} % of the inputs of layer {found.layer}: there is no gradient to judge"


def _summary(measured: Measurement, beyond: int | None, dtype: str) -> str:
    depth = len(measured.log10_gradient)
    if measured.overflow is not None:
        return f"the outputs leave the range of numbers at layer {measured.overflow}"
    if measured.dead_from is not None:
        size = "exactly zero" if beyond is None else f"below {dtype}'s smallest number"
        return f"the gradient is {size} {_up_to(measured.dead_from, depth)}"
    ratio = measured.log10_gradient[0]
    if ratio is None:
        return "the gradient is not a number, or exactly zero at the last layer, by which others are measured"
    if depth == 1:
        return "one layer: there is nothing to pass through"
    moves = "changes" if abs(ratio) <= STABLE_LOG10 else "shrinks" if ratio < 0 else "grows"
    factor = power_of_ten(ratio / (depth - 1))
    share = f"layer 1 gets {power_of_ten(ratio)} of layer {depth}'s gradient"
    return f"the gradient {moves} ×{factor} a layer: {share}"


def _up_to(last: int, depth: int) -> str:
    if last == 1:
        return "at layer 1"
    return "at every layer" if last == depth else f"from layer {last} down to layer 1"
