"""What every report can do for people: print its table, stand in a notebook, save its picture."""

import os
import warnings
from functools import partial
from typing import TYPE_CHECKING, Literal

from actcli.report import Report, Tabular

if TYPE_CHECKING:
    from os import PathLike


class Shown:
    """A report whose text is its table: the one that the command line writes into a pipe."""

    def __str__(self: Tabular) -> str:
        # Only who prints a report pays for the renderers, here and below.
        from actcli.render.terminal import plain

        return plain(self.to_table()).removesuffix("\n")

    def __repr__(self: Tabular) -> str:
        return f"<{type(self).__name__} {self.to_table().title!r}: print it for the table>"

    def _repr_markdown_(self: Tabular) -> str:
        from actcli.render.data import to_markdown

        return to_markdown(self.to_table())


class Drawn(Shown):
    """A report that can be saved as a picture too."""

    def save(
        self: Report,
        path: "str | PathLike[str]",
        *,
        dpi: int | None = None,
        theme: Literal["light", "dark"] = "light",
        title: str | None = None,
    ) -> None:
        """Draw the report into a file: .png, .svg or .pdf, as its suffix says.

        `dpi`: pixels per inch of a PNG, 20 to 1200, by default 150. `title` replaces the picture's own. The
        file is written whole or not at all: whatever fails, what was there before is untouched. Raises
        OutputError for a path that takes no picture, OptionError for a resolution or theme that there is not.
        """
        from actcli.render import files

        file = os.fspath(path)
        format = files.picture_format(file)
        from actcli.render.figure import DPI, draw

        # A warning about a letter that no font has names the line of whoever saves.
        warn = partial(warnings.warn, stacklevel=3)
        picture = draw(self.to_chart(), format, dpi=dpi or DPI, theme=theme, title=title, warn=warn)
        files.write_whole(file, picture)
