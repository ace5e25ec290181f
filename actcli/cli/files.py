"""Files that are written whole or not at all."""

import os
import stat
from contextlib import suppress
from pathlib import Path

from actcli.errors import OutputError


def write_whole(path: str, data: bytes) -> None:
    """Make `path` hold `data`; whatever happens on the way, it holds its old content or all of the new.

    A symbolic link stays a link and an old file keeps its mode; a device or a pipe is written to directly.
    Raises OutputError, with the path as it was given, where that cannot be done.
    """
    try:
        target = Path(path).resolve()
        old = target.stat() if target.exists() else None
        if old is not None and stat.S_ISDIR(old.st_mode):
            raise IsADirectoryError(None, "it is a folder")
        if old is not None and not stat.S_ISREG(old.st_mode):
            _write_into(target, data)
        elif old is not None and not os.access(target, os.W_OK):
            raise PermissionError(None, "it may not be written")
        else:
            _replace(target, data, old)
    except (OSError, ValueError, RuntimeError) as error:
        raise OutputError(f"cannot write {path}: {_reason(error, path)}") from None


def _write_into(target: Path, data: bytes) -> None:
    descriptor = os.open(target, os.O_WRONLY | getattr(os, "O_NOCTTY", 0))
    try:
        _write_all(descriptor, data)
    finally:
        os.close(descriptor)


def _replace(target: Path, data: bytes, old: os.stat_result | None) -> None:
    # In the same folder, so that the rename cannot cross a file system; short, so that any name has room.
    beside = target.parent / f".actcli-{os.urandom(6).hex()}"
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
    try:
        try:
            if old is not None:
                beside.chmod(stat.S_IMODE(old.st_mode))
            _write_all(descriptor, data)
            # Without it a power cut may keep the rename and lose the bytes.
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        beside.replace(target)
    except BaseException:
        with suppress(OSError):
            beside.unlink()
        raise


def _write_all(descriptor: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def _reason(error: Exception, path: str) -> str:
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return f"the folder {Path(path).parent} does not exist; make it, or choose another"
    if isinstance(error, IsADirectoryError):
        return "it is a folder; add a file name"
    if isinstance(error, PermissionError):
        return "permission is missing for it or its folder; choose another place"
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror.lower()}; what was there before is untouched"
    return f"{error}; choose another name"
