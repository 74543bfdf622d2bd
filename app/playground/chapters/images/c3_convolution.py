"""C3: the convolution bench."""

from __future__ import annotations

from typing import Any

from app.playground.chapters.base import Instruments
from app.playground.chapters.images.conv_controls import changed, fields
from app.playground.chapters.images.conv_grids import BIAS, INPUT, OUTPUT, WEIGHT, ConvGrids
from app.playground.chapters.images.conv_state import LIMIT, LOSSES, OWN, ConvState, Place
from app.playground.chapters.walk import WalkingChapter
from app.playground.views import NumberGrid
from app.playground.views.component import Message
from core.data.small import KERNELS
from core.explain import Explanation, Ref, format_number

GRADIENTS = ("layers.0.dinput", "layers.0.dweight", "layers.0.doutput", "layers.0.dbias")
CHANNEL_SPANS, KERNEL_SPANS = {1: 2, 2: 3, 3: 2}, {1: 2, 2: 3, 3: 2}
TITLES = {
    "image": "Image x", "kernel": "Kernel w", "product": "Pixel × weight", "output": "Output y",
    "dimage": "∂L/∂x", "dkernel": "∂L/∂w", "doutput": "∂L/∂y",
}  # fmt: skip


class Convolution(WalkingChapter):
    id = "c3"
    number = "C3"
    part = "images"
    title = "Convolution"
    summary = "A kernel slides over a picture: products, their sum, and the way back"
    State = ConvState
    play_label = "Slide"
    pause_s = 0.7
    buttons = (
        {"id": "next", "label": "Next place", "help": "Slide the kernel on by one (key .)"},
        {"id": "back", "label": "Back", "help": "Slide the kernel back by one"},
    )
    fields, changed = staticmethod(fields), staticmethod(changed)
    lead = """
A small **kernel** of weights slides over the picture. At each place, each weight is multiplied by the pixel under it; the
products and a **bias** add up to one output. Point at an output to move the kernel there, and at a pixel to see where it goes.
"""
    notes = """
## Try this

- Play, and watch the nine places. The output is large where the picture looks like the kernel: here, a diagonal cross.
- Type into the picture or the kernel. [Sobel's kernel on a step](?chapter=c3&picture=step&k=-1~0~1~-2~0~2~-1~0~1) answers to
  edges that run from top to bottom, and [not to the other ones](?chapter=c3&picture=step&k=-1~-2~-1~0~0~0~1~2~1).
- [One bright pixel](?chapter=c3&picture=dot&k=-2~-1~0~-1~1~1~0~1~2) draws the kernel itself into the output, turned by half
  a turn. Now switch on *Flip the kernel*.
- With [three channels](?chapter=c3&channels=3) a kernel has a slice for
  each, and *one* sum over all of them makes *one* output. Three kernels make three outputs.
- [The way back](?chapter=c3&back=1&loss=one): the gradient of one output by the picture is the kernel, put down at its
  place. [Of the sum of all outputs](?chapter=c3&back=1), a pixel in the middle gets more: it goes into more outputs.

## Not a matrix product, and not quite a convolution

> One step is an **element-wise product, summed up**: nine products and one sum. It is not the matrix product of the kernel and
> the patch, which would be nine sums of three products each.

> What deep learning calls convolution is **cross-correlation**: the kernel is laid on the picture as it stands. In mathematics a
> convolution flips it first, up and down and left and right. Since the weights are learned, it makes no difference which one a network
> uses: it would learn the flipped kernel.
"""

    def __init__(self, app: Instruments) -> None:
        super().__init__(app)
        self.grids = ConvGrids(LIMIT, self.number_told)
        self.biases = NumberGrid(self._bias_told, label="Gradient for the bias", decimals=3,
                                 row_labels=["b", "∂L/∂b"])  # fmt: skip
        self.laid: tuple[int, int, bool] | None = None  # what the stage was laid out for

    # Showing

    def enter(self) -> None:
        self.laid = None
        self.show_walk()
        self.redraw()

    def apply(self, values: dict[str, Any]) -> None:
        with self.trying(values):
            self.state.spec()
        if self.app.is_open(self):
            self.redraw()

    def redraw(self) -> None:
        state = self.state
        self.trace = state.trace()
        self.grids.show(self.trace)
        if state.gradients:
            self.grids.show_gradients()
            self._show_biases()
        self._lay_out()
        self.app.controls.fields = self.fields(state)
        gone = self.trail and self.trail[0].tensor in GRADIENTS and not state.gradients
        if not self.trail or gone or self.trail[0].tensor == OUTPUT:
            self.trail = [self._ref(self._place)]
        self.show_trail()
        self.light()

    def _show_biases(self) -> None:
        assert self.trace is not None
        view, made = self.trace.network.view(BIAS), self.trace.gradient("0", "bias")
        several = len(view) > 1
        self.biases.param.update(
            values=[view.tolist(), made.tolist()],
            column_labels=[f"kernel {o + 1}" for o in range(len(view))] if several else ["bias"],
        )

    def _lay_out(self) -> None:
        """Put the grids on the stage, when there are others than before."""
        wanted = (self.grids.channels, self.grids.kernels, self.state.gradients)
        if self.laid == wanted:
            return
        self.laid = wanted
        blocks = self._way_back() if self.state.gradients else self._way_there()
        self.app.stage.put(*blocks)

    def _way_there(self) -> list[tuple[Any, dict[str, Any]]]:
        single = self.grids.channels == self.grids.kernels == 1
        total = (self.grids.sum, {"title": "Sum", "text": " ", "span": 4 if single else 6})
        kinds = (("image", "kernel", "output", "product") if single else
                 ("image", "kernel", "product", "output"))  # fmt: skip
        return [*(block for kind in kinds for block in self._blocks(kind)), total]

    def _way_back(self) -> list[tuple[Any, dict[str, Any]]]:
        """Each with its gradient below or beside it."""
        single = self.grids.channels == self.grids.kernels == 1
        kinds = (("image", "kernel", "output", "dimage", "dkernel", "doutput") if single else
                 ("image", "dimage", "kernel", "dkernel", "output", "doutput"))  # fmt: skip
        biases = (self.biases, {"title": "Bias", "text": " ", "span": 6})
        return [*(block for kind in kinds for block in self._blocks(kind)), biases]

    def _blocks(self, kind: str) -> list[tuple[Any, dict[str, Any]]]:
        by_kernel = kind in ("output", "doutput")
        count = self.grids.kernels if by_kernel else self.grids.channels
        span = (KERNEL_SPANS if by_kernel else CHANNEL_SPANS)[count]
        if self.state.gradients and self.grids.channels == 1 < self.grids.kernels:
            span = span if by_kernel else 3
        what = "kernel" if by_kernel else "channel"
        return [
            (plane.grid, {"title": f"{TITLES[kind]}{f', {what} {i + 1}' if count > 1 else ''}",
                          "text": " ", "span": span, "kind": kind if i == 0 else ""})
            for i, plane in enumerate(self.grids.several(kind, count))
        ]  # fmt: skip

    def _say(self, place: Place, opened: Explanation) -> None:
        """The sentences under the titles, and where the kernel stands."""
        size = self.grids.layer.grid
        texts = {
            "image": "Type to change it.", "kernel": self._kernel_text(place),
            "product": f"At the place of {opened.symbol}.",
            "output": f"{size.units[0]} × {size.units[1]} places.",
            "dimage": f"L is {LOSSES[self.state.loss][0]}.",
            "dkernel": "Σ gradient × pixel.", "doutput": "Where the way back begins.",
        }  # fmt: skip
        count = len(opened.terms) - 1
        written = opened.substituted.replace(" × ", "·") or f"{count} products and the bias"
        last = {"Sum": f"{opened.symbol} = {written} = {format_number(opened.result)}",
                "Bias": "It is in every output; its gradient sums all of theirs."}  # fmt: skip
        self.app.stage.blocks = [
            block | {"text": last.get(block["title"]) or texts.get(block.get("kind", ""), " ")}
            for block in self.app.stage.blocks
        ]
        number, total = self._number(place), size.units[0] * size.units[1]
        self.app.transport.counters = [
            {"label": "output", "value": opened.symbol},
            {"label": "place", "value": f"{number + 1} of {total}"},
            {"label": "value", "value": format_number(opened.result)},
        ]

    def _kernel_text(self, place: Place) -> str:
        name, count = self.state.kernel_name, self.grids.kernels
        says = KERNELS[name].says if name != OWN else "Your own weights."
        if count == 1 and not self.state.flip:
            return says
        which = f"Number {place[0] + 1} of {count}" if count > 1 else "It"
        return f"{which} is laid on flipped." if self.state.flip else f"{which}. {says}"

    # Places

    @property
    def _place(self) -> Place:
        return self.state.place(self.grids.layer.grid.units)

    @staticmethod
    def _ref(place: Place) -> Ref:
        return Ref(OUTPUT, (0, *place))

    def _number(self, place: Place) -> int:
        """Which place it is, in reading order, from 0."""
        return place[1] * self.grids.layer.grid.units[1] + place[2]

    def light(self) -> None:
        """Move the kernel to the output that is pointed at, or else opened, and light the rest."""
        focus = self.pointed or (self.trail[-1] if self.trail else None)
        places = focus is not None and focus.tensor in (OUTPUT, "layers.0.doutput")
        _, o, u, v = focus.index if places and focus else (0, *self._place)
        opened = self.grids.go((o, u, v), self.state.gradients)
        self.grids.light(self.lit(), focus)
        self._say(self.grids.place, opened)

    def opened(self) -> None:
        ref = self.trail[-1]
        if ref.tensor == OUTPUT:
            self.state.apply({"shown": ref.index[1] + 1, "at": [i + 1 for i in ref.index[2:]]})
            if self.state.gradients and self.state.loss == "one":
                self.redraw()
            self.app.controls.fields = self.fields(self.state)
            self.write_address()
        super().opened()

    # What the learner does

    def controlled(self, message: Message) -> None:
        self.apply(self.changed(self.state, message["name"], message.get("value")))

    def rewind(self) -> None:
        if self._is_last:
            self._go(0)

    def reset(self) -> None:
        self.trail = []
        super().reset()

    @property
    def _is_last(self) -> bool:
        rows, columns = self.grids.layer.grid.units
        return self._number(self._place) == rows * columns - 1

    def advance(self, by: int = 1) -> bool:
        """Slide on by one; tell whether there is more."""
        self._go(self._number(self._place) + by)
        return not self._is_last

    def _go(self, number: int) -> None:
        """Open the output with this number in reading order; after the last comes the first."""
        rows, columns = self.grids.layer.grid.units
        row, column = divmod(number % (rows * columns), columns)
        self.open(self._ref((self._place[0], row, column)))

    def _bias_told(self, message: Message) -> None:
        tensor = "layers.0.dbias" if int(message["row"]) else BIAS
        self.number_told(message, Ref(tensor, (int(message["column"]),)))

    def edit(self, ref: Ref, value: float) -> None:
        if ref.tensor == INPUT:
            _, c, y, x = ref.index
            self.apply(self.state.with_pixel((c, y, x), value))
        elif ref.tensor == WEIGHT:
            self.apply(self.state.with_weight(ref.index, value))
        self.write_address()


CHAPTER = Convolution
