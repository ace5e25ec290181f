"""Singular values of long products: against mpmath, where float64 alone has no digit left."""

import math

import mpmath
import numpy as np
import pytest

from actcli.errors import OptionError
from actcli.network import drawn
from actcli.network.graded import Graded, log10_mean_square
from actcli.network.initialiser import initialiser
from actcli.network.jacobian import log10_singular_values
from actcli.network.network import Network
from actcli.network.stream import Streams
from actcli.network.wiring import Wiring
from actcli.registry import get


def exact(matrices, digits):
    """Return log10 of the singular values of the product by mpmath with this many digits."""
    with mpmath.workdps(digits):
        product = mpmath.eye(matrices[0].shape[1])
        for matrix in matrices:
            product = mpmath.matrix(matrix.tolist()) * product
        values = mpmath.svd_r(product, compute_uv=False)
        return np.array([float(mpmath.log10(value)) for value in values])


def graded(matrices):
    product = Graded.identity(matrices[0].shape[1])
    for matrix in matrices:
        product = product.after(matrix, len(matrix))
    return product.log10_singular_values()


@pytest.mark.parametrize(("size", "count", "digits"), [(2, 60, 150), (6, 1, 50), (6, 40, 200), (8, 150, 700)])
def test_products_of_random_matrices_keep_every_singular_value(size, count, digits):
    random = np.random.default_rng(size)
    matrices = [random.standard_normal((size, size)) for _ in range(count)]
    expected = exact(matrices, digits)
    # An error of 1e-9 in log10 is 2e-9 of the value, at condition numbers up to 1e200.
    np.testing.assert_allclose(graded(matrices), expected, atol=1e-9)
    if count == 150:
        assert expected[0] - expected[-1] > 100


def test_rows_of_wildly_different_scales_keep_their_digits():
    scales = 10.0 ** np.array([0.0, -200.0, -3.0, -150.0, 100.0])
    matrices = [
        np.random.default_rng(1).standard_normal((5, 5)),
        np.diag(scales),
        np.random.default_rng(2).random((5, 5)),
    ]
    np.testing.assert_allclose(graded(matrices), exact(matrices, 1_200), atol=1e-9)


@pytest.mark.parametrize("size", [1, 5, 64])
def test_equal_singular_values_are_found_equal(size):
    orthogonal = np.linalg.qr(np.random.default_rng(0).standard_normal((size, size)))[0]
    np.testing.assert_allclose(graded([2 * orthogonal] * 30), 30 * math.log10(2), atol=1e-12)


def test_the_jacobian_has_the_singular_values_of_the_product_and_those_of_numpy():
    network = Network(get("tanh"), initialiser(sigma_w=1.5, sigma_b=0.1), 4, 40)
    streams = Streams(7, 0)
    x, product = streams(0, "input").standard_normal(40), np.eye(40)
    for layer in range(1, 5):
        weights, bias = drawn.matrix(network.initialiser, 40, 40, streams(layer, "forward"))
        z = weights @ x + bias
        product, x = (1 / np.cosh(z) ** 2)[:, None] * weights @ product, np.tanh(z)
    expected = np.log10(np.linalg.svd(product, compute_uv=False))
    np.testing.assert_allclose(log10_singular_values(network, seed=7), expected, atol=1e-9)


def test_units_that_are_dead_make_singular_values_of_exactly_zero():
    values = log10_singular_values(Network(get("relu"), initialiser("he"), 3, 50), seed=1)
    zero = np.isneginf(values)
    assert 15 < zero.sum() < 40
    assert np.isfinite(values[~zero]).all()
    assert values[~zero].min() > -6
    assert np.isneginf(log10_singular_values(Network(get("step"), initialiser("he"), 3, 8))).all()


def test_orthogonal_weights_and_the_identity_are_an_isometry_at_any_depth():
    values = log10_singular_values(Network(get("identity"), initialiser("orthogonal"), 200, 32))
    np.testing.assert_allclose(values, 0, atol=1e-11)


@pytest.mark.parametrize("law", ["lecun", "orthogonal"])
def test_the_mean_and_variance_of_the_squares_are_those_of_the_mean_field(law):
    # Pennington et al. 2017 (arXiv:1711.04735): mean χ^L, variance χ^2L · L (μ₂/μ₁² − 1 − s₁), with s₁ = −1
    # for normal and 0 for orthogonal weights; relu: μ₂/μ₁² = 2, χ = σ_w²/2.
    named = initialiser("orthogonal", 2**0.5) if law == "orthogonal" else initialiser("he")
    network = Network(get("relu"), named, 3, 128)
    squares = np.array([10 ** (2 * log10_singular_values(network, trial=t)) for t in range(16)])
    means, target = squares.mean(axis=1), 3 * (2 - 1 + (law == "lecun"))
    assert means.mean() == pytest.approx(1, abs=4 * means.std(ddof=1) / 4)
    # Within one network the variance over the squared mean: 16 networks tell it to about 2 %.
    ratios = squares.var(axis=1) / means**2
    assert ratios.mean() == pytest.approx(target, abs=4 * ratios.std(ddof=1) / 4 + 0.03 * target)


def test_a_residual_network_stays_near_an_isometry():
    wiring = Wiring(residual=0.01)
    values = log10_singular_values(Network(get("tanh"), initialiser("xavier"), 10, 30, wiring=wiring))
    assert np.abs(values).max() < 0.1


def test_the_spectrum_says_what_it_cannot_do():
    law = initialiser("lecun")
    for network in (
        Network(get("softmax"), law, 2, 8),
        Network(get("tanh"), law, 2, (8, 4, 8)),
        Network(get("tanh"), law, 2, 8, wiring=Wiring(before="rmsnorm")),
        Network(get("tanh"), law, 2, 2_000),
    ):
        with pytest.raises(OptionError, match="spectrum"):
            log10_singular_values(network)


def test_means_of_squares_do_not_overflow():
    assert log10_mean_square(np.array([400.0, -400.0])) == pytest.approx(800 - math.log10(2))
    assert log10_mean_square(np.array([-np.inf, -np.inf])) == -math.inf
