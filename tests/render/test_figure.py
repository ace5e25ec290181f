import hashlib
import importlib
import math
import os
import re
import subprocess
import sys
import zlib
from pathlib import Path

import pytest

import actcli
from actcli.errors import OptionError
from actcli.render.figure import DPI_RANGE, draw
from actcli.report import Band, Chart, Curve, Mark
from tests.render.charts import EMPTY, FULL, STEP, X, panel
from tests.render.tables import HOSTILE

ROOT = Path(actcli.__file__).parent.parent
STARTS = {"png": b"\x89PNG\r\n\x1a\n", "svg": b"<?xml", "pdf": b"%PDF-"}
ENDS = {"png": b"IEND\xaeB`\x82", "svg": b"</svg>\n", "pdf": b"%%EOF\n"}


def png_size(data):
    return int.from_bytes(data[16:20]), int.from_bytes(data[20:24])


def drawn_outside(code, tmp_path, **environment):
    """Run `code` in a fresh process in an empty folder; return its standard output and error."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("MPL", "MATPLOTLIB"))}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        capture_output=True,
        env={**plain, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1", **environment},
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout, done.stderr


PRINT_HASHES = """
import hashlib
from tests.render.charts import FULL
from actcli.render.figure import draw
print([hashlib.sha256(draw(FULL, f)).hexdigest() for f in ("png", "svg", "pdf")])
"""
PRINT_HASH = PRINT_HASHES.replace('("png", "svg", "pdf")', '("png",)')


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("format", STARTS)
def test_each_format_is_whole_and_the_same_twice(format, theme):
    picture = draw(FULL, format, theme=theme)
    assert picture.startswith(STARTS[format]) and picture.endswith(ENDS[format])
    assert picture == draw(FULL, format, theme=theme)


def test_two_processes_draw_the_same_bytes(tmp_path):
    once = drawn_outside(PRINT_HASHES, tmp_path, PYTHONHASHSEED="1")
    again = drawn_outside(PRINT_HASHES, tmp_path, PYTHONHASHSEED="2", TZ="Asia/Tokyo", SOURCE_DATE_EPOCH="7")
    assert once == again
    assert once[1] == b""


def test_no_settings_of_the_user_change_a_picture_or_make_a_noise(tmp_path):
    here = tmp_path / "here"
    here.mkdir()
    (here / "matplotlibrc").write_text("text.usetex: True\naxes.facecolor: red\nnonsense\nfont.size: big\n")
    settings = {"MPLBACKEND": "nonsense", "MATPLOTLIBRC": str(here), "DISPLAY": ""}
    assert drawn_outside(PRINT_HASH, here, **settings) == drawn_outside(PRINT_HASH, tmp_path)


def test_a_home_that_cannot_be_written_costs_one_font_cache_and_no_warning(tmp_path):
    nowhere = tmp_path / "file"
    nowhere.write_text("not a folder")
    homeless = {"HOME": str(nowhere), "XDG_CONFIG_HOME": "", "XDG_CACHE_HOME": "", "TMPDIR": str(tmp_path)}
    first = drawn_outside(PRINT_HASH, tmp_path, **homeless)
    kept = [path.stat().st_mtime_ns for path in tmp_path.glob("actcli-fonts-*/fontlist*.json")]
    assert len(kept) == 1
    assert drawn_outside(PRINT_HASH, tmp_path, **homeless) == first == drawn_outside(PRINT_HASH, tmp_path)
    assert [path.stat().st_mtime_ns for path in tmp_path.glob("actcli-fonts-*/fontlist*.json")] == kept


def test_a_picture_imports_no_pyplot_and_no_style_library(tmp_path):
    code = """
