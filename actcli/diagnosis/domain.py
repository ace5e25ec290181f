"""Where an activation has no value on the inputs that a network gives it: nothing explodes there."""

import math
from typing import NamedTuple

import numpy as np

from actcli.activation import Activation, Array
from actcli.diagnosis.prediction import first_variance
from actcli.diagnosis.shares import share
from actcli.network.measurement import Measurement
from actcli.network.network import Network

# Layers have thousands of units and trials: what is rarer than this does not end a run.
_RARE = 1e-9
# Where pre-activations are larger than this, a formula that gives no number has overflowed on the way to it.
_LARGE = 1e50


class Undefined(NamedTuple):
    """The first layer at which f has no value, and for which share of its pre-activations."""

    layer: int
    share: float


def undefined(network: Network, measured: Measurement) -> Undefined | None:
    """Return where f(z) is not defined, at the layer whose outputs are no numbers; None where it overflows.

    The pre-activations of that layer are taken as normal, with the variance that the measured outputs of the
    layer before give them.
    """
    layer, record = measured.overflow, network.activation
    if layer is None or not isinstance(record, Activation):
        return None
    deviation = _deviation(network, measured, layer)
    if not deviation < _LARGE:
        return None
    missing = share(lambda z: np.isnan(_values(record, deviation * z)))
    return Undefined(layer, missing) if missing > _RARE else None


def _values(record: Activation, x: Array) -> Array:
    return np.asarray(record(x), dtype=np.float64)


def _deviation(network: Network, measured: Measurement, layer: int) -> float:
    mean, std = (measured.mean[layer - 2], measured.std[layer - 2]) if layer > 1 else (None, None)
    if mean is None or std is None or network.wiring.before is not None:
        return math.sqrt(first_variance(network))
    inputs, outputs = network.fan(layer)
    law = network.initialiser
    return math.hypot(law.weight_gain(inputs, outputs) * math.hypot(mean, std), law.bias_std(inputs))
