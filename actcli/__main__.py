"""The console script `actcli`, and `python -m actcli`: every way that a run can end becomes a code here."""

import gc
import os
import sys

_LEAST_MEMORY = 256 * 2**20
"""Bytes of address space that the packages of a picture need; without them OpenBLAS exits on its own."""


def run() -> None:
    """Run the command line of this process and exit with its code."""
    try:
        # A script that asks for the version waits for nothing.
        if "--version" not in _before_the_dashes(sys.argv[1:]):
            _prepare()
            _secure_memory()
        code = main(sys.argv[1:])
    except BaseException as error:
        # A signal that came in between, or while another end was being put into words.
        code = _ended_by(error)
    # The interpreter would look for cycles in all that is about to end: a tenth of a run's time.
    gc.freeze()
    sys.exit(code)


def _prepare() -> None:
    """Set what belongs to the process and not to the library: threads, memory, warnings and signals."""
    import signal

    # Nothing here makes cycles worth collecting, and a collection in numpy's import costs milliseconds.
    gc.disable()
    # More threads than one only pay on idle cores, and starting them costs more than our products.
    for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(variable, "1")
    # No picture holds a date, and matplotlib would stumble over one that is no number.
    os.environ.pop("SOURCE_DATE_EPOCH", None)
    if not sys.warnoptions:
        import warnings

        warnings.simplefilter("ignore")
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        # A signal that the parent ignores (nohup) stays ignored.
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _stop)


def _secure_memory() -> None:
    """Take early, where memory is limited, what OpenBLAS would end the process for when it gets it late.

    Raises MemoryError where the limit is too low for numpy itself.
    """
    try:
        import resource
    except ImportError:
        return
    soft = resource.getrlimit(resource.RLIMIT_AS)[0]
    if soft == resource.RLIM_INFINITY:
        return
    if soft < _LEAST_MEMORY:
        cure = f"actcli needs {_LEAST_MEMORY >> 20} MiB, so raise it with ulimit -v"
        raise MemoryError(f"this shell limits memory to {soft >> 20} MiB; {cure}")
    import numpy as np

    # The first product of matrices that is not tiny takes the buffer, and keeps it.
    square = np.ones((64, 64))
    np.matmul(square, square)


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
    if isinstance(error, MemoryError | ImportError):
        return _unloadable(error)
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
    if isinstance(error, SystemExit):
        return error.code if isinstance(error.code, int) else 0 if error.code is None else 2
    return _bug(error)


def _unloadable(error: MemoryError | ImportError) -> int:
    """Say what memory or a package is missing, without importing anything more."""
    lines = str(error).split("\n")
    if isinstance(error, MemoryError) or "failed to map segment" in str(error):
        # numpy's own say how many bytes of an array; ours, what the shell allows.
        ours = lines[0] if lines[0].startswith("this shell") else ""
        less = "fewer points, pixels, units or layers, or a smaller batch"
        text = ours or f"not enough memory for this; ask for {less}"
    elif (error.name or "").startswith("actcli"):
        return _bug(error)
    else:
        said = next(line for line in reversed([type(error).__name__, *lines]) if line.strip())
        problem = "".join(c if c.isprintable() else "?" for c in said)
        text = f"a package that actcli needs cannot be loaded ({problem}); install actcli anew with pip"
    try:  # noqa: SIM105  # suppress() would have to be imported
        os.write(2, f"error: {text}\n".encode("ascii", "backslashreplace"))
    except OSError:
        pass
    return 2


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
    from actcli.version import VERSION

    line = f"actcli {VERSION}\n"
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
