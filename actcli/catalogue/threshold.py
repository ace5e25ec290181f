"""Units that switch: their value jumps at a threshold."""

import numpy as np

from actcli.activation import Activation, Facts, Kink, Order, Parameter, Reference
from actcli.catalogue.spelling import spelled

STEP = Activation(
    name="step",
    title="Heaviside step",
    family="threshold",
    aliases=("heaviside", "binary_step"),
    spellings=spelled("mlx.nn.Step mlx.nn.step"),
    parameters=(Parameter("threshold", 0, -1e6, 1e6, "where the unit switches on"),),
    orders=(
        Order("where(x >= threshold, 1, 0)", lambda x, threshold: np.where(x >= threshold, 1.0, 0.0)),
        Order("0", lambda x, threshold: np.zeros_like(x)),
        Order("0", lambda x, threshold: np.zeros_like(x)),
    ),
    facts_of=lambda threshold: Facts(
        0, 1, 0, 0, 0, 0,
        kinks=(Kink(threshold, 0, 1, 1, "the unit fires when its input reaches the threshold", order=0),),
    ),
    reference=Reference(
        "McCulloch & Pitts, A logical calculus of the ideas immanent in nervous activity, 1943",
        "https://doi.org/10.1007/BF02478259",
    ),
    remark="torch.heaviside and numpy.heaviside make the caller choose the value at 0; mlx takes 1, as here",
)  # fmt: skip

ACTIVATIONS = (STEP,)
