"""docs/misprints.md says what the code computes today."""

from tests.misprints import PAGE, page


def test_the_page_is_what_the_command_writes():
    assert PAGE.read_text(encoding="utf-8") == page(), "run python -m tests.misprints --write"
