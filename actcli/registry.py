"""The one list of activations: built-ins indexed from the catalogue, what users register, and plug-ins.

A word is looked up in this order: built-in or registered name, alias, framework spelling (each first as
written, then without regard to case), installed plug-in, formula in x.
"""

import keyword
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

from actcli.errors import (
    FormulaError,
    ParameterError,
    RegistrationError,
    UnknownActivationError,
    brief,
    suggestion,
)

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

    from actcli.activation import Activation, AnyActivation
    from actcli.formula import Expression

PLUG_IN_GROUP = "actcli.activations"
_NAME = re.compile(r"[A-Za-z_]\w*")
_LONGEST_NAME = 100
# What these mean in every formula.
_RESERVED = frozenset({"x", "pi", "e"})

_registered: dict[str, "AnyActivation"] = {}


def names() -> tuple[str, ...]:
    """Return the names of all built-in and registered activations, sorted; plug-ins once they are used."""
    return tuple(sorted({*index(), *_registered}))


def words() -> tuple[str, ...]:
    """Return every word that names an activation: names, aliases and framework spellings."""
    return tuple(_words())


def get(text: str) -> "AnyActivation":
    """Return the activation that `text` names.

    Takes a name or alias (`relu`, `swish`), a framework's spelling with that framework's defaults
    (`torch.nn.GELU`), either with parameters (`leaky_relu:negative_slope=0.2`), or a formula in x, named or
    not (`mine = x * sigmoid(1.5 * x)`). Raises UnknownActivationError, ParameterError or FormulaError.
    """
    if not isinstance(text, str):
        cure = "a function is made a record with actcli.from_functions(f, slope)"
        raise UnknownActivationError(f"{brief(text)} is no text that names an activation, as 'relu'; {cure}")
    text = text.strip()
    if not text:
        raise UnknownActivationError("the name of an activation is missing; `actcli list` shows all of them")
    head, colon, settings = text.partition(":")
    record = _find(head.strip())
    if record is not None:
        return record.bind(**_settings(record, settings)) if colon else record
    if _is_word(head) and (colon or not (_is_function(head) or _formula_or_none(text))):
        raise UnknownActivationError(
            f"unknown activation '{head}'{suggestion(head, _words()) or '; `actcli list` shows all of them'}"
        )
    return _from_formula(text)


def register(record: "AnyActivation") -> "AnyActivation":
    """Add a record to the list and return it; its name, aliases and spellings must be free.

    Raises RegistrationError where a word is taken (both owners are named) or `record` is no record.
    """
    from actcli.activation import Record

    if not isinstance(record, Record):
        raise RegistrationError(f"{brief(record)} is no activation record; register an actcli.Activation")
    if not _NAME.fullmatch(record.name) or record.name in _RESERVED:
        raise RegistrationError(
            f"'{record.name}' cannot name an activation; use letters, digits and underscores"
        )
    taken = _words()
    for word in (record.name, *record.aliases, *record.spellings):
        if word in taken:
            raise RegistrationError(
                f"'{word}' of {record.title} is taken by {taken[word]}; choose another name"
            )
    _registered[record.name] = record
    return record


@cache
def index() -> Mapping[str, Mapping[str, Any]]:
    """Return the index of the built-ins: name → room, family, aliases, spellings, parameters; no numpy.

    Each parameter has its lowest value, its default and its highest; None stands for what is infinite.
    """
    # Here, because the help of every command imports this module and needs no index; by pkgutil, because
    # importlib.resources brings tempfile, zipfile and random with it, 7 ms of every start.
    import json
    from pkgutil import get_data

    # None only for loaders that have no files at all.
    text = cast("bytes", get_data("actcli", "catalogue/index.json"))
    records: Mapping[str, Mapping[str, Any]] = json.loads(text)["records"]
    return records


def _words() -> dict[str, str]:
    """Return every word with the name of the activation that owns it."""
    owners = {
        word: name
        for name, entry in index().items()
        for word in (name, *entry["aliases"], *entry["spellings"])
    }
    for name, record in _registered.items():
        owners |= dict.fromkeys((name, *record.aliases, *record.spellings), name)
    return owners


