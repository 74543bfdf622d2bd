"""Calls that are written down once, to be repeated as straight-line code."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]
Repeat = Callable[[Iterable[tuple[Any, ...]]], None]


@dataclass(frozen=True)
class Variable:
    """A number that differs from batch to batch. Its name is one of the plan's own words."""

    name: str


class Script:
    """`script(function, *arguments)` writes down one call; `compile` makes the function of all.

    `memory` (batches, ...) has a part for each batch. Arrays in the part of the first are variables
    of the code, and `views` gives what stands for them in each batch; all other arguments are the
    same for all batches.

    The code consists of names that are made here, and of variables' names; nothing that a user
    typed gets into it. A function's local names are the fastest that Python has.
    """

    def __init__(self, memory: Array) -> None:
        self.memory, self.dtype = memory, memory.dtype
        self._constants: dict[int, tuple[str, Any]] = {}
        self._views: dict[tuple[Any, ...], str] = {}  # by offset, shape and strides
        self._numbers: dict[float, Array] = {}
        self._lines: list[str] = []

    def __call__(self, function: Callable[..., Any], *arguments: Any, **options: Any) -> None:
        words = [self._name(value) for value in arguments]
        words += [f"{key}={self._name(value)}" for key, value in options.items()]
        self._lines.append(f"{self._name(function)}({', '.join(words)})")

    def number(self, value: float) -> Array:
        """A constant as an array without axes, which costs half of what a Python number does."""
        return self._numbers.setdefault(value, np.array(value, self.dtype))

    def _name(self, value: Any) -> str:
        if isinstance(value, Variable):
            return value.name
        if isinstance(value, np.ndarray):
            offset = _address(value) - _address(self.memory)
            if 0 <= offset < self.memory.nbytes:
                key = (offset, value.shape, value.strides)
                return self._views.setdefault(key, f"m{len(self._views)}")
        # The value is kept with its name, so that no other gets its id.
        return self._constants.setdefault(id(value), (f"v{len(self._constants)}", value))[0]

    def compile(self, *others: Variable) -> Repeat:
        """A function that makes all calls in order, for each batch's views and other variables."""
        constants = dict(self._constants.values())
        own = ", ".join(f"{name}={name}" for name in constants)
        loop = "".join(f"{name}, " for name in (*self._views.values(), *(v.name for v in others)))
        body = "\n        ".join(self._lines)
        source = f"def repeat(batches, {own}):\n    for {loop}in batches:\n        {body}\n"
        exec(source, constants)
        repeat: Repeat = constants["repeat"]
        return repeat

    def views(self) -> list[tuple[Array, ...]]:
        """What the variables stand for, batch by batch."""
        step = self.memory.strides[0]
        return [
            tuple(
                np.ndarray(shape, self.dtype, self.memory, offset + batch * step, strides)
                for offset, shape, strides in self._views
            )
            for batch in range(len(self.memory))
        ]


def _address(array: Array) -> int:
    address: int = array.__array_interface__["data"][0]
    return address
