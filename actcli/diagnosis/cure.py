"""What to set instead: candidates from theory and practice, each run before it is offered."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from actcli.activation import Activation, AnyActivation
from actcli.diagnosis.criticality import critical_init
from actcli.diagnosis.precision import power_of_ten
from actcli.diagnosis.prediction import predict
from actcli.diagnosis.verdict import STABLE_LOG10, verdict_of
from actcli.network.initialiser import Initialiser, initialiser
from actcli.network.measurement import measure
from actcli.network.network import Network
from actcli.network.wiring import Wiring

# A cure is run once where that leaves no doubt or takes long, else this often, and offered when the median
# is stable. No doubt: the ratio is within the square root of what still counts as stable.
_TRIALS = 5
_DEEP = 1_000
_CLEAR = STABLE_LOG10 / 2


@dataclass(frozen=True)
class Cure:
    """A change that was run and found stable: `log10_ratio` is the first layer's gradient over the last's.

    `lines` are what to paste, by framework.
    """

    text: str
    activation: str
    init: str
    sigma_w: float
    sigma_b: float
    residual: float | None
    log10_ratio: float
    lines: dict[str, str]

    def to_record(self) -> dict[str, Any]:
        """Return the cure for machines."""
        return dict(vars(self))


def cures(network: Network, seed: int) -> tuple[Cure, ...]:
    """Return the changes that keep the gradient of `network` stable, the smallest change first.

    Tried in turn: the same activation at its critical point, relu with He's initialiser, a skip connection;
    the first two that hold are returned.
    """
    found: list[Cure] = []
    for changed, text in _candidates(network):
        if network.depth >= _DEEP and not _promising(changed):
            continue
        measured = measure(changed, seed)
        ratio = measured.log10_gradient[0]
        if network.depth < _DEEP and (ratio is None or abs(ratio) > _CLEAR):
            measured = measure(changed, seed, _TRIALS)
            ratio = measured.log10_gradient[0]
        if ratio is not None and verdict_of(measured) == "stable":
            found.append(_cure(changed, text, ratio))
        if len(found) == 2:
            break
    return tuple(found)


def _promising(network: Network) -> bool:
    """Whether theory leaves a hope that the gradient is stable: a very deep run is not begun without one."""
    found = predict(network)
    expected = found.log10_gradient[0] if found.log10_median is None else found.log10_median
    return expected is None or abs(expected) < 2 * STABLE_LOG10


def _candidates(network: Network) -> Iterator[tuple[Network, str]]:
    record, law = network.activation, network.initialiser
    point = critical_init(record, network.wiring)
    if point is not None and not (math.isclose(point[0], law.sigma_w) and law.sigma_b == point[1]):
        yield (
            replace(network, initialiser=Initialiser("critical", *point)),
            f"the critical point of {record.label}",
        )
    for other, name in _others(record):
        yield (
            replace(network, activation=other, initialiser=initialiser(name)),
            f"{other.name} with init {name}",
        )
    if network.wiring.plain and len(set(network.widths)) == 1 and network.group[0] == network.group[1]:
        branch = 1 / math.sqrt(network.depth)
        yield replace(network, wiring=Wiring(residual=branch)), f"a skip connection, x + {branch:.4g} · f"


def _others(record: AnyActivation) -> Iterator[tuple[Activation, str]]:
    from actcli.catalogue import rectified

    relu = next(other for other in rectified.ACTIVATIONS if other.name == "relu")
    if record.name != "relu":
        yield relu, "he"


def _cure(network: Network, text: str, log10_ratio: float) -> Cure:
    law = network.initialiser
    sigma_b = law.bias_std(network.widths[0])
    numbers = f"σ_w = {law.sigma_w:.6g}, σ_b = {sigma_b:.6g}"
    return Cure(
        text=f"{text} ({numbers}): layer 1 then gets {power_of_ten(log10_ratio)}",
        activation=network.activation.label,
        init=law.name,
        sigma_w=law.sigma_w,
        sigma_b=sigma_b,
        residual=network.wiring.residual,
        log10_ratio=log10_ratio,
        lines=lines_to_paste(law.sigma_w, sigma_b),
    )


def lines_to_paste(sigma_w: float, sigma_b: float) -> dict[str, str]:
    """Return the initialiser calls of torch, jax and keras that give a layer these deviations.

    Weights N(0, sigma_w²/inputs) and biases N(0, sigma_b²); torch's zeros_ where sigma_b is 0.
    """
    scale = f"{sigma_w**2:.10g}"
    bias = (
        f"torch.nn.init.normal_(layer.bias, std={sigma_b:.10g})"
        if sigma_b
        else "torch.nn.init.zeros_(layer.bias)"
    )
    weight = f"torch.nn.init.normal_(layer.weight, std={sigma_w:.10g} / layer.in_features**0.5)"
    law = f'VarianceScaling(scale={scale}, mode="fan_in", distribution="untruncated_normal")'
    return {
        "torch": f"{weight}; {bias}",
        "jax": f'jax.nn.initializers.variance_scaling({scale}, "fan_in", "normal")'
        + (f"; bias jax.nn.initializers.normal({sigma_b:.10g})" if sigma_b else ""),
        "keras": f"keras.initializers.{law}"
        + (f"; bias keras.initializers.RandomNormal(stddev={sigma_b:.10g})" if sigma_b else ""),
    }
