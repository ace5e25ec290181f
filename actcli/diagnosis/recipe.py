"""What to paste: initialisers, activation and wiring in the words of torch, jax and keras."""

from typing import NamedTuple

from actcli.activation import AnyActivation
from actcli.network.wiring import PLAIN, Wiring

_ACTIVATION = {"torch": "torch.nn.functional.", "jax": "jax.nn.", "keras": "keras.activations."}
_NORMALISED = {
    "torch": "torch.nn.functional.layer_norm({}, x.shape[-1:])",
    "jax": "jax.nn.standardize({})",
    "keras": "keras.layers.LayerNormalization()({})",
}


class Recipe(NamedTuple):
    """Weights N(0, sigma_w²/inputs), biases N(0, sigma_b²); a new activation, if any; the wiring."""

    sigma_w: float
    sigma_b: float
    activation: AnyActivation | None = None
    wiring: Wiring = PLAIN

    def lines(self) -> dict[str, str]:
        """Return Python statements by framework, for a `layer`, its `activation` and its inputs `x`."""
        initialisers = {"torch": self._torch(), "jax": self._jax(), "keras": self._keras()}
        return {
            framework: "; ".join(filter(None, [*parts, self._activation(framework), self._wiring(framework)]))
            for framework, parts in initialisers.items()
        }

    def _torch(self) -> list[str]:
        weight = f"torch.nn.init.normal_(layer.weight, std={self.sigma_w:.10g} / layer.in_features**0.5)"
        bias = f"normal_(layer.bias, std={self.sigma_b:.10g})" if self.sigma_b else "zeros_(layer.bias)"
        return [weight, f"torch.nn.init.{bias}"]

    def _jax(self) -> list[str]:
        weight = f'jax.nn.initializers.variance_scaling({self.sigma_w**2:.10g}, "fan_in", "normal")'
        bias = f"normal({self.sigma_b:.10g})" if self.sigma_b else "zeros"
        return [f"kernel_init = {weight}", f"bias_init = jax.nn.initializers.{bias}"]

    def _keras(self) -> list[str]:
        law = f'scale={self.sigma_w**2:.10g}, mode="fan_in", distribution="untruncated_normal"'
        bias = f"RandomNormal(stddev={self.sigma_b:.10g})" if self.sigma_b else "Zeros()"
        return [
            f"kernel_initializer = keras.initializers.VarianceScaling({law})",
            f"bias_initializer = keras.initializers.{bias}",
        ]

    def _activation(self, framework: str) -> str:
        if self.activation is None:
            return ""
        words = (word for word in self.activation.spellings if word.startswith(_ACTIVATION[framework]))
        word = next(words, "")
        return f"activation = {word}" if word else ""

    def _wiring(self, framework: str) -> str:
        branch = "activation(layer(x))"
        if self.wiring.residual is not None:
            return f"x = x + {self.wiring.residual:.10g} * {branch}"
        return f"x = {_NORMALISED[framework].format(branch)}" if self.wiring.after else ""
