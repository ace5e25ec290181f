"""The catalogue as one Markdown page: every activation with its formulas, facts and names, by family."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from urllib.parse import quote

from actcli.activation import Activation, AnyActivation, Facts, Kink, Parameter, VectorActivation
from actcli.analysis.formulas import SYMBOLS
from actcli.formula import pretty
from actcli.render.data import escaped
from actcli.render.text import counted, number, printable

PICTURES = "images/catalogue"
"""Where the page expects the picture NAME.svg of each activation, from its own folder."""

_PREFACE = """Made by `actcli list --markdown`. Each picture shows f (solid, blue) and f′ (dashed, orange) for
the default parameters; shaded where the slope stays below 1 % of its bound, a dot at the value taken at a
jump, a ring at one that is not taken. Range and bounds hold for the default parameters too. σ is the logistic
sigmoid, Φ and φ are the distribution and the density of the standard normal.
"""


def page(activations: Sequence[AnyActivation], disagreements: Mapping[str, Sequence[str]]) -> str:
    """Return the whole page; `disagreements` are sentences by an activation's name."""
    families = {
        family: [*records]
        for family, records in groupby(
            sorted(activations, key=lambda r: (r.family, r.name)), lambda r: r.family
        )
    }
    vectors = sum(isinstance(record, VectorActivation) for record in activations)
    spellings = sum(len(record.spellings) for record in activations)
    counts = (
        f"Elementwise: {len(activations) - vectors}. Vector-valued: {vectors}. "
        f"Families: {len(families)}. Framework spellings: {spellings}.\n"
    )
    blocks = ["# Catalogue\n", _PREFACE, counts, "".join(map(_contents, families, families.values()))]
    for family, records in families.items():
        blocks.append(f"## Family: {escaped(_words(family))}\n")
        blocks += [_section(record, disagreements.get(record.name, ())) for record in records]
    return "\n".join(blocks)


def _contents(family: str, records: Iterable[AnyActivation]) -> str:
    links = ", ".join(f"[{escaped(record.name)}](#{quote(record.name)})" for record in records)
    words = _words(family)
    return f"- [{escaped(words)}](#family-{quote(words.replace(' ', '-'))}): {links}\n"


def _section(record: AnyActivation, disagreements: Iterable[str]) -> str:
    alias = f", also {', '.join(map(_code, record.aliases))}" if record.aliases else ""
    picture = f"{PICTURES}/{quote(record.name, safe='')}.svg"
    blocks = [
        f"### {escaped(record.name)}\n",
        f"![f and f′ of {escaped(record.name)}]({picture})\n",
        f"**{escaped(record.title)}**{alias}\n",
        "".join(f"- {line}\n" for line in _lines(record)),
    ]
    remarks = [text for text in (record.remark, *disagreements) if text]
    return "\n".join([*blocks, *(f"{escaped(text)}\n" for text in remarks)])


def _lines(record: AnyActivation) -> Iterator[str]:
    if isinstance(record, Activation):
        for symbol, order in zip(SYMBOLS, record.orders, strict=False):
            if order.formula:
                yield f"{symbol}(x) = {_code(pretty(order.formula, record.values))}"
    else:
        yield _code(record.formula)
        yield _code(record.derivative_formula)
    yield from map(_parameter, record.parameters)
    if isinstance(record, Activation):
        yield from _facts(record)
    else:
        inputs, outputs = record.group
        if (inputs, outputs) != (1, 1):
            make = "makes" if inputs == 1 else "make"
            yield f"{counted(inputs, 'input')} {make} {counted(outputs, 'output')}"
        yield f"picture: {escaped(record.section_caption)}"
    yield from _spellings(record)
    text, url = escaped(record.reference.text), record.reference.url
    yield f"[{text}](<{printable(url)}>)" if url else text


def _parameter(parameter: Parameter) -> str:
    kind = "whole, " if parameter.integer else ""
    default, low, high = map(_number, (parameter.default, parameter.low, parameter.high))
    start = f"parameter {_code(parameter.name)} = {default}"
    return f"{start} ({kind}{low} … {high}): {escaped(parameter.meaning)}"


def _facts(record: Activation) -> Iterator[str]:
    facts = record.facts
    yield f"range {_interval(facts.infimum, facts.supremum)}; {', '.join(_shape(record, facts))}"
    ends = (facts.slope_at_minus_infinity, facts.slope_at_infinity)
    left, right = ("none" if math.isnan(end) else _number(end) for end in ends)
    bounds = _interval(facts.slope_infimum, facts.slope_supremum)
    yield f"slope {bounds}; its limit at −∞ is {left}, at ∞ {right}"
    for (order, reason), kinks in groupby(facts.kinks, lambda kink: (kink.order, kink.reason)):
        yield f"{SYMBOLS[order]} jumps at {'; '.join(map(_kink, kinks))}: {escaped(reason)}"


def _shape(record: Activation, facts: Facts) -> Iterator[str]:
    yield facts.parity or "neither odd nor even"
    yield "never decreases" if record.increasing else "decreases somewhere"
    left, right = record.saturates
    sides = {(True, True): "on both sides", (True, False): "towards −∞", (False, True): "towards ∞"}
    yield f"saturates {sides[left, right]}" if left or right else "does not saturate"


def _kink(kink: Kink) -> str:
    left, right, stated = map(_number, (kink.left, kink.right, kink.stated))
    return f"x = {_number(kink.x)} from {left} to {right}, taken {stated}"


def _spellings(record: AnyActivation) -> Iterator[str]:
    """Yield one line with every framework's word, those that mean other parameters after the others."""
    means: dict[str, list[str]] = {}
    for word, values in record.spellings.items():
        means.setdefault(record.bind(**values).label, []).append(_code(word))
    if means:
        groups = sorted(means.items(), key=lambda item: (item[0] != record.label, item[0]))
        shown = (
            ", ".join(sorted(words)) + ("" if label == record.label else f" (means {_code(label)})")
            for label, words in groups
        )
        yield f"spelled {'; '.join(shown)}"


def _interval(low: float, high: float) -> str:
    return f"{_number(low)} … {_number(high)}"


def _number(value: float) -> str:
    """Return six significant digits, in the signs of mathematics."""
    # Adding 0 makes one zero of two.
    return number(value + 0.0, 6).replace("-", "−")


def _code(text: str) -> str:
    fence = "``" if "`" in text else "`"
    return f"{fence}{printable(text)}{fence}"


def _words(family: str) -> str:
    return family.replace("_", " ")
