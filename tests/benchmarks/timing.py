"""Measuring on a machine that has other work: everything of one round in turn, then medians over rounds."""

import os
import statistics
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from tests.cli.process import environment

MISSING = "–"
Result = TypeVar("Result")


@dataclass(frozen=True)
class Run:
    """What a whole process took: seconds by the clock and of processor time, peak memory, its output."""

    seconds: float
    processor: float
    megabytes: float
    out: str


def process(
    words: Sequence[str], limit: float | None = None, keep: bool = True, **changes: str
) -> Run | None:
    """Run one process to its end; None where it fails, or takes more than `limit` seconds.

    `changes` are added to a plain environment. Without `keep` the output is dropped: the system counts
    the peak of a child from what its parent holds when it starts.
    """
    with tempfile.TemporaryFile() as out, tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        child = subprocess.Popen(
            words, cwd=folder, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.DEVNULL,
            # Without bytecode kept, every run would compile all that it imports anew.
            env=environment(PYTHONDONTWRITEBYTECODE=None, **changes),
        )  # fmt: skip
        stop = threading.Timer(threading.TIMEOUT_MAX if limit is None else limit, child.kill)
        stop.daemon = True
        stop.start()
        # wait4 tells what this child took; the usage of all children would only ever grow.
        _, status, usage = os.wait4(child.pid, 0)
        stop.cancel()
        seconds = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        text = out.read().decode() if keep else ""
    if child.returncode != 0:
        return None
    return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, text)


def elapsed(task: Callable[[], object]) -> float:
    """Return the seconds of processor time that one call takes: waiting for a core is not counted."""
    start = time.process_time()
    task()
    return time.process_time() - start


def interleaved(
    tasks: Mapping[str, Callable[[], Result]], rounds: int, warm: bool = True
) -> dict[str, list[Result]]:
    """Return the results of every task, each called once a round; `warm` runs one round more before."""
    found: dict[str, list[Result]] = {name: [] for name in tasks}
    for number in range(-int(warm), rounds):
        for name, task in tasks.items():
            result = task()
            if number >= 0:
                found[name].append(result)
    return found


def ratio(times: Sequence[float], base: Sequence[float]) -> float:
    """Return the median over the rounds of time to base: what slows a round down slows both."""
    return statistics.median(time / unit for time, unit in zip(times, base, strict=True))


def figure(number: float | None, digits: int = 2) -> str:
    """Return a number with these decimals, fewer where it is large; MISSING for None."""
    if number is None:
        return MISSING
    return f"{number:.0f}" if abs(number) >= 100 else f"{number:.{digits}f}"


def line(cells: Sequence[str]) -> str:
    """Return one line of a Markdown table."""
    return f"| {' | '.join(cells)} |"


def heading(cells: Sequence[str]) -> str:
    """Return the first two lines of a Markdown table; all columns but the first hold numbers."""
    return "\n".join([line(cells), line(["---", *["---:"] * (len(cells) - 1)])])


def machine() -> str:
    """Return what a reader should know of the machine: cores and load, since a loaded one blurs times."""
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return f"{os.cpu_count()} cores{load}"
