"""The README keeps its word: its commands run and print what it shows."""

import io
import re
from importlib import import_module
from importlib.metadata import version

import numpy as np
import pytest

from tests.readme import IMAGES, MATPLOTLIB, README, ROOT, blocks, drawn, pictures, run

TEXT = README.read_text(encoding="utf-8")
CURE = "run python -m tests.readme --write, and say there with which matplotlib"
# The share of points that letters of another version of matplotlib change: 2.7 % between 3.10.8 and 3.11.2.
LETTERS = 0.04


@pytest.mark.parametrize(("command", "shown"), list(blocks(TEXT)), ids=lambda text: text[:40])
def test_every_command_of_the_readme_prints_what_it_shows(command, shown, tmp_path):
    assert run(command, tmp_path) == shown


def differing(shown, made):
    """Return the share of points of two pictures (PNG) that differ; 1 where their sizes do."""
    imread = import_module("matplotlib.image").imread
    first, second = (imread(io.BytesIO(picture), format="png") for picture in (shown, made))
    return 1.0 if first.shape != second.shape else float((np.abs(first - second).max(axis=-1) > 0.25).mean())


@pytest.mark.parametrize(("command", "name"), list(pictures(TEXT)))
def test_every_picture_of_the_readme_is_what_its_command_draws(command, name, tmp_path):
    shown, made = (IMAGES / name).read_bytes(), drawn(command, name, tmp_path)
    same = version("matplotlib") == MATPLOTLIB
    assert shown == made or (not same and differing(shown, made) < LETTERS), CURE


def test_every_picture_of_the_readme_has_its_command():
    assert {name for _, name in pictures(TEXT)} == set(re.findall(r"docs/images/([\w.]+)\)", TEXT))
    assert len([*pictures(TEXT)]) == 3


def test_another_picture_differs_by_more_than_letters_do(tmp_path):
    made = drawn("actcli vanish sigmoid --depth 50 --output vanish.png --spectrum", "vanish.png", tmp_path)
    assert differing((IMAGES / "vanish.png").read_bytes(), made) > LETTERS
    made = drawn("actcli vanish relu --phase --output phase.png", "phase.png", tmp_path)
    assert differing((IMAGES / "phase.png").read_bytes(), made) > LETTERS


def test_the_checks_run_the_readmes_first_two_commands():
    commands = re.findall(r"```sh\n(.*?)\n```", TEXT, re.DOTALL)[:2]
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    for command in commands:
        assert command in script


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "SECURITY.md"])
def test_every_relative_link_leads_somewhere(page):
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", (ROOT / page).read_text(encoding="utf-8")):
        assert (ROOT / target).exists(), target
