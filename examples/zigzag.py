"""Outputs that are not zero-centred make the weights zig-zag.

The gradient of a unit's weights is δ · x: one number times the outputs of the layer below. Where these are
all positive (sigmoid), every weight of the unit must move the same way at each step, so a target that asks
one weight to rise and another to fall can only be reached in zig-zag.
"""

import numpy as np

import actcli


def path_length(name, steps=400, rate=0.5):
    """Descend to weights (1, −1), one sample a step; return the length of the path over the straight way."""
    random = np.random.default_rng(1)
    activation, target, weights = actcli.get(name), np.array([1.0, -1.0]), np.zeros(2)
    length = same_sign = 0.0
    for _ in range(steps):
        x = activation(random.standard_normal(2))
        step = -rate * (weights @ x - target @ x) * x
        weights = weights + step
        length += float(np.linalg.norm(step))
        same_sign += step[0] * step[1] > 0
    return length / float(np.linalg.norm(target)), same_sign / steps


for name in ("sigmoid", "tanh"):
    ratio, together = path_length(name)
    report = actcli.vanish(actcli.get(name), depth=3, seed=0).to_record()
    agreement = report["layers"][1]["sign_agreement"]
    print(
        f"{name:7}  both weights move the same way in {together:4.0%} of the steps; "
        f"path {ratio:.2f} × the straight way; sign agreement in a random network {agreement:.2f}"
    )
