"""Vector-valued activations against mpmath, at ordinary and at extreme logits."""

import mpmath as mp
import numpy as np
import pytest

from actcli import registry
from actcli.activation import VectorActivation
from tests.catalogue.facts import violations
from tests.oracle import distance, error_in_ulp

mp.mp.dps = 60
RECORDS = [record for name in registry.names() if isinstance(record := registry.get(name), VectorActivation)]
EVERY = pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.name)
SMOOTH = ("softmax", "softmin", "log_softmax", "softmax2d", "gumbel_softmax", "gumbel_softmax:tau=0.3")
LOGITS = {
    "ordinary": [0.3, -1.2, 2.5, 0.0],
    "large": [1000.3, 0.1, -1000.0, 999.9],
    "tiny outputs": [0.7, -300.1, -500.7, -699.3],
    "one": [3.0],
    "equal": [5.0, 5.0, 5.0],
    "nearly certain": [40.0, 0.2, 0.1],
}


def softmax(z, tau=1.0):
    weights = [mp.exp(mp.mpf(x) / mp.mpf(tau)) for x in z]
    return [weight / mp.fsum(weights) for weight in weights]


def reference(name, z):
    """Return forward and Jacobian by the definition, in 60 digits."""
    base, _, setting = name.partition(":tau=")
    tau, sign = float(setting or 1), -1 if base == "softmin" else 1
    p = softmax([sign * x for x in z], tau)
    entries = range(len(z))
    # 1 − p as a sum, since 60 digits do not reach below 1e-60.
    rest = [mp.fsum(p[j] for j in entries if j != i) for i in entries]
    if base == "log_softmax":
        values = [mp.log(x) if x < 0.5 else mp.log1p(-r) for x, r in zip(p, rest, strict=True)]
        return values, [[rest[i] if i == j else -p[j] for j in entries] for i in entries]
    return p, [[sign * p[i] * (rest[i] if i == j else -p[j]) / mp.mpf(tau) for j in entries] for i in entries]


@pytest.mark.parametrize("logits", LOGITS.values(), ids=LOGITS)
@pytest.mark.parametrize("name", SMOOTH)
def test_softmax_and_its_relatives_are_right_to_the_last_digits(name, logits):
    record, z = registry.get(name), np.array(logits)
    values, rows = reference(name, logits)
    for found, true in zip(record(z), values, strict=True):
        assert distance(float(found), true) <= 3, (found, true)
    for found, true in zip(record.jacobian(z).ravel(), [x for row in rows for x in row], strict=True):
        # A product of small outputs may be smaller than any float64, and is rounded to a multiple of 5e-324.
        assert distance(float(found), true) <= 6, (found, true)


@pytest.mark.parametrize("name", SMOOTH)
def test_a_logit_of_minus_infinity_takes_no_part(name):
    record = registry.get(name)
    outside = np.inf if name == "softmin" else -np.inf
    z = np.array([0.5, outside, -0.5])
    found = record(z)
    assert np.array_equal(found[[0, 2]], record(z[[0, 2]]))
    assert found[1] == (-np.inf if name == "log_softmax" else 0)
    assert np.isfinite(record.vjp(z, np.array([1.0, 2.0, 3.0]))).all()


def test_softmax_is_a_distribution_and_blind_to_shifts():
    record, random = registry.get("softmax"), np.random.default_rng(3)
    z = random.normal(0, 300, (200, 7))
    assert np.abs(record(z).sum(axis=-1) - 1).max() <= 4 * np.finfo(float).eps
    assert np.array_equal(record(np.round(z)), record(np.round(z) + 1000))
    norms = [np.linalg.norm(record.jacobian(row), 2) for row in random.normal(0, 1, (50, 5))]
    assert max(norms) <= 0.5


@EVERY
def test_the_vjp_is_the_transpose_of_the_slope_of_forward(record):
    random = np.random.default_rng(11)
    taken, given = record.group
    z, direction = random.normal(0, 1, (2, 5, 6 * taken))
    g = random.normal(0, 1, (5, 6 * given))
    step = 1e-6
    along = (record(z + step * direction) - record(z - step * direction)) / (2 * step)
    assert np.allclose((along * g).sum(-1), (record.vjp(z, g) * direction).sum(-1), rtol=1e-6, atol=1e-7)


@EVERY
def test_the_jacobian_holds_the_slope_of_every_output(record):
    taken, given = record.group
    z = np.random.default_rng(5).normal(0, 1, 3 * taken)
    rows = record.jacobian(z)
    assert rows.shape == (3 * given, 3 * taken)
    step = 1e-6
    for j, unit in enumerate(np.eye(len(z))):
        column = (record(z + step * unit) - record(z - step * unit)) / (2 * step)
        assert np.allclose(rows[:, j], column, rtol=1e-6, atol=1e-8)


