"""sin(x)/x and its first two derivatives, whose terms cancel near zero."""

import numpy as np

from actcli.numerics.exact import Array
from actcli.numerics.patches import SINC_CURVATURE, SINC_SLOPE


def sinc(x: Array) -> Array:
    """Return sin(x)/x (unnormalised), 1 at zero and 0 at ±∞."""
    divisor = np.where(x == 0, 1.0, x)
    value = np.where(x == 0, 1.0, np.sin(x) / divisor)
    return np.where(np.isinf(x), 0.0, value)


def sinc_slope(x: Array) -> Array:
    """Return (x·cos(x) − sin(x))/x²: −x/3 near zero."""
    far = np.where(np.isinf(x), 0.0, (np.cos(x) - sinc(x)) / x)
    return SINC_SLOPE.over(far, x)


def sinc_curvature(x: Array) -> Array:
    """Return −sinc(x) − 2·sinc′(x)/x: −1/3 at zero."""
    far = np.where(np.isinf(x), 0.0, -sinc(x) - 2.0 * sinc_slope(x) / x)
    return SINC_CURVATURE.over(far, x)
