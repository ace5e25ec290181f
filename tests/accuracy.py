"""Measure every elementwise activation against its formula: `python -m tests.accuracy [NAME …] [--write]`.

For each record, setting and order the worst error in ulp is hunted: edges, a sample over all exponents,
the neighbourhoods of zeros and kinks, then ever closer around the largest error found. Where torch, jax or
scipy are installed their functions, differentiated by themselves, are measured on the same points.
`--write` puts the rows measured into docs/accuracy.md, to which the tests hold the code;
`--dtype float32` or `float16` measures in the ulp of that type.
"""

import math
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actcli import registry
from actcli.activation import Activation
from tests import rivals
from tests.oracle import OSCILLATING, error_in_ulp
from tests.standing import summary

PAGE = Path(__file__).parent.parent / "docs" / "accuracy.md"
Function = Callable[[NDArray[Any]], NDArray[Any]]
EDGES = (
    0.0,
    5e-324,
    1e-310,
    1e-300,
    1e-155,
    1e-8,
    1.0,
    37.0,
    40.0,
    700.0,
    744.0,
    1e3,
    1e8,
    1e100,
    1e300,
    1e308,
)


PREFACE = """# Accuracy

Made by `python -m tests.accuracy --write`.

The worst error found in float64, in ulp of the true value (the formula of the record, evaluated by
mpmath to 30 digits or more), over |x| from 5e-324 to 1e308, both signs, with all parameters at their
defaults, bounds, halves and doubles; in brackets the setting, where it is not the default, and x. 0.50
is a correctly rounded result. The neighbourhoods of zeros and kinks are searched, and so is that of
every worst point. "defaults" is the same with the default parameters alone, f / f′ / f″. Other libraries
are measured at their default parameters, on a quarter of the points and where actcli is worst,
differentiated by themselves; 1e+16 and ∞ mean that every digit is lost, or that the answer is not a
number; 2e+13 for a value in jax, that subnormal numbers are taken for 0. † marks oscillating functions,
which have infinitely many zeros: their unit is the ulp or what half an ulp of x amounts to, whichever is
more.
"""


@dataclass(frozen=True)
class Worst:
    """The largest error found, in ulp, and where."""

    ulp: float = 0.0
    x: float = 0.0
    label: str = ""


def elementwise() -> tuple[Activation, ...]:
    """Return every elementwise activation of the catalogue."""
    records = (registry.get(name) for name in registry.names())
    return tuple(record for record in records if isinstance(record, Activation))


def settings(record: Activation) -> Iterator[Activation]:
    """Yield the record with its defaults, then with each parameter at its bounds, at half and at double."""
    yield record
    for parameter in record.parameters:
        for value in (parameter.low, parameter.high, parameter.default / 2, parameter.default * 2):
            allowed = parameter.low <= value <= parameter.high and not (parameter.integer and value % 1)
            if allowed and value != parameter.default:
                yield record.bind(**{parameter.name: value})


