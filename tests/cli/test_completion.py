"""Shell completion, by the protocol that each shell's script speaks."""

import os
import pty
import re
import select
import shlex
import signal
import time
from contextlib import contextmanager
from shutil import which

import pytest

from tests.cli.process import COMMAND, actcli, environment, is_one_error_line, shell


def completed(words, cwd, kind="bash"):
    """Return what the shell would offer for the last of `words`."""
    line = " ".join(words)
    changes = {
        "_ACTCLI_COMPLETE": f"complete_{kind}",
        "COMP_WORDS": "\n".join(words), "COMP_CWORD": str(len(words) - 1),
        "_TYPER_COMPLETE_ARGS": line, "_TYPER_COMPLETE_FISH_ACTION": "get-args",
    }  # fmt: skip
    done = actcli(cwd=cwd, **changes)
    assert (done.code, done.err) == (0, "")
    return done.out.split()


@pytest.mark.parametrize("kind", ["bash", "fish"])
def test_commands_options_names_and_values_are_completed(tmp_path, kind):
    def offered(*words):
        return completed(["actcli", *words], tmp_path, kind)

    assert offered("") == ["plot", "derive", "vanish", "compare", "list"]
    assert offered("va") == ["vanish"]
    assert offered("vanish", "--fail-") == ["--fail-below", "--fail-above", "--fail-verdict"]
    assert offered("compare", "relu", "sil") == ["silu", "sil"]
    assert "torch.nn.GELU" in offered("plot", "torch.nn.GE")
    assert "gated" in offered("list", "--family", "gat")
    assert offered("plot", "relu", "--theme", "") == ["light", "dark"]
    assert offered("vanish", "relu", "--init", "or") == ["orthogonal"]
    gains = ["gain_second_moment", "gain_variance", "gain_gradient"]
    assert offered("compare", "relu", "--sort", "gain") == gains
    formats = ["table", "json", "csv", "markdown", "latex", "python"]
    assert offered("derive", "relu", "--format", "") == formats
    assert offered("plot", "nosuchname") == []
    assert len(offered("plot", "")) > 15


def test_parameters_are_completed_after_the_colon(tmp_path):
    # Beside the name its lowest value, default and highest, so that no shell ends the word at `alpha=`.
    offered = ["alpha=", "alpha=0.001", "alpha=1", "alpha=100"]
    # bash splits words at colons and equals signs, and wants back only what follows the last one.
    assert completed(["actcli", "derive", "elu", ":", "al"], tmp_path) == offered
    assert completed(["actcli", "derive", "elu", ":"], tmp_path) == offered
    assert completed(["actcli", "derive", "elu", ":", "alpha", "="], tmp_path) == ["0.001", "1", "100"]
    assert completed(["actcli", "plot", "relu", "pelu", ":", "a", "=", "1,"], tmp_path)[0] == "1,b="
    assert "relu" in completed(["actcli", "plot", "elu", ":", "alpha", "=", ""], tmp_path)
    fish = completed(["actcli", "derive", "elu:al"], tmp_path, "fish")
    assert fish == [f"elu:{word}" for word in offered]
    assert completed(["actcli", "derive", "torch.nn.ELU:"], tmp_path, "fish")[0] == "torch.nn.ELU:alpha="
    assert completed(["actcli", "derive", "relu:"], tmp_path, "fish") == []


@pytest.mark.parametrize("kind", ["bash", "zsh", "fish"])
def test_a_value_joined_to_its_option_is_completed(tmp_path, kind):
    words = ["--init", "=", "or"] if kind == "bash" else ["--init=or"]
    offered = " ".join(completed(["actcli", "vanish", "relu", *words], tmp_path, kind))
    assert (
        offered
        == {
            "bash": "orthogonal",
            "zsh": """_arguments '*: :(("--init=orthogonal"))'""",
            "fish": "--init=orthogonal",
        }[kind]
    )


def test_zsh_gets_its_own_form(tmp_path):
    offered = " ".join(completed(["actcli", "compare", "sil"], tmp_path, "zsh"))
    assert offered == """_arguments '*: :(("silu" "sil"))'"""


TYPED = {
    "va": "vanish",
    "vanish --fail-v": "vanish --fail-verdict",
    "plot torch.nn.GE": "plot torch.nn.GELU",
    "plot leaky_relu:neg": "plot leaky_relu:negative_slope=",
    "plot pelu:a=1,": "plot pelu:a=1,b=",
    "derive relu --format l": "derive relu --format latex",
    "vanish relu --norm=post-r": "vanish relu --norm=post-rmsnorm",
    "list --family comp": "list --family competing",
}


