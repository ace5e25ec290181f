"""How activations are named: formulas, a user's own file, plug-ins, and the same thing twice."""

import json
from pathlib import Path

import pytest

from tests.cli.process import actcli, is_one_error_line

OWN = """
import numpy as np
import actcli

print("said while loading")
cube = actcli.Activation(
    name="own_cube", title="Cube", family="mine", reference=actcli.Reference("me"),
    orders=(
        actcli.Order("x**3", lambda x: x**3),
        actcli.Order("3*x**2", lambda x: {slope}*x**2),
        actcli.Order("6*x", lambda x: 6*x),
    ),
    facts_of=lambda: actcli.Facts(-np.inf, np.inf, 0, np.inf, np.inf, np.inf, parity="odd"),
)
again = cube
leaky = actcli.get("leaky_relu").bind(negative_slope=0.2)
"""


@pytest.mark.parametrize(
    "formula",
    [
        "x * tanh(softplus(x))",
        "mine = x * sigmoid(1.5 * x)",
        "x if x > 0 else 0.1*x",
        "relu(x) + silu(x)",
        "  x**3  ",
    ],
)
@pytest.mark.parametrize("command", ["plot", "derive", "vanish", "compare", "list"])
def test_a_formula_works_wherever_a_name_does(run, command, formula):
    done = run(command, formula, "--json", "-q")
    assert (done.code, done.err) == (0, "")
    assert json.loads(done.out)["report"] == command


@pytest.mark.parametrize(
    "formula",
    [
        "__import__('os')", "__import__", "x.__class__", "lambda: 1", "f'{x}'", "'a'*10**10", "().__class__",
        "[x]*10**9", "x and x", "x := 3", "open(x)", "x; x", "exec(x)", "x[0]", "{x}", "x if x", "(x", "x)",
        "x +", "*x", "x, x", "await x", "x @ x", "x // 2", "~x", "x << 2", "print(x)", "1e999*x",
        "x**\u2028", "where(x, 1)",
    ],
)  # fmt: skip
def test_what_is_outside_the_language_is_refused_with_its_position_and_nothing_runs(run, formula):
    for command in ("derive", "vanish"):
        done = run(command, "--", formula)
        assert (done.code, done.out) == (2, "")
        assert is_one_error_line(done.err), done.err
        assert "(at character " in done.err or "unknown activation" in done.err, done.err


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        ("x" + "+x" * 250, "501 characters"),
        ("(" * 300 + "x" + ")" * 300, "601 characters"),
        ("(" * 200 + "x" + ")" * 200, "nested too deeply"),
        ("a" * 100_000, "100000 characters; at most 500"),
        ("3 + 4", "does not depend on x"),
    ],
)
def test_a_formula_too_long_too_deep_or_without_x_is_refused_before_it_is_read(run, formula, said):
    done = run("derive", formula)
    assert (done.code, done.out) == (2, "")
    assert is_one_error_line(done.err), done.err
    assert said in done.err


def test_a_tower_of_powers_is_infinite_at_once_and_not_computed_digit_by_digit(run):
    done = run("derive", "x + 9**9**9**9", "--at", "1", "--json")
    assert done.code == 0
    assert json.loads(done.out)["points"][0]["value"] is None


@pytest.mark.parametrize("command", ["plot", "compare"])
def test_the_same_activation_twice_is_shown_once_and_that_is_said(run, command):
    done = run(command, "silu", "swish", "silu:beta=1", "relu", "--json")
    assert done.code == 0
    assert done.err == 2 * "note: silu is given more than once; it is shown once\n"
    assert [entry["name"] for entry in json.loads(done.out)["activations"]] == ["silu", "relu"]


def test_the_same_activation_with_two_parameters_is_two(run):
    done = run("compare", "elu", "elu:alpha=0.5", "--json")
    assert (done.code, done.err) == (0, "")
    assert [entry["parameters"]["alpha"] for entry in json.loads(done.out)["activations"]] == [1, 0.5]


def test_a_loaded_file_gives_its_activations_to_every_command(tmp_path):
    (tmp_path / "own.py").write_text(OWN.format(slope=3))
    for command in ("plot", "derive", "vanish", "compare", "list"):
        done = actcli(command, "own_cube", "--load", "own.py", "--json", cwd=tmp_path)
        assert done.code == 0, done.err
        assert done.err == "said while loading\n"
        assert "own_cube" in done.out
        json.loads(done.out)
    done = actcli("derive", "own_cube(x) + x", "--load", "own.py", "--at", "2", "--json", cwd=tmp_path)
    assert json.loads(done.out)["points"][0]["derivative"] == 13


