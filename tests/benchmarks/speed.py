"""docs/speed.md, from what tests.benchmarks.activations measured."""

import platform
import statistics
import textwrap
from collections.abc import Iterator, Mapping
from importlib import metadata
from pathlib import Path

from tests.benchmarks.timing import figure, heading, line, machine

PAGE = Path(__file__).parent.parent.parent / "docs" / "speed.md"
Times = Mapping[str, list[float]]

# What value and slope together may cost, in exponentials.
TARGETS = {"sigmoid": 3, "tanh": 3, "silu": 3, "elu": 3, "softplus": 3, "mish": 4, "gelu": 8}
COLUMNS = (
    "activation", "f, f′ together", "× exp", "f", "f′", "textbook f′", "torch f, f′", "jax f, f′", "scipy f",
    "f′ / textbook",
)  # fmt: skip

PREFACE = """# Speed

Made by `python -m tests.benchmarks.activations --write`.

Nanoseconds of processor time an element, of {size:,} normal numbers with deviation 3, results into arrays
given; on one core ({machine}). Everything of one line is measured in turn, {rounds} times, and the quickest
counts: what else the machine does only adds, most to what holds many temporaries in a shared cache.
{versions}.
Other libraries differentiate their functions themselves, jax compiled; – where they lack one."""

TOGETHER = """## Value and slope together, in exponentials

The unit, one numpy.exp on the same array, takes {exp} ns here, by the processor's vector instructions, and
{scalar} ns where they are taken from NumPy, as on processors that lack them. Adding two arrays takes about
0.3 ns either way: with vectors, three exponentials are the time of a handful of additions, in which nothing
can be computed to its last digits in NumPy; the textbook slope of sigmoid alone, without its value, takes
{textbook} of them. Hence both ratios. Targets met: without vectors {met} of {count}, with them {here}."""

SLOPES = """## Slopes beside their textbook form

The textbook form is the formula of the slope as books print it, in plain NumPy on whole arrays. {quicker} of
{count} slopes take no longer than theirs; the median takes {median} times as long. What costs more pays
for digits: a polynomial about the zero of a slope (silu, mish, gelu and their kin), the rounding error of x²
or βx carried into an exponential (the bells, scaled_tanh, quick_gelu), an exponential to 65 bits for
exp(−exp(x)) (cloglog, loglog), a sine in twice the digits (coslu, sinlu); and for constants and powers it is
the search for nan, 0.2 ns, and the way into the array given.

{slow}"""

SINGLE = """## In float32

Computed in float64 and rounded once, so that results are within half an ulp of float32 and a hair; torch, jax
and the unit, numpy.exp, compute in float32."""


def page(
    times: Mapping[str, Times],
    scalar: Mapping[str, Times],
    single: Mapping[str, Times],
    rounds: int,
    size: int,
) -> str:
    """Return the page: conditions, the targets with vectors and without, all slopes, float32."""
    slopes = {
        name: beside for name, found in times.items() if (beside := _beside_textbook(found)) is not None
    }
    slow = sorted((name for name in slopes if slopes[name] > 2), key=lambda name: -slopes[name])
    conditions = PREFACE.format(machine=machine(), rounds=rounds, size=size, versions=_versions())
    together = TOGETHER.format(
        exp=figure(exponential(times)),
        scalar=figure(exponential(scalar)),
        textbook=figure(_ratio(times["sigmoid"], "textbook", "exp"), 1),
        met=_met(scalar),
        count=len(TARGETS),
        here=_met(times),
    )
    over = ", ".join(f"{name} ({figure(slopes[name], 1)})" for name in slow)
    beside = SLOPES.format(
        quicker=sum(number <= 1 for number in slopes.values()),
        count=len(slopes),
        median=figure(statistics.median(slopes.values())),
        slow=textwrap.fill(f"Over twice the time of their textbook form: {over}.", 110),
    )
    parts = [conditions, together, _targets(times, scalar), beside, table(times), SINGLE, _single(single)]
    return "\n\n".join(parts) + "\n"


def exponential(times: Mapping[str, Times]) -> float:
    """Return what one numpy.exp takes, in nanoseconds an element."""
    return statistics.median(min(found["exp"]) for found in times.values())


def table(times: Mapping[str, Times]) -> str:
    """Return the table of all activations, in nanoseconds an element."""
    return "\n".join([heading(COLUMNS), *(row(name, found) for name, found in times.items())])


def row(name: str, times: Times) -> str:
    """Return one line of the table."""
    shown = _quickest(times)
    cells = [name, shown["together"], figure(_together(times), 1)]
    cells += [shown.get(task, "–") for task in ("value", "slope", "textbook", "torch", "jax", "scipy")]
    return line([*cells, figure(_beside_textbook(times))])


def _targets(times: Mapping[str, Times], scalar: Mapping[str, Times]) -> str:
    columns = (
        "activation", "target, × exp", "ns without vectors", "× exp", "ns with vectors", "× exp", "torch ns",
        "jax ns",
    )  # fmt: skip

    def lines() -> Iterator[str]:
        for name, target in TARGETS.items():
            plain, here = _quickest(scalar[name]), _quickest(times[name])
            ratios = figure(_together(scalar[name]), 1), figure(_together(times[name]), 1)
            cells = [name, str(target), plain["together"], ratios[0], here["together"], ratios[1]]
            yield line([*cells, here.get("torch", "–"), here.get("jax", "–")])

    return "\n".join([heading(columns), *lines()])


def _single(times: Mapping[str, Times]) -> str:
    columns = ("activation", "f, f′ together, ns", "× exp", "torch ns", "jax ns")

    def lines() -> Iterator[str]:
        for name in TARGETS:
            shown = _quickest(times[name])
            cells = [name, shown["together"], figure(_together(times[name]), 1)]
            yield line([*cells, shown.get("torch", "–"), shown.get("jax", "–")])

    return "\n".join([heading(columns), *lines()])


def _met(times: Mapping[str, Times]) -> int:
    return sum(_together(times[name]) <= target for name, target in TARGETS.items())


def _together(times: Times) -> float:
    return _ratio(times, "together", "exp")


def _beside_textbook(times: Times) -> float | None:
    return _ratio(times, "slope", "textbook") if "textbook" in times else None


def _ratio(times: Times, task: str, base: str) -> float:
    return min(times[task]) / min(times[base])


def _quickest(times: Times) -> dict[str, str]:
    return {task: figure(min(rounds), 1) for task, rounds in times.items()}


def _versions() -> str:
    found = []
    for name in ("numpy", "torch", "jax", "scipy"):
        try:
            found.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            continue
    return ", ".join([f"Python {platform.python_version()}", *found])
