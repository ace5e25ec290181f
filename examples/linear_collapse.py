"""Stacked linear layers collapse into one: why a network needs an activation that is not linear.

Three layers with the identity between them are multiplied into one matrix; the same three layers with
relu between them are not, and no single matrix can stand in for them.
"""

import numpy as np

import actcli

random = np.random.default_rng(0)
weights = [random.standard_normal((4, 4)) for _ in range(3)]
inputs = random.standard_normal((100, 4))


def network(x, activation):
    for weight in weights[:-1]:
        x = activation(x @ weight)
    return x @ weights[-1]


one_matrix = weights[0] @ weights[1] @ weights[2]
# Where relu is between the layers, the best single matrix is a least-squares fit to its outputs.
for name in ("identity", "relu"):
    outputs = network(inputs, actcli.get(name))
    best = one_matrix if name == "identity" else np.linalg.lstsq(inputs, outputs, rcond=None)[0]
    missed = np.sqrt(np.mean((outputs - inputs @ best) ** 2) / np.mean(outputs**2))
    print(f"{name:8}  share of the output that the best single matrix misses (rms): {missed:.3f}")
