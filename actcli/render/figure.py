"""Charts as pictures: PNG, SVG and PDF, the same bytes for the same chart.

Everything is placed by hand: fixed margins, no layout engine, no mathematical typesetting of text, and none
of the settings that a user keeps for other pictures.
"""

import io
import warnings
from collections.abc import Callable
from typing import Any, Literal, get_args

import numpy as np

from actcli.errors import OptionError, OutputError, suggestion
from actcli.render.fonts import FALLBACKS, clean_surroundings
from actcli.render.palette import PALETTES
from actcli.render.panel import draw_panel
from actcli.render.sheet import Rectangle, Sheet, arrange, shares_axis
from actcli.render.text import printable
from actcli.report import Chart

Format = Literal["png", "svg", "pdf"]
Theme = Literal["light", "dark"]
DPI = 150
DPI_RANGE = (20, 1200)
_FAMILY = "DejaVu Sans"
# Agg keeps the cells of a whole path: one that fills a large picture would take gigabytes. Its own chunks
# (agg.path.chunksize) are no cure: they leave a hole between one and the next.
_PIECE = 2000
# The salt makes the identifiers in an SVG the same each time; 42 embeds TrueType, as publishers ask.
_SETTINGS = {
    "text.parse_math": False,
    "svg.hashsalt": "actcli",
    "pdf.fonttype": 42,
}


def draw(
    chart: Chart,
    format: Format = "png",
    *,
    dpi: int = DPI,
    theme: Theme = "light",
    title: str | None = None,
    warn: Callable[[str], object] = warnings.warn,
) -> bytes:
    """Return `chart` as the bytes of a picture; `dpi` matters to PNG alone.

    `title` replaces the chart's own. `warn` gets one sentence where no installed font has a letter, which
    is then drawn as a box. Raises OptionError for a format, theme or resolution that there is not.
    """
    _check(format, dpi, theme)
    heading = chart.title if title is None else title
    with clean_surroundings():
        matplotlib = _matplotlib()
        with matplotlib.rc_context():
            # What rcdefaults() does, without its import of every style that matplotlib ships.
            defaults = {key: value for key, value in matplotlib.rcParamsDefault.items() if key != "backend"}
            matplotlib.rcParams.update({**defaults, **_SETTINGS})
            families, missing = _fonts(heading + _text(chart))
            if missing:
                warn(
                    f"no installed font has the letters {' '.join(sorted(missing))}; they are drawn as boxes"
                )
            pen = _Pen(families)
            _compose(Sheet(pen, PALETTES[theme], missing, _is_alone(chart)), chart, heading)
            return pen.saved(format, dpi, PALETTES[theme].page, printable(heading))


def _compose(sheet: Sheet, chart: Chart, title: str) -> None:
    for place, (panel, box) in enumerate(zip(chart.panels, arrange(sheet, chart, title), strict=True)):
        shared = any(shares_axis(panel, below) for below in chart.panels[place + 1 : place + 2])
        draw_panel(sheet, panel, box, with_axis=not shared)


def _is_alone(chart: Chart) -> bool:
    return len({curve.series for panel in chart.panels for curve in panel.curves}) <= 1


def _check(format: str, dpi: int, theme: str) -> None:
    for what, value, allowed in (
        ("picture format", format, get_args(Format)),
        ("theme", theme, get_args(Theme)),
    ):
        if value not in allowed:
            raise OptionError(
                f"{what} is '{value}'{suggestion(value, allowed)}; it can be {', '.join(allowed)}"
            )
    low, high = DPI_RANGE
    if not low <= dpi <= high:
        raise OptionError(f"dpi is {dpi}; it takes a whole number from {low} to {high}")


def _matplotlib() -> Any:
    try:
        import matplotlib
        import matplotlib.backends.backend_agg
        import matplotlib.figure
    except UnicodeDecodeError as error:
        reason = "the file matplotlibrc in this folder is not text, so that matplotlib cannot start"
        raise OutputError(f"{reason}; move it or work in another folder") from error
    return matplotlib


