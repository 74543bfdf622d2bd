"""C4: stride, padding and dilation, and the size that they come to."""

from __future__ import annotations

from typing import Any

from app.playground.chapters.base import Instruments
from app.playground.chapters.images.c3_convolution import Convolution
from app.playground.chapters.images.conv_grids import OUTPUT
from app.playground.chapters.images.stride_state import StrideState, stride_changed, stride_fields
from app.playground.views import NumberGrid
from app.playground.views.component import Message
from core.explain import Explanation, Ref, format_number
from core.spec import ShapeError

ROOMY = 12  # up to so many columns a picture and its padding fit into half of the stage
COLUMNS = ["n", "p before", "p after", "k", "d", "s", "left over", "places"]
AXES = ("rows", "columns")


class Stride(Convolution):
    id = "c4"
    number = "C4"
    part = "images"
    title = "Stride, padding, dilation"
    summary = "How far the kernel steps, what lies around the picture, and the size it comes to"
    State = StrideState
    fields, changed = staticmethod(stride_fields), staticmethod(stride_changed)
    lead = """
**Stride** is how far the kernel moves from place to place, **padding** the zeros around the picture, **dilation** how far apart
the weights lie. Change them and watch the size of the output; what no place reads is hatched.
"""
    notes = """
## 5 × 5, 6 × 6 or 7 × 7?

How much padding keeps a 5 × 5 picture at 5 × 5? Try it:

- [No padding](?chapter=c4&pad=valid) gives 3 × 3.
- [One row and one column more, 6 × 6](?chapter=c4&pad=own&sides=0~1~0~1) gives 4 × 4: not enough.
- [One ring of zeros, 7 × 7](?chapter=c4&pad=own&sides=1~1~1~1) gives 5 × 5. This is what *same* means.
- 6 × 6 gives 5 × 5 only [with a kernel of 2 × 2](?chapter=c4&pad=own&sides=0~1~0~1&kh=2&kw=2&k=1~0~0~1).

## Try this

- [Stride 2](?chapter=c4&picture=step&sv=2&sh=2) on 6 × 6: the last row and column are never read. What happens to an edge there?
- The stride has [two directions](?chapter=c4&picture=square&sv=3&sh=1), and holds downwards as well.
- [Dilation 2](?chapter=c4&picture=square&dv=2&dh=2): nine weights that see 5 × 5 pixels.
- [Padding on one side only](?chapter=c4&pad=own&sides=2~0~0~0) moves the picture within the output.
- [Too large a kernel](?chapter=c4&kh=5&kw=5&dv=2&dh=2) does not fit. Read why, and make it fit with padding alone.

## Counting

> The output of 5 × 5 under 3 × 3 is 3 × 3 because 5 − 3 + 1 = 3. That it is as large as the kernel is a coincidence: with
> [7 × 7](?chapter=c4&picture=square) it is 5 × 5.

> Nine places are **eight moves**: the first place needs none. That is the + 1 in the formula. (Dumoulin and Visin 2016,
> arXiv 1603.07285, draw all the cases.)
"""

    def __init__(self, app: Instruments) -> None:
        super().__init__(app)
        self.sizes = NumberGrid(self._size_told, label="Sizes", decimals=0,
                                row_labels=list(AXES), column_labels=COLUMNS)  # fmt: skip
        self.problem = ""  # why the kernel does not fit

    def apply(self, values: dict[str, Any]) -> None:
        """What does not fit is shown and explained, not refused."""
        self.take(values)
        if self.app.is_open(self):
            self.redraw()

    def redraw(self) -> None:
        self.app.controls.fields = self.fields(self.state)
        try:
            self.trace = self.state.trace()
            self.problem = ""
        except ShapeError as error:
            self.trace, self.problem = None, f"{str(error)[0].upper()}{str(error)[1:]}."
        self._show_grids()
        self._lay_out()
        if self.trace is not None and (not self.trail or self.trail[0].tensor == OUTPUT):
            self.trail = [self._ref(self._place)]
        self.show_trail()
        self.light()

    def _show_grids(self) -> None:
        sides = self.state.used_sides()
        if self.trace is not None:
            self.grids.show(self.trace, sides)
            self.grids.mark_read()
        else:
            self.walk.stop()
            image, kernel = self.state.pixels()[0], self.state.weights()[0, 0]
            self.grids.plane("image", 0).show("input", (0, 0), image, padding=sides)
            self.grids.plane("image", 0).mark(lambda y, x: False)
            self.grids.plane("kernel", 0).show("layers.0.weight", (0, 0), kernel)
            self.grids.plane("output", 0).nothing(self.problem)
            self.grids.sum.values = [[None, None, None]]
        self.sizes.values = [self._size_row(axis) for axis in (0, 1)]

    def _size_row(self, axis: int) -> list[Any]:
        """The numbers of the formula along one axis."""
        layer, sides = self.state.layer(), self.state.used_sides()
        kernel, stride, dilation = layer.kernel_size, layer.stride, layer.dilation
        given = [self.state.pixels().shape[1 + axis], *sides[2 * axis : 2 * axis + 2],
                 kernel[axis], dilation[axis], stride[axis]]  # fmt: skip
        if self.trace is None:
            return [*given, "–", "–"]
        grid = self.grids.layer.grid
        found = (grid.rows, grid.columns)[axis]
        return [*given, found.left_over, found.units]

    def _lay_out(self) -> None:
        columns = len(self.grids.plane("image", 0).grid.values[0])
        wanted = (columns > ROOMY, 1, False)
        if self.laid == wanted:
            return
        self.laid = wanted
        wide = 6 if columns > ROOMY else 3
        grids = self.grids
        self.app.stage.put(
            (grids.plane("image", 0).grid, {"title": "Image x", "text": " ", "span": wide}),
            (grids.plane("output", 0).grid, {"title": "Output y", "text": " ", "span": wide}),
            (self.sizes, {"title": "The size", "text": " ", "wide": True}),
            (grids.plane("kernel", 0).grid, {"title": "Kernel w", "text": " ", "span": 2}),
            (grids.sum, {"title": "Sum", "text": " ", "span": 4}),
        )  # fmt: skip

    def _sentences(self, opened: Explanation | None) -> list[str]:
        if opened is None:
            return [self._image_text(), "There is none.", "The kernel does not fit.",
                    "Type to change it.", " "]  # fmt: skip
        rows, columns = self.grids.layer.grid.units
        total = rows * columns
        moves = f"{total} place{'s' * (total > 1)}, {total - 1} move{'s' * (total != 2)}"
        written = opened.substituted.replace(" × ", "·") or "its products and the bias"
        return [
            self._image_text(), f"{rows} × {columns}: {moves}.",
            "⌊(n + p before + p after − d · (k − 1) − 1) / s⌋ + 1 along each axis.",
            "Type to change it.",
            f"{opened.symbol} = {written} = {format_number(opened.result)}",
        ]

    def _image_text(self) -> str:
        top, bottom, left, right = self.state.used_sides()
        _, height, width = self.state.pixels().shape
        if not any((top, bottom, left, right)):
            return f"{height} × {width}, nothing around."
        return f"{height} × {width}, with its zeros {height + top + bottom} × {width + left + right}."

    def light(self) -> None:
        if self.trace is None:
            image = self.grids.plane("image", 0)
            image.frame()
            image.caption({})
            image.light(set())
            image.paint()
            self._write(None)
            self.app.transport.counters = []
            return
        super().light()
        tensor = self.trail[-1].tensor if self.trail else ""
        row = next((i for i, axis in enumerate(AXES) if tensor == f"layers.0.{axis}"), None)
        self.sizes.highlight = [] if row is None else [[row, len(COLUMNS) - 1]]

    def _say(self, place: Any, opened: Explanation) -> None:
        self._write(opened)
        rows, columns = self.grids.layer.grid.units
        self.app.transport.counters = [
            {"label": "output", "value": opened.symbol},
            {"label": "place", "value": f"{self._number(place) + 1} of {rows * columns}"},
            {"label": "value", "value": format_number(opened.result)},
        ]

    def _write(self, opened: Explanation | None) -> None:
        self.app.stage.blocks = [
            block | {"text": text}
            for block, text in zip(self.app.stage.blocks, self._sentences(opened), strict=True)
        ]

    def transported(self, message: Message) -> None:
        if self.trace is not None or message["type"] == "reset":
            super().transported(message)

    def _size_told(self, message: Message) -> None:
        if self.trace is not None:
            self.number_told(message, Ref(f"layers.0.{AXES[int(message['row'])]}"))


CHAPTER = Stride
