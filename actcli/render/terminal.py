"""Tables for people: drawn by rich on a terminal, and as plain aligned text everywhere else."""

import os
import shutil
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, TextIO

from actcli.render.text import DASH, aligned, cell, encodable, folded, padded, printable, width
from actcli.report import Cell, Table

if TYPE_CHECKING:
    from rich.console import RenderableType

_GAP = "  "
# Narrower than this no table can be read; a terminal that claims to be is drawn for at this width.
_NARROWEST = 20
# And wider than this none is: a COLUMNS of a billion would be filled with spaces.
_WIDEST = 1000
# A column of text may be folded down to this many characters; the first, which names the row, to these.
_TEXT_WIDTH = 16
_NAME_WIDTH = 24


def show(table: Table, stream: TextIO, environment: Mapping[str, str] | None = None) -> None:
    """Write `table` to `stream`: with lines and colour that fit the width of a terminal, else as plain text.

    Plain text depends on no width and no environment, and costs no import of rich. NO_COLOR and TERM=dumb
    ask for no escapes, FORCE_COLOR for colour in a pipe too, COLUMNS (where it is a number) for a width.
    """
    settings = os.environ if environment is None else environment
    spelled = _spelled(table, _encoding(stream))
    terminal, colour = _is_capable(stream, settings), has_colour(stream, settings)
    if terminal or colour:
        room = columns(settings) if terminal else max(columns(settings), _natural_width(spelled))
        text = styled(spelled, room, colour=colour, lines=can_show("╭", stream))
    else:
        text = plain(spelled)
    stream.write(encodable(text, _encoding(stream)))


def has_colour(stream: TextIO, environment: Mapping[str, str] | None = None) -> bool:
    """Return whether escapes belong on `stream`: on a terminal or for FORCE_COLOR, unless NO_COLOR."""
    settings = os.environ if environment is None else environment
    if settings.get("NO_COLOR"):
        return False
    return _is_capable(stream, settings) or bool(settings.get("FORCE_COLOR"))


def can_show(character: str, stream: TextIO) -> bool:
    """Return whether the encoding of `stream` has this character."""
    return encodable(character, _encoding(stream)) == character


def columns(environment: Mapping[str, str] | None = None) -> int:
    """Return the columns to draw for: COLUMNS where it is a number, else the terminal's width, else 80."""
    settings = os.environ if environment is None else environment
    try:
        asked = int(settings.get("COLUMNS", ""))
    except ValueError:
        asked = 0
    return min(max(asked if asked > 0 else shutil.get_terminal_size().columns, _NARROWEST), _WIDEST)


def _is_capable(stream: TextIO, settings: Mapping[str, str]) -> bool:
    return stream.isatty() and settings.get("TERM") not in ("dumb", "unknown")


def _encoding(stream: TextIO) -> str:
    return getattr(stream, "encoding", None) or "utf-8"


def _spelled(table: Table, encoding: str) -> Table:
    """Return `table` with its texts as the stream can write them, so that their widths are right."""

    def spell(value: Cell) -> Any:
        return encodable(printable(value), encoding) if isinstance(value, str) else value

    return Table(
        title=spell(table.title),
        columns=tuple(c._replace(heading=spell(c.heading), meaning=spell(c.meaning)) for c in table.columns),
        rows=tuple(tuple(map(spell, row)) for row in table.rows),
        lines=tuple((spell(label), spell(value)) for label, value in table.lines),
        notes=tuple(map(spell, table.notes)),
        further=tuple(_spelled(further, encoding) for further in table.further),
    )


def plain(table: Table) -> str:
    """Return `table` as text whose columns are as wide as they need to be: the same everywhere."""
    lines = [printable(table.title)]
    widest = max((width(printable(label)) for label, _ in table.lines), default=0)
    lines += [f"{padded(printable(label), widest)}{_GAP}{cell(value)}" for label, value in table.lines]
    if table.columns:
        lines += ["", *_grid(table)]
    if table.legend:
        lines += ["", *map(printable, table.legend)]
    text = "\n".join(line.rstrip() for line in lines) + "\n"
    return "\n".join([text, *(plain(further) for further in table.further)])


def _natural_width(table: Table) -> int:
    """Return how many columns the rows of `table` and its further tables need when drawn with lines."""
    widths = [max((width(text) for text in texts), default=0) for texts in _texts(table)]
    return max([sum(widths) + 3 * len(widths) + 1, *(_natural_width(further) for further in table.further)])


def _texts(table: Table) -> list[list[str]]:
    """Return every column as the texts of its heading and its cells, decimal points under each other."""
    cells = [aligned(values) for values in zip(*table.rows, strict=True)] or [[] for _ in table.columns]
    heads = (printable(column.heading) for column in table.columns)
    return [[head, *column] for head, column in zip(heads, cells, strict=True)]


def _grid(table: Table) -> list[str]:
    filled = []
    for column, texts in zip(table.columns, _texts(table), strict=True):
        widest = max(width(text) for text in texts)
        filled.append([padded(text, widest, column.align) for text in texts])
    return [_GAP.join(row) for row in zip(*filled, strict=True)]


def styled(table: Table, columns: int, *, colour: bool = True, lines: bool = True) -> str:
    """Return `table` drawn by rich for this many columns, with escapes only where `colour` is asked for.

    `lines` asks for box-drawing characters instead of ASCII. Where the numbers do not fit side by side,
    each row becomes a block of headings and values.
    """
    import io

    from rich.console import Console

    sheet = io.StringIO()
    console = Console(
        file=sheet,
        width=columns,
        force_terminal=colour,
        force_jupyter=False,
        color_system="standard" if colour else None,
        legacy_windows=False,
        highlight=False,
    )
    for part in _drawn(table, columns, lines):
        console.print(part)
    return "\n".join(line.rstrip() for line in sheet.getvalue().split("\n"))


