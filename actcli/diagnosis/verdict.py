"""Which gradients are called vanishing, stable and exploding."""

from typing import Final, Literal

from actcli.network.measurement import Measurement

Verdict = Literal["vanishing", "stable", "exploding"]

STABLE_LOG10: Final = 2.0
"""A gradient is stable while the first layer's is between 1/100 and 100 times the last layer's."""

LEGEND: Final = (
    f"verdict: vanishing where layer 1 gets less than 1/{10**STABLE_LOG10:g} of the last layer's gradient, "
    f"exploding where it gets more than {10**STABLE_LOG10:g} times as much or the outputs overflow"
)


def verdict_of(measured: Measurement) -> Verdict | None:
    """Return the verdict alone, for an activation that is defined on all of its inputs."""
    ratio = measured.log10_gradient[0]
    if measured.overflow is not None:
        return "exploding"
    if ratio is None:
        return None if measured.dead_from is None else "vanishing"
    if abs(ratio) <= STABLE_LOG10:
        return "stable"
    return "vanishing" if ratio < 0 else "exploding"
