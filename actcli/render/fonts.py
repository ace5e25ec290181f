"""The surroundings that the drawing library finds: no one's settings, a font cache that can be written."""

import logging
import os
import stat
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

# Families that hold what the bundled DejaVu lacks; used only where they are installed.
FALLBACKS = (
    "STIXGeneral",
    "Noto Sans CJK KR",
    "Noto Sans KR",
    "NanumGothic",
    "Malgun Gothic",
    "Apple SD Gothic Neo",
    "AppleGothic",
    "Noto Sans CJK JP",
    "Noto Sans CJK SC",
    "Hiragino Sans",
    "Yu Gothic",
    "PingFang SC",
    "Microsoft YaHei",
    "WenQuanYi Zen Hei",
    "Arial Unicode MS",
)


@contextmanager
def clean_surroundings() -> Iterator[None]:
    """Import and draw in here: MPLBACKEND is not read, warnings about settings files stay quiet.

    Where the user's font cache cannot be written, a private one in the temporary folder, without the
    system's fonts, saves building it anew (and a warning) each time. The environment is restored.
    """
    changed: dict[str, str | None] = {"MPLBACKEND": None}
    if "matplotlib" not in sys.modules and not _cache_is_writable(os.environ):
        changed |= {"MPLCONFIGDIR": _private_folder(), "MPL_IGNORE_SYSTEM_FONTS": "1"}
    before = {name: os.environ.get(name) for name in changed}
    logger = logging.getLogger("matplotlib")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    _set(changed)
    try:
        yield
    finally:
        _set(before)
        logger.setLevel(level)


def _set(values: Mapping[str, str | None]) -> None:
    for name, value in values.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


def _cache_is_writable(environment: Mapping[str, str]) -> bool:
    return all(_can_be_written(folder) for folder in _cache_folders(environment))


def _cache_folders(environment: Mapping[str, str]) -> list[Path | None]:
    """Return the folders that matplotlib keeps settings and its cache in; None where HOME is unknown."""
    if asked := environment.get("MPLCONFIGDIR"):
        return [Path(asked)]
    try:
        home = Path.home()
    except RuntimeError:
        return [None]
    if not sys.platform.startswith(("linux", "freebsd")):
        return [home]
    parents = (
        environment.get("XDG_CONFIG_HOME") or home / ".config",
        environment.get("XDG_CACHE_HOME") or home / ".cache",
    )
    return [Path(parent) / "matplotlib" for parent in parents]


def _can_be_written(folder: Path | None) -> bool:
    """Return whether `folder` is, or can be made to be, a folder that can be written to."""
    if folder is None:
        return False
    try:
        nearest = next(path for path in (folder, *folder.parents) if path.exists())
        return nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK)
    except (OSError, StopIteration):
        return False


def _private_folder() -> str:
    """Return a folder of one's own in the temporary folder, the same every time so that the cache is kept."""
    user = os.getuid() if hasattr(os, "getuid") else 0
    folder = Path(tempfile.gettempdir()) / f"actcli-fonts-{user}"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        status = folder.lstat()
    except OSError:
        return tempfile.mkdtemp(prefix="actcli-fonts-")
    # The temporary folder is everyone's: never read a cache that someone else may have put there.
    own = stat.S_ISDIR(status.st_mode) and (
        os.name == "nt" or (status.st_uid == user and not status.st_mode & 0o077)
    )
    return str(folder) if own else tempfile.mkdtemp(prefix="actcli-fonts-")
