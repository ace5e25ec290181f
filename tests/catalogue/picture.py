"""Small pictures for the catalogue page: actcli's own panel, drawn with a pen that writes SVG."""

from xml.sax.saxutils import escape, quoteattr

import numpy as np

from actcli.analysis.plot import plot
from actcli.render.palette import PALETTES
from actcli.render.panel import draw_panel
from actcli.render.sheet import Sheet
from actcli.report import Chart, Curve, Mark, Panel, Span

WIDTH, HEIGHT = 264.0, 150.0
# Screen pixels a point: the numbers on the axes are 10 pixels high.
SCALE = 1.25
BOX = (36.0, 20.0, WIDTH - 46.0, HEIGHT - 28.0)
POINTS = 200
# A vertex that moves a line by less than this many points is left out.
FINENESS = 0.1


def picture(activation):
    """Return f and f′ of one activation, as the bytes of an SVG."""
    pen = SvgPen(WIDTH, HEIGHT)
    sheet = Sheet(pen, PALETTES["light"], frozenset(), alone=True, width=WIDTH, height=HEIGHT)
    draw_panel(sheet, merged(plot(activation, points=POINTS).to_chart()), BOX, with_axis=True)
    return pen.saved(f"f and f′ of {activation.name}")


def merged(chart: Chart) -> Panel:
    """Return the panels of f and f′ as one, without words."""
    value, slope = chart.panels
    asked = [panel.y_range for panel in chart.panels if panel.y_range]
    return Panel(
        x_label="",
        y_label="",
        curves=tuple(
            Curve("", c.x, c.y, series, c.role)
            for series, panel in enumerate(chart.panels)
            for c in panel.curves
        ),
        marks=tuple(
            Mark(m.x, m.y, m.kind, "", series)
            for series, panel in enumerate(chart.panels)
            for m in panel.marks
            if m.kind != "peak"
        ),
        spans=tuple(Span(span.low, span.high, "") for span in value.spans),
        x_range=slope.x_range,
        y_range=(min(low for low, _ in asked), max(high for _, high in asked)) if asked else None,
    )


class SvgPen:
    """What a sheet draws with: places are points from the lower left, to a tenth of a point."""

    def __init__(self, width, height):
        self.resize(width, height)
        self.items = []

    def resize(self, width, height):
        self.width, self.height = width, height

    def measure(self, text, size, weight):
        """Return the width of a text; nothing but numbers on axes is written, and those stand free."""
        return 0.6 * size * len(text)

    def text(self, x, y, text, *, size, color, zorder, ha="left", va="baseline", **style):
        if text:
            anchor = {"left": "start", "center": "middle", "right": "end"}[ha]
            drop = {"baseline": 0.0, "center_baseline": 0.36, "top": 0.8}[va] * size
            place = f'x="{x:.1f}" y="{self.height - y + drop:.1f}"'
            self._add(zorder, f'<text {place} text-anchor="{anchor}" fill="{color}">{escape(text)}</text>')

    def area(self, x, y, clip, *, color, zorder, **style):
        self._add(zorder, f'<path d="{self._path(x, y)}z" fill="{color}" stroke="none"/>')

    def line(self, x, y, clip, *, color="none", zorder=2.0, linewidth=1.0, linestyle="-", **style):
        if style.get("marker"):
            self._dot(x[0], y[0], zorder, **style)
            return
        path = self._path(x, y)
        pattern = linestyle[1] if isinstance(linestyle, tuple) else style.get("dashes", ())
        dashes = " ".join(f"{length * linewidth:.1f}" for length in pattern)
        look = f'stroke="{color}" stroke-width="{linewidth}"'
        look += f' stroke-dasharray="{dashes}"' if dashes else ""
        look += ' clip-path="url(#panel)"' if clip else ""
        if path:
            self._add(zorder, f'<path d="{path}" {look}/>')

    def _dot(self, x, y, zorder, *, markersize, markerfacecolor, markeredgecolor, markeredgewidth, **style):
        place = f'cx="{x:.1f}" cy="{self.height - y:.1f}" r="{markersize / 2:.1f}"'
        look = f'fill="{markerfacecolor}" stroke="{markeredgecolor}" stroke-width="{markeredgewidth}"'
        self._add(zorder, f"<circle {place} {look}/>")

    def _add(self, zorder, item):
        self.items.append((zorder, item))

    def _path(self, x, y):
        points = np.column_stack([np.asarray(x, float), self.height - np.asarray(y, float)])
        lifted = np.flatnonzero(~np.isfinite(points).all(axis=1))
        runs = [run[np.isfinite(run).all(axis=1)] for run in np.split(points, lifted)]
        texts = [[f"{across:.1f} {down:.1f}" for across, down in simplified(run)] for run in runs if len(run)]
        return "".join("M" + "L".join(text) for text in texts)

    def saved(self, title):
        left, bottom, width, height = BOX
        size = f'width="{SCALE * self.width:g}" height="{SCALE * self.height:g}"'
        label = f'role="img" aria-label={quoteattr(title)}'
        view = f'viewBox="0 0 {self.width:g} {self.height:g}"'
        panel = f'x="{left:g}" y="{self.height - bottom - height:g}" width="{width:g}" height="{height:g}"'
        lines = [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} {view} {label}>',
            f"<title>{escape(title)}</title>",
            f'<clipPath id="panel"><rect {panel}/></clipPath>',
            f'<rect width="{self.width:g}" height="{self.height:g}" fill="{PALETTES["light"].page}"/>',
            '<g fill="none" font-family="DejaVu Sans, Verdana, sans-serif" font-size="8">',
            *(item for _, item in sorted(self.items, key=lambda pair: pair[0])),
            "</g>",
            "</svg>",
        ]
        return ("\n".join(lines) + "\n").encode()


def simplified(points):
    """Return the vertices that a line within FINENESS of `points` needs (Douglas and Peucker, 1973)."""
    if len(points) < 3:
        return points
    first, last = points[0], points[-1]
    along = last - first
    away = points - first
    length = np.hypot(*along)
    distance = np.abs(along[0] * away[:, 1] - along[1] * away[:, 0]) / length if length else np.hypot(*away.T)
    far = int(np.argmax(distance))
    if distance[far] <= FINENESS:
        return points[[0, -1]]
    return np.vstack([simplified(points[: far + 1])[:-1], simplified(points[far:])])
