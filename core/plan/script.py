"""Calls that are written down once, to be repeated as straight-line code."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

Repeat = Callable[[Iterable[tuple[Any, ...]]], None]


@dataclass(frozen=True)
class Variable:
    """An argument that differs from batch to batch. Its name is one of the plan's own words."""

    name: str


class Script:
    """`script(function, *arguments)` writes down one call; `compile` makes the function of all.

    The code consists of names v0, v1, ... and of variables' names alone; nothing that a user typed
    gets into it. Local names of a function are the fastest that Python has.
    """

    def __init__(self, dtype: DTypeLike) -> None:
        self.dtype = np.dtype(dtype)
        self._names: dict[int, str] = {}
        self._values: dict[str, Any] = {}
        self._numbers: dict[float, NDArray[Any]] = {}
        self._lines: list[str] = []

    def __call__(self, function: Callable[..., Any], *arguments: Any, **options: Any) -> None:
        words = [self._name(value) for value in arguments]
        words += [f"{key}={self._name(value)}" for key, value in options.items()]
        self._lines.append(f"{self._name(function)}({', '.join(words)})")

    def number(self, value: float) -> NDArray[Any]:
        """A constant as an array without axes, which costs half of what a Python number does."""
        return self._numbers.setdefault(value, np.array(value, self.dtype))

    def _name(self, value: Any) -> str:
        if isinstance(value, Variable):
            return value.name
        if id(value) not in self._names:
            name = self._names[id(value)] = f"v{len(self._names)}"
            self._values[name] = value  # which keeps it alive, and so its id its own
        return self._names[id(value)]

    def compile(self, variables: tuple[Variable, ...]) -> Repeat:
        """A function that makes all calls in order, for each tuple of the variables' values."""
        own = ", ".join(f"{name}={name}" for name in self._values)
        loop = "".join(f"{variable.name}, " for variable in variables)
        body = "\n        ".join(self._lines)
        source = f"def repeat(batches, {own}):\n    for {loop}in batches:\n        {body}\n"
        namespace = dict(self._values)
        exec(source, namespace)
        repeat: Repeat = namespace["repeat"]
        return repeat
