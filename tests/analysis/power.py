"""How often the check of `derive` is wrong: `python -m tests.analysis.power [N]` counts it on N of each kind.

Correct functions are catalogue records with random parameters, stretched by a power of two and scaled by a
random factor, and one in five is a typed formula that is smooth, or nearly, where its branches meet. Wrong
ones are records with one mistake planted that changes the function somewhere.
"""

import random
import re
import sys
from collections import Counter
from dataclasses import replace

import numpy as np

from actcli import registry
from actcli.activation import Activation, Facts, Kink, Order
from actcli.verification.points import checked_points
from actcli.verification.result import verify

SEED = 20_260
_NUMBER = re.compile(r"(?<![\w.])(\d+\.?\d*(?:e-?\d+)?)(?![\w.])")
# Where a planted mistake must show, or it is none.
_EVERYWHERE = np.concatenate([-np.logspace(-3, 3, 4001), np.logspace(-3, 3, 4001)])


def records():
    """Return every elementwise record."""
    every = (registry.get(name) for name in registry.names())
    return [record for record in every if isinstance(record, Activation)]


def varied(record, chance):
    """Return the record with parameters from their ranges, stretched and scaled: a·f(bx)."""
    values = {p.name: _parameter(p, chance) for p in record.parameters}
    try:
        bound = record.bind(**values)
        facts = bound.facts
    except (ArithmeticError, ValueError):
        bound, facts = record, record.facts
    scale, stretch = chance.choice([-1, 1]) * chance.uniform(0.3, 3), 2.0 ** chance.randint(-3, 3)
    if not np.isfinite([facts.slope_infimum, facts.slope_supremum]).all():
        stretch = 1.0
    return _stretched(bound, scale, stretch)


def _parameter(parameter, chance):
    if parameter.integer or not np.isfinite([parameter.low, parameter.high, parameter.default]).all():
        return parameter.default
    value = parameter.default * chance.choice([0.5, 0.75, 1, 1, 1.25, 2])
    return value if parameter.low <= value <= parameter.high else parameter.default


def _stretched(record, scale, stretch):
    def order(k):
        factor = scale * stretch**k
        formula = re.sub(r"\bx\b", f"({stretch}*x)", record.orders[k].formula)
        return Order(f"{factor!r}*({formula})", lambda x, *_: factor * record(stretch * x, order=k))

    return replace(
        record,
        orders=tuple(order(k) for k in range(3)),
        joint=None,
        facts_of=lambda *_: _scaled_facts(record.facts, scale, stretch),
    )


def _scaled_facts(facts, scale, stretch):
    low, high = sorted((scale * facts.infimum, scale * facts.supremum))
    slopes = sorted((scale * stretch * facts.slope_infimum, scale * stretch * facts.slope_supremum))
    kinks = tuple(
        Kink(
            k.x / stretch,
            *(scale * stretch**k.order * y for y in (k.left, k.right, k.stated)),
            k.reason,
            k.order,
        )
        for k in facts.kinks
    )
    ends = (scale * stretch * end for end in (facts.slope_at_minus_infinity, facts.slope_at_infinity))
    return Facts(low, high, *slopes, *ends, kinks=kinks, parity=facts.parity)


def _with_order(record, order, function=None, formula=None):
    orders = list(record.orders)
    kept = orders[order]
    orders[order] = Order(formula or kept.formula, function or kept.function)
    return replace(record, orders=tuple(orders))


def wrong_sign(record, chance):
    """Negate the slope or the curvature."""
    order = chance.choice([1, 2])
    return _with_order(record, order, lambda x, *_: -record(x, order=order))


def wrong_constant(record, chance):
    """Change the value, the slope or the curvature by one part in a million."""
    order = chance.choice([0, 1, 2])
    return _with_order(record, order, lambda x, *_: record(x, order=order) * (1 + 1e-6))


def wrong_number(record, chance):
    """Change one number of a printed formula by one part in a million."""
    order = chance.choice([0, 1, 2])
    text = record.orders[order].formula
    places = [match for match in _NUMBER.finditer(text) if float(match[1])]
    if not places:
        return None
    match = chance.choice(places)
    return _with_order(
        record, order, formula=f"{text[: match.start()]}{float(match[1]) * (1 + 1e-6)!r}{text[match.end() :]}"
    )


def wrong_branch(record, chance):
    """Take the other side's slope at a kink, or something beyond both sides."""
    kinks = [kink for kink in record.facts.kinks if kink.order in (1, 2)]
    if not kinks:
        return None
    kink = chance.choice(kinks)
    other = kink.right if kink.stated != kink.right else kink.left
    taken = chance.choice([other, 2 * kink.right - kink.left])
    if not np.isfinite(taken) or taken == kink.stated:
        return None
    return _with_order(
        record, kink.order, lambda x, *_: np.where(x == kink.x, taken, record(x, order=kink.order))
    )


