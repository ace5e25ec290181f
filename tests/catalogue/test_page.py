"""docs/catalogue.md and its pictures show what the catalogue holds today."""

import re
from importlib.metadata import version
from xml.etree import ElementTree

import numpy as np
import pytest

from actcli.render.layout import traced
from tests.catalogue.page import FOLDER, PAGE, page_text, records
from tests.catalogue.picture import FINENESS, HEIGHT, WIDTH, picture

LARGEST = 6_000
CURE = "run python -m tests.catalogue.page --write"
# Places are rounded to 0.1; another libm may round some the other way, or keep another vertex of a curve.
NEAR = 2 * FINENESS + 0.1
MATPLOTLIB = tuple(map(int, version("matplotlib").split(".")[:2]))


def lines(path):
    """Return the lines of a path as arrays of points."""
    runs = (re.findall(r"(-?[\d.]+) (-?[\d.]+)", run) for run in path.split("M")[1:])
    return [np.array(run, dtype=float) for run in runs]


def within(points, line):
    """Return whether all points are near a line."""
    trace = traced(*line.T, step=NEAR) if len(line) > 1 else line
    return bool((np.hypot(*(points[:, None] - trace[None]).T).min(axis=0) <= NEAR).all())


def alike(key, shown, made):
    """Return whether two values of an attribute look the same on the page."""
    if key == "d":
        pairs = [*zip(lines(shown), lines(made), strict=False)]
        same = len(lines(shown)) == len(lines(made))
        return same and all(within(a, b) and within(b, a) for a, b in pairs)
    try:
        return abs(float(shown) - float(made)) <= NEAR
    except ValueError:
        return shown == made


def differences(shown, made):
    """Yield what two pictures differ in."""
    both = [[*ElementTree.fromstring(svg).iter()] for svg in (shown, made)]
    if len(both[0]) != len(both[1]):
        yield f"{len(both[0])} elements, not {len(both[1])}"
        return
    for a, b in zip(*both, strict=True):
        if (a.tag, a.text, a.keys()) != (b.tag, b.text, b.keys()):
            yield f"{ElementTree.tostring(a)} for {ElementTree.tostring(b)}"
        else:
            yield from (f"{a.tag} {k}" for k in a.keys() if not alike(k, a.get(k), b.get(k)))  # noqa: SIM118


def test_the_page_is_what_the_command_writes():
    shown, made = PAGE.read_text(encoding="utf-8").splitlines(), page_text().splitlines()
    assert shown == made, CURE


def test_every_activation_has_its_picture_and_no_other_is_there():
    names = {f"{record.name}.svg" for record in records()}
    assert {path.name for path in FOLDER.iterdir()} == names, CURE
    linked = re.findall(r"\]\((images/[^)]+)\)", PAGE.read_text(encoding="utf-8"))
    assert {PAGE.parent / link for link in linked} == {FOLDER / name for name in names}


@pytest.mark.skipif(MATPLOTLIB < (3, 11), reason="before 3.11 words were wider: fewer stand below an axis")
@pytest.mark.parametrize("record", records(), ids=lambda record: record.name)
def test_a_picture_is_small_and_shows_what_the_record_computes(record):
    shown, made = (FOLDER / f"{record.name}.svg").read_bytes(), picture(record)
    assert len(shown) <= LARGEST
    assert f"f and f′ of {record.name}" in shown.decode()
    # An identical file needs no measuring.
    assert shown == made or [*differences(shown, made)] == [], CURE


def test_pictures_that_differ_by_a_point_are_told_apart():
    for record in records()[::20]:
        made = picture(record)
        moved = re.sub(rb"[ML](-?[\d.]+) ", lambda m: m[0][:1] + b"%.1f " % (float(m[1]) + 1), made)
        shaken = re.sub(rb"[ML](-?[\d.]+) ", lambda m: m[0][:1] + b"%.1f " % (float(m[1]) + 0.1), made)
        assert [*differences(made, moved)]
        assert [*differences(made, shaken)] == []


@pytest.mark.parametrize("record", records(), ids=lambda record: record.name)
def test_a_picture_stays_on_its_page(record):
    for element in ElementTree.fromstring(picture(record)).iter():
        if element.tag.endswith(("text", "circle")):
            x, y = (float(element.get(key) or element.get(f"c{key}")) for key in "xy")
            assert 10 <= x <= WIDTH - 5
            assert 5 <= y <= HEIGHT - 5
