"""What the learner chose, and the address that says the same.

Each chapter has one Param class. Its bounds are the limits, its docs are the help texts, and its
`ADDRESS` table maps parameters to short keys of the query string. A value that an address gives is
parsed by the kind of its parameter and checked against its bounds; nothing is ever executed.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlencode

import param

VERSION = "1"
FRAME_KEYS = ("chapter", "v", "embed", "theme")  # belong to the page, not to a chapter
MAX_QUERY = 4000  # characters; longer addresses are cut by servers and mail programs anyway


class ChapterState(param.Parameterized):
    """Base of the chapters' states."""

    ADDRESS: ClassVar[dict[str, str]] = {}  # parameter name -> key in the address

    def values_for_address(self) -> dict[str, str]:
        """The parameters that differ from their defaults, as text, by their keys."""
        return {
            self.ADDRESS[name]: write(getattr(self, name))
            for name, default in self.defaults().items()
            if getattr(self, name) != default
        }

    def defaults(self) -> dict[str, Any]:
        """What the chapter begins with, of all that an address may say."""
        return {name: self.param[name].default for name in self.ADDRESS}

    def apply(self, values: dict[str, Any]) -> None:
        """Set several parameters at once."""
        self.param.update(**values)


def write(value: Any) -> str:
    """A value as it stands in an address."""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, list | tuple):
        return "~".join(write(item) for item in value)
    return repr(value) if isinstance(value, float) else str(value)


def address(chapter: str, state: ChapterState) -> str:
    """The query string that opens this chapter in this state."""
    return "?" + urlencode({"chapter": chapter, "v": VERSION, **state.values_for_address()})


def read_query(query: str) -> tuple[dict[str, str], list[str]]:
    """Split a query string; return its parts by key, and what was wrong with it."""
    if len(query) > MAX_QUERY:
        return {}, [f"The address is longer than {MAX_QUERY} characters, so it was not read."]
    parts = dict(parse_qsl(query.lstrip("?"), keep_blank_values=True))
    problems = []
    if parts.get("v", VERSION) != VERSION:
        problems.append(
            f"The address was made by version {shorten(parts['v'])} of this page; this is version "
            f"{VERSION}. What it does not know was left out."
        )
    return parts, problems


def read_state(cls: type[ChapterState], parts: dict[str, str]) -> tuple[dict[str, Any], list[str]]:
    """The parameters that an address sets, and a sentence for each part that could not be used."""
    names = {key: name for name, key in cls.ADDRESS.items()}
    values: dict[str, Any] = {}
    problems = []
    for key, text in parts.items():
        if key in FRAME_KEYS:
            continue
        if key not in names:
            problems.append(f"“{shorten(key)}” in the address is unknown here, and was ignored.")
            continue
        try:
            values[names[key]] = read(cls.param[names[key]], text)
        except ValueError as error:
            default = write(cls.param[names[key]].default)
            problems.append(
                f"“{key}={shorten(text)}” in the address cannot be used: {error}. "
                f"It was replaced by the default, {default}."
            )
    return values, problems


def read(parameter: param.Parameter, text: str) -> Any:
    """The value that a text gives for a parameter; raises ValueError saying what would be right."""
    for kind, reader in READERS.items():
        if type(parameter) is kind:
            return reader(parameter, text)
    raise TypeError(f"no way to read a {type(parameter).__name__} from an address")


def read_number(parameter: param.Number, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise ValueError("it is not a number") from None
    return in_bounds(value, parameter.bounds)


def read_integer(parameter: param.Integer, text: str) -> int:
    if not re.fullmatch(r"[+-]?[0-9]{1,12}", text):
        raise ValueError("it is not a whole number")
    return int(in_bounds(int(text), parameter.bounds))


def in_bounds(value: float, bounds: tuple[float | None, float | None] | None) -> float:
    low, high = bounds or (None, None)
    low, high = (-math.inf if low is None else low), (math.inf if high is None else high)
    if not (math.isfinite(value) and low <= value <= high):
        raise ValueError(f"it must be from {low:g} to {high:g}")
    return value


def read_boolean(_: param.Boolean, text: str) -> bool:
    if text not in ("0", "1"):
        raise ValueError("it must be 0 or 1")
    return text == "1"


def read_choice(parameter: param.Selector, text: str) -> Any:
    for option in parameter.objects:
        if str(option) == text:
            return option
    raise ValueError(f"it must be one of {', '.join(str(option) for option in parameter.objects)}")


def read_choices(parameter: param.ListSelector, text: str) -> list[Any]:
    chosen = [read_choice(parameter, part) for part in text.split("~") if part]
    if not chosen or len(set(chosen)) < len(chosen):
        raise ValueError("it must name at least one of the choices, each once")
    return chosen


class Numbers(param.List):
    """A list of numbers: `count` gives the least and greatest length, `limits` those of an item;
    `decimals` are the digits behind the point that are kept, None for all."""

    __slots__ = ("decimals", "limits")

    def __init__(self, default: list[float], *, count: tuple[int, int], limits: tuple[float, float],
                 decimals: int | None = None, **params: Any) -> None:  # fmt: skip
        self.limits, self.decimals = limits, decimals
        super().__init__(default=default, bounds=count, **params)


def rounded(parameter: Numbers, values: list[float]) -> list[float]:
    """The numbers with as many digits as the parameter keeps."""
    if parameter.decimals is None:
        return values
    return [round(value, parameter.decimals) for value in values]


class Integers(Numbers):
    """A list of whole numbers."""

    __slots__ = ()


def read_numbers(parameter: Numbers, text: str) -> list[float]:
    number = read_integer if isinstance(parameter, Integers) else read_number
    item = (param.Integer if isinstance(parameter, Integers) else param.Number)(
        default=None, allow_None=True, bounds=parameter.limits
    )
    parts = text.split("~") if text else []
    low, high = parameter.bounds
    if not low <= len(parts) <= high:
        wanted = str(low) if low == high else f"{low} to {high}"
        raise ValueError(f"it must be {wanted} numbers joined by ~")
    return rounded(parameter, [number(item, part) for part in parts])


def read_text(parameter: param.String, text: str) -> str:
    if not re.fullmatch(parameter.regex, text):
        raise ValueError(parameter.doc)
    return text


class Words(param.List):
    """A list of short texts, each of which matches `pattern` wholly; `hint` says so in words. None
    may come twice, unless it `repeats`."""

    __slots__ = ("hint", "pattern", "repeats")

    def __init__(self, default: list[str], *, count: tuple[int, int], pattern: str, hint: str,
                 repeats: bool = False, **params: Any) -> None:  # fmt: skip
        self.pattern, self.hint, self.repeats = pattern, hint, repeats
        super().__init__(default=default, bounds=count, **params)


def read_words(parameter: Words, text: str) -> list[str]:
    words = text.split("~") if text else []
    low, high = parameter.bounds
    fits = all(re.fullmatch(parameter.pattern, word) for word in words)
    fits = fits and (parameter.repeats or len(set(words)) == len(words))
    if not (fits and low <= len(words) <= high):
        raise ValueError(f"it must be {parameter.hint}")
    return words


def shorten(text: str, length: int = 40) -> str:
    """Foreign text, cut to a length that fits a message."""
    return text if len(text) <= length else text[: length - 1] + "…"


READERS: dict[type, Callable[[Any, str], Any]] = {
    param.Number: read_number,
    param.Integer: read_integer,
    param.Boolean: read_boolean,
    param.Selector: read_choice,
    param.ListSelector: read_choices,
    Numbers: read_numbers,
    Integers: read_numbers,
    Words: read_words,
    param.String: read_text,
}
