"""One neuron solves XOR when its activation turns back; a sigmoid neuron cannot.

A neuron sees the inputs through one number, w·x + b. XOR needs the answer no, yes, yes, no while that number
grows, so the activation must rise and fall again. ncu(x) = x − x³ does, sigmoid never falls.
"""

import itertools

import numpy as np

import actcli

corners = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
xor = np.array([False, True, True, False])

ncu = actcli.get("ncu")
z = corners @ np.array([1, 1]) - 0.5
for corner, value, answer in zip(corners, ncu(z), xor, strict=True):
    says, wanted = ("yes" if true else "no" for true in (value > 0, answer))
    print(f"ncu({corner[0]} + {corner[1]} − 1/2) = {value:+.3f}  → {says:3}  XOR: {wanted}")

sigmoid = actcli.get("sigmoid")
grid = np.linspace(-10, 10, 41)
best = max(
    int(np.sum((sigmoid(corners @ np.array([w1, w2]) + b) > 0.5) == xor))
    for w1, w2, b in itertools.product(grid, grid, grid)
)
print(f"sigmoid: the best of {grid.size**3} neurons gets {best} of 4 corners right")
print(f"sigmoid never falls: {sigmoid.increasing}; ncu never falls: {ncu.increasing}")
