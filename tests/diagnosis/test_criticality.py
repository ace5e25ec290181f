"""The critical initialiser of units of several inputs or outputs, seen to hold."""

import pytest

from actcli.analysis.vanish import vanish
from actcli.diagnosis.criticality import critical_init
from actcli.diagnosis.prediction import predict
from actcli.errors import OptionError
from actcli.network.wiring import PLAIN
from actcli.registry import get


@pytest.mark.parametrize("name", ["crelu", "maxout", "glu"])
def test_a_critical_network_of_groups_keeps_its_gradient(name):
    point = critical_init(get(name), PLAIN)
    found = vanish(get(name), init="critical", depth=20, width=512, trials=4, input_std=point.input_std)
    assert found.judgement.verdict == "stable"
    assert predict(found.network).log10_gradient[0] == pytest.approx(0, abs=1e-6)
    # A layer's squared gradient varies by some 5/n: its logarithm by √(20 · 5/512) in all, half of that in
    # rms and in log10 0.1, and a little more with the lengths of gated units.
    assert found.measured.log10_gradient[0] == pytest.approx(0, abs=0.3)


def test_where_lengths_attract_nothing_there_is_no_critical_initialiser():
    assert critical_init(get("swiglu"), PLAIN) is None
    with pytest.raises(OptionError, match="no critical init"):
        vanish(get("swiglu"), init="critical")
