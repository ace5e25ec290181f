"""What a set of trials says together: medians, the band between them, and where the signal ends."""

from typing import NamedTuple

import numpy as np

from actcli.network.column import Column
from actcli.network.network import Network
from actcli.network.propagation import propagate
from actcli.network.statistics import Numbers


class Measurement(NamedTuple):
    """A column a quantity, one entry a layer, the first of which is layer 1.

    log10_gradient: median over the trials of log10 of the rms gradient at z_l, relative to the last layer's;
    low and high: the 5 % and 95 % quantiles (nearest trial). Of the trials that are not left out; where most
    overflow there is no gradient. The other columns are means over the trials whose outputs are numbers
    there, and missing from `overflow` on; log10_std, of the trials whose outputs differ, stands beside std
    because a signal may shrink below the smallest float64.
    dead_from: the layer from which down to layer 1 the gradient is exactly 0 in most trials.
    overflow: the first layer whose outputs leave the range of numbers in most trials.
    left_out: how many trials overflow at any layer, or have a gradient of 0 at the last layer alone.
    """

    log10_gradient: Column
    log10_gradient_low: Column
    log10_gradient_high: Column
    log10_weight_gradient: Column
    mean: Column
    std: Column
    log10_std: Column
    kurtosis: Column
    saturated_fraction: Column
    dead_fraction: Column
    sign_agreement: Column
    correlation: Column
    dead_from: int | None
    overflow: int | None
    left_out: int


def measure(network: Network, seed: int = 0, trials: int = 1) -> Measurement:
    """Run `trials` random networks and return what they have in common."""
    run = propagate(network, seed, trials)
    bursts = np.nan_to_num(run.overflow[:, 0], nan=np.inf)
    overflow = np.sort(bursts)[(trials - 1) // 2]
    # The few trials that stay in range longest are the smallest ones, and speak for none of the others.
    beyond = np.arange(1, network.depth + 1) >= overflow
    spoken = np.nan if np.isfinite(overflow) else 0.0
    gradient = _quantiles(run.log10_gradient + spoken)
    alive = np.flatnonzero(~np.isneginf(gradient[1]))
    dead = alive[0] if alive.size else network.depth
    with np.errstate(all="ignore"):
        scale = 10.0**run.log10_scale
        # A trial whose outputs are all alike has no logarithm to take part with.
        log10_std = np.where(run.std > 0, np.log10(run.std) + run.log10_scale, np.nan)

    def mean(rows: Numbers) -> Column:
        return Column(np.where(beyond, np.nan, _mean(rows)))

    return Measurement(
        log10_gradient=Column(gradient[1]),
        log10_gradient_low=Column(gradient[0]),
        log10_gradient_high=Column(gradient[2]),
        log10_weight_gradient=Column(_quantiles(run.log10_weight_gradient + spoken)[1]),
        mean=mean(_scaled(run.mean, scale)),
        std=mean(_scaled(run.std, scale)),
        log10_std=mean(log10_std),
        kurtosis=mean(run.kurtosis),
        saturated_fraction=mean(run.saturated_fraction),
        dead_fraction=mean(run.dead_fraction),
        sign_agreement=mean(run.sign_agreement),
        correlation=mean(run.correlation),
        dead_from=int(dead) or None,
        overflow=int(overflow) if np.isfinite(overflow) else None,
        left_out=int(np.isnan(run.log10_gradient).any(axis=1).sum()),
    )


def _scaled(values: Numbers, scale: Numbers) -> Numbers:
    """Return values · scale, nan where it would underflow to 0."""
    product: Numbers = values * scale
    return np.where((product == 0) & (values != 0), np.nan, product)


def _quantiles(rows: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Return 5 % quantile, median and 95 % quantile of each column, over the trials that are numbers."""
    kept = rows[~np.isnan(rows).any(axis=1)]
    if not len(kept):
        missing = np.full(rows.shape[1], np.nan)
        return missing, missing, missing
    ordered = np.sort(kept, axis=0)
    last = len(ordered) - 1
    # Two trials in the middle: their mean, which keeps −inf where one of them is dead.
    median = (ordered[last // 2] + ordered[(last + 1) // 2]) / 2
    return ordered[round(0.05 * last)], median, ordered[round(0.95 * last)]


def _mean(rows: Numbers) -> Numbers:
    present = ~np.isnan(rows)
    count = present.sum(axis=0)
    total = np.where(present, rows, 0.0).sum(axis=0)
    mean: Numbers = np.divide(total, count, out=np.full(rows.shape[1], np.nan), where=count > 0)
    return mean
