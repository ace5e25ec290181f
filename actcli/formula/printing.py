"""A formula as text: plain (it parses back to the same function)."""

from collections.abc import Mapping

from actcli.formula.nodes import Applied, Call, Name, Node, Number

_OR, _AND, _NOT, _COMPARISON, _SUM, _PRODUCT, _SIGN, _POWER, _ATOM = range(9)
_SIGNS: Mapping[str, str] = {
    "less": "<",
    "less_equal": "<=",
    "greater": ">",
    "greater_equal": ">=",
    "equal": "==",
    "not_equal": "!=",
}


def to_text(node: Node) -> str:
    """Return the formula in the language itself."""
    return _text(node)[0]


def number_text(value: float) -> str:
    """Return a number as people write it: whole ones without a point, others with every digit needed."""
    return str(int(value)) if value == int(value) and abs(value) < 1e16 else repr(float(value))


def _within(node: Node, level: int) -> str:
    text, own = _text(node)
    return text if own >= level else f"({text})"


def _text(node: Node) -> tuple[str, int]:
    if isinstance(node, Number):
        return number_text(node.value), _ATOM if node.value >= 0 else _SIGN
    if isinstance(node, Name):
        return node.name, _ATOM
    if isinstance(node, Applied):
        settings = [f"{name}={number_text(value)}" for name, value in node.settings]
        settings += [f"order={node.order}"] if node.order else []
        return f"{node.name}({', '.join([to_text(node.argument), *settings])})", _ATOM
    return _call(node)


def _call(node: Call) -> tuple[str, int]:
    name, operands = node.function, node.arguments
    if name == "add":
        return _sum(operands), _SUM
    if name == "multiply":
        return "*".join(
            [_within(operands[0], _PRODUCT), *(_within(part, _POWER) for part in operands[1:])]
        ), _PRODUCT
    if name == "divide":
        return f"{_within(operands[0], _PRODUCT)}/{_within(operands[1], _POWER)}", _PRODUCT
    if name == "negate":
        # −(a·b) and (−a)·b are the same number, so the product needs no brackets.
        return f"-{_within(operands[0], _PRODUCT)}", _PRODUCT if _is_product(operands[0]) else _SIGN
    if name == "power":
        return f"{_within(operands[0], _ATOM)}**{_within(operands[1], _SIGN)}", _POWER
    if name in _SIGNS:
        return f"{_within(operands[0], _SUM)} {_SIGNS[name]} {_within(operands[1], _SUM)}", _COMPARISON
    if name in {"and", "or"}:
        level = _AND if name == "and" else _OR
        return f" {name} ".join(_within(part, level + 1) for part in operands), level
    if name == "not":
        return f"not {_within(operands[0], _NOT)}", _NOT
    return f"{name}({', '.join(to_text(part) for part in operands)})", _ATOM


def _sum(operands: tuple[Node, ...]) -> str:
    text = _within(operands[0], _SUM)
    for part in operands[1:]:
        if isinstance(part, Call) and part.function == "negate":
            text += f" - {_within(part.arguments[0], _PRODUCT)}"
        elif isinstance(part, Number) and part.value < 0:
            text += f" - {number_text(-part.value)}"
        else:
            text += f" + {_within(part, _PRODUCT)}"
    return text


def _is_product(node: Node) -> bool:
    return isinstance(node, Call) and node.function in {"multiply", "divide"}
