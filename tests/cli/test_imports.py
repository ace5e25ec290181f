"""What each command imports: start-up stays quick because of what is not there."""

import subprocess
import sys
from functools import cache

import pytest

from tests.cli.process import environment

_SCRIPT = """
import sys
from actcli.__main__ import main
code = main({words!r})
sys.stdout.flush()
print(code, *sys.modules, file=sys.stderr)
"""


def imported(*words, cwd, **changes):
    """Return the modules that are there after a command line has run."""
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT.format(words=[*words])],
        cwd=cwd, env=environment(**changes), capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    code, *modules = done.stderr.splitlines()[-1].split()
    assert code in {"0", "1"}, done.stderr
    return set(modules)


HEAVY = {"scipy", "mpmath", "sympy", "torch", "jax", "pandas", "click", "pydantic", "pydantic_core"}


@pytest.mark.parametrize(
    ("line", "absent"),
    [
        (
            "--version",
            {"typer", "numpy", "rich", "matplotlib", "re", "json", "typing", "dataclasses", "signal"},
        ),
        ("--help", {"numpy", "rich", "matplotlib"}),
        ("plot --help", {"numpy", "rich", "matplotlib"}),
        ("vanish --help", {"numpy", "rich", "matplotlib"}),
        ("list", {"rich", "matplotlib", "numpy.random", "numpy.ma", "tempfile", "actcli.formula"}),
        ("list relu --json", {"rich", "matplotlib", "actcli.cli.vanish"}),
        ("derive gelu", {"rich", "matplotlib"}),
        ("derive gelu --json", {"rich", "matplotlib", "numpy.random", "actcli.network.network"}),
        ("vanish sigmoid --depth 3 --fail-below 1e-9", {"rich", "matplotlib"}),
        ("vanish sigmoid --depth 3 --format csv", {"rich", "matplotlib", "actcli.formula"}),
        ("compare relu tanh --format markdown", {"rich", "matplotlib", "actcli.formula"}),
        ("compare relu tanh --json", {"rich", "matplotlib", "numpy.random", "tempfile", "actcli.formula"}),
        ("plot relu --json", {"rich", "matplotlib"}),
        ("plot relu", {"rich", "matplotlib.pyplot"}),
    ],
)
def test_a_command_imports_only_what_it_needs(tmp_path, line, absent):
    modules = imported(*line.split(), cwd=tmp_path)
    # An older numpy brings its random numbers whether asked or not.
    brought = with_numpy() if "numpy" in modules else set()
    assert modules & (absent - brought | HEAVY) == set()


@cache
def with_numpy():
    """Return the modules of numpy that importing numpy alone brings."""
    script = "import numpy, sys; print(*(name for name in sys.modules if name.startswith('numpy')))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    return set(done.stdout.split())


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
@pytest.mark.parametrize("line", ["actcli ", "actcli plot re", "actcli vanish --de", "actcli derive elu:al"])
def test_completion_imports_neither_numpy_nor_rich(tmp_path, shell, line):
    words = line.split()
    changes = {
        "_ACTCLI_COMPLETE": f"complete_{shell}",
        "COMP_WORDS": line, "COMP_CWORD": str(len(words) - (not line.endswith(" "))),
        "_TYPER_COMPLETE_ARGS": line, "_TYPER_COMPLETE_FISH_ACTION": "get-args",
    }  # fmt: skip
    modules = imported(cwd=tmp_path, **changes)
    assert modules & {"numpy", "rich", "matplotlib"} == set()
    assert len(words) == 1 or modules & HEAVY == set()
