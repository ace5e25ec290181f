"""What every activation is made of: parameters, orders, facts and a source; the record that holds them."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from actcli.errors import OptionError, ParameterError, brief, suggestion

Array = NDArray[np.float64]

Precision = Literal["float64", "float32", "float16"]
Origin = Literal["stated", "propagated", "differences"]


class Order(NamedTuple):
    """One order of an activation: the formula that people read and the function that machines run.

    `formula` is text in the expression language, in `x` and the parameters; `function(x, *parameters)`
    takes a float64 array and the parameters in the order of the record, and returns a float64 array.
    `origin` says who answers for the numbers: whoever stated them, the formula of the value from which they
    were propagated, or nobody, where they are mere differences of the order below.
    """

    formula: str
    function: Callable[..., Array]
    origin: Origin = "stated"


def known_orders(orders: Sequence[Order]) -> int:
    """Return how many of the first orders are more than mere differences of the order below."""
    return next((k for k, order in enumerate(orders) if order.origin == "differences"), len(orders))


class Parameter(NamedTuple):
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


class Kink(NamedTuple):
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


class Facts(NamedTuple):
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


class Reference(NamedTuple):
    """The paper or book that introduced the activation, and a link that leads to it."""

    text: str
    url: str = ""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
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

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.label}>"

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


def check_records(*given: object) -> None:
    """Raise OptionError, with the cure, unless every one given is the record of an activation."""
    for each in given:
        if not isinstance(each, Record):
            raise OptionError(f"{brief(each)} is no activation record; {_cure(each)}")


def _cure(given: object) -> str:
    if isinstance(given, list | tuple):
        return "give its records one by one, with a star: *records"
    taken = f"take one, as in actcli.get({brief(given) if isinstance(given, str) else repr('relu')})"
    return f"{taken}, or make one: actcli.from_functions(f, slope)" if callable(given) else taken
