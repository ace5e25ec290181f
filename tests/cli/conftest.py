"""Runs command lines in this process, where no stream, signal or file decides."""

import pytest

from actcli import registry
from actcli.__main__ import main
from tests.cli.process import Done


@pytest.fixture
def run(capsys, monkeypatch, tmp_path):
    """A function that runs one command line in a folder of its own and returns code, stdout and stderr."""
    monkeypatch.chdir(tmp_path)
    registered = dict(registry._registered)

    def run(*words):
        capsys.readouterr()
        code = main([*words])
        return Done(code, *capsys.readouterr())

    yield run
    registry._registered.clear()
    registry._registered.update(registered)
