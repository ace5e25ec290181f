"""Which initialiser makes a network critical, with its skips and normalisations."""

from actcli.activation import Activation, AnyActivation
from actcli.network.initialiser import Advice
from actcli.network.wiring import Wiring
from actcli.theory.critical import critical_point
from actcli.theory.gains import torch_gain
from actcli.theory.normalised import normalised_critical_point


def critical_init(activation: AnyActivation, wiring: Wiring) -> tuple[float, float] | None:
    """Return (sigma_w, sigma_b) at which layers pass the gradient on as it is; None where none does.

    With a skip it is the branch that does so: the skip itself passes all of it, so that a residual layer's
    factor is above 1 whatever the weights are.
    """
    if not isinstance(activation, Activation):
        return None
    norm = wiring.before or wiring.after
    if norm is None:
        return critical_point(activation)
    return normalised_critical_point(activation, centred=norm == "layernorm")


def advice(activation: AnyActivation, critical: tuple[float, float] | None) -> Advice:
    """Return the numbers that initialisers may ask for."""
    gain = torch_gain(activation) if isinstance(activation, Activation) else None
    return Advice(lambda: critical, lambda: gain)
