"""What to paste: initialisers, activation and wiring in the words of torch, jax and keras."""

from typing import NamedTuple

from actcli.activation import AnyActivation
from actcli.network.initialiser import Fan
from actcli.network.wiring import PLAIN, Wiring

_ACTIVATION = {"torch": "torch.nn.functional.", "jax": "jax.nn.", "keras": "keras.activations."}
# What frameworks add to the variance unless told otherwise, up to 1e-3, hides small signals.
_NORMALISED = {
    "torch": "torch.nn.functional.layer_norm(x, x.shape[-1:], eps=1e-12)",
    "jax": "jax.nn.standardize(x, epsilon=1e-12)",
    "keras": "keras.layers.LayerNormalization(epsilon=1e-12)(x)",
}
_FAN: dict[Fan, str] = {"in": "fan_in", "out": "fan_out", "average": "fan_avg"}


class Recipe(NamedTuple):
    """Weights N(0, sigma_w²/fan), biases N(0, sigma_b²); a new activation, if any; the wiring."""

    sigma_w: float
    sigma_b: float
    activation: AnyActivation | None = None
    wiring: Wiring = PLAIN
    fan: Fan = "in"

    def lines(self) -> dict[str, str]:
        """Return Python statements by framework, for a `layer`, its `activation` and its inputs `x`."""
        initialisers = {"torch": self._torch(), "jax": self._jax(), "keras": self._keras()}
        return {
            framework: "; ".join(filter(None, [*parts, self._activation(framework), self._wiring(framework)]))
            for framework, parts in initialisers.items()
        }

    def _torch(self) -> list[str]:
        weight = f"normal_(layer.weight, std={self.sigma_w:.10g} / layer.{self.fan}_features**0.5)"
        if self.fan == "average":
            weight = f"xavier_normal_(layer.weight, gain={self.sigma_w:.10g})"
        bias = f"normal_(layer.bias, std={self.sigma_b:.10g})" if self.sigma_b else "zeros_(layer.bias)"
        return [f"torch.nn.init.{weight}", f"torch.nn.init.{bias}"]

    def _jax(self) -> list[str]:
        law = f'{self.sigma_w**2:.10g}, "{_FAN[self.fan]}", "normal"'
        bias = f"normal({self.sigma_b:.10g})" if self.sigma_b else "zeros"
        weight = f"kernel_init = jax.nn.initializers.variance_scaling({law})"
        return [weight, f"bias_init = jax.nn.initializers.{bias}"]

    def _keras(self) -> list[str]:
        law = f'scale={self.sigma_w**2:.10g}, mode="{_FAN[self.fan]}", distribution="untruncated_normal"'
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
        layer, (residual, _, after) = "activation(layer(x))", self.wiring
        if self.wiring.plain:
            return ""
        joined = layer if residual is None else f"x + {residual:.10g} * {layer}"
        return f"x = {joined}" + (f"; x = {_NORMALISED[framework]}" if after else "")
