"""Names, aliases and framework spellings: unique, indexed, and meaning what the framework means by them."""

import numpy as np
import pytest

from actcli import registry
from tests.catalogue import index

RECORDS = [record for _, records in index.rooms() for record in records]
SPELLINGS = {word: record for record in RECORDS for word in record.spellings}

# What each framework ships as an activation; a missing word is a gap in the catalogue.
SHIPPED = {
    "torch.nn": """
        CELU ELU GELU GLU Hardshrink Hardsigmoid Hardswish Hardtanh Identity LeakyReLU LogSigmoid LogSoftmax
        Mish PReLU RReLU ReLU ReLU6 SELU SiLU Sigmoid Softmax Softmax2d Softmin Softplus Softshrink Softsign
        Tanh Tanhshrink Threshold
    """,
    "torch.nn.functional": """
        celu elu gelu glu gumbel_softmax hardshrink hardsigmoid hardswish hardtanh leaky_relu log_softmax
        logsigmoid mish prelu relu relu6 rrelu selu silu softmax softmin softplus softshrink softsign
        tanhshrink threshold
    """,
    "jax.nn": """
        celu elu gelu glu hard_sigmoid hard_silu hard_swish hard_tanh identity leaky_relu log_sigmoid
        log_softmax mish relu relu6 selu sigmoid silu soft_sign softmax softplus sparse_plus sparse_sigmoid
        squareplus swish tanh
    """,
    "keras.activations": """
        celu elu exponential gelu glu hard_shrink hard_sigmoid hard_silu hard_swish hard_tanh leaky_relu
        linear log_sigmoid log_softmax mish relu relu6 selu sigmoid silu soft_shrink softmax softplus
        softsign sparse_plus sparse_sigmoid sparsemax squareplus swish tanh tanh_shrink threshold
    """,
    "mlx.nn": """
        celu elu gelu gelu_approx gelu_fast_approx glu hard_shrink hard_tanh hardswish leaky_relu
        log_sigmoid log_softmax mish prelu relu relu2 relu6 selu sigmoid silu softmax softmin softplus
        softshrink softsign step tanh
    """,
    "tf.nn": """
        crelu elu gelu leaky_relu log_softmax relu relu6 selu sigmoid silu softmax softplus softsign swish
        tanh
    """,
    "onnx": """
        Affine Celu Elu Gelu HardSigmoid HardSwish Hardmax Identity LeakyRelu LogSoftmax Mish PRelu Relu
        Selu Shrink Sigmoid Softmax Softplus Softsign Swish Tanh ThresholdedRelu
    """,
}

# Where frameworks disagree about one word.
DISPUTED = {
    "torch.nn.Hardsigmoid": "hard_sigmoid",
    "jax.nn.hard_sigmoid": "hard_sigmoid",
    "keras.activations.hard_sigmoid": "hard_sigmoid",
    "keras2.hard_sigmoid": "hard_sigmoid_02",
    "onnx.HardSigmoid": "hard_sigmoid_02",
    "torch.nn.GELU": "gelu",
    "jax.nn.gelu": "gelu_tanh",
    "flax.linen.gelu": "gelu_tanh",
    "NNlib.gelu": "gelu_tanh",
    "keras.activations.gelu": "gelu",
    "mlx.nn.gelu_fast_approx": "quick_gelu",
    "torch.nn.LeakyReLU": "leaky_relu",
    "keras.activations.leaky_relu": "leaky_relu:negative_slope=0.2",
    "tf.nn.leaky_relu": "leaky_relu:negative_slope=0.2",
    "keras.layers.LeakyReLU": "leaky_relu:negative_slope=0.3",
    "darknet.leaky": "leaky_relu:negative_slope=0.1",
    "torch.nn.PReLU": "prelu",
    "flax.linen.PReLU": "prelu:a=0.01",
    "keras.layers.PReLU": "prelu:a=0",
    "mlx.nn.SELU": "selu:alpha=1.67326,scale=1.0507",
}


def test_the_index_is_in_step_with_the_catalogue():
    assert index.INDEX.read_text(encoding="utf-8") == index.index_text(), (
        "run python -m tests.catalogue.index --write"
    )


def test_no_word_has_two_owners():
    assert index.collisions() == []


def test_a_word_that_two_records_claim_is_reported(monkeypatch):
    relu, identity = registry.get("relu"), registry.get("identity")
    monkeypatch.setattr(index, "rooms", lambda: [("one", (relu,)), ("two", (identity, relu))])
    assert any("torch.nn.ReLU" in clash for clash in index.collisions())


@pytest.mark.parametrize(("room", "records"), [*index.rooms()])
def test_the_name_of_a_file_begins_with_the_family_of_its_records(room, records):
    assert [record.name for record in records if not room.startswith(record.family)] == []


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.name)
def test_every_word_finds_its_record(record):
    for word in (record.name, *record.aliases, *record.spellings):
        found = registry.get(word)
        assert found.name == record.name
        assert found.values == record.bind(**record.spellings.get(word, {})).values
    assert registry.get(record.label).values == record.values


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.name)
def test_a_record_says_what_it_is_and_where_it_comes_from(record):
    assert record.title and record.family and record.reference.text
    assert record.reference.url.startswith(("https://", "")) and " " not in record.reference.url
    for parameter in record.parameters:
        assert parameter.meaning and parameter.low <= parameter.default <= parameter.high


@pytest.mark.parametrize("framework", SHIPPED)
def test_everything_a_framework_ships_has_its_spelling(framework):
    assert [word for word in SHIPPED[framework].split() if f"{framework}.{word}" not in SPELLINGS] == []


@pytest.mark.parametrize(("word", "label"), DISPUTED.items())
def test_a_disputed_word_means_what_its_framework_means(word, label):
    assert registry.get(word).label == label


def test_the_disputes_are_as_large_as_stated():
    x = np.linspace(-6, 6, 120_001)
    names = ("sigmoid", "hard_sigmoid", "keras2.hard_sigmoid")
    sigmoid, by_6, by_5 = (registry.get(name)(x) for name in names)
    assert registry.get("hard_sigmoid")(1.0) == pytest.approx(2 / 3)
    assert registry.get("hard_sigmoid_02")(1.0) == pytest.approx(0.7)
    assert np.abs(by_6 - sigmoid).max() == pytest.approx(0.069182, abs=1e-6)
    assert np.abs(by_5 - sigmoid).max() == pytest.approx(0.075858, abs=1e-6)
    assert np.abs(by_6 - by_5).max() == pytest.approx(1 / 12)
