"""Errors that a user can cause, each one line: what was asked, what is allowed, and the cure."""

from collections.abc import Iterable

_LONGEST_ECHO = 60


class ActcliError(Exception):
    """A request that cannot be served; the command line prints its text and exits with code 2."""


class UnknownActivationError(ActcliError):
    """A word that is no activation, no framework spelling and no formula in x."""


class ParameterError(ActcliError):
    """A parameter that does not exist, is not a number, or is outside its range."""


class OrderError(ActcliError):
    """A derivative of an order that the activation does not have."""


class OptionError(ActcliError):
    """An option whose value is outside its range, or that contradicts another one."""


class OutputError(ActcliError):
    """A file that cannot be read or written, or a picture format that does not exist."""


class RegistrationError(ActcliError):
    """A record that may not be registered: its name is taken or it is no record at all."""


class FormulaError(ActcliError):
    """A formula outside the expression language; `position` counts characters from 1, or is None."""

    def __init__(self, message: str, position: int | None = None) -> None:
        super().__init__(message if position is None else f"{message} (at character {position})")
        self.position = position


def brief(given: object) -> str:
    """Return what was given as an error may repeat it: on one line, and not endless."""
    return shortened(" ".join(repr(given).split()))


def shortened(text: str) -> str:
    """Return a text, or its first 60 characters and a sign that there are more."""
    return text if len(text) <= _LONGEST_ECHO else text[:_LONGEST_ECHO] + "…"


def suggestion(word: str, candidates: Iterable[str]) -> str:
    """Return `; did you mean 'relu'?` for the candidate nearest to `word`, or an empty string."""
    # Only a failed request pays for difflib.
    from difflib import get_close_matches

    spellings: dict[str, str] = {}
    for candidate in candidates:
        spellings.setdefault(candidate.casefold(), candidate)
    given = word.casefold()
    near = get_close_matches(given, spellings, n=5, cutoff=0.6)
    # Letters in another order are the likeliest slip: `rleu` is relu, not repu.
    near.sort(key=lambda candidate: sorted(candidate) != sorted(given))
    # A framework's word without its first part: `nn.GELU` is torch.nn.GELU, whatever else looks like it.
    if "." in given:
        endings = [known for known in spellings if known.endswith(f".{given}")]
        near = sorted(endings, key=lambda known: not spellings[known].endswith(word)) + near
    return f"; did you mean '{spellings[near[0]]}'?" if near else ""
