"""What is missing in a comparison has its reason in a note, and the notes say what the columns mean."""

import pytest

from actcli.analysis.compare import compare
from actcli.registry import get


def notes(*names):
    return compare(*map(get, names)).to_table().notes


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("gcu", "gcu: the slope has no bound"),
        ("ncu", "ncu: no gradient: signals overflow at layer 6, at infinite width"),
        ("step", "step: no gradient: the slope is 0"),
        ("exponential", "exponential: no gradient: E φ² is infinite"),
        ("softshrink", "softshrink: no gradient: E f′² dies out with the signal"),
        (
            "softshrink",
            "softshrink (0.027): inputs of std 1 do not come to the critical point; of the std",
        ),
        (
            "gelu",
            "gelu (1.3): inputs of std 1 do not come to the critical point; of the std",
        ),
        ("sqrt(x)", "sqrt(x): the slope is not defined everywhere, or not resolved"),
        ("sin(1e5*x)", "sin(1e5*x): no averages: E φ² is not known"),
    ],
)
def test_a_missing_number_has_its_reason(name, said):
    assert any(note.startswith(said) for note in notes("tanh", name)), notes(name)


def test_activations_with_the_same_reason_share_a_line():
    assert "gcu, square: the slope has no bound, hence no saturated share" in notes("gcu", "square", "relu")


def test_columns_are_defined_and_nothing_else_is_said_of_what_has_all():
    table = compare(get("tanh"), get("relu")).to_table()
    assert [note.partition(":")[0] for note in table.notes] == [
        "log10 gradient", "-0.7109 is 0.195 of it; width infinite, init the customary one of each", "E f′²",
    ]  # fmt: skip
    legends = {further.title: " ".join(further.notes) for further in table.further}
    assert "dead where f′ = 0" in legends["units under N(0, 1)"]
    assert "1/√E f′² the size of gradients" in legends["averages and gains under N(0, 1)"]
    assert max(len(note) for part in (table, *table.further) for note in part.notes) <= 80


@pytest.mark.parametrize(
    ("name", "called"),
    [("relu", "scale-invariant"), ("tanh", "K* = 0"), ("gelu", "half-stable"), ("sigmoid", "none")],
)
def test_a_class_is_explained_where_it_is_shown_and_only_there(name, called):
    critical = compare(get(name)).to_table().further[-1]
    assert critical.rows[0][-1] == called
    explained = [note.partition(":")[0] for note in critical.notes[2:]]
    assert explained == [called]
