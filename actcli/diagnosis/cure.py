"""What to set instead: candidates from theory and practice, each run before it is offered."""

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple

from actcli.activation import Activation, AnyActivation
from actcli.diagnosis.criticality import critical_init
from actcli.diagnosis.prediction import predict
from actcli.diagnosis.recipe import Recipe
from actcli.diagnosis.verdict import STABLE_LOG10, verdict_of
from actcli.network import limits
from actcli.network.initialiser import Initialiser, initialiser
from actcli.network.measurement import measure
from actcli.network.network import Network
from actcli.network.wiring import PLAIN, Wiring
from actcli.render.text import counted, power_of_ten

# A cure is run once where that leaves no doubt or takes long, else this often, and offered when the median
# is stable. No doubt: the ratio is within the square root of what still counts as stable.
_TRIALS = 5
_DEEP = 1_000
_CLEAR = STABLE_LOG10 / 2


class Cure(NamedTuple):
    """A change that was run and found stable: `log10_ratio` is the first layer's gradient over the last's.

    The median of `trials` networks, through each of which `batch` samples went. fan: what the variance of a
    weight is divided by. norm: a normalisation after every layer. input_std: of the inputs that it was run
    with. `lines` are what to paste, by framework.
    """

    text: str
    activation: str
    init: str
    sigma_w: float
    sigma_b: float
    fan: str
    residual: float | None
    norm: str | None
    input_std: float
    log10_ratio: float
    trials: int
    batch: int
    lines: dict[str, str]

    def to_record(self) -> dict[str, Any]:
        """Return the cure for machines."""
        return self._asdict()


def cures(network: Network, seed: int) -> tuple[Cure, ...]:
    """Return the changes that keep the gradient of `network` stable, the smallest change first.

    At most one of each kind, the first that holds: the same activation at its critical point (with inputs of
    a size that leads there, where these do not); another activation with its customary initialiser; a
    skip connection, or a normalisation. They are run with at most 4 samples, which show as much.
    """
    tried = replace(network, batch=min(network.batch, limits.CUSTOMARY_BATCH))
    kinds = (_critical(tried), _others(tried), _wired(tried))
    return tuple(cure for kind in kinds if (cure := _first_that_holds(kind, network, seed)) is not None)


def _first_that_holds(candidates: Iterator[tuple[Network, str]], network: Network, seed: int) -> Cure | None:
    for changed, text in candidates:
        if network.depth >= _DEEP and not _promising(changed):
            continue
        trials, measured = 1, measure(changed, seed)
        ratio = measured.log10_gradient[0]
        if network.depth < _DEEP and (ratio is None or abs(ratio) > _CLEAR):
            trials, measured = _TRIALS, measure(changed, seed, _TRIALS)
            ratio = measured.log10_gradient[0]
        if ratio is not None and verdict_of(measured) == "stable" and not measured.left_out:
            return _cure(changed, network, text, ratio, trials)
    return None


def _promising(network: Network) -> bool:
    """Whether theory leaves a hope that the gradient is stable: a very deep run is not begun without one."""
    found = predict(network)
    expected = found.log10_gradient[0] if found.log10_median is None else found.log10_median
    return expected is None or abs(expected) < 2 * STABLE_LOG10


def _critical(network: Network) -> Iterator[tuple[Network, str]]:
    record, law = network.activation, network.initialiser
    point = critical_init(record, network.wiring)
    if point is None:
        return
    changed = replace(network, initialiser=Initialiser("critical", *point.sigmas))
    text = f"the critical point of {record.label}"
    gains = {changed.initialiser.weight_gain(*fan) / law.weight_gain(*fan) for fan in _fans(network)}
    same = all(math.isclose(gain, 1) for gain in gains) and law.sigma_b == point.sigma_b
    if not same or law.bias_mean:
        yield changed, text
    if point.input_std is not None and point.input_std != network.input_std:
        yield (
            replace(changed, input_std=point.input_std),
            f"{text}, inputs scaled to std {point.input_std:.3g}",
        )


def _fans(network: Network) -> set[tuple[int, int]]:
    """Return the shapes of the layers: where all have one width, the first and the second show them."""
    layers = network.depth if len(network.widths) > 1 else 2
    return {network.fan(layer) for layer in range(1, layers + 1)}


def _others(network: Network) -> Iterator[tuple[Network, str]]:
    from actcli.catalogue import rectified, sigmoidal

    known: dict[str, Activation] = {r.name: r for r in (*rectified.ACTIVATIONS, *sigmoidal.ACTIVATIONS)}
    for name, init in (("relu", "he"), ("tanh", "xavier")):
        if name != network.activation.name:
            changed = replace(network, activation=known[name], initialiser=initialiser(init))
            yield changed, f"{name} with init {init}"


def _wired(network: Network) -> Iterator[tuple[Network, str]]:
    """Yield a skip, or a weaker branch beside the one that there is, and a normalisation."""
    wiring = network.wiring
    if wiring.before or wiring.after:
        return
    normal, branch = _as_pasted(network), 1 / math.sqrt(network.depth)
    if len(set(network.widths)) == 1 and network.group[1] == 1 and (wiring.residual or math.inf) > branch:
        changed = replace(network, initialiser=normal, wiring=Wiring(residual=branch))
        kind = "a skip connection" if wiring.plain else "a weaker branch beside the skip"
        yield changed, f"{kind}, x + {branch:.4g} · f"
    changed = replace(network, initialiser=normal, wiring=wiring._replace(after="layernorm"))
    yield changed, "layer normalisation after every layer"


def _as_pasted(network: Network) -> Initialiser:
    """Return the initialiser as lines to paste draw it: normal, of one σ_b, without a mean of the biases."""
    inputs, outputs = network.fan(1)
    law = network.initialiser
    normal = law._replace(law="normal", sigma_b=law.bias_std(inputs), bias_mean=0.0)
    if law.law == "orthogonal":
        normal = normal._replace(sigma_w=law.weight_gain(inputs, outputs))
    return normal if normal == law else normal._replace(name="custom")


def _cure(network: Network, before: Network, text: str, log10_ratio: float, trials: int) -> Cure:
    law, wired = network.initialiser, network.wiring
    sigma_b = law.bias_std(network.widths[0])
    other: AnyActivation | None = network.activation if network.activation is not before.activation else None
    runs = "in one run" if trials == 1 else f"median of {trials} runs"
    runs += f" of {counted(network.batch, 'sample')}" if network.batch < before.batch else ""
    numbers = f"σ_w = {law.sigma_w:.6g}, σ_b = {sigma_b:.6g}"
    numbers += ", biases of mean 0" if before.initialiser.bias_mean else ""
    return Cure(
        text=f"{text} ({numbers}): layer 1 then gets {power_of_ten(log10_ratio)}, {runs}",
        activation=network.activation.label,
        init=law.name,
        sigma_w=law.sigma_w,
        sigma_b=sigma_b,
        fan=law.fan,
        residual=wired.residual,
        norm=wired.after,
        input_std=network.input_std,
        log10_ratio=log10_ratio,
        trials=trials,
        batch=network.batch,
        lines=Recipe(
            law.sigma_w, sigma_b, other, wired if wired != before.wiring else PLAIN, law.fan
        ).lines(),
    )
