"""The grids of a convolution bench: picture, kernel, products, outputs, and their gradients."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.playground.chapters.images.planes import Plane
from app.playground.views import NumberGrid
from app.playground.views.component import Message
from core.explain import Explanation, Ref, Trace, explain, format_number
from core.layers import Conv2d

Array = NDArray[np.floating]
Place = tuple[int, int, int]
FEW_COLUMNS = 7  # up to so many columns a cell has room for a caption
INPUT, OUTPUT, WEIGHT = "input", "layers.0.output", "layers.0.weight"
BIAS = "layers.0.bias"
LABELS = {"image": "Image", "kernel": "Kernel", "product": "Products", "output": "Output",
          "dimage": "Gradient for the image", "dkernel": "Gradient for the kernel",
          "doutput": "Gradient for the output"}  # fmt: skip


class ConvGrids:
    """`told` gets each message, and the number it is about. `place` is the output (kernel, row,
    column) whose products are shown."""

    def __init__(self, limit: float, told: Callable[[Message, Ref], None]) -> None:
        self.limit, self.told = limit, told
        self.planes: dict[tuple[str, int], Plane] = {}
        self.sum = NumberGrid(self._sum_told, label="Sum", decimals=2)
        self.place: Place = (0, 0, 0)

    def plane(self, kind: str, i: int) -> Plane:
        """The plane of a kind and a channel or kernel, made when it is first asked for."""
        if (kind, i) not in self.planes:
            told = self._product_told if kind == "product" else self.told
            limits = {"minimum": -self.limit, "maximum": self.limit}
            self.planes[kind, i] = Plane(told, label=LABELS[kind], **limits,
                                         editable=kind in ("image", "kernel"))  # fmt: skip
        return self.planes[kind, i]

    def several(self, kind: str, count: int) -> list[Plane]:
        """The first planes of a kind; where there are more than one, their labels count them."""
        made = [self.plane(kind, i) for i in range(count)]
        for i, plane in enumerate(made):
            plane.grid.label = f"{LABELS[kind]} {i + 1}" if count > 1 else LABELS[kind]
        return made

    # Showing

    def show(self, trace: Trace, padding: tuple[int, int, int, int] = (0, 0, 0, 0)) -> None:
        self.trace = trace
        layer = trace.network.layer("0")
        assert isinstance(layer, Conv2d)
        self.layer = layer
        self.kernels, self.channels = layer.params["weight"].shape[:2]
        pixels, outputs = trace.inputs[0], trace.output("0")[0]
        scale = float(np.abs(pixels).max())
        for c, plane in enumerate(self.several("image", self.channels)):
            plane.show(INPUT, (0, c), pixels[c], scale, padding)
        for o, plane in enumerate(self.several("output", self.kernels)):
            plane.show(OUTPUT, (0, o), outputs[o], float(np.abs(outputs).max()))
        names = [f"channel {c + 1}" for c in range(self.channels)]
        first = names if self.channels > 1 else ["sum of products"]
        self.sum.column_labels = [*first, "+ bias", "= output"]
        self.kernel_shown = -1

    def mark_read(self) -> None:
        """Mark what is padding, and hatch what no place reads."""
        rows, columns = self.layer.grid.rows, self.layer.grid.columns
        for c in range(self.channels):
            plane = self.plane("image", c)
            plane.mark(lambda y, x: y in rows.read and x in columns.read)

    def show_gradients(self) -> None:
        given, back = self.trace.doutput("0")[0], self.trace.dinput("0")[0]
        for c, plane in enumerate(self.several("dimage", self.channels)):
            plane.show("layers.0.dinput", (0, c), back[c], float(np.abs(back).max()))
        for o, plane in enumerate(self.several("doutput", self.kernels)):
            plane.show("layers.0.doutput", (0, o), given[o], float(np.abs(given).max()))

    def go(self, place: Place, gradients: bool) -> Explanation:
        """Show what is computed at a place; return how."""
        self.place = place
        o = place[0]
        if o != self.kernel_shown:
            self.kernel_shown = o
            self._show_kernel("kernel", WEIGHT, self.layer.params["weight"][o])
            if gradients:
                made = self.trace.gradient("0", "weight")[o]
                self._show_kernel("dkernel", "layers.0.dweight", made)
        opened = explain(self.trace, Ref(OUTPUT, (0, *place)))
        self._show_products(opened)
        return opened

    def _show_kernel(self, kind: str, tensor: str, slices: Array) -> None:
        scale = float(np.abs(slices).max())
        for c, plane in enumerate(self.several(kind, self.channels)):
            plane.show(tensor, (self.kernel_shown, c), slices[c], scale)

    def _show_products(self, opened: Explanation) -> None:
        """The products lie as the pixels do, which for a flipped kernel is not as its weights."""
        shape = (self.channels, *self.layer.grid.kernel_size)
        count = int(np.prod(shape))
        products = np.array([term.value for term in opened.terms[:count]]).reshape(shape)
        axis = self.layer.grid.rows
        laid = products[:, ::-1, ::-1] if axis.flip else products
        scale = float(np.abs(products).max())
        for c, plane in enumerate(self.several("product", self.channels)):
            plane.show("product", (c,), laid[c], scale)
        sums = [math.fsum(products[c].ravel()) for c in range(self.channels)]
        self.sum.values = [[*sums, opened.terms[count].value, opened.result]]

    # Where the kernel stands, what is lit

    def taps(self, place: Place) -> dict[tuple[int, int], tuple[int, int]]:
        """The taps (i, j) of the kernel by the pixels (row, column) that they read at a place."""
        rows, columns = self.layer.grid.rows, self.layer.grid.columns
        return {(rows.pixel(place[1], i), columns.pixel(place[2], j)): (i, j)
                for i in range(rows.kernel_size) for j in range(columns.kernel_size)}  # fmt: skip

    def mark_place(self) -> None:
        """Frame the pixels under the kernel, each with its weight, and the output."""
        taps = self.taps(self.place)
        weight = self.layer.params["weight"][self.place[0]]
        corners = (*min(taps), *max(taps))
        for c in range(self.channels):
            plane = self.plane("image", c)
            plane.frame(corners)
            roomy = len(plane.grid.values[0]) <= FEW_COLUMNS
            plane.caption({pixel: _times(weight[c][tap]) for pixel, tap in taps.items()}
                          if roomy else {})  # fmt: skip
        for o in range(self.kernels):
            _, u, v = self.place
            plane = self.plane("output", o)
            plane.frame(*([(u, v, u, v)] if o == self.place[0] else []))
            plane.caption({})

    def mark_pixel(self, ref: Ref) -> None:
        """Frame the outputs that a pixel goes into, each with the weight that it is taken times."""
        _, c, y, x = ref.index
        rows, columns = self.layer.grid.rows.readers(y), self.layer.grid.columns.readers(x)
        readers = {(u, v): (i, j) for u, i in rows for v, j in columns}
        weight = self.layer.params["weight"]
        for channel in range(self.channels):
            self.plane("image", channel).frame(*([(y, x, y, x)] if channel == c else []))
            self.plane("image", channel).caption({})
        for o in range(self.kernels):
            plane = self.plane("output", o)
            plane.frame()
            plane.caption({unit: _times(weight[o, c][tap]) for unit, tap in readers.items()})

    def light(self, lit: set[Ref], focus: Ref | None) -> None:
        """Light these numbers; around an output, the frame is enough."""
        is_output = focus is not None and focus.tensor == OUTPUT
        dilated = max(self.layer.grid.rows.dilation, self.layer.grid.columns.dilation) > 1
        for (kind, _), plane in self.planes.items():
            quiet = is_output and (kind == "kernel" or (kind == "image" and not dilated))
            plane.light(set() if quiet or kind == "product" else lit)
        self._mark(focus)
        for plane in self.planes.values():
            plane.paint()

    def _mark(self, focus: Ref | None) -> None:
        """Frames and captions for what is pointed at or opened."""
        if focus is not None and focus.tensor == INPUT:
            self.mark_pixel(focus)
            return
        self.mark_place()
        if focus is not None and focus.tensor in ("layers.0.dinput", "layers.0.dweight"):
            self._unmark()  # these are sums over places
        elif focus is not None and focus.tensor == WEIGHT and focus.index[0] == self.place[0]:
            self._light_under(focus)

    def _unmark(self) -> None:
        for (kind, _), plane in self.planes.items():
            if kind in ("image", "output"):
                plane.frame()
                plane.caption({})

    def _light_under(self, weight: Ref) -> None:
        """Light the pixel and the product of a weight at the place that is shown."""
        _, c, i, j = weight.index
        pixel = next(p for p, tap in self.taps(self.place).items() if tap == (i, j))
        image, product = self.plane("image", c), self.plane("product", c)
        image.pending["highlight"] = [image.cell(*pixel)]
        rows, columns = self.layer.grid.kernel_size
        laid = (rows - 1 - i, columns - 1 - j) if self.layer.grid.rows.flip else (i, j)
        product.pending["highlight"] = [[*laid]]

    # What the learner does

    def _product_told(self, message: Message, _: Ref) -> None:
        self.told(message, Ref(OUTPUT, (0, *self.place)))

    def _sum_told(self, message: Message) -> None:
        is_bias = int(message["column"]) == self.channels_in_sum
        ref = Ref(BIAS, (self.place[0],)) if is_bias else Ref(OUTPUT, (0, *self.place))
        self.told(message, ref)

    @property
    def channels_in_sum(self) -> int:
        """The columns of the sum before the bias."""
        return len(self.sum.column_labels) - 2


def _times(weight: Any) -> str:
    return f"×{format_number(weight, 2)}"
