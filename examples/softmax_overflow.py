"""Softmax of large logits: the textbook formula overflows, subtracting the largest logit does not."""

import numpy as np

import actcli

logits = np.array([1010.0, 1000.0, 990.0])
with np.errstate(all="ignore"):
    textbook = np.exp(logits) / np.sum(np.exp(logits))

softmax = actcli.get("softmax")
print("logits            ", logits)
print("textbook formula  ", textbook)
print("actcli softmax    ", np.array2string(softmax(logits), precision=9))
print("sum of the outputs", float(np.sum(softmax(logits))))
print("Jacobian, diag(p) − p pᵀ:")
print(np.array2string(softmax.jacobian(logits), precision=3, suppress_small=False))