def _find(word: str) -> "AnyActivation | None":
    owners = _words()
    if word not in owners:
        folded = {candidate.casefold(): candidate for candidate in reversed(owners)}
        word = folded.get(word.casefold().replace("-", "_"), word)
    if word not in owners:
        return _plug_in(word)
    record = _registered.get(owners[word]) or _built_in(owners[word])
    return record.bind(**record.spellings[word]) if word in record.spellings else record


@cache
def _built_in(name: str) -> "AnyActivation":
    room = import_module(f"actcli.catalogue.{index()[name]['room']}")
    return next(record for record in room.ACTIVATIONS if record.name == name)  # type: ignore[no-any-return]


def plug_ins() -> Iterator["EntryPoint"]:
    """Yield the entry points that other installed packages offer, without importing them."""
    from importlib.metadata import entry_points

    yield from entry_points(group=PLUG_IN_GROUP)


def _plug_in(word: str) -> "AnyActivation | None":
    if not _NAME.fullmatch(word):
        return None
    offered = next((point for point in plug_ins() if point.name == word), None)
    if offered is None:
        return None
    package = offered.dist.name if offered.dist else offered.value
    try:
        record = offered.load()
    except Exception as error:  # a stranger's module may raise anything
        raise RegistrationError(
            f"plug-in '{word}' of package {package} fails on import: {type(error).__name__}: {error}"
        ) from error
    name = getattr(record, "name", None)
    if name != word:
        owner = f", which is taken by {_words()[name]} of actcli" if name in _words() else ""
        raise RegistrationError(f"plug-in '{word}' of package {package} holds a record named '{name}'{owner}")
    try:
        return register(record)
    except RegistrationError as error:
        raise RegistrationError(f"plug-in of package {package}: {error}") from error


def _is_word(text: str) -> bool:
    """Return whether a text that names nothing was meant as a name, and not as a formula or as code."""
    first, *others = text.strip().split(".")
    spelled = len(text) <= _LONGEST_NAME and all(part.isidentifier() for part in (first, *others))
    return spelled and first != "x" and not keyword.iskeyword(first)


def _is_function(word: str) -> bool:
    """Return whether a word is a function of the formula language, and asks for its operand."""
    from actcli.formula.primitives import ALIASES, CALLABLE

    return word in CALLABLE or word in ALIASES


def _settings(record: "AnyActivation", text: str) -> dict[str, float]:
    values: dict[str, float] = {}
    for setting in text.split(","):
        name, equals, value = (part.strip() for part in setting.partition("="))
        if not (name and equals and value):
            form = ",".join(f"{p.name}={p.default:g}" for p in record.parameters) or "it has no parameters"
            raise ParameterError(
                f"'{setting.strip()}' is no parameter of {record.name}; the form is name=value ({form})"
            )
        if name in values:
            raise ParameterError(f"parameter {name} of {record.name} is given twice; give it once")
        values[name] = value  # type: ignore[assignment]  # bind reads the number and names the range
    return values


def _formula_or_none(text: str) -> "Expression | None":
    from actcli.formula import parse

    try:
        return parse(text, functions=_elementwise)
    except FormulaError:
        return None


def _elementwise(word: str) -> "Activation | None":
    """Return the elementwise activation that a formula may call by this word."""
    from actcli.activation import Activation

    record = _find(word) if word in _words() else None
    return record if isinstance(record, Activation) else None


def _from_formula(text: str) -> "Activation":
    from actcli.custom import formula_record
    from actcli.formula import parse, split_name

    name, formula = split_name(text)
    if name in _RESERVED:
        raise FormulaError(f"'{name}' cannot name a formula; a comparison is written {name} == {formula}")
    if name is not None and name in _words():
        raise RegistrationError(f"'{name}' is taken by {_words()[name]}; give the formula another name")
    return formula_record(name or formula, parse(formula, functions=_elementwise))
