"""How weights and biases are drawn: the laws that frameworks offer, by name, and which one is customary."""

import math
from collections.abc import Callable
from typing import Final, Literal, NamedTuple

import numpy as np

from actcli.activation import Activation, AnyActivation
from actcli.errors import OptionError, suggestion
from actcli.network import limits

Law = Literal["normal", "uniform", "orthogonal"]
Fan = Literal["in", "out", "average"]
FANS: Final = ("in", "out", "average")
"""What the variance of a weight is divided by: the layer's inputs, its outputs, or the mean of both."""
# So much of its largest slope a rectifier has on its open side, on average.
_OPEN: Final = 0.5


class Initialiser(NamedTuple):
    """The law of W (outputs × inputs) and b in z = W x + b.

    law: the shape of the distribution; "orthogonal" is WᵀW = sigma_w² I (Haar).
    sigma_w: √(inputs · Var W_ij) where a layer has as many inputs as outputs.
    sigma_b: √(Var b_i), or None for torch's √(1 / (3 inputs)), which falls with the width.
    fan: what the variance of a weight is divided by; Glorot's is "average".
    bias_mean: the mean of b_i. The biases are normal, except under the uniform law with sigma_b None.
    """

    name: str
    sigma_w: float
    sigma_b: float | None = 0.0
    law: Law = "normal"
    fan: Fan = "in"
    bias_mean: float = 0.0

    def weight_gain(self, inputs: int, outputs: int) -> float:
        """Return √(inputs · Var W_ij) for a layer of this shape."""
        if self.law == "orthogonal":
            # Rows of length sigma_w, or columns where there are fewer of these.
            return self.sigma_w * math.sqrt(inputs / max(inputs, outputs))
        divisor = {"in": inputs, "out": outputs, "average": (inputs + outputs) / 2}[self.fan]
        return self.sigma_w * math.sqrt(inputs / divisor)

    def bias_std(self, inputs: int) -> float:
        """Return √(Var b_i) for a layer with this many inputs."""
        return math.sqrt(1 / (3 * inputs)) if self.sigma_b is None else self.sigma_b


def _both(name: str, sigma_w: float, fan: Fan = "in") -> dict[str, Initialiser]:
    normal = Initialiser(name, sigma_w, fan=fan)
    return {
        name: normal,
        f"{name}_normal": normal,
        f"{name}_uniform": normal._replace(name=f"{name}_uniform", law="uniform"),
    }


# sigma_w² · (1 / inputs): torch's nn.Linear 1/3 (kaiming_uniform with a = √5), LeCun 1, Glorot 1 for
# equal widths, He 2.
_NAMED: Final[dict[str, Initialiser]] = {
    "torch": Initialiser("torch", math.sqrt(1 / 3), None, "uniform"),
    **_both("lecun", 1.0),
    **_both("xavier", 1.0, "average"),
    **_both("he", math.sqrt(2.0)),
    "orthogonal": Initialiser("orthogonal", 1.0, law="orthogonal"),
}
_ALIASES: Final = {"glorot": "xavier", "kaiming": "he"}

_FROM_THEORY: Final = ("critical", "torch_gain", "torch_gain_normal", "torch_gain_uniform")
NAMES: Final = (
    *_NAMED,
    *(w.replace(name, alias) for alias, name in _ALIASES.items() for w in _NAMED if w.startswith(name)),
    *_FROM_THEORY,
)
"""Every word that `initialiser` takes; the last ones need numbers that belong to the activation."""


class Advice(NamedTuple):
    """Numbers that theory gives for an activation, asked for only by the initialisers that need them.

    critical: (sigma_w, sigma_b), for the sigma_b given if one is. torch_gain: what
    torch.nn.init.calculate_gain returns. None for none.
    """

    critical: Callable[[float | None], tuple[float, float] | None] = lambda sigma_b: None
    torch_gain: Callable[[], float | None] = lambda: None


NO_ADVICE: Final = Advice()


def initialiser(
    name: str | None = None,
    sigma_w: float | None = None,
    sigma_b: float | None = None,
    bias_mean: float = 0.0,
    fan: str | None = None,
    advice: Advice = NO_ADVICE,
) -> Initialiser:
    """Return the initialiser called `name`, or the normal law with these deviations, called "custom".

    `sigma_b` may accompany any name ("critical" takes the sigma_w that belongs to it); `sigma_w` only
    "orthogonal", whose scale it is. "torch_gain" is
    torch.nn.init.xavier_normal_(w, gain=calculate_gain(f)) with biases 0, "torch_gain_uniform" the same with
    xavier_uniform_. `fan`, one of FANS, replaces what the variance is divided by. Raises OptionError for an
    unknown word, a contradiction, a number out of range, or an activation without such a number.
    """
    if sigma_w is not None and name not in {None, "orthogonal"}:
        raise OptionError(f"init {name} fixes sigma_w itself; give either init or sigma_w, not both")
    if name == "critical" and bias_mean:
        raise OptionError("init critical is of biases around 0; leave bias_mean out or give sigma_w instead")
    if sigma_b is not None:
        sigma_b = limits.real("sigma_b", sigma_b, limits.BIAS)
    chosen = _chosen(name, sigma_w, sigma_b, advice)
    if sigma_w is not None:
        chosen = chosen._replace(sigma_w=limits.real("sigma_w", sigma_w, limits.SCALE))
    if sigma_b is not None:
        chosen = chosen._replace(sigma_b=sigma_b)
    if fan is not None:
        chosen = chosen._replace(fan=_fan(fan, chosen))
    return chosen._replace(bias_mean=limits.real("bias_mean", bias_mean, (-limits.BIAS[1], limits.BIAS[1])))


