"""The Jacobian of a network's outputs by its inputs, at a random input: all its singular values."""

import numpy as np

from actcli.activation import Activation
from actcli.errors import OptionError
from actcli.network import drawn, limits
from actcli.network.graded import Graded
from actcli.network.network import Network
from actcli.network.statistics import Numbers
from actcli.network.stream import Streams


def log10_singular_values(network: Network, seed: int = 0, trial: int = 0) -> Numbers:
    """Return log10 of the singular values of ∂x_L/∂x_0, largest first; −inf where they are exactly 0.

    ∂x_L/∂x_0 = A_L … A_1 with A_l = diag(f′(z_l)) W_l, or I + residual · diag(f′(z_l)) W_l. Needs an
    elementwise activation, layers of one width (see limits), and no normalisation; nan where the signal
    leaves the range of numbers.
    """
    record, wiring = network.activation, network.wiring
    limits.whole("seed", seed, limits.SEED)
    if not isinstance(record, Activation) or len(set(network.widths)) > 1:
        raise OptionError("the spectrum needs an elementwise activation and layers of one width")
    if wiring.before is not None or wiring.after is not None:
        raise OptionError("the spectrum is computed for plain and residual networks, without normalisation")
    width = limits.whole("width for the spectrum", network.widths[0], limits.SPECTRUM_WIDTH)
    streams = Streams(seed, trial)
    x = streams(0, "input").standard_normal(width) * network.input_std
    product, skip = Graded.identity(width), 0.0 if wiring.residual is None else 1.0
    branch = 1.0 if wiring.residual is None else wiring.residual
    for layer in range(1, network.depth + 1):
        weights, bias = drawn.matrix(network.initialiser, width, width, streams(layer, "forward"))
        value, slope = record.value_and_slope(weights @ x + bias)
        x = skip * x + branch * value
        if not (np.isfinite(x).all() and np.isfinite(slope).all()):
            return np.full(width, np.nan)
        rank = width if skip else int(np.count_nonzero(slope))
        product = product.after(branch * slope[:, None] * weights + skip * np.eye(width), rank)
    return product.log10_singular_values()
