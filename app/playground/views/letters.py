"""Letters: a text in which every character carries a number."""

from __future__ import annotations

from typing import ClassVar

import param

from app.playground.views.component import HERE, Component, as_text, styles


class Letters(Component):
    """Messages: {type: "open", index} for a character that was chosen, {type: "point", index} and
    {type: "leave"}, and where it `brushes`, {type: "brush", start, end} for a stretch of them, the
    end not included; {type: "clear"} when there is none any more.

    One tab stop; arrow keys go from character to character, with Shift they brush. The number of
    the one that is pointed at, or focused, is written below.
    """

    label = param.String(doc="What the numbers are; the accessible name")
    characters_text = param.String(default="[]", doc="Characters and numbers as JSON")
    brushes = param.Boolean(default=False, doc="Whether stretches can be chosen")
    brushed = param.List(doc="[start, end] of the stretch that is chosen, or empty")
    chosen = param.Integer(default=-1, doc="The character that is open; -1 for none")
    empty = param.String(doc="Said when there are no characters")

    characters = as_text("characters_text", "Of each character [text, number, or null for none]; "
                         "numbers from −1 to 1, tinted by their size")  # fmt: skip

    _esm = HERE / "letters.mjs"
    _styles: ClassVar[str] = styles("component", "letters")
