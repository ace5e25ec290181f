"""The passes through whole networks: known answers, laws, and the limits of depth, memory and numbers."""

import math

import numpy as np
import pytest

from actcli.errors import OptionError
from actcli.network import network as shapes
from actcli.network import propagation
from actcli.network.initialiser import Initialiser, initialiser
from actcli.network.measurement import measure
from actcli.network.network import Network, Sizes
from actcli.network.propagation import propagate
from actcli.network.stream import Streams
from actcli.network.wiring import Wiring
from actcli.registry import get
from tests.network.samples import GELU, IDENTITY, RELU, SIGMOID, STEP, TANH, kolmogorov_smirnov

LECUN, HE, TORCH = initialiser("lecun"), initialiser("he"), initialiser("torch")


def assert_same(first, second, tolerance=0.0):
    for name in propagation.Propagation.__dataclass_fields__:
        ours, theirs = getattr(first, name), getattr(second, name)
        np.testing.assert_allclose(ours, theirs, rtol=tolerance, atol=tolerance, err_msg=name)


@pytest.mark.parametrize(
    ("activation", "log10_expected"),
    [(SIGMOID, math.log10(4.0e-32)), (TANH, math.log10(0.120)), (RELU, math.log10(3.0e-8))],
    ids=["sigmoid", "tanh", "relu"],
)
def test_the_gradient_after_50_layers_is_that_of_the_mean_field(activation, log10_expected):
    # Infinite width, no bias, σ_w = 1, from q = 1 (Schoenholz et al. 2017, arXiv:1611.01232): the product of
    # 50 factors. At width n ln|g|² wanders by about √(5·50/n) for relu, by less for the others.
    trials, width = 30, 2_000
    run = propagate(Network(activation, LECUN, 51, width, 1), seed=1, trials=trials)
    ratio = 2 * math.log(10) * (run.log10_gradient[:, 0] - log10_expected)
    spread = ratio.std(ddof=1) / math.sqrt(trials)
    assert ratio.std() < 2 * math.sqrt(5 * 50 / width)
    assert abs(ratio.mean() + 5 * 50 / width / 2) < 4 * spread + 5 * 50 / width / 2 + 0.02


def test_he_keeps_the_mean_square_of_a_relu_gradient():
    # He et al. 2015 (arXiv:1502.01852): σ_w² = 2 makes E|g_{l−1}|² = |g_l|², exactly at any width.
    run = propagate(Network(RELU, HE, 2, 64, 1), seed=0, trials=1_000)
    factor = 10 ** (2 * run.log10_gradient[:, 0])
    assert factor.mean() == pytest.approx(1, abs=4 * factor.std() / math.sqrt(len(factor)))


def test_torchs_default_shrinks_the_square_of_a_relu_gradient_by_six():
    # nn.Linear draws weights of variance 1/(3 fan_in): times the 1/2 of relu.
    run = propagate(Network(RELU, TORCH, 2, 256, 1), seed=0, trials=200)
    factor = 10 ** (2 * run.log10_gradient[:, 0])
    assert factor.mean() == pytest.approx(1 / 6, rel=0.02)


@pytest.mark.parametrize(
    ("batch", "law"), [(1, HE), (5, HE._replace(sigma_b=0.3))], ids=["one sample", "a batch, biases"]
)
@pytest.mark.parametrize("activation", [RELU, TANH, SIGMOID, GELU], ids=lambda record: record.name)
def test_whole_networks_have_the_law_of_networks_with_drawn_weights(activation, law, batch, monkeypatch):
    network, trials = Network(activation, law, 4, 20, batch), 600
    ours = propagate(network, seed=2, trials=trials)
    monkeypatch.setattr(Network, "weightless", property(lambda _: False))
    theirs = propagate(network, seed=3, trials=trials)
    for name in propagation.Propagation.__dataclass_fields__:
        for column in range(getattr(ours, name).shape[1]):
            pair = [np.nan_to_num(getattr(run, name)[:, column], neginf=-99) for run in (ours, theirs)]
            if np.ptp(np.concatenate(pair)) > 0:
                assert kolmogorov_smirnov(*pair) < 1, (name, column)


@pytest.mark.parametrize(
    "law", [HE, HE._replace(sigma_b=0.1), TORCH, initialiser("orthogonal")], ids=lambda law: law.name
)
def test_the_first_layers_of_a_deep_network_are_the_shallow_network(law):
    shallow, deep = (propagate(Network(TANH, law, depth, 32, 4), seed=5) for depth in (6, 11))
    for name in ("mean", "std", "kurtosis", "saturated_fraction", "dead_fraction", "sign_agreement"):
        np.testing.assert_array_equal(getattr(shallow, name), getattr(deep, name)[:, :6])


