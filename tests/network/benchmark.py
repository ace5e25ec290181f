"""Time and memory of the passes beside torch: `python -m tests.network.benchmark [--torch PYTHON] [--all]`.

Whole processes, one after another in one run, so that their ratios mean something on a noisy machine. The
torch script does what one writes by hand: build, forward, backward, the root mean square of every ∂L/∂z.
"""

import argparse
import statistics
import subprocess
import sys
import time

OURS = """
import sys
from actcli.network.initialiser import initialiser
from actcli.network.network import Network
from actcli.network.propagation import propagate
from actcli.registry import get
width, batch, depth = map(int, sys.argv[1:])
print(propagate(Network(get("tanh"), initialiser("xavier"), depth, width, batch)).log10_gradient[0, 0])
"""
TORCH = """
import sys
import torch
width, batch, depth = map(int, sys.argv[1:])
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
print(rms[0] / rms[-1])
"""
QUICK = [(width, batch, depth) for depth in (20, 100) for width in (64, 256, 1024) for batch in (1, 64)]
GRID = [
    (width, batch, depth) for depth in (20, 100, 1000) for width in (64, 256, 1024) for batch in (1, 64, 256)
]


def run(python: str, program: str, case: tuple[int, int, int]) -> tuple[float, float] | None:
    """Return seconds and peak megabytes of one process, or None where it fails."""
    # The child measures its own peak: that of all children only ever grows.
    tail = "\nimport resource; print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)"
    start = time.perf_counter()
    done = subprocess.run([python, "-c", program + tail, *map(str, case)], capture_output=True, text=True)
    seconds = time.perf_counter() - start
    return (seconds, float(done.stdout.split()[-1])) if done.returncode == 0 else None


def main() -> None:
    """Print one row a case: seconds and megabytes of both, and the ratio of the times."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--torch", default=sys.executable, help="a Python that has torch")
    parser.add_argument("--all", action="store_true", help="the whole grid (many minutes)")
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    print(f"{'width':>6}{'batch':>6}{'depth':>6}   actcli s    MB    torch s    MB   torch/actcli")
    for case in GRID if options.all else QUICK:
        pairs = [
            (run(sys.executable, OURS, case), run(options.torch, TORCH, case)) for _ in range(options.repeat)
        ]
        ours, theirs = ([pair[k] for pair in pairs if pair[k]] for k in (0, 1))
        cells = [
            tuple(map(statistics.median, zip(*rows, strict=True))) if rows else None
            for rows in (ours, theirs)
        ]
        shown = "".join(f"{c[0]:11.2f}{c[1]:6.0f}" if c else f"{'—':>11}{'—':>6}" for c in cells)
        ratio = f"{cells[1][0] / cells[0][0]:15.1f}" if all(cells) else f"{'—':>15}"
        print("".join(f"{n:6}" for n in case) + shown + ratio, flush=True)


if __name__ == "__main__":
    main()
