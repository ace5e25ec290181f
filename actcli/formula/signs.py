"""The signs of mathematics in the letters of the language: x², √2, |x|, 2x and ≤, as formulas are printed.

They are read where they can mean one thing only. Every letter keeps its place, for what is said of it later.
"""

import re
from typing import NamedTuple, NoReturn

from actcli.errors import FormulaError

_PLAIN = {
    "·": "*", "×": "*", "÷": "/", "−": "-", "^": "**",
    "≤": "<=", "≥": ">=", "≠": "!=",
    "⌊": "floor(", "⌋": ")",
}  # fmt: skip
_RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹⁻"
_DIGITS = str.maketrans(_RAISED, "0123456789-")
SIGNS = "".join(_PLAIN) + "√|" + _RAISED

_TOKENS = re.compile(
    r"(?P<space>\s+)"
    r"|(?P<number>0[xX][\da-fA-F_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+\-−]?\d+)?)"
    rf"|(?P<raised>[{_RAISED}]+)"
    rf"|(?P<name>π|[^\W\d{_RAISED}π][^\W{_RAISED}π]*)"
    r"|(?P<sign>\*\*|.)",
    re.DOTALL,
)
_WORDS = frozenset({"and", "or", "not", "if", "else", "in", "is", "for", "lambda"})


class Spelled(NamedTuple):
    """A text in the letters of the language, and the place of each of them in what was typed."""

    text: str
    places: tuple[int, ...]


def spelled(text: str) -> Spelled:
    """Return the text with its signs replaced. Raises FormulaError where one may mean two things, or none."""
    speller = _Speller()
    for match in _TOKENS.finditer(text):
        speller.place = match.start()
        getattr(speller, str(match.lastgroup))(match[0])
        speller.touching = match.lastgroup != "space"
    if speller.last == "√":
        speller.refuse("√ stands before a number, a name or ( )")
    if speller.bars:
        speller.place = speller.bars[-1][1]
        speller.refuse("this | is not closed; add a |")
    return Spelled("".join(speller.letters), (*speller.places, len(text)))


class _Speller:
    def __init__(self) -> None:
        self.letters: list[str] = []
        self.places: list[int] = []
        self.place = 0
        # Kind of the token before, whether it ends what has a value and whether it touches the next one; the
        # operator before it.
        self.last = ""
        self.ended = False
        self.touching = False
        self.operator = ""
        self.depth = 0
        self.bars: list[tuple[int, int]] = []

    def write(self, text: str) -> None:
        self.letters.append(text)
        self.places += [self.place] * len(text)

    def refuse(self, message: str) -> NoReturn:
        raise FormulaError(message, self.place + 1)

    def space(self, text: str) -> None:
        for _ in text:
            self.write(" ")
            self.place += 1
        self.touching = False

    def number(self, text: str) -> None:
        self.operand(text.replace("−", "-"), "number")

    def name(self, text: str) -> None:
        if text in _WORDS:
            self.write(text)
            self.last, self.ended, self.operator = "word", False, ""
        else:
            self.multiply(text)
            # A number like others: 2πx is 2*π*x.
            self.operand(text, "number" if text == "π" else "name")

    def operand(self, text: str, kind: str) -> None:
        self.write(text)
        if self.last == "√":
            self.write(")")
            kind = "root"
        self.last, self.ended = kind, True

    def multiply(self, text: str) -> None:
        """Write the * of 2x, where a number stands right before."""
        before = self.last if self.touching else ""
        sign = "√" if before == "root" else self.operator if before == "number" else ""
        if sign in {"√", "/", "**"}:
            self.refuse(f"it is open whether '{sign}' takes '{text}' too; write * and ( ), as in 1/(2*x)")
        if before == "number":
            self.write("*")
        elif self.ended and text in {"√", "π"}:
            self.refuse(f"an operator stands before {text}; a product is written *")

    def raised(self, text: str) -> None:
        if not self.ended or self.last in {"root", "raised"}:
            self.refuse(f"it is open what '{text}' raises; write ( ) around it, as in (x + 1)²")
        number = text.translate(_DIGITS)
        if not re.fullmatch(r"-?\d+", number):
            self.refuse(f"'{text}' is no whole number")
        self.write(f"**({number})" if "-" in number else f"**{number}")
        self.last = "raised"

    def sign(self, text: str) -> None:
        if self.last == "√" and text != "(":
            self.refuse("√ stands before a number, a name or ( )")
        plain = _PLAIN.get(text, text)
        special = {"|": self.bar, "√": self.root, "(": self.opening, ")": self.closing}.get(text)
        if special is not None:
            special()
        elif plain == "**" and self.last == "raised":
            self.refuse("it is open what is raised first; write ( ) around it, as in (x²)**3")
        else:
            self.write(plain)
            # The sign of a number belongs to it: 1/-2x is as open as 1/2x.
            if self.ended or plain not in {"+", "-"}:
                self.operator = plain
            self.last, self.ended = "sign", text == "⌋"

    def bar(self) -> None:
        if not self.ended:
            self.bars.append((self.depth, self.place))
            self.write("abs(")
            self.operator = "("
        elif not self.bars:
            self.refuse("this | closes nothing; before |x| stands an operator, as in 2*|x|")
        elif self.bars.pop()[0] != self.depth:
            self.refuse("a bracket between this | and the one before is not closed")
        else:
            self.write(")")
        self.last = "bar"

    def root(self) -> None:
        self.multiply("√")
        self.write("sqrt(")
        self.last, self.ended, self.operator = "√", False, "("

    def opening(self) -> None:
        if self.last != "√":
            self.multiply("(")
            self.write("(")
        self.depth += 1
        self.last, self.ended, self.operator = "(", False, "("

    def closing(self) -> None:
        self.depth -= 1
        if self.bars and self.bars[-1][0] > self.depth:
            self.place = self.bars[-1][1]
            self.refuse("this | is not closed; add a |")
        self.write(")")
        self.last, self.ended = ")", True
