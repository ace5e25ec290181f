"""A formula as LaTeX, for math mode."""

from collections.abc import Mapping

from actcli.formula.nodes import Applied, Call, Name, Node, Number
from actcli.formula.printing import ATOM, POWER, PRODUCT, SUM, Plain, Written, cases_of

_GREEK = frozenset(
    [
        "alpha",
        "beta",
        "gamma",
        "delta",
        "epsilon",
        "theta",
        "lambda",
        "mu",
        "nu",
        "rho",
        "sigma",
        "tau",
        "omega",
        "pi",
    ]
)
_LETTERS: Mapping[str, str] = {"sigmoid": r"\sigma", "normal_cdf": r"\Phi", "normal_density": r"\varphi"}
_KNOWN = frozenset(
    ["log", "sin", "cos", "tan", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh", "min", "max"]
)


class Latex(Plain):
    """Fractions stacked, powers raised, branches as cases."""

    times = r" \cdot "
    comparisons: Mapping[str, str] = {
        "less": "<",
        "less_equal": r"\le",
        "greater": ">",
        "greater_equal": r"\ge",
        "equal": "=",
        "not_equal": r"\ne",
    }

    def bracketed(self, text: str) -> str:
        """Return the text in round brackets of its height."""
        return rf"\left({text}\right)"

    def number(self, value: float) -> str:
        """Return a number, a large or small one as a multiple of a power of ten."""
        mantissa, _, exponent = super().number(value).partition("e")
        power = f"10^{{{int(exponent)}}}" if exponent else ""
        return power if power and mantissa == "1" else rf"{mantissa} \cdot {power}" if power else mantissa

    def name(self, name: str) -> str:
        """Return a letter as it is, a Greek one by its command, a word upright."""
        head, _, index = name.partition("_")
        letter = rf"\{head}" if head in _GREEK else head if len(head) == 1 else ""
        if letter:
            return f"{letter}_{{{index}}}" if index else letter
        return rf"\mathrm{{{_escaped(name)}}}"

    def call(self, function: str, operands: tuple[Node, ...]) -> Written:
        """Return a function with its operands in brackets."""
        listed = self.bracketed(", ".join(self.write(operand) for operand in operands))
        return f"{_operator(function)}{listed}", ATOM

    def applied(self, node: Applied) -> str:
        """Return an activation with a prime for each order, its settings behind a semicolon."""
        settings = ", ".join(f"{self.name(name)}={self.signed(value)}" for name, value in node.settings)
        operand = self.write(node.argument) + (f"; {settings}" if settings else "")
        return f"{_operator(node.name)}{chr(39) * node.order}{self.bracketed(operand)}"

    def _multiply(self, first: Node, *others: Node) -> Written:
        text = self.within(first, PRODUCT)
        for left, right in zip((first, *others), others, strict=False):
            sign = " " if isinstance(left, Number | Name) and not _starts_with_a_number(right) else self.times
            text += sign + self.within(right, POWER)
        return text, PRODUCT

    def _divide(self, top: Node, bottom: Node) -> Written:
        return rf"\frac{{{self.write(top)}}}{{{self.write(bottom)}}}", PRODUCT

    def _power(self, base: Node, exponent: Node) -> Written:
        raised = f"^{{{self.write(exponent)}}}"
        if isinstance(base, Call) and base.function in _KNOWN and isinstance(exponent, Number):
            listed = self.bracketed(", ".join(self.write(operand) for operand in base.arguments))
            return f"{_operator(base.function)}{raised}{listed}", POWER
        return self.within(base, ATOM) + raised, POWER

    def _exp(self, operand: Node) -> Written:
        return f"e^{{{self.write(operand)}}}", POWER

    def _sqrt(self, operand: Node) -> Written:
        return rf"\sqrt{{{self.write(operand)}}}", ATOM

    def _abs(self, operand: Node) -> Written:
        return rf"\left|{self.write(operand)}\right|", ATOM

    def _floor(self, operand: Node) -> Written:
        return rf"\left\lfloor {self.write(operand)} \right\rfloor", ATOM

    def _where(self, condition: Node, first: Node, second: Node) -> Written:
        cases, last = cases_of(condition, first, second)
        lines = [rf"{self.write(value)} & \text{{if }} {self.write(when)}" for when, value in cases]
        lines.append(rf"{self.write(last)} & \text{{otherwise}}")
        listed = r" \\ ".join(lines)
        return rf"\begin{{cases}} {listed} \end{{cases}}", ATOM

    def _and(self, *parts: Node) -> Written:
        text, level = super()._and(*parts)
        return text.replace(" and ", r" \text{ and } "), level

    def _or(self, *parts: Node) -> Written:
        text, level = super()._or(*parts)
        return text.replace(" or ", r" \text{ or } "), level

    def _not(self, part: Node) -> Written:
        return rf"\text{{not }} {self.within(part, SUM)}", SUM


def _operator(function: str) -> str:
    if function in _LETTERS:
        return _LETTERS[function]
    return rf"\{function}" if function in _KNOWN else rf"\operatorname{{{_escaped(function)}}}"


def _escaped(name: str) -> str:
    return name.replace("_", r"\_")


def _starts_with_a_number(node: Node) -> bool:
    if isinstance(node, Call) and node.function in {"power", "multiply", "divide"}:
        return node.function == "divide" or _starts_with_a_number(node.arguments[0])
    return isinstance(node, Number)


def to_latex(node: Node) -> str:
    """Return the formula as LaTeX."""
    return Latex().write(node)
