"""A layer whose weights are never drawn has the same law as one whose weights are."""

import math

import numpy as np
import pytest

from actcli.network import drawn, single, weightless
from actcli.network.initialiser import Initialiser
from actcli.network.statistics import magnitude
from tests.network.samples import GELU, IDENTITY, RELU, SIGMOID, TANH, kolmogorov_smirnov

REPEATS = 12_000


def batch(kind, rows=4, inputs=6):
    random = np.random.default_rng(3)
    x = random.standard_normal((rows, inputs)) + 0.5
    if kind == "duplicates":
        x[1] = x[0]
    if kind == "nearly":
        x[1] = x[0] * (1 + 1e-9)
    if kind == "dead rows":
        x[2] = 0
    if kind == "rank one":
        x = np.outer(random.standard_normal(rows), x[0])
    if kind == "zero":
        x[:] = 0
    if kind == "one sample":
        x = x[:1]
    if kind == "one dead sample":
        x = np.zeros((1, inputs))
    return x


def forward(x, outputs, law, random):
    """Return the weightless layer that networks make of `x`."""
    kind = single if x.shape[1] == 1 else weightless
    return kind.forward(x, magnitude(x), outputs, law, random)


def passes(x, law, activation, outputs, weightlessly):
    """Return z (repeats × rows × outputs), Δ, Δ W and ‖ΔᵀX‖, for a gradient Δ that depends on z."""
    random = np.random.default_rng(11 if weightlessly else 12)
    if weightlessly:
        z, layer = forward(np.broadcast_to(x, (REPEATS, *x.shape)), outputs, law, random)
    else:
        spread = law.sigma_w / math.sqrt(x.shape[1])
        weights = random.standard_normal((REPEATS, outputs, x.shape[1])) * spread
        z = x @ weights.swapaxes(-1, -2) + random.standard_normal((REPEATS, 1, outputs)) * law.sigma_b
    # Half of the gradient is the same for every sample: rows of Δ that are far from independent.
    loss = random.standard_normal(z.shape)
    delta = activation.vjp(z, loss + loss[:, :1])
    if weightlessly:
        return z, delta, *layer.back(delta, random)
    return z, delta, delta @ weights, np.linalg.norm(delta.swapaxes(-1, -2) @ x, axis=(1, 2))


def projections(x, z, delta, gradient, norm):
    """Yield functions of everything that a layer does: signals, gradients, and how the two hang together."""
    other = min(1, len(x) - 1)
    yield "a pre-activation", z[:, 0, 0]
    yield "two samples of a unit", z[:, 0, 1] * z[:, other, 1]
    yield "a gradient", gradient[:, other, 2]
    yield "two samples of a gradient", gradient[:, 0, 0] * gradient[:, other, 0]
    yield "two units of a gradient", gradient[:, 0, 0] * gradient[:, 0, 1]
    # Σ_j (Δ W)_j x_j = Δ · (z − b): only exact conditioning on z gets this right.
    yield "the gradient along the input", np.einsum("rj,j->r", gradient[:, 0], x[0])
    yield "the gradient along another input", np.einsum("rj,j->r", gradient[:, 0], x[-1])
    # The same less Δ · z is −Δ · b: what is left unknown of the bias once z is known.
    yield (
        "the bias",
        np.round(np.einsum("rj,j->r", gradient[:, 0], x[0]) - (delta[:, 0] * z[:, 0]).sum(axis=1), 9),
    )
    yield "the gradient's size", (gradient**2).sum(axis=(1, 2))
    yield "size times signal", (gradient[:, 0] ** 2).sum(axis=1) * (z[:, 0] ** 2).sum(axis=1)
    yield "the weight gradient's norm", norm


@pytest.mark.parametrize(
    "kind",
    ["full", "duplicates", "nearly", "dead rows", "rank one", "zero", "one sample", "one dead sample"],
)
@pytest.mark.parametrize("sigma_b", [0.0, 0.7])
@pytest.mark.parametrize("activation", [RELU, TANH, SIGMOID, GELU], ids=lambda record: record.name)
def test_weightless_layers_have_the_law_of_drawn_ones(activation, sigma_b, kind):
    x, law = batch(kind), Initialiser("custom", 1.3, sigma_b)
    pairs = zip(
        projections(x, *passes(x, law, activation, 3, True)),
        projections(x, *passes(x, law, activation, 3, False)),
        strict=True,
    )
    for (name, ours), (_, theirs) in pairs:
        if np.ptp(theirs) == 0:
            assert np.allclose(ours, theirs), name
        else:
            assert kolmogorov_smirnov(ours, theirs) < 1, name


class Given:
    """A generator whose numbers are given: `numbers` (trials × all that will be drawn of each)."""

    def __init__(self, numbers):
        self.numbers, self.drawn = numbers, 0

    def standard_normal(self, shape, dtype, out):
        first, self.drawn = self.drawn, self.drawn + math.prod(shape[1:])
        return self.numbers[:, first : self.drawn].reshape(shape).astype(dtype)


