"""The lines to paste run as they stand and give the deviations that they claim."""

import math

import numpy as np
import pytest

from actcli.diagnosis.recipe import Recipe
from actcli.network.wiring import Wiring
from actcli.registry import get

BOTH = Recipe(1.0, 0.0, wiring=Wiring(residual=0.5, after="layernorm"))
RECIPE = Recipe(1.5, 0.25, get("relu"), Wiring(residual=0.5))
NORMALISED = Recipe(1.5, 0.0, get("tanh"), Wiring(after="layernorm"))
INPUTS, OUTPUTS = 512, 2_000
# A standard deviation of 512 · 2,000 normal numbers is known to 1/√(2 · 10⁶); of the 2,000 biases to 1.6 %.
SCATTER = 4 / math.sqrt(2 * INPUTS * OUTPUTS)


def test_torch_draws_the_weights_and_biases_that_the_line_claims():
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    names = {"torch": torch, "layer": torch.nn.Linear(INPUTS, OUTPUTS)}
    exec(Recipe(1.5, 0.25, get("relu")).lines()["torch"], names)
    layer = names["layer"]
    assert layer.weight.std().item() * math.sqrt(INPUTS) == pytest.approx(1.5, rel=SCATTER)
    assert layer.bias.std().item() == pytest.approx(0.25, rel=0.07)
    assert names["activation"](torch.tensor([-1.0, 2.0])).tolist() == [0, 2]
    exec(Recipe(1.5, 0.0).lines()["torch"], names)
    assert not layer.bias.any()


@pytest.mark.parametrize(("fan", "divisor"), [("in", 512), ("out", 2_000), ("average", 1_256)])
def test_torch_and_jax_divide_the_variance_by_the_fan_of_the_recipe(fan, divisor):
    torch, jax = pytest.importorskip("torch"), pytest.importorskip("jax")
    torch.manual_seed(0)
    names = {"torch": torch, "jax": jax, "layer": torch.nn.Linear(INPUTS, OUTPUTS)}
    lines = Recipe(1.5, 0.0, fan=fan).lines()
    exec(lines["torch"] + "; " + lines["jax"], names)
    drawn = np.asarray(names["kernel_init"](jax.random.PRNGKey(0), (INPUTS, OUTPUTS)))
    for spread in (names["layer"].weight.std().item(), drawn.std()):
        assert spread * math.sqrt(divisor) == pytest.approx(1.5, rel=SCATTER)


def test_small_signals_are_normalised_in_layers_that_change_their_number():
    torch, jax = pytest.importorskip("torch"), pytest.importorskip("jax")
    x = np.random.default_rng(0).standard_normal((3, 64)).astype(np.float32)
    names = {
        "torch": torch, "jax": jax, "activation": lambda z: z, "layer": lambda z: 1e-4 * z[:, :32], "x": x,
    }  # fmt: skip
    exec(NORMALISED.lines()["jax"].split("; ", 2)[2], names)
    assert np.asarray(names["x"]).std(axis=-1) == pytest.approx(1, rel=1e-3)
    names["x"] = torch.from_numpy(x)
    exec(NORMALISED.lines()["torch"].split("; ", 2)[2], names)
    assert names["x"].numpy().std(axis=-1) == pytest.approx(1, rel=1e-3)


@pytest.mark.parametrize("recipe", [RECIPE, NORMALISED])
def test_torch_wires_a_layer_as_the_line_claims(recipe):
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    x = torch.randn(3, 64)
    names = {"torch": torch, "layer": torch.nn.Linear(64, 64), "x": x}
    exec(recipe.lines()["torch"], names)
    inner = recipe.activation(names["layer"](x).detach().numpy().astype(float))
    assert names["x"].detach().numpy() == pytest.approx(_joined(recipe, x.numpy(), inner), abs=1e-4)


def test_jax_draws_the_weights_and_biases_that_the_line_claims():
    jax = pytest.importorskip("jax")
    names = {"jax": jax, "layer": lambda x: x, "x": np.ones((1, 4))}
    exec(RECIPE.lines()["jax"], names)
    key = jax.random.PRNGKey(0)
    weights = np.asarray(names["kernel_init"](key, (INPUTS, OUTPUTS)))
    assert weights.std() * math.sqrt(INPUTS) == pytest.approx(1.5, rel=SCATTER)
    # Not cut off: one number in 370 lies beyond three deviations.
    assert (np.abs(weights) > 3 * weights.std()).mean() == pytest.approx(0.0027, rel=0.1)
    assert np.asarray(names["bias_init"](key, (OUTPUTS,))).std() == pytest.approx(0.25, rel=0.07)
    assert names["activation"](np.array([-1.0, 2.0])).tolist() == [0, 2]
    exec(NORMALISED.lines()["jax"], names)
    assert not np.asarray(names["bias_init"](key, (OUTPUTS,))).any()


@pytest.mark.parametrize("recipe", [RECIPE, NORMALISED])
def test_jax_wires_a_layer_as_the_line_claims(recipe):
    jax = pytest.importorskip("jax")
    x = np.random.default_rng(0).standard_normal((3, 64)).astype(np.float32)
    names = {"jax": jax, "layer": lambda z: 2 * z, "x": x}
    exec(recipe.lines()["jax"], names)
    inner = recipe.activation(2.0 * x.astype(float))
    assert np.asarray(names["x"]) == pytest.approx(_joined(recipe, x, inner), abs=1e-4)


def _joined(recipe, x, inner):
    if recipe.wiring.residual is not None:
        return x + recipe.wiring.residual * inner
    return (inner - inner.mean(axis=-1, keepdims=True)) / inner.std(axis=-1, keepdims=True)


def test_keras_is_asked_for_the_same_law():
    # VarianceScaling: https://keras.io/api/layers/initializers, stddev = √(scale / fan_in), not cut off.
    line = RECIPE.lines()["keras"]
    law = 'keras.initializers.VarianceScaling(scale=2.25, mode="fan_in", distribution="untruncated_normal")'
    assert line == (
        f"kernel_initializer = {law}; bias_initializer = keras.initializers.RandomNormal(stddev=0.25); "
        "activation = keras.activations.relu; x = x + 0.5 * activation(layer(x))"
    )
    normalised = "x = activation(layer(x)); x = keras.layers.LayerNormalization(epsilon=1e-12)(x)"
    assert NORMALISED.lines()["keras"].endswith(normalised)
    both = (
        "x = x + 0.5 * activation(layer(x)); x = torch.nn.functional.layer_norm(x, x.shape[-1:], eps=1e-12)"
    )
    assert BOTH.lines()["torch"].endswith(both)
    assert 'mode="fan_avg"' in Recipe(1.0, 0.0, fan="average").lines()["keras"]


@pytest.mark.parametrize("framework", ["torch", "jax", "keras"])
def test_every_line_is_python(framework):
    for recipe in (RECIPE, NORMALISED, Recipe(1e-9, 1e3), Recipe(1 / 3, 0.0, get("softmax"))):
        compile(recipe.lines()[framework], framework, "exec")
