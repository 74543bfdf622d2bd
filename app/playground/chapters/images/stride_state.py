"""What the learner chooses in C4: how a kernel steps over a picture, and what lies around it."""

from __future__ import annotations

from typing import Any

import param

from app.playground.chapters.base import field
from app.playground.chapters.images.conv_controls import PICTURE_OPTIONS, changed
from app.playground.chapters.images.conv_state import DECIMALS, LIMIT, ConvState
from app.playground.state import Integers, Numbers
from core.data.small import PICTURES
from core.spec import Conv2dSpec, NetworkSpec

MAX_SIDE, MAX_STEP, MAX_DILATION, MAX_PADDING = 12, 5, 3, 6
OWN = "own"
SIDES = ("top", "bottom", "left", "right")
PADDINGS = {"valid": "valid: none", "same": "same: as large as the picture, at stride 1",
            "full": "full: all that touches the picture", OWN: "each side on its own"}  # fmt: skip


class StrideState(ConvState):
    picture = param.Selector(default="diagonal", objects=[*PICTURES, OWN], label="Preset")
    image = Numbers([], count=(0, MAX_SIDE**2), limits=(-LIMIT, LIMIT), decimals=DECIMALS,
                    label="Pixels")  # fmt: skip
    height = param.Integer(default=5, bounds=(1, MAX_SIDE), label="Height")
    width = param.Integer(default=5, bounds=(1, MAX_SIDE), label="Width")
    at = Integers([1, 1], count=(2, 2), limits=(1, 40), label="Place")
    stride_down = param.Integer(default=1, bounds=(1, MAX_STEP), label="Down",
                                doc="Rows from one place to the next")  # fmt: skip
    stride_across = param.Integer(default=1, bounds=(1, MAX_STEP), label="Across",
                                  doc="Columns from one place to the next")  # fmt: skip
    dilation_down = param.Integer(default=1, bounds=(1, MAX_DILATION), label="Down",
                                  doc="Rows from one weight to the next")  # fmt: skip
    dilation_across = param.Integer(default=1, bounds=(1, MAX_DILATION), label="Across",
                                    doc="Columns from one weight to the next")  # fmt: skip
    padding = param.Selector(default="valid", objects=list(PADDINGS), label="Zeros around",
                             doc="Rows and columns of zeros around the picture")  # fmt: skip
    sides = Integers([0, 0, 0, 0], count=(4, 4), limits=(0, MAX_PADDING), label="Sides")

    ADDRESS = {  # noqa: RUF012
        "picture": "picture", "image": "x", "height": "h", "width": "w", "kernel_height": "kh",
        "kernel_width": "kw", "weight": "k", "bias": "b", "at": "at", "stride_down": "sv",
        "stride_across": "sh", "dilation_down": "dv", "dilation_across": "dh", "padding": "pad",
        "sides": "sides",
    }  # fmt: skip

    def layer(self) -> Conv2dSpec:
        return Conv2dSpec(
            1, (self.kernel_height, self.kernel_width), (self.stride_down, self.stride_across),
            tuple(self.sides) if self.padding == OWN else self.padding,
            (self.dilation_down, self.dilation_across),
        )  # fmt: skip

    def spec(self) -> NetworkSpec:
        """Raises ShapeError where the kernel does not fit into the picture and its padding."""
        self.layer().output_shape(self.pixels().shape)
        return NetworkSpec(self.pixels().shape, (self.layer(),))

    def used_sides(self) -> tuple[int, int, int, int]:
        """The zeros at the top, bottom, left and right."""
        shape = self.pixels().shape
        return self.layer().window(shape).sides(shape)


def stride_fields(state: StrideState) -> list[dict[str, Any]]:
    _, height, width = state.pixels().shape
    paddings = [{"value": name, "label": label} for name, label in PADDINGS.items()]
    sides = [
        {"name": side, "label": side.capitalize(), "kind": "integer", "group": "Padding", "min": 0,
         "max": MAX_PADDING, "step": 1, "value": value, "help": f"Zeros at the {side}"}
        for side, value in zip(SIDES, state.used_sides(), strict=True)
    ]  # fmt: skip
    return [
        field(state, "stride_down", "integer", "Stride"),
        field(state, "stride_across", "integer", "Stride"),
        field(state, "padding", "select", "Padding", options=paddings),
        *sides,
        field(state, "kernel_height", "integer", "Kernel"),
        field(state, "kernel_width", "integer", "Kernel"),
        field(state, "dilation_down", "integer", "Dilation"),
        field(state, "dilation_across", "integer", "Dilation"),
        field(state, "picture", "select", "Picture", options=PICTURE_OPTIONS),
        field(state, "height", "integer", "Picture", value=height),
        field(state, "width", "integer", "Picture", value=width),
    ]


def stride_changed(state: StrideState, name: str, value: Any) -> dict[str, Any]:
    """All parameters that change when the learner sets a field."""
    if name in SIDES:
        sides = [min(side, MAX_PADDING) for side in state.used_sides()]
        sides[SIDES.index(name)] = int(value)
        return {"padding": OWN, "sides": sides}
    if name == "padding" and value == OWN:
        return {"padding": OWN, "sides": [min(s, MAX_PADDING) for s in state.used_sides()]}
    return changed(state, name, value)


