"""Where a formula changes within a short distance: what a grid of points would step over."""

from collections.abc import Iterator, Mapping

import numpy as np

from actcli.formula.breakpoints import roots, straight_roots
from actcli.formula.evaluate import Array, evaluate
from actcli.formula.nodes import VARIABLE, Applied, Call, Node, Number, names_in, walk
from actcli.formula.primitives import CONDITIONS

Landmark = tuple[float, float]

# Distances from a centre at which it is asked how far an argument has moved: 8 an octave.
_DISTANCES = 2.0 ** (np.arange(-50 * 8, 3 * 8 + 1) / 8)
# Grids and panels near 0 see what is wider than this, and further out what is wider than 1/8 of |x|.
_SEEN = 0.125
_MOST = 64
_FAR = 100.0
# What these do to their operands is straight, or a kink, which breakpoints are for.
_STRAIGHT = CONDITIONS | {"add", "multiply", "negate", "where", "abs", "sign", "min", "max", "clip", "floor"}
_RATIOS = frozenset({"divide", "power", "log", "sqrt"})


def landmarks(node: Node, values: Mapping[str, float]) -> tuple[Landmark, ...]:
    """Return (centre, width) of every narrow feature that the structure of the formula gives away.

    Centres are 0 and the roots of the straight lines in x that the formula holds, and of the arguments of its
    functions; a feature is as wide as the distance in which an argument moves by 1, or doubles where it
    divides. Only features narrower than 1/8, or than 1/8 of |centre|, are returned, the 64 nearest to 0.
    """
    arguments = {found for part in walk(node) for found in _arguments(part) if VARIABLE in names_in(found[0])}
    straight = {0.0, *straight_roots(node, values)}
    curved = {root for argument, _ in arguments for root in roots(argument, values, straight)}
    # Far out an argument "changes its sign" where it underflows.
    curved = {root for root in curved if abs(root) < _FAR}
    centres = np.array(sorted(straight | curved, key=abs)[:_MOST])
    widths = np.full(len(centres), np.inf)
    for argument, relative in arguments:
        widths = np.minimum(widths, _widths(argument, relative, centres, values))
    narrow = widths < _SEEN * np.maximum(1.0, np.abs(centres))
    return tuple(sorted(zip(centres[narrow].tolist(), widths[narrow].tolist(), strict=True)))


def _arguments(node: Node) -> Iterator[tuple[Node, bool]]:
    """Yield what a function bends, and whether its size counts rather than its difference."""
    if isinstance(node, Applied):
        yield node.argument, False
    elif isinstance(node, Call) and node.function not in _STRAIGHT:
        last = node.arguments[1] if node.function == "divide" else node.arguments[0]
        if not isinstance(last, Number):
            yield last, node.function in _RATIOS


def _widths(argument: Node, relative: bool, centres: Array, values: Mapping[str, float]) -> Array:
    here = evaluate(argument, centres, values)
    moved = np.zeros((len(centres), len(_DISTANCES)), dtype=bool)
    step = np.abs(here)[:, None] if relative else 1.0
    for side in (-1, 1):
        there = evaluate(argument, centres[:, None] + side * _DISTANCES, values)
        with np.errstate(invalid="ignore"):
            moved |= np.abs(there - here[:, None]) >= step
    # An argument that is 0 at its centre, or rounding away from it, has no size to double.
    with np.errstate(invalid="ignore"):
        moved &= (np.abs(here) > 1e-15)[:, None] if relative else np.isfinite(here)[:, None]
    first = moved.argmax(axis=1)
    return np.where(moved.any(axis=1), _DISTANCES[first], np.inf)
