"""Every file in examples/ runs, in silence on standard error, and tells the story that its text promises."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
EXAMPLES = sorted(path.name for path in (ROOT / "examples").iterdir() if path.suffix in {".py", ".sh"})


@pytest.fixture(scope="session")
def commands(tmp_path_factory):
    """A folder with an `actcli` command that runs this checkout."""
    folder = tmp_path_factory.mktemp("bin")
    for name, words in (("actcli", "-m actcli"), ("python3", "")):
        script = folder / name
        script.write_text(f'#!/bin/sh\nexec "{sys.executable}" {words} "$@"\n')
        script.chmod(0o755)
    return folder


@pytest.fixture
def run(commands, tmp_path):
    def run(name):
        words = [sys.executable] if name.endswith(".py") else ["bash"]
        environment = os.environ | {
            "PATH": f"{commands}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "PYTHONIOENCODING": "utf-8",
        }
        return subprocess.run(
            [*words, str(ROOT / "examples" / name)],
            cwd=tmp_path, env=environment, capture_output=True, text=True, encoding="utf-8", timeout=120,
        )  # fmt: skip

    return run


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_runs_and_says_something(run, name):
    done = run(name)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()
    assert "Traceback" not in done.stderr
    assert "Warning" not in done.stderr


def numbers(text):
    return [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?(?:e-?\d+)?", text.replace("−", "-"))]


def test_linear_layers_collapse_and_relu_layers_do_not(run):
    identity, relu = run("linear_collapse.py").stdout.splitlines()
    assert numbers(identity)[-1] == 0
    assert numbers(relu)[-1] > 0.2


def test_the_three_layer_network_gives_the_outputs_computed_by_hand(run):
    last = run("three_layer_network.py").stdout.splitlines()[-1]
    assert numbers(last) == [0.31682708, 0.69627909]


def test_softmax_survives_logits_that_overflow_the_textbook_formula(run):
    lines = run("softmax_overflow.py").stdout.splitlines()
    assert lines[1].count("nan") == 3
    assert numbers(lines[2]) == pytest.approx([0.9999546, 4.53978686e-05, 2.06106005e-09], rel=1e-6)


def test_one_oscillating_neuron_solves_xor_and_no_sigmoid_neuron_does(run):
    lines = run("xor_single_neuron.py").stdout.splitlines()
    assert [numbers(line.split("=")[1])[0] for line in lines[:4]] == [-0.375, 0.375, 0.375, -1.875]
    assert "3 of 4" in lines[4]


def test_sigmoid_zigzags_and_tanh_does_not(run):
    sigmoid, tanh = run("zigzag.py").stdout.splitlines()
    assert "100%" in sigmoid
    assert numbers(sigmoid)[1] > 1.5 * numbers(tanh)[1]


def test_relu_units_die_of_large_steps_and_leaky_ones_do_not(run):
    lines = run("dying_relu.py").stdout.splitlines()
    dead = [numbers(line)[-1] for line in lines[:6]]
    assert dead[0] < dead[2]
    assert dead[2] > 10
    assert dead[3:] == [0, 0, 0]
    assert [numbers(line)[-1] for line in lines[6:]] == [0, 100]


def test_the_gradient_vanishes_with_depth_for_sigmoid_and_not_for_relu(run):
    rows = {line.split()[0]: numbers(line) for line in run("vanishing_by_depth.py").stdout.splitlines()[2:]}
    assert rows["sigmoid"][3] < -25
    assert abs(rows["relu"][3]) < 2


def test_a_kernel_in_float32_passes_its_check_and_loses_its_tail(run):
    checked, value, slope = run("check_my_kernel.py").stdout.splitlines()
    assert "value? True" in checked and numbers(checked)[0] > 100
    # exp(89) overflows in float32, and all 24 bits are gone.
    assert value.startswith("value: at worst 1.68e+07 ulp of float32") and numbers(value)[-1] < -80
    assert slope.startswith("slope: at worst")


@pytest.mark.parametrize(
    "words", ["--check", "--against silu --fail-above 1e9", "--against silu --exhaustive"]
)
def test_a_kernel_is_loaded_by_the_command_line(commands, tmp_path, words):
    script = str(ROOT / "examples" / "check_my_kernel.py")
    done = subprocess.run(
        [str(commands / "actcli"), "derive", "my_silu", "--load", script, *words.split()],
        cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
        capture_output=True, text=True, encoding="utf-8", timeout=120,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    assert "my_silu" in done.stdout


def test_the_example_for_torch_compares_or_says_that_torch_is_missing(run):
    from importlib.util import find_spec

    said = run("check_torch.py").stdout
    assert "value: at worst" in said if find_spec("torch") else "torch is not installed" in said
