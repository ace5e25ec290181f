"""A formula that cancels beside 0, computed there by its Taylor polynomial, as far as terms count."""

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from actcli.formula.algebra import minus, plus, times, to_the
from actcli.formula.breakpoints import breakpoints
from actcli.formula.evaluate import Array, evaluate
from actcli.formula.nodes import TWO, Call, Node, Number, X
from actcli.formula.rounding import relative_bound
from actcli.formula.series import Series, series_at_zero

# By a running bound, which is careful: what has lost more than 9 of 53 bits is replaced, and beside it what
# has lost more than 5.
_LOST, _CERTAIN = 2.0**-44, 2.0**-48
_RADII = tuple(4.0 / 2**k for k in range(14))
# Where the terms of a polynomial cancel by more than this it is no better than what it stands for.
_CANCELLING = 8.0
_NEGLIGIBLE = 2.0**-58
_SAMPLES = np.geomspace(1e-9, 4.0, 97)

Interval = tuple[float, float]
NOWHERE: Interval = (0.0, 0.0)


class Polynomial(NamedTuple):
    """x^start · Σ terms[k]·x^k, for 0 < |x| < radius on one side or on both."""

    start: int
    terms: tuple[float, ...]
    radius: float

    def values(self, x: Array) -> tuple[Array, Array]:
        """Return the numbers at `x`, and what they would be if no term had a sign."""
        powers = x[:, None] ** (self.start + np.arange(len(self.terms)))
        return powers @ np.array(self.terms), np.abs(powers) @ np.abs(self.terms)

    def node(self) -> Node:
        """Return the formula by Horner's rule, in x² where every other term is 0."""
        step = 2 if len(self.terms) > 2 and not any(self.terms[1::2]) else 1
        kept, variable = self.terms[::step], to_the(X, TWO) if step == 2 else X
        node = _number(kept[-1])
        for term in kept[-2::-1]:
            node = plus(_number(term), times(variable, node))
        return times(to_the(X, _number(float(self.start))), node) if self.start else node


def beside_zero(value: Node, form: Node, order: int, values: Mapping[str, float]) -> tuple[Node, Interval]:
    """Return a form that is a polynomial beside 0 where that is called for, and from where to where it is.

    `form` is what is computed for the derivative of this order of `value`; it stays where it keeps its
    digits, and at 0 where the two sides differ or the formula means another number.
    """
    right, left = (_polynomial(value, form, order, values, side) for side in (1, -1))
    low, high = -left.radius if left else 0.0, right.radius if right else 0.0
    if right and left and _same(right, left) and _continues(form, right, values):
        longer = max(right, left, key=lambda polynomial: len(polynomial.terms))
        return _within(low, high, longer, form), (low, high)
    if right:
        form = _within(0.0, high, right, form)
    if left:
        form = _within(low, 0.0, left, form)
    return form, (low, high)


def _within(low: float, high: float, polynomial: Polynomial, form: Node) -> Node:
    inside = Call("and", (Call("less", (_number(low), X)), Call("less", (X, _number(high)))))
    return Call("where", (inside, polynomial.node(), form))


def _same(first: Polynomial, second: Polynomial) -> bool:
    """Return whether two polynomials are one series, cut off at different places."""
    alike = all(a == b for a, b in zip(first.terms, second.terms, strict=False))
    return first.start == second.start and alike


def _polynomial(
    value: Node, form: Node, order: int, values: Mapping[str, float], side: int
) -> Polynomial | None:
    """Return the polynomial that covers what cancels beside 0 on this side, or the widest that there is."""
    bound = relative_bound(form, side * _SAMPLES, values)
    first, last = _SAMPLES[bound > _LOST].min(initial=math.inf), _SAMPLES[bound > _CERTAIN].max(initial=0.0)
    if math.isnan(float(evaluate(form, 0.0, values))):
        first = 0.0
    series = series_at_zero(value, values, side) if first < math.inf else None
    for _ in range(order):
        series = series and series.derivative()
    if series is None or not series.terms:
        return None
    # Nearer ones are where a denominator rounds to 0; the samples begin here, too.
    breaks = [abs(point) for point in breakpoints(value, values) if point * side > _SAMPLES[0]]
    found = None
    for radius in _RADII:
        if radius <= first or (found is not None and radius <= last):
            break
        polynomial = _cut_off(series, radius) if radius <= min(breaks, default=math.inf) else None
        if polynomial is not None and _agrees(polynomial, form, side, values):
            found = polynomial
    return found


def _cut_off(series: Series, radius: float) -> Polynomial | None:
    """Return the terms that matter for |x| < radius; None where those that are unknown might."""
    try:
        terms = [float(term) for term in series.terms]
    except OverflowError:
        return None
    if not all(map(math.isfinite, terms)):
        return None
    terms = _without_noise(terms, radius)
    start = next((k for k, term in enumerate(terms) if term), len(terms))
    terms = terms[start:]
    sizes = [abs(term) * radius**k for k, term in enumerate(terms)]
    if len(sizes) < 4 or max(sizes[-4:]) > _NEGLIGIBLE * sizes[0]:
        return None
    last = max(k for k, size in enumerate(sizes) if size > _NEGLIGIBLE * sizes[0])
    return Polynomial(series.start + start, tuple(terms[: last + 1]), radius)


def _without_noise(terms: Sequence[float], radius: float) -> list[float]:
    """Return the terms with 0 for what is the rounding of a 0 in a hundred digits."""
    sizes = [abs(term) * radius**k for k, term in enumerate(terms)]
    largest = max(sizes, default=0.0)
    return [term if size > 1e-60 * largest else 0.0 for term, size in zip(terms, sizes, strict=True)]


def _agrees(polynomial: Polynomial, form: Node, side: int, values: Mapping[str, float]) -> bool:
    """Return whether a polynomial does not cancel and is the form, as far as that can be told of it."""
    x = side * _SAMPLES[polynomial.radius >= _SAMPLES]
    number, size = polynomial.values(x)
    if (size > _CANCELLING * np.abs(number)).any():
        return False
    expected, bound = evaluate(form, x, values), relative_bound(form, x, values)
    known = bound < 0.5
    return bool((np.abs(number - expected)[known] <= 2 * (bound * np.abs(expected))[known] + 1e-300).all())


def _continues(form: Node, polynomial: Polynomial, values: Mapping[str, float]) -> bool:
    """Return whether the form is the polynomial at 0 too, or is nothing there."""
    stated = float(evaluate(form, 0.0, values))
    at_zero = polynomial.terms[0] if polynomial.start == 0 else 0.0 if polynomial.start > 0 else math.inf
    return not math.isfinite(stated) or math.isclose(stated, at_zero, rel_tol=1e-6, abs_tol=1e-9)


def _number(value: float) -> Node:
    return minus(Number(-value)) if value < 0 else Number(value)
