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
    low and high: the 5 % and 95 % quantiles (nearest trial). The other columns are means over the trials;
    log10_std stands beside std because a signal may shrink below the smallest float64.
    dead_from: the last layer whose gradient is exactly 0 in most trials; those before it are cut off too.
    overflow: the first layer whose outputs leave the range of numbers in most trials.
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


def measure(network: Network, seed: int = 0, trials: int = 1) -> Measurement:
    """Run `trials` random networks and return what they have in common."""
    run = propagate(network, seed, trials)
    overflow = np.sort(np.nan_to_num(run.overflow[:, 0], nan=np.inf))[(trials - 1) // 2]
    gradient = _quantiles(run.log10_gradient)
    dead = np.flatnonzero(np.isneginf(gradient[1]))
    with np.errstate(all="ignore"):
        scale = 10.0**run.log10_scale
        log10_std = np.log10(run.std) + run.log10_scale
    return Measurement(
        log10_gradient=Column(gradient[1]),
        log10_gradient_low=Column(gradient[0]),
        log10_gradient_high=Column(gradient[2]),
        log10_weight_gradient=Column(_quantiles(run.log10_weight_gradient)[1]),
        mean=Column(_mean(_scaled(run.mean, scale))),
        std=Column(_mean(_scaled(run.std, scale))),
        log10_std=Column(_mean(log10_std)),
        kurtosis=Column(_mean(run.kurtosis)),
        saturated_fraction=Column(_mean(run.saturated_fraction)),
        dead_fraction=Column(_mean(run.dead_fraction)),
        sign_agreement=Column(_mean(run.sign_agreement)),
        correlation=Column(_mean(run.correlation)),
        dead_from=int(dead[-1]) + 1 if dead.size else None,
        overflow=int(overflow) if np.isfinite(overflow) else None,
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
