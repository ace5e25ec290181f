"""`vanish` as a gate: the whole result on standard output, one line on standard error, exit code 1."""

import json
import math

import pytest

SMALL = ("--width", "32", "--trials", "2", "--json")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("sigmoid --depth 20 --fail-below 1e-6", "below the limit 1e-06"),
        ("relu --depth 20 --sigma-w 3 --fail-above 10", "above the limit 10"),
        ("sigmoid --depth 20 --fail-verdict vanishing", "vanishing, which --fail-verdict refuses"),
        (
            "step --depth 5 --fail-below 1e-300",
            "layer 1 gets 0 of the gradient of layer 5, below the limit 1e-300",
        ),
        ("sigmoid --depth 20 --fail-below 1e-6 --fail-verdict vanishing --quiet", "1e-06; layer 1"),
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
    done = run("vanish", "sigmoid", "--depth", "2000", "--fail-below", "1e-300", *SMALL)
    assert done.code == 1
    ratio = json.loads(done.out)["log10_ratio"]
    assert -2000 < ratio < -1000
    mantissa, exponent = done.err.split(" gets ")[1].split()[0].split("e")
    assert float(exponent) + math.log10(float(mantissa)) == pytest.approx(ratio, abs=1e-3)


def test_an_initialiser_and_a_standard_deviation_contradict_each_other(run):
    done = run("vanish", "relu", "--init", "he", "--sigma-w", "1")
    assert (done.code, done.out) == (2, "")
    assert "give either" in done.err
