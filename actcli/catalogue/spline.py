"""Compactly curved activations: a few straight or polynomial pieces that join smoothly, or make a hat."""

import math

import numpy as np

from actcli.activation import Activation, Array, Facts, Kink, Order, Parameter, Reference
from actcli.catalogue.pieces import line
from actcli.catalogue.spelling import spelled
from actcli.numerics import select

_MEAN = "the mean of both sides, which keeps the curvature odd"
_OUTER = "the curvature outside"


def _sparse_plus(x: Array, beta: float) -> Array:
    return select(x >= beta, x, np.square(np.maximum(x + beta, 0.0)) / (4.0 * beta))


SPARSE_PLUS = Activation(
    name="sparse_plus",
    title="Sparse plus (smooth rectifier by a parabola)",
    family="spline",
    aliases=("smelu",),
    spellings=spelled("jax.nn.sparse_plus keras.activations.sparse_plus", beta=1),
    parameters=(Parameter("beta", 1, 0.001, 1000, "half the width of the parabola"),),
    orders=(
        Order("where(x >= beta, x, max(x + beta, 0)**2/(4*beta))", _sparse_plus),
        Order("clip((x + beta)/(2*beta), 0, 1)", lambda x, beta: np.clip((x + beta) / beta / 2, 0.0, 1.0)),
        Order(
            "where(abs(x) < beta, 1/(2*beta), 0)",
            lambda x, beta: select(np.abs(x) < beta, 0.5 / beta, 0.0),
        ),
    ),
    facts_of=lambda beta: Facts(
        0, math.inf, 0, 1, 0, 1,
        kinks=(Kink(-beta, 0, 0.5 / beta, 0, _OUTER, order=2), Kink(beta, 0.5 / beta, 0, 0, _OUTER, order=2)),
    ),
    reference=Reference(
        "G. I. Shamir, D. Lin and L. Coviello, Smooth activations and reproducibility in deep networks, "
        "2020 (as SmeLU)",
        "https://arxiv.org/abs/2010.09931",
    ),
)  # fmt: skip

SQNL = Activation(
    name="sqnl",
    title="Square nonlinearity",
    family="spline",
    orders=(
        Order(
            "where(abs(x) < 2, x - x*abs(x)/4, sign(x))",
            lambda x: select(np.abs(x) < 2, x * (1.0 - np.abs(x) / 4.0), np.sign(x)),
        ),
        Order("max(1 - abs(x)/2, 0)", lambda x: np.maximum((2.0 - np.abs(x)) / 2.0, 0.0)),
        Order("where(abs(x) < 2, -sign(x)/2, 0)", lambda x: select(np.abs(x) < 2, -np.sign(x) / 2.0, 0.0)),
    ),
    facts_of=lambda: Facts(
        -1, 1, 0, 1, 0, 0,
        kinks=(
            Kink(-2, 0, 1 / 2, 0, _OUTER, order=2),
            Kink(0, 1 / 2, -1 / 2, 0, _MEAN, order=2),
            Kink(2, -1 / 2, 0, 0, _OUTER, order=2),
        ),
        parity="odd",
    ),
    reference=Reference(
        "A. Wuraola and N. Patel, SQNL: a new computationally efficient activation function, 2018",
        "https://doi.org/10.1109/IJCNN.2018.8489043",
    ),
)  # fmt: skip


def _smoothstep(x: Array, gamma: float) -> Array:
    near = np.clip(x, -gamma / 2, gamma / 2)
    return np.square((near + gamma / 2) / gamma) * (2.0 * (gamma - near) / gamma)


SMOOTHSTEP = Activation(
    name="smoothstep",
    title="Cubic smooth step",
    family="spline",
    parameters=(Parameter("gamma", 1, 0.001, 1000, "width of the step"),),
    orders=(
        Order(
            "where(x >= gamma/2, 1, where(x > -gamma/2, (x/gamma + 1/2)**2*(2 - 2*x/gamma), 0))",
            _smoothstep,
        ),
        Order(
            "where(abs(x) < gamma/2, 6/gamma*(1/2 - x/gamma)*(1/2 + x/gamma), 0)",
            lambda x, gamma: select(
                np.abs(x) < gamma / 2,
                6.0 / gamma * ((gamma / 2 - x) / gamma) * ((gamma / 2 + x) / gamma),
                0.0,
            ),
        ),
        Order(
            "where(abs(x) < gamma/2, -12*x/gamma**3, 0)",
            lambda x, gamma: select(np.abs(x) < gamma / 2, -12.0 * (x / gamma) / (gamma * gamma), 0.0),
        ),
    ),
    facts_of=lambda gamma: Facts(
        0, 1, 0, 1.5 / gamma, 0, 0,
        kinks=(
            Kink(-gamma / 2, 0, 6 / gamma**2, 0, _OUTER, order=2),
            Kink(gamma / 2, -6 / gamma**2, 0, 0, _OUTER, order=2),
        ),
    ),
    reference=Reference(
        "H. Hazimeh and others, The tree ensemble layer: differentiability meets conditional computation, "
        "2020",
        "https://arxiv.org/abs/2002.07772",
    ),
)  # fmt: skip

