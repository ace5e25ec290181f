"""Time and memory of vanish beside torch: `python -m tests.benchmarks.vanish [--write] [--cell W B D …]`.

The grid is width × batch × depth. Five processes a cell, in turn: our engine alone, its own floor, the
statistics alone, the command `actcli vanish … --json` for one network, and the torch script that one writes
by hand: build, forward, backward, the root mean square of every ∂L/∂z. `--write` puts the whole grid into
docs/benchmarks.md; `--deepest` runs 1,000,000 layers, which torch cannot hold.
"""

import argparse
import json
import os
import statistics
import sys
from collections.abc import Callable, Iterable, Iterator
from itertools import product
from pathlib import Path

from tests.benchmarks.timing import MISSING, Run, figure, heading, interleaved, line, machine, process, ratio
from tests.cli.process import COMMAND

PAGE = Path(__file__).parents[2] / "docs" / "benchmarks.md"
Cell = tuple[int, int, int]

# Each script runs once small, so that imports and first calls are not counted, and prints its seconds: the
# least of several runs where they are short, which other work on the machine blurs most.
MAIN = """
import sys, time
def timed():
    start = time.perf_counter()
    run(*map(int, sys.argv[1:]))
    return time.perf_counter() - start
run(8, 2, 3)
first = timed()
print(min([first, *(timed() for _ in range(4 if first < 0.5 else 0))]))
"""
NETWORK = """
from actcli.network.initialiser import initialiser
from actcli.network.network import Network
from actcli.registry import get
def network(width, batch, depth):
    return Network(get("tanh"), initialiser("xavier"), depth, width, batch)
"""
ENGINE = f"""{NETWORK}
from actcli.network.propagation import propagate
def run(*sizes):
    propagate(network(*sizes))
{MAIN}"""
# What cannot be left out of the engine's two ways: its draws, products, factorisations and activations, and
# nothing else. Layers that do not fit in memory go forward twice, and weights that do not are drawn again.
FLOOR = f"""{NETWORK}
import numpy as np
from actcli.network.weightless import Factor
def run(width, batch, depth):
    shape, random = network(width, batch, depth), np.random.Generator(np.random.SFC64(0))
    x, delta = random.standard_normal((2, batch, width))
    weights = None if shape.weightless else random.standard_normal((width, width)) / width**0.5
    gram, activation = np.eye(batch) + x @ x.T / width, shape.activation.value_and_slope
    factor, single = Factor(np.linalg.cholesky(gram)[None], triangular=True), shape.weightless and batch == 1
    lower = factor.matrix[0]
    def weightless():
        x @ x.T
        if not single:
            np.linalg.cholesky(gram)
        return lower @ random.standard_normal((batch, width))
    for _ in range(depth * (1 + (shape.segment < depth))):
        if shape.weightless:
            activation(weightless())
        else:
            random.standard_normal((width, width))
            activation(x @ weights.T)
    for _ in range(depth):
        if shape.weightless:
            noise = weightless()
            noise @ x.T
            delta @ x.T
            if not single:
                lower @ (lower @ factor.inverse()[0])
            noise + lower @ x
        else:
            if not shape.kept_weights:
                random.standard_normal((width, width))
            delta @ weights
            if batch > width:
                delta.T @ x
            else:
                x @ x.T
                delta @ delta.T
{MAIN}"""
# What every report shows of every layer, for as many layers at once as the engine looks at.
STATISTICS = f"""
import numpy as np
from actcli.network import propagation, statistics
def run(width, batch, depth):
    together = min(depth, max(1, propagation._SEEN // (batch * width)))
    x = np.random.default_rng(0).standard_normal((together, 1, batch, width))
    size = np.ones((together, 1))
    for _ in range(depth // together):
        statistics.moments(x, size)
        statistics.sign_agreement(x)
        statistics.correlation(x)
        statistics.saturated_fraction(x, 1.0)
        statistics.dead_fraction(x)
    for _ in range(2 * depth):
        statistics.magnitude(x[0])
{MAIN}"""
TORCH = f"""
import torch
def run(width, batch, depth):
    torch.manual_seed(0)
    layers = [torch.nn.Linear(width, width, bias=False, dtype=torch.float64) for _ in range(depth)]
    for layer in layers:
        torch.nn.init.xavier_normal_(layer.weight)
    x, kept = torch.randn(batch, width, dtype=torch.float64), []
    for layer in layers:
        z = layer(x)
        z.retain_grad()
        kept.append(z)
        x = torch.tanh(z)
    z.backward(torch.randn_like(z))
    rms = [z.grad.square().mean().sqrt().item() for z in kept]
    return rms[0] / rms[-1]
{MAIN}"""
SENT = "vanish tanh --init xavier --trials 1 --json"
GRID = [(w, b, d) for d, w, b in product((20, 100, 1000), (64, 256, 1024), (1, 64, 256))]
QUICK = [(w, b, d) for d, w, b in product((20, 100), (64, 1024), (1, 64))]
DEEPEST = [(64, 1, 1_000_000)]
COLUMNS = (
    "width × batch × depth", "engine, s", "× its floor", "× with statistics", "MB", "command, s", "MB",
    "torch script, s", "torch process, s", "MB", "script / engine", "process / command",
)  # fmt: skip
ABOUT = """# How fast `vanish` is

Made by `python -m tests.benchmarks.vanish --write`: tanh with Xavier's initialiser in float64, one network a
cell, beside the torch script that one writes by hand for the same question (build, forward, backward, the
root mean square of every ∂L/∂z).

- **engine**: the passes forward and back with all statistics, inside a process that is warm. **its floor**:
  the draws, products, factorisations and activation calls of its own method, timed alone in the same way.
  The floor goes without the statistics that every report shows, the memory that is kept for the way back, and
  the calls that join all this; **with statistics** is beside the floor and the statistics together.
- **command**: the whole process `actcli vanish … --json`, with theory, and with every cure run: up to three
  more networks of the same size where the gradient vanishes. **torch process**: the whole script.
- **MB**: the peak of each process. Ratios above 1 say that actcli is quicker. It runs on one thread of BLAS,
  torch on as many as it takes, which other work on the machine slows down most. Read ratios, not seconds: all
  processes of a line ran one after the other.
"""


