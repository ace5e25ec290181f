"""What starting costs: `python -m tests.benchmarks.startup [--rounds N]` prints a table for the README.

Whole processes, each once a round and in turn, beside what Python and its imports cost in the same rounds.
The last two columns set each command against the least that it could cost: the bare imports it stands on,
by the clock and by processor time (which other work on the machine blurs less).
"""

import argparse
import importlib.util
import statistics
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tests.benchmarks.timing import Run, figure, heading, interleaved, line, machine, process, ratio
from tests.cli.process import COMMAND

PASS, TYPER, NUMPY, BOTH = "pass", "import typer", "import numpy", "import typer, numpy"
RICH = f"{BOTH}, rich.console, rich.table"
PICTURE = f"{BOTH}, matplotlib.figure, matplotlib.backends.backend_agg"
SCRIPT = """
import torch
import matplotlib.pyplot as plt
x = torch.linspace(-6, 6, 1000, requires_grad=True)
y = torch.relu(x)
(slope,) = torch.autograd.grad(y.sum(), x)
plt.plot(x.detach(), y.detach())
plt.plot(x.detach(), slope)
plt.savefig("relu.png")
"""
COLUMNS = (
    "command", "ms", f"× `python -c {PASS}`", f"× `{TYPER}`", f"× `{NUMPY}`", "× its imports",
    "processor: × its imports",
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One line of the table: what is run, and the bare imports that it stands on."""

    words: str
    floor: str
    environment: Mapping[str, str]


def _row(words: str, floor: str, **environment: str) -> Row:
    return Row(words, floor, environment)


ROWS = {
    "actcli --version": _row("--version", PASS),
    "shell completion": _row(
        "", TYPER, _ACTCLI_COMPLETE="complete_bash", COMP_WORDS="actcli plot re", COMP_CWORD="2"
    ),
    "actcli --help": _row("--help", TYPER),
    "actcli list --json": _row("list --json", BOTH),
    "actcli derive sigmoid --json": _row("derive sigmoid --json", BOTH),
    "actcli compare sigmoid tanh relu --json": _row("compare sigmoid tanh relu --json", BOTH),
    "actcli vanish sigmoid --depth 20 --json": _row("vanish sigmoid --depth 20 --json", BOTH),
    "actcli derive sigmoid": _row("derive sigmoid", BOTH),
    "actcli derive sigmoid (in colour)": _row("derive sigmoid", RICH, FORCE_COLOR="1"),
    "actcli plot relu": _row("plot relu --output relu.png", PICTURE),
}


def tasks() -> dict[str, Callable[[], Run | None]]:
    """Return every process by its name: the bare ones, our commands, and a script that uses torch."""
    bare = {
        program: lambda program=program: process([sys.executable, "-c", program], OPENBLAS_NUM_THREADS="1")
        for program in (PASS, TYPER, NUMPY, BOTH, RICH, PICTURE)
    }
    ours = {
        name: lambda row=row: process([*COMMAND, *row.words.split()], **row.environment)
        for name, row in ROWS.items()
    }
    rival = {"a script with torch and pyplot": lambda: process([sys.executable, "-c", SCRIPT])}
    return {**bare, **ours, **(rival if importlib.util.find_spec("torch") else {})}


def table(found: Mapping[str, list[Run]]) -> list[str]:
    """Return the lines of the table: what bare imports cost, then our commands."""
    clock = {name: [run.seconds for run in runs] for name, runs in found.items()}
    processor = {name: [run.processor for run in runs] for name, runs in found.items()}
    lines = []
    for name, times in clock.items():
        shown = f"`python -c '{name}'`" if name in (PASS, TYPER, NUMPY, BOTH, RICH, PICTURE) else f"`{name}`"
        cells = [
            shown if name in ROWS or "python" in shown else name,
            figure(statistics.median(times) * 1e3, 0),
        ]
        cells += [figure(ratio(times, clock[base])) for base in (PASS, TYPER, NUMPY)]
        if name in ROWS:
            floor = ROWS[name].floor
            cells += [figure(ratio(each[name], each[floor])) for each in (clock, processor)]
        lines.append(line([*cells, *["–"] * (len(COLUMNS) - len(cells))]))
    return lines


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=11)
    asked = parser.parse_args()
    found = interleaved(tasks(), asked.rounds)
    failed = [name for name, runs in found.items() if not all(runs)]
    if failed:
        sys.exit(f"these failed: {', '.join(failed)}")
    print(f"Medians of {asked.rounds} rounds; {machine()}.\n\n{heading(COLUMNS)}")
    print(*table({name: [run for run in runs if run] for name, runs in found.items()}), sep="\n")


if __name__ == "__main__":
    main()
