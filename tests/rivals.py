"""The same activations in torch, jax and scipy, where they are installed: value, slope, curvature."""

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actcli.activation import Activation

LIBRARIES = ("torch", "jax", "scipy")
SCIPY = {"sigmoid": "expit", "log_sigmoid": "log_expit", "erf": "erf", "probit": "ndtr"}
Function = Callable[[NDArray[Any]], NDArray[Any]]


def functions(library: str, record: Activation) -> Sequence[Function] | None:
    """Return f, f′, f″ of `record` as that library computes them, or None where it has none."""
    try:
        found = {"torch": _torch, "jax": _jax, "scipy": _scipy}[library](record)
        if found:
            found[0](np.ones(1))
    except (ImportError, TypeError):
        # Not installed, or the function wants parameters that have no default there.
        return None
    return found


def spelled(record: Activation, prefix: str) -> str | None:
    """Return the word after `prefix` that spells the record with its default parameters, or None."""
    defaults = {parameter.name: parameter.default for parameter in record.parameters}
    words = [
        w
        for w, values in record.spellings.items()
        if w.startswith(prefix) and {**defaults, **values} == defaults
    ]
    return words[0].removeprefix(prefix) if words else None


def _torch(record: Activation) -> Sequence[Function] | None:
    import torch

    word = spelled(record, "torch.nn.functional.")
    if word is None:
        return None
    function = getattr(torch.nn.functional, word)

    def derivative(order: int) -> Function:
        def evaluate(x: NDArray[Any]) -> NDArray[Any]:
            z = torch.tensor(x, dtype=torch.float64, requires_grad=True)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                y = function(z)
            for _ in range(order):
                if not y.requires_grad:
                    return torch.zeros_like(z).detach().numpy()
                (y,) = torch.autograd.grad(y.sum(), z, create_graph=True, materialize_grads=True)
            return y.detach().numpy()

        return evaluate

    return tuple(derivative(order) for order in range(3))


def _jax(record: Activation) -> Sequence[Function] | None:
    import jax

    jax.config.update("jax_enable_x64", True)
    word = spelled(record, "jax.nn.")
    if word is None:
        return None

    def batched(function: Callable[..., Any]) -> Function:
        mapped = jax.vmap(function)
        return lambda x: np.asarray(mapped(x))

    value = getattr(jax.nn, word)
    return batched(value), batched(jax.grad(value)), batched(jax.grad(jax.grad(value)))


def _scipy(record: Activation) -> Sequence[Function] | None:
    from scipy import special

    word = SCIPY.get(record.name)
    return (getattr(special, word),) if word else None
