"""Which initialiser makes a network critical, with its skips and normalisations, and for which inputs."""

import math
from typing import Any, NamedTuple

from actcli.activation import Activation, AnyActivation, VectorActivation
from actcli.network.initialiser import Advice
from actcli.network.wiring import Wiring
from actcli.render.text import beside_one
from actcli.theory.basin import leading_input_std
from actcli.theory.critical import EdgePoint, chosen_point, edge_of_chaos
from actcli.theory.gains import torch_gain
from actcli.theory.groups import critical_groups
from actcli.theory.meanfield import describe
from actcli.theory.normalised import normalised_critical_point


class CriticalInit(NamedTuple):
    """A (sigma_w, sigma_b) at which layers pass the gradient on as it is.

    q_star: the variance of pre-activations at which they do so, None where every one will do. input_std: a
    standard deviation of inputs that lead there, 1 where unit inputs do, None where none is known.
    """

    sigma_w: float
    sigma_b: float
    q_star: float | None = None
    input_std: float | None = 1.0

    @property
    def sigmas(self) -> tuple[float, float]:
        """(sigma_w, sigma_b)."""
        return self.sigma_w, self.sigma_b

    def to_record(self) -> dict[str, Any]:
        """Return the point for machines."""
        return self._asdict()


def critical_init(
    activation: AnyActivation, wiring: Wiring, sigma_b: float | None = None
) -> CriticalInit | None:
    """Return the initialiser at which layers pass the gradient on as it is; None where none does.

    Where `sigma_b` is given, σ_w is that of the edge of chaos there. With a skip it is the branch that passes
    the gradient on: the skip itself passes all of it, so that a residual layer's factor is above 1 whatever
    the weights are.
    """
    point = _chosen(activation, wiring)
    if sigma_b is None or (point is not None and point.sigma_b == sigma_b):
        return point
    return _on_the_edge(activation, wiring, sigma_b)


def _chosen(activation: AnyActivation, wiring: Wiring) -> CriticalInit | None:
    if not isinstance(activation, Activation):
        return _of_groups(activation) if wiring.plain else None
    norm = wiring.before or wiring.after
    if norm is not None:
        sigmas = normalised_critical_point(activation, centred=norm == "layernorm")
        return None if sigmas is None else CriticalInit(*sigmas)
    point = chosen_point(activation)
    return None if point is None else _of_point(activation, point)


def _on_the_edge(activation: AnyActivation, wiring: Wiring, sigma_b: float) -> CriticalInit | None:
    """Return the point of the edge with this σ_b whose q* attracts, first one that unit inputs go to."""
    if not isinstance(activation, Activation) or wiring.before or wiring.after:
        return None
    edge = [_of_point(activation, point) for point in edge_of_chaos(activation, sigma_b) if point.stable]
    return min(edge, key=lambda point: point.input_std != 1, default=None)


def _of_point(activation: Activation, point: EdgePoint) -> CriticalInit:
    q_star = None if point.universal else point.q_star
    return CriticalInit(point.sigma_w, point.sigma_b, q_star, leading_input_std(activation, point))


def _of_groups(activation: VectorActivation) -> CriticalInit | None:
    """Return the point of units of several inputs or outputs, in plain networks."""
    point = critical_groups(activation)
    if point is None:
        return None
    if point.universal:
        return CriticalInit(point.sigma_w, point.sigma_b)
    # Lengths come to q* slowly, so that inputs had better begin there.
    input_std = math.sqrt(point.q_star - point.sigma_b**2) / point.sigma_w
    return CriticalInit(point.sigma_w, point.sigma_b, point.q_star, input_std)


def missed(activation: Activation, point: CriticalInit, input_std: float) -> str:
    """Return where inputs of this deviation go instead of the critical length; empty where they go there."""
    if point.q_star is None:
        return ""
    found = describe(activation, *point.sigmas, (point.sigma_w * input_std) ** 2 + point.sigma_b**2)
    if found.q_star is not None and abs(found.q_star - point.q_star) <= 1e-4 * max(point.q_star, 1e-12):
        return ""
    place = f"to q = {found.q_star:.4g}" if found.q_star is not None else f"elsewhere ({found.reason})"
    if found.chi_1 is not None:
        place += f", χ₁ = {beside_one(found.chi_1)}"
    cure = "" if point.input_std is None else f"; inputs of std {point.input_std:.2g} lead there"
    return f"χ₁ = 1 at q* = {point.q_star:.4g}: inputs of std {input_std:g} go {place}{cure}"


def advice(activation: AnyActivation, wiring: Wiring) -> Advice:
    """Return the numbers that initialisers may ask for."""

    def critical(sigma_b: float | None) -> tuple[float, float] | None:
        point = critical_init(activation, wiring, sigma_b)
        return None if point is None else point.sigmas

    return Advice(critical, lambda: torch_gain(activation) if isinstance(activation, Activation) else None)
