"""Charts as pictures: PNG, SVG and PDF, the same bytes for the same chart.

Everything is placed by hand: fixed margins, no layout engine, no mathematical typesetting of text, and none
of the settings that a user keeps for other pictures.
"""

import io
import warnings
from collections.abc import Callable
from typing import Any, Literal, get_args

from actcli.errors import OptionError, OutputError, suggestion
from actcli.render.fonts import FALLBACKS, clean_surroundings
from actcli.render.palette import PALETTES
from actcli.render.panel import draw_panel
from actcli.render.sheet import Box, Sheet, arrange, shares_axis
from actcli.render.text import printable
from actcli.report import Chart

Format = Literal["png", "svg", "pdf"]
Theme = Literal["light", "dark"]
DPI = 150
DPI_RANGE = (20, 1200)
_FAMILY = "DejaVu Sans"
# The salt makes the identifiers in an SVG the same each time; 42 embeds TrueType, as publishers ask.
_SETTINGS = {"text.parse_math": False, "svg.hashsalt": "actcli", "pdf.fonttype": 42}


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
    with clean_surroundings():
        matplotlib = _matplotlib()
        with matplotlib.rc_context():
            # What rcdefaults() does, without its import of every style that matplotlib ships.
            defaults = {
                name: value for name, value in matplotlib.rcParamsDefault.items() if name != "backend"
            }
            matplotlib.rcParams.update({**defaults, **_SETTINGS})
            heading = chart.title if title is None else title
            sheet = _sheet(chart, theme, heading, warn)
            for place, (panel, box) in enumerate(
                zip(chart.panels, arrange(sheet, chart, heading), strict=True)
            ):
                below = chart.panels[place + 1 : place + 2]
                draw_panel(sheet, panel, box, with_axis=not (below and shares_axis(panel, below[0])))
            return _saved(sheet, format, dpi, printable(heading))


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


def _sheet(chart: Chart, theme: Theme, title: str, warn: Callable[[str], object]) -> Sheet:
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path
    from matplotlib.transforms import Bbox, TransformedBbox

    palette = PALETTES[theme]
    families, missing = _fonts(title + _text(chart))
    if missing:
        warn(f"no installed font has the letters {' '.join(sorted(missing))}; they are drawn as boxes")

    def measured(text: str, size: float, weight: str) -> float:
        properties = FontProperties(family=families, size=size, weight=weight)
        return float(text_to_path.get_text_width_height_descent(text, properties, False)[0])

    axes = Figure().add_axes((0, 0, 1, 1))
    axes.set_axis_off()

    def clip(box: Box) -> Any:
        return TransformedBbox(Bbox.from_bounds(*box), axes.transData)

    alone = len({curve.series for panel in chart.panels for curve in panel.curves}) <= 1
    return Sheet(axes, palette, families, missing, measured, clip, alone)


def _text(chart: Chart) -> str:
    """Return everything that a chart says, for a look at its letters."""
    parts = [chart.subtitle]
    for panel in chart.panels:
        parts += [panel.x_label, panel.y_label, panel.title]
        groups = (panel.curves, panel.bands, panel.marks, panel.spans, panel.levels)
        parts += [item.label for group in groups for item in group]
    return "".join(parts)


def _fonts(text: str) -> tuple[list[str], frozenset[str]]:
    """Return the font families that `text` needs, and the letters that none of them has."""
    from matplotlib.font_manager import FontProperties, fontManager, get_font

    def lacking(family: str, letters: set[str]) -> set[str]:
        faces = [FontProperties(family=family, weight=weight) for weight in ("normal", "bold")]
        fonts = [get_font(fontManager.findfont(face)) for face in faces]
        return {c for c in letters if not all(font.get_char_index(ord(c)) for font in fonts)}

    families = [_FAMILY]
    missing = lacking(_FAMILY, {c for c in printable(text) if not c.isascii()})
    installed = {entry.name for entry in fontManager.ttflist} if missing else set()
    for family in FALLBACKS:
        if family in installed and (still := lacking(family, missing)) < missing:
            families.append(family)
            missing = still
    return families, frozenset(missing)


def _saved(sheet: Sheet, format: Format, dpi: int, title: str) -> bytes:
    """Return the picture with no date and no version in it, so that the same input gives the same bytes."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    metadata: dict[Format, dict[str, str | None]] = {
        "png": {"Software": "actcli"},
        "svg": {"Date": None, "Creator": "actcli", "Title": title},
        "pdf": {"CreationDate": None, "Creator": "actcli", "Producer": None, "Title": title},
    }
    stream = io.BytesIO()
    canvas = FigureCanvasAgg(sheet.axes.figure)
    resolution = dpi if format == "png" else 72
    paper = sheet.palette.page
    canvas.print_figure(stream, format=format, dpi=resolution, facecolor=paper, metadata=metadata[format])
    return stream.getvalue()
