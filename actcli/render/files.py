"""Files that are written whole or not at all, and which of them are pictures."""

import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import Final, Literal

from actcli.errors import OutputError

PictureFormat = Literal["png", "svg", "pdf"]
PICTURE_FORMATS: Final[tuple[PictureFormat, ...]] = ("png", "svg", "pdf")


def picture_format(path: str) -> PictureFormat:
    """Return the picture format that the suffix of `path` names; a pipe or a device takes PNG.

    Raises OutputError for a suffix that is no picture's.
    """
    name = os.path.basename(path)  # noqa: PTH119  # a path that ends in / has no name
    suffix = Path(name).suffix
    for known in PICTURE_FORMATS:
        if suffix.lower() == f".{known}":
            return known
    if _is_device(path):
        return "png"
    if not name or Path(path).is_dir():
        raise OutputError(f"cannot write {path}: it is a folder; add a file name")
    problem = f"it has the unknown suffix {suffix}" if suffix else "it has no suffix"
    raise OutputError(f"cannot write {path}: {problem}; pictures are .png, .svg or .pdf")


def _is_device(path: str) -> bool:
    try:
        mode = Path(path).stat().st_mode
    except (OSError, ValueError):
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


def write_whole(path: str, data: bytes) -> None:
    """Make `path` hold `data`; whatever happens on the way, it holds its old content or all of the new.

    A symbolic link stays a link and an old file keeps its mode; a device or a pipe is written to directly.
    Raises OutputError, with the path as it was given, where that cannot be done.
    """
    try:
        target = _followed(Path(path))
        # Of the path as it was given: what /dev/stdout leads to has no name where it is a pipe.
        old = Path(path).stat() if Path(path).exists() else None
        if old is not None and stat.S_ISDIR(old.st_mode):
            raise IsADirectoryError(None, "it is a folder")
        if old is not None and not stat.S_ISREG(old.st_mode):
            _write_into(Path(path), data)
        elif old is not None and not os.access(target, os.W_OK):
            raise PermissionError(None, "it may not be written")
        else:
            _replace(target, data, old)
    except (OSError, ValueError) as error:
        raise OutputError(f"cannot write {path}: {_reason(error, path)}") from None


def _followed(path: Path) -> Path:
    """Return what the links of a path lead to; raises ValueError where they lead in a circle."""
    try:
        target = path.resolve()
    except RuntimeError:
        target = path
    # From Python 3.13 on a circle resolves to one of its links.
    if target.is_symlink():
        raise ValueError("it is a link that leads to itself")
    return target


def _write_into(target: Path, data: bytes) -> None:
    descriptor = os.open(target, os.O_WRONLY | getattr(os, "O_NOCTTY", 0))
    try:
        _write_all(descriptor, data)
    finally:
        os.close(descriptor)


def _replace(target: Path, data: bytes, old: os.stat_result | None) -> None:
    # In the same folder, so that the rename cannot cross a file system; short, so that any name has room.
    beside = target.parent / f".actcli-{os.urandom(6).hex()}"
    descriptor = _nameless(target.parent)
    nameless = descriptor is not None
    try:
        if descriptor is None:
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
            descriptor = os.open(beside, flags, 0o666)
        try:
            if old is not None and hasattr(os, "fchmod"):
                os.fchmod(descriptor, stat.S_IMODE(old.st_mode))
            _write_all(descriptor, data)
            # Without it a power cut may keep the rename and lose the bytes.
            os.fsync(descriptor)
            if nameless:
                _name(descriptor, beside)
        finally:
            os.close(descriptor)
        beside.replace(target)
    except BaseException:
        with suppress(OSError):
            beside.unlink()
        raise


def _nameless(folder: Path) -> int | None:
    """Open a file without a name in `folder`, or return None; killed while writing, nothing of it stays."""
    if not hasattr(os, "O_TMPFILE") or not Path("/proc/self/fd").is_dir():
        return None
    try:
        return os.open(folder, os.O_WRONLY | os.O_TMPFILE, 0o666)
    except OSError:
        return None


def _name(descriptor: int, path: Path) -> None:
    """Give a nameless file its name; only with a folder's descriptor does Python follow links in /proc."""
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.link(f"/proc/self/fd/{descriptor}", path.name, dst_dir_fd=folder)
    finally:
        os.close(folder)


def _write_all(descriptor: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def _reason(error: Exception, path: str) -> str:
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        folder = Path(path).parent
        if folder.is_dir():
            return f"the folder {folder} takes no new files; choose another"
        return f"the folder {folder} does not exist; make it, or choose another"
    if isinstance(error, IsADirectoryError):
        return "it is a folder; add a file name"
    if isinstance(error, PermissionError):
        return "permission is missing for it or its folder; choose another place"
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror.lower()}; what was there before is untouched"
    return f"{error}; choose another name"