class _Pen:
    """What a sheet draws with: a figure whose coordinates are points from its lower left."""

    def __init__(self, families: list[str]) -> None:
        from matplotlib.figure import Figure
        from matplotlib.transforms import Affine2D

        self.figure = Figure()
        self.families = families
        self.points = Affine2D().scale(1 / 72) + self.figure.dpi_scale_trans
        self._fonts: dict[str, list[Any]] = {}

    def resize(self, width: float, height: float) -> None:
        self.figure.set_size_inches(width / 72, height / 72)

    def text(self, x: float, y: float, text: str, **style: Any) -> None:
        self.figure.text(x, y, text, transform=self.points, family=self.families, **style)

    def line(self, x: Any, y: Any, clip: Rectangle | None, **style: Any) -> None:
        from matplotlib.lines import Line2D

        for start in range(0, max(len(x) - 1, 1), _PIECE):
            # A piece begins with the last point of the one before.
            part = slice(start, start + _PIECE + 1)
            self._add(Line2D(x[part], y[part], transform=self.points, **style), clip)

    def area(self, x: Any, y: Any, clip: Rectangle | None, **style: Any) -> None:
        from matplotlib.patches import Polygon

        self._add(Polygon(np.column_stack([x, y]), transform=self.points, linewidth=0, **style), clip)

    def _add(self, artist: Any, clip: Rectangle | None) -> None:
        from matplotlib.transforms import Bbox, TransformedBbox

        self.figure.add_artist(artist)
        if clip is not None:
            artist.set_clip_box(TransformedBbox(Bbox.from_bounds(*clip), self.points))

    def measure(self, text: str, size: float, weight: str) -> float:
        """Return the width of a text: the sum of what its letters advance, whatever the resolution."""
        if weight not in self._fonts:
            self._fonts[weight] = [_font(family, weight) for family in self.families]
            for font in self._fonts[weight]:
                font.set_size(100, 72)
        fonts = self._fonts[weight]
        advances = 0.0
        for letter in text:
            font = next((font for font in fonts if font.get_char_index(ord(letter))), fonts[0])
            advances += font.load_char(ord(letter)).linearHoriAdvance
        return advances / 65536 * size / 100

    def saved(self, format: Format, dpi: int, paper: str, title: str) -> bytes:
        """Return the picture with no date and no version, so that the same input gives the same bytes."""
        from matplotlib.backends.backend_agg import FigureCanvasAgg

        metadata: dict[Format, dict[str, str | None]] = {
            "png": {"Software": "actcli"},
            "svg": {"Date": None, "Creator": "actcli", "Title": title},
            "pdf": {"CreationDate": None, "Creator": "actcli", "Producer": None, "Title": title},
        }
        stream = io.BytesIO()
        settings: dict[str, Any] = {
            "dpi": dpi if format == "png" else 72,
            "facecolor": paper,
            "metadata": metadata[format],
        }
        FigureCanvasAgg(self.figure).print_figure(stream, format=format, **settings)
        return stream.getvalue()


def _text(chart: Chart) -> str:
    """Return everything that a chart says, for a look at its letters."""
    parts = [chart.subtitle]
    for panel in chart.panels:
        parts += [panel.x_label, panel.y_label, panel.title]
        groups = (panel.curves, panel.bands, panel.marks, panel.spans, panel.levels)
        parts += [item.label for group in groups for item in group]
    return "".join(parts)


def _font(family: str, weight: str) -> Any:
    from matplotlib.font_manager import FontProperties, fontManager, get_font

    return get_font(fontManager.findfont(FontProperties(family=family, weight=weight)))


def _fonts(text: str) -> tuple[list[str], frozenset[str]]:
    """Return the font families that `text` needs, and the letters that none of them has."""
    from matplotlib.font_manager import fontManager

    def lacking(family: str, letters: set[str]) -> set[str]:
        fonts = [_font(family, weight) for weight in ("normal", "bold")]
        return {c for c in letters if not all(font.get_char_index(ord(c)) for font in fonts)}

    families = [_FAMILY]
    missing = lacking(_FAMILY, {c for c in printable(text) if not c.isascii()})
    installed = {entry.name for entry in fontManager.ttflist} if missing else set()
    for family in FALLBACKS:
        if family in installed and (still := lacking(family, missing)) < missing:
            families.append(family)
            missing = still
    return families, frozenset(missing)
