"""Which inputs lead a network to its critical point: the length map has other places to go to."""

import math
from functools import lru_cache

from actcli.activation import Activation
from actcli.theory.critical import EdgePoint
from actcli.theory.length import LengthMap
from actcli.theory.moments import SMALLEST_VARIANCE

# A double root, as at a half-stable point, is found to about the square root of rounding.
_SAME = 1e-4
# Of the way, in the logarithm of the variance, from where the length is repelled down to a q* = 0.
_INSIDE = 0.5


@lru_cache(maxsize=256)
def leading_input_std(activation: Activation, point: EdgePoint) -> float | None:
    """Return a standard deviation of inputs whose length goes to the q* of `point`, or None if none is known.

    1 where unit inputs go there. Otherwise √((q* − σ_b²)/σ_w²), which starts at q*; and where q* = 0, half
    of the largest one that the point still attracts. Each is followed through the length map before it is
    returned.
    """
    length_map = LengthMap(activation, point.sigma_w, point.sigma_b)
    for size in (1.0, _matching(length_map, point)):
        if size is not None and _leads(length_map, point, size):
            return size
    return None


def _leads(length_map: LengthMap, point: EdgePoint, input_std: float) -> bool:
    if point.universal:
        return True
    found = length_map.settles((point.sigma_w * input_std) ** 2 + point.sigma_b**2)
    return found is not None and abs(found.variance - point.q_star) <= _SAME * max(
        point.q_star, SMALLEST_VARIANCE
    )


def _matching(length_map: LengthMap, point: EdgePoint) -> float | None:
    if point.q_star > 0:
        return math.sqrt(max(point.q_star - point.sigma_b**2, 0.0)) / point.sigma_w
    repelling = [other.variance for other in length_map.fixed_points() if other.variance > 0]
    return _INSIDE * math.sqrt(repelling[0]) / point.sigma_w if repelling else None
