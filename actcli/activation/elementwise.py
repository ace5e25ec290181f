"""An elementwise activation: y = f(x) with its derivatives, evaluated for any shape and floating dtype."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from actcli.activation.record import Array, Facts, Order, Precision, Record
from actcli.errors import OrderError

# Numbers computed at a time: the temporaries of so few stay in the cache, which halves the time of a million.
_BLOCK = 16_384

# glibc gives freed temporaries of this size back to the system, and every block would map and clear them
# anew. To have freed one larger piece, even untouched, makes it keep them.
np.empty(32 * _BLOCK)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Activation(Record):
    """An elementwise activation: y = f(x) with its derivatives.

    `orders[k]` is the k-th derivative; at least value, slope and curvature. `facts` is a function of the
    parameters, in the order of `parameters`. `joint`, where given, returns value and slope together for
    less than the price of both. `precision` is the floating type that the functions compute in, where they
    are somebody's own; their errors are judged in its ulps. `landmarks_of`, like `facts_of`, returns (centre,
    width) of what changes within so short a distance that a grid would step over it.
    """

    orders: tuple[Order, ...]
    facts_of: Callable[..., Facts]
    joint: Callable[..., tuple[Array, Array]] | None = None
    precision: Precision = "float64"
    landmarks_of: Callable[..., tuple[tuple[float, float], ...]] | None = None

    def __call__(self, x: ArrayLike, order: int = 0, out: NDArray[Any] | None = None) -> NDArray[Any]:
        """Evaluate the derivative of this order at `x`: any shape in, the same shape and floating dtype out.

        Integers become float64. float16 and float32 are computed in float64 and rounded once. `out`, where
        given, receives the result: a C-contiguous array of the shape and floating dtype of `x`.
        Raises OrderError for an order that the record does not hold.
        """
        if not 0 <= order < len(self.orders):
            allowed = ", ".join(str(k) for k in range(len(self.orders)))
            raise OrderError(f"{self.name} has no derivative of order {order}; its orders are {allowed}")
        function = self.orders[order].function
        results = self._blockwise(lambda block, *arguments: (function(block, *arguments),), x, (out,))
        return results[0]

    def value_and_slope(
        self, x: ArrayLike, out: tuple[NDArray[Any] | None, NDArray[Any] | None] = (None, None)
    ) -> tuple[NDArray[Any], NDArray[Any]]:
        """Return f(x) and f′(x), sharing their work where the record knows how; `out` as for a call."""
        value, slope = self.orders[0].function, self.orders[1].function
        joint = self.joint or (lambda block, *arguments: (value(block, *arguments), slope(block, *arguments)))
        first, second = self._blockwise(joint, x, out)
        return first, second

    def forward(self, z: NDArray[Any]) -> NDArray[Any]:
        """Return f at every entry of `z`."""
        return self(z)

    def vjp(self, z: NDArray[Any], g: NDArray[Any]) -> NDArray[Any]:
        """Return the gradient at `z`, given the gradient `g` at f(z): g · f′(z)."""
        pulled: NDArray[Any] = g * self(z, order=1)
        return pulled

    def jacobian(self, z: NDArray[Any]) -> NDArray[Any]:
        """Return the Jacobian at one vector `z`: diagonal for an elementwise function."""
        return np.diag(self(z, order=1))

    @property
    def section(self) -> "Activation":
        """How the activation looks along one coordinate: itself."""
        return self

    @property
    def facts(self) -> Facts:
        """The facts for the parameters bound."""
        return self.facts_of(*self._arguments())

    @property
    def breakpoints(self) -> tuple[float, ...]:
        """Where any order is discontinuous, ascending: the borders between smooth pieces."""
        return tuple(sorted({kink.x for kink in self.facts.kinks}))

    @property
    def narrow_points(self) -> tuple[float, ...]:
        """Points that lead into every narrow feature, by powers of two from an eighth of its width to 1."""
        points: set[float] = set()
        for centre, width in self.landmarks_of(*self._arguments()) if self.landmarks_of else ():
            ladder = [width * 2.0**step for step in range(-3, 1 + math.ceil(-math.log2(min(width, 1.0))))]
            points |= {centre, *(centre + side * rung for side in (-1, 1) for rung in ladder)}
        return tuple(sorted(points))

    @property
    def increasing(self) -> bool:
        """Whether f never decreases: no negative slope and no jump downwards."""
        facts = self.facts
        return facts.slope_infimum >= 0 and all(
            k.left <= k.stated <= k.right for k in facts.kinks if k.order == 0
        )

    @property
    def odd(self) -> bool:
        """Whether f(−x) = −f(x)."""
        return self.facts.parity == "odd"

    @property
    def slope_bound(self) -> float:
        """The largest |f′|: what one layer can multiply a gradient by, per unit weight."""
        return max(abs(self.facts.slope_infimum), abs(self.facts.slope_supremum))

    @property
    def saturates(self) -> tuple[bool, bool]:
        """Whether f levels off towards −∞ and towards +∞ (slope 0 and a finite value)."""
        facts = self.facts
        ends = self(np.array([-np.inf, np.inf]))
        slopes = (facts.slope_at_minus_infinity, facts.slope_at_infinity)
        left, right = (slope == 0 and bool(np.isfinite(end)) for slope, end in zip(slopes, ends, strict=True))
        return left, right

    def _blockwise(
        self, function: Callable[..., tuple[Array, ...]], x: ArrayLike, out: tuple[NDArray[Any] | None, ...]
    ) -> tuple[NDArray[Any], ...]:
        array = np.asarray(x)
        dtype = array.dtype if array.dtype.kind == "f" else np.result_type(array.dtype, np.float64)
        if dtype.kind != "f":
            raise TypeError(f"{self.name} takes real numbers, not an array of {array.dtype}")
        flat = np.ascontiguousarray(array).reshape(-1)
        results: tuple[NDArray[Any], ...] = tuple(
            np.empty(array.shape, dtype) if given is None else given for given in out
        )
        for result in results:
            if result.shape != array.shape or result.dtype != dtype or not result.flags.c_contiguous:
                raise ValueError(f"out must be a C-contiguous array of {dtype} and shape {array.shape}")
        arguments = self._arguments()
        # Both branches of a where are computed everywhere; the one not taken may overflow or be invalid.
        with np.errstate(all="ignore"):
            for start in range(0, flat.size, _BLOCK):
                block = flat[start : start + _BLOCK].astype(np.float64, copy=False)
                # A comparison with nan is false and would pick a branch: nan stays nan, for every order. The
                # least of numbers is nan where one of them is.
                missing = np.isnan(block) if np.isnan(block.min()) else None
                for result, part in zip(results, function(block, *arguments), strict=True):
                    piece = result.reshape(-1)[start : start + _BLOCK]
                    piece[...] = part
                    if missing is not None:
                        piece[missing] = np.nan
        return results
