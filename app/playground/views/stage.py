"""The stage: the pictures and grids of the chapter that is open, each with a heading of its own."""

from __future__ import annotations

from typing import Any, ClassVar

import panel as pn
import param

from app.playground.views.component import HERE, Component, styles


class Stage(Component):
    """Lays out blocks: views with a title, a sentence that says what they show, and a width.

    `blocks` describes the children in order: {title, text, wide or span}. A stage that is wide
    enough has six columns, of which a block takes three, or `span`, or all when `wide`; beside one
    of several `rows` others lie below each other. With `keys`, a block takes the arrow keys, and
    `keys` says what they do. Messages: {type: "arrow", index, x, y}, the block and by how many
    steps.
    """

    views = pn.custom.Children(doc="What is on the stage, in order")
    blocks = param.List(doc="For each view: {title, text, wide: bool, span: 1 to 6, rows, keys}")

    _esm = HERE / "stage.mjs"
    _styles: ClassVar[str] = styles("component", "stage")

    def put(self, *placed: tuple[Any, dict[str, Any]]) -> None:
        """Replace all that is on the stage by (view, block) pairs. Views that are there already are
        not built again in the page: only what is said of them changes."""
        views = [view for view, _ in placed]
        blocks = [block for _, block in placed]
        if _layout(views, blocks) == _layout(self.views, self.blocks):
            self.blocks = blocks
        else:
            self.param.update(views=views, blocks=blocks)


def _layout(views: list[Any], blocks: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """Which views there are, and the room that each has."""
    room = [tuple(block.get(key) for key in ("wide", "span", "rows")) for block in blocks]
    return [(id(view), *each) for view, each in zip(views, room, strict=False)]
