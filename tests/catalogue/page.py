"""Keep docs/catalogue.md and its pictures in step: `python -m tests.catalogue.page [--write]`."""

import sys
from pathlib import Path

from actcli import registry
from actcli.analysis.list import list_activations
from actcli.analysis.page import PICTURES
from tests.catalogue.index import rooms
from tests.catalogue.picture import picture

PAGE = Path(__file__).parent.parent.parent / "docs" / "catalogue.md"
FOLDER = PAGE.parent / PICTURES


def records():
    """Return every built-in record, in the order of names."""
    return [registry.get(name) for name in sorted(record.name for _, each in rooms() for record in each)]


def page_text():
    """Return the page as `actcli list --markdown` writes it where nothing else is registered."""
    return list_activations(records()).to_page()


def write():
    """Write the page and every picture, and remove pictures of activations that are no more."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(page_text(), encoding="utf-8")
    pictures = {f"{record.name}.svg": picture(record) for record in records()}
    for path in FOLDER.iterdir():
        if path.name not in pictures:
            path.unlink()
    for name, drawn in pictures.items():
        (FOLDER / name).write_bytes(drawn)


if __name__ == "__main__":
    if "--write" in sys.argv[1:]:
        write()
    else:
        print(page_text(), end="")
