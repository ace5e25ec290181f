"""Records of what nobody described: a formula that a user types, and functions of a user's own."""

from collections.abc import Callable
from functools import cache
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from actcli.activation import Activation, Array, Facts, Order, Origin, Precision, Reference, known_orders
from actcli.errors import FormulaError, RegistrationError, brief
from actcli.formula import Expression
from actcli.numerics.floats import FLOATS, Floats
from actcli.survey import survey

_SCALAR_CURE = "; if it takes one number at a time, adopt it with vectorised=False"


def formula_record(name: str, expression: Expression) -> Activation:
    """Return the activation that a formula in x describes; slopes are propagated exactly, facts are surveyed.

    Raises FormulaError for a formula that does not depend on x.
    """
    if not expression.depends_on_x:
        raise FormulaError(f"the formula '{name}' does not depend on x; an activation is a function of x")

    called = [each for each in expression.calls if isinstance(each, Activation)]
    known = min((known_orders(each.orders) for each in called), default=3)
    # What calls a function of few digits has no more digits itself.
    floats = FLOATS[max((each.precision for each in called), key=_coarseness, default="float64")]
    origins: list[Origin] = ["propagated" if order < known else "differences" for order in range(3)]

    @cache
    def narrow() -> tuple[tuple[float, float], ...]:
        return expression.landmarks()

    @cache
    def facts() -> Facts:
        return survey(
            expression.propagate,
            expression.breakpoints(),
            known,
            floats,
            narrow(),
            further_out=lambda side: expression.further_out(side, 1),
            uncertainty=expression.uncertainty,
        )

    return Activation(
        name=name,
        title="formula",
        family="formula",
        reference=Reference("a formula of the user's"),
        orders=tuple(
            Order(_written(expression, k), expression.order(k), origin) for k, origin in enumerate(origins)
        ),
        facts_of=facts,
        landmarks_of=narrow,
        precision=floats.name,
        remark="; ".join(expression.notes),
    )


def _coarseness(precision: Precision) -> float:
    return FLOATS[precision].epsilon


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
    digits in float64; 9 of the curvature where the slope is missing too), which no check judges, and the
    record's remark says so. Facts are surveyed on the values. `name` is the function's, where it has one.
    Raises RegistrationError for a name or dtype that is none; so does a call where the function itself fails.

        actcli.register(actcli.from_functions(my_kernel, my_kernel_gradient, name="my_kernel"))
    """
    given = {"value": value, "slope": slope, "curvature": curvature}
    for word, function in given.items():
        if not callable(function) and (function is not None or word == "value"):
            raise RegistrationError(f"the {word} is {brief(function)}; from_functions takes functions")
    name = str(name or getattr(value, "__name__", ""))
    if not name.isidentifier():
        raise RegistrationError(
            f"'{name}' cannot name an activation; give from_functions a name of letters and digits"
        )
    if dtype not in get_args(Precision):
        raise RegistrationError(f"dtype is {dtype}; it is one of {', '.join(get_args(Precision))}")
    floats = FLOATS[dtype]
    orders: list[Order] = []
    for word, function in given.items():
        if function is None:
            orders.append(Order("", _difference(orders[-1].function, floats), "differences"))
        else:
            orders.append(Order("", _in_dtype(function, vectorised, floats, f"the {word} of {name}")))
    missing = " and ".join(word for word, function in given.items() if function is None)

    @cache
    def facts() -> Facts:
        return survey(lambda x, order: orders[order].function(x), known=known_orders(orders), floats=floats)

    return Activation(
        name=name,
        title=f"{name}, a function of the user's",
        family="own",
        reference=Reference("a function of the user's"),
        orders=tuple(orders),
        facts_of=facts,
        precision=dtype,
        remark=f"{missing} by differences" if missing else "",
    )


def _in_dtype(
    function: Callable[[Any], Any], vectorised: bool, floats: Floats, what: str
) -> Callable[[Array], Array]:
    """Return the function on float64 arrays, computing in its owner's type."""

    def evaluate(x: Array) -> Array:
        if not x.size:
            # np.vectorize refuses what is empty.
            return np.empty(x.shape)
        inputs = np.asarray(x).astype(floats.dtype)
        try:
            raw = np.asarray(function(inputs) if vectorised else [function(number) for number in inputs.flat])
            if raw.dtype.kind == "c":
                raise ArithmeticError("it returns complex numbers, and must return real ones")
            result = raw.astype(np.float64)
        except Exception as error:  # a stranger's function may raise anything
            # What math.tanh and an if on an array say.
            cure = _SCALAR_CURE if vectorised and isinstance(error, TypeError | ValueError) else ""
            raise RegistrationError(f"{what} fails: {type(error).__name__}: {error}{cure}") from error
        if result.size != x.size:
            raise RegistrationError(
                f"{what} returns shape {raw.shape} for {x.shape}; it must keep the shape of x"
            )
        return result.reshape(x.shape)

    return evaluate


def _difference(function: Callable[[Array], Array], floats: Floats) -> Callable[[Array], Array]:
    """Return the derivative by differences over h and 2h, extrapolated to an error of order h⁴."""
    # With h = eps^(1/5)·scale such a difference is least wrong: about eps^(4/5), 12 digits of a float64.
    relative = floats.epsilon**0.2

    def derivative(x: Array) -> Array:
        h = relative * np.maximum(np.abs(x), 1.0)
        h = floats.rounded(x + h) - x
        near = (function(x + h) - function(x - h)) / (2 * h)
        far = (function(x + 2 * h) - function(x - 2 * h)) / (4 * h)
        # Beside a kink the two differ, and extrapolation would shoot beyond the slopes of both sides.
        kinked = np.abs(near - far) > 2 * relative * np.maximum(np.abs(near), np.abs(far))
        slope: Array = np.where(kinked, near, (4 * near - far) / 3)
        return slope

    return derivative