@pytest.mark.parametrize("kind", ["full", "duplicates", "dead rows", "rank one", "zero", "one sample"])
@pytest.mark.parametrize("sigma_b", [0.0, 0.7])
@pytest.mark.parametrize("dead", [False, True], ids=["", "a gradient of rank one"])
def test_the_covariances_of_signals_and_gradients_are_those_of_drawn_weights(kind, sigma_b, dead):
    # For a Δ that does not depend on z, (z, Δ W) is linear in what is drawn, and so normal: its law is A Aᵀ
    # for the matrix A that unit vectors show. The same for the entries of W and b.
    x, outputs, law = batch(kind), 3, Initialiser("custom", 1.3, sigma_b, bias_mean=0.4)
    rows, inputs = x.shape
    delta = np.random.default_rng(5).standard_normal((rows, outputs))
    delta = np.outer(delta[:, 0], delta[0]) if dead else delta
    count = rows * (outputs + inputs + (sigma_b > 0))
    given = Given(np.eye(count))
    z, layer = forward(np.broadcast_to(x, (count, rows, inputs)), outputs, law, given)
    gradient, norm = layer.back(np.broadcast_to(delta, z.shape), given)
    assert given.drawn == count
    units = np.eye(outputs * (inputs + 1))
    weights = units[:, : outputs * inputs].reshape(-1, outputs, inputs) * law.sigma_w / math.sqrt(inputs)
    bias = units[:, outputs * inputs :] * sigma_b
    expected = x @ weights.swapaxes(-1, -2) + bias[:, None, :], delta @ weights
    ours, theirs = (
        np.concatenate([array.reshape(len(array), -1) for array in pair], axis=1)
        for pair in ((z - 0.4, gradient), expected)
    )
    np.testing.assert_allclose(ours.T @ ours, theirs.T @ theirs, atol=1e-9)
    np.testing.assert_allclose(norm, np.linalg.norm(delta.T @ x), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("kind", ["full", "one sample"])
@pytest.mark.parametrize("sigma_b", [0.0, 0.7])
def test_the_gradient_along_the_inputs_is_exactly_what_the_signals_say(sigma_b, kind):
    # Without a bias (Δ W) Xᵀ = Δ Zᵀ whatever the weights are; with one, W X = Z − b leaves a free part.
    x = batch(kind)[None]
    law = Initialiser("custom", 1.3, sigma_b)
    random = np.random.default_rng(0)
    z, layer = forward(x, 5, law, random)
    delta = random.standard_normal(z.shape)
    gradient, _ = layer.back(delta, random)
    difference = np.abs(gradient @ x[0].T - delta @ z.swapaxes(-1, -2)).max()
    assert (difference < 1e-12) == (sigma_b == 0)


@pytest.mark.parametrize("kind", ["full", "one sample"])
@pytest.mark.parametrize("scale", [1e-300, 1e-150, 1.0, 1e150, 1e300])
def test_signals_of_any_magnitude_pass_without_underflow_or_overflow(scale, kind):
    x = batch(kind)[None] * scale
    z, layer = forward(x, 5, Initialiser("custom", 1.0), np.random.default_rng(0))
    expected, reference = forward(batch(kind)[None], 5, Initialiser("custom", 1.0), np.random.default_rng(0))
    assert np.allclose(z / scale, expected, rtol=1e-9)
    delta = np.random.default_rng(1).standard_normal(z.shape)
    ours, theirs = (one.back(delta, np.random.default_rng(2)) for one in (layer, reference))
    assert np.allclose(ours[0], theirs[0], rtol=1e-9)
    assert np.allclose(ours[1] / scale, theirs[1], rtol=1e-9)


@pytest.mark.parametrize("kind", ["full", "one sample"])
@pytest.mark.parametrize("scale", [1e-300, 1e-320])
def test_signals_far_below_the_biases_pass_as_if_they_were_0(scale, kind):
    law, random = Initialiser("custom", 1.0, 0.7), np.random.default_rng
    delta = np.ones((1, len(batch(kind)), 5))
    tiny, none = (forward(batch(kind)[None] * factor, 5, law, random(0)) for factor in (scale, 0.0))
    np.testing.assert_allclose(tiny[0], none[0], rtol=1e-12)
    ours, theirs = (layer.back(delta, random(1))[0] for _, layer in (tiny, none))
    np.testing.assert_allclose(ours, theirs, rtol=1e-12)


@pytest.mark.parametrize("kind", ["full", "one sample"])
def test_signals_of_the_smallest_numbers_pull_gradients_back(kind):
    # Their digits are gone, but not what the gradient's size comes from.
    x, law = batch(kind)[None] * 1e-320, Initialiser("custom", 1.0)
    z, layer = forward(x, 64, law, np.random.default_rng(0))
    gradient, norm = layer.back(np.ones(z.shape), np.random.default_rng(1))
    assert np.isfinite(gradient).all()
    assert np.isfinite(norm).all()


@pytest.mark.parametrize("rows", [1, 8])
def test_float32_gives_the_numbers_of_float64_but_for_rounding(rows):
    law, random = Initialiser("custom", 1.1, 0.3), np.random.default_rng
    x = random(5).standard_normal((1, rows, 64), dtype=np.float32)
    z, layer = forward(x, 64, law, random(0))
    assert z.dtype == np.float32
    gradient, norm = layer.back(z, random(1))
    assert gradient.dtype == np.float32
    # Exact for these inputs: the norm of the product itself.
    product = np.linalg.norm(z[0].astype(float).T @ x[0].astype(float))
    assert norm[0] == pytest.approx(product, rel=1e-4)


@pytest.mark.parametrize("law", ["normal", "uniform", "orthogonal"])
def test_drawn_weights_have_the_moments_that_the_initialiser_states(law):
    named = Initialiser("custom", 1.3, 0.4, law, bias_mean=0.25)
    x = np.zeros((1, 3, 500))
    x[0, 0, 7] = 1
    x[0, 2] = 1 / math.sqrt(500)
    z = drawn.forward(x, 500, named, lambda: np.random.default_rng(4))[0][0]
    weights, biases = z[0] - z[1], z[1]
    # 500 numbers: standard errors 1/√500 of a deviation for the mean and 1/√1000 for the deviation.
    assert biases.mean() == pytest.approx(0.25, abs=4 * 0.4 / math.sqrt(500))
    assert biases.std() == pytest.approx(0.4, rel=4 / math.sqrt(1000))
    assert weights.std() == pytest.approx(1.3 / math.sqrt(500), rel=4 / math.sqrt(1000))
    if law == "uniform":
        assert np.abs(weights).max() <= 1.3 * math.sqrt(3 / 500)
    if law == "orthogonal":
        assert np.linalg.norm(z[2] - z[1]) == pytest.approx(1.3, rel=1e-12)


@pytest.mark.parametrize("shape", [(40, 12), (12, 40), (30, 30)])
def test_orthogonal_weights_keep_the_length_of_what_they_can_keep(shape):
    outputs, inputs = shape
    x = np.eye(inputs)[None]
    weights = drawn.forward(
        x, outputs, Initialiser("orthogonal", 2.0, law="orthogonal"), lambda: np.random.default_rng(1)
    )[0][0]
    square = weights @ weights.T if inputs <= outputs else weights.T @ weights
    assert np.allclose(square, 4 * np.eye(min(shape)), atol=1e-12)


def test_rows_drawn_in_blocks_are_the_rows_drawn_at_once(monkeypatch):
    x, law = np.random.default_rng(0).standard_normal((1, 9, 20)), Initialiser("custom", 1.0, 0.5)
    z, whole = drawn.forward(x, 30, law, lambda: np.random.default_rng(1))
    delta = np.random.default_rng(2).standard_normal((1, 9, 30))
    expected = sum(delta[0][:, rows] @ weights for rows, weights, _ in whole.weights())
    assert np.allclose(whole.back(delta, np.random.default_rng(0))[0][0], expected)
    monkeypatch.setattr(drawn, "_BLOCK", 100)
    again, blocks = drawn.forward(x, 30, law, lambda: np.random.default_rng(1))
    assert again.shape == z.shape
    assert len(list(blocks.weights())) == 6
    basis = np.stack([np.concatenate([w[:, j] for _, w, _ in blocks.weights()]) for j in range(20)], axis=1)
    assert np.allclose(blocks.back(delta, np.random.default_rng(0))[0][0], delta[0] @ basis)


@pytest.mark.parametrize("rows", [3, 60])
def test_the_norm_of_the_weight_gradient_is_that_of_the_product(rows):
    x, delta = np.random.default_rng(0).standard_normal((2, rows, 20))
    assert drawn.weight_gradient_norm(x, delta) == pytest.approx(np.linalg.norm(delta.T @ x), rel=1e-12)


def test_identity_layers_pass_a_gradient_of_the_mean_length_that_the_weights_have():
    # Every entry of Δ W has variance σ_w² |Δ|²/n: here 1.3² with unit Δ and as many inputs as outputs.
    x = np.random.default_rng(0).standard_normal((4_000, 2, 16))
    z, layer = forward(x, 16, Initialiser("custom", 1.3), np.random.default_rng(1))
    loss = np.random.default_rng(2).standard_normal(z.shape)
    gradient, _ = layer.back(IDENTITY.vjp(z, loss), np.random.default_rng(3))
    square = (gradient**2).mean(axis=(1, 2))
    assert square.mean() == pytest.approx(1.3**2, abs=4 * square.std() / math.sqrt(4_000))


@pytest.mark.parametrize("size", [1, 32, 33, 100])
def test_inverses_by_halves_are_inverses(size):
    lower = np.tril(np.random.default_rng(0).standard_normal((3, size, size)), -1) / size + np.eye(size)
    inverse = weightless.Factor(lower, triangular=True).inverse()
    np.testing.assert_allclose(inverse @ lower, np.broadcast_to(np.eye(size), lower.shape), atol=1e-14)
    assert (np.triu(inverse, 1) == 0).all()
