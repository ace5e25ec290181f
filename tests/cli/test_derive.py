"""derive on the command line: pages to paste, and what a failed check says."""

import json

import pytest

from tests.cli.process import is_one_error_line

LIAR = """
import numpy as np, actcli
def liar(x): return np.tanh(x)
def slope(x): return 1 / np.cosh(x)**2 * (1 + 1e-6)
mine = actcli.from_functions(liar, slope)
"""


def test_latex_and_python_are_pages_of_their_own(run):
    latex = run("derive", "x**2", "--format", "latex", "--order", "1")
    assert latex.out == "\\begin{align*}\nf(x) &= x^{2} \\\\\nf'(x) &= 2 x\n\\end{align*}\n"
    python = run("derive", "x**2", "-f", "python")
    space = {}
    exec(python.out, space)
    assert space["f_slope"](3.0) == 6
    assert latex.code == python.code == 0 and latex.err == python.err == ""


@pytest.mark.parametrize("option", [["-f", "latex"], ["-f", "python"], ["--steps"], ["--expand"]])
def test_what_maps_vectors_has_no_page_and_no_steps(run, option):
    done = run("derive", "softmax", *option)
    assert (done.code, done.out) == (2, "") and "softmax maps vectors" in done.err
    assert is_one_error_line(done.err)


def test_a_page_may_come_with_a_picture_and_fail_a_check(run, tmp_path):
    (tmp_path / "mine.py").write_text(LIAR)
    done = run("derive", "tanh", "-f", "latex", "-o", "tanh.svg", "--check")
    assert done.code == 0 and done.err == "wrote tanh.svg\n" and done.out.startswith("\\begin{align*}")
    done = run("derive", "liar", "--load", "mine.py", "--check", "--json")
    assert done.code == 1 and json.loads(done.out)["check"]["passed"] is False


def test_a_failed_check_names_function_point_both_values_and_tolerance(run, tmp_path):
    (tmp_path / "mine.py").write_text(LIAR)
    done = run("derive", "liar", "--load", "mine.py", "--check", "--at", "0")
    assert done.code == 1
    assert "liar: at x = 0: slope stated 1.000001, differences give 1" in done.err
    assert "allowed are" in done.err and done.err.count("\n") == 1
    assert "check FAILED" in done.out


def test_orders_up_to_the_fourth_are_shown(run):
    done = run("derive", "x**5", "--order", "4", "--at", "1", "--json")
    (point,) = json.loads(done.out)["points"]
    keys = ("derivative", "second_derivative", "third_derivative", "fourth_derivative")
    assert [point[key] for key in keys] == [5, 20, 60, 120]
    assert "f⁗(x)" in run("derive", "tanh", "--order", "4").out


@pytest.fixture
def few(monkeypatch):
    """A registry of three, for what would take half a minute with all."""
    from actcli import registry

    monkeypatch.setattr(registry, "names", lambda: ("relu", "sigmoid", *sorted(registry._registered)))


def test_all_are_checked_with_one_line_each(run, few):
    done = run("derive", "--all", "--check", "--format", "csv")
    assert (done.code, done.err) == (0, "")
    assert [line.split(",")[0] for line in done.out.splitlines()] == ["name", "relu", "sigmoid"]


def test_those_of_all_that_fail_are_named(run, few, tmp_path):
    (tmp_path / "mine.py").write_text(LIAR)
    done = run("derive", "--all", "--check", "--load", "mine.py")
    assert (done.code, done.err) == (1, "check failed: 1 of 3 activations: liar\n")
    assert "2 of 3 pass" in done.out and "liar: at x = " in done.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["relu", "--all", "--check"], "ACTIVATION"),
        (["--all"], "--all goes with --check"),
        (["--all", "--check", "--at", "1"], "--at"),
        (["--all", "--check", "--format", "latex"], "--format latex"),
        (["--check"], "derive needs ACTIVATION"),
    ],
)
def test_what_does_not_go_together_is_refused(run, words, said):
    done = run("derive", *words)
    assert (done.code, done.out) == (2, "") and said in done.err and is_one_error_line(done.err)


KERNEL = """
import numpy as np, actcli
def kernel(x): return np.tanh(x)
def slope(x): return 1 - np.tanh(x)**2
def plain(x): return x
mine = actcli.from_functions(kernel, slope, dtype="float32")
"""


@pytest.fixture
def loaded(run, tmp_path):
    """A function that runs one command line with KERNEL loaded anew."""
    from actcli import registry

    (tmp_path / "mine.py").write_text(KERNEL)

    def loaded(*words):
        registry._registered.pop("kernel", None)
        return run(*words, "--load", "mine.py")

    return loaded


def test_a_kernel_is_compared_and_fails_above_a_limit(loaded):
    words = ["derive", "kernel", "--against", "tanh"]
    report = json.loads(loaded(*words, "--json").out)
    assert report["report"] == "against" and report["precision"] == "float32"
    assert [order["order"] for order in report["orders"]] == [0, 1]
    good = loaded(*words, "--order", "0", "--fail-above", "4")
    assert (good.code, good.err) == (0, "")
    bad = loaded(*words, "--fail-above", "4")
    assert bad.code == 1 and "kernel against tanh: slope" in bad.err and "allowed are 4 ulp" in bad.err
    swept = json.loads(loaded(*words, "--exhaustive", "--json").out)
    assert swept["precision"] == "float16" and swept["orders"][0]["compared"] == 63_488


def test_a_plain_function_in_a_loaded_file_gets_the_line_that_adopts_it(run, tmp_path):
    (tmp_path / "mine.py").write_text(KERNEL)
    done = run("derive", "plain", "--load", "mine.py")
    assert done.code == 2 and "'plain' is a plain function in mine.py" in done.err
    assert "plain = actcli.from_functions(plain)" in done.err and is_one_error_line(done.err)
    (tmp_path / "other.py").write_text("def kernel(x): return x\n")
    done = run("derive", "kernel", "--load", "other.py")
    assert done.code == 2 and "defines plain functions only, such as kernel" in done.err
    assert "kernel = actcli.from_functions(kernel)" in done.err


def test_functions_without_a_formula_are_null_in_data_and_absent_in_pictures(loaded, tmp_path):
    for command in ("derive", "list", "plot"):
        record = json.loads(loaded(command, "kernel", "--json").out)
        entry = record["activations"][0] if "activations" in record else record
        assert entry["formula"] is None
    drawn = loaded("plot", "kernel", "-o", "k.svg")
    assert drawn.code == 0 and "f(x) =" not in (tmp_path / "k.svg").read_text()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["relu", "--exhaustive"], "--exhaustive goes with --against NAME"),
        (["relu", "--fail-above", "3"], "--against NAME --fail-above ULP"),
        (["relu", "--against", "gelu", "--check"], "--check"),
        (["relu", "--against", "softmax"], "softmax maps vectors"),
        (["relu", "--against", "nosuch"], "nosuch"),
        (["--all", "--check", "--against", "gelu"], "--against"),
    ],
)
def test_comparisons_that_make_no_sense_are_refused(run, words, said):
    done = run("derive", *words)
    assert (done.code, done.out) == (2, "") and said in done.err and is_one_error_line(done.err)
