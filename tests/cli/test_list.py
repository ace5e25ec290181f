"""`list`: what there is, found by family and by text, and all about one."""

import csv
import io
import json

import pytest

from actcli import registry
from tests.catalogue.page import page_text
from tests.schema import problems, schema_of


def test_everything_is_listed_once(run):
    done = run("list", "--json")
    assert (done.code, done.err) == (0, "")
    assert [entry["name"] for entry in json.loads(done.out)["activations"]] == [*registry.names()]


@pytest.mark.parametrize(
    "words", [[], ["hard_sigmoid"], ["x*mish(x)"], ["--family", "gated"], ["--text", "nothing has this"]]
)
def test_the_record_fits_its_schema(run, words):
    assert problems(json.loads(run("list", *words, "--json").out), schema_of("list")) == []


def test_a_family_and_a_text_filter(run):
    rows = json.loads(run("list", "--family", "gated", "--text", "tanh", "--json").out)["activations"]
    assert rows
    for row in rows:
        assert row["family"] == "gated"
        assert "tanh" in json.dumps(
            [row["name"], row["aliases"], row["spellings"], row["formula"], row["remark"], row["title"]]
        )
    names = [
        row["name"] for row in json.loads(run("list", "--text", "HARDSIGMOID", "--json").out)["activations"]
    ]
    assert "hard_sigmoid" in names
    assert run("list", "--text", "nothing has this").out.startswith("no activation fits")


def test_one_activation_is_shown_with_everything_about_it(run):
    text = run("list", "leaky_relu").out
    for part in ("Leaky", "lrelu", "where(x >= 0", "negative_slope", "0.01", "torch.nn.LeakyReLU", "2013"):
        assert part in text, part


def test_the_csv_of_one_has_the_columns_of_all_and_one_row(run):
    def rows(*words):
        done = run("list", *words, "--format", "csv")
        assert (done.code, done.err) == (0, "")
        return list(csv.DictReader(io.StringIO(done.out, newline="")))

    (one,) = rows("leaky_relu")
    everything = rows()
    assert one in everything
    assert len(everything) == len(registry.names())
    assert (one["name"], one["aliases"], one["derivative_formula"]) == (
        "leaky_relu", "lrelu", "where(x > 0, 1, negative_slope)",
    )  # fmt: skip
    assert "torch.nn.LeakyReLU" in one["spellings"].split(", ")
    assert one["reference"] and one["url"].startswith("https://")
    assert rows("--text", "nothing has this") == []


def test_frameworks_that_mean_different_functions_by_one_word_are_told_apart(run):
    entry = json.loads(run("list", "hard_sigmoid", "--json").out)["activations"][0]
    assert 1 / 12 in [pytest.approx(d["difference"], rel=1e-12) for d in entry["disagreements"]]
    assert "differ by up to 0.08333" in run("list", "hard_sigmoid").out
    slopes = json.loads(run("list", "leaky_relu", "--json").out)["activations"][0]["disagreements"]
    # On [−8, 8] slopes of 0.01 and 0.2 are 8 · 0.19 apart.
    assert any(d["difference"] == pytest.approx(8 * 0.19) and d["x"] == -8 for d in slopes)


def test_an_activation_that_no_framework_disagrees_about_has_no_disagreement(run):
    assert json.loads(run("list", "tanh", "--json").out)["activations"][0]["disagreements"] == []


def test_the_whole_page_is_written_in_utf_8_whatever_is_listed(run):
    text = run("list", "hard_sigmoid", "x*mish(x)", "--markdown").out
    for part in ("### hard_sigmoid", "1/6 if |x| < 3", "up to 0.08333", "images/catalogue/hard_sigmoid.svg"):
        assert part in text, part
    assert "### x\\*mish(x)" in text
    assert "images/catalogue/x%2Amish%28x%29.svg" in text


def test_the_page_of_everything_is_the_one_in_the_documents(run):
    assert run("list", "--markdown").out == page_text()


def test_a_page_is_no_data_format(run):
    for words in (["--json"], ["--format", "markdown"]):
        done = run("list", "--markdown", *words)
        assert (done.code, done.out) == (2, "")
        assert done.err.startswith("error: --markdown")