import sys
from tests.render.charts import FULL
from actcli.render import figure
assert "matplotlib" not in sys.modules
figure.draw(FULL)
print(sorted({"matplotlib.pyplot", "matplotlib.style", "scipy", "pandas", "rich"} & set(sys.modules)))
"""
    assert drawn_outside(code, tmp_path) == (b"[]\n", b"")


def test_drawing_leaves_the_settings_of_a_program_alone():
    matplotlib = importlib.import_module("matplotlib")
    with matplotlib.rc_context({"lines.linewidth": 7.0, "text.usetex": True}):
        before = dict(matplotlib.rcParams)
        expected = draw(STEP)
        assert dict(matplotlib.rcParams) == before
    assert draw(STEP) == expected


def test_pictures_hold_no_date_and_no_version():
    for format in STARTS:
        picture = draw(STEP, format)
        assert b"Matplotlib" not in picture and b"matplotlib.org" not in picture
        assert not re.search(rb"CreationDate|<dc:date>|tIME", picture)


def test_the_resolution_sets_the_pixels_and_nothing_else():
    (width, height), (twice, double) = png_size(draw(STEP, dpi=72)), png_size(draw(STEP, dpi=144))
    assert abs(twice - 2 * width) <= 1 and abs(double - 2 * height) <= 1
    assert draw(STEP, "svg", dpi=72) == draw(STEP, "svg", dpi=144)


def test_a_title_of_ones_own_replaces_the_charts():
    assert draw(STEP, "svg", title="mine") != draw(STEP, "svg")
    assert b"<dc:title>mine</dc:title>" in draw(STEP, "svg", title="mine")


@pytest.mark.parametrize("chart", EMPTY, ids=lambda chart: chart.title)
@pytest.mark.parametrize("format", STARTS)
def test_empty_and_extreme_charts_are_drawn(chart, format):
    assert draw(chart, format).endswith(ENDS[format])


def test_mathematics_in_a_name_is_text():
    curve = Curve("$x^2", X, X)
    for title in ("$\\frac{", "$x$", "a_b^c", "\\alpha", "100 %"):
        assert draw(Chart(title, (panel(curve),), "$y$"), "svg", title=title).endswith(ENDS["svg"])
    # Eight letters are drawn for the eight that were typed, dollars and backslash among them.
    plain = Chart("abcdefgh", (panel(Curve("line", X, X)),))
    assert draw(plain, "svg", title="$\\alpha$").count(b"<use") == draw(plain, "svg").count(b"<use")


def test_hostile_and_endless_text_is_drawn_as_text():
    told = []
    curve = Curve(HOSTILE, X, X)
    chart = Chart(HOSTILE * 20, (panel(curve, title=HOSTILE),), "\n".join([HOSTILE] * 3))
    draw(chart, warn=told.append)
    assert len(told) == 1
    assert told[0].isprintable()


def test_letters_that_no_font_has_get_one_plain_sentence(monkeypatch):
    monkeypatch.setattr("actcli.render.figure.FALLBACKS", ())
    told = []
    draw(Chart("한국어 이름", (panel(Curve("이름", X, X)),)), warn=told.append)
    assert told == ["no installed font has the letters 국 름 어 이 한; they are drawn as boxes"]


def test_a_letter_that_another_font_has_is_drawn_by_it():
    told = []
    picture = draw(Chart("a circled Ⓐ", ()), "svg", warn=told.append)
    assert told == []
    assert b"STIX" in picture


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"format": "pgn"}, "picture format is 'pgn'; did you mean 'png'\\?; it can be png, svg, pdf"),
        ({"theme": "drak"}, "theme is 'drak'; did you mean 'dark'\\?; it can be light, dark"),
        ({"dpi": DPI_RANGE[1] + 1}, "dpi is 1201; it takes a whole number from 20 to 1200"),
        ({"dpi": 0}, "dpi is 0; it takes a whole number from 20 to 1200"),
    ],
)
def test_what_cannot_be_drawn_is_refused_with_what_can(wrong, message):
    with pytest.raises(OptionError, match=message):
        draw(STEP, **wrong)


def test_a_step_has_no_wall():
    """Between the two levels, at the jump, there is no ink of the curve: only the page and the zero lines."""
    wall = Curve("step", (-4.0, 0.0, 0.0, 4.0), (0.0, 0.0, 1.0, 1.0))
    with_wall = Chart("step", (panel(wall, marks=STEP.panels[0].marks),), STEP.subtitle)
    blue = bytes.fromhex("0067a5")
    assert column_ink(draw(with_wall), blue) > 3 * column_ink(draw(STEP), blue)


def test_a_long_curve_has_no_holes():
    """Every column of pixels that a line of many points crosses holds some of its ink."""
    # Dense at both ends, as samples are where a curve bends, and sparse between.
    dense = [k / 2100 for k in range(1046)]
    x = (*(v - 4 for v in dense), *(k / 2 - 3 for k in range(13)), *(v + 3.5 for v in dense))
    picture = draw(Chart("line", (panel(Curve("line", x, tuple(v / 4 for v in x))),)), dpi=100)
    width, height = png_size(picture)
    rows = unfiltered(picture, width, height)
    blue = [any(row[4 * i + 2] > row[4 * i] + 60 for row in rows) for i in range(width)]
    first, last = blue.index(True), width - 1 - blue[::-1].index(True)
    # The name of the curve stands behind its end.
    assert all(blue[first + 1 : first + 500]) and last > first + 500


def test_a_point_that_no_line_leads_to_is_a_dot():
    alone = Curve("alone", (-4.0, 0.0, 4.0), (math.nan, 1.0, math.nan))
    blue = bytes.fromhex("0067a5")
    assert column_ink(draw(Chart("one", (panel(alone, y_range=(0, 2)),))), blue) > 3


def test_a_band_without_a_lower_end_reaches_the_bottom():
    def ink(low):
        band = Band("", (-4.0, 4.0), (low, low), (1.0, 1.0))
        return draw(Chart("band", (panel(Curve("", X, X), bands=(band,), y_range=(-4, 4)),)))

    assert ink(-math.inf) == ink(-1000.0) != ink(-2.0)


def test_a_cross_is_no_dot():
    def marked(kind):
        return draw(Chart("mark", (panel(Curve("line", X, X), marks=(Mark(1, 1, kind),)),)))

    assert len({marked(kind) for kind in ("closed", "open", "cross", "end")}) == 4


def test_a_lone_point_on_the_edge_is_a_whole_dot():
    def ink(x):
        alone = Curve("", (x, 0.0), (1.0, math.nan))
        picture = draw(Chart("one", (panel(alone, y_range=(0, 2)),)))
        return sum(row.count(bytes.fromhex("0067a5")) for row in unfiltered(picture, *png_size(picture)))

    assert ink(-4.0) == pytest.approx(ink(1.0), rel=0.2) and ink(-4.1) == 0


def column_ink(picture, colour):
    """Return the largest number of pixels of this colour in one column of a PNG."""
    width, height = png_size(picture)
    pixels = unfiltered(picture, width, height)
    counts = [0] * width
    for row in pixels:
        for x in range(width):
            counts[x] += row[4 * x : 4 * x + 3] == colour
    return max(counts)


def unfiltered(picture, width, height):
    """Return the rows of an 8-bit RGBA PNG."""
    data, at = b"", 8
    while at < len(picture):
        size = int.from_bytes(picture[at : at + 4])
        if picture[at + 4 : at + 8] == b"IDAT":
            data += picture[at + 8 : at + 8 + size]
        at += size + 12
    raw, stride, rows = zlib.decompress(data), 4 * width, []
    above = bytearray(stride)
    for y in range(height):
        kind, row = raw[y * (stride + 1)], bytearray(raw[y * (stride + 1) + 1 : (y + 1) * (stride + 1)])
        for i in range(stride):
            left = row[i - 4] if i >= 4 else 0
            corner = above[i - 4] if i >= 4 else 0
            row[i] = (row[i] + predicted(kind, left, above[i], corner)) & 255
        rows.append(bytes(row))
        above = row
    return rows


def predicted(kind, left, up, corner):
    if kind == 4:
        distances = [abs(up - corner), abs(left - corner), abs(left + up - 2 * corner)]
        return (left, up, corner)[distances.index(min(distances))]
    return (0, left, up, (left + up) // 2)[kind]


def test_the_same_chart_hashes_the_same_whatever_was_drawn_before():
    before = hashlib.sha256(draw(STEP, "svg")).hexdigest()
    draw(FULL, "pdf")
    assert hashlib.sha256(draw(STEP, "svg")).hexdigest() == before
