"""The README keeps its word: its commands run and print what it shows."""

import re

import pytest

from tests.readme import README, ROOT, blocks, run

TEXT = README.read_text(encoding="utf-8")


@pytest.mark.parametrize(("command", "shown"), list(blocks(TEXT)), ids=lambda text: text[:40])
def test_every_command_of_the_readme_prints_what_it_shows(command, shown, tmp_path):
    assert run(command, tmp_path) == shown


def test_the_checks_run_the_readmes_first_two_commands():
    commands = re.findall(r"```sh\n(.*?)\n```", TEXT, re.DOTALL)[:2]
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    for command in commands:
        assert command in script


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "SECURITY.md"])
def test_every_relative_link_leads_somewhere(page):
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", (ROOT / page).read_text(encoding="utf-8")):
        assert (ROOT / target).exists(), target
