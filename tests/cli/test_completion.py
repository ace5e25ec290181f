"""Shell completion, by the protocol that each shell's script speaks."""

import pytest

from tests.cli.process import actcli, is_one_error_line, shell


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
    formats = ["table", "json", "csv", "markdown", "latex", "python"]
    assert offered("derive", "relu", "--format", "") == formats
    assert offered("plot", "nosuchname") == []
    assert len(offered("plot", "")) > 15


def test_parameters_are_completed_after_the_colon(tmp_path):
    # bash splits words at colons and equals signs, and wants back only what follows the last one.
    assert completed(["actcli", "derive", "elu", ":", "al"], tmp_path) == ["alpha="]
    assert completed(["actcli", "derive", "elu", ":"], tmp_path) == ["alpha="]
    assert completed(["actcli", "plot", "relu", "pelu", ":", "a", "=", "1,"], tmp_path) == ["a=1,b="]
    assert completed(["actcli", "derive", "elu:al"], tmp_path, "fish") == ["elu:alpha="]
    assert completed(["actcli", "derive", "torch.nn.ELU:"], tmp_path, "fish") == ["torch.nn.ELU:alpha="]
    assert completed(["actcli", "derive", "relu:"], tmp_path, "fish") == []


def test_zsh_gets_its_own_form(tmp_path):
    offered = " ".join(completed(["actcli", "compare", "sil"], tmp_path, "zsh"))
    assert offered == """_arguments '*: :(("silu" "sil"))'"""


def test_a_real_bash_completes_with_the_script_that_is_shown(tmp_path):
    script = """
        mkdir bin; { echo '#!/bin/bash'; declare -f actcli | tail -n +2; } > bin/actcli; chmod +x bin/actcli
        unset -f actcli; PATH=$PWD/bin:$PATH; source <(_ACTCLI_COMPLETE=source_bash actcli)
        COMP_WORDS=(actcli derive elu : al) COMP_CWORD=4; _actcli_completion actcli; echo "${COMPREPLY[@]}"
    """
    assert shell(script, cwd=tmp_path) == (0, "alpha=\n", "")


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
