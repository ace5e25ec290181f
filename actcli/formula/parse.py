"""From text to nodes, by a list of allowed syntax: nothing that a user types is ever run by Python."""

import ast
import math
import re
import warnings
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from actcli.errors import FormulaError, ParameterError, suggestion
from actcli.formula.limits import DEEPEST_TREE, HIGHEST, LONGEST, refuse, refuse_depth, too_deep
from actcli.formula.nodes import CONSTANTS, VARIABLE, Applied, Call, Name, Node, Number
from actcli.formula.primitives import ALIASES, CALLABLE, CONDITIONS, PRIMITIVES
from actcli.formula.signs import spelled

Lookup = Callable[[str], object | None]

_NAMED = re.compile(r"\s*([A-Za-z_]\w*)\s*=(?!=)(.*)", re.DOTALL)
_ILL_NAMED = re.compile(r"[^=<>!()]+=(?!=)")
_COMPARISONS: Mapping[type[ast.cmpop], str] = {
    ast.Lt: "less",
    ast.LtE: "less_equal",
    ast.Gt: "greater",
    ast.GtE: "greater_equal",
    ast.Eq: "equal",
    ast.NotEq: "not_equal",
}


def split_name(text: str) -> tuple[str | None, str]:
    """Return (name, formula) of `name = formula`, or (None, text) where no name is given."""
    match = _NAMED.fullmatch(text)
    return (match[1], match[2].strip()) if match else (None, text)


def read(
    text: str, parameters: Iterable[str] = (), functions: Lookup = lambda _: None, longest: int = LONGEST
) -> Node:
    """Return the nodes of a formula in x and `parameters`; `functions` finds registered activations.

    Raises FormulaError, with the position counted from 1, for anything outside the language.
    """
    refuse(text, longest)
    return _Reader(text, frozenset(parameters), functions).formula()


