"""Every framework spelling as that framework computes it: `python -m tests.frameworks`.

Where a framework is installed, each of its words is executed at its own defaults on a grid and compared with
the record that the word resolves to. Prints, for each framework, how many were executed, and what was not.
"""

import os
import warnings
from collections.abc import Callable, Mapping
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actcli import registry
from actcli.activation import AnyActivation
from tests.catalogue import index

Function = Callable[[NDArray[Any]], Any]

# The beginning of a spelling, and the package that computes it.
PACKAGES = {
    "torch": "torch",
    "jax.nn": "jax",
    "flax.linen": "flax",
    "keras.activations": "keras",
    "keras.layers": "keras",
    "keras2": "tf_keras",
    "tf.nn": "tensorflow",
    "tf.math": "tensorflow",
    "mlx.nn": "mlx",
    "onnx": "onnx",
    "transformers": "transformers",
}
# Words that stand for no function of one array.
NOT_CALLABLE = {
    "torch.nn.functional.gumbel_softmax": "draws noise",
    "onnx.Affine": "is an attribute of recurrent layers",
    "onnx.ScaledTanh": "is an attribute of recurrent layers",
}
# Where a framework does not compute what it says it computes.
WRONG = {
    "keras.activations.sparsemax": "its outputs do not add up to 1: the threshold sums cumulative sums",
}
# What a function must be told besides its input, and which parameters of the record say it.
TOLD = {
    "torch.nn.Threshold": ("threshold", "value"),
    "torch.nn.functional.threshold": ("threshold", "value"),
    "keras.activations.threshold": ("threshold", "value"),
    "torch.nn.functional.prelu": ("a",),
    "mlx.nn.prelu": ("a",),
    "onnx.PRelu": ("a",),
}
# A row of even length: smooth stretches, and the places where pieces meet.
GRID = np.concatenate([np.linspace(-7, 7, 282), [-3, -1, -0.5, 0, 0.5, 1, 3, 6]])[None, :]


def home(word: str) -> str:
    """Return where a spelling comes from: the longest known beginning, or "" where none is known."""
    return max((start for start in PACKAGES if word.startswith(f"{start}.")), key=len, default="")


def executable() -> list[str]:
    """Return the spellings whose framework is installed and that are functions."""
    words = [word for _, records in index.rooms() for record in records for word in record.spellings]
    return sorted(
        word for word in words if home(word) and find_spec(PACKAGES[home(word)]) and word not in NOT_CALLABLE
    )


def outcome(word: str) -> NDArray[np.float64]:
    """Return what the framework computes for the spelling on GRID, as one row of float64."""
    record = registry.get(word)
    told = [record.values[name] for name in TOLD.get(word, ())]
    start, name = home(word), word.rpartition(".")[2]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        function = _FRAMEWORKS[start](word, name, record, told)
        return np.asarray(function(GRID), dtype=np.float64).reshape(-1)


def expected(word: str) -> NDArray[np.float64]:
    """Return what the record gives on GRID."""
    return np.asarray(registry.get(word)(GRID), dtype=np.float64).reshape(-1)


def disagreement(word: str) -> float:
    """Return the largest difference between the two, in units of 1 + |value|."""
    ours, theirs = expected(word), outcome(word)
    return float(np.max(np.abs(ours - theirs) / (1.0 + np.abs(ours))))


def tolerance(word: str) -> float:
    """Return what rounding may make of it: mlx and onnx compute in float32, tensorflow and keras hold some of
    their constants so, and keras its tanh.
    """
    return {"mlx": 2e-6, "onnx": 2e-6, "tensorflow": 1e-7, "keras": 1e-7, "tf_keras": 1e-7}.get(
        PACKAGES[home(word)], 1e-9
    )


def _torch(word: str, name: str, record: AnyActivation, told: list[float]) -> Function:
    torch = import_module("torch")
    found = getattr(import_module(word.rpartition(".")[0]), name)
    options = {"dim": -1} if name.casefold() in {"softmax", "logsoftmax", "log_softmax", "softmin"} else {}

    def call(x: NDArray[Any]) -> Any:
        tensor = torch.from_numpy(x)
        if name == "Softmax2d":
            return found()(tensor.reshape(1, -1, 1, 1))
        if isinstance(found, type):
            return found(*told, **options).double().eval()(tensor).detach()
        weights = [torch.tensor(told, dtype=torch.float64)] if name == "prelu" else told
        return found(tensor, *weights, **options)

    return call


