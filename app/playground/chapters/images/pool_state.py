"""What the learner chooses in C6: a picture, how it is disturbed, and the window of the pools."""

from __future__ import annotations

from typing import Any

import numpy as np
import param
from numpy.typing import NDArray

from app.playground.chapters.base import field
from app.playground.chapters.images.conv_controls import PICTURE_OPTIONS
from app.playground.chapters.images.conv_state import DECIMALS, LIMIT, OWN, fitted, flat, resized
from app.playground.state import ChapterState, Integers, Numbers
from core.data.small import PICTURES, noisy, shifted
from core.explain import Trace
from core.network import Network
from core.spec import NetworkSpec, PoolSpec

Array = NDArray[np.floating]
MAX_SIDE, MAX_WINDOW, MAX_PADDING, MAX_SHIFT = 12, 6, 3, 2
POOLS = {"max": "Max", "min": "Min", "average": "Average", "global": "Global average",
         "negated": "Max of −x"}  # fmt: skip
ORIGIN = "L is the sum of all outputs of this pool: its derivative by each is 1."


class PoolState(ChapterState):
    picture = param.Selector(default="digit", objects=[*PICTURES, OWN], label="Preset")
    image = Numbers([], count=(0, MAX_SIDE**2), limits=(-LIMIT, LIMIT), decimals=DECIMALS,
                    label="Pixels")  # fmt: skip
    height = param.Integer(default=8, bounds=(1, MAX_SIDE), label="Height")
    width = param.Integer(default=8, bounds=(1, MAX_SIDE), label="Width")
    window = Integers([2, 2], count=(2, 2), limits=(1, MAX_WINDOW), label="Window")
    stride = Integers([2, 2], count=(2, 2), limits=(1, MAX_WINDOW), label="Stride")
    padding = param.Integer(default=0, bounds=(0, MAX_PADDING), label="Padding",
                            doc="Rows and columns around the picture")  # fmt: skip
    zeros = param.Boolean(default=False, label="Pad with zeros",
                          doc="Zeros take part like pixels, instead of never winning")  # fmt: skip
    ceil = param.Boolean(default=False, label="Round the size up",
                         doc="A last window may hang over the end")  # fmt: skip
    shift = Integers([0, 0], count=(2, 2), limits=(-MAX_SHIFT, MAX_SHIFT), label="Shift")
    noise = param.Number(default=0.0, bounds=(0.0, 5.0), step=0.5, label="Noise",
                         doc="Standard deviation of what is added to every pixel")  # fmt: skip
    seed = param.Integer(default=0, bounds=(0, 999_999), label="Seed")
    pool = param.Selector(default="max", objects=list(POOLS), label="Gradient through",
                          doc="Which pool the gradient for the image goes through")  # fmt: skip
    at = Integers([1, 1], count=(2, 2), limits=(1, 20), label="Place")

    ADDRESS = {  # noqa: RUF012
        "picture": "picture", "image": "x", "height": "h", "width": "w", "window": "k",
        "stride": "s", "padding": "p", "zeros": "zeros", "ceil": "ceil", "shift": "shift",
        "noise": "noise", "seed": "seed", "pool": "pool", "at": "at",
    }  # fmt: skip

    def clean(self) -> Array:
        """The picture (H, W) before anything disturbs it."""
        if self.picture != OWN:
            return PICTURES[self.picture].draw()
        return fitted(self.image, (self.height, self.width))

    @property
    def is_disturbed(self) -> bool:
        return any(self.shift) or self.noise > 0

    def disturbed(self) -> Array:
        """The picture moved, and with noise."""
        moved = shifted(self.clean(), *self.shift)
        if not self.noise:
            return moved
        return noisy(moved, self.noise, np.random.default_rng(self.seed))

    def spec(self, pool: str) -> PoolSpec:
        if pool == "global":
            return PoolSpec("average")
        mode = {"negated": "max"}.get(pool, pool)
        padding = 0 if self.zeros else self.padding
        return PoolSpec(mode, tuple(self.window), tuple(self.stride), padding, self.ceil)

    def trace(self, pool: str, picture: Array) -> Trace:
        """A pool of a picture, and the way back from the sum of its outputs; ValueError where the
        window does not fit."""
        if self.zeros and pool != "global":
            picture = np.pad(picture, self.padding)
        inputs = (-picture + 0.0 if pool == "negated" else picture)[None, None]
        spec = NetworkSpec(inputs.shape[1:], (self.spec(pool),))
        given = np.ones((1, *self.spec(pool).output_shape(inputs.shape[1:])))
        return Trace(Network(spec), inputs, given=given, origin_of_given=ORIGIN,
                     input_names=("−x",) if pool == "negated" else None)  # fmt: skip

    # What follows from a change

    def changed(self, name: str, value: Any) -> dict[str, Any]:
        """All parameters that change when the learner sets a field."""
        if name == "new_noise":
            return {"seed": (self.seed + 1) % 1_000_000}
        if name == "picture":
            height, width = (self.height, self.width) if value == OWN else PICTURES[
                value].draw().shape  # fmt: skip
            image = flat(self.clean()) if value == OWN else []
            return {"picture": value, "image": image, "height": height, "width": width}
        if name in ("height", "width"):
            size = list(self.clean().shape)
            size[name == "width"] = int(value)
            return {"picture": OWN, "image": flat(resized(self.clean(), tuple(size))),
                    "height": size[0], "width": size[1]}  # fmt: skip
        key, _, way = name.partition(".")
        if way:
            pair = list(getattr(self, key))
            pair[way == "across"] = int(value)
            return {key: pair}
        return {name: value}

    def with_pixel(self, row: int, column: int, value: float) -> dict[str, Any]:
        picture = self.clean().copy()
        picture[row, column] = value
        return {"picture": OWN, "image": flat(picture), "height": picture.shape[0],
                "width": picture.shape[1]}  # fmt: skip

    def fields(self) -> list[dict[str, Any]]:
        height, width = self.clean().shape
        pools = [{"value": name, "label": label} for name, label in POOLS.items()]
        return [
            *self._pair("window", 1, MAX_WINDOW), *self._pair("stride", 1, MAX_WINDOW),
            field(self, "padding", "integer", "Padding"),
            field(self, "zeros", "switch", "Padding"),
            field(self, "ceil", "switch", "Padding"),
            *self._pair("shift", -MAX_SHIFT, MAX_SHIFT),
            field(self, "noise", "number", "Noise"),
            {"name": "new_noise", "label": "Other noise", "kind": "button", "value": None,
             "group": "Noise", "help": "Draw it from the next seed"},
            field(self, "pool", "select", "The way back", options=pools),
            field(self, "picture", "select", "Picture", options=PICTURE_OPTIONS),
            field(self, "height", "integer", "Picture", value=height),
            field(self, "width", "integer", "Picture", value=width),
        ]  # fmt: skip

    def _pair(self, name: str, low: int, high: int) -> list[dict[str, Any]]:
        """Fields for both directions."""
        group = self.param[name].label
        return [
            {"name": f"{name}.{way.lower()}", "label": way, "kind": "integer", "group": group,
             "min": low, "max": high, "step": 1, "value": value, "help": f"{group}, {way.lower()}"}
            for way, value in zip(("Down", "Across"), getattr(self, name), strict=True)
        ]  # fmt: skip
