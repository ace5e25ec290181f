"""float16 over all its finite numbers, float32 over all its exponents: one rounding, and no warning."""

from dataclasses import fields

import numpy as np
import pytest

from actcli.activation import Activation
from tests.accuracy import elementwise
from tests.narrow import NARROW, points, sweep

RECORDS = {record.name: record for record in elementwise()}


def test_every_finite_float16_is_swept():
    assert len(points(np.float16)) == 63_488
    assert len(np.unique(np.frexp(np.abs(points(np.float32)))[1])) >= 254


@pytest.mark.parametrize("name", RECORDS)
@pytest.mark.parametrize("dtype", NARROW)
def test_every_order_is_rounded_once_everywhere(name, dtype):
    for order in range(3):
        found = sweep(RECORDS[name], order, dtype)
        assert found.ulp <= 0.5, (order, found)


@pytest.mark.parametrize("name", RECORDS)
def test_value_and_slope_together_are_rounded_once_too(name):
    x = points(np.float16)
    value, slope = RECORDS[name].value_and_slope(x)
    assert value.dtype == slope.dtype == np.float16
    # The two may be computed in another way than each alone, which shows where float64 is close to a tie.
    for together, alone in ((value, RECORDS[name](x)), (slope, RECORDS[name](x, 1))):
        finite = np.isfinite(alone)
        np.testing.assert_array_equal(together[~finite], alone[~finite])
        np.testing.assert_array_max_ulp(together[finite], alone[finite], 1)


class Hasty(Activation):
    """An activation that computes in whatever type it is given."""

    def __call__(self, x, order=0, out=None):
        with np.errstate(under="ignore"):
            return x * np.tanh(x) if self.name == "lisht" else 1 / (1 + np.exp(-x))


def hasty(name):
    record = RECORDS[name]
    return Hasty(**{field.name: getattr(record, field.name) for field in fields(record)})


def test_a_second_rounding_is_seen():
    assert sweep(hasty("lisht"), 0, np.float16).ulp > 0.5


def test_a_warning_is_an_error():
    with pytest.raises(RuntimeWarning, match="overflow"):
        sweep(hasty("sigmoid"), 0, np.float16)
