"""The record of one activation function: its parameters, its orders, its facts and where it comes from."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from actcli.errors import OptionError, OrderError, ParameterError, suggestion

Array = NDArray[np.float64]

Precision = Literal["float64", "float32", "float16"]
Origin = Literal["stated", "propagated", "differences"]

_BLOCK = 16_384

# glibc gives freed temporaries of this size back to the system, and every block would map and clear them
# anew. To have freed one larger piece, even untouched, makes it keep them.
np.empty(32 * _BLOCK)


@dataclass(frozen=True)
class Order:
    """One order of an activation: the formula that people read and the function that machines run.

    `formula` is text in the expression language, in `x` and the parameters; `function(x, *parameters)`
    takes a float64 array and the parameters in the order of the record, and returns a float64 array.
    `origin` says who answers for the numbers: whoever stated them, the formula of the value from which they
    were propagated, or nobody, where they are mere differences of the order below.
    """

    formula: str
    function: Callable[..., Array]
    origin: Origin = "stated"


@dataclass(frozen=True)
class Parameter:
    """A number that shapes an activation: its default, the closed range allowed, and what it means."""

    name: str
    default: float
    low: float
    high: float
    meaning: str
    integer: bool = False

    def check(self, value: float) -> float:
        """Return `value` as this parameter's number, or raise ParameterError with the range allowed."""
        kind = "a whole number" if self.integer else "a number"
        allowed = f"{kind} from {self.low:g} to {self.high:g}"
        try:
            number = float(value)
        except (TypeError, ValueError):
            number = math.nan
        if not self.low <= number <= self.high or (self.integer and number != int(number)):
            raise ParameterError(f"parameter {self.name} is {value}; it takes {allowed}")
        return number


@dataclass(frozen=True)
class Kink:
    """A point where an order of the activation is discontinuous, with its one-sided limits there.

    `order` 0 is a jump of the value, 1 a bend (the slope jumps), 2 a jump of the curvature. `stated` is
    what the record returns at `x` for that order, and `reason` says why that value and no other.
    """

    x: float
    left: float
    right: float
    stated: float
    reason: str
    order: int = 1


@dataclass(frozen=True)
class Facts:
    """What is true of an activation for given parameters; each field is tested from both sides.

    infimum, supremum: the bounds of f over the real line.
    slope_infimum, slope_supremum: the bounds of f′ wherever it exists.
    slope_at_minus_infinity, slope_at_infinity: the limits of f′, nan where there is none.
    kinks: where an order is discontinuous, in ascending x.
    parity: whether f(−x) = −f(x) ("odd"), f(−x) = f(x) ("even"), or neither (None).
    """

    infimum: float
    supremum: float
    slope_infimum: float
    slope_supremum: float
    slope_at_minus_infinity: float
    slope_at_infinity: float
    kinks: tuple[Kink, ...] = ()
    parity: Literal["odd", "even"] | None = None


@dataclass(frozen=True)
class Reference:
    """The paper or book that introduced the activation, and a link that leads to it."""

    text: str
    url: str = ""


@dataclass(frozen=True, kw_only=True, eq=False)
class Record:
    """What elementwise and vector-valued activations share: a name, parameters and a source.

    `spellings` maps a framework's own word (`torch.nn.LeakyReLU`) to the parameters that are that
    framework's defaults. `values` are the parameters bound so far; use `bind` to change them.
    """

    name: str
    title: str
    family: str
    reference: Reference
    aliases: tuple[str, ...] = ()
    spellings: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    parameters: tuple[Parameter, ...] = ()
    remark: str = ""
    values: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        unknown = [name for name in self.values if name not in {p.name for p in self.parameters}]
        if unknown:
            raise ParameterError(self._no_parameter(unknown[0]))
        bound = {p.name: p.check(self.values.get(p.name, p.default)) for p in self.parameters}
        object.__setattr__(self, "values", bound)

    def bind(self, **values: float) -> Self:
        """Return a copy with these parameters, each checked against its range; the others stay."""
        return replace(self, values={**self.values, **values})

    @property
    def label(self) -> str:
        """The name with every parameter that differs from its default, as the command line takes it."""
        changed = [
            f"{p.name}={self.values[p.name]:g}" for p in self.parameters if self.values[p.name] != p.default
        ]
        return f"{self.name}:{','.join(changed)}" if changed else self.name

    def _arguments(self) -> tuple[float, ...]:
        return tuple(self.values[p.name] for p in self.parameters)

    def _no_parameter(self, word: str) -> str:
        names = [p.name for p in self.parameters]
        allowed = f"its parameters are {', '.join(names)}" if names else "it has none"
        return f"{self.name} has no parameter '{word}'{suggestion(word, names) or '; ' + allowed}"


@dataclass(frozen=True, kw_only=True, eq=False)
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
    landmarks_of: Callable[..., tuple[tuple[float, float], ...]] = lambda *_: ()

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
        for centre, width in self.landmarks_of(*self._arguments()):
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
                # A comparison with nan is false and would pick a branch: nan stays nan, for every order.
                missing = np.flatnonzero(np.isnan(block))
                for result, part in zip(results, function(block, *arguments), strict=True):
                    piece = result.reshape(-1)[start : start + _BLOCK]
                    piece[...] = part
                    piece[missing] = np.nan
        return results


@dataclass(frozen=True, kw_only=True, eq=False)
class VectorActivation(Record):
    """An activation that mixes the entries of a vector: softmax, maxout, gated linear units.

    All functions act on the last axis and take the parameters after their arrays:
    `forward_of(z, *parameters)` returns y, `vjp_of(z, g, *parameters)` the gradient at z.
    `inputs_per_group` and `outputs_per_group` (functions of the parameters) say how the last axis
    shrinks or grows: (1, 1) for softmax, (k, 1) for maxout, (2, 1) for gated linear units.
    `section_of(*parameters)` is the activation along one coordinate, `section_caption` says which.
    """

    formula: str
    derivative_formula: str
    forward_of: Callable[..., Array]
    vjp_of: Callable[..., Array]
    section_of: Callable[..., Activation]
    section_caption: str
    inputs_per_group: Callable[..., int] = lambda *_: 1
    outputs_per_group: Callable[..., int] = lambda *_: 1

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
        return self.inputs_per_group(*arguments), self.outputs_per_group(*arguments)

    @property
    def section(self) -> Activation:
        """How the activation looks along one coordinate; `section_caption` says which one."""
        return self.section_of(*self._arguments())


AnyActivation = Activation | VectorActivation


def check_records(*given: object) -> None:
    """Raise OptionError, with the cure, unless every one given is the record of an activation."""
    for each in given:
        if not isinstance(each, Record):
            name = each if isinstance(each, str) else "relu"
            raise OptionError(f"{each!r} is no activation record; take one, as in actcli.get({name!r})")


def _floating(z: NDArray[Any]) -> np.dtype[Any]:
    return z.dtype if z.dtype.kind == "f" else np.dtype(np.float64)
