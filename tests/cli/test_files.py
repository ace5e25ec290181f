"""Pictures in files: whole or not at all, whatever the path is and whatever fails."""

import json
import os
import stat
from pathlib import Path

import pytest

from tests.cli.process import actcli, entries, is_one_error_line, left_over, shell

MAGIC = {"png": b"\x89PNG\r\n\x1a\n", "svg": b"<?xml", "pdf": b"%PDF-"}


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("missing/relu.png", "cannot write missing/relu.png: the folder missing does not exist"),
        ("file/relu.png", "cannot write file/relu.png"),
        (".", "cannot write .: it is a folder"),
        ("folder/", "cannot write folder/: it is a folder"),
        ("folder.png", "cannot write folder.png: it is a folder"),
        ("relu.gif", "cannot write relu.gif: it has the unknown suffix .gif; pictures are .png, .svg or"),
        ("relu", "cannot write relu: it has no suffix; pictures are .png, .svg or .pdf"),
        ("relu.json", "cannot write relu.json: it is not a picture (.png, .svg, .pdf); data goes"),
        (f"{'x' * 300}.png", "file name too long"),
        ("/proc/relu.png", "the folder /proc takes no new files"),
        ("~/relu.png", "the folder ~ does not exist"),
        (".png", "cannot write .png: it has no suffix"),
        ("relu.png ", "it has the unknown suffix .png ;"),
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
    plain = run("plot", "relu", "--format", "csv")
    done = run("plot", "relu", "--format", "csv", "-o", "relu.svg")
    assert done == (0, plain.out, "wrote relu.svg\n")


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
    done = run("plot", "relu", "-o", "loop.svg")
    assert (done.code, Path("loop.svg").is_symlink()) == (2, True)
    assert done.err == (
        "error: cannot write loop.svg: it is a link that leads to itself; choose another name\n"
    )


def test_a_device_stays_a_device(run):
    before = Path("/dev/null").stat()
    assert run("plot", "relu", "-o", "/dev/null").code == 0
    after = Path("/dev/null").stat()
    assert stat.S_ISCHR(after.st_mode)
    assert before.st_ino == after.st_ino
    done = run("plot", "relu", "-o", "/dev/full")
    assert done.code == 2
    assert "no space left" in done.err


def test_standard_output_by_its_path_is_a_pipe_too(tmp_path):
    done = shell("actcli plot relu -o /dev/stdout -q | cat > relu.png", cwd=tmp_path)
    assert done == (0, "", "")
    assert (tmp_path / "relu.png").read_bytes().startswith(MAGIC["png"])


@pytest.mark.parametrize("line", ["plot relu", "plot relu -o relu.svg"])
def test_a_folder_that_is_gone_takes_no_picture_and_an_absolute_path_does(tmp_path, line):
    done = shell(f"mkdir gone; cd gone; rmdir ../gone; actcli {line}", cwd=tmp_path)
    assert (done.code, done.out) == (2, "")
    assert is_one_error_line(done.err), done.err
    assert "the folder . takes no new files" in done.err
    done = shell(
        f"mkdir gone; cd gone; rmdir ../gone; actcli plot relu -o {tmp_path}/relu.svg -q", cwd=tmp_path
    )
    assert done == (0, f"{tmp_path}/relu.svg\n", "")


def test_a_hard_link_keeps_what_it_had(run):
    Path("one.svg").write_text("old")
    os.link("one.svg", "two.svg")
    assert run("plot", "relu", "-o", "one.svg").code == 0
    assert Path("one.svg").read_bytes().startswith(MAGIC["svg"])
    assert Path("two.svg").read_text() == "old"


@pytest.mark.parametrize("limit", ["ulimit -n 8", "ulimit -f 1", "umask 777"])
def test_a_shell_that_allows_little_gets_the_picture_or_one_line(tmp_path, limit):
    done = shell(f"{limit}; actcli plot relu -o relu.png -q", cwd=tmp_path)
    if done.code:
        assert (done.code, done.out, entries(tmp_path)) == (2, "", [])
        assert is_one_error_line(done.err), done.err
    else:
        assert done == (0, "relu.png\n", "")


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
    # Read to the end: a reader that goes early would end the command.
    done = shell(
        "for line in 'plot relu' 'vanish relu --depth 3'; do actcli $line -o - | od -An -c | sed -n 1p; done",
        cwd=tmp_path,
    )
    assert done.code == 0
    assert done.out.count("211   P   N   G") == 2
    assert done.err == ""
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_over_an_old_picture_leaves_it_whole(tmp_path):
    (tmp_path / "relu.png").write_bytes(b"old picture")
    done = shell("ulimit -f 1; actcli plot relu -o relu.png", cwd=tmp_path)
    assert (done.code, done.out) == (2, "")
    assert is_one_error_line(done.err), done.err
    assert (tmp_path / "relu.png").read_bytes() == b"old picture"
    assert left_over(tmp_path) == []
