"""`vanish` as a gate: the whole result on standard output, one line on standard error, exit code 1."""

import json
import math

import pytest

from tests.cli.process import actcli, is_one_error_line

SMALL = ("--width", "32", "--trials", "2", "--json")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("sigmoid --depth 20 --fail-below 1e-6", "below the limit 1e-6"),
        ("relu --depth 20 --sigma-w 3 --fail-above 10", "above the limit 10"),
        ("sigmoid --depth 20 --fail-verdict vanishing", "vanishing, which --fail-verdict refuses"),
        (
            "step --depth 5 --fail-below 1e-300",
            "layer 1 gets 0 of the gradient of layer 5, below the limit 1e-300",
        ),
        ("sigmoid --depth 20 --fail-below 1e-6 --fail-verdict vanishing --quiet", "1e-6; layer 1"),
    ],
)
def test_a_limit_that_is_broken_is_exit_code_1_with_the_whole_result(run, line, said):
    done = run("vanish", *line.split(), *SMALL)
    assert done.code == 1
    depth = line.split()[2]
    assert len(json.loads(done.out)["layers"]) == int(depth)
    assert done.err.startswith("check failed: layer 1 gets ")
    assert f"of layer {depth}" in done.err
    assert said in done.err
    assert done.err.count("\n") == 1
    unchecked = run("vanish", *line.partition(" --fail")[0].split(), *SMALL)
    assert unchecked == (0, done.out, "")


@pytest.mark.parametrize(
    "line",
    [
        "relu --depth 20 --init he --fail-below 1e-6 --fail-above 1e6",
        "relu --depth 20 --init he --fail-verdict vanishing --fail-verdict exploding",
        "sigmoid --depth 1 --fail-below 0.5",
    ],
)
def test_limits_that_hold_are_exit_code_0(run, line):
    done = run("vanish", *line.split(), *SMALL)
    assert (done.code, done.err) == (0, "")


def test_a_ratio_no_float_can_hold_is_printed_in_full(run):
    done = run("vanish", "sigmoid", "--depth", "800", "--fail-below", "1e-300", *SMALL)
    assert done.code == 1
    ratio = json.loads(done.out)["log10_ratio"]
    assert -800 < ratio < -400
    mantissa, exponent = done.err.split(" gets ")[1].split()[0].split("e")
    assert float(exponent) + math.log10(float(mantissa)) == pytest.approx(ratio, abs=1e-3)


def test_an_initialiser_and_a_standard_deviation_contradict_each_other(run):
    done = run("vanish", "relu", "--init", "he", "--sigma-w", "1")
    assert (done.code, done.out) == (2, "")
    assert "give either" in done.err


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("--width 8 --widths 8,8", "contradict"),
        ("--widths 8", "two or more numbers"),
        ("--widths 8,0,8", "--widths is 0; it takes a whole number from 1 to 65536"),
        ("--widths 8,8,8 --depth 9", "do not fit a depth of 9"),
        ("--phase --sweep sigma_w=1:2:3", "two pictures"),
        ("--phase --depth 4", "--depth does not go with --phase"),
        ("--sweep sigma_w=1:2:3 --fail-below 1", "--fail-below does not go with --sweep"),
        ("--sweep sigma_w=1:2:3 --sigma-w 1", "--sigma-w does not go with --sweep"),
        ("--sweep sigma_w=2:1:3", "empty"),
        ("--sweep sigma_w=nan:1:3", "nan"),
        ("--sweep sigma_w=1:2:1000000", "2 to 1000"),
        ("--sweep sigma_q=1:2:3", "'sigma_w'"),
        ("--sweep 1:2:3", "sigma_w=LOW:HIGH:N"),
        ("--window sigma_w=1:2", "--window goes with --phase"),
        ("--sweep sigma_w=1:2:3 --window sigma_w=1:2", "--window goes with --phase"),
        ("--phase --window sigma_w=1:2 --window sigma-w=0:1", "--window gives sigma_w twice"),
        ("--phase --window sigma_w=2:1", "empty"),
        ("--phase --window sigma_w=1:inf", "--window sigma_w is inf; it takes a finite number from 0"),
        ("--phase --window sigma_q=1:2", "'sigma_w'"),
        ("--phase --window 1:2", "sigma_w=LOW:HIGH"),
        ("--norm layernorm", "'pre-layernorm'"),
        ("--residual 0", "--residual is 0"),
    ],
)
def test_settings_that_contradict_each_other_or_make_no_sense_are_refused(run, line, said):
    done = run("vanish", "tanh", *line.split())
    assert (done.code, done.out) == (2, "")
    assert is_one_error_line(done.err), done.err
    assert said in done.err


