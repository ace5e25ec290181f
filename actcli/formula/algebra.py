"""Building nodes without the zeros and ones that nobody would write."""

from actcli.formula.nodes import ONE, ZERO, Call, Node, Number


def plus(*terms: Node) -> Node:
    """Return a sum; zeros are left out and sums inside are taken apart."""
    parts: list[Node] = []
    for term in terms:
        if term != ZERO:
            parts += term.arguments if isinstance(term, Call) and term.function == "add" else (term,)
    return Call("add", tuple(parts)) if len(parts) > 1 else (parts or [ZERO])[0]


def times(*factors: Node) -> Node:
    """Return a product; ones are left out, a zero makes it zero, a sign comes to the front."""
    parts: list[Node] = []
    negative = False
    for factor in factors:
        positive, sign = _unsigned(factor)
        negative ^= sign
        if positive == ZERO:
            return ZERO
        if isinstance(positive, Call) and positive.function == "multiply":
            parts += positive.arguments
        elif positive != ONE:
            parts.append(positive)
    product = Call("multiply", tuple(parts)) if len(parts) > 1 else (parts or [ONE])[0]
    return minus(product) if negative else product


def _unsigned(node: Node) -> tuple[Node, bool]:
    """Return a factor without its sign, and whether it had one."""
    if isinstance(node, Call) and node.function == "negate":
        return node.arguments[0], True
    return node, False


def minus(node: Node) -> Node:
    """Return −node; two signs cancel."""
    if isinstance(node, Number):
        return Call("negate", (node,)) if node.value else ZERO
    if isinstance(node, Call) and node.function == "negate":
        return node.arguments[0]
    return Call("negate", (node,))


def over(numerator: Node, denominator: Node) -> Node:
    """Return a quotient; a denominator of 1 is left out and a numerator of 0 makes it 0."""
    if denominator == ONE or numerator == ZERO:
        return numerator
    return Call("divide", (numerator, denominator))


def to_the(base: Node, exponent: Node) -> Node:
    """Return a power; exponents 0 and 1 are left out (0**0 is 1 in float64)."""
    if exponent == ZERO:
        return ONE
    return base if exponent == ONE else Call("power", (base, exponent))


def choose(condition: Node, first: Node, second: Node) -> Node:
    """Return where(condition, first, second), or the branch itself where both are the same."""
    return first if first == second else Call("where", (condition, first, second))
