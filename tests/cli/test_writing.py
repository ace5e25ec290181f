"""The way to a file: whatever step fails and whenever it is killed, the file is the old one or the new one.

`ACTCLI_KILLS=200 python -m pytest tests/cli/test_writing.py -k killed` kills as often as one likes.
"""

import errno
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from actcli.__main__ import main
from actcli.errors import OutputError
from actcli.render import files
from tests.cli.process import COMMAND, entries, environment, is_one_error_line, left_over

KILLS = int(os.environ.get("ACTCLI_KILLS", "24"))
NEW = b"new picture, longer than the old one"


class Failing:
    """Makes the k-th step on the way to a file fail with `error`, counted over all of these functions."""

    STEPS = (
        (os, ["open", "write", "fchmod", "fsync", "link", "close"]),
        (Path, ["replace", "resolve", "stat"]),
    )

    def __init__(self, monkeypatch, k, error, piece):
        self.left, self.error, self.piece = k, error, piece
        for owner, names in self.STEPS:
            for name in names:
                monkeypatch.setattr(owner, name, self.wrapped(getattr(owner, name), name))

    def wrapped(self, function, name):
        def call(*arguments, **options):
            self.left -= 1
            if self.left == 0:
                if name == "close":
                    function(*arguments, **options)
                raise self.error
            if name == "write":
                # A piece at a time, as a nearly full disk does.
                return function(arguments[0], bytes(arguments[1])[: self.piece])
            return function(*arguments, **options)

        return call


def fails(number):
    return OSError(number, os.strerror(number))


def step_by_step(monkeypatch, path, old, error, piece, work):
    """Yield after each run of `work` in which one more step has gone well, until none fails."""
    for k in range(1, 100):
        path.unlink(missing_ok=True)
        if old is not None:
            path.write_bytes(old)
        with monkeypatch.context() as patches:
            failing = Failing(patches, k, error, piece)
            ended = work()
        yield ended, path.read_bytes() if path.exists() else None
        if failing.left > 0:
            return
    raise AssertionError("it never came to an end")


@pytest.mark.parametrize("nameless", [True, False])
@pytest.mark.parametrize("old", [b"old picture", None])
@pytest.mark.parametrize("error", [fails(errno.ENOSPC), fails(errno.EIO), fails(errno.EACCES)], ids=repr)
def test_whichever_step_fails_the_old_file_is_whole_and_nothing_is_left_over(
    tmp_path, monkeypatch, nameless, old, error
):
    if not nameless:
        monkeypatch.delattr(os, "O_TMPFILE", raising=False)
    path, failed = tmp_path / "picture.png", 0

    def work():
        try:
            files.write_whole(str(path), NEW)
        except OutputError as error:
            return str(error)

    for said, found in step_by_step(monkeypatch, path, old, error, 7, work):
        assert left_over(tmp_path) == []
        assert (said is None) == (found == NEW)
        if said is not None:
            failed += 1
            assert said.startswith(f"cannot write {path}: ")
            assert found == old
    assert failed >= 12


@pytest.mark.parametrize("nameless", [True, False])
def test_interrupted_at_any_step_the_file_is_old_or_new_and_nothing_is_left_over(
    tmp_path, monkeypatch, nameless
):
    if not nameless:
        monkeypatch.delattr(os, "O_TMPFILE", raising=False)
    path, stopped = tmp_path / "picture.png", 0

    def work():
        try:
            files.write_whole(str(path), NEW)
        except KeyboardInterrupt as error:
            return error

    for ended, found in step_by_step(monkeypatch, path, b"old", KeyboardInterrupt(), 7, work):
        assert left_over(tmp_path) == []
        assert found == (NEW if ended is None else b"old")
        stopped += ended is not None
    assert stopped >= 12


