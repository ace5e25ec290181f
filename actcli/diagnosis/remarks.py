"""What a table of measures must say beside its numbers: why one is missing, or not reached."""

import math
from collections.abc import Iterable, Iterator

from actcli.activation import Activation
from actcli.diagnosis.measures import Measures, gradient_init
from actcli.diagnosis.shares import slope_points
from actcli.theory.basin import leading_input_std
from actcli.theory.critical import chosen_point
from actcli.theory.length import variances
from actcli.theory.moments import LARGEST_VARIANCE, moments_of


def remarks(measures: Iterable[Measures]) -> tuple[str, ...]:
    """Return one line a remark, each with the activations that it is about."""
    found: dict[str, list[str]] = {}
    for each in measures:
        if isinstance(each.activation, Activation):
            for text, detail in _remarks(each, each.activation):
                found.setdefault(text, []).append(each.activation.label + detail)
    return tuple(f"{', '.join(names)}: {text}" for text, names in found.items())


def _remarks(measures: Measures, record: Activation) -> Iterator[tuple[str, str]]:
    """Yield remarks, each with what is said of this activation alone."""
    if record.slope_bound == math.inf:
        yield "the slope has no bound, hence no saturated share", ""
    if slope_points(record) is None:
        yield "the slope is not defined everywhere, or not resolved, hence no shares of units", ""
    if measures.averages.second_moment is None or measures.averages.mean_squared_slope is None:
        yield f"no averages: {moments_of(record).missing(1.0)}", ""
    if measures.log10_gradient[0] is None and (why := _no_gradient(measures, record)):
        yield why, ""
    point = chosen_point(record)
    if point is not None and (size := leading_input_std(record, point)) != 1:
        far = "inputs of std 1 do not come to the critical point"
        yield (far, "") if size is None else (f"{far}; of the std in brackets they do", f" ({size:.2g})")


def _no_gradient(measures: Measures, record: Activation) -> str:
    """Return why there is no gradient at infinite width; empty where the averages say so already."""
    sigma_w, sigma_b = gradient_init(measures.init)
    depth = len(measures.log10_gradient)
    moments = moments_of(record)
    for layer, q in enumerate(variances(record, depth, sigma_w, sigma_b, sigma_w**2 + sigma_b**2), 1):
        if not q < LARGEST_VARIANCE:
            return (
                "" if math.isnan(q) else f"no gradient: signals overflow at layer {layer}, at infinite width"
            )
        if moments(q).slope == 0:
            dies = f"E f′² dies out with the signal by layer {layer}"
            return f"no gradient: {'the slope is 0' if record.slope_bound == 0 else dies}"
        if why := moments.missing(q):
            return f"no gradient: {why}" if layer > 1 else ""
    return "no gradient: its power of ten is itself beyond all numbers"
