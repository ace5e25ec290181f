"""Formulas as people type them, right or said not to be: `python -m tests.formula.naive [N]` counts.

f, f′ and f″ at N points a side from 1e-300 to 1e300 against mpmath. A number counts as right within 16 units
in the last place, or what moving x by as much would do to it; others must lie in a stretch that a note names.
"""

import sys
from collections import Counter

import mpmath
import numpy as np

from actcli import registry
from tests import oracle

FORMULAS = """
log(sigmoid(x))  1 - tanh(x)  sqrt(x**2 + 1) - x  sqrt(x**2 + 1) - 1  exp(x) - 1  (exp(x) - 1)/x  log(1 + x)
x - sin(x)  tanh(x) - x  1 - exp(-x**2)  cosh(x) - 1  sigmoid(x) - 1/2  x*tanh(log(1 + exp(x)))
log(exp(x) + exp(-x))  erf(x) - erf(x - 1)  erf(x + 1) - erf(x - 1)  1 - erf(x)  1 - sigmoid(x)
(1 + tanh(x/2))/2  x/(1 + exp(-1.702*x))  exp(x)/(1 + exp(x))**2  log(1 + exp(x)) - log(1 + exp(x - 1))
(1 - cos(x))/x**2  1 - cos(x)  sin(x)/x  tanh(x)/x  x - log(1 + x)  exp(x) - 1 - x  x/(exp(x) - 1)
log(1 + exp(x)) - log(2)  sigmoid(x) - sigmoid(x - 1)  tanh(x + 1) - tanh(x - 1)  tanh(x) - tanh(x/2)
x*(1 - tanh(x))  x*exp(-x**2)  exp(-x**2/2)  1/(1 + x**2) - 1  sqrt(x + 1) - sqrt(x)  1/(exp(x) - exp(-x))
log(cosh(x))  1 - 2/(exp(2*x) + 1)  x**3/(1 + x**2) - x  arctan(x) - x  1 - exp(-abs(x))  log(1 + x**2)
x*sigmoid(x) - x  max(x, 0) - x*sigmoid(x)  x*(1 + erf(x/sqrt(2)))/2  log(1 + exp(-abs(x))) + max(x, 0)
0.5*x*(1 + tanh(sqrt(2/pi)*(x + 0.044715*x**3)))  1 - 1/cosh(x)  log((1 + x)/(1 - x))/2
log(1 + exp(2*x)) - log(1 + exp(x))  x**2 - 2*x + 1  2**x - 1  tanh(exp(x))  1 - exp(-exp(x))  x*exp(-exp(-x))
1/x - 1/(x + 1)  softplus(x) - x  softplus(x) - max(x, 0)  sigmoid(5*x) - sigmoid(5*x - 5)  erf(x) - tanh(x)
exp(x) - exp(x - 1)  x*cos(x) - sin(x)  normal_cdf(x) - normal_cdf(x - 1)  1/tanh(x) - 1/x
log_cosh(x) - abs(x)  gelu(x) - relu(x)  mish(x) - x  exp(-x**2) - exp(-2*x**2)  sin(100*x)  exp(x - 1) - x
sin(3*x)  sin(x*x)  cos(x*x)  x*sin(3*x)  sin(x/3)  cos(pi*x)  tan(3*x)  sin(x**3)  sin(0.1*x + 1)
sin(x)*cos(3*x)  sin(x*x + x)  sin(3*x)/x  sin(7*x)**2
""".replace("\n", "  ").strip()  # fmt: skip
NAIVE = tuple(part for part in FORMULAS.split("  ") if part)

FURTHEST = 1e300
_ALLOWED = 16 * 2.0**-52
_SMALL, _LARGE = mpmath.mpf(10) ** -300, mpmath.mpf(10) ** 300


def points(count):
    """Return this many points a side, dense from 0.001 to 1000, none of them round."""
    spans = ((1e-300, 1e-12, 6), (1e-9, 1e-3, 4), (1e-3, 1e3, 2), (1e6, 9e299, 8))
    sizes = np.concatenate([np.geomspace(low, high, count // part + 1) for low, high, part in spans])
    return np.concatenate([-sizes, sizes]) * 1.0137


def exactly(expression, x):
    """Return the formula at x, at a precision where two evaluations agree; None where it is undefined."""
    bits = oracle.starting_bits(x)
    before = None
    for precision in (bits, bits * 3 // 2, 5_200):
        with mpmath.workprec(precision):
            try:
                value = expression.evaluate_with(oracle.ARITHMETIC, mpmath.mpf(float(x)), {})
            except (ArithmeticError, ValueError, TypeError, mpmath.libmp.NoConvergence):
                return None
            if isinstance(value, mpmath.mpc) or not mpmath.isfinite(value):
                return None
            value = mpmath.mpf(value)
            if before is not None and abs(value - before) <= abs(value) * mpmath.mpf(10) ** -25:
                return value
            before = value
    return before


def judged(text, order, x):
    """Yield each point with what its number is: right, right as x is known, said to be lost, or wrong."""
    typed = registry.get(text).orders[0].function.expression
    formula, further = (typed.differentiate(k).expand() if typed.calls else typed.differentiate(k)
                        for k in (order, order + 1))  # fmt: skip
    written = typed.expand() if typed.calls else typed
    if order == 0:
        formula = written
    stretches = typed.precision_loss(-FURTHEST, FURTHEST, order)
    for place, number in zip(x.tolist(), typed.propagate(x, order).tolist(), strict=True):
        if any(loss.low <= place <= loss.high for loss in stretches):
            yield place, "said"
            continue
        # 1/(1 + x) is no slope of log(1 + x) where that is not defined.
        expected = None if order and exactly(written, place) is None else exactly(formula, place)
        if expected is None or not _SMALL < abs(expected) < _LARGE:
            continue
        if np.isfinite(number) and abs(number - expected) <= _ALLOWED * abs(expected):
            yield place, "right"
            continue
        slope = exactly(further, place) or 0
        near = [abs(exactly(formula, place + step) or 0) for step in (-0.7, 0.4, 1.1)]
        # Of an oscillation no digit would be asked for far out.
        room = _ALLOWED * (abs(expected) + min(abs(place * slope), 1000 * max(near, default=0)))
        good = np.isfinite(number) and abs(number - expected) <= room
        yield place, "right as x is known" if good else "wrong"


def main(count):
    """Print what became of every number, and each that is wrong."""
    counts = Counter()
    for text in NAIVE:
        for order in range(3):
            for place, found in judged(text, order, points(count)):
                counts[found] += 1
                if found == "wrong":
                    print(f"  {text}, order {order}, x = {place!r}", flush=True)
    print(f"{len(NAIVE)} formulas, {counts.total()} numbers:", dict(counts))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 60)
