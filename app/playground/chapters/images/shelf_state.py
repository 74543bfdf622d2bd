"""What the learner chose on the shelf: an architecture, a layer, and edits."""

from __future__ import annotations

import re

import param

from app.playground.state import ChapterState, Words
from core.architectures import ARCHITECTURES
from core.draft import REMOVE, Edit

PATH = r"\d{1,3}(?:\.\d\.\d{1,2})*"
LETTERS = {"k": "kernel", "s": "stride", "p": "padding", "c": "channels", "x": REMOVE}
EDIT = rf"({PATH})([kspc])(\d{{1,5}})|({PATH})(x)"


class ShelfState(ChapterState):
    architecture = param.Selector(default="lenet5", objects=list(ARCHITECTURES),
                                  label="Architecture")  # fmt: skip
    layer = Words(["0"], count=(1, 1), pattern=PATH, hint="the path of a layer, such as 3 or 4.0.1",
                  label="Layer")  # fmt: skip
    edits = Words([], count=(0, 60), pattern=EDIT, label="Edits",
                  hint="edits joined by ~, such as 3k5 (kernel 5 in layer 3; s stride, p padding, "
                  "c channels) or 4x (layer 4 removed)")  # fmt: skip

    ADDRESS = {"architecture": "net", "layer": "layer", "edits": "edits"}  # noqa: RUF012

    def made_edits(self) -> tuple[Edit, ...]:
        return tuple(map(read_edit, self.edits))


def read_edit(text: str) -> Edit:
    """An edit from its text, which matches EDIT."""
    match = re.fullmatch(EDIT, text)
    assert match
    if match[5]:
        return Edit(match[4], REMOVE)
    return Edit(match[1], LETTERS[match[2]], int(match[3]))


def write_edit(edit: Edit) -> str:
    letter = next(key for key, what in LETTERS.items() if what == edit.what)
    return f"{edit.path}{letter}{'' if edit.what == REMOVE else edit.value}"


def with_edit(edits: tuple[Edit, ...], new: Edit, default: int | None) -> list[str]:
    """The edits as text, with `new` in place of one to the same; none where it is the default."""
    others = [e for e in edits if (e.path, e.what) != (new.path, new.what)]
    return [write_edit(e) for e in (*others, *(() if new.value == default else (new,)))]
