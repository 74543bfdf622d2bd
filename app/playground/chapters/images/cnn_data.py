"""What the network learns from: the digits that come with the page, or the learner's own files."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.playground.chapters.base import Instruments
from app.playground.chapters.images.cnn_own import OwnPictures, make_input, read_pair
from app.playground.chapters.images.cnn_sending import Sending
from app.playground.chapters.images.cnn_served import ServedPictures
from app.playground.chapters.images.cnn_state import LearnState
from app.playground.views.component import Message
from core.data.samples import Samples
from core.spec import DataSpec, NetworkSpec


class LearningData:
    """`own` are the learner's own pictures, None for the digits; `files` takes those that the page
    reads, `sending` those for a training server. `changed` is called when others were chosen."""

    def __init__(self, app: Instruments, state: LearnState,
                 changed: Callable[[OwnPictures | None], None]) -> None:  # fmt: skip
        self.state, self.changed = state, changed
        self.own: OwnPictures | None = None
        self.sending = Sending(app, self._options, changed)
        self.files = make_input()
        self.files.receive = self._chosen

    @property
    def samples(self) -> DataSpec | Samples:
        state = self.state
        if self.own is None:
            return state.data_spec()
        return self.own.samples(state.size, state.test, state.seed)

    @property
    def channels(self) -> int:
        return self.own.channels if self.own else 1

    @property
    def is_ink(self) -> bool:
        """Whether 1 is the ink on paper, or the light."""
        return self.own is None or self.own.is_ink

    @property
    def network(self) -> NetworkSpec:
        """The chosen network, as it fits these pictures and their classes."""
        return self.state.network_spec(len(self.classes), self.channels)

    @property
    def classes(self) -> list[str]:
        return self.own.classes if self.own else [str(k) for k in range(10)]

    def words(self) -> dict[str, str]:
        """A sentence for each of the blocks that files are chosen in."""
        said = {"files": "None is used.", "served": "None is used."}
        if self.own is None:
            return said | {"files": "The digits are used."}
        kind = "served" if isinstance(self.own, ServedPictures) else "files"
        return said | {kind: self.own.words(self.state.size)}

    def _chosen(self, message: Message) -> None:
        """Learn from files that the page reads; what is wrong with them changes nothing."""
        try:
            pair = self.files.contents(message)
            self.changed(read_pair(pair[0], pair[1], message["names"]["images"]))
        except ValueError as error:
            text = str(error)
            self.files.error = f"{text[:1].upper()}{text[1:]}. Nothing was changed."

    def _options(self) -> dict[str, Any]:
        """How the server is to read a file of pictures."""
        return {"test_fraction": self.state.test, "seed": self.state.seed}
