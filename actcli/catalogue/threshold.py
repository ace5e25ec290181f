"""Units that switch: their value jumps at a threshold."""

import math

import numpy as np

from actcli.activation import Activation, Facts, Kink, Order, Parameter, Reference
from actcli.catalogue.pieces import ZERO, kink
from actcli.catalogue.spelling import spelled
from actcli.numerics import select

STEP = Activation(
    name="step",
    title="Heaviside step",
    family="threshold",
    aliases=("heaviside", "binary_step"),
    spellings=spelled("mlx.nn.Step mlx.nn.step", threshold=0),
    parameters=(Parameter("threshold", 0, -1000, 1000, "where the unit switches on"),),
    orders=(
        Order("where(x >= threshold, 1, 0)", lambda x, threshold: select(x >= threshold, 1.0, 0.0)),
        ZERO,
        ZERO,
    ),
    facts_of=lambda threshold: Facts(
        0, 1, 0, 0, 0, 0,
        kinks=(Kink(threshold, 0, 1, 1, "the unit fires once its input reaches the threshold", order=0),),
    ),
    reference=Reference(
        "W. S. McCulloch and W. Pitts, A logical calculus of the ideas immanent in nervous activity, 1943",
        "https://doi.org/10.1007/BF02478259",
    ),
    remark="torch.heaviside and numpy.heaviside make the caller choose the value at 0; at the threshold mlx "
    "documents 1 and returns 0, since its code compares with >",
)  # fmt: skip

SIGN = Activation(
    name="sign",
    title="Sign",
    family="threshold",
    aliases=("signum",),
    spellings=spelled("onnx.Sign"),
    orders=(Order("sign(x)", lambda x: select(x == 0, x, np.sign(x))), ZERO, ZERO),
    facts_of=lambda: Facts(
        -1, 1, 0, 0, 0, 0, kinks=(Kink(0, -1, 1, 0, "0 keeps the function odd", order=0),), parity="odd"
    ),
    reference=Reference(
        "the two-valued unit of Rosenblatt's perceptron, 1958", "https://doi.org/10.1037/h0042519"
    ),
)

_LEFT_OUT = "the comparison is strict: the threshold itself counts as below"

THRESHOLD = Activation(
    name="threshold",
    title="Threshold",
    family="threshold",
    spellings=spelled("torch.nn.Threshold torch.nn.functional.threshold keras.activations.threshold"),
    parameters=(
        Parameter("threshold", 0.1, -1000, 1000, "above it the input passes"),
        Parameter("value", 0, -1000, 1000, "the output elsewhere"),
    ),
    orders=(
        Order("where(x > threshold, x, value)", lambda x, threshold, value: select(x > threshold, x, value)),
        Order("where(x > threshold, 1, 0)", lambda x, threshold, value: select(x > threshold, 1.0, 0.0)),
        ZERO,
    ),
    facts_of=lambda threshold, value: Facts(
        min(threshold, value), math.inf, 0, 1, 0, 1,
        kinks=(
            *kink(threshold, value, threshold, value, _LEFT_OUT, order=0),
            Kink(threshold, 0, 1, 0, _LEFT_OUT),
        ),
    ),
    reference=Reference(
        "torch.nn.Threshold, which leaves both parameters to the caller",
        "https://docs.pytorch.org/docs/stable/generated/torch.nn.Threshold.html",
    ),
    remark="torch and keras give threshold and value no defaults; those here are an example",
)  # fmt: skip

THRESHOLDED_RELU = Activation(
    name="thresholded_relu",
    title="Thresholded rectified linear unit",
    family="threshold",
    aliases=("trelu",),
    spellings=spelled("NNlib.trelu onnx.ThresholdedRelu keras2.ThresholdedReLU", theta=1),
    parameters=(Parameter("theta", 1, 0, 1000, "threshold"),),
    orders=(
        Order("where(x > theta, x, 0)", lambda x, theta: select(x > theta, x, 0.0)),
        Order("where(x > theta, 1, 0)", lambda x, theta: select(x > theta, 1.0, 0.0)),
        ZERO,
    ),
    facts_of=lambda theta: Facts(
        0, math.inf, 0, 1, 0, 1,
        kinks=(*kink(theta, 0, theta, 0, _LEFT_OUT, order=0), Kink(theta, 0, 1, 0, _LEFT_OUT)),
    ),
    reference=Reference(
        "K. Konda, R. Memisevic and D. Krueger, Zero-bias autoencoders and the benefits of co-adapting "
        "features, 2014",
        "https://arxiv.org/abs/1402.3337",
    ),
    remark="ONNX compares with > in the operator and with >= in the attribute of its recurrent operators",
)  # fmt: skip

ACTIVATIONS = (STEP, SIGN, THRESHOLD, THRESHOLDED_RELU)
