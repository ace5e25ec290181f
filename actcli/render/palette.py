"""Colours and line styles: told apart by colour-blind eyes, on white and on black, and in grey print."""

from typing import Literal, NamedTuple

from actcli.report import Role

Dashes = tuple[float, ...]


class Palette(NamedTuple):
    """The colours of one theme; `series` are told apart by deuteranopes, protanopes and tritanopes."""

    page: str
    text: str
    quiet: str
    grid: str
    zero: str
    shade: str
    series: tuple[str, ...]


# After Okabe and Ito, Color Universal Design (https://jfly.uni-koeln.de/color/): their hues, darkened for
# lines and small text on white, lightened for black; black, or white, is the fifth.
PALETTES: dict[Literal["light", "dark"], Palette] = {
    "light": Palette(
        page="#ffffff",
        text="#1a1a1a",
        quiet="#5f6368",
        grid="#ececec",
        zero="#a8a8a8",
        shade="#eceff3",
        series=("#0067a5", "#c94f00", "#008a62", "#b0568a", "#222222", "#8a6d00", "#2d8fc4", "#7a5bb5"),
    ),
    "dark": Palette(
        page="#15181c",
        text="#eceff1",
        quiet="#a2a9b0",
        grid="#262b31",
        zero="#5c646d",
        shade="#20262d",
        series=("#56b4e9", "#f0863a", "#2fc59a", "#e08fbd", "#f4f4f4", "#f0e442", "#8fd0f5", "#b39ddb"),
    ),
}

LINE_WIDTH = 1.7
BAND_ALPHA = 0.18
SOLID: Dashes = ()
# In multiples of the line width; neighbours differ in rhythm, not only in length. Nine of them and eight
# colours: 72 series are told apart, the first nine of them in grey too.
SERIES_DASHES: tuple[Dashes, ...] = (
    SOLID,
    (6.0, 2.2),
    (1.2, 1.6),
    (6.0, 1.8, 1.2, 1.8),
    (3.0, 1.6),
    (9.0, 2.0, 3.0, 2.0),
    (6.0, 1.6, 1.2, 1.6, 1.2, 1.6),
    (1.4, 4.2),
    (3.0, 1.2, 3.0, 5.0),
)
ROLE_DASHES: dict[Role, Dashes] = {
    "value": SOLID,
    "slope": (6.0, 2.2),
    "curvature": (1.2, 1.6),
    "measured": SOLID,
    "theory": (6.0, 2.2),
    "bound": (1.2, 1.6),
}
_ROLE_COLOURS: dict[Role, int] = {
    "value": 0,
    "slope": 1,
    "curvature": 2,
    "measured": 0,
    "theory": 1,
    "bound": 6,
}


def colour(palette: Palette, series: int, role: Role, alone: bool) -> str:
    """Return the colour of a curve: by series, or by role where the picture shows one series `alone`."""
    index = _ROLE_COLOURS[role] if alone else series
    return palette.series[index % len(palette.series)]


def dashes(series: int, role: Role, roles: int) -> Dashes:
    """Return the dash pattern of a curve: by role where a panel shows several `roles`, else by series."""
    return ROLE_DASHES[role] if roles > 1 else SERIES_DASHES[series % len(SERIES_DASHES)]
