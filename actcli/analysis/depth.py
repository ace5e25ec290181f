"""Pictures of a gradient through depth: what every panel with layers along its x axis has in common."""

import math
from collections.abc import Sequence

from actcli.diagnosis.precision import ZERO_LOG10
from actcli.network.column import Column
from actcli.network.network import Network
from actcli.render.text import counted
from actcli.report import Band, Curve, Level, Mark, Panel, Span

# A floor nearer to 0 than this share of what is drawn is not told apart from it.
_APART = 0.02

SETTING_LABELS = {
    "sigma_w": "σ_w, weights have variance σ_w²/inputs",
    "sigma_b": "σ_b, standard deviation of the biases",
}
"""What an axis of a setting of the initialiser says."""

DRAWN = 2_000
"""A deeper network is drawn at this many layers, evenly spaced, the first and the last among them."""


def spread(depth: int, most: int) -> list[int]:
    """Return at most this many indices from 0 to depth − 1, evenly spaced, both ends included."""
    if depth <= most:
        return list(range(depth))
    return sorted({round(k * (depth - 1) / (most - 1)) for k in range(most)})


def stepped(depth: int, most: int) -> list[int]:
    """Return at most this many indices: 0 and on in equal steps, the shortest that do, then depth − 1."""
    step = max(math.ceil((depth - 1) / (most - 1)), 1)
    return sorted({*range(0, depth, step), depth - 1})


def entries(column: Column, shown: Sequence[int]) -> tuple[float, ...]:
    """Return these entries of a column, nan for what is missing."""
    return tuple(math.nan if (value := column[index]) is None else value for index in shown)


def size(network: Network) -> str:
    """Return how deep and wide a network is and how its layers are joined: "20 layers × 256 units".

    Where the widths change the input's comes first: "2 layers, 784 → 512 → 10 units".
    """
    widths = " → ".join(map(str, network.widths[:8])) + (" → …" if len(network.widths) > 8 else "")
    layers = counted(network.depth, "layer")
    units = "unit" if network.widths == (1,) else "units"
    joined = "" if network.wiring.plain else f", {network.wiring.word}"
    return f"{layers}{' ×' if len(network.widths) == 1 else ','} {widths} {units}{joined}"


def samples(network: Network, count: int) -> str:
    """Return how much was sent through how many networks: "batch 4, 10 trials"."""
    return f"batch {network.batch}, {counted(count, 'trial')}"


def settings(network: Network) -> str:
    """Return the initialiser, and what is not as usual about biases and inputs."""
    law = network.initialiser
    sigmas = f"{law.name}: σ_w = {law.sigma_w:.4g}, σ_b = {law.bias_std(network.widths[0]):.4g}"
    return ", ".join([sigmas, *_divided(network), *unusual(network)])


def _divided(network: Network) -> list[str]:
    """Return the variance of weights where layers are not square and it is not σ_w² over the inputs."""
    law, (taken, given) = network.initialiser, network.group
    if len(set(network.widths)) == 1 and taken == given:
        return []
    if law.law == "orthogonal":
        return ["orthonormal rows or columns times σ_w"]
    divisors = {"in": "", "out": "outputs", "average": "mean of inputs and outputs"}
    return [f"weights of variance σ_w²/{divisors[law.fan]}"] if divisors[law.fan] else []


def unusual(network: Network) -> list[str]:
    """Return the mean of the biases where it is not 0 and the deviation of the inputs where it is not 1."""
    mean, std = network.initialiser.bias_mean, network.input_std
    parts = [f"biases of mean {mean:.4g}"] if mean else []
    return parts + ([f"inputs of std {std:.4g}"] if std != 1 else [])


def floors(curves: Sequence[Curve], bands: Sequence[Band]) -> tuple[Level, ...]:
    """Return, for each floating format that log10 gradients underflow, the size at which they round to 0."""
    rows = [*(curve.y for curve in curves), *(band.low for band in bands)]
    lowest = min((y for row in rows for y in row if math.isfinite(y)), default=0.0)
    reached = [(name, y) for name, y in ZERO_LOG10.items() if lowest <= y]
    # Where all of them crowd at the top, the last one says the most.
    apart = [(name, y) for name, y in reached if y < _APART * lowest] or reached[-1:]
    return tuple(Level(y, f"0 in {name} below this") for name, y in apart)


def depth_panel(
    depth: int,
    curves: Sequence[Curve],
    bands: Sequence[Band] = (),
    spans: Sequence[Span] = (),
    marks: Sequence[Mark] = (),
) -> Panel:
    """Return the panel of log10 gradients over layers 1 to `depth`, with the precision floors they reach."""
    rows = [*(curve.y for curve in curves), *(edge for band in bands for edge in (band.low, band.high))]
    rows.append(tuple(mark.y for mark in marks))
    # Where nothing but the last layer's 0 is left to draw, words about zeros stand below it, not on it.
    alone = bool(spans) and not any(y for row in rows for y in row if math.isfinite(y))
    return Panel(
        x_label=f"layer (1 next to the input, {depth} next to the output)" if depth > 1 else "the only layer",
        y_label=f"log10 rms gradient (layer {depth}: 0)",
        curves=tuple(curves),
        bands=tuple(bands),
        spans=tuple(spans),
        marks=tuple(marks),
        levels=floors(curves, bands),
        x_range=(0.5, 1.5) if depth == 1 else (1.0, float(depth)),
        y_range=(-1.0, 0.1) if alone else None,
    )
