"""A large file of the learner's own, which goes through Python to somebody else, in pieces."""

from __future__ import annotations

import base64
import binascii
from typing import ClassVar

import param

from app.playground.views.component import Message, Paced, modules, styles


class FileSender(Paced):
    """Messages: {type: "begin", name, size}; then {type: "piece", offset, data} in base64 as long
    as `wants`; {type: "cancel"}, after which there are no more pieces."""

    label = param.String(doc="What the button is for, in a few words")
    hint = param.String(doc="What the file must be, in a sentence")
    note = param.String(doc="What is said of the file that was taken")
    error = param.String(doc="What is wrong with the last one")
    disabled = param.String(doc="Why no file can be chosen; blank where one can")
    wants = param.Boolean(default=False, doc="Whether the next piece is wanted")
    progress = param.Dict(default={}, doc="{label, value, total} of what is on its way, or {}")

    _esm = modules("element", "file_sender")
    _styles: ClassVar[str] = styles("component", "file_sender")

    @staticmethod
    def piece(message: Message) -> bytes:
        """The bytes of a piece; raises ValueError for what did not arrive whole."""
        try:
            return base64.b64decode(message["data"], validate=True)
        except (binascii.Error, KeyError, TypeError):
            raise ValueError("the file did not arrive whole; choose it again") from None
