"""The table of what may go wrong names tests that there are."""

import importlib

import pytest

from tests.cli.faults import CLASSES


@pytest.mark.parametrize("name", CLASSES)
def test_every_class_of_fault_has_its_tests(name):
    tests = CLASSES[name].split()
    assert tests
    for test in tests:
        module, _, function = test.partition("::")
        assert callable(getattr(importlib.import_module(f"tests.cli.{module}"), function)), test
