"""Files of the learner's own that belong together, such as pictures and their labels."""

from __future__ import annotations

import base64
import binascii
from typing import ClassVar

import param

from app.playground.views.component import Component, Message, modules, styles


class FilesInput(Component):
    """Messages: {type: "files", names: {key: file name}, files: {key: base64}}, once all are there.

    What is in them, Python finds out; the page only sees to their size. They are never sent
    anywhere.
    """

    wanted = param.List(doc="{key, label} of the files, in order")
    hint = param.String(doc="What they must be, in a sentence")
    note = param.String(doc="What is said of the files that were taken")
    error = param.String(doc="What is wrong with the last ones")
    most_bytes = param.Integer(default=24_000_000, doc="The largest file that is taken")

    _esm = modules("element", "files_input")
    _styles: ClassVar[str] = styles("component", "files_input")

    def contents(self, message: Message) -> list[bytes]:
        """The bytes of the files, in the order in which they are wanted; raises ValueError for what
        did not arrive whole."""
        try:
            return [base64.b64decode(message["files"][each["key"]], validate=True)
                    for each in self.wanted]  # fmt: skip
        except (binascii.Error, KeyError):
            raise ValueError("the files did not arrive whole; choose them again") from None
