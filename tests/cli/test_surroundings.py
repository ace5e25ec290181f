"""Where it runs: environment variables, locales, folders that cannot be written, files that lie about."""

import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.cli.process import ROOT, actcli, environment, is_one_error_line, shell


@pytest.mark.parametrize(
    "changes",
    [
        {"HOME": "/nonexistent"},
        {"HOME": "/proc"},
        {"MPLBACKEND": "nonsense"},
        {"MPLBACKEND": "TkAgg", "DISPLAY": None},
        {"XDG_CACHE_HOME": "/proc", "XDG_CONFIG_HOME": "/proc", "HOME": "/proc"},
        {"MPLCONFIGDIR": "/nonexistent"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"LC_ALL": "de_DE.UTF-8"},
        {"LC_ALL": "xx_YY.nonsense", "TZ": "No/Where"},
        {"HOME": None, "TMPDIR": "/nonexistent", "MPLCONFIGDIR": "/etc/passwd"},
        {"PYTHONOPTIMIZE": "2", "PYTHONHASHSEED": "7", "PYTHONUTF8": "1"},
        {"PYTHONDEVMODE": "1"},
        {"PYTHONWARNINGS": "error"},
        {"OPENBLAS_NUM_THREADS": "abc", "OMP_NUM_THREADS": "-1"},
        {"SOURCE_DATE_EPOCH": "nonsense"},
        {"TTY_COMPATIBLE": "1", "PY_COLORS": "1", "GITHUB_ACTIONS": "1", "JPY_PARENT_PID": "1"},
        {"http_proxy": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9"},
    ],
    ids=str,
)
def test_the_surroundings_change_neither_the_picture_nor_the_words(tmp_path, plain_picture, changes):
    done = actcli("plot", "relu", "-q", cwd=tmp_path, **changes)
    assert done == (0, "relu.png\n", "")
    assert (tmp_path / "relu.png").read_bytes() == plain_picture


@pytest.mark.parametrize("suffix", ["pdf", "svg", "png"])
@pytest.mark.parametrize("date", ["0", "nonsense"])
def test_no_date_changes_a_picture(tmp_path, suffix, date):
    for name, changes in (("plain", {}), ("dated", {"SOURCE_DATE_EPOCH": date})):
        done = actcli("plot", "relu", "-q", "-o", f"{name}.{suffix}", cwd=tmp_path, **changes)
        assert done == (0, f"{name}.{suffix}\n", "")
    assert (tmp_path / f"plain.{suffix}").read_bytes() == (tmp_path / f"dated.{suffix}").read_bytes()


@pytest.mark.parametrize("flags", ["-I", "-bb -W error", "-O -B", "-X dev", "-P"])
def test_any_way_to_start_python_gives_the_same(tmp_path, flags):
    script = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from actcli.__main__ import run; run()"
    words = [sys.executable, *flags.split(), "-c", script, "compare", "relu", "tanh", "--json"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == actcli("compare", "relu", "tanh", "--json", cwd=tmp_path).out


def test_it_runs_from_an_archive(tmp_path):
    with zipfile.ZipFile(tmp_path / "actcli.zip", "w") as archive:
        for path in (ROOT / "actcli").rglob("*"):
            if path.is_file() and path.suffix in {".py", ".json"}:
                archive.write(path, path.relative_to(ROOT))
    changes = {"PYTHONPATH": tmp_path / "actcli.zip"}
    for line in ("list relu --json", "derive relu --json", "plot relu -q"):
        words = [sys.executable, "-P", "-c", "from actcli.__main__ import run; run()", *line.split()]
        done = subprocess.run(
            words, cwd=tmp_path, env=environment() | changes, capture_output=True, text=True, timeout=120
        )
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout == actcli(*line.split(), cwd=tmp_path).out


def test_whoever_catches_standard_output_in_a_string_gets_the_results(run):
    from contextlib import redirect_stdout

    from actcli.__main__ import main

    for line in ("list relu", "derive relu --json", "--help"):
        caught = io.StringIO()
        with redirect_stdout(caught):
            assert main(line.split()) == 0
        assert caught.getvalue() == run(*line.split()).out


@pytest.fixture(scope="module")
def plain_picture(tmp_path_factory):
    folder = tmp_path_factory.mktemp("plain")
    assert actcli("plot", "relu", "-q", cwd=folder).code == 0
    return (folder / "relu.png").read_bytes()


@pytest.mark.parametrize(
    "text", [b"axes.facecolor: red\nlines.linewidth: 9\n", b"nonsense\n", b"font.family: Nosuchfont\n"]
)
def test_a_stray_matplotlibrc_changes_nothing(tmp_path, plain_picture, text):
    (tmp_path / "matplotlibrc").write_bytes(text)
    done = actcli("plot", "relu", cwd=tmp_path)
    assert done == (0, "relu.png\n", "wrote relu.png\n")
    assert (tmp_path / "relu.png").read_bytes() == plain_picture


def test_modules_that_lie_about_in_the_folder_are_not_run(tmp_path):
    for name in ("numpy", "typer", "rich", "random", "signal"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('run from the current folder')\n")
    script = Path(sys.executable).with_name("actcli")
    if not script.exists():
        pytest.skip("python -m looks into the current folder by its nature; the console script does not")
    assert actcli("list", "relu", cwd=tmp_path).code == 0


@pytest.mark.parametrize("locale", ["C", "en_US.ISO-8859-1"])
@pytest.mark.parametrize("line", ["derive tanh --at 1", "list gelu --format markdown", "derive --help"])
def test_a_narrow_locale_gets_ascii_in_place_of_letters_it_lacks(tmp_path, locale, line):
    narrow = {"LC_ALL": locale, "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": "ascii"}
    done = actcli(*line.split(), cwd=tmp_path, **narrow)
    assert (done.code, done.err) == (0, "")
    assert "markdown" in line or done.out.isascii()


@pytest.mark.parametrize(
    "line", ["derive gelu --json", "list --format markdown", "compare relu tanh --format csv"]
)
def test_data_is_the_same_bytes_in_every_locale(tmp_path, line):
    plain = actcli(*line.split(), cwd=tmp_path, LC_ALL="de_DE.UTF-8", PYTHONHASHSEED="9")
    assert plain.code == 0
    assert actcli(*line.split(), cwd=tmp_path, LC_ALL="C", PYTHONIOENCODING="ascii") == plain


@pytest.mark.parametrize(
    "line", ["derive tanh --at 0.5", "vanish relu --depth 3 --format csv", "plot relu --json"]
)
def test_a_dot_is_the_decimal_mark_in_every_locale(tmp_path, line):
    assert actcli(*line.split(), cwd=tmp_path, LC_ALL="de_DE.UTF-8") == actcli(*line.split(), cwd=tmp_path)


def test_a_label_in_any_script_is_shown_and_drawn_or_said_to_be_missing(tmp_path):
    done = actcli("list", "--text", "한국어", cwd=tmp_path)
    assert (done.code, done.err) == (0, "")
    done = actcli(
        "plot", "relu", "--title", "활성화 함수 $\\frac{1}{2}$ <b>&amp;", "-o", "t.svg", cwd=tmp_path
    )
    assert (done.code, done.out) == (0, "t.svg\n")
    assert all(line.startswith(("note: ", "wrote ")) for line in done.err.splitlines())
    assert len(done.err.splitlines()) <= 2


@pytest.mark.parametrize("nasty", ["\x1b[31mred", "[bold]x[/bold]", "a\rb", "\u202ex", "a\nb", "\udcff"])
def test_hostile_text_is_shown_as_text_on_one_line(tmp_path, nasty):
    done = actcli("vanish", nasty, cwd=tmp_path)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("error: ")
    assert done.err.count("\n") == 1
    assert done.err[:-1].isprintable()


def test_no_word_of_the_user_is_read_as_markup_or_a_spreadsheet_formula(run):
    assert run("list", "--text", "[red]").out.startswith("no activation fits")
    done = run("derive", "-q", "--format", "csv", "a = x**2 + 1", "--at", "1")
    assert (done.code, done.err) == (0, "")
    assert all(not line.startswith(("=", "@")) for line in done.out.splitlines())


@pytest.mark.parametrize(
    ("kilobytes", "line", "said"),
    [
        (60_000, "list", "this shell limits memory to 58 MiB; actcli needs 256 MiB"),
        (200_000, "plot relu -o old.png", "this shell limits memory to 195 MiB"),
        (270_000, "plot relu -o old.png --dpi 1200", "not enough memory for this"),
        (330_000, "vanish relu --width 2048 --batch 2048 --depth 4 --json", "not enough memory for this"),
        (340_000, "plot relu -o old.png --dpi 1200", "not enough memory for this"),
    ],
)
def test_memory_that_runs_out_is_said_in_one_line(tmp_path, kilobytes, line, said):
    (tmp_path / "old.png").write_bytes(b"old")
    done = shell(f"ulimit -v {kilobytes}; actcli {line}", cwd=tmp_path)
    assert (done.code, done.out) == (2, "")
    assert is_one_error_line(done.err), done.err
    assert said in done.err
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("old.png", b"old")]


def test_a_limit_that_leaves_enough_memory_changes_nothing(tmp_path):
    line = "actcli vanish tanh --depth 5 --json"
    assert shell(f"ulimit -v 600000; {line}", cwd=tmp_path) == shell(line, cwd=tmp_path)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("raise ImportError('numpy is\\nin pieces\\x1b[31m')", "cannot be loaded (in pieces?[31m)"),
        ("raise ImportError", "cannot be loaded (ImportError)"),
        ("raise ImportError('x.so: failed to map segment from shared object')", "not enough memory"),
        ("raise MemoryError", "not enough memory"),
    ],
)
def test_a_package_that_cannot_be_loaded_is_no_bug_of_actcli(tmp_path, source, said):
    (tmp_path / "numpy").mkdir()
    (tmp_path / "numpy" / "__init__.py").write_text(source)
    done = actcli("derive", "relu", cwd=tmp_path, PYTHONPATH=f"{tmp_path}:{ROOT}")
    assert (done.code, done.out) == (2, "")
    assert is_one_error_line(done.err), done.err
    assert said in done.err