def _drawn(table: Table, columns: int, lines: bool) -> "Iterator[RenderableType]":
    """Yield what rich is to print for `table`; every text is a Text, so that no name is read as markup."""
    from rich.text import Text

    yield Text(printable(table.title), style="bold")
    if table.lines:
        yield _pairs([(printable(label), cell(value)) for label, value in table.lines])
    yield from _body(table, columns, lines)
    for further in table.further:
        yield Text("")
        yield from _drawn(further, columns, lines)


def _body(table: Table, columns: int, lines: bool) -> "Iterator[RenderableType]":
    """Yield the rows in the first form that fits (a box, no box, fewer columns, blocks), and their legend."""
    from rich.text import Text

    shown, shorter = table, _without_optional(table)
    if not table.columns:
        yield from [Text("")] if table.lines and table.legend else []
    elif _least_width(table, boxed=True) <= columns:
        yield _side_by_side(table, columns, lines, boxed=True)
    elif _least_width(table, boxed=False) <= columns:
        yield _side_by_side(table, columns, lines, boxed=False)
    elif _least_width(shorter, boxed=False) <= columns:
        shown = shorter
        yield _side_by_side(shown, columns, lines, boxed=False)
        left_out = ", ".join(printable(column.heading) for column in table.columns if column.optional)
        yield _note(f"left out at this width: {left_out}; data formats hold every column", columns)
    else:
        heads = [printable(column.heading) for column in table.columns]
        for row in table.rows:
            yield Text("─" * columns if lines else "-" * columns, style="dim")
            yield _pairs(list(zip(heads, map(cell, row), strict=True)))
    for note in shown.legend:
        yield _note(printable(note), columns)


def _note(text: str, columns: int) -> "RenderableType":
    from rich.text import Text

    return Text("\n".join(folded(text, columns)), style="italic")


def _without_optional(table: Table) -> Table:
    kept = [place for place, column in enumerate(table.columns) if not column.optional]
    rows = tuple(tuple(row[place] for place in kept) for row in table.rows)
    return table._replace(columns=tuple(table.columns[place] for place in kept), rows=rows)


def _least_width(table: Table, boxed: bool) -> int:
    """Return the narrowest width that cuts no number: only headings and texts are folded, between words."""
    return sum(_least(table)) + _surrounding(table, boxed)


def _surrounding(table: Table, boxed: bool) -> int:
    return 3 * len(table.columns) + 1 if boxed else len(_GAP) * (len(table.columns) - 1)


def _least(table: Table) -> list[int]:
    """Return the narrowest width of each column."""
    least = []
    for place, (column, (head, *cells)) in enumerate(zip(table.columns, _texts(table), strict=True)):
        longest_word = max(width(word) for word in [*head.split(), ""])
        widest = max((width(text) for text in cells), default=0)
        folded_to = _TEXT_WIDTH if place else _NAME_WIDTH
        least.append(max(longest_word, widest if column.align == "right" else min(widest, folded_to)))
    return least


def _side_by_side(table: Table, columns: int, lines: bool, boxed: bool) -> "RenderableType":
    from rich import box
    from rich.table import Table as Grid
    from rich.text import Text

    if boxed:
        grid = Grid(box=box.ROUNDED if lines else box.ASCII, header_style="bold", border_style="dim")
    else:
        grid = Grid(box=None, header_style="bold", padding=(0, len(_GAP), 0, 0), pad_edge=False)
    filled = []
    rooms = _shared_out(table, columns - _surrounding(table, boxed))
    for column, (head, *cells), room in zip(table.columns, _texts(table), rooms, strict=True):
        # Numbers are filled by us: rich would take the spaces away that put their points under each other.
        fixed = column.align == "right"
        texts = ["\n".join(padded(line, room * fixed, "right") for line in folded(head, room))]
        texts += [padded(text, room, "right") if fixed else "\n".join(folded(text, room)) for text in cells]
        grid.add_column(Text(texts[0]), width=room, no_wrap=True, overflow="fold")
        filled.append(texts[1:])
    for row in zip(*filled, strict=True):
        grid.add_row(*(Text(text, style="dim" if text.strip() == DASH else "") for text in row))
    return grid


def _shared_out(table: Table, room: int) -> list[int]:
    """Return the width of each column: what it needs at least, the rest where most text has to be folded."""
    shares = _least(table)
    widths = [list(map(width, texts)) for texts in _texts(table)]

    def folded_lines(place: int) -> float:
        return sum(each for each in widths[place] if each > shares[place]) / max(shares[place], 1)

    for _ in range(room - sum(shares)):
        place = max(range(len(shares)), key=folded_lines, default=0)
        if not shares or not folded_lines(place):
            break
        shares[place] += 1
    return shares


def _pairs(pairs: list[tuple[str, str]]) -> "RenderableType":
    from rich.table import Table as Grid
    from rich.text import Text

    grid = Grid.grid(padding=(0, 2))
    grid.add_column(overflow="fold")
    grid.add_column(overflow="fold")
    for label, value in pairs:
        # Of the eight colours that every terminal has, the one that can be read on black and on white.
        grid.add_row(Text(label, style="magenta"), Text(value))
    return grid
