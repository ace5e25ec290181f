"""The passage of one layer: its outputs on the way forward, its gradients on the way back."""

from typing import NamedTuple

import numpy as np

from actcli.activation import Activation
from actcli.network import drawn, single, weightless
from actcli.network.network import ANY_SIZE, Network, Sizes
from actcli.network.statistics import Numbers, magnitude
from actcli.network.storage import Room, shaped
from actcli.network.stream import Real, Streams
from actcli.network.wiring import Back, normalise

Dense = single.SingleLayer | weightless.WeightlessLayer | drawn.DrawnLayer


class Signal(NamedTuple):
    """What goes from layer to layer.

    x: trials × batch × units, 0 in trials whose signal has left the range of numbers. size: its root mean
    square per trial. log10_scale: log10 of what x has been divided by so far (see `enter`), nan in the trials
    that are lost.
    """

    x: Real
    size: Numbers
    log10_scale: Numbers


class Passage(NamedTuple):
    """One layer after its forward pass.

    entering, leaving: the signals before and after it. inputs: of the weights, once normalised.
    slope: f′(z) of an elementwise activation, else None; z: the pre-activations, kept where slope is None.
    dense: the weights. before, after: the ways back through the normalisations.
    """

    entering: Signal
    leaving: Signal
    inputs: Real
    slope: Real | None
    z: Real | None
    network: Network
    dense: Dense
    before: Back
    after: Back

    def pull(self, gradient: Real) -> tuple[Real, Real]:
        """Return the gradient at z and the one that the skip carries, given the gradient at the outputs."""
        gradient = self.after(gradient)
        residual = self.network.wiring.residual
        branch = gradient if residual is None else gradient * gradient.dtype.type(residual)
        if self.slope is not None:
            return branch * self.slope, gradient
        assert self.z is not None
        return self.network.activation.vjp(self.z, branch), gradient

    def back(self, delta: Real, streams: Streams, layer: int) -> tuple[Real, Numbers]:
        """Return the gradient at the inputs of the weights, and ‖∂L/∂W‖_F per trial, given that at z."""
        gradient, weight_norm = self.dense.back(delta, streams(layer, "backward"))
        return self.before(gradient), weight_norm


def enter(x: Real, log10_scale: Numbers, sizes: Sizes = ANY_SIZE) -> Signal:
    """Return the signal that `x` is after `log10_scale`, brought home where it is too small or too large."""
    size = magnitude(x)
    if all(sizes.least <= number <= sizes.largest for number in size.tolist()):
        return Signal(x, size, log10_scale)
    lost = np.isnan(size)
    outside = (size > 0) & ((size < sizes.least) | (size > sizes.largest))
    unit = np.where(outside, size / sizes.home, 1.0)
    x = np.where(lost[:, None, None], x.dtype.type(0), x / unit[:, None, None].astype(x.dtype))
    size = np.where(lost, 0.0, size / unit)
    return Signal(x, size, np.where(lost, np.nan, log10_scale + np.log10(unit)))


def forward(
    network: Network, entering: Signal, streams: Streams, layer: int, room: Room
) -> tuple[Passage, Real]:
    """Send the signal of the layer before through this layer; return its pre-activations too.

    Layer 1 is the first. What the way back needs is kept in `room`.
    """
    x = entering.x
    inputs, before = normalise(network.wiring.before, x)
    size = entering.size if inputs is x else magnitude(inputs)
    z, dense = _dense(network, inputs, size, streams, layer, room)
    slope: Real | None = None
    if isinstance(network.activation, Activation):
        out = shaped(room.outputs, z.shape), shaped(room.slopes, z.shape)
        y, slope = network.activation.value_and_slope(z, out)
    else:
        y = network.activation.forward(z)
    if network.wiring.residual is not None:
        y = x + y * y.dtype.type(network.wiring.residual)
    y, after = normalise(network.wiring.after, y)
    leaving = enter(y, (network.degree or 1.0) * entering.log10_scale, network.sizes)
    kept = z if slope is None else None
    return Passage(entering, leaving, inputs, slope, kept, network, dense, before, after), z


def _dense(
    network: Network, x: Real, size: Numbers, streams: Streams, layer: int, room: Room
) -> tuple[Real, Dense]:
    law = network.initialiser
    outputs = network.fan(layer)[1]
    if network.weightless:
        draw = single.forward if network.batch == 1 else weightless.forward
        xi = shaped(room.drawn, (*x.shape[:-1], outputs))
        return draw(x, size, outputs, law, streams(layer, "forward"), xi)
    return drawn.forward(x, outputs, law, lambda: streams(layer, "forward"), room.weights)