def _jax(word: str, name: str, record: AnyActivation, told: list[float]) -> Function:
    jax = import_module("jax")
    jax.config.update("jax_enable_x64", True)
    found = getattr(import_module(word.rpartition(".")[0]), name)
    if isinstance(found, type):
        return lambda x: found(param_dtype=x.dtype).init_with_output(jax.random.key(0), jax.numpy.asarray(x))[
            0
        ]
    return lambda x: found(jax.numpy.asarray(x))


def _keras(word: str, name: str, record: AnyActivation, told: list[float]) -> Function:
    os.environ.setdefault("KERAS_BACKEND", "jax" if find_spec("jax") else "tensorflow")
    if os.environ["KERAS_BACKEND"] == "jax":
        import_module("jax").config.update("jax_enable_x64", True)
    keras = import_module("keras")
    keras.config.set_floatx("float64")
    found = getattr(import_module(word.rpartition(".")[0]), name)

    def call(x: NDArray[Any]) -> Any:
        tensor = keras.ops.convert_to_tensor(x)
        return keras.ops.convert_to_numpy(
            found()(tensor) if isinstance(found, type) else found(tensor, *told)
        )

    return call


def _keras_2(word: str, name: str, record: AnyActivation, told: list[float]) -> Function:
    keras = import_module("tf_keras")
    keras.backend.set_floatx("float64")
    tensorflow = import_module("tensorflow")
    layer = getattr(keras.layers, name, None) if name[0].isupper() else None
    found = layer() if layer else getattr(keras.activations, name)
    return lambda x: found(tensorflow.constant(x)).numpy()


def _tensorflow(word: str, name: str, record: AnyActivation, told: list[float]) -> Function:
    tensorflow = import_module("tensorflow")
    found = getattr(getattr(tensorflow, word.split(".")[1]), name)
    return lambda x: found(tensorflow.constant(x)).numpy()


def _mlx(word: str, name: str, record: AnyActivation, told: list[float]) -> Function:
    core, nn = import_module("mlx.core"), import_module("mlx.nn")
    found = getattr(nn, name)
    call = found() if isinstance(found, type) else found
    return lambda x: np.array(call(core.array(x.astype(np.float32)), *(core.array(value) for value in told)))


def _onnx(word: str, name: str, record: AnyActivation, told: list[float]) -> Function:
    onnx, reference = import_module("onnx"), import_module("onnx.reference")
    helper, kind = onnx.helper, onnx.TensorProto.FLOAT
    names = ["x", "other"] if told or name == "SwiGLU" else ["x"]
    inputs = [helper.make_tensor_value_info(each, kind, None) for each in names]
    output = helper.make_tensor_value_info("y", kind, None)
    graph = helper.make_graph([helper.make_node(name, names, ["y"])], "one", inputs, [output])
    opset = [helper.make_opsetid("", onnx.defs.onnx_opset_version())]
    evaluator = reference.ReferenceEvaluator(helper.make_model(graph, opset_imports=opset))

    def call(x: NDArray[Any]) -> Any:
        # The two halves of a gated linear unit are two inputs here.
        halves = np.split(x.astype(np.float32), 2, axis=-1) if name == "SwiGLU" else [x.astype(np.float32)]
        others = [np.array(told, dtype=np.float32)] if told else []
        return evaluator.run(None, dict(zip(names, [*halves, *others], strict=True)))[0]

    return call


def _transformers(word: str, name: str, record: AnyActivation, told: list[float]) -> Function:
    torch = import_module("torch")
    found = getattr(import_module("transformers.activations"), name)()
    return lambda x: found(torch.from_numpy(x))


_FRAMEWORKS: Mapping[str, Callable[[str, str, AnyActivation, list[float]], Function]] = {
    "torch": _torch,
    "jax.nn": _jax,
    "flax.linen": _jax,
    "keras.activations": _keras,
    "keras.layers": _keras,
    "keras2": _keras_2,
    "tf.nn": _tensorflow,
    "tf.math": _tensorflow,
    "mlx.nn": _mlx,
    "onnx": _onnx,
    "transformers": _transformers,
}


def main() -> None:
    """Execute what can be executed here, and print what agrees, what does not, and how many."""
    counts: dict[str, list[int]] = {}
    for word in executable():
        tally = counts.setdefault(home(word), [0, 0])
        try:
            apart = disagreement(word)
            tally[0] += 1
            if not apart <= tolerance(word):
                reason = f" ({WRONG[word]})" if word in WRONG else ""
                print(f"{word}: off from {registry.get(word).label} by {apart:.3g}{reason}")
                tally[1] += 1
        except Exception as problem:
            print(f"{word}: not executed: {type(problem).__name__}: {str(problem).splitlines()[0][:120]}")
    for start, (done, off) in counts.items():
        print(f"{start}: {done} executed, {off} off")


if __name__ == "__main__":
    main()
