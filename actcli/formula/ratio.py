"""Numbers inside formulas: exact ratios while they are short, float64 once decimals come in."""

import math
from fractions import Fraction

from actcli.formula.algebra import minus, over
from actcli.formula.nodes import Call, Node, Number

Coefficient = Fraction | float
"""A ratio of whole numbers, or a float64 that is not whole."""

UNIT = Fraction(1)
# From here on float64 leaves whole numbers out.
_EXACT = 2**53
# Higher powers of a number stand as they are: their ratios would be longer than what they shorten.
_STEEPEST = 64


class UnfoldableError(Exception):
    """Folding these constants would leave the finite float64 numbers; the formula stays as it is."""


def folded(value: Coefficient) -> Coefficient:
    """Return the number in its shortest exact form; raise UnfoldableError unless it is finite."""
    if isinstance(value, Fraction):
        if abs(value.numerator) < _EXACT and value.denominator < _EXACT:
            return value
        try:
            value = value.numerator / value.denominator
        except OverflowError:
            raise UnfoldableError from None
    if not math.isfinite(value):
        raise UnfoldableError
    return Fraction(int(value)) if value == int(value) and abs(value) < _EXACT else value


def number_of(node: Node) -> Coefficient | None:
    """Return the number that a node is (2, −2, 1/3, 0.5), or None."""
    if isinstance(node, Number):
        return folded(node.value)
    if not isinstance(node, Call):
        return None
    if node.function == "negate":
        inner = number_of(node.arguments[0])
        return None if inner is None else -inner
    if node.function == "divide":
        top, bottom = (number_of(part) for part in node.arguments)
        if isinstance(top, Fraction) and isinstance(bottom, Fraction) and bottom:
            return folded(top / bottom)
    return None


def node_of(value: Coefficient) -> Node:
    """Return the node that a person would write for this number."""
    if value < 0:
        return minus(node_of(-value))
    if isinstance(value, Fraction):
        return over(Number(float(value.numerator)), Number(float(value.denominator)))
    return Number(value)


def raised(value: Coefficient, exponent: int) -> Coefficient:
    """Return value ** exponent; raise UnfoldableError for 1/0 and for results that float64 does not hold."""
    if (not value and exponent < 0) or abs(exponent) > _STEEPEST:
        raise UnfoldableError
    return checked(_typed(_meant(value) ** exponent, value), value)


def multiplied(first: Coefficient, second: Coefficient) -> Coefficient:
    """Return the product of two numbers; raise UnfoldableError where float64 would overflow or underflow."""
    if first is UNIT or second is UNIT:
        return second if first is UNIT else first
    return checked(_typed(_meant(first) * _meant(second), first, second), first and second)


def added(first: Coefficient, second: Coefficient) -> Coefficient:
    """Return the sum of two numbers."""
    return folded(_typed(_meant(first) + _meant(second), first, second))


def _meant(value: Coefficient) -> Fraction:
    """Return the decimal that was typed for a float: three times 0.1 is 0.3."""
    return value if isinstance(value, Fraction) else Fraction(repr(value))


def _typed(result: Fraction, *operands: Coefficient) -> Coefficient:
    """Return an exact result as a float unless all its operands were ratios."""
    if all(isinstance(operand, Fraction) for operand in operands):
        return result
    try:
        return float(result)
    except OverflowError:
        raise UnfoldableError from None


def checked(result: Coefficient, nonzero: Coefficient) -> Coefficient:
    """Return the folded result, which may be 0 only if `nonzero` is."""
    number = folded(result)
    if nonzero and not number:
        raise UnfoldableError
    return number


def absolute(value: Coefficient) -> Coefficient:
    """Return |value|."""
    return -value if value < 0 else value


def whole(value: object) -> bool:
    """Whether this is an exact whole number."""
    return isinstance(value, Fraction) and value.denominator == 1
