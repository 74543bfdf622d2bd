"""A grid of numbers, each of which opens."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from app.playground.views import NumberGrid
from app.playground.views.component import Message
from core.explain import Ref


class RefGrid:
    """`refs` says which number each cell shows, None for none; `told` gets each message about a
    cell, and its number."""

    def __init__(self, told: Callable[[Message, Ref], None], **params: Any) -> None:
        self.told = told
        self.refs: Sequence[Sequence[Ref | None]] = []
        self.grid = NumberGrid(self._cell_told, **params)

    def light(self, lit: set[Ref]) -> None:
        self.grid.highlight = [[i, j] for i, row in enumerate(self.refs)
                               for j, ref in enumerate(row) if ref in lit]  # fmt: skip

    def _cell_told(self, message: Message) -> None:
        ref = self.refs[int(message["row"])][int(message["column"])]
        if ref is not None:
            self.told(message, ref)
