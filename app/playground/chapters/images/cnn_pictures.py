"""Which picture goes through the network: one of the data, or what the learner draws."""

from __future__ import annotations

import base64

import numpy as np
from numpy.typing import NDArray

from app.playground.chapters.images.cnn_state import LearnState
from app.playground.views import DrawingPad
from app.playground.views.component import Message
from core.data.digits import digit_of, usual_margin
from core.training import Trainer

Array = NDArray[np.floating]
Classes = NDArray[np.int64]
DRAWN = "drawn"
SIDE = 32  # pixels of the pad; the digits of the data were scanned at this size, too
BRUSHES = [2, 3, 4]
PALETTE = [{"color": "#ffffff", "name": "paper"}, {"color": "#000000", "name": "ink"}]


class Pictures:
    """What there is to look at, and what the learner looks at."""

    def __init__(self, state: LearnState) -> None:
        self.state = state
        self.pad = DrawingPad(label="Draw a digit", side=SIDE, palette=PALETTE, brushes=BRUSHES,
                              brush=BRUSHES[1])  # fmt: skip

    def take(self, trainer: Trainer, is_ink: bool, are_digits: bool) -> None:
        """Look at the data of a trainer; is_ink: whether 1 is the ink on paper, or the light."""
        self.is_ink, self.are_digits = is_ink, are_digits
        self.pad.label = f"Draw a {'digit' if are_digits else 'picture'}"
        self.sets: dict[str, tuple[Array, Classes]] = {
            "test": (trainer.test_x, trainer.test_y), "training": (trainer.train_x, trainer.train_y)
        }  # fmt: skip

    @property
    def counts(self) -> dict[str, int]:
        """How many pictures there are, by where they come from."""
        return {name: len(pictures) for name, (pictures, _) in self.sets.items()} | {DRAWN: 1}

    @property
    def number(self) -> int:
        """Which picture of those is shown, from 0."""
        return min(self.state.sample, self.counts[self.state.look]) - 1

    @property
    def shown(self) -> tuple[Array, Classes | None]:
        """The picture (1, C, H, W) and its class (1,), None for a drawing."""
        if self.state.look == DRAWN:
            return self._fitted(self.drawing), None
        pictures, labels = self.sets[self.state.look]
        return pictures[[self.number]].astype(float), labels[[self.number]]

    def _fitted(self, drawing: Array) -> Array:
        """A drawing as a picture like the others (1, C, H, W)."""
        size, channels = self.state.size, self.sets["test"][0].shape[1]
        ink = digit_of(drawing, size, usual_margin(size))[None]
        return np.repeat(ink if self.is_ink else 1 - ink, channels, axis=1)

    @property
    def drawing(self) -> Array:
        """What is drawn (SIDE, SIDE): ink 1 on paper 0."""
        bits = np.unpackbits(np.frombuffer(_unpacked(self.state.ink), np.uint8))
        return bits[: SIDE * SIDE].reshape(SIDE, SIDE).astype(float)

    def show_drawing(self) -> None:
        """Put the drawing of the address on the pad."""
        self.pad.show(self.drawing.astype(np.uint8).tobytes())

    def drawn(self, _: Message) -> None:
        """Take the drawing from the pad."""
        cells = np.frombuffer(self.pad.cells, np.uint8)
        packed = base64.urlsafe_b64encode(np.packbits(cells).tobytes()).decode().rstrip("=")
        self.state.apply({"look": DRAWN, "ink": [packed] if cells.any() else []})

    @property
    def words(self) -> str:
        """How the drawing becomes a picture for the network."""
        if not self.drawing.any():
            what = "From 0 to 9" if self.are_digits else "Anything"
            return f"{what}; it goes through the network while you draw."
        size = self.state.size
        made = "What is drawn is cut out, put in the middle of a square, and made 8 × 8"
        then = f", then {size} × {size} with a margin of {usual_margin(size)}" if size > 8 else ""
        return f"{made}{then}{', as the digits of the data were' * self.are_digits}."


def _unpacked(ink: list[str]) -> bytes:
    """The bits of the drawing; those of a blank one where there is none."""
    length = SIDE * SIDE // 8
    packed = base64.urlsafe_b64decode(ink[0] + "=" * (-len(ink[0]) % 4)) if ink else b""
    return packed[:length].ljust(length, b"\0")
