"""The check of many activations at once: one line each, and the names of those that fail."""

import json
from dataclasses import replace
from importlib.resources import files

from actcli import registry
from actcli.activation import Order
from actcli.analysis.check import check_all
from actcli.render.data import to_json
from tests.schema import problems

SCHEMA = json.loads(files("actcli").joinpath("schemas/check.json").read_text(encoding="utf-8"))
SOME = [registry.get(name) for name in ("tanh", "relu", "softmax", "elu", "x*mish(x)")]
TANH = registry.get("tanh")
LIAR = replace(
    TANH,
    name="liar",
    orders=(TANH.orders[0], Order("sech(x)**2", lambda x: TANH(x, order=1) * (1 + 1e-6)), TANH.orders[2]),
)


def test_every_activation_gets_one_line_and_the_data_fit_the_schema():
    told = []
    report = check_all(SOME, tell=told.append)
    assert told == [record.label for record in SOME] == [row[0] for row in report.to_table().rows]
    record = json.loads(to_json(report.to_record()))
    assert problems(record, SCHEMA) == []
    assert record["passed"] and all(each["judged"] > 100 for each in record["checks"])
    assert report.to_table().notes == ("5 of 5 pass",)
    assert report.to_chart().panels[0].curves


def test_those_that_fail_are_named_with_their_first_failure():
    report = check_all([*SOME[:2], LIAR])
    assert report.failed == ("liar",) and not report.to_record()["passed"]
    verdict, failure = report.to_table().notes
    assert verdict == "2 of 3 pass" and failure.startswith("liar: at x = ") and "slope stated" in failure


def test_orders_beyond_the_record_are_checked_too():
    report = check_all([TANH, registry.get("gelu")], order=4)
    assert not report.failed
    assert (
        report.to_record()["checks"][0]["judged"] > 1.5 * check_all([TANH]).to_record()["checks"][0]["judged"]
    )
