"""The safe expression language: parse, evaluate, differentiate, simplify and print formulas in x."""

from actcli.formula.expression import Expression, breakpoints, parse
from actcli.formula.parse import split_name

__all__ = ["Expression", "breakpoints", "parse", "split_name"]
