"""Charts that the render tests share."""

import math

from actcli.report import Band, Chart, Curve, Level, Mark, Panel, Span

X = tuple(k / 10 for k in range(-40, 41))
GAP = math.nan


def step():
    x = (-4.0, 0.0, 0.0, 0.0, 4.0)
    return Curve("step", x, (0.0, 0.0, GAP, 1.0, 1.0))


def panel(*curves, **parts):
    return Panel("x", "value f(x)", curves=curves, x_range=(-4, 4), **parts)


STEP = Chart("step", (panel(step(), marks=(Mark(0, 0, "open"), Mark(0, 1))),), "f(x) = 1 if x ≥ 0")
FULL = Chart(
    "everything at once",
    (
        panel(
            Curve("tanh", X, tuple(map(math.tanh, X)), 0, "measured"),
            Curve("line", X, X, 1, "theory"),
            Curve("exp", X, tuple(map(math.exp, X)), 2, "bound"),
            bands=(
                Band(
                    "5–95 %", X, tuple(math.tanh(x) - 0.2 for x in X), tuple(math.tanh(x) + 0.2 for x in X), 0
                ),
            ),
            marks=(
                Mark(0, 0, "peak", "the middle"),
                Mark(1, 1, "open"),
                Mark(2, 500, "closed", "far outside"),
            ),
            spans=(Span(-4, -3, "saturated on the left"), Span(3, 4, "")),
            levels=(Level(1.5, "a limit"), Level(99, "out of sight")),
            y_range=(-2, 3),
        ),
        Panel("layer", "log10 gradient", "by layer", (Curve("all", (1, 2, 3), (-1, -2, -3)),)),
    ),
)
EMPTY = (
    Chart("nothing"),
    Chart("no curves", (Panel("x", "y"),)),
    Chart("nothing finite", (panel(Curve("nan", (0.0, 1.0), (GAP, GAP))),)),
    Chart("one point", (Panel("x", "y", curves=(Curve("p", (1.0,), (2.0,)),)),)),
    Chart("constant", (Panel("x", "y", curves=(Curve("c", (0.0, 1.0), (1e300, 1e300)),)),)),
    Chart("huge", (Panel("x", "y", curves=(Curve("h", (-1e9, 1e9), (-1e300, 1e300)),)),)),
    Chart("tiny", (Panel("x", "y", curves=(Curve("t", (0.0, 1e-6), (0.0, 5e-324)),)),)),
)
