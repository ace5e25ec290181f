"""What `compare` says about one activation: bounds, Gaussian averages, and the gradient at depth."""

import time
from collections.abc import Callable
from typing import Any, Final, NamedTuple

import numpy as np

from actcli.activation import Activation, AnyActivation, Array, VectorActivation
from actcli.diagnosis.shares import dead_fraction, saturated_fraction
from actcli.network import limits
from actcli.network.initialiser import Initialiser, customary
from actcli.numerics.floats import finite
from actcli.report import Cell
from actcli.theory.critical import critical_point, universality_class
from actcli.theory.gains import Averages, Gains, averages, gains
from actcli.theory.gradient import gradient_line

# A vector-valued activation is simulated small: its gradient needs no more than a median of a few runs.
_WIDTH, _BATCH, _TRIALS = 128, 8, 5
_ELEMENTS: Final = 65_536
_REPEATS: Final = 15


class Measures(NamedTuple):
    """Every measure of one activation; None where there is none.

    A vector-valued activation is measured along its section, and has no gains and no critical point here.
    log10_gradient: one entry a layer, by theory, or `simulated`. saturated, dead: the shares of units with
    |f′| below 1 % of its bound, and with f′ = 0, for pre-activations z ~ N(0, 1).
    """

    activation: AnyActivation
    averages: Averages
    gains: Gains
    critical: tuple[float, float] | None
    universality_class: str | None
    init: Initialiser
    log10_gradient: tuple[float | None, ...]
    simulated: bool
    saturated_fraction: float | None
    dead_fraction: float | None
    nanoseconds_per_element: float | None

    def to_record(self) -> dict[str, Any]:
        """Return the measures under the keys that scripts rely on."""
        section = self.activation.section
        row = self.to_row()
        critical = self.critical
        return {
            "name": self.activation.name,
            "parameters": {name: finite(value) for name, value in self.activation.values.items()},
            "section": self.activation.section_caption
            if isinstance(self.activation, VectorActivation)
            else None,
            "range": [finite(section.facts.infimum), finite(section.facts.supremum)],
            "kinks": [{"x": kink.x, "order": kink.order} for kink in section.facts.kinks],
            "critical": {"sigma_w": critical[0], "sigma_b": critical[1]} if critical else None,
            "init": {
                "name": self.init.name,
                "sigma_w": self.init.sigma_w,
                "sigma_b": self.init.bias_std(_WIDTH),
            },
            "slope_min": finite(section.facts.slope_infimum),
            "slope_max": finite(section.facts.slope_supremum),
            **{key: row[key] for key in _SCALARS},
        }

    def to_row(self) -> dict[str, Cell]:
        """Return the measures as one flat row; bounds may be infinite."""
        section = self.activation.section
        facts = section.facts
        return {
            "name": self.activation.label,
            "range_low": facts.infimum,
            "range_high": facts.supremum,
            "slope_min": facts.slope_infimum,
            "slope_max": facts.slope_supremum,
            "kinks": len({kink.x for kink in facts.kinks}),
            "increasing": section.increasing,
            "odd": section.odd,
            "mean": 0.0 if self.averages.zero_centred else self.averages.mean,
            "second_moment": self.averages.second_moment,
            "mean_squared_slope": self.averages.mean_squared_slope,
            "gain_second_moment": self.gains.second_moment,
            "gain_variance": self.gains.variance,
            "gain_gradient": self.gains.gradient,
            "critical_sigma_w": self.critical[0] if self.critical else None,
            "critical_sigma_b": self.critical[1] if self.critical else None,
            "universality_class": self.universality_class,
            "log10_gradient_at_depth": self.log10_gradient[0],
            "saturated_fraction": self.saturated_fraction,
            "dead_fraction": self.dead_fraction,
            "zero_centred": self.averages.zero_centred,
            "init": self.init.name,
            "simulated": self.simulated,
            "nanoseconds_per_element": self.nanoseconds_per_element,
        }


_SCALARS: Final = (
    "increasing", "odd", "mean", "second_moment", "mean_squared_slope",
    "gain_second_moment", "gain_variance", "gain_gradient", "universality_class", "log10_gradient_at_depth",
    "simulated", "saturated_fraction", "dead_fraction", "zero_centred", "nanoseconds_per_element",
)  # fmt: skip


def measures_of(activation: AnyActivation, depth: int, seed: int, cost: float | None) -> Measures:
    """Return the measures of one activation, its gradient through `depth` layers of the customary init."""
    elementwise = isinstance(activation, Activation)
    section = activation.section
    init, _ = customary(activation)
    return Measures(
        activation,
        averages(section),
        gains(section) if elementwise else Gains(None, None, None),
        _critical_point(activation),
        universality_class(section) if elementwise else None,
        init,
        tuple(map(_without_rounding, _gradient(activation, init, depth, seed))),
        not elementwise,
        saturated_fraction(section),
        dead_fraction(section),
        cost,
    )


def _critical_point(activation: AnyActivation) -> tuple[float, float] | None:
    if isinstance(activation, Activation):
        return critical_point(activation)
    # Few comparisons hold units of several inputs.
    from actcli.theory.groups import critical_groups

    point = critical_groups(activation)
    return None if point is None else (point.sigma_w, point.sigma_b)


def gradient_init(init: Initialiser) -> tuple[float, float]:
    """Return the σ_w and σ_b of the networks whose gradient is measured."""
    return init.sigma_w, init.bias_std(_WIDTH)


def _gradient(
    activation: AnyActivation, init: Initialiser, depth: int, seed: int
) -> tuple[float | None, ...]:
    if isinstance(activation, Activation):
        sigma_w, sigma_b = gradient_init(init)
        return gradient_line(activation, depth, sigma_w, sigma_b, sigma_w**2 + sigma_b**2)
    # Only a simulation pays for the network and numpy's random numbers.
    from actcli.network.measurement import measure
    from actcli.network.network import Network

    network = Network(activation, init, depth, _WIDTH, _BATCH)
    return tuple(measure(network, seed, limits.trials(_TRIALS, depth)).log10_gradient)


def cost_of(activation: AnyActivation) -> float:
    """Return the nanoseconds that one element takes, the median of some runs on 65,536 normal numbers."""
    taken, _ = activation.group if isinstance(activation, VectorActivation) else (1, 1)
    width = 64 * taken if isinstance(activation, VectorActivation) else _ELEMENTS
    return _timed(activation.forward, _inputs().reshape(-1)[: _ELEMENTS // width * width].reshape(-1, width))


def numpy_exp_cost() -> float:
    """Return the nanoseconds per element of numpy's exp on the same numbers."""
    return _timed(np.exp, _inputs())


def _inputs() -> Array:
    return np.random.default_rng(0).standard_normal(_ELEMENTS)


def _timed(function: Callable[[Array], Any], x: Array) -> float:
    function(x)
    seconds = []
    for _ in range(_REPEATS):
        start = time.perf_counter()
        function(x)
        seconds.append(time.perf_counter() - start)
    return float(np.median(seconds)) / x.size * 1e9


def _without_rounding(log10_gradient: float | None) -> float | None:
    """Return 0 for what rounding makes of a gradient that stays the same in every layer."""
    return 0.0 if log10_gradient is not None and abs(log10_gradient) < 1e-12 else log10_gradient
