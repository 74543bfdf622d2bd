"""A5: the loss as a function of the parameters, cut along one or two of them."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import param
from numpy.typing import NDArray

from app.playground.chapters.base import Instruments, field
from app.playground.chapters.neurons.descending import Descending
from app.playground.chapters.neurons.landscape_controls import (
    network_fields,
    point_fields,
    section_fields,
)
from app.playground.chapters.neurons.landscape_state import FLAT, KEYS, SYMBOLS, LandscapeState
from app.playground.chapters.neurons.landscape_tables import ParameterTable
from app.playground.chapters.neurons.section import POINTS
from app.playground.figures.contours import ContourPicture, Path
from app.playground.figures.function import FunctionPicture
from app.playground.figures.surface import SurfacePicture
from app.playground.views import Picture
from core.explain import Ref, format_number
from core.landscape import Landscape
from core.optimizers import SGD
from core.race import Lane

Array = NDArray[np.floating]
NONE = "none"  # instead of a second parameter
CURVE = "Behind it, each sample's own loss."
TURN_STEP = 5  # degrees, of an arrow key


class SectionState(LandscapeState):
    second = param.Selector(default="w4", objects=[NONE, *KEYS], label="Upwards",
                            doc="The parameter that changes from below to above")  # fmt: skip
    turn = param.Number(default=30.0, bounds=(-180, 180), step=1, label="Turn",
                        doc="Degrees by which the surface is turned")  # fmt: skip
    tilt = param.Number(default=35.0, bounds=(10, 80), step=1, label="Tilt",
                        doc="Degrees from which one looks down on it")  # fmt: skip

    ADDRESS: ClassVar[dict[str, str]] = LandscapeState.SHARED | {"turn": "turn", "tilt": "tilt"}

    @property
    def is_curve(self) -> bool:
        return bool(self.second == NONE)

    @property
    def drawn(self) -> tuple[str, ...]:
        return (self.first,) if self.is_curve else (self.first, self.second)


class TheLandscape(Descending):
    id = "a5"
    number = "A5"
    part = "neurons"
    title = "The loss is a landscape"
    summary = "The loss over one or two of nine parameters, from above and from the side"
    State = SectionState
    play_label = "Descend"
    lead = """
Hold the samples still, and the loss is a function of the **parameters** alone: of nine numbers, w₁ to w₆ and b₁ to b₃.
Choose one or two of them, and see it as a curve or as a landscape. Drag the point; then press *Descend*.
"""
    notes = """
## Try this

- Put the point on one of the hills, a little to the left or to the right of its top, and descend.
  It [ends in another valley](?chapter=a5&w=1.0~1.5~-1.5~-1.9~2.0~2.0&steps=60).
- Draw [one parameter alone](?chapter=a5&second=none). The slope of the dashed line is ∂L/∂w₁: open it in the table.
- Draw [w₅ over b₃](?chapter=a5&first=b3&second=w5), which both belong to the output: a long valley. Many pairs of numbers are almost
  equally good.
- [Train all nine](?chapter=a5&all=1&steps=200). The ground moves under the point, for the seven parameters that are not drawn
  change, too.
- Take away the sigmoid of the output: [the loss becomes a bowl](?chapter=a5&first=w5&second=w6&out=identity&reach=4.0&rate=0.1&act=tanh)
  in the weights of the output.

## How to read it

Each line joins points of equal loss. Where lines are close, the ground is steep. The arrow points against the gradient,
straight downhill: it meets the lines at right angles, and the next step goes along it.

Binary cross-entropy takes the one output as a probability. Categorical cross-entropy would need an output for each class.

