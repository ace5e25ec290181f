"""The safe expression language: parse, evaluate, differentiate, simplify and print formulas in x."""

from actcli.formula.expression import Expression, parse
from actcli.formula.parse import split_name

__all__ = ["Expression", "parse", "split_name"]
