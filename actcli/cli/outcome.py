"""How a run can end other than well: each carries the exit code that it means."""


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
