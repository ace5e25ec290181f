"""Plot, derive and compare activation functions, and see what many layers of them leave of a gradient.

    import actcli

    mish = actcli.get("mish")               # a name, a framework's spelling, or a formula in x
    mish([-1.0, 0.0, 1.0], order=1)         # f′ there; order 0 is f, order 2 is f″
    report = actcli.vanish(mish, depth=50)  # or plot, derive, against, compare, list_, …
    print(report)                           # the table that the command line prints
    report.save("mish.png")                 # its picture, by suffix: .png, .svg or .pdf
    report.to_record()                      # every number of it, as the command line's JSON

`names()` are the activations that there are, `from_functions` makes one of functions of one's own, and
`register` lets formulas and the command line's --load find it. What cannot be served raises
an `ActcliError`, one line with the cure.
"""

from actcli.version import VERSION

__version__ = VERSION

# True to type checkers; importing it from typing would cost a third of `actcli --version`.
TYPE_CHECKING = False

# Attributes are imported when they are first asked for, so that `actcli --version` needs no numpy.
_ROOMS = {
    "ActcliError": "errors",
    "Activation": "activation",
    "Facts": "activation",
    "Kink": "activation",
    "Order": "activation",
    "Parameter": "activation",
    "Reference": "activation",
    "VectorActivation": "activation",
    "from_functions": "custom",
    "get": "registry",
    "names": "registry",
    "register": "registry",
    "plot": "analysis.plot",
    "derive": "analysis.derive",
    "against": "analysis.against",
    "vanish": "analysis.vanish",
    "vanish_several": "analysis.vanish",
    "compare": "analysis.compare",
    "sweep": "analysis.sweep",
    "phase": "analysis.phase",
}
__all__ = [*sorted([*_ROOMS, "list_"]), "__version__"]  # noqa: PLE0604

if TYPE_CHECKING:
    from actcli.activation import Activation as Activation
    from actcli.activation import AnyActivation
    from actcli.activation import Facts as Facts
    from actcli.activation import Kink as Kink
    from actcli.activation import Order as Order
    from actcli.activation import Parameter as Parameter
    from actcli.activation import Reference as Reference
    from actcli.activation import VectorActivation as VectorActivation
    from actcli.analysis.against import against as against
    from actcli.analysis.compare import compare as compare
    from actcli.analysis.derive import derive as derive
    from actcli.analysis.list import ListReport
    from actcli.analysis.phase import phase as phase
    from actcli.analysis.plot import plot as plot
    from actcli.analysis.sweep import sweep as sweep
    from actcli.analysis.vanish import vanish as vanish
    from actcli.analysis.vanish import vanish_several as vanish_several
    from actcli.custom import from_functions as from_functions
    from actcli.errors import ActcliError as ActcliError
    from actcli.registry import get as get
    from actcli.registry import names as names
    from actcli.registry import register as register


def list_(*activations: "AnyActivation", family: str | None = None, text: str | None = None) -> "ListReport":
    """Return what there is to know about these activations, or about all there are where none is given.

    `family` and `text` keep those of a family, and those whose names, formula or reference contain a text.
    Raises OptionError for a family that none of them has.
    """
    from actcli.analysis.list import list_activations
    from actcli.registry import get, names

    everything = [get(name) for name in names()]
    return list_activations(activations or everything, family, text, among=everything)


def __getattr__(name: str) -> object:
    if name not in _ROOMS:
        raise AttributeError(f"module 'actcli' has no attribute '{name}'")
    # Here, because `actcli --version` asks for nothing, and importlib brings warnings with it.
    from importlib import import_module

    value: object = getattr(import_module(f"actcli.{_ROOMS[name]}"), name)
    return value


def __dir__() -> list[str]:
    return __all__
