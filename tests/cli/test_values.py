"""Values of options: what is no number, empty ranges, sizes out of reach, negative numbers."""

import json
from typing import get_args

import pytest

from actcli import registry
from actcli.cli import options
from tests.cli.process import is_one_error_line


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (["plot", "relu", "--range", "nan", "1"], ["nan", "from -1e9 to 1e9"]),
        (["plot", "relu", "--range", "0", "inf"], ["inf", "from -1e9 to 1e9"]),
        (["plot", "relu", "--range", "0", "1e999"], ["1e999"]),
        (["plot", "relu", "--range", "abc", "1"], ["abc"]),
        (["plot", "relu", "--range", "0", "1_0"], ["1_0"]),
        (["plot", "relu", "--points", "1e3"], ["1e3", "whole number from 2 to 100000"]),
        (["plot", "relu", "--points", "٣"], ["٣"]),
        (["derive", "relu", "--at", "nan"], ["nan", "finite number"]),
        (["derive", "relu", "--at", "-inf"], ["-inf"]),
        (["derive", "relu", "--at", "1e999"], ["1e999", "finite"]),
        (["derive", "relu", "--at", ""], ["''"]),
        (["vanish", "relu", "--sigma-w", "nan"], ["nan", "from 1e-6 to 1e6"]),
        (["vanish", "relu", "--fail-below", "0"], ["--fail-below is 0", "above 0"]),
        (["vanish", "relu", "--fail-below", "-1"], ["-1"]),
        (["vanish", "relu", "--depth", "9" * 5000], ["99999…"]),
        (["vanish", "relu", "--depth", "2 0"], ["'2 0'"]),
    ],
)
def test_what_is_no_number_is_shown_with_the_range_allowed(run, line, shown):
    done = run(*line)
    assert (done.code, done.out) == (2, "")
    assert is_one_error_line(done.err), done.err
    assert line[2] in done.err
    for text in shown:
        assert text in done.err
    assert len(done.err) < 200


@pytest.mark.parametrize(
    "ends", [("1", "1"), ("5", "-5"), ("1", "1.0000000000000002"), ("0", "0"), ("-0.0", "0.0")]
)
def test_an_empty_or_inverted_range_is_refused_with_both_ends(run, ends):
    done = run("plot", "relu", "--range", *ends)
    assert (done.code, done.out) == (2, "")
    assert is_one_error_line(done.err)
    assert " ".join(ends) in done.err
    assert ("millionth" in done.err) == (float(ends[0]) < float(ends[1]))


@pytest.mark.parametrize(
    ("line", "limit"),
    [
        ("plot relu --range -1.7e308 1.7e308", "1e9"),
        ("plot relu --points 0", "2 to 100000"),
        ("plot relu --points 1", "2 to 100000"),
        ("plot relu --points 1000000000000", "2 to 100000"),
        ("plot relu --dpi 1e9", "20 to 1200"),
        ("plot relu --dpi 1000000000", "20 to 1200"),
        ("plot relu --dpi 0", "20 to 1200"),
        ("vanish relu --depth 0", "1 to 1000000"),
        ("vanish relu --depth 1000000000", "1 to 1000000"),
        ("vanish relu --width 0", "1 to 65536"),
        ("vanish relu --width 100000000", "1 to 65536"),
        ("vanish relu --batch 0", "1 to 4096"),
        ("vanish relu --batch 1000000", "1 to 4096"),
        ("vanish relu --trials 0", "1 to 1000"),
        ("vanish relu --trials -3", "1 to 1000"),
        ("vanish relu --input-std 0", "1e-6 to 1e6"),
        ("vanish relu --sigma-b -1", "0 to 1e6"),
        ("vanish relu --width 65536 --batch 4096 --depth 1000000", "GiB"),
        ("vanish relu --width 8192 --batch 4096", "GiB"),
        ("vanish relu --depth 30000 --trials 1000", "1 to 100"),
        ("plot relu tanh elu selu gelu silu mish celu step --points 99999 --order 2", "2000000"),
        ("vanish relu --init orthogonal --width 65536", "1 to 4096"),
        ("compare relu tanh --depth 0", "1 to 10000"),
        ("plot relu --order 99", "0 to 2"),
        ("derive relu --order 99", "0 to 4"),
        ("derive relu --order -1", "0 to 4"),
        ("vanish relu --seed -1", "0 to 18446744073709551615"),
        ("vanish relu --seed 18446744073709551616", "0 to 18446744073709551615"),
        ("vanish relu --seed abc", "0 to 18446744073709551615"),
    ],
)
def test_what_is_too_small_or_too_large_is_refused_with_the_limit(run, line, limit):
    done = run(*line.split())
    assert (done.code, done.out) == (2, "")
    assert is_one_error_line(done.err), done.err
    assert limit in done.err
    given = [word for word in line.split()[3:] if word[:1].isdigit() or word[:2] in {"-1", "-3"}]
    assert max(given or line.split()[3:], key=len)[:20] in done.err or "GiB" in done.err


def test_the_limits_that_the_help_states_are_those_of_the_rooms_below():
    from actcli.analysis import plot
    from actcli.formula import limits as formula
    from actcli.render import figure

    assert options.POINTS == plot.POINTS_RANGE
    assert options.RANGE == plot.LIMIT
    assert options.DPI == figure.DPI_RANGE
    assert {*options.FORMULA.values()} == {formula.LONGEST, formula.DEEPEST, formula.DEEPEST_TREE}