def wrong_side(record, chance):
    """Write ≥ for >, or the reverse, at a jump."""
    jumps = [kink for kink in record.facts.kinks if kink.order == 0]
    if not jumps:
        return None
    kink = chance.choice(jumps)
    other = kink.right if kink.stated != kink.right else kink.left
    return _with_order(record, 0, lambda x, *_: np.where(x == kink.x, other, record(x)))


def lost_tail(record, chance):
    """Lose the slope where it is below 2⁻⁵³ of its bound, as 1 − tanh² does."""
    bound = record.slope_bound
    if not np.isfinite(bound):
        return None

    def slope(x, *_):
        kept = record(x, order=1)
        return np.where(np.abs(kept) < 2.0**-53 * bound, 0.0, kept)

    return _with_order(record, 1, slope)


MISTAKES = (wrong_sign, wrong_constant, wrong_number, wrong_branch, wrong_side, lost_tail)


def differs(record, mutant):
    """Return whether a mistake is one: some number or formula is not what it was."""
    if any(a.formula != b.formula for a, b in zip(record.orders, mutant.orders, strict=True)):
        return any(_formula_differs(a, b, record) for a, b in zip(record.orders, mutant.orders, strict=True))
    x = np.concatenate([_EVERYWHERE, [kink.x for kink in record.facts.kinks]])
    for order in range(3):
        first, second = record(x, order=order), mutant(x, order=order)
        both = np.isfinite(first) & np.isfinite(second)
        if (np.abs(first[both] - second[both]) > 1e-300).any():
            return True
    return False


def _formula_differs(first, second, record):
    from actcli.formula import parse

    values = [
        parse(order.formula, record.values).evaluate(_EVERYWHERE, record.values) for order in (first, second)
    ]
    finite = np.isfinite(values[0]) & np.isfinite(values[1])
    first, second = (value[finite] for value in values)
    return bool((np.abs(first - second) > 1e-9 * np.abs(first)).any())


# In u = a·(x − c): what switches at 0, and goes on with the same value or slope, or curvature, there.
_SMOOTH = """
u*abs(u)  abs(u)*u  sign(u)*u*u  u**2*sign(u)  abs(u)**P  sign(u)*abs(u)**P  u*abs(u)**P  sign(u)*sqrt(abs(u))
exp(-1/u**2)  exp(-1/abs(u))  u*exp(-1/u**2)  max(u, 0)**P  max(u, 0)**2 - min(u, 0)**3  u**2*log(abs(u))
u*log(abs(u))  where(u > 0, u**2, -u**2)  where(u > 0, exp(-1/u), 0)  u*sin(abs(u))  abs(u)*tanh(u)
cos(abs(u))  log(1 + abs(u)) - abs(u)  where(u < 0, exp(u) - 1, u)  u**2/(1 + abs(u))  abs(u)*sin(u)/u
max(u, u**3)  abs(u**3)  sqrt(u**2)**3  where(abs(u) < 1, (1 - u**2)**2, 0)  clip(u, -1, 1)**3  floor(u)*0 + u
""".replace("\n", "  ").strip()  # fmt: skip
SMOOTH = tuple(part for part in _SMOOTH.split("  ") if part)


def smooth(number, chance):
    """Return formula `number` of those that are smooth at a kink, with random powers, shift and scales."""
    text = SMOOTH[number % len(SMOOTH)].replace("P", str(chance.choice([0.3, 0.5, 1.5, 2, 2.5, 3, 4])))
    stretch, shift = chance.choice(["", "2*", "0.5*", "0.3*"]), chance.choice(["", "", " - 1", " + 0.7"])
    inner = f"({stretch}(x{shift}))" if stretch + shift else "x"
    return registry.get(chance.choice(["", "3*", "-0.7*"]) + "(" + re.sub(r"\bu\b", inner, text) + ")")


def correct(count):
    """Yield this many correct functions."""
    chance, every = random.Random(SEED), records()
    for number in range(count):
        typed = number % 5 == 4
        yield smooth(number // 5, chance) if typed else varied(every[number % len(every)], chance)


def wrong(count):
    """Yield this many (mistake, function) pairs, the kinds in turn."""
    chance, every, made = random.Random(SEED + 1), records(), 0
    while made < count:
        mistake = MISTAKES[made % len(MISTAKES)]
        record = varied(chance.choice(every), chance)
        mutant = mistake(record, chance)
        if mutant is not None and differs(record, mutant):
            made += 1
            yield mistake.__name__, mutant


def passes(record):
    """Return what the check finds of a record, at the points that derive --check uses."""
    return verify(record, checked_points(record), 2)


def main(count):
    """Count false alarms and misses and print them, each with its first failure or its kind."""
    alarms = [(record, found) for record in correct(count) if not (found := passes(record)).passed]
    print(f"false alarms: {len(alarms)} of {count}", flush=True)
    for record, found in alarms[:20]:
        print(" ", record.label, record.orders[0].formula, found.failure)
    missed = Counter()
    for kind, mutant in wrong(count):
        if passes(mutant).passed:
            missed[kind] += 1
            print(" ", "missed", kind, mutant.label, [order.formula for order in mutant.orders])
    print(f"mistakes caught: {count - missed.total()} of {count}", dict(missed) or "")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