def contestants(cell: Cell, limit: float | None) -> dict[str, Callable[[], Run | None]]:
    """Return the processes of one cell; torch only where it is installed and would fit in memory."""
    sizes = [str(size) for size in cell]
    width, batch, depth = sizes
    asked = [*COMMAND, *SENT.split(), "--width", width, "--batch", batch, "--depth", depth]
    # One thread of BLAS, as the command line sets it for itself.
    found: dict[str, Callable[[], Run | None]] = {
        "engine": lambda: process([sys.executable, "-c", ENGINE, *sizes], limit, OPENBLAS_NUM_THREADS="1"),
        "floor": lambda: process([sys.executable, "-c", FLOOR, *sizes], limit, OPENBLAS_NUM_THREADS="1"),
        "statistics": lambda: process(
            [sys.executable, "-c", STATISTICS, *sizes], limit, OPENBLAS_NUM_THREADS="1"
        ),
        "command": lambda: process(asked, limit),
    }
    if _needed(cell) < 0.7 * os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"):
        found["torch"] = lambda: process([sys.executable, "-c", TORCH, *sizes], limit)
    return found


def _needed(cell: Cell) -> int:
    """Return the bytes of the torch script: weights and their gradients, and three arrays a layer."""
    width, batch, depth = cell
    return 8 * depth * (2 * width * width + 3 * batch * width)


def row(cell: Cell, rounds: int, limit: float | None) -> str:
    """Run one cell and return its line of the table; what did not end in time is missing."""
    found = interleaved(contestants(cell, limit), rounds, warm=False)
    runs = {name: [run for run in tried if run] for name, tried in found.items() if all(tried)}
    inside = {
        name: [json.loads(run.out) for run in tried] for name, tried in runs.items() if name != "command"
    }
    if inside.get("floor") and inside.get("statistics"):
        inside["both"] = [sum(pair) for pair in zip(inside["floor"], inside["statistics"], strict=True)]
    whole = {name: [run.seconds for run in tried] for name, tried in runs.items()}
    peak = {name: f"{max(run.megabytes for run in tried):.0f}" for name, tried in runs.items()}
    return line(
        [
            " × ".join(f"{size:,}" for size in cell),
            _median(inside, "engine", 3),
            _beside(inside, "engine", "floor", 2),
            _beside(inside, "engine", "both", 2),
            peak.get("engine", MISSING),
            _median(whole, "command", 2),
            peak.get("command", MISSING),
            _median(inside, "torch", 3),
            _median(whole, "torch", 2),
            peak.get("torch", MISSING),
            _beside(inside, "torch", "engine", 1),
            _beside(whole, "torch", "command", 1),
        ]
    )


def _median(times: dict[str, list[float]], name: str, digits: int) -> str:
    return figure(statistics.median(times[name]) if name in times else None, digits)


def _beside(times: dict[str, list[float]], first: str, second: str, digits: int) -> str:
    both = times.get(first) and times.get(second)
    return figure(ratio(times[first], times[second]) if both else None, digits)


def lines(cells: Iterable[Cell], rounds: int, limit: float | None) -> Iterator[str]:
    """Yield the lines of the table, each as soon as it is measured."""
    times = f"Medians of {rounds} rounds, one round from 1,000 layers on" if rounds > 1 else "One round"
    yield f"{times}; {machine()}."
    yield (
        "" if limit is None else f"{MISSING}: takes more than {limit:.0f} s, or more memory than there is.\n"
    )
    yield heading(COLUMNS)
    for cell in cells:
        yield row(cell, 1 if cell[2] >= 1_000 else rounds, limit)
    yield f"\nWhen it ended: {machine()}."


def main() -> None:
    """Print one line a cell as it is done; write the page once all are."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a few cells (a minute), not the grid (long)")
    parser.add_argument("--deepest", action="store_true", help="1,000,000 layers instead (minutes a process)")
    parser.add_argument("--cell", nargs=3, type=int, action="append", metavar=("W", "B", "D"))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--limit", type=float, help="seconds that one process may take")
    parser.add_argument("--write", action="store_true", help="put the table into docs/benchmarks.md")
    asked = parser.parse_args()
    cells = [tuple(cell) for cell in asked.cell or ()]
    cells = cells or (DEEPEST if asked.deepest else QUICK if asked.quick else GRID)
    table = []
    for text in lines(cells, asked.rounds, asked.limit):
        print(text, flush=True)
        table.append(text)
    if asked.write:
        PAGE.write_text("\n".join([ABOUT, *table, ""]), encoding="utf-8")


if __name__ == "__main__":
    main()
