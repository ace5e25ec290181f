"""Several activations side by side: the same numbers as one at a time."""

import json

import pytest

from actcli.analysis.vanish import vanish, vanish_several
from actcli.errors import OptionError
from actcli.registry import get
from tests.schema import problems, schema_of

NAMES = ("sigmoid", "tanh", "relu", "maxout")
SETTINGS = {"depth": 12, "width": 32, "trials": 3, "seed": 5}


@pytest.fixture(scope="module")
def several():
    return vanish_several([get(name) for name in NAMES], **SETTINGS)


def test_each_run_is_the_one_that_stands_alone(several):
    record = json.loads(json.dumps(several.to_record(), allow_nan=False))
    assert problems(record, schema_of("vanish_several")) == []
    for name, run in zip(NAMES, record["runs"], strict=True):
        assert problems(run, schema_of("vanish")) == []
        assert run == json.loads(json.dumps(vanish(get(name), **SETTINGS).to_record()))


def test_the_table_has_one_row_an_activation(several):
    table = several.to_table()
    keys = [column.key for column in table.columns]
    rows = [dict(zip(keys, row, strict=True)) for row in table.rows]
    assert [row["name"] for row in rows] == list(NAMES)
    assert [row["init"] for row in rows] == ["xavier", "xavier", "he", "lecun"]
    assert (rows[0]["verdict"], rows[2]["verdict"]) == ("vanishing", "stable")
    assert rows[0]["log10_ratio"] < rows[1]["log10_ratio"]
    assert rows[0]["chi_1"] == pytest.approx(0.055720707, abs=1e-8)
    assert [row["phase"] for row in rows] == ["ordered", "critical", "critical", "critical"]
    assert rows[3]["critical_sigma_w"] == pytest.approx(1)
    assert rows[2]["critical_sigma_w"] == pytest.approx(2**0.5)


def test_singular_values_stand_in_every_form():
    report = vanish_several([get("relu"), get("tanh")], depth=4, width=12, trials=1, spectrum=True)
    spectra = [run["spectrum"] for run in report.to_record()["runs"]]
    zeros = [sum(value is None for value in one["log10_values"]) for one in spectra]
    table = report.to_table()
    (shown,) = table.further
    data = [dict(zip((c.key for c in table.data.columns), row, strict=True)) for row in table.data.rows]
    assert [row[0] for row in shown.rows] == ["relu", "tanh"]
    for one, count, row, known in zip(spectra, zeros, shown.rows, data, strict=True):
        assert (known["log10_mean_square"], known["zero_singular_values"]) == (
            one["log10_mean_square"],
            count,
        )
        assert one["log10_condition"] == known["log10_condition"] == row[5]
    assert zeros[0] > 0 == zeros[1]
    labels = [curve.label for curve in report.to_chart().panels[1].curves]
    assert labels == [f"relu ({zeros[0]} exactly 0)", "tanh"]
    assert spectra[0]["log10_mean_square_theory"] == 0


def test_without_singular_values_the_data_are_the_rows(several):
    table = several.to_table()
    assert table.further == ()
    assert [column.key for column in table.data.columns] == [column.key for column in table.columns]
    assert table.data.rows == table.rows
    assert len(several.to_chart().panels) == 1


def test_the_picture_has_one_line_an_activation(several):
    (panel,) = several.to_chart().panels
    assert [curve.label for curve in panel.curves] == list(NAMES)
    assert [curve.series for curve in panel.curves] == [0, 1, 2, 3]
    assert all(curve.y[-1] == 0 for curve in panel.curves)


def test_runs_without_a_line_are_named_all_the_same():
    chart = vanish_several([get("relu"), get("exponential")], depth=40, width=2, batch=1, trials=3).to_chart()
    assert chart.panels[0].curves[0].label == "relu (0 up to layer 39)"
    assert "without a line: exponential (overflows at layer" in chart.subtitle


def test_what_one_of_them_cannot_do_is_said_with_its_name():
    with pytest.raises(OptionError, match="step: there is no critical init"):
        vanish_several([get("tanh"), get("step")], init="critical")
