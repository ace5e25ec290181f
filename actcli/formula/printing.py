"""A formula as text: plain (it parses back to the same function) and with the signs of mathematics."""

from collections.abc import Iterator, Mapping

from actcli.formula.nodes import Applied, Call, Name, Node, Number
from actcli.formula.ratio import number_of, whole

OR, AND, NOT, COMPARISON, SUM, PRODUCT, SIGN, POWER, ATOM = range(9)
"""How tightly an operation binds; an operand that binds less than its place asks for stands in brackets."""

Written = tuple[str, int]

_TURNED = {"greater": "less", "greater_equal": "less_equal"}


class Plain:
    """The language itself."""

    minus, times, over = "-", "*", "/"
    comparisons: Mapping[str, str] = {
        "less": "<",
        "less_equal": "<=",
        "greater": ">",
        "greater_equal": ">=",
        "equal": "==",
        "not_equal": "!=",
    }

    def __init__(self) -> None:
        self.memory: dict[Node, Written] = {}

    def write(self, node: Node) -> str:
        """Return the text of a whole formula."""
        return self.written(node)[0]

    def within(self, node: Node, level: int) -> str:
        """Return the text of an operand, in brackets if it binds less than `level`."""
        text, own = self.written(node)
        return text if own >= level else self.bracketed(text)

    def written(self, node: Node) -> Written:
        """Return the text of a node and how tightly it binds."""
        if node not in self.memory:
            self.memory[node] = self._written(node)
        return self.memory[node]

    def _written(self, node: Node) -> Written:
        if isinstance(node, Number):
            return self.number(node.value), ATOM
        if isinstance(node, Name):
            return self.name(node.name), ATOM
        if isinstance(node, Applied):
            return self.applied(node), ATOM
        special = getattr(self, f"_{node.function}", None)
        if special is not None:
            written: Written = special(*node.arguments)
            return written
        if node.function in self.comparisons:
            return self._comparison(node.function, *node.arguments), COMPARISON
        return self.call(node.function, node.arguments)

    def bracketed(self, text: str) -> str:
        """Return the text in round brackets."""
        return f"({text})"

    def number(self, value: float) -> str:
        """Return a number as people write it: whole ones without a point, others with every digit needed."""
        return str(int(value)) if value == int(value) and abs(value) < 1e16 else repr(float(value))

    def name(self, name: str) -> str:
        """Return x, a parameter or a constant."""
        return name

    def call(self, function: str, operands: tuple[Node, ...]) -> Written:
        """Return a primitive with its operands."""
        return f"{function}({', '.join(self.write(operand) for operand in operands)})", ATOM

    def applied(self, node: Applied) -> str:
        """Return an activation, or its derivative as name(u, order=k)."""
        settings = [f"{name}={self.signed(value)}" for name, value in node.settings]
        settings += [f"order={node.order}"] if node.order else []
        return f"{node.name}({', '.join([self.write(node.argument), *settings])})"

    def signed(self, value: float) -> str:
        """Return a number that may be negative."""
        return self.number(value) if value >= 0 else f"{self.minus}{self.number(-value)}"

    def _add(self, first: Node, *others: Node) -> Written:
        text = self.within(first, SUM)
        for term in others:
            if isinstance(term, Call) and term.function == "negate":
                text += f" {self.minus} {self.within(term.arguments[0], PRODUCT)}"
            else:
                text += f" + {self.within(term, PRODUCT)}"
        return text, SUM

    def _multiply(self, first: Node, *others: Node) -> Written:
        return self.times.join(
            [self.within(first, PRODUCT), *(self.within(part, POWER) for part in others)]
        ), PRODUCT

    def _divide(self, top: Node, bottom: Node) -> Written:
        return f"{self.within(top, PRODUCT)}{self.over}{self.within(bottom, POWER)}", PRODUCT

    def _negate(self, operand: Node) -> Written:
        # −(a·b) and (−a)·b are the same number, so the product needs no brackets.
        text, level = self.written(operand)
        if level < PRODUCT:
            text = self.bracketed(text)
        return f"{self.minus}{text}", PRODUCT if level == PRODUCT else SIGN

    def _power(self, base: Node, exponent: Node) -> Written:
        return f"{self.within(base, ATOM)}**{self.within(exponent, SIGN)}", POWER

    def _comparison(self, name: str, first: Node, second: Node) -> str:
        return f"{self.within(first, SUM)} {self.comparisons[name]} {self.within(second, SUM)}"

    def _and(self, *parts: Node) -> Written:
        if len(parts) == 2 and all(
            isinstance(part, Call) and part.function in self.comparisons for part in parts
        ):
            (low, middle), (again, high) = (part.arguments for part in parts)  # type: ignore[union-attr]
            if middle == again:
                left = self._comparison(parts[0].function, low, middle)  # type: ignore[union-attr]
                sign = self.comparisons[parts[1].function]  # type: ignore[union-attr]
                return f"{left} {sign} {self.within(high, SUM)}", COMPARISON
        return " and ".join(self.within(part, NOT) for part in parts), AND

    def _or(self, *parts: Node) -> Written:
        return " or ".join(self.within(part, AND) for part in parts), OR

    def _not(self, part: Node) -> Written:
        return f"not {self.within(part, COMPARISON)}", NOT


_SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
PRIMES = ("", "′", "″", "‴", "⁗")


class Unicode(Plain):
    """Mathematics in one line: σ′(x), x², √(1 + x²), |x|, {x if x > 0, 0 otherwise}."""

    minus, times = "−", "·"
    comparisons: Mapping[str, str] = {
        **Plain.comparisons,
        "less_equal": "≤",
        "greater_equal": "≥",
        "not_equal": "≠",
        "equal": "=",
    }
    functions: Mapping[str, str] = {"sigmoid": "σ", "normal_cdf": "Φ", "normal_density": "φ"}

    def number(self, value: float) -> str:
        """Return a number with a true minus in its exponent."""
        return super().number(value).replace("e+", "e").replace("-", "−")

    def name(self, name: str) -> str:
        """Return pi as a letter; parameters keep the word that the command line takes."""
        return "π" if name == "pi" else name

    def call(self, function: str, operands: tuple[Node, ...]) -> Written:
        """Return a primitive by the letter that the field uses."""
        return super().call(self.functions.get(function, function), operands)

    def applied(self, node: Applied) -> str:
        """Return an activation with a prime for each order."""
        settings = [f"{name}={self.signed(value)}" for name, value in node.settings]
        name = self.functions.get(node.name, node.name) + PRIMES[node.order]
        return f"{name}({', '.join([self.write(node.argument), *settings])})"

    def _multiply(self, first: Node, *others: Node) -> Written:
        text = self.within(first, PRODUCT)
        for left, right in zip((first, *others), others, strict=False):
            # 2x, but 1e−05·x, which could be misread.
            joined = isinstance(left, Number) and "e" not in repr(left.value) and _starts_with_a_name(right)
            text += ("" if joined else self.times) + self.within(right, POWER)
        return text, PRODUCT

    def _power(self, base: Node, exponent: Node) -> Written:
        number = number_of(exponent)
        if number is not None and whole(number):
            return self.within(base, ATOM) + str(number).translate(_SUPERSCRIPTS), POWER
        return f"{self.within(base, ATOM)}^{self.within(exponent, ATOM)}", POWER

    def _sqrt(self, operand: Node) -> Written:
        plain = isinstance(operand, Number | Name)
        return f"√{self.write(operand)}" if plain else f"√({self.write(operand)})", ATOM

    def _derivative(self, operand: Node) -> Written:
        text = self.write(operand)
        return f"{text}′" if isinstance(operand, Name | Number) else f"({text})′", ATOM

    def _abs(self, operand: Node) -> Written:
        return f"|{self.write(operand)}|", ATOM

    def _floor(self, operand: Node) -> Written:
        return f"⌊{self.write(operand)}⌋", ATOM

    def _where(self, condition: Node, first: Node, second: Node) -> Written:
        cases, last = cases_of(condition, first, second)
        listed = ", ".join(f"{self.write(value)} if {self.write(when)}" for when, value in cases)
        return f"{{{listed}, {self.write(last)} otherwise}}", ATOM


def _starts_with_a_name(node: Node) -> bool:
    if isinstance(node, Call) and node.function == "power":
        return isinstance(node.arguments[0], Name)
    return isinstance(node, Name)


def cases_of(condition: Node, first: Node, second: Node) -> tuple[list[tuple[Node, Node]], Node]:
    """Return condition and value of every case of nested wheres, and the value where none of them holds.

    The first case that holds decides; a where inside a case becomes cases of its own, with both conditions.
    """
    *cases, (_, last) = _listed(Call("where", (condition, first, second)), ())
    while len(cases) > 1 and cases[-1][1] == last:
        cases.pop()
    return [(_all_of(given), value) for given, value in cases], last


def _listed(node: Node, given: tuple[Node, ...]) -> Iterator[tuple[tuple[Node, ...], Node]]:
    """Yield the conditions and the value of every case; the last one has none beyond `given`."""
    if not (isinstance(node, Call) and node.function == "where"):
        yield given, node
        return
    condition, first, second = node.arguments
    yield from _listed(first, (*given, condition))
    yield from _listed(second, given)


def _all_of(conditions: tuple[Node, ...]) -> Node:
    """Return the condition that all of these hold; x > a and x < b, in either order, as a < x < b."""
    for low, high in (conditions, conditions[::-1]) if len(conditions) == 2 else ():
        if isinstance(low, Call) and low.function in _TURNED and isinstance(high, Call):
            middle, bound = low.arguments
            if high.function in _TURNED.values() and high.arguments[0] == middle:
                return Call("and", (Call(_TURNED[low.function], (bound, middle)), high))
    return conditions[0] if len(conditions) == 1 else Call("and", conditions)


def to_text(node: Node) -> str:
    """Return the formula in the language itself: it parses back to the same function."""
    return Plain().write(node)


def to_unicode(node: Node) -> str:
    """Return the formula with the signs of mathematics, in one line."""
    return Unicode().write(node)
