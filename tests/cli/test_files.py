"""Pictures in files: whole or not at all, whatever the path is and whatever fails."""

import errno
import json
import os
import signal
import stat
import subprocess
import time
from pathlib import Path

import pytest

from actcli.cli import files
from actcli.errors import OutputError
from tests.cli.process import COMMAND, actcli, environment, is_one_error_line, shell

MAGIC = {"png": b"\x89PNG\r\n\x1a\n", "svg": b"<?xml", "pdf": b"%PDF-"}


def entries(folder="."):
    return sorted(path.name for path in Path(folder).iterdir())


def left_over(folder):
    return [name for name in entries(folder) if name.startswith(".actcli")]


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("missing/relu.png", "cannot write missing/relu.png: the folder missing does not exist"),
        ("file/relu.png", "cannot write file/relu.png"),
        (".", "cannot write .: it is a folder"),
        ("folder/", "cannot write folder/: it is a folder"),
        ("folder.png", "cannot write folder.png: it is a folder"),
        ("relu.gif", "--output relu.gif has the unknown suffix .gif; pictures are .png, .svg or .pdf"),
        ("relu", "--output relu has no suffix; pictures are .png, .svg or .pdf"),
        ("relu.json", "--output relu.json is not a picture (.png, .svg, .pdf); data goes to standard output"),
        (f"{'x' * 300}.png", "file name too long"),
    ],
)
def test_a_file_that_cannot_be_written_is_named_as_it_was_given(run, path, said):
    Path("folder").mkdir()
    Path("folder.png").mkdir()
    Path("file").write_text("old")
    before = entries()
    done = run("plot", "relu", "-o", path)
    assert (done.code, done.out) == (2, "")
    assert is_one_error_line(done.err), done.err
    assert said in done.err
    assert entries() == before


def test_a_format_that_contradicts_the_file_is_refused(run):
    for line in (
        "plot relu --format svg -o relu.png",
        "plot relu --json -o -",
        "vanish relu --format csv -o x.json",
    ):
        done = run(*line.split())
        assert (done.code, done.out) == (2, "")
        assert is_one_error_line(done.err), done.err
    assert entries() == []


def test_data_and_a_picture_can_be_asked_for_together(run):
    done = run("plot", "relu", "--json", "-o", "relu.svg")
    assert (done.code, done.err) == (0, "wrote relu.svg\n")
    assert json.loads(done.out)["files"] == ["relu.svg"]
    assert Path("relu.svg").read_bytes().startswith(MAGIC["svg"])


@pytest.mark.parametrize(
    "name", ["relu.png", "RELU.PNG", "relu.Svg", "relu.pdf", "two words.svg", "ümlaut.svg"]
)
def test_the_suffix_decides_the_format_in_any_case(run, name):
    done = run("plot", "relu", "-o", name)
    assert done == (0, f"{name}\n", f"wrote {name}\n")
    assert Path(name).read_bytes().startswith(MAGIC[name[-3:].lower()])
    assert entries() == [name]


def test_plot_without_a_file_names_the_picture_after_what_it_shows(run):
    assert run("plot", "relu").out == "relu.png\n"
    assert run("plot", "elu:alpha=0.5", "tanh", "-q") == (0, "elu_alpha=0.5-tanh.png\n", "")
    assert run("plot", "x * tanh(softplus(x))").out == "x_tanh_softplus_x.png\n"
    assert run("plot", "../../etc = x**2").code == 2
    assert entries() == ["elu_alpha=0.5-tanh.png", "relu.png", "x_tanh_softplus_x.png"]


def test_plot_with_a_data_format_alone_writes_no_picture(run):
    done = run("plot", "relu", "--json")
    assert json.loads(done.out)["files"] == []
    assert entries() == []


def test_a_name_with_a_newline_is_written_and_shown_on_one_line(tmp_path):
    done = actcli("plot", "relu", "-o", "a\nb.svg", cwd=tmp_path)
    assert done == (0, "a\nb.svg\n", "wrote a\\nb.svg\n")
    assert [path.name for path in tmp_path.iterdir()] == ["a\nb.svg"]


