"""What a random network is: its activation, shape and initialiser, and the batch that is sent through it."""

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple

import numpy as np

from actcli.activation import Activation, AnyActivation
from actcli.errors import OptionError
from actcli.network import limits
from actcli.network.initialiser import Initialiser
from actcli.network.storage import ARRAYS
from actcli.network.wiring import PLAIN, Wiring

# What the objects of one kept layer take beside their arrays, in bytes.
_OVERHEAD: Final = 4_096
# States of all layers are kept, and no layer computed twice, while they fit in this many bytes.
_KEPT: Final = 2**27
# At these no curvature of an activation is felt; from a thousandth of them on signals are brought back.
_SMALL: Final = {"float64": 1e-60, "float32": 1e-9}
# How many roundings apart two values of one multiple may be.
_ROUNDINGS: Final = 1_000


class Sizes(NamedTuple):
    """Signals from `least` to `largest` stay as they are; others are divided until their size is `home`."""

    least: float
    largest: float
    home: float


ANY_SIZE: Final = Sizes(0.0, math.inf, 1.0)
AROUND_ONE: Final = Sizes(1e-3, 1e3, 1.0)


@dataclass(frozen=True)
class Network:
    """z_l = W_l x_{l−1} + b_l, x_l = f(z_l) for l = 1 … depth, joined as `wiring` says.

    width: units of every layer and of the input, or a tuple: the input's and then one number a layer. A
    unit of a vector-valued activation is one group: it takes `group[0]` pre-activations and gives `group[1]`
    outputs.
    batch: how many samples go through the same weights; their entries are normal with `input_std`.
    Raises OptionError for sizes outside the limits, or that contradict each other.
    """

    activation: AnyActivation
    initialiser: Initialiser
    depth: int
    width: int | tuple[int, ...]
    batch: int = 1
    input_std: float = 1.0
    dtype: str = "float64"
    wiring: Wiring = PLAIN

    def __post_init__(self) -> None:
        limits.whole("depth", self.depth, limits.DEPTH)
        for width in self.widths:
            limits.whole("width", width, limits.WIDTH)
        if len(self.widths) not in {1, self.depth + 1}:
            shape = f"{len(self.widths)} widths do not fit a depth of {self.depth}"
            raise OptionError(f"{shape}; give one number, or the input's and one for each layer")
        limits.whole("batch", self.batch, limits.BATCH)
        limits.real("input_std", self.input_std, limits.SCALE)
        if self.dtype not in limits.DTYPES:
            raise OptionError(f"dtype is {self.dtype}; it takes {' or '.join(limits.DTYPES)}")
        if self.initialiser.law == "orthogonal":
            limits.whole("width under init orthogonal", max(self.widths), (1, limits.ORTHOGONAL_WIDTH))
        if self.wiring.residual is not None and (len(set(self.widths)) > 1 or self.group[1] != 1):
            raise OptionError("a skip connection needs layers of one width and an activation that keeps it")
        limits.memory(self.depth, self.segment, self.entries, ARRAYS)

    @property
    def widths(self) -> tuple[int, ...]:
        """The different widths asked for."""
        return (self.width,) if isinstance(self.width, int) else self.width

    @cached_property
    def group(self) -> tuple[int, int]:
        """How many pre-activations one unit takes, and how many outputs it gives."""
        return (1, 1) if isinstance(self.activation, Activation) else self.activation.group

    @cached_property
    def weightless(self) -> bool:
        """Whether the batch is so small that the weights need not be drawn."""
        return self.initialiser.law == "normal" and 4 * self.batch <= max(*self.widths, 4)

    def units(self, layer: int) -> int:
        """Return how many units this layer has; layer 0 is the input."""
        return self.width if isinstance(self.width, int) else self.width[layer]

    def fan(self, layer: int) -> tuple[int, int]:
        """Return how many inputs and how many pre-activations this layer has; layer 1 is the first."""
        taken, given = self.group
        return self.units(layer - 1) * (given if layer > 1 else 1), self.units(layer) * taken

    @property
    def inner_fan(self) -> tuple[int, int]:
        """How many inputs and pre-activations a layer inside has, where all layers have one width."""
        (taken, given), width = self.group, self.widths[0]
        return width * given, width * taken

    @property
    def segment(self) -> int:
        """How many layers are held at a time: all while they fit, else √depth (computed twice)."""
        fits = (8 * self.entries * ARRAYS + _OVERHEAD) * self.depth <= _KEPT
        return self.depth if fits else math.isqrt(self.depth - 1) + 1

    @cached_property
    def kept_weights(self) -> int:
        """How many weights of a layer are kept: none where they are not drawn, or would not fit."""
        if self.weightless or self.segment < self.depth:
            return 0
        largest = max(self.widths) ** 2 * math.prod(self.group)
        return largest if 8 * (self.entries * ARRAYS + largest) * self.depth <= _KEPT else 0

    @property
    def entries(self) -> int:
        """How many numbers one array of a layer's state holds at most."""
        return self.batch * max(self.widths) * max(self.group)

    @property
    def scale_free(self) -> bool:
        """Whether f(c x) = c f(x) for every c > 0 and nothing adds to it, so that signals may be rescaled."""
        return (
            self.wiring.plain
            and self._proportional
            and self._follows_scales(1e-300, 1e-9, 1.0, 3.0, 1e9, 1e300)
        )

    @cached_property
    def sizes(self) -> Sizes:
        """The sizes at which signals are kept, so that no depth loses them.

        About 1 where any size means the same. Where f is proportional to a power of |x| near 0 alone, small
        signals stay small, at a size where it is. Any size where something else adds to the signal.
        """
        if self.scale_free:
            return AROUND_ONE
        home = _SMALL[self.dtype]
        return ANY_SIZE if self.degree is None else Sizes(home / 1_000, math.inf, home)

    @cached_property
    def degree(self) -> float | None:
        """The k with f(c x) = c^k f(x) for small x and c > 0: 1 for tanh, 2 for x² and swiglu; None for none.

        None too where something else than weights and skips adds to the signal, or, but for k = 1, a skip.
        """
        if not self._proportional:
            return None
        home, record = _SMALL[self.dtype], self.activation
        elementwise = isinstance(record, Activation)
        # Numbers of either sign; what they are does not matter.
        near = np.random.default_rng(0).normal(size=(2, 12 * self.group[0]))
        sizes = home, 2 * home, home**1.25
        with np.errstate(all="ignore"):
            values = [record(size * near) if elementwise else record.forward(size * near) for size in sizes]
            largest = [float(np.abs(value).max()) for value in values]
            if not min(largest) > np.finfo(np.float64).tiny or not max(largest) < 1:
                return None
            degree = round(math.log2(largest[1] / largest[0]), 6)
            first, *others = (value / size**degree for value, size in zip(values, sizes, strict=True))
        allowed = _ROUNDINGS * float(np.finfo(self.dtype).eps)
        alike = all(np.allclose(other, first, rtol=allowed, atol=0) for other in others)
        return degree if alike and (degree == 1 or (degree > 1 and self.wiring.plain)) else None

    @property
    def _proportional(self) -> bool:
        """Whether weights and skips alone make the signal: they pass on by what it is multiplied."""
        law, wiring = self.initialiser, self.wiring
        return law.sigma_b == 0 and law.bias_mean == 0 and wiring.before is None and wiring.after is None

    def _follows_scales(self, *sizes: float) -> bool:
        """Whether f(x) is the same multiple of x at all these sizes, on either side of 0."""
        if not isinstance(self.activation, Activation):
            return False
        x = np.array(sizes)
        right, left = self.activation(x) / x, self.activation(-x) / -x
        return all(bool(np.ptp(slope) <= 1e-14 * abs(slope[0])) for slope in (right, left))
