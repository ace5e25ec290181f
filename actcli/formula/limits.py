"""What a formula may be: its characters, length and depth, before anything parses it, and its order."""

import re
from collections.abc import Sequence

from actcli.errors import FormulaError
from actcli.formula.signs import SIGNS

LONGEST = 500
DEEPEST = 64
# Operations between the brackets count too; Python's own stack must hold them several times over.
DEEPEST_TREE = 96
# Orders of derivatives.
HIGHEST = 4

_FORBIDDEN = re.compile(rf"[^\w\s.,+\-*/()<>=!{SIGNS}]")
_CURES = {
    ":": "parameters are set as in name:alpha=0.5, and cases are written where(x > 0, a, b)",
    "%": "remainders are not part of the language",
    "[": "grouping is written with ( )",
    "{": "grouping is written with ( )",
}


def refuse(text: str, longest: int) -> None:
    """Raise FormulaError for a text that is too long, empty, or holds a foreign character."""
    if len(text) > longest:
        raise FormulaError(f"the formula has {len(text)} characters; at most {longest} are allowed")
    if not text.strip():
        raise FormulaError("the formula is empty; write one in x, such as x*sigmoid(x)")
    strange = _FORBIDDEN.search(text)
    if strange:
        sign = strange[0] if strange[0].isprintable() else repr(strange[0])[1:-1]
        cure = _CURES.get(strange[0], "a formula is made of numbers, names, + - * / **, comparisons and ( )")
        raise FormulaError(f"'{sign}' is not allowed in a formula; {cure}", strange.start() + 1)


def refuse_depth(text: str, places: Sequence[int]) -> None:
    """Raise FormulaError for too many brackets inside one another; `places` are those of the characters."""
    depth = 0
    for character, place in zip(text, places, strict=False):
        depth += (character == "(") - (character == ")")
        if depth > DEEPEST:
            raise too_deep(place + 1)


def too_deep(position: int) -> FormulaError:
    """Return the error for operations or brackets nested beyond what is allowed."""
    allowed = f"at most {DEEPEST} brackets and {DEEPEST_TREE} operations inside one another are allowed"
    return FormulaError(f"the formula is nested too deeply; {allowed}", position)
