"""Products of many matrices without overflow or lost digits, and all their singular values in log scale."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from actcli.network.statistics import Numbers

# Rows whose cosines are all below this are orthogonal: their lengths are then right to its square.
_ORTHOGONAL: Final = 1e-8
_SWEEPS: Final = 40


@dataclass(frozen=True, eq=False)
class Graded:
    """A matrix U · diag(10^log10_scale) · T: U with orthonormal columns, T with condition of order 1.

    The scales carry all the growth and decay of a product, largest first, so that small singular values keep
    their digits beside large ones (rows of scale −inf are exactly 0). Multiplying by QR with the columns in
    order of size is the graded factorisation that quantum Monte Carlo uses for the same purpose.
    """

    basis: Numbers
    log10_scale: Numbers
    mixing: Numbers

    @staticmethod
    def identity(size: int) -> "Graded":
        """Return the identity."""
        return Graded(np.eye(size), np.zeros(size), np.eye(size))

    def after(self, matrix: Numbers, rank: int) -> "Graded":
        """Return matrix @ self, for a `matrix` that is known to have at most this rank."""
        moved = matrix @ self.basis
        peak = np.abs(moved).max(axis=0)
        peak[peak == 0] = 1.0
        moved /= peak
        size = self.log10_scale + np.log10(peak)
        # Large columns first, and large rows: QR by reflections then keeps the digits of small ones.
        order = np.argsort(-size, kind="stable")
        above = np.argsort(-np.abs(moved).max(axis=1), kind="stable")
        basis, triangle = np.linalg.qr(moved[np.ix_(above, order)])
        basis = basis[np.argsort(above)]
        scale, mixing = _graded(triangle, size[order])
        scale[rank:] = -np.inf
        # Scales are positive: the signs of the diagonal go to the basis.
        basis = basis * np.where(np.diagonal(triangle) < 0, -1.0, 1.0)
        return Graded(basis, scale, mixing @ self.mixing[order])

    def log10_singular_values(self) -> Numbers:
        """Return log10 of all singular values, largest first; −inf for those that are exactly 0.

        One-sided Jacobi rotations on rows whose lengths are kept apart as logarithms: the relative accuracy
        does not depend on the condition number (Drmač & Veselić 2008, SIAM J. Matrix Anal. Appl. 29, 1322).
        """
        alive = np.isfinite(self.log10_scale)
        rows, scale = self.mixing[alive], self.log10_scale[alive]
        # Two QR steps leave rows that are nearly orthogonal already.
        for _ in range(2):
            scale, rows = _sorted(scale, rows)
            scale, rows = _graded(np.linalg.qr(rows.T)[1], scale)
        scale = _orthogonalised(scale, rows)
        values = np.full(len(alive), -np.inf)
        values[: len(scale)] = np.sort(scale)[::-1]
        return values


def _graded(triangle: Numbers, log10_scale: Numbers) -> tuple[Numbers, Numbers]:
    """Return scales and rows with diag(scales) rows = triangle · diag(log10_scale), rows with diagonal 1."""
    diagonal = np.diagonal(triangle)
    safe = np.where(diagonal == 0, 1.0, diagonal)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = log10_scale[None, :] - log10_scale[:, None]
        # What stands below a scale of exactly 0 does not matter; it must only stay a number.
        factor = np.where(np.isfinite(log10_scale)[:, None], 10.0 ** np.minimum(ratio, 300.0), 0.0)
        rows = np.triu(triangle / safe[:, None] * factor, 1) + np.eye(len(diagonal))
        return log10_scale + np.log10(np.abs(diagonal)), rows


def _sorted(log10_scale: Numbers, rows: Numbers) -> tuple[Numbers, Numbers]:
    """Return the rows with unit length, their lengths moved into the scales, largest first."""
    length = np.linalg.norm(rows, axis=1)
    scale = log10_scale + np.log10(length)
    order = np.argsort(-scale, kind="stable")
    return scale[order], (rows / length[:, None])[order]


def _orthogonalised(log10_scale: Numbers, rows: Numbers) -> Numbers:
    """Return the log10 lengths of the rows once rotations have made them orthogonal."""
    scale, rows = _sorted(log10_scale, rows)
    for _ in range(_SWEEPS):
        worst = 0.0
        for first, second in _rounds(len(scale)):
            worst = max(worst, _rotate(scale, rows, first, second))
        if worst < _ORTHOGONAL:
            break
        scale, rows = _sorted(scale, rows)
    return scale


def _rounds(count: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return the rounds of a tournament: each pair of rows once, every row at most once a round."""
    players = list(range(count)) + ([-1] if count % 2 else [])
    half = len(players) // 2
    rounds = []
    for _ in range(len(players) - 1):
        pairs = [sorted(p) for p in zip(players[:half], reversed(players[half:]), strict=True) if -1 not in p]
        rounds.append((np.array([p[0] for p in pairs], int), np.array([p[1] for p in pairs], int)))
        players = [players[0], players[-1], *players[1:-1]]
    return rounds


def _rotate(scale: Numbers, rows: Numbers, first: np.ndarray, second: np.ndarray) -> float:
    """Make each pair of rows orthogonal, in place; return the largest cosine that there was.

    With r the ratio of lengths (at most 1) and κ the cosine, tan θ = 2rκ / (1 − r² + √((1 − r²)² + 4r²κ²));
    the smaller row only needs tan θ / r, which stays a number when r underflows.
    """
    swap = scale[second] > scale[first]
    large, small = np.where(swap, second, first), np.where(swap, first, second)
    upper, lower = rows[large], rows[small]
    cosine = np.einsum("ij,ij->i", upper, lower)
    ratio = 10.0 ** (scale[small] - scale[large])
    gap = 1 - ratio * ratio
    below = gap + np.sqrt(gap * gap + 4 * (ratio * cosine) ** 2)
    steepness = np.divide(2 * cosine, below, out=np.zeros_like(cosine), where=below > 0)
    adjacent = 1 / np.sqrt(1 + (steepness * ratio) ** 2)
    for index, row in (
        (large, adjacent[:, None] * (upper + (steepness * ratio**2)[:, None] * lower)),
        (small, adjacent[:, None] * (lower - steepness[:, None] * upper)),
    ):
        length = np.sqrt(np.einsum("ij,ij->i", row, row))
        scale[index] += np.log10(length)
        rows[index] = row / length[:, None]
    return float(np.abs(cosine).max(initial=0.0))


def log10_mean_square(log10_values: Numbers) -> float:
    """Return log10 of the mean of the squares of 10^log10_values, without overflow; −inf where all are 0."""
    largest = float(log10_values.max())
    if not math.isfinite(largest):
        return largest
    return 2 * largest + math.log10(float(np.mean(10.0 ** (2 * (log10_values - largest)))))