def test_whichever_step_fails_the_command_says_so_in_one_line(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    path, refused = tmp_path / "relu.svg", 0
    error = fails(errno.ENOSPC)
    assert main(["plot", "relu", "-o", "relu.svg"]) == 0
    right = path.read_bytes()
    capsys.readouterr()
    for code, found in step_by_step(
        monkeypatch, path, b"old", error, 10_000, lambda: main(["plot", "relu", "-o", "relu.svg"])
    ):
        out, err = capsys.readouterr()
        assert entries() == ["relu.svg"]
        assert (code, out, found) in {(0, "relu.svg\n", right), (2, "", b"old")}
        assert code == 0 or is_one_error_line(err), err
        refused += code == 2
    assert refused >= 7


def said_by_another_user(work):
    """Return what `work` raises or returns in a child that is not root (this user, where it is not root)."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            if os.geteuid() == 0:
                os.setgid(65534)
                os.setuid(65534)
            os.write(writing, str(work()).encode())
        except BaseException as error:
            os.write(writing, str(error).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as answer:
        said = answer.read().decode()
    os.waitpid(child, 0)
    return said


@pytest.fixture
def open_to_all(tmp_path, monkeypatch):
    """The current folder, which every user may enter and write to."""
    monkeypatch.chdir(tmp_path)
    tmp_path.chmod(0o777)
    for folder in tmp_path.parents:
        if folder.stat().st_uid == os.geteuid() and os.access(folder, os.W_OK):
            folder.chmod(folder.stat().st_mode | 0o011)
    return tmp_path


@pytest.mark.parametrize("path", ["closed/relu.png", "read_only.png"])
def test_a_folder_and_a_file_without_permission_are_left_alone(open_to_all, path):
    Path("closed").mkdir(mode=0o555)
    Path("read_only.png").write_bytes(b"old")
    Path("read_only.png").chmod(0o444)
    said = said_by_another_user(lambda: files.write_whole(path, b"new"))
    assert said.startswith(f"cannot write {path}: permission is missing")
    assert Path("read_only.png").read_bytes() == b"old"
    assert entries() == ["closed", "read_only.png"]
    assert entries("closed") == []


@pytest.mark.parametrize(
    "line",
    ["plot relu -o a.svg", "derive gelu", "vanish tanh --depth 3 -o a.svg", "compare relu tanh", "list relu"],
)
def test_who_is_not_root_and_has_no_home_gets_the_same(open_to_all, monkeypatch, capfd, line):
    if not all(folder.stat().st_mode & 0o001 for folder in Path(np.__file__).parents):
        pytest.skip("the packages lie where another user cannot read them")
    # Once as this user, so that everything is imported: a stranger may not be able to read root's Python.
    assert main(line.split()) == 0
    expected = capfd.readouterr()
    Path("a.svg").unlink(missing_ok=True)
    monkeypatch.setenv("HOME", "/nonexistent")
    assert said_by_another_user(lambda: main(line.split())) == "0"
    assert capfd.readouterr() == expected
    assert entries() == (["a.svg"] if "a.svg" in line else [])


# Writes one picture after another for as long as it lives, with signals as the entry point has them.
_WRITER = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)  # the tests may run where it is ignored
import os
from actcli.__main__ import _prepare
from actcli.render import files
_prepare()
print("ready", flush=True)
while True:
    files.write_whole("picture.png", os.urandom(1) * 2_000_000)
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_killed_at_any_moment_the_file_is_old_or_new_and_nothing_is_left(tmp_path, number):
    (tmp_path / "picture.png").write_bytes(b"old")
    moments = random.Random(number)
    for _ in range(KILLS // 3):
        process = subprocess.Popen(
            [sys.executable, "-c", _WRITER],
            cwd=tmp_path, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        process.stdout.readline()
        time.sleep(moments.uniform(0, 0.03))
        process.send_signal(number)
        process.wait()
        process.stdout.close()
        # Between naming the finished file and the rename lies a moment in which SIGKILL may leave it, whole.
        left = left_over(tmp_path)
        assert number == signal.SIGKILL or left == []
        for name in ["picture.png", *left]:
            data = (tmp_path / name).read_bytes()
            assert data == b"old" or (len(data) == 2_000_000 and len(set(data)) == 1)
        for name in left:
            (tmp_path / name).unlink()


def test_a_command_killed_at_any_moment_leaves_the_old_or_the_new_picture(tmp_path):
    words = [*COMMAND, "plot", "relu", "-o", "relu.png"]
    subprocess.run(words, cwd=tmp_path, env=environment(), check=True, capture_output=True)
    new = (tmp_path / "relu.png").read_bytes()
    moments = random.Random(0)
    for _ in range(KILLS // 6):
        (tmp_path / "relu.png").write_bytes(b"old")
        process = subprocess.Popen(words, cwd=tmp_path, env=environment(), stdout=-3, stderr=-3)
        time.sleep(moments.uniform(0, 0.9))
        process.kill()
        process.wait()
        assert (tmp_path / "relu.png").read_bytes() in {b"old", new}
        for name in left_over(tmp_path):
            assert (tmp_path / name).read_bytes() == new
            (tmp_path / name).unlink()


@pytest.mark.skipif(not hasattr(os, "O_TMPFILE"), reason="files without a name are Linux's")
@pytest.mark.parametrize("step", ["link", "replace"])
def test_killed_between_naming_and_renaming_there_is_no_half_file(tmp_path, step):
    script = f"""
import os, pathlib, signal
from actcli.render import files
owner = os if {step!r} == "link" else pathlib.Path
step = getattr(owner, {step!r})
def last(*arguments, **options):
    if {step!r} == "link":
        step(*arguments, **options)
    os.kill(os.getpid(), signal.SIGKILL)
setattr(owner, {step!r}, last)
files.write_whole("picture.png", b"new" * 100_000)
"""
    (tmp_path / "picture.png").write_bytes(b"old")
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, env=environment())
    assert done.returncode == -signal.SIGKILL
    assert (tmp_path / "picture.png").read_bytes() == b"old"
    for name in left_over(tmp_path):
        assert (tmp_path / name).read_bytes() == b"new" * 100_000
