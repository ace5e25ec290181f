"""What the rows of docs/accuracy.md add up to: targets met, the worst of all, and who is closer."""

import re
from collections.abc import Iterable, Iterator

ORDERS = ("f", "f′", "f″")
TARGETS = (4.0, 4.0, 8.0)


def ulp(cell: str) -> float:
    """Return the figure that a cell begins with; a lost answer is infinitely wrong, a dash is nan."""
    number = re.match(r"\d[\d.]*(?:e[+-]?\d+)?", cell)
    if number:
        return float(number[0])
    return float("inf") if cell.startswith("∞") else float("nan")


def summary(rows: list[list[str]], libraries: tuple[str, ...]) -> str:
    """Return two small tables in Markdown: how far the targets hold, and the comparison with `libraries`."""
    beside = [line for k, name in enumerate(libraries) for line in comparison(rows, 5 + k, name)]
    return (
        f"The largest error found, of {len(rows)} activations:\n\n"
        + table(["order", "target", "met by", "the worst of all"], targets(rows))
        + "\nBeside other libraries, where they have the activation and the order, all at the default"
        " parameters:\n\n"
        + table(["library", "order", "actcli closer", "the same", "the library closer"], beside)
    )


def table(heading: list[str], lines: Iterable[list[str]]) -> str:
    """Return a table in Markdown."""
    return "".join(f"| {' | '.join(cells)} |\n" for cells in [heading, ["---"] * len(heading), *lines])


def targets(rows: list[list[str]]) -> Iterator[list[str]]:
    """Yield order, target, how many meet it, and the largest figure with its activation."""
    for order, target, column in zip(ORDERS, TARGETS, range(1, 4), strict=True):
        figures = {row[0].partition(" ")[0]: ulp(row[column]) for row in rows}
        over = sorted(name for name, figure in figures.items() if not figure <= target)
        worst = max(figures, key=lambda name: figures[name])
        count = f"{len(figures) - len(over)} of {len(figures)}" + (f", not {', '.join(over)}" if over else "")
        yield [order, f"{target:g} ulp", count, f"{figures[worst]:.2f} ulp ({worst})"]


def comparison(rows: list[list[str]], column: int, library: str) -> Iterator[list[str]]:
    """Yield library, order, and how many activations each of the two is closer for."""
    for k, order in enumerate(ORDERS):
        closer: dict[str, list[str]] = {"ours": [], "same": [], "theirs": []}
        for row in rows:
            figures = row[column].split(" / ")
            theirs = ulp(figures[k]) if k < len(figures) else float("nan")
            ours = ulp(row[1 + k] if row[4] == "–" else row[4].split(" / ")[k])
            if theirs == theirs:
                side = "same" if ours == theirs else "ours" if ours < theirs else "theirs"
                closer[side].append(row[0].partition(" ")[0])
        if any(closer.values()):
            worse = closer["theirs"]
            names = f"{len(worse)} ({', '.join(worse)})" if worse else "0"
            yield [library, order, str(len(closer["ours"])), str(len(closer["same"])), names]
