"""An activation that mixes the entries of a vector: softmax, maxout, gated linear units."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from actcli.activation.elementwise import Activation
from actcli.activation.record import Array, Record
from actcli.errors import OrderError


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class VectorActivation(Record):
    """An activation that mixes the entries of a vector: softmax, maxout, gated linear units.

    All functions act on the last axis and take the parameters after their arrays:
    `forward_of(z, *parameters)` returns y, `vjp_of(z, g, *parameters)` the gradient at z.
    `inputs_per_group` and `outputs_per_group` (functions of the parameters) say how the last axis
    shrinks or grows, None being 1: (1, 1) for softmax, (k, 1) for maxout, (2, 1) for gated linear units.
    `section_of(*parameters)` is the activation along one coordinate, `section_caption` says which.
    """

    formula: str
    derivative_formula: str
    forward_of: Callable[..., Array]
    vjp_of: Callable[..., Array]
    section_of: Callable[..., Activation]
    section_caption: str
    inputs_per_group: Callable[..., int] | None = None
    outputs_per_group: Callable[..., int] | None = None

    def __call__(self, z: ArrayLike, order: int = 0) -> NDArray[Any]:
        """Return forward(z); a vector-valued activation has no elementwise slope, see `jacobian`."""
        if order != 0:
            raise OrderError(
                f"{self.name} maps vectors to vectors: it has a Jacobian, no derivative of order {order}"
            )
        return self.forward(np.asarray(z))

    def forward(self, z: NDArray[Any]) -> NDArray[Any]:
        """Return y for every vector along the last axis of `z`, in the floating dtype of `z`."""
        dtype = _floating(z)
        with np.errstate(all="ignore"):
            return self.forward_of(z.astype(np.float64), *self._arguments()).astype(dtype)

    def vjp(self, z: NDArray[Any], g: NDArray[Any]) -> NDArray[Any]:
        """Return Jᵀ g for every vector along the last axis: the gradient at `z`, given `g` at forward(z)."""
        dtype = _floating(z)
        with np.errstate(all="ignore"):
            pulled = self.vjp_of(z.astype(np.float64), g.astype(np.float64), *self._arguments())
        return pulled.astype(dtype)

    def jacobian(self, z: NDArray[Any]) -> NDArray[Any]:
        """Return J with J[i, j] = ∂y_i/∂z_j at one vector `z`."""
        rows = np.eye(self.forward(z).shape[-1])
        return self.vjp(np.broadcast_to(z, (len(rows), len(z))), rows)

    @property
    def group(self) -> tuple[int, int]:
        """How many inputs make how many outputs."""
        arguments = self._arguments()
        inputs, outputs = (
            1 if count is None else count(*arguments)
            for count in (self.inputs_per_group, self.outputs_per_group)
        )
        return inputs, outputs

    @property
    def section(self) -> Activation:
        """How the activation looks along one coordinate; `section_caption` says which one."""
        return self.section_of(*self._arguments())


def _floating(z: NDArray[Any]) -> np.dtype[Any]:
    return z.dtype if z.dtype.kind == "f" else np.dtype(np.float64)
