"""Where the network looks: the gradient of a logit by each pixel, and what covering a part costs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from app.playground.chapters.images import cnn_colours, cnn_maps
from app.playground.chapters.images.cnn_colours import IN_COLOUR, PLANES
from app.playground.chapters.images.cnn_readings import surest
from app.playground.views import Maps
from app.playground.views.component import Message
from core.explain import Explanation, Ref, Trace
from core.explain.occlusion import COVERED, OCCLUSION, Occlusion
from core.explain.passes import explain_in
from core.explain.paths import INPUT

LOGIT = "logit"  # the name of the pass from one logit back
SALIENCY = f"{LOGIT}/layers.0.dinput"
ACROSS, NARROW = 150, 88  # CSS pixels of a picture, and of a plane
MOST_PLACES = 10  # of the square each way, roughly
BY_ITSELF = "The gradient of this logit by itself is 1, and 0 by every other: L is the logit here."


class Sight:
    """`opened` is told the number that was selected in one of the pictures."""

    def __init__(self, opened: Callable[[Ref], None]) -> None:
        self.opened = opened
        self.view = Maps(self._chosen, label="Where it looks", palettes=cnn_maps.PALETTES)
        self.step = -1  # of training, that is shown

    def look(self, trace: Trace, k: int, step: int, is_ink: bool) -> None:
        """Look at the class k, or at what the network takes the picture for where k is none; is_ink
        as in `Pictures.take`."""
        self.is_ink = is_ink
        count = trace.outputs[-1].shape[1]
        self.k = k if 0 <= k < count else surest(trace)[0]
        self.trace, self.step = trace, step
        self.back = Trace(trace.network, trace.inputs, None, trace.train,
                          given=np.eye(count)[[self.k]], origin_of_given=BY_ITSELF)  # fmt: skip
        side = trace.inputs.shape[2]
        self.occlusion = Occlusion(trace, self.k, max(side // 7, 2), max(side // 9, 1))

    def show(self, trail: list[Ref]) -> None:
        """Show both pictures, with a frame around the number that is open."""
        last = trail[-1] if trail else None
        gradient = self.back.dinput("0")[0]
        few = {"tile": ACROSS} if len(gradient) == 1 else {"tile": NARROW, "labels": PLANES}
        self.view.layers = [
            cnn_colours.whole(self.trace.inputs[0], "picture", "", ACROSS, self.is_ink,
                              **self._covered(last)),
            cnn_maps.layer(SALIENCY, "saliency", gradient, **few, **_picked(last, SALIENCY)),
            cnn_maps.layer(OCCLUSION, "occlusion", self.occlusion.drops[None], tile=ACROSS,
                           **_picked(last, OCCLUSION)),
        ]  # fmt: skip

    def _covered(self, last: Ref | None) -> dict[str, Any]:
        """A frame in the picture around the square, or the pixel, that the open number is of."""
        if last is None or last.tensor not in (OCCLUSION, SALIENCY):
            return {}
        if last.tensor == SALIENCY:
            return {"chosen": 0, "frame": [*last.index[2:], *last.index[2:]]}
        rows, columns = self.occlusion.square(*last.index)
        return {"chosen": 0, "frame": [rows.start, columns.start, rows.stop - 1, columns.stop - 1]}

    def words(self, classes: list[str], step: int) -> str:
        size, name = self.occlusion.size, classes[self.k]
        cover = "paper" if self.is_ink else "black"
        late = "" if step == self.step else f" As it was at step {self.step}; pause to see it now."
        return (f"Saliency: how the logit of class {name} changes with each pixel. Occlusion: how much "
                f"less probable {name} becomes when {size} × {size} pixels are covered with {cover}; its "
                f"tiles are the places of the square.{late}")  # fmt: skip

    def find(self, name: str) -> Trace | None:
        """The passes that the numbers here come from."""
        return self.back if name == LOGIT else self.occlusion.pass_at(name)

    def explanation(self, ref: Ref) -> Explanation:
        return self.occlusion.explain(ref) if ref.tensor == OCCLUSION else explain_in(self.find, ref)

    @staticmethod
    def owns(ref: Ref) -> bool:
        return ref.tensor.startswith((f"{LOGIT}/", COVERED, OCCLUSION))

    def _chosen(self, message: Message) -> None:
        row, column = cnn_maps.pixel(message, (0, 0))
        tensor, channel = message["path"], int(message["channel"])
        if tensor == OCCLUSION:
            self.opened(Ref(OCCLUSION, (row, column)))
        else:
            tensor = INPUT if tensor == IN_COLOUR else tensor
            self.opened(Ref(tensor, (0, channel, row, column)))


def _picked(last: Ref | None, tensor: str) -> dict[str, Any]:
    """The pixel that is open, or else the first, where arrow keys begin."""
    is_open = last is not None and last.tensor == tensor
    row, column = last.index[-2:] if last and is_open else (0, 0)
    tile = last.index[-3] if last and is_open and len(last.index) > 2 else 0
    return {"picks": True, "chosen": tile if is_open else -1, "frame": [row, column, row, column]}