def test_a_bug_is_one_line_and_the_traceback_is_there_for_the_asking(tmp_path):
    # A record whose function raises is what no check can foresee.
    (tmp_path / "broken.py").write_text(
        "import actcli\n"
        "secret = 'do not print me'\n"
        "def fail(*_):\n    raise ZeroDivisionError('deep inside')\n"
        "order = actcli.Order('x', fail)\n"
        "broken = actcli.Activation(\n"
        "    name='broken', title='Broken', family='mine', reference=actcli.Reference('me'),\n"
        "    orders=(order, order, order), facts_of=fail)\n"
    )
    done = actcli("plot", "broken", "--load", "broken.py", cwd=tmp_path)
    assert (done.code, done.out) == (70, "")
    assert done.err.startswith("error: internal error (ZeroDivisionError: deep inside)")
    assert "ACTCLI_DEBUG=1" in done.err
    assert done.err.count("\n") == 1
    done = actcli("plot", "broken", "--load", "broken.py", cwd=tmp_path, ACTCLI_DEBUG="1")
    assert done.code == 70
    assert "Traceback" in done.err
    assert "broken.py" in done.err
    assert "do not print me" not in done.err


def test_nothing_is_written_beside_what_was_asked_for(tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    for line in ("list relu", "derive relu", "vanish relu --depth 3", "compare relu tanh"):
        assert actcli(*line.split(), cwd=tmp_path, HOME=home).code == 0
    assert [path.name for path in tmp_path.iterdir()] == ["home"]
    assert list(home.iterdir()) == []


def test_the_installed_files_need_not_be_writable(tmp_path):
    folder = ROOT / "actcli" / "catalogue"
    before = sorted(path.name for path in folder.iterdir())
    assert actcli("list", cwd=tmp_path, PYTHONDONTWRITEBYTECODE="1").code == 0
    assert sorted(path.name for path in folder.iterdir()) == before


def test_json_never_holds_nan_or_infinity(run):
    def refuse(constant):
        raise AssertionError(constant)

    for words in ("list", "derive exponential --at 800", "vanish step --depth 4", "plot log_sigmoid"):
        line = f"{words} --json"
        done = run(*line.split())
        assert done.code == 0, done.err
        json.loads(done.out, parse_constant=refuse)
