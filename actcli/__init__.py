"""actcli: analyse neural-network activation functions, from the command line and from Python."""

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
    "compare": "analysis.compare",
}
__all__ = [*sorted(_ROOMS), "__version__"]  # noqa: PLE0604

if TYPE_CHECKING:
    from actcli.activation import Activation as Activation
    from actcli.activation import Facts as Facts
    from actcli.activation import Kink as Kink
    from actcli.activation import Order as Order
    from actcli.activation import Parameter as Parameter
    from actcli.activation import Reference as Reference
    from actcli.activation import VectorActivation as VectorActivation
    from actcli.analysis.against import against as against
    from actcli.analysis.compare import compare as compare
    from actcli.analysis.derive import derive as derive
    from actcli.analysis.plot import plot as plot
    from actcli.analysis.vanish import vanish as vanish
    from actcli.custom import from_functions as from_functions
    from actcli.errors import ActcliError as ActcliError
    from actcli.registry import get as get
    from actcli.registry import names as names
    from actcli.registry import register as register


def __getattr__(name: str) -> object:
    if name not in _ROOMS:
        raise AttributeError(f"module 'actcli' has no attribute '{name}'")
    # Here, because `actcli --version` asks for nothing, and importlib brings warnings with it.
    from importlib import import_module

    value: object = getattr(import_module(f"actcli.{_ROOMS[name]}"), name)
    return value


def __dir__() -> list[str]:
    return __all__
