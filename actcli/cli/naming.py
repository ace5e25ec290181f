"""From the words of a command line to activations: names, formulas, and what a user's own file defines."""

import sys
from collections.abc import Callable, Iterable, Sequence
from types import ModuleType
from typing import TYPE_CHECKING, Any

from actcli import registry
from actcli.errors import ActcliError, OutputError, RegistrationError, UnknownActivationError

if TYPE_CHECKING:
    from actcli.activation import AnyActivation


def resolve(
    words: Sequence[str], load: Iterable[str] | None, note: Callable[[str], None]
) -> "list[AnyActivation]":
    """Return the activation of each word, in order; one named twice is kept once, and that is said."""
    plain: dict[str, str] = {}
    for path in load or ():
        plain |= dict.fromkeys(load_file(path), path)
    kept: dict[Any, AnyActivation] = {}
    for word in words:
        try:
            record = registry.get(word)
        except UnknownActivationError:
            if word not in plain:
                raise
            raise RegistrationError(
                f"'{word}' is a plain function in {plain[word]}; {_adoption(word)}"
            ) from None
        key = (record.name, tuple(record.values.items()))
        if key in kept:
            note(f"note: {record.label} is given more than once; it is shown once")
        kept.setdefault(key, record)
    return list(kept.values())


def load_file(path: str) -> tuple[str, ...]:
    """Run a user's Python file, register its activation records and return the names of its plain functions.

    Raises RegistrationError for a file that fails, or that neither defines nor registers an activation.
    """
    before = registry.names()
    module = _run(path)
    own = [
        word for word, item in vars(module).items() if getattr(item, "__module__", None) == module.__name__
    ]
    functions = tuple(word for word in own if callable(vars(module)[word]))
    registered = len(registry.names()) > len(before)
    _register_all(path, vars(module).values(), functions, registered)
    return functions


def _run(path: str) -> ModuleType:
    """Run a Python file as a module named after it; raise OutputError or RegistrationError where it fails."""
    from pathlib import Path

    try:
        source = Path(path).read_bytes()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise OutputError(f"cannot read --load {path}: {reason}; give the path of a Python file") from None
    module = ModuleType(Path(path).stem)
    module.__file__ = path
    # Dataclasses and pickles look their module up by name; a module that is there already is not replaced.
    sys.modules.setdefault(module.__name__, module)
    try:
        exec(compile(source, path, "exec"), module.__dict__)
    except (Exception, SystemExit) as error:
        problem = str(error) if isinstance(error, ActcliError) else f"{type(error).__name__}: {error}"
        raise RegistrationError(f"--load {path} fails{_line(path, error)}: {problem}") from error
    return module


def _line(path: str, error: BaseException) -> str:
    """Return the line of a file at which an error arose, in words; empty where it did not arise there."""
    import traceback

    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == path]
    line = getattr(error, "lineno", None) or (lines[-1] if lines else None)
    return f", line {line}" if line else ""


def _adoption(function: str) -> str:
    """Return the line that makes an activation of a plain function."""
    adopted = f"{function} = actcli.from_functions({function})"
    return f"adopt it there: {adopted}, with its slope as the second argument"


def _register_all(path: str, objects: Iterable[object], functions: Sequence[str], registered: bool) -> None:
    """Register the records among what a file defines; raise where there are none and it registered none."""
    from actcli.activation import Record

    found = [item for item in objects if isinstance(item, Record)]
    if not (found or registered) and functions:
        raise RegistrationError(
            f"--load {path} defines plain functions only, such as {functions[0]}; {_adoption(functions[0])}"
        )
    if not (found or registered):
        raise RegistrationError(
            f"--load {path} defines no activation; write one as `name = actcli.Activation(...)`"
        )
    for record in found:
        if not _is_known(record):
            registry.register(record)  # type: ignore[arg-type]  # register refuses what is no activation


def _is_known(record: Any) -> bool:
    """Return whether `record` is a registered activation, perhaps with other parameters."""
    if record.name not in registry.names():
        return False
    known: Any = registry.get(record.name)
    return type(known) is type(record) and known.title == record.title and known.reference is record.reference


def complete(incomplete: str) -> list[str]:
    """Return the words that a shell may offer for an activation begun with `incomplete`; needs no numpy."""
    head, colon, settings = incomplete.partition(":")
    if not colon:
        words: Iterable[str] = registry.words() if incomplete else registry.names()
        return [word for word in words if word.startswith(incomplete)]
    known = registry.index().get(head) or next(
        (entry for entry in registry.index().values() if head in (*entry["aliases"], *entry["spellings"])),
        None,
    )
    given, comma, begun = settings.rpartition(",")
    used = {setting.partition("=")[0] for setting in given.split(",")}
    offered = [
        f"{name}={value}"
        for name, values in (known["parameters"].items() if known else ())
        if name not in used
        # Values too, so that a shell does not take the name for all there is and go on to the next word.
        for value in ("", *dict.fromkeys(f"{value:g}" for value in values if value is not None))
    ]
    return [f"{head}:{given}{comma}{word}" for word in offered if word.startswith(begun) and word != begun]


def families() -> list[str]:
    """Return the families of the built-in activations; needs no numpy."""
    return sorted({entry["family"] for entry in registry.index().values()})
