"""Reports as data: JSON, CSV and Markdown. Full precision; nothing here depends on a terminal or a locale."""

import io
import json
import math
import re
from typing import Any

from actcli.render.text import cell, printable
from actcli.report import Cell, Table


def to_json(record: dict[str, Any]) -> str:
    """Return one JSON object, a key a line and an item a line, ASCII only, ending in a newline.

    ASCII survives every locale, and no terminal escape in a name reaches a terminal. Floats are written
    with the digits that read back to the same number. Raises ValueError for nan and infinity, which a
    report must have turned into None.
    """
    lines = [f"  {_dumps(key)}: {_item_a_line(value)}" for key, value in record.items()]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def to_csv(table: Table) -> str:
    """Return the columns and rows of `table` by RFC 4180 (lines end in CRLF), headed by the column keys.

    Numbers keep full precision, a missing one is an empty field, truth is true or false. A text that a
    spreadsheet would run as a formula gets an apostrophe in front; control characters are escaped, so
    that one row stays one line.
    """
    # Only who writes CSV pays for its import.
    import csv

    table = table.data or table
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow([column.key for column in table.columns])
    writer.writerows([_field(value) for value in row] for row in table.rows)
    return stream.getvalue()


def to_markdown(table: Table) -> str:
    """Return `table` as GitHub-flavoured Markdown: heading, lines as a list, rows, notes, further tables."""
    return "\n".join(_blocks(table, level=2))


def _dumps(value: Any) -> str:
    return json.dumps(value, allow_nan=False)


def _item_a_line(value: Any) -> str:
    """Return a value compactly, but a list of objects with one object a line, so that a diff shows which."""
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return "[\n" + ",\n".join(f"    {_dumps(item)}" for item in value) + "\n  ]"
    return _dumps(value)


def _field(value: Cell) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        return repr(value)
    text = printable(value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") and not _is_number(text) else text


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _blocks(table: Table, level: int) -> list[str]:
    blocks = [f"{'#' * min(level, 6)} {escaped(table.title)}\n"]
    if table.lines:
        pairs = ((escaped(label), escaped(cell(value))) for label, value in table.lines)
        blocks.append("".join(f"- {label}: {value}\n" for label, value in pairs))
    if table.columns:
        heads = (escaped(column.heading) for column in table.columns)
        rules = ("---:" if column.align == "right" else ":---" for column in table.columns)
        rows = [heads, rules, *((escaped(cell(value)) for value in row) for row in table.rows)]
        blocks.append("".join(f"| {' | '.join(row)} |\n" for row in rows))
    blocks += [f"{escaped(note)}\n" for note in table.legend]
    for further in table.further:
        blocks += _blocks(further, level + 1)
    return blocks


# Signs that mean something wherever they stand; a star between spaces and an underscore inside a word do
# not, and escaping them would hurt formulas.
_MARKS = re.compile(r"[\\`|<>\[\]#$~&]|(?<!\s)\*|\*(?!\s)|(?<![^\W_])_|_(?![^\W_])|^[-+](?=\s)")


def escaped(text: str) -> str:
    """Return `text` as Markdown that shows it letter by letter, on one line."""
    return _MARKS.sub(r"\\\g<0>", printable(text))
