"""The check of derive raises no false alarm and misses no mistake: a sample of tests.analysis.power."""

import pytest

from tests.analysis import power


@pytest.mark.parametrize("record", list(power.correct(14)), ids=lambda record: record.name)
def test_a_correct_function_raises_no_alarm(record):
    found = power.passes(record)
    assert found.passed, found.failures[:3]


@pytest.mark.parametrize(
    ("mistake", "mutant"), list(power.wrong(36)), ids=lambda part: getattr(part, "name", part)
)
def test_a_planted_mistake_is_caught(mistake, mutant):
    assert not power.passes(mutant).passed