def test_the_words_that_options_take_are_those_of_the_rooms_below():
    from actcli.analysis import sweep
    from actcli.cli import vanish
    from actcli.diagnosis.verdict import Verdict
    from actcli.network import initialiser, wiring

    laws = {name.removesuffix("_normal").removesuffix("_uniform") for name in initialiser.NAMES}
    assert {*vanish.INITIALISERS, "glorot", "kaiming"} == laws
    assert initialiser.FANS == vanish.FANS
    assert wiring.PLACES == vanish.NORMS
    assert get_args(Verdict) == vanish.VERDICTS
    assert tuple(sweep.SETTINGS) == vanish.SETTINGS
    assert sweep.COUNT == vanish.SWEEP_POINTS


@pytest.mark.parametrize("command", ["plot", "derive", "vanish", "compare", "list"])
def test_limits_are_stated_in_the_help(run, command):
    text = " ".join(run(command, "--help").out.split())
    stated = {"plot": ["2 to 100000", "20 to 1200", "1e9", "0 to 2"], "compare": ["1 to 10000"]}
    stated["plot"] += ["2 million points", "300 characters"]
    stated |= {"derive": ["1000 times", "0 to 4"], "list": ["100 characters"]}
    stated["vanish"] = [
        "2 GiB",
        "3 million layers",
        "1 to 1000000",
        "1 to 65536",
        "1 to 4096",
        "1 to 1000",
        "0 to 2^64 - 1",
        "S^2/inputs; S is 1e-6 to 1e6",
        "values, 2 to 1000",
    ]
    everywhere = ["500 characters, 64 brackets and 96 operations deep", "up to 100 times"]
    for limit in stated[command] + everywhere:
        assert limit in text


@pytest.mark.parametrize(
    ("words", "x"),
    [
        (["--at", "-2"], -2.0),
        (["--at=-2"], -2.0),
        (["--at", "-.5e1"], -5.0),
        (["--at", "+3"], 3.0),
        (["--at", "-0.0"], -0.0),
    ],
)
def test_negative_values_are_numbers_and_no_options(run, words, x):
    done = run("derive", "relu", *words, "--json")
    assert (done.code, done.err) == (0, "")
    point = json.loads(done.out)["points"][0]
    assert repr(float(point["x"])) == repr(x)


def test_a_negative_range_is_read_as_two_numbers(run):
    done = run("plot", "relu", "--range", "-6", "-4", "--json")
    assert done.code == 0
    assert json.loads(done.out)["range"] == [-6, -4]


def test_extreme_points_give_finite_numbers(run):
    done = run("derive", "gelu", "--at", "5e-324", "--at", "1.797e308", "--at", "-1.797e308", "--json")
    assert (done.code, done.err) == (0, "")
    tiny, huge, low = json.loads(done.out)["points"]
    assert (tiny["derivative"], huge["value"], huge["derivative"]) == (0.5, 1.797e308, 1)
    assert low["value"] == 0


@pytest.mark.parametrize(
    ("word", "shown"),
    [
        ("elu:alpha=nan", ["alpha", "nan"]),
        ("elu:alpha=inf", ["alpha", "inf"]),
        ("elu:alpha=-1", ["alpha", "-1"]),
        ("elu:alpha=x", ["alpha", "x"]),
        ("elu:alpha", ["alpha", "name=value"]),
        ("elu:alpha=1,alpha=2", ["alpha", "twice"]),
        ("relu:slop=1", ["slop", "none"]),
        ("elu:alpha=1,", ["name=value"]),
    ],
)
def test_a_wrong_parameter_is_named_with_its_value_and_what_is_allowed(run, word, shown):
    for command in ("plot", "derive", "vanish", "compare", "list"):
        done = run(command, word)
        assert (done.code, done.out) == (2, "")
        assert is_one_error_line(done.err), done.err
        for text in shown:
            assert text in done.err


def test_what_all_holds_already_is_not_named_beside_it(run):
    done = run("compare", "tanh", "--all")
    assert (done.code, done.out) == (2, "")
    assert done.err == "error: tanh is one of --all; leave one of them out\n"
    done = run("compare", "elu:alpha=0.5", "x*tanh(x)", "--all", "--sort", "name", "--json")
    assert done.code == 0
    names = [(entry["name"], entry["parameters"]) for entry in json.loads(done.out)["activations"]]
    assert ("elu", {"alpha": 0.5}) in names
    assert ("elu", {"alpha": 1}) in names
    assert len(names) == len(registry.names()) + 2


def test_the_same_seed_gives_the_same_bytes_and_another_seed_gives_others(run):
    line = ("vanish", "tanh", "--depth", "5", "--width", "32", "--trials", "2", "--json", "--seed")
    assert run(*line, "7").out == run(*line, "7").out != run(*line, "8").out
    assert run(*line, "18446744073709551615").code == 0


def test_an_option_that_repeats_has_its_limit_too(run):
    done = run("derive", "relu", *["--at", "1"] * 1001)
    assert (done.code, done.out) == (2, "")
    assert done.err == "error: --at is given 1001 times; at most 1000 are allowed\n"
    assert run("derive", "relu", *["--at=1"] * 1000, "--json").code == 0
