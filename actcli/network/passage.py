"""The passage of one layer: its outputs on the way forward, its gradients on the way back."""

from dataclasses import dataclass

import numpy as np

from actcli.activation import Activation
from actcli.network import drawn, weightless
from actcli.network.network import Network
from actcli.network.statistics import Numbers
from actcli.network.stream import Real, stream
from actcli.network.wiring import Back, normalise


@dataclass(frozen=True, eq=False)
class Passage:
    """One layer after its forward pass.

    x: its outputs (trials × batch × units). log10_scale: what x was divided by, per trial, where signals may
    be rescaled. finite: per trial, whether the outputs are numbers; where not, x is set to 0.
    slope: f′(z) of an elementwise activation, else None.
    """

    x: Real
    log10_scale: Numbers
    finite: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
    inputs: Real
    slope: Real | None
    _network: Network
    _dense: weightless.WeightlessLayer | drawn.DrawnLayer
    _before: Back
    _after: Back

    def pull(self, gradient: Real) -> tuple[Real, Real]:
        """Return the gradient at z and the one that the skip carries, given the gradient at the outputs."""
        gradient = self._after(gradient)
        residual = self._network.wiring.residual
        branch = gradient if residual is None else gradient * gradient.dtype.type(residual)
        if self.slope is not None:
            return branch * self.slope, gradient
        return self._network.activation.vjp(self.z, branch), gradient

    def back(self, delta: Real, seed: int, trial: int, layer: int) -> tuple[Real, Numbers]:
        """Return the gradient at the inputs of the weights, and ‖∂L/∂W‖_F per trial, given that at z."""
        gradient, weight_norm = self._dense.back(delta, stream(seed, trial, layer, "backward"))
        return self._before(gradient), weight_norm

    @property
    def z(self) -> Real:
        """The pre-activations."""
        return self._dense.z


def forward(network: Network, x: Real, seed: int, trial: int, layer: int, rescale: bool) -> Passage:
    """Send `x` (trials × batch × units of the layer before) through this layer; layer 1 is the first."""
    entering, before = normalise(network.wiring.before, x)
    dense = _dense(network, entering, seed, trial, layer)
    slope: Real | None = None
    if isinstance(network.activation, Activation):
        y, slope = network.activation.value_and_slope(dense.z)
    else:
        y = network.activation.forward(dense.z)
    if network.wiring.residual is not None:
        y = x + y * y.dtype.type(network.wiring.residual)
    y, after = normalise(network.wiring.after, y)
    peak = np.maximum(y.max(axis=(-1, -2)), -y.min(axis=(-1, -2))).astype(np.float64)
    finite = np.isfinite(peak)
    if not finite.all():
        y = np.where(finite[:, None, None], y, y.dtype.type(0))
    log10_scale = np.zeros(len(y))
    if rescale:
        size = np.where(finite & (peak > 0), peak, 1.0)
        y, log10_scale = y / size[:, None, None].astype(y.dtype), np.log10(size)
    return Passage(y, log10_scale, finite, entering, slope, network, dense, before, after)


def _dense(
    network: Network, x: Real, seed: int, trial: int, layer: int
) -> weightless.WeightlessLayer | drawn.DrawnLayer:
    law = network.initialiser
    outputs = network.fan(layer)[1]
    if network.weightless:
        return weightless.forward(x, outputs, law, stream(seed, trial, layer, "forward"))
    return drawn.forward(x, outputs, law, lambda: stream(seed, trial, layer, "forward"))