HAT = Activation(
    name="hat",
    title="Hat (linear B-spline)",
    family="spline",
    orders=(
        Order("max(1 - abs(x - 1), 0)", lambda x: np.maximum(np.minimum(x, 2.0 - x), 0.0)),
        Order(
            "where(abs(x - 1) < 1, -sign(x - 1), 0)",
            lambda x: select((x > 0) & (x < 2), np.sign(1.0 - x), 0.0),
        ),
        Order("0", np.zeros_like),
    ),
    facts_of=lambda: Facts(
        0, 1, -1, 1, 0, 0,
        kinks=(
            Kink(0, 0, 1, 0, "the slope outside"),
            Kink(1, 1, -1, 0, "the mean of both slopes"),
            Kink(2, -1, 0, 0, "the slope outside"),
        ),
    ),
    reference=Reference(
        "Q. Hong, J. W. Siegel, Q. Tan and J. Xu, On the activation function dependence of the spectral bias "
        "of neural networks, 2022",
        "https://arxiv.org/abs/2208.04924",
    ),
)  # fmt: skip


def _sq_rbf(x: Array) -> Array:
    size = np.abs(x)
    return select(size <= 1, 1.0 - np.square(x) / 2.0, np.square(np.maximum(2.0 - size, 0.0)) / 2.0)


SQ_RBF = Activation(
    name="sq_rbf",
    title="Square-law radial basis function",
    family="spline",
    orders=(
        Order("where(abs(x) <= 1, 1 - x**2/2, max(2 - abs(x), 0)**2/2)", _sq_rbf),
        Order(
            "where(abs(x) <= 1, -x, -sign(x)*max(2 - abs(x), 0))",
            lambda x: select(np.abs(x) <= 1, -x, -np.sign(x) * np.maximum(2.0 - np.abs(x), 0.0)),
        ),
        Order(
            "where(abs(x) <= 1, -1, where(abs(x) < 2, 1, 0))",
            lambda x: select(np.abs(x) <= 1, -1.0, select(np.abs(x) < 2, 1.0, 0.0)),
        ),
    ),
    facts_of=lambda: Facts(
        0, 1, -1, 1, 0, 0,
        kinks=(
            Kink(-2, 0, 1, 0, _OUTER, order=2),
            Kink(-1, 1, -1, -1, "the curvature of the middle piece", order=2),
            Kink(1, -1, 1, -1, "the curvature of the middle piece", order=2),
            Kink(2, 1, 0, 0, _OUTER, order=2),
        ),
        parity="even",
    ),
    reference=Reference(
        "A. Wuraola and N. Patel, Computationally efficient radial basis function, 2018",
        "https://doi.org/10.1007/978-3-030-04179-3_9",
    ),
)  # fmt: skip

SOFT_MODULUS_Q = Activation(
    name="soft_modulus_q",
    title="Soft absolute value by a cubic (SoftModulusQ)",
    family="spline",
    aliases=("softmodulus_q",),
    orders=(
        Order(
            "where(abs(x) < 1, x**2*(2 - abs(x)), abs(x))",
            lambda x: select(np.abs(x) < 1, x * x * (2.0 - np.abs(x)), np.abs(x)),
        ),
        Order(
            "where(abs(x) < 1, x*(4 - 3*abs(x)), sign(x))",
            lambda x: select(np.abs(x) < 1, x * line(-3.0, np.abs(x), 4.0), np.sign(x)),
        ),
        Order(
            "where(abs(x) < 1, 4 - 6*abs(x), 0)",
            lambda x: select(np.abs(x) < 1, line(-6.0, np.abs(x), 4.0), 0.0),
        ),
    ),
    facts_of=lambda: Facts(
        0, math.inf, -4 / 3, 4 / 3, -1, 1,
        kinks=(Kink(-1, 0, -2, 0, _OUTER, order=2), Kink(1, -2, 0, 0, _OUTER, order=2)),
        parity="even",
    ),
    reference=Reference(
        "I. Vallés-Pérez and others, Empirical study of the modulus as activation function in computer "
        "vision applications, 2023",
        "https://arxiv.org/abs/2301.05993",
    ),
)  # fmt: skip

ACTIVATIONS = (SPARSE_PLUS, SQNL, SMOOTHSTEP, HAT, SQ_RBF, SOFT_MODULUS_Q)
