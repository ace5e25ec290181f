"""What the value of an option may be: text in, a checked value out, or one line that says what is allowed."""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from actcli.errors import OptionError, shortened, suggestion
from actcli.render.text import number

_WHOLE = re.compile(r"[+-]?[0-9]{1,40}", re.ASCII)
_REAL = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,9})?", re.ASCII)


class Reader(Protocol):
    """Turns what was given for an option into its value."""

    def read(self, option: str, given: Any) -> Any:
        """Return the value, or raise OptionError with the value given and those allowed."""


class Whole(NamedTuple):
    """A whole number from `low` to `high`."""

    low: int
    high: int

    def read(self, option: str, given: str) -> int:
        """Return the number that `given` spells."""
        if _WHOLE.fullmatch(given) and self.low <= int(given) <= self.high:
            return int(given)
        raise OptionError(
            f"{option} is {echo(given)}; it takes a whole number from {self.low} to {self.high}"
        )


class Wholes(NamedTuple):
    """Two or more whole numbers from `low` to `high`, with commas between."""

    low: int
    high: int

    def read(self, option: str, given: str) -> tuple[int, ...]:
        """Return the numbers that `given` spells."""
        numbers = tuple(Whole(self.low, self.high).read(option, part.strip()) for part in given.split(","))
        if len(numbers) < 2:
            raise OptionError(f"{option} is {echo(given)}; it takes two or more numbers, as in 784,512,10")
        return numbers


class Sweep(NamedTuple):
    """A setting, two ends and how many values: sigma_w=0.5:3:40."""

    settings: tuple[str, ...]
    counts: tuple[int, int]

    def read(self, option: str, given: str) -> tuple[str, float, float, int]:
        """Return setting, low end, high end and count."""
        setting, equals, rest = given.partition("=")
        parts = rest.split(":")
        if not equals or len(parts) != 3:
            raise OptionError(f"{option} is {echo(given)}; the form is {self.settings[0]}=LOW:HIGH:N")
        name = Word(self.settings).read(option, setting.strip().replace("-", "_"))
        low, high = (Real().read(f"{option} {name}", part) for part in parts[:2])
        return name, low, high, Whole(*self.counts).read(f"{option} {name}", parts[2])


class Window(NamedTuple):
    """A setting and two ends, at least 0 and at most `highest`: sigma_w=0.5:3."""

    settings: tuple[str, ...]
    highest: float

    def read(self, option: str, given: str) -> tuple[str, tuple[float, float]]:
        """Return setting, low end and high end."""
        setting, equals, rest = given.partition("=")
        parts = rest.split(":")
        if not equals or len(parts) != 2:
            raise OptionError(f"{option} is {echo(given)}; the form is {self.settings[0]}=LOW:HIGH")
        name = Word(self.settings).read(option, setting.strip().replace("-", "_"))
        low, high = (Real(0, self.highest).read(f"{option} {name}", part) for part in parts)
        return name, (low, high)


class Real(NamedTuple):
    """A finite number from `low` to `high`; without `closed`, `low` itself is refused."""

    low: float = -math.inf
    high: float = math.inf
    closed: bool = True

    @property
    def allowed(self) -> str:
        """What may be given, in words."""
        if math.isinf(self.low) and math.isinf(self.high):
            return "a finite number, such as -0.5 or 1e-3"
        low = f"from {number(self.low, 6)}" if self.closed else f"above {number(self.low, 6)}"
        return f"a finite number {low}" + ("" if math.isinf(self.high) else f" to {number(self.high, 6)}")

    def read(self, option: str, given: str) -> float:
        """Return the number that `given` spells; nan and infinity are refused."""
        value = float(given) if _REAL.fullmatch(given) else math.nan
        inside = self.low <= value if self.closed else self.low < value
        if math.isfinite(value) and inside and value <= self.high:
            return value
        raise OptionError(f"{option} is {echo(given)}; it takes {self.allowed}")


class Interval(NamedTuple):
    """Two ends within ±`limit`, the first so far below the second that points fit between."""

    limit: float

    def read(self, option: str, given: Sequence[str]) -> tuple[float, float]:
        """Return the two ends."""
        low, high = (Real(-self.limit, self.limit).read(option, end) for end in given)
        if not high - low > 1e-6 * max(abs(low), abs(high)):
            ends = " ".join(map(echo, given))
            near = ", by more than a millionth" if high > low else ""
            raise OptionError(f"{option} is {ends}; the first end must lie below the second{near}")
        return low, high


class Word(NamedTuple):
    """One of a few words, in any case; `elsewhere` says of others where what they ask for is found."""

    words: tuple[str, ...]
    elsewhere: Mapping[str, str] = {}

    def read(self, option: str, given: str) -> str:
        """Return the word as it is spelled here."""
        if given.lower() in self.words:
            return given.lower()
        found = self.elsewhere.get(given.lower())
        near = f"; {found}" if found else suggestion(given, self.words)
        raise OptionError(f"{option} is {echo(given)}; it takes {', '.join(self.words)}{near}")


class Line(NamedTuple):
    """Text of at most `longest` characters, and at least one."""

    longest: int

    def read(self, option: str, given: str) -> str:
        """Return the text."""
        if not given.strip():
            raise OptionError(f"{option} is empty; give it a text, or leave it out")
        if len(given) > self.longest:
            raise OptionError(f"{option} has {len(given)} characters; at most {self.longest} are allowed")
        return given


class Each(NamedTuple):
    """An option that may be given several times, at most `most`."""

    reader: Reader
    most: int

    def read(self, option: str, given: Iterable[Any]) -> list[Any]:
        """Return the value of each occurrence."""
        if len(occurrences := [*given]) > self.most:
            raise OptionError(f"{option} is given {len(occurrences)} times; at most {self.most} are allowed")
        return [self.reader.read(option, one) for one in occurrences]


def echo(given: str) -> str:
    """Return what was given as an error may repeat it: quoted where it is no plain word, and not endless."""
    shown = shortened(given)
    return shown if shown and not re.search(r"\s", shown) else f"'{shown}'"
