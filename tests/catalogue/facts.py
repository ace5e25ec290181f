"""Whether the stated facts of an activation hold: each one checked from both sides, by sampling and refining.

`violations(record, facts)` returns what is wrong with `facts`; a true statement has none, and a statement
that is off by a few per cent in any field has at least one.
"""

import math

import numpy as np

# Infinity stands for what grows past this on the way to 1e308.
HUGE = 1e100


def grid(record):
    """Return points over all sizes, dense where activations live, and close beside every kink."""
    sizes = np.concatenate([np.geomspace(1e-7, 1e7, 1201), np.geomspace(1e7, 1e308, 200)])
    beside = [
        x + side * step for x in record.breakpoints for side in (-1, 1) for step in (step_beside(x), 1e-3)
    ]
    return np.unique(np.concatenate([np.linspace(-30, 30, 3001), sizes, -sizes, beside, record.breakpoints]))


def step_beside(x):
    """Return how far beside a kink a one-sided limit is taken: a few floats, since a kink may be rounded."""
    return max(4 * float(np.spacing(abs(x))), 1e-14)


def greatest(function, points):
    """Return the supremum of a function: the largest sample, looked at ever closer; nan is passed over."""
    highest = np.nan_to_num(function(points), nan=-np.inf).max()
    # Farther out a float64 has no phase left that could be refined.
    points = points[np.abs(points) < 1e6]
    best = int(np.argmax(np.nan_to_num(function(points), nan=-np.inf)))
    for _ in range(12):
        points = np.linspace(points[max(best - 1, 0)], points[min(best + 1, len(points) - 1)], 41)
        values = np.nan_to_num(function(points), nan=-np.inf)
        best = int(np.argmax(values))
        highest = max(highest, values[best])
    return float(highest)


def off_kinks(record, order):
    """Return the derivative of this order as a function that is nan at the breakpoints."""
    return lambda x: np.where(np.isin(x, record.breakpoints), np.nan, record(x, order))


def bound_violations(record, facts):
    points = grid(record)
    ends = [end for end in record(np.array([-np.inf, np.inf])) if not np.isnan(end)]
    for name, order, sign in (
        ("supremum", 0, 1),
        ("infimum", 0, -1),
        ("slope_supremum", 1, 1),
        ("slope_infimum", 1, -1),
    ):
        function = record if order == 0 else off_kinks(record, 1)
        found = greatest(lambda x, function=function, sign=sign: sign * function(x), points)
        if order == 0:
            found = max([found, *(sign * end for end in ends)])
        stated = sign * getattr(facts, name)
        holds = (
            found > HUGE if stated == math.inf else math.isclose(found, stated, rel_tol=1e-6, abs_tol=1e-9)
        )
        if not holds:
            yield f"{name} is {sign * stated:g}, found {sign * found!r}"


def limit_violations(record, facts):
    for name, side in (("slope_at_minus_infinity", -1), ("slope_at_infinity", 1)):
        stated = getattr(facts, name)
        far = record(side * np.geomspace(1e100, 1e200, 11), order=1)
        with np.errstate(invalid="ignore"):
            waves = np.ptp(record(side * np.linspace(1000, 1100, 1001), order=1))
        found = float(record(np.array([side * np.inf]), order=1)[0])
        if math.isnan(stated):
            holds = math.isnan(found) and waves > 1e-9
        elif math.isinf(stated):
            holds = found == stated and (far * np.sign(stated)).min() > HUGE / 1e3
        else:
            approached = np.abs(far - stated).max() <= 1e-12 * max(1, abs(stated))
            holds = math.isclose(found, stated, rel_tol=1e-15) and approached
        if not holds:
            yield f"{name} is {stated:g}, found {found!r} and before it {far!r}"


def kink_violations(record, facts):
    for kink in facts.kinks:
        step = step_beside(kink.x)
        left, stated, right = record(np.array([kink.x - step, kink.x, kink.x + step]), order=kink.order)
        for name, found in (("left", left), ("right", right), ("stated", stated)):
            value = getattr(kink, name)
            if not math.isclose(
                found, value, rel_tol=1e-6, abs_tol=1e-6 * max(abs(kink.left), abs(kink.right))
            ):
                yield f"order {kink.order} at {kink.x:g}: {name} is {value:g}, found {found!r}"
        if not kink.reason:
            yield f"order {kink.order} at {kink.x:g}: no reason"
    for order in range(3):
        declared = [kink.x for kink in facts.kinks if kink.order == order]
        for x in jumps(record, order):
            if not any(math.isclose(x, known, rel_tol=1e-9, abs_tol=1e-9) for known in declared):
                yield f"order {order} jumps at {x!r}, which is not declared"


def jumps(record, order):
    """Return where the order jumps: intervals of a grid are halved towards their larger difference."""
    sizes = np.geomspace(1e-5, 2e3, 250)
    points = np.unique(np.concatenate([np.linspace(-12.03, 12.07, 601), sizes, -sizes]))
    low, high = points[:-1], points[1:]
    scale = np.maximum(np.abs(record(low, order)), np.abs(record(high, order)))
    for _ in range(56):
        middle = (low + high) / 2
        at_low, at_middle, at_high = (record(x, order) for x in (low, middle, high))
        scale = np.maximum(scale, np.abs(at_middle))
        with np.errstate(invalid="ignore"):
            leftwards = np.abs(at_middle - at_low) > np.abs(at_high - at_middle)
        low, high = np.where(leftwards, low, middle), np.where(leftwards, middle, high)
    with np.errstate(invalid="ignore"):
        gap = np.abs(record(high, order) - record(low, order))
    # Subnormal numbers jump by nature.
    return low[(gap > 1e-7 * scale) & (gap > 1e-300) & np.isfinite(gap)]


def parity_violations(record, facts):
    x = np.concatenate([np.linspace(0, 20, 401), np.geomspace(1e-9, 1e7, 200)])
    there, back = record(x), record(-x)
    found = "odd" if same(back, -there) else "even" if same(back, there) else None
    if found != facts.parity:
        yield f"parity is {facts.parity}, found {found}"
    if facts.parity == "odd" and np.signbit(record(np.array([-0.0, 0.0]))).sum() != 1:
        yield "−0.0 loses its sign, although f is odd"


def same(a, b):
    return bool(np.allclose(a, b, rtol=1e-14, atol=0))


def violations(record, facts):
    """Return everything that is wrong with `facts` as a statement about `record`."""
    checks = (bound_violations, limit_violations, kink_violations, parity_violations)
    return [text for check in checks for text in check(record, facts)]
