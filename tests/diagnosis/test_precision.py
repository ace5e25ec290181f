"""Where the number formats end, and which layers lie beyond them."""

import math

import numpy as np
import pytest

from actcli.diagnosis.precision import SMALLEST_LOG10, underflows
from actcli.network.column import Column


@pytest.mark.parametrize(
    ("name", "dtype"), [("float16", np.float16), ("float32", np.float32), ("float64", np.float64)]
)
def test_the_floors_are_the_smallest_numbers_of_numpys_formats(name, dtype):
    assert SMALLEST_LOG10[name] == pytest.approx(
        math.log10(float(np.finfo(dtype).smallest_subnormal)), rel=1e-15
    )


def test_the_first_layer_below_a_format_is_counted_from_the_last_layer_on():
    assert underflows(Column((-50.0, None, -10.0, -7.1, 0.0))) == {
        "float16": 3, "bfloat16": 1, "float32": 1, "float64": None
    }  # fmt: skip