def test_a_symbolic_link_stays_one_and_its_target_gets_the_picture(run, tmp_path):
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "target.svg").write_text("old")
    Path("link.svg").symlink_to("there/target.svg")
    Path("dangling.svg").symlink_to("there/new.svg")
    for link, target in (("link.svg", "target.svg"), ("dangling.svg", "new.svg")):
        assert run("plot", "relu", "-o", link).code == 0
        assert Path(link).is_symlink()
        assert (tmp_path / "there" / target).read_bytes().startswith(MAGIC["svg"])
    Path("loop.svg").symlink_to("loop.svg")
    assert run("plot", "relu", "-o", "loop.svg").code == 2


def test_a_device_stays_a_device(run):
    before = Path("/dev/null").stat()
    assert run("plot", "relu", "-o", "/dev/null").code == 0
    after = Path("/dev/null").stat()
    assert stat.S_ISCHR(after.st_mode)
    assert before.st_ino == after.st_ino
    done = run("plot", "relu", "-o", "/dev/full")
    assert done.code == 2
    assert "no space left" in done.err


def test_a_pipe_gets_the_whole_picture(tmp_path):
    os.mkfifo(tmp_path / "pipe.png")
    done = shell("cat pipe.png | head -c 8 | od -An -c & actcli plot relu -o pipe.png -q; wait", cwd=tmp_path)
    assert done.code == 0
    assert "P   N   G" in done.out
    assert stat.S_ISFIFO((tmp_path / "pipe.png").stat().st_mode)


def test_the_umask_of_a_new_file_and_the_mode_of_an_old_one_are_kept(tmp_path):
    assert shell("umask 027; actcli plot relu -o new.svg", cwd=tmp_path).code == 0
    assert stat.S_IMODE((tmp_path / "new.svg").stat().st_mode) == 0o640
    (tmp_path / "old.svg").write_text("old")
    (tmp_path / "old.svg").chmod(0o604)
    assert shell("umask 077; actcli plot relu -o old.svg", cwd=tmp_path).code == 0
    assert stat.S_IMODE((tmp_path / "old.svg").stat().st_mode) == 0o604


@pytest.mark.parametrize("suffix", MAGIC)
def test_the_same_request_gives_the_same_bytes(run, tmp_path, suffix):
    run("plot", "relu", "tanh", "-o", f"here.{suffix}", "-q")
    done = actcli(
        "plot", "relu", "tanh", "-o", f"there.{suffix}", "-q", cwd=tmp_path, PYTHONHASHSEED="1", TZ="UTC+9"
    )
    assert done.code == 0
    assert Path(f"here.{suffix}").read_bytes() == Path(f"there.{suffix}").read_bytes()


def test_a_picture_in_a_pipe_is_the_picture_alone(tmp_path):
    done = shell(
        "actcli plot relu -o - | od -An -c -N8; actcli vanish relu --depth 3 -o - | od -An -c -N8",
        cwd=tmp_path,
    )
    assert done.code == 0
    assert done.out.count("211   P   N   G") == 2
    assert done.err == ""
    assert list(tmp_path.iterdir()) == []


class Failing:
    """Makes the k-th call of these functions on the file path fail, counted over all of them."""

    def __init__(self, monkeypatch, k):
        self.left = k
        for owner, name in (
            (os, "open"),
            (os, "write"),
            (os, "fsync"),
            (os, "link"),
            (os, "close"),
            (Path, "replace"),
        ):
            monkeypatch.setattr(owner, name, self.wrapped(getattr(owner, name), name))

    def wrapped(self, function, name):
        def call(*arguments, **options):
            self.left -= 1
            if self.left == 0:
                if name == "close":
                    function(*arguments, **options)
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            if name == "write":
                # A few bytes at a time, as a nearly full disk does.
                return function(arguments[0], bytes(arguments[1])[:7])
            return function(*arguments, **options)

        return call


