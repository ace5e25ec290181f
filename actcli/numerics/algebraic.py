"""Powers, and roots of sums of squares without the overflow of the square."""

from typing import Any

import numpy as np

from actcli.numerics.exact import Array

# From here on x² + b is x² to the last bit, for every b in use.
_LARGE = 1e100


def hypotenuse(x: Array, b: float = 1.0) -> Array:
    """Return √(x² + b)."""
    size = np.abs(x)
    near = np.minimum(size, _LARGE)
    return np.maximum(size, np.sqrt(near * near + b))


def power(base: Any, exponent: Any) -> Any:
    """Return base to the exponent; a square is rounded once, which numpy's own power does from 2.1 on."""
    if np.ndim(exponent) == 0 and exponent == 2.0:
        return np.square(base)
    return np.power(base, exponent)
