"""Words that do not exist, words that are missing, and help, which wins over both."""

import pytest

from tests.cli.process import is_one_error_line

COMMANDS = ("plot", "derive", "vanish", "compare", "list")


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("plto relu", "'plot'"),
        ("lst", "'list'"),
        ("plot relu --ponts 3", "'--points'"),
        ("vanish relu --dpeth 3", "'--depth'"),
        ("derive relu --chek", "'--check'"),
        ("plot rleu", "'relu'"),
        ("vanish swihs", "'swish'"),
        ("elu:alhpa=1", "one of plot, derive"),
        ("vanish elu:alhpa=1", "'alpha'"),
        ("vanish torch.nn.GLEU", "'torch.nn.GELU'"),
        ("plot nn.ReLU", ".nn.ReLU'?"),
        ("plot nn.functional.gelu", "'torch.nn.functional.gelu'"),
        ("list --family gatde", "'gated'"),
        ("list --format jsn", "'json'"),
        ("vanish relu --init xaveir", "'xavier'"),
        ("vanish relu --dtype float46", "'float64'"),
        ("plot relu --theme drak", "'dark'"),
        ("vanish relu --norm layernorm", "'pre-layernorm'"),
        ("vanish relu --fail-verdict vanihsing", "'vanishing'"),
        ("compare relu tanh --sort maen", "'mean'"),
    ],
)
def test_an_unknown_word_gets_the_nearest_known_one(run, line, meant):
    done = run(*line.split())
    assert done.code == 2
    assert done.out == ""
    assert is_one_error_line(done.err), done.err
    assert meant in done.err


@pytest.mark.parametrize("name", ["float16", "BFLOAT16"])
def test_who_asks_for_half_precision_learns_where_the_answer_stands(run, name):
    done = run("vanish", "relu", "--dtype", name)
    assert (done.code, done.out) == (2, "")
    assert is_one_error_line(done.err), done.err
    assert f"from which {name.lower()} loses the gradient" in done.err
    assert "did you mean" not in done.err


@pytest.mark.parametrize("word", ["layernorm", "zzz"])
@pytest.mark.parametrize(
    ("line", "allowed"),
    [
        ("plot relu --format", "table, json, csv, markdown"),
        ("plot relu --theme", "light, dark"),
        ("derive relu --format", "table, json, csv, markdown, latex, python"),
        ("vanish relu --dtype", "float64, float32"),
        ("vanish relu --norm", "pre-layernorm, post-layernorm, pre-rmsnorm, post-rmsnorm"),
        ("vanish relu --init", "torch, lecun"),
        ("vanish relu --fan", "in, out, average"),
        ("vanish relu --fail-verdict", "vanishing, stable, exploding"),
        ("compare relu tanh --sort", "name, range_low"),
        ("list --family", "algebraic, competing"),
    ],
)
def test_a_word_of_a_few_that_is_not_one_of_them_gets_them_all(run, line, allowed, word):
    done = run(*line.split(), word)
    assert (done.code, done.out) == (2, "")
    assert is_one_error_line(done.err), done.err
    assert word in done.err
    assert allowed in done.err


@pytest.mark.parametrize(
    "line", ["zzzz relu", "plot zzzz", "plot relu --zzzz 3", "vanish elu:zzzz=1", "list --family 77777"]
)
def test_no_word_is_suggested_where_none_is_near(run, line):
    done = run(*line.split())
    assert done.code == 2
    assert is_one_error_line(done.err), done.err
    assert "did you mean" not in done.err


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ([], "a command is missing"),
        (["plot"], "plot needs ACTIVATION"),
        (["derive"], "derive needs ACTIVATION"),
        (["vanish"], "vanish needs ACTIVATION"),
        (["compare"], "compare needs ACTIVATION"),
        (["plot", "relu", "-o"], "-o"),
        (["plot", "relu", "--range", "1"], "--range takes LOW HIGH"),
        (["plot", ""], "the name of an activation is missing"),
        (["plot", "  "], "the name of an activation is missing"),
        (["plot", "relu", "-o", ""], "--output is empty"),
        (["plot", "relu", "--title", ""], "--title is empty"),
        (["list", "--text", ""], "--text is empty"),
        (["vanish", "elu:alpha"], "name=value"),
        (["vanish", "elu:"], "name=value"),
        (["vanish", "relu", "--load", ""], "--load is empty"),
    ],
)
def test_a_missing_word_is_named(run, line, named):
    done = run(*line)
    assert done.code == 2
    assert is_one_error_line(done.err), done.err
    assert named in done.err


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("derive relu tanh", "'tanh' is one word too many"),
        ("derive relu 20", "'20' is one word too many"),
        ("--json list", "write actcli list … --json"),
        ("--ponts plot", "--ponts"),
        ("list --json=yes", "--json takes no value"),
        ("list --json --format csv", "contradict"),
        ("derive -x", 'stands after --, as in: -- "-x"'),
        ("derive relu -2", "unknown option -2"),
    ],
)
def test_a_word_too_many_or_out_of_place_is_named(run, line, named):
    done = run(*line.split())
    assert (done.code, done.out) == (2, "")
    assert is_one_error_line(done.err), done.err
    assert named in done.err


@pytest.mark.parametrize("help", ["-h", "--help"])
@pytest.mark.parametrize(
    "line",
    [
        "",
        "plot",
        "plot nosuch --points x",
        "vanish --dpeth",
        "list -f",
        "derive relu --at nan",
        "plto",
        "--ponts",
    ],
)
def test_help_wins_over_every_error(run, line, help):
    done = run(*line.split(), help)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("Usage: actcli")


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_every_command_opens_with_three_examples(run, command):
    lines = run(command, "--help").out.splitlines()
    assert lines[0].startswith(f"Usage: actcli {command} ")
    assert lines[1] == ""
    assert [line.split()[:2] for line in lines[2:5]] == [["actcli", command]] * 3
    assert lines[5] == ""


def test_the_help_of_actcli_ends_with_the_exit_codes(run):
    *_, codes = run("--help").out.split("\n\n")
    assert codes.startswith("Exit codes:\n")
    listed = [int(line.split()[0]) for line in codes.splitlines()[1:]]
    assert listed == [0, 1, 2, 70, 130, 141, 143]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_example_of_the_help_runs(run, command):
    import shlex

    for line in run(command, "--help").out.splitlines()[2:5]:
        done = run(*shlex.split(line)[1:])
        assert done.code == (1 if "--fail" in line and done.err else 0), line
        assert done.out, line


@pytest.mark.parametrize("command", COMMANDS)
def test_options_that_every_command_has_are_spelled_the_same(run, command):
    text = run(command, "--help").out
    for option in ("-f, --format FORMAT", "--json", "--load FILE", "-q, --quiet", "-h, --help"):
        assert option in text


def test_the_version_is_answered_anywhere_before_the_dashes(run):
    from actcli import __version__

    for line in (["--version"], ["plot", "relu", "--version"], ["--version", "nosuch"]):
        assert run(*line) == (0, f"actcli {__version__}\n", "")
    assert run("vanish", "--", "--version").code == 2