class _Reader:
    def __init__(self, text: str, parameters: frozenset[str], functions: Lookup) -> None:
        self.text = text
        self.line, self.places = spelled(text)
        refuse_depth(self.line, self.places)
        self.offset = len(self.line) - len(self.line.lstrip())
        self.bytes = self.line.lstrip().encode()
        self.parameters = parameters
        self.functions = functions

    def formula(self) -> Node:
        return self.value(self.tree(), 0)

    def tree(self) -> ast.expr:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return ast.parse(self.bytes.decode(), mode="eval").body
        except SyntaxError as error:
            position = self.typed(min(error.offset or 1, len(self.bytes.decode())) + self.offset)
            raise self._unfinished() or FormulaError(
                "the formula cannot be read here; an operator stands between two parts, as in 2*x", position
            ) from None
        except (ValueError, RecursionError, MemoryError, OverflowError):
            raise FormulaError("the formula is nested too deeply or holds too long a number") from None

    def _unfinished(self) -> FormulaError | None:
        """Return what is missing at the end: a closing bracket or an operand."""
        unclosed: list[int] = []
        for position, character in enumerate(self.line, 1):
            if character == "(":
                unclosed.append(position)
            elif character == ")" and not unclosed:
                return FormulaError("this ) closes nothing; remove it", self.typed(position))
            elif character == ")":
                unclosed.pop()
        if _ILL_NAMED.match(self.line):
            named = "a name before = is made of the letters a to z, digits and _, and begins with a letter"
            return FormulaError(f"{named}: my_act = x*sigmoid(x)", 1)
        end = len(self.line.rstrip())
        if self.line[end - 1] in "+-*/,<>=":
            position = self.typed(end)
            last = self.text[position - 1]
            return FormulaError(f"the formula is not finished; something must follow '{last}'", position)
        return FormulaError("this ( is not closed; add a )", self.typed(unclosed[-1])) if unclosed else None

    def typed(self, position: int) -> int:
        """Return where the character at this position, counted from 1, stands in what was typed."""
        return self.places[position - 1] + 1

    def at(self, node: ast.AST) -> int:
        column = getattr(node, "col_offset", 0)
        return self.typed(len(self.bytes[:column].decode(errors="replace")) + self.offset + 1)

    def error(self, message: str, node: ast.AST) -> FormulaError:
        return FormulaError(message, self.at(node))

    def value(self, node: ast.expr, depth: int) -> Node:
        """Return a node that is a number; conditions are refused here."""
        result = self.node(node, depth)
        if isinstance(result, Call) and result.function in CONDITIONS:
            raise self.error("a comparison stands only in where(condition, a, b)", node)
        return result

    def condition(self, node: ast.expr, depth: int) -> Node:
        result = self.node(node, depth)
        if not (isinstance(result, Call) and result.function in CONDITIONS):
            raise self.error("this must be a comparison such as x > 0", node)
        return result

    def node(self, node: ast.expr, depth: int) -> Node:
        if depth > DEEPEST_TREE:
            raise too_deep(self.at(node))
        reader = _READERS.get(type(node))
        if reader is None:
            raise self.error(_refusal(node), node)
        return reader(self, node, depth + 1)

    def constant(self, node: ast.Constant, depth: int) -> Node:
        if type(node.value) not in (int, float):
            raise self.error("only real numbers are allowed in a formula", node)
        try:
            value = float(node.value)  # type: ignore[arg-type]
        except OverflowError:
            value = math.inf
        if math.isinf(value):
            raise self.error("the number is too large; the largest is about 1.797e308", node)
        return Number(value)

    def name(self, node: ast.Name, depth: int) -> Node:
        if node.id == VARIABLE or node.id in self.parameters or node.id in CONSTANTS:
            return Name(node.id)
        if node.id == "π":
            return Name("pi")
        if node.id in CALLABLE or node.id in ALIASES or self.functions(node.id) is not None:
            raise self.error(f"'{node.id}' is a function; write {node.id}(x)", node)
        known = [VARIABLE, *sorted(self.parameters), *CONSTANTS]
        near = suggestion(node.id, [*known, *CALLABLE]) or f"; the names are {', '.join(known)}"
        if not self.parameters and near.startswith(";"):
            near += ", and a parameter is written as its number"
        raise self.error(f"unknown name '{node.id}'{near}", node)

    def binary(self, node: ast.BinOp, depth: int) -> Node:
        if isinstance(node.op, ast.Add | ast.Sub):
            return self.chain(node, depth, "add", (ast.Add, ast.Sub))
        if isinstance(node.op, ast.Mult):
            return self.chain(node, depth, "multiply", (ast.Mult,))
        if isinstance(node.op, ast.Div):
            return Call("divide", (self.value(node.left, depth), self.value(node.right, depth)))
        if isinstance(node.op, ast.Pow):
            return Call("power", (self.value(node.left, depth), self.value(node.right, depth)))
        raise self.error("only the operators + - * / and ** are allowed", node)

    def chain(self, node: ast.BinOp, depth: int, name: str, kinds: tuple[type[ast.operator], ...]) -> Node:
        """Return one sum or product of many operands: a long one is wide, not deep."""
        operands: list[Node] = []
        current: ast.expr = node
        while isinstance(current, ast.BinOp) and isinstance(current.op, kinds):
            operand = self.value(current.right, depth)
            operands.append(Call("negate", (operand,)) if isinstance(current.op, ast.Sub) else operand)
            current = current.left
        operands.append(self.value(current, depth))
        return Call(name, tuple(reversed(operands)))

    def unary(self, node: ast.UnaryOp, depth: int) -> Node:
        if isinstance(node.op, ast.USub):
            return Call("negate", (self.value(node.operand, depth),))
        if isinstance(node.op, ast.UAdd):
            return self.value(node.operand, depth)
        if isinstance(node.op, ast.Not):
            return Call("not", (self.condition(node.operand, depth),))
        raise self.error("only the operators + - * / and ** are allowed", node)

    def comparison(self, node: ast.Compare, depth: int) -> Node:
        operands = [self.value(part, depth) for part in (node.left, *node.comparators)]
        links: list[Node] = []
        for operator, left, right in zip(node.ops, operands, operands[1:], strict=False):
            name = _COMPARISONS.get(type(operator))
            if name is None:
                raise self.error("only the comparisons < <= > >= == != are allowed", node)
            links.append(Call(name, (left, right)))
        return links[0] if len(links) == 1 else Call("and", tuple(links))

    def boolean(self, node: ast.BoolOp, depth: int) -> Node:
        name = "and" if isinstance(node.op, ast.And) else "or"
        return Call(name, tuple(self.condition(part, depth) for part in node.values))

    def choice(self, node: ast.IfExp, depth: int) -> Node:
        branches = (self.value(node.body, depth), self.value(node.orelse, depth))
        return Call("where", (self.condition(node.test, depth), *branches))

    def call(self, node: ast.Call, depth: int) -> Node:
        if isinstance(node.func, ast.Attribute):
            short = node.func.attr
            raise self.error(f"a dot before a function is not allowed; write {short}(x)", node.func)
        if not isinstance(node.func, ast.Name):
            raise self.error("an operator stands before a bracket, as in (x + 1)*(x + 2)", node.func)
        name = ALIASES.get(node.func.id, node.func.id)
        if name not in CALLABLE:
            return self.applied(node, name, self.functions(name), depth)
        closed = PRIMITIVES[name].closed
        if closed is not None and node.keywords:
            return self.applied(node, name, closed, depth)
        if node.keywords:
            raise self.error(f"{name} takes no keyword", node.keywords[0].value)
        arity, many = PRIMITIVES[name].arity, name in {"min", "max"}
        if len(node.args) < arity or (len(node.args) > arity and not many):
            raise self.error(f"{name} takes {_counted(arity)}, not {len(node.args)}", node)
        if name == "where":
            branches = (self.value(node.args[1], depth), self.value(node.args[2], depth))
            return Call(name, (self.condition(node.args[0], depth), *branches))
        operands = [self.value(argument, depth) for argument in node.args]
        result = Call(name, tuple(operands[:arity]))
        for operand in operands[arity:]:
            result = Call(name, (result, operand))
        return result

    def applied(self, node: ast.Call, name: str, activation: Any, depth: int) -> Node:
        if activation is None and name in {VARIABLE, *CONSTANTS, *self.parameters}:
            raise self.error(f"'{name}' is no function; products are written {name}*(…)", node.func)
        if activation is None:
            near = suggestion(name, [*CALLABLE, *ALIASES]) or "; `actcli list` shows what there is"
            raise self.error(f"unknown function '{name}'{near}", node.func)
        if len(node.args) != 1:
            taken = f"{name} takes {_counted(1)}, not {len(node.args)}"
            raise self.error(taken + _parameters_cure(name, activation), node)
        order, settings = 0, {}
        for keyword in node.keywords:
            number = self.setting(name, keyword, depth)
            if keyword.arg == "order":
                order = self.order(number, keyword)
            else:
                settings[str(keyword.arg)] = number
        if settings:
            activation = self.bound(activation, settings, node)
        return Applied(name, self.value(node.args[0], depth), order, tuple(settings.items()), activation)

    def setting(self, name: str, keyword: ast.keyword, depth: int) -> float:
        value = self.value(keyword.value, depth)
        if isinstance(value, Call) and value.function == "negate" and isinstance(value.arguments[0], Number):
            return -value.arguments[0].value
        if keyword.arg is None or not isinstance(value, Number):
            raise self.error(f"set a parameter of {name} with a number, as in alpha=0.5", keyword.value)
        return value.value

    def order(self, number: float, keyword: ast.keyword) -> int:
        if number not in range(HIGHEST + 1):
            raise self.error(f"order={number:g} is not a whole number from 0 to {HIGHEST}", keyword.value)
        return int(number)

    def bound(self, activation: Any, settings: Mapping[str, float], node: ast.Call) -> Any:
        if not hasattr(activation, "bind"):
            raise self.error("this function has no parameters to set", node)
        try:
            return activation.bind(**settings)
        except ParameterError as error:
            raise self.error(str(error), node) from None


_READERS: Mapping[type[ast.expr], Callable[[_Reader, Any, int], Node]] = {
    ast.Constant: _Reader.constant,
    ast.Name: _Reader.name,
    ast.BinOp: _Reader.binary,
    ast.UnaryOp: _Reader.unary,
    ast.Compare: _Reader.comparison,
    ast.BoolOp: _Reader.boolean,
    ast.IfExp: _Reader.choice,
    ast.Call: _Reader.call,
}


def _counted(number: int) -> str:
    return "1 argument" if number == 1 else f"{number} arguments"


def _parameters_cure(name: str, activation: Any) -> str:
    """Return how the first parameter of an activation is set; nothing where it has none."""
    for parameter, value in getattr(activation, "values", {}).items():
        setting = f"{parameter}={value:g}"
        return f"; write {name}(x, {setting}) in a formula, and {name}:{setting} for the activation itself"
    return ""


def _refusal(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return "a dot after a name is not allowed in a formula; products are written *"
    if isinstance(node, ast.Tuple | ast.GeneratorExp | ast.Starred | ast.NamedExpr):
        return "a formula is one expression, without commas outside a function's brackets"
    return f"{type(node).__name__.lower()} is not allowed in a formula; write x, numbers and functions"
