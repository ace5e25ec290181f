"""Text and numbers as people read them, safe for any terminal, file or picture."""

import math
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from actcli.report import Cell

DASH = "—"
# Stands for a space that no line ends at.
_TIED = "\u00a0%"

# What a stream in a narrow encoding gets instead; anything else is escaped.
_ASCII = {
    "—": "-", "–": "-", "−": "-", "…": "...", "·": "*", "×": "x", "÷": "/", "±": "+/-", "∓": "-/+",
    "′": "'", "″": "''", "‴": "'''", "⁗": "''''", "‖": "||", "√": "sqrt", "∞": "inf", "∂": "d", "∇": "grad",
    "Σ": "sum", "∈": "in", "≤": "<=", "≥": ">=", "≠": "!=", "≈": "~", "∝": "~", "→": "->", "←": "<-",
    "↦": "->", "⇒": "=>", "∘": "o", "“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "∥": "||",
    "⊥": "perp", "⌊": "floor(", "⌋": ")", "⁰": "^0", "¹": "^1", "²": "^2", "³": "^3", "⁴": "^4",
    "⁵": "^5", "⁶": "^6", "⁷": "^7", "⁸": "^8", "⁹": "^9", "⁻": "^-", "ˣ": "^x", "½": "1/2", "¼": "1/4",
    "¾": "3/4", "₀": "_0", "₁": "_1", "₂": "_2", "₊": "_+", "₋": "_-", "ᵢ": "_i", "ⱼ": "_j", "ₖ": "_k",
    "α": "alpha", "β": "beta",
    "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "η": "eta", "θ": "theta", "κ": "kappa",
    "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi", "π": "pi", "ρ": "rho", "σ": "sigma", "τ": "tau",
    "φ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega", "Δ": "Delta", "Φ": "Phi", "Ω": "Omega",
    "Θ": "Theta", "─": "-", "━": "-", "═": "=", "│": "|", "┃": "|", "•": "*", "✓": "yes", "✗": "no",
}  # fmt: skip


def printable(text: str) -> str:
    """Return `text` with every character that is no plain glyph or space written as an escape.

    Newlines, terminal escapes, and characters that hide text or turn its direction become `\\n`, `\\x1b`,
    `\\u202e`: what came from outside stays one line and only ever looks like text.
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def encodable(text: str, encoding: str | None) -> str:
    """Return `text` as this encoding can write it: words or ASCII signs where it lacks a letter."""
    codec = encoding or "utf-8"
    try:
        text.encode(codec)
    except (UnicodeEncodeError, LookupError):
        return "".join(_spelled(c, codec) for c in text)
    return text


def _spelled(character: str, codec: str) -> str:
    try:
        character.encode(codec)
    except (UnicodeEncodeError, LookupError):
        plain = character if character.isascii() else _ASCII.get(character) or _without_marks(character)
        return plain or character.encode("ascii", "backslashreplace").decode()
    return character


def _without_marks(letter: str) -> str:
    """Return the ASCII letter that this one is with an accent, or nothing."""
    base = unicodedata.normalize("NFKD", letter).encode("ascii", "ignore").decode()
    return base if base.isalpha() else ""


def number(value: float, digits: int = 4) -> str:
    """Return `value` with this many significant digits, trailing zeros left out: 0.25, 1.732, 4e-32."""
    if isinstance(value, int):
        return str(value)
    if math.isnan(value):
        return DASH
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    mantissa, exponent, power = f"{value:.{digits}g}".partition("e")
    return f"{mantissa}e{int(power)}" if exponent else mantissa


# Floats beyond this are whole numbers: a logarithm has no digits left for what stands before its power.
_WHOLE = 1e15
# What is nearer to 1 was meant to be 1, and solved for.
_ROUNDING = 1e-8


def power_of_ten(log10_value: float) -> str:
    """Return 10^log10_value as people read it ("0.236", "3.1e-13"), for any exponent."""
    if -3 <= log10_value < 4:
        return f"{10**log10_value:.3g}"
    if abs(log10_value) >= _WHOLE:
        return f"10^{log10_value:.3g}"
    exponent = math.floor(log10_value)
    digits = f"{10 ** (log10_value - exponent):.2g}"
    # 9.96 rounds to 10: one more power of ten.
    return f"1e{exponent + 1}" if digits == "10" else f"{digits}e{exponent}"


def beside_one(value: float) -> str:
    """Return four digits of `value`, and by how much it misses 1 where these do not tell: "1 + 0.00046"."""
    text, gap = f"{value:.4g}", value - 1
    if text != "1" or abs(gap) < _ROUNDING:
        return text
    return f"1 {'+' if gap > 0 else '−'} {abs(gap):.2g}"


def counted(count: int, noun: str) -> str:
    """Return "1 layer", "2 layers"."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def cell(value: "Cell") -> str:
    """Return one value of a table as people read it: None as a dash, truth as yes or no."""
    if value is None:
        return DASH
    if isinstance(value, bool):
        return "yes" if value else "no"
    return printable(value) if isinstance(value, str) else number(value)


def width(text: str) -> int:
    """Return how many columns of a terminal `text` takes: wide characters two, combining ones none."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text
    )


def folded(text: str, columns: int) -> list[str]:
    """Return a text as lines of this width, cut inside a word only where the word is too long for a line.

    Such a word is cut behind a sign where it has one, so that `alpha=0.01` keeps its number whole, and
    `5 %` is one word.
    """
    lines, line = [], ""
    for tied in text.replace(" %", _TIED).split(" "):
        word = tied.replace(_TIED, " %")
        longer = f"{line} {word}" if line else word
        if line and width(longer) > columns:
            lines.append(line)
            longer = word
        while width(longer) > columns:
            place = _cut(longer, columns)
            lines.append(longer[:place])
            longer = longer[place:]
        line = longer
    return [*lines, line]


def _cut(word: str, columns: int) -> int:
    """Return how many characters of `word`, which is wider, to put on a line of this width; at least one."""
    fits = 1
    while fits < len(word) and width(word[: fits + 1]) <= columns:
        fits += 1
    behind_signs = [place for place in range(1, fits + 1) if word[place - 1] in "=,:*/("]
    return behind_signs[-1] if behind_signs else fits


def padded(text: str, columns: int, align: str = "left") -> str:
    """Return `text` filled with spaces to this many columns of a terminal."""
    space = " " * max(columns - width(text), 0)
    return text + space if align == "left" else space + text


def aligned(values: "tuple[Cell, ...]") -> list[str]:
    """Return the cells of one column with the decimal points of its numbers under each other.

    Only numbers are padded on the right; the caller pads the left to the width of the column.
    """
    texts = [cell(value) for value in values]
    numeric = [isinstance(v, float | int) and not isinstance(v, bool) and math.isfinite(v) for v in values]
    tails = [len(text) - _point(text) if flag else 0 for text, flag in zip(texts, numeric, strict=True)]
    longest = max(tails, default=0)
    return [
        text + " " * (longest - tail) if flag else text
        for text, tail, flag in zip(texts, tails, numeric, strict=True)
    ]


def _point(text: str) -> int:
    """Return where the whole part of a printed number ends."""
    return min(position for sign in ".e" if (position := (text + ".").find(sign)) >= 0)
