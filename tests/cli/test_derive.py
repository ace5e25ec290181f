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