@pytest.mark.parametrize("kind", ["bash", "zsh", "fish"])
def test_a_real_shell_completes_what_is_typed(tmp_path, kind):
    if which(kind) is None:
        pytest.skip(f"{kind} is not installed")
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / "actcli"
    answered = tmp_path / "answered"
    program.write_text(f'#!/bin/sh\n{shlex.join(COMMAND)} "$@"\ncode=$?; : > {answered}; exit $code\n')
    program.chmod(0o755)
    settings = {"HOME": tmp_path, "PATH": f"{program.parent}:{os.environ['PATH']}", "TERM": "xterm"}
    install = {"_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1", "XDG_CONFIG_HOME": None, "ZDOTDIR": None}
    assert actcli("--install-completion", kind, cwd=tmp_path, **settings, **install).code == 0
    with interactive([kind, "-i"], tmp_path, **settings, XDG_CONFIG_HOME=None, ZDOTDIR=None) as terminal:
        for begun, whole in TYPED.items():
            # zsh reads the script at the first tab of a session, and answers from the next on.
            assert any(completes(terminal, begun, whole, answered) for _ in range(3)), whole


def completes(terminal, begun, whole, answered):
    """Type a line and a tab, and return whether the line is then the whole one."""
    answered.unlink(missing_ok=True)
    settle(terminal)
    os.write(terminal, f"actcli {begun}\t".encode())
    # zsh completes nothing while more is typed ahead.
    until(answered.exists)
    time.sleep(0.3)
    # What is on the line becomes the argument of echo.
    os.write(terminal, b"\x01echo '\x05'\r")
    return said(terminal, rf"[\r\n]actcli {re.escape(whole)} *[\r\n]")


@contextmanager
def interactive(words, folder, **changes):
    """Start a shell at a terminal of its own and give the other end of it."""
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(folder)
        os.execvpe(words[0], words, environment(**changes))
    try:
        yield terminal
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(terminal)


ESCAPES = re.compile(rb"\x1b(\[[0-9;?]*[A-Za-z]|\][^\x07]*\x07|[=>])")


def until(true, seconds=8):
    """Wait until `true` says so, or for so many seconds."""
    deadline = time.monotonic() + seconds
    while not true() and time.monotonic() < deadline:
        time.sleep(0.02)


def settle(terminal):
    """Read what is shown until nothing more has come for a while: the shell waits for keys."""
    while select.select([terminal], [], [], 0.7)[0]:
        os.read(terminal, 65536)


def said(terminal, pattern, seconds=8):
    """Return whether what is shown at a terminal comes to hold `pattern`, escapes taken away."""
    text, deadline = b"", time.monotonic() + seconds
    while time.monotonic() < deadline:
        if select.select([terminal], [], [], 0.1)[0]:
            text += os.read(terminal, 65536)
        if re.search(pattern, ESCAPES.sub(b"", text).decode("utf-8", "replace")):
            return True
    return False


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"_ACTCLI_COMPLETE": "nonsense"}, "_ACTCLI_COMPLETE is nonsense"),
        ({"_ACTCLI_COMPLETE": "complete_tcsh"}, "_ACTCLI_COMPLETE is complete_tcsh"),
        ({"_ACTCLI_COMPLETE": "complete_bash"}, "COMP_WORDS and COMP_CWORD"),
        ({"_ACTCLI_COMPLETE": "complete_bash", "COMP_WORDS": "actcli", "COMP_CWORD": "x"}, "COMP_CWORD"),
        ({"_ACTCLI_COMPLETE": "complete_bash", "COMP_WORDS": "actcli", "COMP_CWORD": "-3"}, "COMP_CWORD"),
        ({"_ACTCLI_COMPLETE": "complete_bash", "COMP_WORDS": "", "COMP_CWORD": "1"}, "COMP_WORDS"),
    ],
)
def test_a_shell_that_asks_amiss_is_told_in_one_line(tmp_path, changes, said):
    done = actcli("plot", "relu", cwd=tmp_path, **changes)
    assert (done.code, done.out) == (2, "")
    assert is_one_error_line(done.err), done.err
    assert said in done.err


def test_an_empty_request_for_completion_is_none(tmp_path):
    assert actcli("list", "relu", cwd=tmp_path, _ACTCLI_COMPLETE="") == actcli("list", "relu", cwd=tmp_path)


def test_completion_is_not_installed_for_another_shell_than_it_was_asked_for(tmp_path):
    there = {"HOME": tmp_path, "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": None}
    done = actcli("--install-completion", "tcsh", cwd=tmp_path, **there)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("error: --install-completion takes no value")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("line", ['actcli plot "x * ta', "actcli plot 'x*", "actcli nosuch re", "actcli -"])
@pytest.mark.parametrize("kind", ["bash", "zsh", "fish"])
def test_an_unfinished_line_is_no_error(tmp_path, kind, line):
    completed(line.split(), tmp_path, kind)


def test_a_home_that_cannot_be_written_is_said_in_one_line(tmp_path):
    # Once installed or not: a folder stands where the script would go.
    (tmp_path / ".bashrc").mkdir()
    done = shell(
        "actcli --install-completion",
        cwd=tmp_path,
        HOME=tmp_path,
        _TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION=None,
    )
    assert (done.code, done.out) == (2, "")
    assert is_one_error_line(done.err), done.err
    assert "--show-completion" in done.err


def test_the_script_is_installed_where_the_shell_looks(tmp_path):
    done = shell(
        "actcli --install-completion",
        cwd=tmp_path,
        HOME=tmp_path,
        _TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION=None,
    )
    assert done.code == 0
    assert "completion installed in" in done.out
    assert (tmp_path / ".bash_completions" / "actcli.sh").exists()
