"""The console script `actcli`, and `python -m actcli`: every way that a run can end becomes a code here."""

import os
import sys


def run() -> None:
    """Run the command line of this process and exit with its code."""
    try:
        # A script that asks for the version waits for nothing.
        if "--version" not in _before_the_dashes(sys.argv[1:]):
            _prepare()
        code = main(sys.argv[1:])
    except BaseException as error:
        # A signal that came in between, or while another end was being put into words.
        code = _ended_by(error)
    sys.exit(code)


def _prepare() -> None:
    """Set what belongs to the process and not to the library: threads, memory, warnings and signals."""
    import gc
    import signal

    # Nothing here makes cycles worth collecting, and a collection in numpy's import costs milliseconds.
    gc.disable()
    # More threads than one only pay on idle cores, and starting them costs more than our products.
    for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(variable, "1")
    if not sys.warnoptions:
        import warnings

        warnings.simplefilter("ignore")
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        # A signal that the parent ignores (nohup) stays ignored.
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _stop)


def main(arguments: list[str]) -> int:
    """Run one command line and return its exit code; whatever goes wrong is one line on standard error."""
    try:
        if "--version" in _before_the_dashes(arguments):
            return _version()
        from actcli.cli.app import dispatch

        return dispatch(arguments)
    except BaseException as error:
        return _ended_by(error)


def _ended_by(error: BaseException) -> int:
    if isinstance(error, KeyboardInterrupt):
        return 130
    from actcli.cli.outcome import CheckFailedError, ReaderGoneError, StopSignal
    from actcli.cli.streams import say
    from actcli.errors import ActcliError

    if isinstance(error, ReaderGoneError | StopSignal):
        return error.exit_code
    if isinstance(error, CheckFailedError):
        say(f"check failed: {error}")
        return error.exit_code
    if isinstance(error, ActcliError):
        say(f"error: {error}")
        return 2
    if isinstance(error, MemoryError):
        say("error: not enough memory for this; ask for fewer points, units, layers or a smaller batch")
        return 2
    if isinstance(error, SystemExit):
        return error.code if isinstance(error.code, int) else 0 if error.code is None else 2
    return _bug(error)


def _bug(error: BaseException) -> int:
    from actcli.cli.streams import say

    if os.environ.get("ACTCLI_DEBUG"):
        import traceback

        # Without locals: they may hold what a user would not publish in a report.
        for line in "".join(traceback.format_exception(error)).splitlines():
            say(line)
    kind = type(error).__name__
    say(f"error: internal error ({kind}: {error}); this is a bug in actcli: ACTCLI_DEBUG=1 shows where")
    return 70


def _version() -> int:
    from actcli import __version__

    line = f"actcli {__version__}\n"
    try:
        sys.stdout.write(line)
        sys.stdout.flush()
    except (AttributeError, OSError):
        from actcli.cli.streams import write

        # It fails again there, where what is wrong with standard output is put into words.
        write(line)
    return 0


def _before_the_dashes(arguments: list[str]) -> list[str]:
    """Return the words that may be options: those before a bare `--`."""
    return arguments[: arguments.index("--")] if "--" in arguments else arguments


def _stop(number: int, frame: object) -> None:
    from actcli.cli.outcome import StopSignal

    raise StopSignal(number)


if __name__ == "__main__":
    run()
