"""Activations for the tests of this room, and the two-sample test that they share."""

import math

import numpy as np

from actcli.registry import get

RELU, TANH, SIGMOID, GELU, IDENTITY, STEP = (
    get(n) for n in ("relu", "tanh", "sigmoid", "gelu", "identity", "step")
)


def kolmogorov_smirnov(first, second):
    """Return the largest distance between two empirical distributions, in units of its critical value.

    The critical value is the one-in-100,000 level of the two-sample test (asymptotic law of Smirnov), so that
    a test over all cases of a room fails by chance less than once in a hundred suites with other seeds.
    """
    first, second = np.sort(first), np.sort(second)
    points = np.concatenate([first, second])
    below = [np.searchsorted(sample, points, side="right") / len(sample) for sample in (first, second)]
    distance = float(np.abs(below[0] - below[1]).max())
    level = math.sqrt(-math.log(1e-5 / 2) / 2 * (len(first) + len(second)) / (len(first) * len(second)))
    return distance / level
