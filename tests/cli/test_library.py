"""The library's door: what Python shows and saves is what the command line prints and draws."""

import inspect
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import actcli
from actcli.errors import ActcliError, OptionError, OutputError
from tests.cli.process import entries, environment

get = actcli.get
REPORTS = {
    "derive gelu --at 1": lambda: actcli.derive(get("gelu"), at=[1]),
    "derive softmax": lambda: actcli.derive(get("softmax")),
    "derive gelu_tanh --against gelu": lambda: actcli.against(get("gelu_tanh"), get("gelu")),
    "plot relu --format table": lambda: actcli.plot(get("relu")),
    "compare relu tanh": lambda: actcli.compare(get("relu"), get("tanh")),
    "vanish sigmoid --depth 3": lambda: actcli.vanish(get("sigmoid"), depth=3),
    "vanish sigmoid tanh --depth 3": lambda: actcli.vanish_several((get("sigmoid"), get("tanh")), depth=3),
    "vanish relu --sweep sigma_w=1:2:3 --depth 4": lambda: actcli.sweep(
        get("relu"), "sigma_w", 1, 2, 3, depth=4
    ),
    "vanish tanh --phase": lambda: actcli.phase(get("tanh")),
    "list hard_sigmoid": lambda: actcli.list_(get("hard_sigmoid")),
    "list --family leaky": lambda: actcli.list_(family="leaky"),
}


@pytest.mark.parametrize("line", REPORTS)
def test_a_report_prints_what_the_command_prints_into_a_pipe(run, line):
    report = REPORTS[line]()
    assert str(report) + "\n" == run(*line.split()).out


@pytest.mark.parametrize("line", REPORTS)
def test_at_the_prompt_a_report_is_one_short_line(line):
    shown = repr(REPORTS[line]())
    assert shown.endswith(": print it for the table>")
    assert len(shown) < 100 and "\n" not in shown


def test_a_notebook_shows_a_report_as_the_markdown_that_the_command_prints(run):
    report = actcli.compare(get("relu"), get("tanh"))
    assert report._repr_markdown_() == run("compare", "relu", "tanh", "--format", "markdown").out


@pytest.mark.parametrize("name", ["depth.png", "depth.svg", "depth.pdf"])
def test_save_draws_the_bytes_of_the_commands_output(run, name):
    assert run("vanish", "tanh", "--depth", "3", "-o", name, "--theme", "dark").code == 0
    drawn = Path(name).read_bytes()
    actcli.vanish(get("tanh"), depth=3).save(Path(f"saved_{name}"), theme="dark")
    assert Path(f"saved_{name}").read_bytes() == drawn
    assert entries() == [name, f"saved_{name}"]


def test_save_heeds_resolution_and_title(run):
    report = actcli.plot(get("relu"))
    assert run("plot", "relu", "--dpi", "50", "--title", "mine", "-o", "by_command.png").code == 0
    report.save("by_python.png", dpi=50, title="mine")
    assert Path("by_python.png").read_bytes() == Path("by_command.png").read_bytes()


def test_a_letter_that_no_font_has_is_a_warning_at_the_line_that_saves(tmp_path, monkeypatch):
    monkeypatch.setattr("actcli.render.figure.FALLBACKS", ())
    with pytest.warns(UserWarning, match="no installed font has the letters") as caught:
        actcli.plot(get("relu")).save(tmp_path / "a.png", title="한국어")
    assert caught[0].filename == __file__


@pytest.mark.parametrize(
    ("path", "settings", "error"),
    [
        ("relu.gif", {}, OutputError),
        ("relu.json", {}, OutputError),
        ("folder.png", {}, OutputError),
        ("missing/relu.png", {}, OutputError),
        ("relu.png", {"dpi": 5}, OptionError),
        ("relu.png", {"theme": "sepia"}, OptionError),
    ],
)
def test_a_save_that_fails_leaves_every_file_as_it_was(tmp_path, monkeypatch, path, settings, error):
    monkeypatch.chdir(tmp_path)
    Path("folder.png").mkdir()
    Path("relu.png").write_bytes(b"old")
    with pytest.raises(error):
        actcli.plot(get("relu")).save(path, **settings)
    assert entries() == ["folder.png", "relu.png"]
    assert Path("relu.png").read_bytes() == b"old"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda: get(np.tanh), "actcli.from_functions"),
        (lambda: get(3), "is no text that names an activation"),
        (lambda: actcli.compare([get("relu"), get("elu")]), "one by one, with a star: *records"),
        (lambda: actcli.vanish(np.tanh), "actcli.from_functions"),
        (lambda: actcli.plot([get("relu")] * 100), "one by one"),
        (lambda: actcli.phase("relu"), "actcli.get('relu')"),
        (lambda: actcli.sweep("relu", "sigma_w", 1, 2, 3), "actcli.get('relu')"),
        (lambda: actcli.vanish_several([]), "name activations"),
        (lambda: actcli.vanish_several(get("relu")), "in a list"),
        (lambda: actcli.list_("relu"), "actcli.get('relu')"),
        (lambda: actcli.register([1] * 1000), "register an actcli.Activation"),
    ],
)
def test_what_is_no_record_gets_one_short_line_with_the_cure(wrong, said):
    with pytest.raises(ActcliError) as caught:
        wrong()
    text = str(caught.value)
    assert said in text
    assert len(text) < 160 and "\n" not in text


def test_a_record_is_shown_by_its_label():
    assert repr(get("elu:alpha=0.5")) == "<Activation elu:alpha=0.5>"
    assert repr(get("softmax")) == "<VectorActivation softmax>"


@pytest.mark.parametrize("name", actcli.__all__)
def test_no_signature_holds_an_address(name):
    thing = getattr(actcli, name)
    if callable(thing) and not (isinstance(thing, type) and issubclass(thing, Exception)):
        assert " at 0x" not in str(inspect.signature(thing))


def test_the_help_of_the_package_shows_a_session_that_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    session = "\n".join(line[4:] for line in actcli.__doc__.splitlines() if line.startswith("    "))
    assert session.startswith("import actcli")
    exec(session, {})
    assert entries() == ["mish.png"]


def test_nothing_is_drawn_with_before_a_picture_is_saved(tmp_path):
    script = """
import sys, actcli
report = actcli.vanish(actcli.get("sigmoid"), depth=3)
assert {name for name in sys.modules if name.startswith("actcli.render.")} <= {"actcli.render.text"}
str(report), repr(report)
assert not {"matplotlib", "rich", "actcli.render.figure"} & {*sys.modules}
report.save("a.png")
assert "matplotlib" in sys.modules and "matplotlib.pyplot" not in sys.modules
"""
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, env=environment(), capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