@pytest.mark.parametrize(
    ("line", "report"),
    [
        ("--widths 12,8,4", "vanish"),
        ("--depth 3 --width 8 --residual 0.5 --norm pre-layernorm", "vanish"),
        ("--depth 3 --width 8 --spectrum --bias-mean 0.1", "vanish"),
        ("--sweep sigma_w=0.5:2:3 --depth 3 --width 8", "sweep"),
        ("--phase", "phase"),
    ],
)
def test_every_kind_of_network_gives_data_a_table_and_a_picture(run, line, report):
    words = ("vanish", "tanh", *line.split())
    done = run(*words, "--json", "-o", "a.svg")
    assert (done.code, done.err) == (0, "wrote a.svg\n")
    assert json.loads(done.out)["report"] == report
    assert run(*words).out.count("\n") > 3


def test_the_ends_of_the_phase_plane_can_be_given(run):
    windows = ("--window", "sigma_w=0.5:2", "--window", "sigma_b=0:0.5")
    record = json.loads(run("vanish", "tanh", "--phase", *windows, "--json").out)
    assert (record["sigma_w"], record["sigma_b"]) == ([0.5, 2], [0, 0.5])
    record = json.loads(run("vanish", "tanh", "--phase", "--window", "sigma_b=0:0.5", "--json").out)
    assert record["sigma_b"] == [0, 0.5] and record["sigma_w"][1] > 1


def test_a_depth_that_no_float_survives_has_a_finite_logarithm_at_every_layer(run):
    done = run("vanish", "sigmoid", "--depth", "2000", *SMALL)
    assert (done.code, done.err) == (0, "")
    found = [layer["log10_gradient"] for layer in json.loads(done.out)["layers"]]
    assert len(found) == 2000
    assert all(map(math.isfinite, found))
    assert found[0] < -1000
    assert found[:-1].count(0) == 0
    text = run("vanish", "sigmoid", "--depth", "2000", "--width", "32", "--trials", "2").out
    assert "e-1" in text.split("verdict")[1].splitlines()[0]


@pytest.mark.parametrize("command", ["step", "relu --bias-mean -100"])
def test_where_every_unit_is_dead_machines_get_null_and_people_a_sentence(run, command):
    words = ("vanish", *command.split(), "--depth", "5", "--width", "16", "--trials", "2")
    done = run(*words, "--json")
    assert (done.code, done.err) == (0, "")
    record = json.loads(done.out)
    assert record["log10_ratio"] is None
    assert record["layers"][0]["log10_gradient"] is None
    text = run(*words).out
    assert "exactly zero from layer" in text
    assert "inf" not in text.replace("infinite width", "")
    assert "nan" not in text


def test_the_same_request_gives_the_same_bytes_whatever_the_hash_seed_is(tmp_path):
    words = ("vanish", "gelu", "--depth", "4", "--width", "32", "--trials", "2", "--json")
    outputs = {actcli(*words, cwd=tmp_path, PYTHONHASHSEED=seed) for seed in ("0", "1", "4294967295")}
    assert len(outputs) == 1


def test_several_activations_stand_side_by_side_and_each_is_checked(run):
    done = run("vanish", "sigmoid", "relu", "swish", "--depth", "20", "--fail-below", "1e-6", *SMALL)
    assert done.code == 1
    runs = json.loads(done.out)["runs"]
    assert [one["activation"]["name"] for one in runs] == ["sigmoid", "relu", "silu"]
    assert done.err.startswith("check failed: sigmoid: layer 1 gets ")
    assert "relu" not in done.err
    table = run("vanish", "sigmoid", "relu", "--depth", "5", "--width", "16")
    assert table.code == 0
    assert [line.split()[0] for line in table.out.splitlines() if line.startswith(("sigmoid", "relu"))] == [
        "sigmoid",
        "relu",
    ]


@pytest.mark.parametrize("mode", ["--phase", "--sweep=sigma_w=1:2:3"])
def test_sweeps_and_planes_show_one_activation(run, mode):
    done = run("vanish", "tanh", "relu", mode)
    assert (done.code, done.out) == (2, "")
    assert is_one_error_line(done.err)
    assert "shows one activation; 2 are given" in done.err


@pytest.mark.parametrize("limit", ["--fail-above", "--fail-below"])
def test_a_network_that_leaves_the_range_of_numbers_keeps_no_limit(run, limit):
    done = run("vanish", "ncu", "--depth", "25", "--width", "16", "--trials", "2", limit, "1")
    assert done.code == 1
    assert "range of numbers" in done.err


@pytest.mark.parametrize("words", ["lisht", "asu", "gelu --sigma-w 0.01 --depth 40", "ncu --init he"])
def test_signals_that_collapse_or_blow_up_are_reported_not_stumbled_over(run, words):
    assert run("vanish", *words.split(), "--width", "16", "--trials", "2", "--json").code == 0


@pytest.mark.parametrize(
    "check", [["--fail-below", "1e-9"], ["--fail-above", "1e9"], ["--fail-verdict", "stable"]]
)
def test_a_check_of_what_has_no_gradient_does_not_hold(run, check):
    done = run("vanish", "sqrt(x)", "--depth", "4", *check, *SMALL)
    assert done.code == 1
    assert json.loads(done.out)["verdict"] is None
    assert "f has no value for 50 % of the inputs of layer 1" in done.err
    assert done.err.count("\n") == 1
