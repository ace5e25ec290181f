"""A network of three layers, forward by hand: sigmoid twice, then the identity as the output layer."""

import numpy as np

import actcli

sigmoid, identity = actcli.get("sigmoid"), actcli.get("identity")
layers = [
    (np.array([[0.1, 0.3, 0.5], [0.2, 0.4, 0.6]]), np.array([0.1, 0.2, 0.3]), sigmoid),
    (np.array([[0.1, 0.4], [0.2, 0.5], [0.3, 0.6]]), np.array([0.1, 0.2]), sigmoid),
    (np.array([[0.1, 0.3], [0.2, 0.4]]), np.array([0.1, 0.2]), identity),
]

x = np.array([1.0, 0.5])
print(f"input    x  = {np.array2string(x, precision=8)}")
for number, (weight, bias, activation) in enumerate(layers, start=1):
    z = x @ weight + bias
    x = activation(z)
    print(f"layer {number}  z  = {np.array2string(z, precision=8)}")
    print(f"         x  = {np.array2string(x, precision=8)}  ({activation.name})")
