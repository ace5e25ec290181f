"""From a report to what was asked for: a table or data on standard output, a picture in a file."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

from actcli.cli import streams
from actcli.errors import OptionError, OutputError
from actcli.render import files

if TYPE_CHECKING:
    from actcli.report import Report, Table

DATA_FORMATS: Final = ("table", "json", "csv", "markdown")
_DATA_SUFFIXES: Final = {".json": "json", ".csv": "csv", ".md": "markdown", ".txt": "table"}
PIPE: Final = "-"

DataFormat = Literal["table", "json", "csv", "markdown"]


@dataclass(frozen=True)
class Output:
    """What a user wants to see, checked before anything is computed.

    `file` is the picture's path, `-` for standard output, or None for no picture. `explicit` says that the
    data format was asked for by name. `terminal` and `ascii` ask for a drawing in characters.
    """

    format: DataFormat
    explicit: bool
    file: str | None
    quiet: bool
    theme: Literal["light", "dark"] = "light"
    dpi: int | None = None
    title: str | None = None
    terminal: bool = False
    ascii: bool = False
    notes: list[str] = field(default_factory=list)

    @classmethod
    def asked(
        cls, format: str | None, json: bool, file: str | None = None, quiet: bool = False, **drawing: Any
    ) -> "Output":
        """Return the output that these options describe, or raise OptionError or OutputError."""
        if json and format not in (None, "json"):
            raise OptionError(f"--json and --format {format} contradict each other; give one of them")
        chosen: Any = "json" if json else format or "table"
        explicit = json or format is not None
        asked = cls(chosen, explicit, file, quiet, **drawing)
        asked._check_standard_output()
        if file == PIPE:
            if streams.is_terminal(streams.standard_output()):
                raise OutputError(
                    "a picture is not shown on a terminal; send it on with | or >, or give --output a file"
                )
        elif file is not None:
            _picture_format(file)
        return asked

    @property
    def sketched(self) -> bool:
        """Whether a drawing in characters is asked for."""
        return self.terminal or self.ascii

    def _check_standard_output(self) -> None:
        """Raise OptionError where two results want standard output that cannot follow each other there."""
        # A drawing in characters may follow a table that is asked for by name.
        named = self.explicit and (self.format != "table" or self.file == PIPE)
        wanted = [f"--format {self.format}"] * named + ["--output -"] * (self.file == PIPE)
        wanted += [f"--{'terminal' if self.terminal else 'ascii'}"] * self.sketched
        if len(wanted) > 1:
            cure = "give the picture a file" if self.file == PIPE else "leave one of them out"
            raise OptionError(f"{wanted[0]} and {wanted[1]} both want standard output; {cure}")

    def note(self, text: str) -> None:
        """Keep something to be said on standard error once the request is served: an error stands alone."""
        self.notes.append(text)

    def _say_notes(self) -> None:
        for text in self.notes if not self.quiet else ():
            streams.say(text)
        self.notes.clear()

    def emit(self, report: "Report") -> None:
        """Draw the picture that was asked for, then write the report to standard output."""
        if self.file is not None:
            self.draw(report, self.file)
        if self.file != PIPE:
            self.write(report.to_table, report.to_record)
        if self.sketched:
            self.sketch(report, after="\n")

    def draw(self, report: "Report", file: str) -> None:
        """Draw the report's chart into `file`, and name the file on standard error."""
        from actcli.render.figure import DPI, draw

        picture = draw(
            report.to_chart(),
            _picture_format(file),
            dpi=self.dpi or DPI,
            theme=self.theme,
            title=self.title,
            warn=lambda text: self.note(f"note: {text}"),
        )
        if file == PIPE:
            streams.write_bytes(picture)
        else:
            files.write_whole(file, picture)
            self.note(f"wrote {file}")
        self._say_notes()

    def sketch(self, report: "Report", after: str = "") -> None:
        """Draw the report's chart in characters on standard output, as wide as the terminal is."""
        from actcli.render.characters import sketch
        from actcli.render.terminal import can_show, columns, has_colour

        chart = report.to_chart()
        with streams.results() as stream:
            drawn = sketch(
                chart,
                columns(),
                ascii=self.ascii or not can_show("⣿", stream),
                colour=has_colour(stream),
                title=self.title,
            )
            stream.write(after + drawn)
        self._say_notes()

    def write(self, table: "Callable[[], Table]", record: Callable[[], dict[str, Any]]) -> None:
        """Write the report to standard output in the format asked for; only that form of it is made."""
        if self.format == "table":
            self._write_table(table())
        else:
            self._write_data(table, record)
        self._say_notes()

    def write_page(self, text: str) -> None:
        """Write a page of text to standard output."""
        _write_text(text)
        self._say_notes()

    def _write_table(self, table: "Table") -> None:
        from actcli.render.terminal import show

        with streams.results() as stream:
            show(table, stream)

    def _write_data(self, table: "Callable[[], Table]", record: Callable[[], dict[str, Any]]) -> None:
        from actcli.render import data

        if self.format == "json":
            text = data.to_json(record())
        else:
            text = data.to_csv(table()) if self.format == "csv" else data.to_markdown(table())
        _write_text(text)


def _write_text(text: str) -> None:
    # UTF-8 whatever the locale: the same request gives the same bytes everywhere.
    streams.write_bytes(text.encode("utf-8", "backslashreplace"))


def _picture_format(file: str) -> files.PictureFormat:
    """Return the format of the picture that goes into `file`; raise OutputError where it holds none."""
    if file == PIPE:
        return "png"
    data = _DATA_SUFFIXES.get(os.path.splitext(file)[1].lower())  # noqa: PTH122  # ".json" is no suffix
    if data is not None:
        cure = f"data goes to standard output, with --format {data} > {file}"
        raise OutputError(f"cannot write {file}: it is not a picture (.png, .svg, .pdf); {cure}")
    return files.picture_format(file)
