"""A column of numbers, some of them missing."""

import math

import numpy as np

from actcli.network.column import Column


def test_what_is_no_number_is_missing():
    column = Column(np.array([1.0, math.nan, -math.inf, 0.0]))
    assert list(column) == [1.0, None, None, 0.0]
    assert (column[0], column[1], column[-1]) == (1.0, None, 0.0)
    assert column == (1.0, None, None, 0.0)
    assert column[1:] == [None, None, 0.0]
    assert column != (1.0, None, None)
    assert Column([None, 2.0]) == (None, 2.0)


def test_a_million_layers_take_eight_bytes_each():
    assert Column(np.zeros(1_000_000)).numbers.nbytes == 8_000_000
