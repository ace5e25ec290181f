"""docs/criticality.md says what the code computes today."""

from tests.criticality import PAGE, page


def test_the_page_is_what_the_command_writes():
    shown, made = PAGE.read_text(encoding="utf-8").splitlines(), page().splitlines()
    assert shown == made, "run python -m tests.criticality --write"