def _fan(word: str, law: Initialiser) -> Fan:
    for fan in ("in", "out", "average"):
        if word == fan and law.law != "orthogonal":
            return fan
    if word in FANS:
        raise OptionError("orthogonal weights are not divided by a fan; leave fan out or choose another init")
    raise OptionError(f"unknown fan '{word}'; it takes {', '.join(FANS)}")


def _chosen(name: str | None, sigma_w: float | None, sigma_b: float | None, advice: Advice) -> Initialiser:
    if name is None:
        if sigma_w is None:
            raise OptionError("sigma_b alone does not say how weights are drawn; add sigma_w or init")
        return Initialiser("custom", sigma_w)
    if name in _FROM_THEORY:
        return _advised(name, sigma_b, advice)
    word = name
    for alias, known in _ALIASES.items():
        word = known + name.removeprefix(alias) if name.startswith(alias) else word
    if word not in _NAMED:
        raise OptionError(f"unknown init '{name}'; it takes {', '.join(NAMES)}{suggestion(name, NAMES)}")
    return _NAMED[word]


def _advised(name: str, sigma_b: float | None, advice: Advice) -> Initialiser:
    if name == "critical":
        point = advice.critical(sigma_b)
        if point is None and sigma_b is not None and advice.critical(None) is not None:
            raise OptionError(f"no sigma_w is critical with sigma_b = {sigma_b:g} here; leave sigma_b out")
        if point is None:
            raise OptionError("there is no critical init here; give sigma_w and sigma_b instead")
        return Initialiser("critical", *point)
    gain = advice.torch_gain()
    if gain is None:
        known = "identity, sigmoid, tanh, relu, leaky_relu, selu"
        raise OptionError(
            f"init {name} needs a gain, which torch has for {known} alone; give sigma_w instead"
        )
    return Initialiser(name, gain, law="uniform" if name.endswith("uniform") else "normal", fan="average")


def customary(activation: AnyActivation) -> tuple[Initialiser, str]:
    """Return the initialiser that practice pairs with `activation`, and why, in words for people.

    Decided by the record itself, so that a formula gets one too: LeCun for self-normalising functions, He for
    rectifiers, Xavier for those that level off on both sides, LeCun for all others.
    """
    if not isinstance(activation, Activation):
        return _NAMED["lecun"], "it is no function of one number, and no initialiser is made for that"
    if _self_normalising(activation):
        return _NAMED["lecun"], "it maps mean 0 and variance 1 to themselves"
    if not math.isfinite(activation.slope_bound):
        return _NAMED["lecun"], "its slope has no bound, and no initialiser is made for that"
    if activation.slope_bound == 0:
        return _NAMED["lecun"], "its slope is 0, and no initialiser gets a gradient through"
    if slopes := _rectifies(activation):
        return _NAMED["he"], f"its slope is {slopes}, as of a rectifier"
    if activation.saturates == (True, True):
        return _NAMED["xavier"], "it levels off on both sides"
    return _NAMED["lecun"], "it is no rectifier and does not level off on both sides"


def _rectifies(activation: Activation) -> str:
    """Return the slopes of the two sides where these differ: far out by half, or under N(0, 1) by 70 %.

    Under N(0, 1) the steeper side has to be half as steep as the function gets, so that a hat is none.
    """
    facts = activation.facts
    left, right = facts.slope_at_minus_infinity, facts.slope_at_infinity
    if _uneven(left, right, 0.5):
        return f"{left:.3g} far to the left and {right:.3g} to the right"
    # The midpoint rule, which meets no kink at a round number: far finer than two digits ask for.
    z = (np.arange(4_800) + 0.5) / 400
    weights = np.exp(-z * z / 2) * (1 / 400) * math.sqrt(2 / math.pi)
    sides = [activation(side * z, order=1) for side in (-1, 1)]
    left, right = (math.sqrt(float(slope * slope @ weights)) for slope in sides)
    open_side = max(abs(float(slope @ weights)) for slope in sides)
    if _uneven(left, right, 0.3) and open_side > _OPEN * activation.slope_bound:
        return f"{left:.3g} on the left and {right:.3g} on the right (root mean square under N(0, 1))"
    return ""


def _uneven(left: float, right: float, share: float) -> bool:
    return min(abs(left), abs(right)) < max(abs(left), abs(right)) * share


def _self_normalising(activation: Activation) -> bool:
    # 4,801 points of the trapezoidal rule on [−12, 12]: far finer than the 1e-3 asked for.
    z = np.linspace(-12.0, 12.0, 4_801)
    density = np.exp(-z * z / 2) * (0.005 / math.sqrt(2 * math.pi))
    value = activation(z)
    with np.errstate(all="ignore"):
        mean, second_moment = float(value @ density), float(value * value @ density)
    return abs(mean) < 1e-3 and abs(second_moment - 1) < 1e-3
