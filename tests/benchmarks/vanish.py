"""Time and memory of vanish beside torch: `python -m tests.benchmarks.vanish [--quick] [--cell W B D …]`.

The grid is width × batch × depth. Three whole processes a cell, in turn and on the same core count as a user
gets: our engine alone, the command `actcli vanish … --json` for one network, and the torch script that one
writes by hand: build, forward, backward, the root mean square of every ∂L/∂z. "in" is what the work takes
inside the process, once everything is imported and warm; "whole" is the process from start to end. Ratios
are torch over actcli. `--deepest` runs 1,000,000 layers, which torch cannot hold.
"""

import argparse
import json
import os
import statistics
import sys
from collections.abc import Callable
from itertools import product

from tests.benchmarks.timing import Run, figure, heading, interleaved, line, machine, process, ratio
from tests.cli.process import COMMAND

Cell = tuple[int, int, int]
ENGINE = """
import sys, time
from actcli.network.initialiser import initialiser
from actcli.network.network import Network
from actcli.network.propagation import propagate
from actcli.registry import get
def run(width, batch, depth):
    return propagate(Network(get("tanh"), initialiser("xavier"), depth, width, batch)).log10_gradient[0, 0]
run(8, 2, 3)
start = time.perf_counter()
run(*map(int, sys.argv[1:]))
print(time.perf_counter() - start)
"""
TORCH = """
import sys, time
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
run(8, 2, 3)
start = time.perf_counter()
run(*map(int, sys.argv[1:]))
print(time.perf_counter() - start)
"""
SENT = "vanish tanh --init xavier --trials 1 --json"
GRID = [(w, b, d) for d, w, b in product((20, 100, 1000), (64, 256, 1024), (1, 64, 256))]
QUICK = [(w, b, d) for d, w, b in product((20, 100), (64, 1024), (1, 64))]
DEEPEST = [(64, 1, 1_000_000)]
COLUMNS = (
    "width × batch × depth", "engine in, s", "MB", "command whole, s", "MB", "torch in, s", "torch whole, s",
    "MB", "in: ratio", "whole: ratio",
)  # fmt: skip


def contestants(cell: Cell) -> dict[str, Callable[[], Run | None]]:
    """Return the three processes of one cell; torch only where it is installed and would fit in memory."""
    sizes = [str(size) for size in cell]
    width, batch, depth = sizes
    # One thread of BLAS, as the command line sets it for itself.
    found: dict[str, Callable[[], Run | None]] = {
        "engine": lambda: process([sys.executable, "-c", ENGINE, *sizes], OPENBLAS_NUM_THREADS="1"),
        "command": lambda: process(
            [*COMMAND, *SENT.split(), "--width", width, "--batch", batch, "--depth", depth]
        ),
    }
    if _needed(cell) < 0.7 * os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"):
        found["torch"] = lambda: process([sys.executable, "-c", TORCH, *sizes])
    return found


def _needed(cell: Cell) -> int:
    """Return the bytes of the torch script: weights and their gradients, and three arrays a layer."""
    width, batch, depth = cell
    return 8 * depth * (2 * width * width + 3 * batch * width)


def row(cell: Cell, rounds: int) -> str:
    """Run one cell and return its line of the table."""
    found = interleaved(contestants(cell), rounds, warm=False)
    runs = {name: [run for run in tried if run] for name, tried in found.items() if all(tried)}
    inside = {
        name: [json.loads(run.out) for run in runs[name]] for name in ("engine", "torch") if name in runs
    }
    whole = {name: [run.seconds for run in tried] for name, tried in runs.items()}
    shown_inside = {name: figure(statistics.median(times), 3) for name, times in inside.items()}
    shown_whole = {name: figure(statistics.median(times)) for name, times in whole.items()}
    peak = {name: f"{max(run.megabytes for run in tried):.0f}" for name, tried in runs.items()}
    cells = [" × ".join(f"{size:,}" for size in cell)]
    cells += [shown_inside.get("engine", "–"), peak.get("engine", "–")]
    cells += [shown_whole.get("command", "–"), peak.get("command", "–")]
    cells += [column.get("torch", "–") for column in (shown_inside, shown_whole, peak)]
    cells += [_beside(inside, "engine"), _beside(whole, "command")]
    return line(cells)


def _beside(times: dict[str, list[float]], ours: str) -> str:
    return figure(ratio(times["torch"], times[ours]), 1) if {"torch", ours} <= times.keys() else "–"


def main() -> None:
    """Print one line a cell as it is done."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a few cells (a minute), not the grid (long)")
    parser.add_argument(
        "--deepest", action="store_true", help="1,000,000 layers instead (ten minutes a process)"
    )
    parser.add_argument("--cell", nargs=3, type=int, action="append", metavar=("W", "B", "D"))
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    cells = [tuple(cell) for cell in asked.cell or ()]
    cells = cells or (DEEPEST if asked.deepest else QUICK if asked.quick else GRID)
    print(f"tanh, xavier, float64, one network; {machine()}; medians of {asked.rounds} rounds.\n")
    print(heading(COLUMNS), flush=True)
    for cell in cells:
        print(row(cell, asked.rounds), flush=True)


if __name__ == "__main__":
    main()