def test_n_layers_and_then_m_multiply_the_gradient_as_n_plus_m_do():
    # In law: log-ratios of independent pieces add up, once the pieces start from the same signal.
    law, trials = HE._replace(sigma_b=0.2), 400
    whole = propagate(Network(RELU, law, 21, 128, 1), seed=1, trials=trials).log10_gradient
    step = whole[:, :-1] - whole[:, 1:]
    settled = step[:, 10:].mean()
    total = whole[:, 0].mean() - step[:, :10].sum(axis=1).mean()
    assert total == pytest.approx(10 * settled, abs=4 * whole[:, 10].std() / math.sqrt(trials))


@pytest.mark.parametrize("batch", [1, 6])
def test_the_same_seed_gives_the_same_numbers_and_another_seed_others(batch):
    network = Network(GELU, HE._replace(sigma_b=0.1), 7, 32, batch)
    assert_same(propagate(network, seed=4, trials=3), propagate(network, seed=4, trials=3))
    other = propagate(network, seed=2**64 - 1, trials=3)
    assert not np.array_equal(other.log10_gradient, propagate(network, seed=4, trials=3).log10_gradient)


@pytest.mark.parametrize("law", [HE, TORCH], ids=["weightless", "drawn"])
def test_a_trial_is_the_same_beside_more_trials(law):
    network = Network(SIGMOID, law, 5, 32, 4)
    alone, among = propagate(network, seed=1), propagate(network, seed=1, trials=3)
    np.testing.assert_allclose(among.log10_gradient[:1], alone.log10_gradient, rtol=1e-9)


@pytest.mark.parametrize("law", [HE, HE._replace(sigma_b=0.1), TORCH], ids=["scale-free", "bias", "drawn"])
@pytest.mark.parametrize("wired", [Wiring(), Wiring(0.5)], ids=["plain", "residual"])
@pytest.mark.parametrize("depth", [2, 10, 17])
def test_checkpoints_change_nothing(law, depth, wired, monkeypatch):
    network = Network(RELU, law, depth, 32, 4, wiring=wired)
    whole = propagate(network, seed=1, trials=2)
    monkeypatch.setattr(shapes, "_KEPT", 0)
    assert network.segment == math.isqrt(depth - 1) + 1
    assert_same(propagate(network, seed=1, trials=2), whole)


def test_a_common_scale_of_input_changes_no_gradient_of_relu():
    small, large = (propagate(Network(RELU, HE, 9, 64, 4, input_std=s), seed=3) for s in (1e-3, 1e3))
    np.testing.assert_allclose(small.log10_gradient, large.log10_gradient, atol=1e-10)
    scaled = [np.log10(run.std) + run.log10_scale for run in (small, large)]
    np.testing.assert_allclose(scaled[1] - scaled[0], 6, atol=1e-10)


def test_weight_gradients_are_those_of_the_product():
    # One layer of identity: ∂L/∂W = Δᵀ X for the drawn X and Δ, relative to itself 0; two layers by hand.
    network = Network(IDENTITY, TORCH, 2, 24, 3)
    run = propagate(network, seed=8)
    law, random = network.initialiser, Streams(8, 0)
    x = random(0, "input").standard_normal((3, 24))
    from actcli.network import drawn

    z, _ = drawn.forward(x[None], 24, law, lambda: random(1, "forward"))
    _, second = drawn.forward(z, 24, law, lambda: random(2, "forward"))
    delta = random(2, "loss").standard_normal((1, 3, 24))
    gradient, norm = second.back(delta, random(2, "backward"))
    assert norm[0] == pytest.approx(np.linalg.norm(delta[0].T @ z[0]), rel=1e-12)
    assert run.log10_gradient[0, 0] == pytest.approx(
        math.log10(np.linalg.norm(gradient) / np.linalg.norm(delta)), abs=1e-12
    )
    expected = math.log10(np.linalg.norm(gradient[0].T @ x) / norm[0])
    assert run.log10_weight_gradient[0, 0] == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("activation", [SIGMOID, RELU, TANH], ids=lambda record: record.name)
def test_two_thousand_layers_give_finite_logarithms(activation):
    run = propagate(Network(activation, LECUN, 2_000, 16, 1), seed=0)
    assert np.isfinite(run.log10_gradient).all() or activation is RELU
    if activation is SIGMOID:
        assert -1_400 < run.log10_gradient[0, 0] < -1_200