@pytest.mark.parametrize("nameless", [True, False])
@pytest.mark.parametrize("old", [b"old picture", None])
def test_whichever_step_fails_the_old_file_is_whole_and_nothing_is_left_over(
    tmp_path, monkeypatch, nameless, old
):
    if not nameless:
        monkeypatch.delattr(os, "O_TMPFILE", raising=False)
    data, failed = b"new picture, longer than the old one", 0
    path = tmp_path / "picture.png"
    for k in range(1, 40):
        path.unlink(missing_ok=True)
        if old is not None:
            path.write_bytes(old)
        with monkeypatch.context() as patches:
            failing = Failing(patches, k)
            try:
                files.write_whole(str(path), data)
            except OutputError as error:
                failed += 1
                assert str(path) in str(error)
                survived = path.read_bytes() if path.exists() else None
                assert survived in (old, data)
            else:
                assert path.read_bytes() == data
        assert left_over(tmp_path) == []
        if failing.left > 0:
            break
    assert failing.left > 0
    assert failed >= 8


def test_a_full_disk_over_an_old_picture_leaves_it_whole(tmp_path):
    (tmp_path / "relu.png").write_bytes(b"old picture")
    done = shell("ulimit -f 1; actcli plot relu -o relu.png", cwd=tmp_path)
    assert (done.code, done.out) == (2, "")
    assert is_one_error_line(done.err), done.err
    assert (tmp_path / "relu.png").read_bytes() == b"old picture"
    assert left_over(tmp_path) == []


def said_by_another_user(work):
    """Return what `work` raises in a child process that is not root (this user, where it is not root)."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            if os.geteuid() == 0:
                os.setgid(65534)
                os.setuid(65534)
            work()
        except BaseException as error:
            os.write(writing, str(error).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as answer:
        said = answer.read().decode()
    os.waitpid(child, 0)
    return said


@pytest.mark.parametrize("path", ["closed/relu.png", "read_only.png"])
def test_a_folder_and_a_file_without_permission_are_left_alone(tmp_path, monkeypatch, path):
    monkeypatch.chdir(tmp_path)
    Path("closed").mkdir(mode=0o555)
    Path("read_only.png").write_bytes(b"old")
    Path("read_only.png").chmod(0o444)
    tmp_path.chmod(0o777)
    for folder in tmp_path.parents:
        if folder.stat().st_uid == os.geteuid() and os.access(folder, os.W_OK):
            folder.chmod(folder.stat().st_mode | 0o011)
    said = said_by_another_user(lambda: files.write_whole(path, b"new"))
    assert said.startswith(f"cannot write {path}: permission is missing")
    assert Path("read_only.png").read_bytes() == b"old"
    assert entries() == ["closed", "read_only.png"]
    assert entries("closed") == []


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_killed_at_any_moment_the_file_is_old_or_new_and_nothing_is_left(tmp_path, number):
    script = (
        "import os, sys; from actcli.cli import files\n"
        "print('ready', flush=True)\n"
        "while True: files.write_whole('picture.png', os.urandom(1) * 2_000_000)\n"
    )
    (tmp_path / "picture.png").write_bytes(b"old")
    for k in range(8):
        process = subprocess.Popen(
            [COMMAND[0] if COMMAND[0].endswith("python") else "python3", "-c", script],
            cwd=tmp_path, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        process.stdout.readline()
        time.sleep(0.003 * (k + 1))
        process.send_signal(number)
        process.wait()
        process.stdout.close()
        data = (tmp_path / "picture.png").read_bytes()
        assert data == b"old" or (len(data) == 2_000_000 and len(set(data)) == 1)
    # Between naming the finished file and the rename lies a moment in which SIGKILL may leave it.
    assert len(left_over(tmp_path)) <= (1 if number == signal.SIGKILL else 0)
