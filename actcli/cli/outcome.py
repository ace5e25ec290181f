"""How a run can end: what each exit code means, and the exceptions that carry one other than 0."""

from collections.abc import Mapping
from typing import Final

CODES: Final[Mapping[int, str]] = {
    0: "done, and every check asked for holds",
    1: "a check asked for does not hold",
    2: "the request cannot be served",
    70: "a bug in actcli",
    130: "interrupted",
    141: "whoever read standard output has gone",
    143: "terminated",
}


class CheckFailedError(Exception):
    """A check that was asked for does not hold; its text is one line with what was found and the limit."""

    exit_code = 1


class ReaderGoneError(Exception):
    """Whoever read standard output has stopped reading; nothing is left to say."""

    exit_code = 141


class StopSignal(BaseException):
    """A signal asks the process to end; raised so that files are cleaned up on the way out."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.exit_code = 128 + number