def test_relu_signals_far_below_the_smallest_float_still_carry_a_gradient():
    # σ_w = 1/2 halves and thins the signal: 10^(−0.45 · 1000) is no float64, but the network is the same.
    run = propagate(Network(RELU, Initialiser("custom", 0.5), 1_000, 64, 1), seed=0)
    assert np.isfinite(run.log10_gradient).all()
    assert run.log10_scale[0, -1] < -400


@pytest.mark.parametrize(
    ("dtype", "depth", "batch", "tolerance"),
    [
        # Rounding alone, 2⁻⁵³ and 2⁻²⁴ a layer.
        ("float64", 1_500, 1, 1e-11),
        ("float64", 1_500, 8, 1e-11),
        ("float32", 300, 1, 2e-5),
        ("float32", 300, 8, 2e-5),
    ],
)
def test_a_signal_below_the_smallest_number_goes_on_as_through_the_line_that_its_activation_is_there(
    dtype, depth, batch, tolerance
):
    # Halved in every layer, the signal of tanh falls below the smallest number; there tanh is the identity.
    law = Initialiser("custom", 0.5)
    tanh, line = (
        propagate(Network(get(name), law, depth, 16, batch, dtype=dtype), seed=3, trials=4)
        for name in ("tanh", "identity")
    )
    small = (tanh.log10_scale < 0).all(axis=0)
    assert 100 < small.sum() < depth
    assert (np.log10(tanh.std[:, -1]) + tanh.log10_scale[:, -1] < np.log10(np.finfo(dtype).tiny)).all()
    ours, straight = tanh.log10_gradient[:, small], line.log10_gradient[:, small]
    assert ours == pytest.approx(straight, abs=tolerance)


def test_collinear_signals_below_the_smallest_number_keep_their_law():
    # Which directions of nearly collinear samples count is decided by rounding, so only the law is the same.
    law, first = Initialiser("custom", 0.5), 400
    tanh, line = (
        propagate(Network(get(name), law, 1_100, 16, 3), seed=seed, trials=200)
        for name, seed in (("tanh", 1), ("identity", 2))
    )
    assert (tanh.log10_scale[:, first] < 0).all()
    assert kolmogorov_smirnov(tanh.log10_gradient[:, first], line.log10_gradient[:, first]) < 1


@pytest.mark.parametrize("batch", [1, 8])
def test_a_step_cuts_every_gradient_off_and_says_so(batch):
    found = measure(Network(STEP, LECUN, 5, 64, batch), trials=3)
    assert found.log10_gradient == (None, None, None, None, 0.0)
    assert found.dead_from == 4
    assert found.dead_fraction == (1.0,) * 5


def test_outputs_that_overflow_are_reported_and_not_computed_with():
    found = measure(Network(get("x - x**3"), initialiser("he"), 30, 64, 2), trials=3)
    assert found.overflow is not None
    assert 3 < found.overflow < 15
    one = measure(Network(get("x - x**3"), initialiser("he"), 30, 64, 2))
    assert [std is None for std in one.std] == [layer >= one.overflow for layer in range(1, 31)]
    assert found.log10_gradient == (None,) * 30
    assert found.std[0] is not None
    assert found.std[-1] is None


def test_float32_agrees_with_float64():
    one, two = (
        propagate(Network(GELU, HE, 10, 256, 4, dtype=d), seed=1, trials=40) for d in ("float32", "float64")
    )
    difference = one.log10_gradient[:, 0].mean() - two.log10_gradient[:, 0].mean()
    spread = math.hypot(one.log10_gradient[:, 0].std(), two.log10_gradient[:, 0].std()) / math.sqrt(40)
    assert abs(difference) < 4 * spread


@pytest.mark.parametrize("wired", [Wiring(), Wiring(0.5, before="layernorm"), Wiring(after="rmsnorm")])
@pytest.mark.parametrize("batch", [1, 4, 20], ids=["one sample", "weightless", "drawn"])
def test_float32_stays_float32_on_the_way_forward_and_back(batch, wired):
    network = Network(TANH, HE._replace(sigma_b=0.1), 2, 32, batch, dtype="float32", wiring=wired)
    run = propagation._Run(network, seed=0, trial=0, count=1)
    passage, z = run._forward(run._input(), 1, run.storage.room(0))
    delta, skipped = passage.pull(np.ones_like(z))
    gradient, _ = passage.back(delta, run.streams, 1)
    signals = (passage.entering.x, passage.inputs, z, passage.slope, passage.leaving.x)
    assert {array.dtype for array in (*signals, delta, skipped, gradient)} == {np.dtype(np.float32)}


