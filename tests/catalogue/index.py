"""Keep the index of names in step with the catalogue: `python -m tests.catalogue.index [--write]`."""

import json
import math
import sys
from importlib import import_module
from pathlib import Path

FOLDER = Path(__file__).parent.parent.parent / "actcli" / "catalogue"
INDEX = FOLDER / "index.json"


def rooms():
    """Yield each catalogue file's stem with its records."""
    for path in sorted(FOLDER.glob("*.py")):
        module = import_module(f"actcli.catalogue.{path.stem}") if path.stem != "__init__" else None
        if hasattr(module, "ACTIVATIONS"):
            yield path.stem, module.ACTIVATIONS


def collisions():
    """Return every word that two records claim, regardless of case, with both owners."""
    owners, clashes = {}, []
    for room, records in rooms():
        for record in records:
            for word in (record.name, *record.aliases, *record.spellings):
                owner = owners.setdefault(word.casefold(), f"{room}.{record.name}")
                if owner != f"{room}.{record.name}" or (word in record.aliases and word == record.name):
                    clashes.append(f"{word}: {owner} and {room}.{record.name}")
    return clashes


def index_text():
    """Return the index as JSON text: sorted, one record a line, the same bytes every time."""
    entries = {
        record.name: {
            "room": room,
            "family": record.family,
            "aliases": sorted(record.aliases),
            "spellings": sorted(record.spellings),
            "parameters": {p.name: [*map(_finite, (p.low, p.default, p.high))] for p in record.parameters},
        }
        for room, records in rooms()
        for record in records
    }
    lines = ",\n".join(f"  {json.dumps(name)}: {json.dumps(entries[name])}" for name in sorted(entries))
    return f'{{"records": {{\n{lines}\n}}}}\n'


def _finite(number):
    """Return `number`, or None where JSON has no number for it."""
    return number if math.isfinite(number) else None


def main(arguments):
    """Write the index, or say whether it is in step; exit code 1 where it is not or where words clash."""
    clashes = collisions()
    print(*clashes, sep="\n", file=sys.stderr, end="\n" if clashes else "")
    if "--write" in arguments:
        INDEX.write_text(index_text(), encoding="utf-8")
    in_step = INDEX.exists() and INDEX.read_text(encoding="utf-8") == index_text()
    print(f"{INDEX.name}: {'in step' if in_step else 'out of step; write it with --write'}", file=sys.stderr)
    return 0 if in_step and not clashes else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
