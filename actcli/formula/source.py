"""A formula as Python source that runs with nothing but NumPy and the standard library."""

import math
from collections.abc import Iterable, Mapping

from actcli.formula.expand import expanded_calls
from actcli.formula.nodes import VARIABLE, Applied, Node, X, names_in
from actcli.formula.printing import ATOM, NOT, PRODUCT, Plain, Written

# The stable forms: only exponentials of −|u|, and erfc where the tail of erf would cancel.
_HELPERS: Mapping[str, str] = {
    "sigmoid": "small = np.exp(-np.abs(u))\nreturn np.where(u < 0, small, 1.0)/(1.0 + small)",
    "softplus": "return np.maximum(u, 0.0) + np.log1p(np.exp(-np.abs(u)))",
    "sech": "small = np.exp(-np.abs(u))\nreturn 2.0*small/(1.0 + small*small)",
    "log_cosh": (
        "size = np.abs(u)\nsquare = np.sinh(np.minimum(size, 1.0)/2.0)**2\n"
        "return np.where(size < 1.0, np.log1p(2.0*square), size + np.log1p(np.exp(-2.0*size)) - np.log(2.0))"
    ),
    "erf": "return np.vectorize(math.erf, otypes=[np.float64])(u)",
    "erfc": "return np.vectorize(math.erfc, otypes=[np.float64])(u)",
    "normal_cdf": "return np.vectorize(math.erfc, otypes=[np.float64])(-u/math.sqrt(2.0))/2.0",
    "normal_density": "return np.exp(-u*u/2.0)/math.sqrt(2.0*math.pi)",
    "sinc": "return np.sinc(u/np.pi)",
}
_NUMPY = {"abs": "np.abs", "min": "np.minimum", "max": "np.maximum"}
_ORDERS = ("", "_slope", "_curvature", "_third", "_fourth")


class _Source(Plain):
    def __init__(self, reserved: Iterable[str]) -> None:
        super().__init__()
        self.reserved = frozenset(reserved)
        self.helpers: dict[str, str] = {}

    def number(self, value: float) -> str:
        # Whole numbers as floats: Python's integers would not overflow to inf, but grow.
        return repr(float(value))

    def name(self, name: str) -> str:
        return {"pi": "np.pi", "e": "np.e"}.get(name, name)

    def call(self, function: str, operands: tuple[Node, ...]) -> Written:
        listed = ", ".join(self.write(operand) for operand in operands)
        if function == "clip":
            u, low, high = (self.write(operand) for operand in operands)
            return f"np.minimum(np.maximum({u}, {low}), {high})", ATOM
        if function in _HELPERS:
            self.helpers.setdefault(function, _function(function, "u", _HELPERS[function]))
            return f"{function}({listed})", ATOM
        return f"{_NUMPY.get(function, 'np.' + function)}({listed})", ATOM

    def applied(self, node: Applied) -> str:
        body = expanded_calls(Applied(node.name, X, node.order, node.settings, node.activation))
        name = node.name + _ORDERS[node.order]
        text = _function(name, VARIABLE, f"return {self.whole(body)}")
        while name in self.reserved or self.helpers.get(name, text) != text:
            # The same activation with other settings, or one that has the name of the whole.
            name += "_"
            text = _function(name, VARIABLE, f"return {self.whole(body)}")
        self.helpers[name] = text
        return f"{name}({self.write(node.argument)})"

    def whole(self, node: Node) -> str:
        """Return the text of a function's whole value; a constant still has the shape of x."""
        text = self.write(node)
        return text if VARIABLE in names_in(node) else f"np.full_like(x, {text})"

    def _divide(self, top: Node, bottom: Node) -> Written:
        if VARIABLE in names_in(top) | names_in(bottom):
            return super()._divide(top, bottom)
        return f"np.divide({self.write(top)}, {self.write(bottom)})", ATOM

    def _power(self, base: Node, exponent: Node) -> Written:
        if VARIABLE in names_in(base) | names_in(exponent):
            return super()._power(base, exponent)
        # Between plain floats ** raises where NumPy returns inf.
        return f"np.power({self.write(base)}, {self.write(exponent)})", ATOM

    def _and(self, *parts: Node) -> Written:
        return " & ".join(self.within(part, ATOM) for part in parts), PRODUCT

    def _or(self, *parts: Node) -> Written:
        return " | ".join(self.within(part, ATOM) for part in parts), PRODUCT

    def _not(self, part: Node) -> Written:
        return f"~{self.within(part, ATOM)}", NOT


def _function(name: str, parameters: str, body: str) -> str:
    indented = "\n".join(f"    {line}" for line in body.splitlines())
    return f"def {name}({parameters}):\n{indented}\n"


def to_python(functions: Mapping[str, Node], parameters: Mapping[str, float | None]) -> str:
    """Return a module's source with a function `name(x, *parameters)` for each formula, on arrays.

    `parameters` gives their defaults, None where one must be given. Numbers are float64; functions that
    NumPy lacks are defined above in their stable form.
    """
    source = _Source(functions)
    names = (name if value is None else f"{name}={_default(value)}" for name, value in parameters.items())
    listed = ", ".join((VARIABLE, *names))
    written = []
    for name, node in functions.items():
        value = source.whole(node)
        body = f'x = np.asarray(x, dtype=np.float64)\nwith np.errstate(all="ignore"):\n    return {value}'
        written.append(_function(name, listed, body))
    needed = sorted(source.helpers.items(), key=lambda helper: helper[0] in _HELPERS, reverse=True)
    every = [text for _, text in needed] + written
    imports = "import math\n\n" if any("math." in text for text in every) else ""
    return f"{imports}import numpy as np\n\n\n" + "\n\n".join(every)


def _default(value: float) -> str:
    return repr(float(value)) if math.isfinite(value) else f"float('{float(value)}')"