def test_widths_of_their_own_lengthen_the_gradient_by_their_ratio():
    # |W^T δ|² is spread over the inputs: rms² = σ_w² · outputs/inputs.
    run = propagate(Network(IDENTITY, LECUN, 2, (50, 400, 100), 1), seed=0, trials=300)
    square = 10 ** (2 * run.log10_gradient[:, 0])
    assert square.mean() == pytest.approx(100 / 400, abs=4 * square.std() / math.sqrt(300))


@pytest.mark.parametrize("words", ["maxout", "softmax"])
def test_vector_valued_activations_pass_through_the_same_code(words):
    found = measure(Network(get(words), LECUN, 4, 32, 2), trials=4)
    assert found.log10_gradient[-1] == 0.0
    assert all(value is not None for value in found.log10_gradient)
    assert found.saturated_fraction == (None,) * 4


def test_maxout_of_two_pieces_at_lecun_keeps_the_mean_square_of_the_gradient():
    # 2n pre-activations send weights of variance 1/n to every input, and one of two pieces carries it on.
    run = propagate(Network(get("maxout"), LECUN, 2, 128, 1), seed=0, trials=400)
    square = 10 ** (2 * run.log10_gradient[:, 0])
    assert square.mean() == pytest.approx(2 * 0.5, abs=4 * square.std() / math.sqrt(400))


@pytest.mark.parametrize("kind", ["layernorm", "rmsnorm"])
def test_normalisation_pulls_gradients_back_as_its_jacobian_does(kind):
    from actcli.network.wiring import normalise

    random = np.random.default_rng(0)
    x, gradient, step = random.standard_normal((3, 1, 2, 7))
    _, back = normalise(kind, x)
    moved = [(normalise(kind, x + sign * 1e-5 * step)[0] * gradient).sum() for sign in (1, -1)]
    assert (back(gradient) * step).sum() == pytest.approx((moved[0] - moved[1]) / 2e-5, rel=1e-8)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("kind", ["layernorm", "rmsnorm"])
def test_signals_of_any_size_are_normalised_and_what_is_all_alike_is_nothing(kind, dtype):
    from actcli.network.wiring import normalise

    x = np.random.default_rng(0).standard_normal((1, 3, 50)).astype(dtype)
    for size in (1e-30, 1e30):
        assert np.square(normalise(kind, x * x.dtype.type(size))[0]).mean() == pytest.approx(1, rel=1e-6)
    assert not normalise(kind, 0 * x)[0].any()
    if kind == "layernorm":
        assert not normalise(kind, np.full_like(x, 0.3))[0].any()
    x[0, 0, 0] = np.inf
    with np.errstate(invalid="ignore"):
        assert np.isnan(normalise(kind, x)[0][0, 0]).all()


@pytest.mark.parametrize("place", ["before", "after"])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_the_size_of_weights_that_a_normalisation_divides_by_does_not_matter(place, dtype):
    # max(x, 0) is proportional to x, so that only rounding tells these networks apart.
    tiny, unit = (
        measure(
            Network(RELU, Initialiser("custom", s), 10, 64, dtype=dtype, wiring=Wiring(**{place: "rmsnorm"}))
        )
        for s in (1e-6, 1.0)
    )
    np.testing.assert_allclose(tiny.log10_gradient.numbers, unit.log10_gradient.numbers, atol=1e-4)


def test_a_skip_connection_keeps_the_gradient_where_the_plain_network_loses_it():
    skip = Wiring(residual=1 / math.sqrt(100))
    plain, residual = (
        measure(Network(SIGMOID, LECUN, 100, 128, 1, wiring=w), trials=3) for w in (Wiring(), skip)
    )
    assert plain.log10_gradient[0] < -50
    assert abs(residual.log10_gradient[0]) < 1


@pytest.mark.parametrize("name", ["swiglu", "maxout"])
def test_units_of_several_inputs_and_one_output_can_be_skipped(name):
    # The block of today's transformers. Drawn weights of another law, the same variance: at this width the
    # law of the gradient is the same, and the means of 60 trials differ by their standard errors.
    wired = Wiring(residual=0.3, before="rmsnorm")
    laws = [Initialiser("custom", 1.0, law=law) for law in ("normal", "uniform")]
    runs = [propagate(Network(get(name), law, 8, 128, 2, wiring=wired), seed=3, trials=60) for law in laws]
    ours, drawn = (run.log10_gradient[:, 0] for run in runs)
    error = math.sqrt((ours.var() + drawn.var()) / 60)
    assert abs(ours.mean() - drawn.mean()) < 4 * error < 0.1
    with pytest.raises(OptionError, match="keeps it"):
        Network(get("crelu"), HE, 3, 8, wiring=wired)


