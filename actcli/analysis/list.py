"""What activations there are: their names, spellings, parameters, formulas and sources."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np

from actcli.activation import Activation, AnyActivation, check_records
from actcli.analysis.shown import Shown
from actcli.errors import OptionError, suggestion
from actcli.numerics.floats import finite
from actcli.render.text import counted
from actcli.report import Cell, Column, Table
from actcli.version import VERSION

_COLUMNS: Final = (
    Column("name", "name", "left"),
    Column("aliases", "aliases", "left"),
    Column("parameters", "parameters", "left"),
    Column("formula", "formula", "left"),
    Column("family", "family", "left", optional=True),
)
_DATA_COLUMNS: Final = (
    *_COLUMNS,
    *(Column(key, key, "left") for key in ("title", "derivative_formula", "second_derivative_formula")),
    *(Column(key, key, "left") for key in ("spellings", "reference", "url")),
)
_PARAMETER_COLUMNS: Final = (
    Column("name", "parameter", "left"),
    Column("default", "default"),
    Column("low", "low"),
    Column("high", "high"),
    Column("meaning", "meaning", "left"),
)
_SPELLING_COLUMNS: Final = (Column("spelling", "spelling", "left"), Column("means", "means", "left"))
# Where two activations of one name are compared: wide enough for every knee, fine enough to find the worst.
_EDGE: Final = 8.0
_GRID: Final = 3_201


class Disagreement(NamedTuple):
    """Two frameworks that mean different functions by one word.

    `difference` is the largest |f − g| on [−8, 8] and `x` where it is reached; None for vector-valued ones.
    """

    first: str
    second: str
    first_means: str
    second_means: str
    difference: float | None
    x: float | None

    def sentence(self) -> str:
        """Say who disagrees about what, and by how much."""
        text = f"{self.first} is {self.first_means}, but {self.second} is {self.second_means}"
        if self.difference is None or self.x is None:
            return text
        where = f"at x = {self.x:g} of [−{_EDGE:g}, {_EDGE:g}]"
        return f"{text}: they differ by up to {self.difference:.4g}, {where}"


@dataclass(frozen=True, repr=False)
class ListReport(Shown):
    """The activations found, with what was asked for; `disagreements` are those about each name."""

    activations: tuple[AnyActivation, ...]
    family: str | None
    text: str | None
    disagreements: Mapping[str, tuple[Disagreement, ...]]

    def to_record(self) -> dict[str, Any]:
        """Return every activation with all its names, parameters, formulas and its reference."""
        return {
            "report": "list",
            "actcli": VERSION,
            "family": self.family,
            "text": self.text,
            "activations": [_entry(record, self.disagreements[record.name]) for record in self.activations],
        }

    def to_page(self) -> str:
        """Return the catalogue as a page of Markdown, with a place for a picture of each activation."""
        # Only the page reads formulas, and pays for the import of their language.
        from actcli.analysis.page import page

        sentences = {name: [d.sentence() for d in found] for name, found in self.disagreements.items()}
        return page(self.activations, sentences)

    def to_table(self) -> Table:
        """Return one row an activation; for a single one, everything there is to know about it.

        As data it is one row an activation in either case, with the same columns.
        """
        count = len(self.activations)
        title = counted(count, "activation") if count else "no activation fits"
        data = Table(title, _DATA_COLUMNS, tuple(map(_data_row, self.activations)))
        if len(self.activations) == 1 and self.family is None and self.text is None:
            details = _details(self.activations[0], self.disagreements[self.activations[0].name])
            return details._replace(data=data)
        return Table(
            title=title,
            columns=_COLUMNS,
            rows=tuple(_row(record) for record in self.activations),
            notes=("actcli list NAME shows one with its spellings, derivative and reference",),
            data=data,
        )


def list_activations(
    activations: Iterable[AnyActivation],
    family: str | None = None,
    text: str | None = None,
    among: Iterable[AnyActivation] = (),
) -> ListReport:
    """Return those activations of `family` whose names, formula or reference contain `text`, in order.

    `among` are all activations there are: what their spellings disagree about is found among them.
    Raises OptionError for a family that none of them has.
    """
    everything = [*activations]
    check_records(*everything)
    families = sorted({record.family for record in (*everything, *among)})
    if family is not None and family not in families:
        near = suggestion(family, families) or f"; the families are {', '.join(families)}"
        raise OptionError(f"unknown family '{family}'{near}")
    found = [r for r in everything if family in (None, r.family) and (text is None or _contains(r, text))]
    meanings = _meanings([*among, *everything])
    return ListReport(
        tuple(found), family, text, {record.name: tuple(_disagreements(record, meanings)) for record in found}
    )


def _contains(record: AnyActivation, text: str) -> bool:
    places = (
        record.name,
        record.title,
        record.family,
        record.remark,
        _formulas(record)[0] or "",
        record.reference.text,
    )
    return any(text.casefold() in place.casefold() for place in (*places, *record.aliases, *record.spellings))


def _formulas(record: AnyActivation) -> tuple[str | None, str | None, str | None]:
    """Return the formulas of f, f′ and f″; None where there is none."""
    if isinstance(record, Activation):
        value, slope, curvature = (order.formula or None for order in record.orders[:3])
        return value, slope, curvature
    return record.formula, record.derivative_formula, None


def _meanings(records: Sequence[AnyActivation]) -> dict[str, dict[str, AnyActivation]]:
    """Return what each spelling of every framework word means: word → spelling → record."""
    meanings: dict[str, dict[str, AnyActivation]] = {}
    for record in records:
        for spelling, values in record.spellings.items():
            word = _word(spelling)
            meanings.setdefault(word, {}).setdefault(spelling, record.bind(**values))
    return meanings


def _word(spelling: str) -> str:
    return spelling.rpartition(".")[2].replace("_", "").casefold()


def _disagreements(
    record: AnyActivation, meanings: Mapping[str, Mapping[str, AnyActivation]]
) -> Iterable[Disagreement]:
    """Yield one disagreement for each other meaning of a word by which a framework names `record`."""
    seen: set[frozenset[str]] = set()
    for word in dict.fromkeys(_word(spelling) for spelling in record.spellings):
        spellings = meanings[word]
        mine = next(spelling for spelling, meant in spellings.items() if meant.name == record.name)
        for other, meant in spellings.items():
            pair = frozenset((spellings[mine].label, meant.label))
            if len(pair) == 2 and pair not in seen:
                seen.add(pair)
                yield _disagreement(mine, spellings[mine], other, meant)


def _disagreement(first: str, f: AnyActivation, second: str, g: AnyActivation) -> Disagreement:
    if not (isinstance(f, Activation) and isinstance(g, Activation)):
        return Disagreement(first, second, f.label, g.label, None, None)
    x = np.linspace(-_EDGE, _EDGE, _GRID)
    difference = np.abs(f(x) - g(x))
    # Of places that differ equally, but for the last digits, the first.
    worst = int(np.argmax(np.round(difference, 12)))
    return Disagreement(first, second, f.label, g.label, float(difference[worst]), float(x[worst]))


def _entry(record: AnyActivation, disagreements: Iterable[Disagreement]) -> dict[str, Any]:
    formula, slope, curvature = _formulas(record)
    return {
        "name": record.name,
        "title": record.title,
        "aliases": [*record.aliases],
        "spellings": {
            word: {name: finite(value) for name, value in values.items()}
            for word, values in record.spellings.items()
        },
        "parameters": [
            {
                "name": p.name,
                "default": finite(p.default),
                "low": finite(p.low),
                "high": finite(p.high),
                "meaning": p.meaning,
            }
            for p in record.parameters
        ],
        "formula": formula,
        "derivative_formula": slope,
        "second_derivative_formula": curvature,
        "family": record.family,
        "elementwise": isinstance(record, Activation),
        "remark": record.remark,
        "reference": {"text": record.reference.text, "url": record.reference.url},
        "disagreements": [
            {
                "spellings": [d.first, d.second],
                "means": [d.first_means, d.second_means],
                "difference": d.difference,
                "x": d.x,
            }
            for d in disagreements
        ],
    }


def _row(record: AnyActivation) -> tuple[Cell, ...]:
    parameters = ", ".join(f"{p.name}={p.default:g}" for p in record.parameters)
    return record.name, ", ".join(record.aliases), parameters, _formulas(record)[0], record.family


def _data_row(record: AnyActivation) -> tuple[Cell, ...]:
    _, slope, curvature = _formulas(record)
    spellings = ", ".join(sorted(record.spellings))
    reference = record.reference
    return *_row(record), record.title, slope, curvature, spellings, reference.text, reference.url or None


def _details(record: AnyActivation, disagreements: Sequence[Disagreement]) -> Table:
    formula, slope, curvature = _formulas(record)
    lines: list[tuple[str, Cell]] = [
        ("name", record.name),
        ("aliases", ", ".join(record.aliases) or None),
        ("family", record.family),
        ("formula", formula),
        ("derivative", slope),
        ("second derivative", curvature),
        ("reference", record.reference.text),
        ("link", record.reference.url or None),
    ]
    parameters = tuple((p.name, record.values[p.name], p.low, p.high, p.meaning) for p in record.parameters)
    spellings = tuple(
        (word, record.bind(**values).label) for word, values in sorted(record.spellings.items())
    )
    further = (
        Table("parameters", _PARAMETER_COLUMNS, parameters),
        Table("framework spellings", _SPELLING_COLUMNS, spellings),
    )
    return Table(
        title=record.title,
        lines=tuple(line for line in lines if line[1] is not None),
        notes=tuple(text for text in (record.remark, *(d.sentence() for d in disagreements)) if text),
        further=tuple(table for table in further if table.rows),
    )
