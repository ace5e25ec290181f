"""Where a formula may jump, bend or become singular: the roots of what its branches switch on."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any

import numpy as np

from actcli.formula.algebra import minus, plus
from actcli.formula.evaluate import Arithmetic, Array, evaluate, evaluate_with, rule
from actcli.formula.nodes import VARIABLE, Applied, Call, Node, Number, names_in, substitute, walk
from actcli.formula.primitives import CALLABLE, CONDITIONS, PRIMITIVES

# Periodic switches have endlessly many roots; when there are more than this, those beyond _NEAR are left out.
_MANY = 64
_NEAR = 20.0
_VANISHED = 1e-100
_ROUNDED = 1e-15
_POSITIVE = frozenset({"exp", "cosh", "sech", "sigmoid", "softplus", "erfc", "normal_cdf", "normal_density"})
_COMPARISONS = CONDITIONS - {"and", "or", "not"}


def breakpoints(node: Node, values: Mapping[str, float]) -> tuple[float, ...]:
    """Return, ascending, the points where the formula may be discontinuous in its value or a derivative.

    They are the real roots of the arguments that where, abs, sign, min, max, clip, floor and registered
    activations switch on, and of denominators, roots and logarithms. Roots of affine arguments are exact;
    others are found by changes of sign on a grid from 1e-12 to 1e12, and around the roots of the straight
    lines that the formula holds, and bisected to neighbouring floats.
    Candidates: the formula need not break at each of them.
    """
    switches = [s for s in {s for part in walk(node) for s in _switches(part)} if VARIABLE in names_in(s)]
    centres, found = set(straight_roots(node, values)), set[float]()
    # A window such as abs(x**2 - 2) < 1e-5 lies around the root of what is inside it.
    for _ in range(2):
        found |= {root for switch in switches for root in roots(switch, values, centres | found)}
        if found <= centres:
            break
    points = _without_twins(sorted(found))
    return points if len(points) <= _MANY else tuple(point for point in points if abs(point) <= _NEAR)


def _switches(node: Node) -> Iterator[Node]:
    """Yield expressions whose change of sign is where this operation may break."""
    if isinstance(node, Applied):
        for point in getattr(node.activation, "breakpoints", ()):
            yield plus(node.argument, minus(Number(point)) if point > 0 else Number(-point))
    if not isinstance(node, Call):
        return
    operands, name = node.arguments, node.function
    if name in {"min", "max"} | _COMPARISONS:
        yield plus(operands[0], minus(operands[1]))
    elif name == "clip":
        yield from (plus(operands[0], minus(bound)) for bound in operands[1:])
    elif name == "divide":
        yield from _vanishing(operands[1])
    elif name == "power" and not _smooth_exponent(operands[1]):
        yield operands[0]
    elif name in PRIMITIVES and PRIMITIVES[name].breaks:
        yield substitute(rule(PRIMITIVES[name].breaks), {"u": operands[0]})


def _vanishing(denominator: Node) -> Iterator[Node]:
    """Yield the factors that may be 0: an exponential is not, though it rounds to it."""
    if isinstance(denominator, Call) and denominator.function in {"multiply", "negate"}:
        for factor in denominator.arguments:
            yield from _vanishing(factor)
    elif not (isinstance(denominator, Call) and denominator.function in _POSITIVE):
        yield denominator


def _smooth_exponent(exponent: Node) -> bool:
    return isinstance(exponent, Number) and exponent.value >= 0 and exponent.value == int(exponent.value)


def straight_roots(node: Node, values: Mapping[str, float]) -> tuple[float, ...]:
    """Return, ascending, the root of every straight line in x that is a part of the formula."""
    found: set[float] = set()
    for part in walk(node):
        if VARIABLE in names_in(part) and not any(isinstance(inner, Applied) for inner in walk(part)):
            try:
                found.update(_straight_root(part, values))
            except _NotAffineError:
                continue
    return tuple(sorted(found))


def _straight_root(line: Node, values: Mapping[str, float]) -> tuple[float, ...]:
    # Of the parameters only those that it depends on: another may be infinite.
    known = {name: _Line(value) for name, value in values.items() if name in names_in(line)}
    found = evaluate_with(line, _LINES, _Line(0, 1), known)
    if not found.slope:
        return ()
    root = -found.start / found.slope
    return (float(root) if abs(root) < Fraction(10) ** 300 else math.copysign(1e300, root),)


def roots(switch: Node, values: Mapping[str, float], centres: Iterable[float]) -> Iterator[float]:
    """Yield where an expression in x changes its sign, looking closely around these centres."""
    try:
        yield from _straight_root(switch, values)
    except _NotAffineError:
        yield from _bisected(lambda x: evaluate(switch, x, values), centres)


class _NotAffineError(Exception):
    """The switch is no straight line."""


class _Line:
    """An exact a + b·x: the arithmetic in which an affine formula is its own coefficients."""

    def __init__(self, start: Any, slope: Any = 0) -> None:
        if isinstance(start, float) and not math.isfinite(start):
            raise _NotAffineError
        self.start, self.slope = Fraction(start), Fraction(slope)

    def __add__(self, other: "_Line") -> "_Line":
        return _Line(self.start + other.start, self.slope + other.slope)

    def __neg__(self) -> "_Line":
        return _Line(-self.start, -self.slope)

    def __mul__(self, other: "_Line") -> "_Line":
        if self.slope and other.slope:
            raise _NotAffineError
        return _Line(self.start * other.start, self.start * other.slope + self.slope * other.start)

    def __truediv__(self, other: "_Line") -> "_Line":
        if other.slope or not other.start:
            raise _NotAffineError
        return _Line(self.start / other.start, self.slope / other.start)


def _refuse(*_: Any) -> Any:
    raise _NotAffineError


_LINES: Arithmetic = {**dict.fromkeys((*CALLABLE, *CONDITIONS, "power"), _refuse), "number": _Line}


def _bisected(function: Callable[[Array], Array], centres: Iterable[float]) -> tuple[float, ...]:
    """Return where the sign of a function changes, each to the float nearest to it."""
    grid = _grid(centres)
    states = _state(function(grid))
    changes = np.flatnonzero(states[1:] != states[:-1])
    if not changes.size:
        return ()
    low, high = _ordinal(grid[changes]), _ordinal(grid[changes + 1])
    left = states[changes]
    # 64 halvings of the ordinals of float64 end at neighbours, wherever on the line they started.
    for _ in range(64):
        middle = (low & high) + ((low ^ high) >> 1)
        same = _state(function(_float(middle))) == left
        low, high = np.where(same, middle, low), np.where(same, high, middle)
    below, above = _float(low), _float(high)
    at_below, at_above = np.abs(function(below)), np.abs(function(above))
    # A tie goes to the larger |x|, so that an even switch has roots that mirror each other.
    nearer = (at_below < at_above) | (at_below == at_above) & (np.abs(below) > np.abs(above))
    roots = np.where(nearer, below, above)
    # abs(x - 1) - 1 is 0 from 0 to 1e-16, by rounding.
    roots[(function(roots / 2) == 0) & (function(np.zeros(1)) == 0) & (np.abs(roots) < _ROUNDED)] = 0.0
    # x + 3 - 6 is 0 at 2.9999999999999996 too: of roots that are equally good the shorter number is meant.
    shorter = np.array([float(f"{root:.15g}") for root in roots.tolist()])
    roots = np.where(np.abs(function(shorter)) <= np.abs(function(roots)), shorter, roots)
    # A power of x that underflows has its root at 0.
    return tuple(sorted(set(np.where(np.abs(roots) < _VANISHED, 0.0, roots + 0.0).tolist())))


def _grid(centres: Iterable[float]) -> Array:
    scales = np.logspace(-12, 12, 24 * 32 + 1)
    plain = np.linspace(0.0, _NEAR, 1281)
    half = np.concatenate([scales, plain])
    near = np.logspace(-12, 0, 12 * 16 + 1)
    nearest = [centre for centre in sorted(centres, key=abs)[:_MANY] if centre]
    beside = [shifted for centre in nearest for shifted in (centre - near, centre + near)]
    # numpy.unique would import numpy.ma, which costs more than all of this; a point twice does no harm.
    return np.sort(np.concatenate([-half, half, nearest, *beside]))


def _state(values: Array) -> Array:
    """Return −1, 0 or 1 for the sign and 2 for nan, so that the edge of a domain is a change too."""
    return np.where(np.isnan(values), 2.0, np.sign(values))


def _ordinal(x: Array) -> Any:
    """Return integers that are ordered as the floats are, without a gap between neighbours."""
    bits = (x + 0.0).view(np.int64)
    return np.where(bits < 0, np.iinfo(np.int64).min - bits, bits)


def _float(ordinal: Any) -> Array:
    bits = np.where(ordinal < 0, np.iinfo(np.int64).min - ordinal, ordinal)
    return np.ascontiguousarray(bits).view(np.float64)


def _without_twins(points: list[float]) -> tuple[float, ...]:
    """Leave out a root that another switch has found already, up to rounding."""
    kept: list[float] = []
    for point in points:
        if not kept or point - kept[-1] > 4 * math.ulp(point):
            kept.append(point)
    return tuple(kept)