def test_a_wrong_derivative_in_a_loaded_file_fails_the_check(tmp_path):
    (tmp_path / "own.py").write_text(OWN.format(slope=3.00001))
    done = actcli("derive", "own_cube", "--load", "own.py", "--check", "--json", cwd=tmp_path)
    assert done.code == 1
    assert json.loads(done.out)["check"]["passed"] is False
    line = done.err.splitlines()[-1]
    assert line.startswith("check failed: own_cube: at x = ")
    assert "slope stated" in line


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "cannot read --load own.py: No such file or directory"),
        ("import nosuchmodule", "--load own.py fails, line 1: ModuleNotFoundError"),
        ("\n\ndef f(:", "--load own.py fails, line 3: SyntaxError"),
        ("import sys\nsys.exit(0)", "--load own.py fails, line 2: SystemExit"),
        ("import actcli\nactcli.get('nosuch')", "line 2: unknown activation 'nosuch'"),
        ("x = 3", "--load own.py defines no activation"),
        ("", "--load own.py defines no activation"),
        ("def f(): f()\nf()", "line 1: RecursionError"),
        ("raise MemoryError('none left')", "line 1: MemoryError: none left"),
        ("\x00", "--load own.py fails"),
        ("raise ValueError('two\\nlines \\x1b[31m')", "two\\nlines \\x1b[31m"),
        (OWN.format(slope=3).replace("own_cube", "relu"), "'relu' of Cube is taken by relu"),
        (OWN.format(slope=3).replace("own_cube", "not a name"), "'not a name' cannot name an activation"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_the_reason(run, text, said):
    if text is not None:
        Path("own.py").write_text(text)
    done = run("list", "--load", "own.py")
    assert (done.code, done.out) == (2, "")
    assert is_one_error_line(done.err.removeprefix("said while loading\n")), done.err
    assert said in done.err


@pytest.mark.parametrize("beside", ["", "def f(x):\n    return x\n", "sigmoid = actcli.get('sigmoid')\n"])
def test_what_a_file_registers_need_not_stand_in_a_variable(run, beside):
    line = "actcli.register(actcli.from_functions(lambda x: x * x, lambda x: 2 * x, name='sq'))"
    Path("own.py").write_text(f"import actcli\n{beside}{line}\n")
    done = run("derive", "sq", "--load", "own.py", "--at", "3", "--json")
    assert (done.code, done.err) == (0, ""), done.err
    assert json.loads(done.out)["points"][0]["derivative"] == 6


def plug_in(folder, name, source):
    """Install a package that offers the activation `name`, without pip."""
    (folder / f"acts_{name}.py").write_text(source)
    info = folder / f"acts_{name}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: acts-{name}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[actcli.activations]\n{name} = acts_{name}:cube\n")


def with_plug_ins(*words, folder, cwd):
    from tests.cli.process import ROOT

    return actcli(*words, cwd=cwd, PYTHONPATH=f"{ROOT}:{folder}")


def test_a_plug_in_is_there_by_its_name_and_not_imported_otherwise(tmp_path):
    folder = tmp_path / "packages"
    folder.mkdir()
    plug_in(folder, "own_cube", OWN.format(slope=3))
    plug_in(folder, "fails", "raise RuntimeError('broken on purpose')")
    plug_in(folder, "other", OWN.format(slope=3).replace("own_cube", "relu"))
    done = with_plug_ins("derive", "own_cube", "--at", "2", "--json", folder=folder, cwd=tmp_path)
    assert json.loads(done.out)["points"][0]["derivative"] == 12
    assert with_plug_ins("derive", "relu", "--json", folder=folder, cwd=tmp_path).err == ""
    done = with_plug_ins("derive", "fails", folder=folder, cwd=tmp_path)
    assert (done.code, done.out) == (2, "")
    assert "package acts-fails fails on import: RuntimeError: broken on purpose" in done.err
    done = with_plug_ins("derive", "other", folder=folder, cwd=tmp_path)
    assert done.code == 2
    assert "package acts-other" in done.err
    assert "taken by relu of actcli" in done.err
