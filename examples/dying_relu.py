"""Dying ReLU: large steps push units where they never fire again; a leaky unit finds its way back.

A unit is dead when its pre-activation is negative for every sample: relu's slope is then 0, no gradient
reaches its weights, and nothing can bring it back. A small positive bias lets a unit fire where its input
is exactly 0.
"""

import numpy as np

import actcli

SAMPLES, INPUTS, UNITS, STEPS = 200, 10, 100, 100


def dead_units(name, rate):
    """Train one hidden layer by gradient descent; return the share of units with no slope on any sample."""
    random = np.random.default_rng(0)
    activation = actcli.get(name)
    x = random.standard_normal((SAMPLES, INPUTS))
    target = np.sin(x[:, :1]) + x[:, 1:2] ** 2
    hidden = random.standard_normal((INPUTS, UNITS)) * np.sqrt(2 / INPUTS)
    bias = np.zeros(UNITS)
    output = random.standard_normal((UNITS, 1)) / np.sqrt(UNITS)
    for _ in range(STEPS):
        z = x @ hidden + bias
        error = (activation(z) @ output - target) / SAMPLES
        gradient = activation.vjp(z, error @ output.T)
        output = output - rate * activation(z).T @ error
        hidden = hidden - rate * x.T @ gradient
        bias = bias - rate * np.sum(gradient, axis=0)
        # A diverging run says nothing about dead units: keep every unit's weights within a ball.
        hidden = hidden / np.maximum(1, np.linalg.norm(hidden, axis=0) / 10)
        output = np.clip(output, -1, 1)
    slopes = activation(x @ hidden + bias, order=1)
    return float(np.mean(np.all(slopes == 0, axis=0)))


for name in ("relu", "leaky_relu"):
    for rate in (0.01, 0.1, 1.0):
        print(f"{name:10}  learning rate {rate:<4}  dead units {dead_units(name, rate):4.0%}")

relu = actcli.get("relu")
silent = np.zeros((SAMPLES, UNITS))  # all inputs 0: only the bias decides
for bias in (0.0, 0.01):
    alive = float(np.mean(relu(silent + bias, order=1)))
    print(f"relu on silent inputs, bias {bias:<4}  units with a slope {alive:4.0%}")