@pytest.mark.parametrize("batch", [1, 4])
@pytest.mark.parametrize("factor", [1e-6, 1e-4])
def test_a_branch_that_hardly_counts_leaves_the_gradient_of_the_skip(factor, batch):
    run = propagate(Network(IDENTITY, LECUN, 20, 32, batch, wiring=Wiring(residual=factor)), seed=1)
    assert run.log10_gradient[0] == pytest.approx(np.zeros(20), abs=20 * factor)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"depth": 0}, "depth is 0; it takes a whole number from 1 to 1000000"),
        ({"depth": 10**9}, "depth is 1000000000"),
        ({"width": 0}, "width is 0; it takes a whole number from 1 to 65536"),
        ({"width": 10**12}, "width is 1000000000000"),
        ({"batch": 10**9}, "batch is 1000000000"),
        ({"width": 65_536, "batch": 4_096}, "GiB"),
        ({"input_std": math.nan}, "input_std is nan"),
        ({"dtype": "float8"}, "dtype is float8; it takes float64 or float32"),
        ({"width": (3, 4)}, "2 widths do not fit a depth of 3"),
    ],
)
def test_sizes_out_of_reach_are_refused_with_the_limit(settings, said):
    with pytest.raises(OptionError, match=said):
        Network(**{"activation": RELU, "initialiser": HE, "depth": 3, "width": 8, "batch": 1} | settings)


@pytest.mark.parametrize("seed", [-1, 2**64])
def test_seeds_out_of_range_are_refused(seed):
    with pytest.raises(OptionError, match="seed is"):
        propagate(Network(RELU, HE, 2, 8), seed=seed)


@pytest.mark.parametrize(("depth", "trials"), [(3, 0), (3, 1_001), (1_000_000, 6)])
def test_trials_out_of_range_are_refused(depth, trials):
    with pytest.raises(OptionError, match="trials at depth"):
        propagate(Network(RELU, HE, depth, 8), trials=trials)


@pytest.mark.parametrize("batch", [1, 8])
def test_a_trial_that_leaves_the_range_of_numbers_does_not_disturb_the_others(batch):
    # exp overflows in most networks of this depth, not in all of them.
    network = Network(get("exponential"), Initialiser("custom", 0.55), 8, 32, batch)
    run = propagate(network, seed=0, trials=40)
    lost = np.isfinite(run.overflow[:, 0])
    assert 0 < lost.sum() < 40
    assert np.isnan(run.log10_gradient[lost]).all()
    assert np.isfinite(run.log10_gradient[~lost]).all()
    for trial in np.flatnonzero(~lost)[:3]:
        assert np.isfinite(run.std[trial]).all()


@pytest.mark.parametrize("name", ["x*x", "x*abs(x)", "x**3", "reglu"])
def test_powers_are_the_same_at_whichever_size_they_are_kept(name, monkeypatch):
    # What a power does is the same at every size, so that bringing signals home at 0.3 may change nothing.
    network = Network(get(name), initialiser(sigma_w=0.6), 5, 32)
    free = propagate(network, seed=1, trials=3)
    monkeypatch.setattr(Network, "sizes", property(lambda _: Sizes(0.2, math.inf, 0.3)))
    kept = propagate(network, seed=1, trials=3)
    assert kept.log10_scale.any(axis=1).sum() > 1 and not free.log10_scale.any()
    for field in ("log10_gradient", "log10_weight_gradient", "kurtosis", "dead_fraction"):
        np.testing.assert_allclose(getattr(kept, field), getattr(free, field), rtol=1e-9, atol=1e-11)
    np.testing.assert_allclose(np.log10(kept.std) + kept.log10_scale, np.log10(free.std), rtol=1e-9)


@pytest.mark.parametrize(
    ("name", "degree"),
    [
        ("tanh", 1), ("relu", 1), ("gelu", 1), ("maxout", 1), ("crelu", 1), ("glu", 1), ("swiglu", 2),
        ("reglu", 2), ("relu2", 2), ("x*x", 2), ("x**3", 3), ("abs(x)**1.5", 1.5), ("sigmoid", None),
        ("softmax", None), ("step", None), ("cos(x)", None), ("max(x, x*x)", None), ("1/x", None),
    ],
)  # fmt: skip
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_the_power_that_an_activation_is_near_0_is_found(name, degree, dtype):
    law = initialiser(sigma_w=1.0)
    assert Network(get(name), law, 3, 8, dtype=dtype).degree == degree
    assert Network(get(name), law._replace(sigma_b=0.1), 3, 8, dtype=dtype).degree is None
