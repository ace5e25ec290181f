"""Time per element of elementwise activations: `python -m tests.benchmarks.activations [NAME …] [--write]`.

Value and slope together, and each alone, in nanoseconds an element and as a ratio to numpy.exp on the same
array in the same rounds; beside them value and slope by torch and jax, and the value by scipy, where they
are installed. Processor time, on one core. What one exponential costs differs tenfold from machine to
machine (vector instructions or none), hence both figures; NPY_DISABLE_CPU_FEATURES=X86_V4 (or AVX512F, in
older NumPy) takes the vectors away. "textbook" is the slope as books print it, in plain NumPy on the whole
array, without care for digits; the last column is our slope's time over that. The quickest round counts: what
else the machine does only adds. `--write` measures all, in
float32 too and the commonest without vectors, and makes docs/speed.md of it.
"""

import argparse
import importlib.util
import json
import os
import subprocess
import sys
import warnings
from collections.abc import Callable, Collection, Mapping
from typing import Any

# Before numpy, torch and jax start their threads: one core is compared with one core.
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})

import numpy as np

from actcli.activation import Activation, Array
from actcli.formula import parse
from actcli.formula.primitives import PRIMITIVES
from tests import rivals
from tests.accuracy import elementwise
from tests.benchmarks import speed
from tests.benchmarks.timing import elapsed, figure, interleaved, machine

Task = Callable[[], object]
# Slopes that books write otherwise than our records do, in the language of formulas.
TEXTBOOK = {
    "sigmoid": "sigmoid(x)*(1 - sigmoid(x))",
    "tanh": "1 - tanh(x)**2",
    "silu": "sigmoid(x)*(1 + x*(1 - sigmoid(x)))",
    "mish": "tanh(softplus(x)) + x*sigmoid(x)*(1 - tanh(softplus(x))**2)",
    "gelu": "(1 + erf(x/sqrt(2)))/2 + x*exp(-x**2/2)/sqrt(2*pi)",
}


def _plain() -> Mapping[str, Callable[..., Any]]:
    """Return the primitives as NumPy has them; those that it lacks are taken by their definition."""
    known = {name: getattr(np, name, None) for name in PRIMITIVES}
    found: dict[str, Callable[..., Any]] = {name: known[name] for name in known if known[name] is not None}
    found |= {"min": np.minimum, "max": np.maximum, "number": float, "sech": lambda u: 1 / np.cosh(u)}
    found |= {"and": np.logical_and, "or": np.logical_or, "not": np.logical_not}
    # NumPy's own sinc has π in it, and x ** 2 is quicker than numpy.power.
    del found["sinc"], found["power"]
    if importlib.util.find_spec("scipy"):
        from scipy import special

        found |= {"erf": special.erf, "erfc": special.erfc}
    return found


def tasks(record: Activation, x: Array) -> dict[str, Task | None]:
    """Return what is timed for one record; None where there is no such thing."""
    y, slope = np.empty_like(x), np.empty_like(x)
    values = {parameter.name: parameter.default for parameter in record.parameters}
    formula, plain = parse(TEXTBOOK.get(record.name, record.orders[1].formula), values), _plain()
    return {
        "exp": lambda: np.exp(x, out=y),
        "together": lambda: record.value_and_slope(x, out=(y, slope)),
        "value": lambda: record(x, out=y),
        "slope": lambda: record(x, 1, out=slope),
        "textbook": _working(lambda: _whole(formula.evaluate_with(plain, x, values), x)),
        "torch": _torch(record, x),
        "jax": _jax(record, x),
        "scipy": _scipy(record, x),
    }


def _whole(result: Any, x: Array) -> Any:
    """Return an array where the slope is a constant, as everyone else does."""
    return result if isinstance(result, np.ndarray) else np.full_like(x, result)


def _working(task: Task) -> Task | None:
    """Return the task where it runs: plain NumPy has no erf, for one."""
    try:
        task()
    except Exception:
        return None
    return task


def _torch(record: Activation, x: Array) -> Task | None:
    word = rivals.spelled(record, "torch.nn.functional.")
    if word is None or not importlib.util.find_spec("torch"):
        return None
    import torch

    function, ones = getattr(torch.nn.functional, word), torch.tensor(np.ones_like(x))
    z = torch.tensor(x, requires_grad=True)
    return _working(lambda: torch.autograd.grad(function(z), z, ones))


def _jax(record: Activation, x: Array) -> Task | None:
    word = rivals.spelled(record, "jax.nn.")
    if word is None or not importlib.util.find_spec("jax"):
        return None
    import jax

    jax.config.update("jax_enable_x64", True)
    both, z = jax.jit(jax.vmap(jax.value_and_grad(getattr(jax.nn, word)))), jax.numpy.asarray(x)
    return _working(lambda: jax.block_until_ready(both(z)))


def _scipy(record: Activation, x: Array) -> Task | None:
    word = rivals.SCIPY.get(record.name)
    if word is None or not importlib.util.find_spec("scipy"):
        return None
    from scipy import special

    function, y = getattr(special, word), np.empty_like(x)
    return lambda: function(x, out=y)


def measure(record: Activation, x: Array, rounds: int) -> speed.Times:
    """Return the nanoseconds an element of every task, one number a round."""
    timed = {name: task for name, task in tasks(record, x).items() if task is not None}
    found = interleaved({name: lambda task=task: _warm(task) for name, task in timed.items()}, rounds)
    return {name: [seconds * 1e9 / x.size for seconds in times] for name, times in found.items()}


def _warm(task: Task) -> float:
    """Return the seconds of the second of two calls: the task before has left its own arrays in the cache."""
    task()
    return elapsed(task)


def measured(names: Collection[str], x: Array, rounds: int) -> dict[str, speed.Times]:
    """Return the times of the activations and families named, or of all."""
    with np.errstate(all="ignore"):
        return {
            record.name: measure(record, x, rounds)
            for record in elementwise()
            if not names or {record.name, record.family} & set(names)
        }


def without_vectors(names: Collection[str], rounds: int) -> dict[str, speed.Times]:
    """Return the times where NumPy must do without vector instructions, which it decides at its start."""
    words = [sys.executable, "-m", "tests.benchmarks.activations", *names, "--rounds", str(rounds), "--json"]
    environment = {**os.environ, "NPY_DISABLE_CPU_FEATURES": "X86_V4 AVX512F"}
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=True)
    found: dict[str, speed.Times] = json.loads(done.stdout)
    return found


def main() -> None:
    """Print the table, in nanoseconds an element, or write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help="activations or families; all by default")
    parser.add_argument(
        "--size", type=int, default=100_000, help="elements, normal with deviation 3 (100000)"
    )
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--json", action="store_true", help="print every round of every task")
    parser.add_argument("--write", action="store_true", help="measure all and write docs/speed.md")
    asked = parser.parse_args()
    warnings.simplefilter("ignore")
    x = np.random.default_rng(0).normal(0, 3, asked.size)
    times = measured(asked.names, x, asked.rounds)
    if asked.json:
        print(json.dumps(times))
    elif asked.write:
        scalar = without_vectors(speed.TARGETS, asked.rounds)
        single = measured(speed.TARGETS, x.astype(np.float32), asked.rounds)
        speed.PAGE.write_text(speed.page(times, scalar, single, asked.rounds, asked.size), encoding="utf-8")
    else:
        print(f"ns an element, {machine()}; the quickest of {asked.rounds} rounds on {x.size} elements.")
        print(f"numpy.exp: {figure(speed.exponential(times))} ns.\n\n{speed.table(times)}")


if __name__ == "__main__":
    main()
