"""C8: a convolutional network that learns digits, watched layer by layer."""

from __future__ import annotations

from typing import Any

from app.playground.chapters.base import Instruments, check
from app.playground.chapters.images import c8_words as words
from app.playground.chapters.images import cnn_large, cnn_readings
from app.playground.chapters.images.cnn_looking import Looking
from app.playground.chapters.images.cnn_own import OwnPictures
from app.playground.chapters.images.cnn_state import HEAVY, LARGE, LearnState, usual
from app.playground.chapters.neurons.mlp_controls import new_seed
from app.playground.chapters.trains import Kept
from app.playground.views.component import Message

TUNABLE = {"rate", "l2"}  # act at once
SHOWING = {"about", "look", "sample", "ink", "layer", "channel", "source", "at", "off"}  # change no training
LARGE_SIDE = 16  # pixels; for larger pictures LeNet-5 itself is right


class Learning(Looking):
    id = "c8"
    number = "C8"
    part = "images"
    has_engines = True
    title = "A convolutional network learns"
    summary = "Train LeNet in the page, and watch kernels and feature maps change"
    State = LearnState
    lead = words.LEAD
    notes = words.NOTES

    def __init__(self, app: Instruments) -> None:
        super().__init__(app)
        self._configure()

    # Entering, leaving, changing

    def enter(self) -> None:
        self.on_stage = True
        views = self.pictures.pad, self.sight.view, self.data.files, self.data.sending.view
        self.app.stage.put(*self.stage.blocks(*views, self.state.is_large))
        self.data.sending.show()
        self.pictures.show_drawing()
        self.app.transport.param.update(
            play_label="Play", steps=cnn_readings.STEPS, speed=self.session.speed,
            speeds=[speed.label for speed in self.session.speeds],
        )  # fmt: skip
        self.redraw()
        self.session.settle()

    def leave(self) -> None:
        self.session.stop()
        self.on_stage = False

    def apply(self, values: dict[str, Any]) -> None:
        old = {name: getattr(self.state, name) for name in values}
        self.state.apply({name: check(self.state, name, value) for name, value in values.items()})
        try:
            self.state.require_places()
            self.session.off = tuple(self.state.units_off())
            if not set(values) <= SHOWING | TUNABLE:
                self._configure()
            elif set(values) & TUNABLE:
                self.session.tune(self.state.train_spec())
        except ValueError:
            self.state.apply(old)
            raise
        if not self.app.is_open(self):
            return
        if not set(values) <= SHOWING:
            self.enter()
            return
        if "ink" in values:
            self.pictures.show_drawing()
        self.redraw()
        self.session.settle()

    def _configure(self) -> None:
        """Start afresh from the state; `enter` draws it. What cannot be raises ValueError, and
        leaves everything as it was."""
        data, network = self.data, self.data.network
        samples = data.samples
        self.past.will()
        self.session.stop()
        was = self.on_stage, self.session.can_here
        self.on_stage, self.session.can_here = False, not self.state.is_large
        try:
            self.session.configure(network, samples, self.state.train_spec())
        except ValueError:
            self.on_stage, self.session.can_here = was
            raise
        self.reached, self.trail = None, []
        self.stage.confusion.close()
        self.stage.build(network, data.is_ink)
        self.pictures.take(self.session.engine.trainer, data.is_ink, data.own is None)

    def controlled(self, message: Message) -> None:
        name, value = message["name"], message.get("value")
        if name == "net":
            fresh = {n: self.state.param[n].default
                     for n in (*HEAVY, *LARGE, "layer", "channel", "off")}  # fmt: skip
            self.apply({**fresh, **usual(str(value)), "net": value})
        elif name == "is_off":
            self._switch(bool(value))
        elif name == "digits":
            self._use(None)
        elif name == "all_on":
            self.apply({"off": []})
        elif name == "look":
            self.apply({"look": value, "sample": 1})
        elif name == "new_seed":
            self.apply({"seed": new_seed(self.state.seed)})
        else:
            self.apply({name: value})

    def _switch(self, is_off: bool) -> None:
        """Switch the chosen unit off or on again."""
        unit = f"{self.state.path}u{self.state.channel}"
        others = [each for each in self.state.off if each != unit]
        self.apply({"off": [*others, unit] if is_off else others})

    @property
    def barred(self) -> str:
        """Why the network cannot be trained now; blank where it can."""
        remedy = self.engines.remedy[1]
        return cnn_large.barred(self.state, self.data.network, remedy) if remedy else ""

    def transported(self, message: Message) -> None:
        if message["type"] in ("play", "step") and self.barred:
            raise ValueError(self.barred)
        if message["type"] == "reset":
            self.past.will()
            self.reached = None
        super().transported(message)

    def kept(self) -> Kept:
        """Where a large network stood takes more memory than there is."""
        snapshot = None if self.state.is_large else self.session.snapshot
        return Kept(snapshot, self.data.own, (self.data.own,))

    def bring_back(self, kept: Kept) -> None:
        self.reached = None
        if kept.more is not self.data.own:
            self.data.own = kept.more
            self._configure()
            self.enter()
        super().bring_back(kept)

    # Which pictures

    def _picked(self, number: int) -> None:
        """A picture of the gallery goes through the network."""
        self.apply({"look": "test", "sample": number + 1})
        self.write_address()

    def served(self) -> None:
        super().served()
        self.data.sending.show()
        self.tell_takes()

    def moved(self) -> None:
        super().moved()
        self.tell_takes()

    def _use(self, own: OwnPictures | None) -> None:
        """Start afresh with these pictures, and with a network that they fit."""
        self.past.will()
        before, self.data.own, self.data.files.error = self.data.own, own, ""
        large = own is not None and own.side >= LARGE_SIDE and self.state.size < LARGE_SIDE
        try:
            self.apply({"net": "lenet5" if large else self.state.net, "look": "test", "sample": 1})
        except ValueError:
            self.data.own = before
            raise
        self.write_address()

    # Kept by the page

    def checkpoint(self) -> dict[str, Any]:
        """Files of one's own cannot be kept, and what is large is on a server."""
        is_kept = self.session.snapshot.step and not (self.data.own or self.state.is_large)
        return self.kept_weights() if is_kept else {}

    def restore(self, data: dict[str, Any]) -> None:
        if data:
            self.take_weights(data)
            self.session.settle()


CHAPTER = Learning
