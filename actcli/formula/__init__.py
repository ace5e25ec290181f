"""The safe expression language: parse, evaluate, differentiate, simplify and print formulas in x.

    names        x, the parameters, pi, e
    numbers      2, 0.5, 1e-3: float64 always, so that 9**9**9**9 is infinite at once
    operators    + - * / ** and brackets
    signs        as formulas are printed: · × ÷ − ^ ≤ ≥ ≠, σ Φ φ π, x², |x|, ⌊x⌋, √2 and √(x + 1), and 2x or
                 2(x + 1) where a number stands right before. What may mean two things is refused, as 1/2x,
                 √2x and √x²
    functions    exp expm1 log log1p log2 log10 sqrt abs sign floor min max clip sin cos tan arcsin arccos
                 arctan sinh cosh tanh sech arcsinh arccosh arctanh sigmoid softplus log_cosh erf erfc
                 normal_cdf normal_density sinc (sin(x)/x), and Python's spellings ln, asin, … of them
    branches     where(condition, a, b), or a if condition else b; conditions are < <= > >= == != joined
                 by and, or, not, and may be chained: -1 < x < 1
    activations  every registered one by name: mish(x), elu(x, alpha=0.5); its derivatives are
                 mish(x, order=1), mish(x, order=2), printed mish′(x), mish″(x)

At most 500 characters, 64 brackets deep. Text is read by a list of allowed syntax and never run by Python.
"""

from actcli.formula.expression import Expression, Propagated, module, parse, pretty
from actcli.formula.limits import HIGHEST
from actcli.formula.parse import split_name

__all__ = [
    "HIGHEST",
    "Expression",
    "Propagated",
    "module",
    "parse",
    "pretty",
    "split_name",
]
