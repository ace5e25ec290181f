"""Records of what nobody described: a formula that a user types, and functions of a user's own."""

from collections.abc import Callable
from functools import cache
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from actcli.activation import Activation, Array, Facts, Order, Precision, Reference
from actcli.errors import FormulaError, RegistrationError
from actcli.formula import Expression, breakpoints
from actcli.survey import survey

# A difference over ±h and ±2h with h = eps^(1/5)·scale is least wrong: about eps^(4/5), 12 digits.
_STEP = float(np.finfo(np.float64).eps) ** 0.2


def formula_record(name: str, expression: Expression) -> Activation:
    """Return the activation that a formula in x describes; slopes are propagated exactly, facts are surveyed.

    Raises FormulaError for a formula that does not depend on x.
    """
    if not expression.depends_on_x:
        raise FormulaError(f"the formula '{name}' does not depend on x; an activation is a function of x")

    @cache
    def facts() -> Facts:
        return survey(expression.propagate, breakpoints(expression))

    return Activation(
        name=name,
        title="formula",
        family="formula",
        reference=Reference("a formula of the user's"),
        orders=tuple(Order(_written(expression, k), expression.order(k), "propagated") for k in range(3)),
        facts_of=facts,
        remark="; ".join(expression.notes),
    )


def _written(expression: Expression, order: int) -> str:
    """Return the text of an order; none where it is too long to write out, which its numbers are not."""
    try:
        return expression.differentiate(order).to_text() if order else expression.to_text()
    except FormulaError:
        return ""


def from_functions(
    value: Callable[[NDArray[Any]], Any],
    slope: Callable[[NDArray[Any]], Any] | None = None,
    curvature: Callable[[NDArray[Any]], Any] | None = None,
    *,
    name: str | None = None,
    vectorised: bool = True,
    dtype: Precision = "float64",
) -> Activation:
    """Return a record of functions of one's own: x ↦ f(x) and, where there are any, f′ and f″.

    Each takes an array of `dtype` and returns one of the same shape; with `vectorised=False` each takes and
    returns one number. An order that is not given is found by differences of the one below (about 12
    digits; 9 of the curvature where the slope is missing too), and the record's remark says so. Facts are
    surveyed on the values. `name` is the name of the function, where it has one.

        actcli.register(actcli.from_functions(my_kernel, my_kernel_gradient, name="my_kernel"))
    """
    name = str(name or getattr(value, "__name__", ""))
    if not name.isidentifier():
        raise RegistrationError(
            f"'{name}' cannot name an activation; give from_functions a name of letters and digits"
        )
    if dtype not in get_args(Precision):
        raise RegistrationError(f"dtype is {dtype}; it is one of {', '.join(get_args(Precision))}")
    functions: list[Callable[[Array], Array]] = []
    missing = []
    for word, function in (("value", value), ("slope", slope), ("curvature", curvature)):
        if function is None:
            missing.append(word)
            functions.append(_difference(functions[-1]))
        else:
            functions.append(_in_dtype(function, vectorised, np.dtype(dtype), f"the {word} of {name}"))

    @cache
    def facts() -> Facts:
        return survey(lambda x, order: functions[order](x))

    return Activation(
        name=name,
        title=f"{name}, a function of the user's",
        family="own",
        reference=Reference("a function of the user's"),
        orders=tuple(Order("", function) for function in functions),
        facts_of=facts,
        precision=dtype,
        remark=f"{' and '.join(missing)} by differences" if missing else "",
    )


def _in_dtype(
    function: Callable[[Any], Any], vectorised: bool, dtype: np.dtype[Any], what: str
) -> Callable[[Array], Array]:
    """Return the function on float64 arrays, computing in `dtype` as its owner does."""

    def evaluate(x: Array) -> Array:
        inputs = x.astype(dtype)
        raw = function(inputs) if vectorised else [function(number) for number in inputs.flat]
        result = np.asarray(raw, dtype=np.float64)
        if result.size != x.size:
            raise RegistrationError(
                f"{what} returns shape {np.shape(raw)} for {x.shape}; it must keep the shape of x"
            )
        return result.reshape(x.shape)

    return evaluate


def _difference(function: Callable[[Array], Array]) -> Callable[[Array], Array]:
    """Return the derivative by a central difference over four points, whose error is of order h⁴."""

    def derivative(x: Array) -> Array:
        h = _STEP * np.maximum(np.abs(x), 1.0)
        h = (x + h) - x
        near = function(x + h) - function(x - h)
        far = function(x + 2 * h) - function(x - 2 * h)
        slope: Array = (8 * near - far) / (12 * h)
        return slope

    return derivative
