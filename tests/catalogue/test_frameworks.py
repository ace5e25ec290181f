"""A framework's word means what that framework computes, wherever it is installed."""

import numpy as np
import pytest

from actcli import registry
from tests import frameworks
from tests.catalogue import index

SPELLINGS = [word for _, records in index.rooms() for record in records for word in record.spellings]
# Nobody computes these here: another language, a package that is no more, a configuration, a name in a paper.
ELSEWHERE = ("NNlib.", "Flux.", "tfa.", "darknet.", "siren")


@pytest.mark.parametrize("word", frameworks.executable())
def test_a_spelling_computes_what_its_framework_computes(word):
    apart = frameworks.disagreement(word)
    if word in frameworks.WRONG:
        assert apart > frameworks.tolerance(word), f"{word} is right by now"
    else:
        assert apart <= frameworks.tolerance(word)


def test_every_spelling_has_a_framework_that_can_be_asked_or_a_reason():
    unknown = [word for word in SPELLINGS if not frameworks.home(word) and not word.startswith(ELSEWHERE)]
    assert unknown == []
    assert set(frameworks.NOT_CALLABLE) | set(frameworks.TOLD) | set(frameworks.WRONG) <= set(SPELLINGS)


def test_another_default_is_seen(monkeypatch):
    monkeypatch.setattr(
        frameworks, "outcome", lambda word: registry.get("leaky_relu:negative_slope=0.02")(frameworks.GRID)
    )
    assert frameworks.disagreement("torch.nn.LeakyReLU") > frameworks.tolerance("torch.nn.LeakyReLU")


def test_what_sparsemax_should_be_adds_up_to_one():
    assert registry.get("sparsemax")(np.array([0.5, 0.3, 0.1])).sum() == pytest.approx(1)
