"""What A5 and A7 share: descents on a landscape, stepped, played, and taken back.

The number of steps is part of the state: the same address descends again, to the same point.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from app.playground.chapters.base import Instruments
from app.playground.chapters.neurons.landscape_state import FLAT, KEYS, MAX_STEPS, LandscapeState
from app.playground.chapters.neurons.landscape_tables import SampleTable
from app.playground.chapters.neurons.section import Sections
from app.playground.chapters.walk import WalkingChapter
from app.playground.views.component import Message
from core.explain import Ref, Trace
from core.landscape import Landscape
from core.network import Network
from core.optimizers import Optimizer
from core.race import Lane, Race
from core.spec import TrainSpec

Array = NDArray[np.floating]
ARROW_STEPS = 50  # of an arrow key, from the middle of the picture to its edge
MOVES = {"next": 1, "ten": 10, "back": -1}


@dataclass(frozen=True)
class Speed:
    label: str
    pause: float  # seconds between pictures
    stride: int  # steps from one picture to the next


SPEEDS = (Speed("2 steps a second", 0.5, 1), Speed("10 steps a second", 0.1, 1),
          Speed("as fast as it can", 0.0, 2))  # fmt: skip
DEFAULT_SPEED = 1


class Descending(WalkingChapter):
    State: ClassVar[type[LandscapeState]]
    race: Race
    landscape: Landscape
    pause_s = SPEEDS[DEFAULT_SPEED].pause
    buttons = (
        {"id": "next", "label": "Step", "help": "One step (key .)"},
        {"id": "ten", "label": "10 steps", "help": "Ten steps"},
        {"id": "back", "label": "Back", "help": "One step back"},
    )

    def __init__(self, app: Instruments) -> None:
        super().__init__(app)
        self.sections = Sections()
        self.speed = DEFAULT_SPEED
        self.samples = SampleTable(self.number_told)
        self._key: object = None

    # To be given by a chapter

    @abstractmethod
    def lanes(self) -> list[Lane]:
        """The descents, each from the start."""

    @abstractmethod
    def place(self) -> Array:
        """The parameters of the point that moves when the learner moves it."""

    @property
    def seed(self) -> int:
        """What the batches are drawn from."""
        return 0

    @property
    def steps_from_new_start(self) -> int:
        """How many steps to take when the learner has moved the start."""
        return 0

    # Descending

    def apply(self, values: dict[str, Any]) -> None:
        with self.trying(values):
            self.state.require_fit()
        if self.app.is_open(self):
            self.redraw()

    def descend(self) -> None:
        """Bring the race to the number of steps, from the start where something has changed."""
        state, lanes = self.state, self.lanes()
        key = (state.spec, state.loss, *state.inputs.ravel(), *state.targets.ravel(),
               *state.start, *state.free, *lanes, self.seed)  # fmt: skip
        if key != self._key:
            self.landscape = Landscape(state.spec, state.inputs, state.targets, state.loss)
        if key != self._key or self.race.num_steps > state.steps:
            self.race = Race(self.landscape, state.start, lanes, state.free, self.seed)
        self._key = key
        self.race.run(state.steps)

    def traced(self, k: int, samples: NDArray[np.int64], optimizer: Optimizer) -> Trace:
        """A lane's network where it is, on some of the samples, and the step that it would take."""
        state, lane = self.state, self.race.lanes[k]
        network = Network(state.spec)
        network.parameters[:] = self.race.point(k)
        count = int(self.race.steps[k])
        origin = f"It is as {count} steps left it." if count else "You can set it by hand."
        train = TrainSpec(state.loss, lane.optimizer, lane.learning_rate, len(samples))
        return Trace(network, state.inputs[samples], state.targets[samples], train, optimizer,
                     origin)  # fmt: skip

    def advance(self, by: int = 1) -> bool:
        """Some steps at the chosen speed; tell whether there are more to take."""
        self._go(SPEEDS[self.speed].stride)
        return bool(self.state.steps < MAX_STEPS and self.race.num_steps == self.state.steps)

    def _go(self, count: int) -> None:
        steps = int(np.clip(self.state.steps + count, 0, MAX_STEPS))
        self.apply({"steps": steps})
        if self.race.num_steps < steps:  # all have stopped
            self.state.steps = self.race.num_steps
        self.write_address()

    # What the learner does

    def show_walk(self) -> None:
        super().show_walk()
        self.app.transport.param.update(speeds=[each.label for each in SPEEDS], speed=self.speed)

    def transported(self, message: Message) -> None:
        if message["type"] == "speed":
            self.speed = self.app.transport.speed = int(message["index"]) % len(SPEEDS)
            self.walk.pause = SPEEDS[self.speed].pause
        else:
            super().transported(message)

    def rewind(self) -> None:
        if self.state.steps >= MAX_STEPS:
            self.reset()

    def stepped(self, button: str) -> None:
        self._go(MOVES[button])

    def reset(self) -> None:
        """To the start of the descent; all else stays as it was set."""
        self.apply({"steps": 0})

    def controlled(self, message: Message) -> None:
        name = message["name"]
        if name in KEYS:
            self.move({name: float(message["value"])})
        elif name == "samples":
            self.apply(self.state.resized(int(message["value"])))
        elif name in ("first", "second"):
            self.apply(self._swapped(name, message["value"]))
        else:
            self.apply({name: message["value"]})

    def _swapped(self, name: str, key: str) -> dict[str, Any]:
        """Draw a parameter; where it is drawn the other way already, the two change places."""
        other = "second" if name == "first" else "first"
        is_taken = getattr(self.state, other) == key
        return {name: key, other: getattr(self.state, name)} if is_taken else {name: key}

    def steered(self, block: int, x: float, y: float) -> None:
        """Arrow keys move the point; a curve knows only left and right."""
        moves = dict(zip(self.state.drawn, (x, y), strict=False))
        point, step = self.place(), self.state.reach / ARROW_STEPS
        self.move({key: float(point[FLAT[key]]) + step * by for key, by in moves.items()})

    def dragged(self, *values: float) -> None:
        self.move(dict(zip(self.state.drawn, values, strict=True)))
        self.write_address()

    def move(self, values: dict[str, float]) -> None:
        """Start anew where the point is, with some of its parameters changed."""
        reach = self.state.reach
        kept = {key: round(float(np.clip(v, -reach, reach)), 3) for key, v in values.items()}
        self._start_at(kept)

    def _start_at(self, changes: dict[str, float]) -> None:
        steps = {"steps": self.steps_from_new_start}
        self.apply(self.state.started(self.place(), changes) | steps)

    def edit(self, ref: Ref, value: float) -> None:
        if ref.tensor in ("input", "target"):
            self.samples.grid.error = ""
            column = ref.index[1] if ref.tensor == "input" else 2
            try:
                self.apply(self.state.with_sample(ref.index[0], column, value))
            except ValueError as error:
                self.samples.grid.error = f"{value:g} does not work here: {error}."
                self.redraw()
        else:
            key = next(key for key in KEYS if self.state.ref(key) == ref)
            self._start_at({key: value})
        self.write_address()