@EVERY
@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16])
def test_shape_and_dtype_follow_the_input(record, dtype):
    taken, given = record.group
    z = np.random.default_rng(2).normal(0, 1, (3, 2, 4 * taken)).astype(dtype)
    y = record(z)
    assert y.dtype == dtype and y.shape == (3, 2, 4 * given)
    assert record.vjp(z, y).dtype == dtype and record.vjp(z, y).shape == z.shape


@EVERY
def test_the_section_is_an_activation_whose_facts_and_formulas_hold(record):
    for bound in (record, *(record.bind(**{p.name: p.default * 2}) for p in record.parameters)):
        section = bound.section
        assert violations(section, section.facts) == []
        for order in range(3):
            for x in (-37.5, -2.3, -0.4, 0.7, 3.1, 20.0):
                assert error_in_ulp(section, order, x, float(section(np.array([x]), order)[0])) <= 4
    assert record.section_caption


@EVERY
def test_the_section_is_what_the_caption_says(record):
    x = np.linspace(-3, 3, 25)
    if record.name in {"maxout", "crelu"}:
        lines = np.stack([-x - 0.5, x - 0.5], axis=-1) if record.name == "maxout" else x[:, None]
        found = record(lines)[:, 0]
    elif record.family == "gated_linear":
        pair = [x, np.ones_like(x)] if record.name == "swiglu" else [np.ones_like(x), x]
        found = record(np.stack(pair, axis=-1))[:, 0]
    else:
        found = record(np.stack([x, np.zeros_like(x)], axis=-1))[:, 0]
    assert np.allclose(found, record.section(x), rtol=1e-14, atol=1e-15)


def test_maxout_takes_the_best_of_each_group_and_sends_the_gradient_to_the_first():
    record = registry.get("maxout:k=3")
    z = np.array([1.0, 5.0, 5.0, -2.0, -np.inf, -3.0])
    assert record(z).tolist() == [5.0, -2.0]
    assert record.vjp(z, np.array([10.0, 20.0])).tolist() == [0, 10, 0, 20, 0, 0]
    with pytest.raises(ValueError, match="multiple of 3"):
        record(np.zeros(4))


@pytest.mark.parametrize("k", range(1, 17))
def test_the_envelope_of_maxout_touches_the_parabola_from_below(k):
    section = registry.get(f"maxout:k={k}").section
    x = np.linspace(-1, 1, 401)
    gap = x * x / 2 - section(x)
    assert gap.min() >= -1e-15
    contacts = np.linspace(-1, 1, k) if k > 1 else np.zeros(1)
    assert np.allclose(section(contacts), contacts**2 / 2, atol=1e-15)
    assert len(section.facts.kinks) == k - 1


def test_hardmax_gives_ties_to_the_first_and_has_no_gradient():
    record = registry.get("hardmax")
    assert record(np.array([[1.0, 3.0, 3.0], [-np.inf, -5.0, 2.0]])).tolist() == [[0, 1, 0], [0, 0, 1]]
    assert not record.jacobian(np.array([1.0, 3.0, 3.0])).any()


def test_sparsemax_projects_onto_the_simplex():
    record, random = registry.get("sparsemax"), np.random.default_rng(1)
    z = random.normal(0, 2, (300, 6))
    y = record(z)
    assert (y >= 0).all() and np.abs(y.sum(axis=-1) - 1).max() < 1e-15 * 6
    # No point of the simplex is nearer than the projection (Martins & Astudillo 2016, equation 1).
    others = random.dirichlet(np.ones(6), 300)
    assert (((y - z) ** 2).sum(-1) <= ((others - z) ** 2).sum(-1)).all()
    assert np.allclose(record(np.array([1.0, 0.5, -1.0])), [0.75, 0.25, 0.0])
    assert record(np.array([1000.0, -np.inf, 0.0])).tolist() == [1, 0, 0]


def test_gated_units_multiply_one_half_by_the_activated_other():
    a, b = np.array([2.0, -3.0]), np.array([0.5, -0.25])
    z = np.concatenate([a, b])
    for name, gate in (("glu", "sigmoid"), ("reglu", "relu"), ("geglu", "gelu"), ("bilinear", "identity")):
        assert np.array_equal(registry.get(name)(z), a * registry.get(gate)(b))
    assert np.array_equal(registry.get("swiglu:alpha=2")(z), registry.get("silu:beta=2")(a) * b)
    with pytest.raises(ValueError, match="even number"):
        registry.get("glu")(np.zeros(3))
