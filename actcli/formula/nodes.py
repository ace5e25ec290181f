"""The small set of immutable nodes that every formula is made of."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

CONSTANTS: Mapping[str, float] = {"pi": 3.141592653589793, "e": 2.718281828459045}
VARIABLE = "x"


class Number(NamedTuple):
    """A float64 constant."""

    value: float


class Name(NamedTuple):
    """The variable x, a parameter, or one of the constants pi and e."""

    name: str


@dataclass(frozen=True, eq=False)
class Call:
    """An operator or primitive (a row of the table in primitives.py) with its operands.

    `add` and `multiply` take any number of operands from two on; a − b is add(a, negate(b)), which is the
    same number in float64.
    """

    function: str
    arguments: tuple["Node", ...]
    _hash: int = field(init=False, repr=False)
    size: int = field(init=False, repr=False)

    def __post_init__(self) -> None:
        # Trees share branches after differentiation; hashing and counting them anew would be quadratic.
        object.__setattr__(self, "_hash", hash((self.function, self.arguments)))
        object.__setattr__(self, "size", 1 + sum(size(argument) for argument in self.arguments))

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return (
            isinstance(other, Call)
            and self._hash == other._hash
            and self.function == other.function
            and self.arguments == other.arguments
        )


@dataclass(frozen=True)
class Applied:
    """A registered activation, or its derivative of some order, applied to an expression.

    `activation` is callable as activation(array, order=k); `settings` are the keyword parameters written.
    """

    name: str
    argument: "Node"
    order: int = 0
    settings: tuple[tuple[str, float], ...] = ()
    activation: Callable[..., Any] = field(compare=False, repr=False, default=lambda *_: None)


Node = Number | Name | Call | Applied

ZERO, ONE, TWO = Number(0.0), Number(1.0), Number(2.0)
X = Name(VARIABLE)


def size(node: Node) -> int:
    """Return how many nodes the formula has when it is written out."""
    if isinstance(node, Call):
        return node.size
    return 1 + size(node.argument) if isinstance(node, Applied) else 1


def children(node: Node) -> tuple[Node, ...]:
    """Return the operands of a node; none for a number or a name."""
    if isinstance(node, Call):
        return node.arguments
    return (node.argument,) if isinstance(node, Applied) else ()


def rebuild(node: Node, operands: tuple[Node, ...]) -> Node:
    """Return the same operation on other operands."""
    if isinstance(node, Call):
        return Call(node.function, operands)
    if isinstance(node, Applied):
        return Applied(node.name, operands[0], node.order, node.settings, node.activation)
    return node


def walk(node: Node) -> Iterator[Node]:
    """Yield every distinct node of the formula once, operands before operations."""
    seen: set[Node] = set()

    def visit(current: Node) -> Iterator[Node]:
        if current in seen:
            return
        seen.add(current)
        for operand in children(current):
            yield from visit(operand)
        yield current

    return visit(node)


def names_in(node: Node) -> frozenset[str]:
    """Return x and the parameters that the formula depends on; pi and e are numbers, not names."""
    found = {part.name for part in walk(node) if isinstance(part, Name)}
    return frozenset(found - set(CONSTANTS))


def substitute(node: Node, values: Mapping[str, Node]) -> Node:
    """Return the formula with names replaced by expressions, all at once."""
    memory: dict[Node, Node] = {}

    def replaced(current: Node) -> Node:
        if isinstance(current, Name):
            return values.get(current.name, current)
        if current not in memory:
            memory[current] = rebuild(current, tuple(replaced(operand) for operand in children(current)))
        return memory[current]

    return replaced(node)
