"""Streams: the same whenever they are asked for, and no two alike."""

from itertools import product

import numpy as np

from actcli.network.stream import Streams

PURPOSES = ("input", "loss", "forward", "backward")


def test_a_stream_is_the_same_whenever_it_is_asked_for():
    streams = Streams(3, 1)
    first = streams(7, "forward").standard_normal(5)
    streams(8, "backward").random(3, dtype=np.float32)
    np.testing.assert_array_equal(streams(7, "forward").standard_normal(5), first)
    np.testing.assert_array_equal(Streams(3, 1)(7, "forward").standard_normal(5), first)


def test_no_two_streams_begin_alike():
    asked = list(product((0, 1, 2**64 - 1), (0, 1, 300), (0, 1, 2, 3, 4, 999_999, 1_000_000), PURPOSES))
    begun = {float(Streams(seed, trial)(layer, purpose).random()) for seed, trial, layer, purpose in asked}
    assert len(begun) == len(asked)


def test_streams_of_neighbouring_layers_have_nothing_in_common():
    streams, layers = Streams(0, 0), 4_000
    for purposes in (("forward", "forward"), ("forward", "backward")):
        rows = [
            np.array([streams(layer + shift, purpose).standard_normal(16) for layer in range(layers)])
            for shift, purpose in enumerate(purposes)
        ]
        # Correlations of independent numbers: normal with deviation 1/√layers; 5 of them in 512.
        for first, second in (rows, [row**2 - 1 for row in rows]):
            agreement = first.T @ second / layers / (first.std() * second.std())
            assert np.abs(agreement).max() < 5.5 / np.sqrt(layers)
