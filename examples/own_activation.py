"""An activation of one's own, from Python: registered once, it works wherever a name does.

The record pairs each formula that people read with the function that machines run; the check holds the two
against an independent derivative.
"""

import numpy as np

import actcli
from actcli import Activation, Facts, Order, Reference
from actcli.numerics import sigmoid

SQUARED_SIGMOID = Activation(
    name="squared_sigmoid",
    title="Squared sigmoid",
    family="own",
    reference=Reference("this example"),
    orders=(
        Order("sigmoid(x)**2",
              lambda x: sigmoid(x) ** 2),
        Order("2*sigmoid(x)**2*sigmoid(-x)",
              lambda x: 2 * sigmoid(x) ** 2 * sigmoid(-x)),
        Order("2*sigmoid(x)**2*sigmoid(-x)*(2*sigmoid(-x) - sigmoid(x))",
              lambda x: 2 * sigmoid(x) ** 2 * sigmoid(-x) * (2 * sigmoid(-x) - sigmoid(x))),
    ),
    # The slope is largest where σ = 2/3: 2 · 4/9 · 1/3.
    facts_of=lambda: Facts(
        infimum=0, supremum=1,
        slope_infimum=0, slope_supremum=8 / 27,
        slope_at_minus_infinity=0, slope_at_infinity=0,
    ),
)  # fmt: skip

actcli.register(SQUARED_SIGMOID)
mine = actcli.get("squared_sigmoid")
print(
    "value and slope at −2, 0, 2:",
    *(np.array2string(mine(np.array([-2.0, 0, 2]), order=k), precision=6) for k in (0, 1)),
)

check = actcli.derive(mine, check=True).to_record()["check"]
print("derivative check passed:", check["passed"])

report = actcli.vanish(mine, depth=20).to_record()
print(f"20 layers, {report['init']['name']}: {report['verdict']}, ×{report['factor_per_layer']:.3f} a layer")