> A network of nine parameters has a landscape over nine dimensions. A picture is a cut through it, and a path in it is a
> **projection**: a shadow of the path, as long as other parameters move, too.
"""

    def __init__(self, app: Instruments) -> None:
        super().__init__(app)
        self.contours, self.surface = ContourPicture(), SurfacePicture()
        self.curve = FunctionPicture("loss", "w₁", "loss", 1, (0, 1))
        self.contours.on_move = self.dragged
        self.curve.on_move = self.dragged
        self.surface.on_turn = self._turned
        self.views = [Picture(f.fig) for f in (self.contours, self.surface, self.curve)]
        self.parameters = ParameterTable(self.number_told)
        self.shown: bool | None = None  # whether a curve is on the stage

    def lanes(self) -> list[Lane]:
        return [Lane("sgd", float(self.state.rate), self.state.num_samples)]

    def place(self) -> Array:
        return self.race.point(0)

    # Showing

    def enter(self) -> None:
        self.show_walk()
        if not self.trail:
            self.trail = [Ref("loss")]
        self.shown = None
        self.redraw()

    def _put(self) -> None:
        """The pictures of one parameter, or of two."""
        self.shown = self.state.is_curve
        move = "move the point"
        flat = [(self.views[2], {"title": "The loss along one parameter", "text": " ",
                                 "wide": True, "keys": move})]  # fmt: skip
        deep = [
            (self.views[0], {"title": "The loss from above", "text": " ", "keys": move}),
            (self.views[1], {"title": "The loss from the side", "text": " ", "keys": "turn it"}),
        ]
        self.app.stage.put(
            *(flat if self.shown else deep),
            (self.parameters.grid, {"title": "Where the point is", "text": " ", "wide": True}),
            (self.samples.grid, {"title": "The samples there", "text": " ", "wide": True}),
        )  # fmt: skip

    def redraw(self) -> None:
        self.descend()
        everything = np.arange(self.state.num_samples)
        self.trace = self.traced(0, everything, SGD(self.place(), float(self.state.rate)))
        if self.shown != self.state.is_curve:
            self._put()
        (self._show_curve if self.state.is_curve else self._show_landscape)()
        self.parameters.show(self.state, self.trace)
        self.samples.show(self.state, self.trace)
        self._show_controls()
        self._show_transport()
        self._say()
        self.show_trail()
        self.light()

    @property
    def _path(self) -> Array:
        """(steps + 1, drawn parameters), and the loss as the last column."""
        taken = slice(int(self.race.steps[0]) + 1)
        columns = self.race.path[taken, 0][:, [FLAT[key] for key in self.state.drawn]]
        return np.column_stack([columns, self.race.losses[taken, 0]])

    def _show_landscape(self) -> None:
        state, theme = self.state, self.app.theme
        section = self.sections.of(state, self.landscape, self.place())
        names = SYMBOLS[state.first], SYMBOLS[state.second]
        path = self._path
        self.contours.show_ground(section.heights, section.pieces, names, theme)
        self.contours.show_paths([Path(path[:, :2], self._downhill)], theme)
        self.surface.update(section.heights, path, names, state.turn, state.tilt, theme)

    @property
    def _downhill(self) -> Array:
        """Against the gradient, in the picture."""
        assert self.trace is not None
        return -self.trace.gradients[[FLAT[key] for key in self.state.drawn]]

    def _show_curve(self) -> None:
        """The loss along one parameter, and behind it each sample's own."""
        state, path = self.state, self._path
        assert self.trace is not None
        place, reach = FLAT[state.first], state.reach
        axis = np.linspace(-reach, reach, 4 * POINTS)
        curve = self.landscape.section(self.place(), {place: axis})
        each = [Landscape(state.spec, state.inputs[k : k + 1], state.targets[k : k + 1],
                          state.loss).section(self.place(), {place: axis})
                for k in range(state.num_samples)]  # fmt: skip
        high = 1.1 * float(np.nanmax([*curve, 1e-9]))
        self.curve.frame(reach, (-0.05 * high, high), SYMBOLS[state.first])
        self.curve.show_path(path)
        self.curve.update(axis, curve, each, np.zeros(len(axis), bool), tuple(path[-1]),
                          float(self.trace.gradients[place]), self.app.theme)  # fmt: skip

    def _show_controls(self) -> None:
        state, point = self.state, self.place()
        values = {key: float(point[FLAT[key]]) for key in state.drawn}
        angles = [] if state.is_curve else [
            field(state, name, "number", "From the side") for name in ("turn", "tilt")
        ]  # fmt: skip
        self.app.controls.fields = [
            *section_fields(state), *point_fields(state, values, "The point"),
            field(state, "rate", "number", "Descent", scale="log", step=0.1),
            field(state, "steps", "integer", "Descent"),
            field(state, "all_nine", "switch", "Descent"),
            *angles, *network_fields(state),
        ]  # fmt: skip

    def _show_transport(self) -> None:
        trouble = self.race.trouble(0)
        values = {"step": str(int(self.race.steps[0])),
                  "loss": format_number(self.race.history(0)[-1])}  # fmt: skip
        self.app.transport.param.update(
            counters=[{"label": label, "value": value} for label, value in values.items()],
            message=f"{trouble.title}. {trouble.seen} {trouble.remedy}" if trouble else "",
        )

    def _say(self) -> None:
        texts = [*self._picture_texts(),
                 "Type another value to start from it. A parameter that is held has no next value."
                 if not self.state.all_nine else "Type another value to start from it.",
                 "Type to change them: the whole landscape changes."]  # fmt: skip
        self.app.stage.blocks = [{**block, "text": text} for block, text in
                                 zip(self.app.stage.blocks, texts, strict=True)]  # fmt: skip

    def _picture_texts(self) -> list[str]:
        state = self.state
        point = self.place()
        at = ", ".join(f"{SYMBOLS[key]} = {format_number(point[FLAT[key]], 4)}"
                       for key in state.drawn)  # fmt: skip
        outside = any(abs(point[FLAT[key]]) > state.reach for key in state.drawn)
        where = " The point is outside: give the picture more reach." if outside else ""
        here = f"L = {format_number(self.race.history(0)[-1])} at {at}.{where}"
        way = (
            "All nine are trained: the path is a projection."
            if state.all_nine
            else "Only what is drawn is trained: the path lies in it."
        )
        if state.is_curve:
            return [f"{here} {way if state.all_nine else CURVE}"]
        return [here, way]

    def light(self) -> None:
        lit = self.lit()
        self.parameters.light(lit)
        self.samples.light(lit)

    # What the learner does

    def steered(self, block: int, x: float, y: float) -> None:
        if block == 1:
            self._turned(TURN_STEP * x, TURN_STEP * y)
        else:
            super().steered(block, x, y)

    def _turned(self, turn: float, tilt: float) -> None:
        """By so many degrees; a full turn begins anew."""
        turned = (self.state.turn + turn + 180) % 360 - 180
        self.state.apply({"turn": round(turned, 1),
                          "tilt": round(float(np.clip(self.state.tilt + tilt, 10, 80)), 1)})  # fmt: skip
        self._show_landscape()
        self._show_controls()
        self.write_address()


CHAPTER = TheLandscape