def sample(record: Activation, order: int, count: int, seed: int, dtype: Any = np.float64) -> NDArray[Any]:
    """Return edges, points over all exponents, and the neighbourhoods of zeros and kinks, without kinks."""
    random = np.random.default_rng([seed, order])
    logarithmic = np.exp(random.uniform(math.log(1e-12), math.log(800), count))
    extreme = 10 ** random.uniform(-320, 308, count // 8)
    sizes = np.concatenate([EDGES, logarithmic, random.uniform(0, 30, count), extreme])
    special = [*record.breakpoints, *zeros(lambda x: record(x, order))]
    close = [
        point + np.ldexp(random.uniform(-1, 1, 6), -np.arange(4, 58, 9)) * max(abs(point), 1e-3)
        for point in special
    ]
    both = np.concatenate([sizes, -sizes, *close])
    with np.errstate(over="ignore"):
        points = np.unique(both.astype(dtype))
    return points[np.isfinite(points) & ~np.isin(points, record.breakpoints)]


def zeros(function: Function) -> list[float]:
    """Return where the function changes its sign between −50 and 50, at most a dozen of them."""
    grid = np.linspace(-50.0003, 50.0007, 4001)
    signs = np.sign(function(grid))
    low, high = (grid[:-1][signs[:-1] * signs[1:] < 0], grid[1:][signs[:-1] * signs[1:] < 0])
    for _ in range(60):
        middle = (low + high) / 2
        same = np.sign(function(low)) == np.sign(function(middle))
        low, high = np.where(same, middle, low), np.where(same, high, middle)
    return [float(x) for x in low[:12]]


def errors(record: Activation, order: int, points: NDArray[Any], function: Function) -> list[Worst]:
    """Return the error at every point, the largest first."""
    values = function(points)
    dtype = points.dtype
    found = [
        Worst(error_in_ulp(record, order, float(x), float(y), dtype), float(x), record.label)
        for x, y in zip(points, values, strict=True)
    ]
    return sorted(found, key=lambda worst: -worst.ulp)


def hunt(record: Activation, order: int, function: Function, points: NDArray[Any], rounds: int = 5) -> Worst:
    """Return the worst of the sample and of points drawn ever closer around the three worst so far."""
    random = np.random.default_rng(order)
    best = errors(record, order, points, function)[:3]
    for width in np.ldexp(1.0, -3 * np.arange(1, rounds + 1)):
        with np.errstate(all="ignore"):
            near = np.concatenate([worst.x * (1 + width * random.uniform(-1, 1, 16)) for worst in best])
            near = np.unique(near.astype(points.dtype))
        near = near[np.isfinite(near) & ~np.isin(near, record.breakpoints)]
        best = sorted([*best, *errors(record, order, near, function)], key=lambda worst: -worst.ulp)[:3]
    return best[0]


def measure(record: Activation, order: int, count: int = 240, dtype: Any = np.float64) -> list[Worst]:
    """Return the worst error of this order for every setting of the record, the defaults first."""
    found = []
    for bound in settings(record):
        points = sample(bound, order, count if bound.label == record.label else count // 4, 0, dtype)
        found.append(hunt(bound, order, lambda x, bound=bound: bound(x, order), points))
    return found


def rival_figure(record: Activation, order: int, function: Function, known: float) -> str:
    """Return the worst error of another library's function, with the default parameters.

    `known` is where ours is worst, which is looked at too.
    """
    points = np.union1d(sample(record, order, 60, 0), known)
    try:
        return figure(hunt(record, order, function, points, rounds=2).ulp)
    except RuntimeError:
        # torch has no second derivative of some functions.
        return "–"


def figure(ulp: float) -> str:
    """Return an error rounded up to two decimals; a lost answer is ∞."""
    if math.isinf(ulp):
        return "∞"
    return f"{math.ceil(ulp * 100) / 100:.2f}" if ulp < 1000 else f"{ulp:.0e}"


def row(record: Activation, dtype: Any) -> list[str]:
    """Return one line of the table: our three orders with their worst points, then those at the defaults
    alone, where there are parameters, then the rivals' figures."""
    cells = [f"{record.name}{' †' if record.family in OSCILLATING else ''}"]
    found = [measure(record, order, dtype=dtype) for order in range(3)]
    for worst in (max(each, key=lambda worst: worst.ulp) for each in found):
        place = f"{worst.label.partition(':')[2]} {worst.x:.6g}".strip()
        cells.append(f"{figure(worst.ulp)} ({place})" if worst.ulp else "0")
    cells.append(" / ".join(figure(each[0].ulp) for each in found) if record.parameters else "–")
    for rival in rivals.LIBRARIES:
        functions = rivals.functions(rival, record) if dtype == np.float64 else None
        orders = [] if functions is None else functions
        figures = [rival_figure(record, k, function, found[k][0].x) for k, function in enumerate(orders)]
        cells.append(" / ".join(figures) or "–")
    return cells


def page(rows: list[list[str]]) -> str:
    """Return docs/accuracy.md with these rows in place of the old ones of the same activations."""
    heading = [
        "activation",
        "f",
        "f′",
        "f″",
        "defaults",
        *(f"{name}: f / f′ / f″" for name in rivals.LIBRARIES),
    ]
    merged = {**stated(), **{cells[0].partition(" ")[0]: cells for cells in rows}}
    kept = [merged[name] for name in sorted(merged) if name in registry.names()]
    table = "\n".join(f"| {' | '.join(cells)} |" for cells in [heading, ["---"] * len(heading), *kept])
    return f"{PREFACE}\n{summary(kept, rivals.LIBRARIES)}\n## Every activation\n\n{table}\n"


def stated() -> dict[str, list[str]]:
    """Return the rows of docs/accuracy.md by the name of the activation; none where there is no page yet."""
    text = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    lines = text[text.find("| activation |") :].splitlines()
    rows = [[cell.strip() for cell in line.strip("| ").split("|")] for line in lines if line.startswith("| ")]
    return {cells[0].partition(" ")[0]: cells for cells in rows[2:]}


def main(words: list[str]) -> None:
    """Measure the activations named, or all, and print or write the table."""
    dtype = np.dtype(words[words.index("--dtype") + 1] if "--dtype" in words else "float64")
    names = {word for word in words if not word.startswith("--") and word != dtype.name}
    rows = []
    for record in elementwise():
        if not names or record.name in names or record.family in names:
            rows.append(row(record, dtype))
            print(" | ".join(rows[-1]), flush=True)
    print(f"\n{summary(rows, rivals.LIBRARIES)}")
    if "--write" in words:
        PAGE.parent.mkdir(exist_ok=True)
        PAGE.write_text(page(rows), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
