"""C8: a convolutional network that learns digits, watched layer by layer."""

from __future__ import annotations

import base64
from functools import partial
from typing import Any

import numpy as np

from app.playground.chapters import cnn_maps, cnn_readings
from app.playground.chapters.base import Instruments, check
from app.playground.chapters.cnn_controls import fields
from app.playground.chapters.cnn_pictures import Pictures
from app.playground.chapters.cnn_stage import LearnStage
from app.playground.chapters.cnn_state import HEAVY, LearnState
from app.playground.chapters.cnn_words import sentences
from app.playground.chapters.mlp_controls import new_seed
from app.playground.chapters.mlp_readings import history
from app.playground.chapters.trains import Kept, TrainingChapter, edited
from app.playground.slow_session import SlowSession
from app.playground.views.component import Message
from core.ablation import switch_off
from core.explain import Explanation, Ref, Trace
from core.explain.passes import explain_in
from core.explain.paths import INPUT
from core.network import Network
from core.spec import FIRST
from core.training import Snapshot

BATCH = "batch"  # the name of the training pass
TUNABLE = {"rate", "l2"}  # act at once
SHOWING = {"look", "sample", "layer", "channel", "source", "at", "off"}  # change no training
WEIGHT_LIMIT = 1000.0
GOOD = 0.95  # of the test digits


class Learning(TrainingChapter):
    id = "c8"
    number = "C8"
    part = "images"
    title = "A convolutional network learns"
    summary = "Train LeNet in the page, and watch kernels and feature maps change"
    State = LearnState
    session: SlowSession
    state: LearnState
    lead = """
A convolutional network learns to read digits. **Play** trains it here, in this page. Watch its kernels and feature maps
change; select any map, any unit, any number, and see what it is made of, back to the pixels.
"""
    notes = """
## Try this

- Play, and pause when most test digits are right. Then select a picture among the *worst mistakes*, and go through its layers:
  where does it look like another digit?
- Select a cell of the confusion matrix beside the diagonal: these are the digits that are taken for one another.
- LeNet-5 itself learns [digits of 28 × 28](?chapter=c8&net=lenet5). It has 61,706 parameters, and one epoch takes longer.

## Which pool, which activation

> No pool is best for everything. LeNet averages; averaging cuts noise that is zero on the mean, while the largest value keeps what
> stands out. Try [max pooling](?chapter=c8&pool=max), then [both](?chapter=c8&pool=max&noise=0.3) with
> [noise](?chapter=c8&noise=0.3). Either way, a picture moved by a pixel changes the maps a little less; turned, it is another picture.

> A picture has *spatial* structure: neighbours belong together, and a kernel uses that. It has no order in time; that is a matter of
> video and of sequences.

The network learns from the training digits only, and the scores are those of the test digits, which it never sees. They are worked out
between the steps, a few digits at a time, so *scored at step* may lie a little behind.
"""

    def __init__(self, app: Instruments) -> None:
        super().__init__(app)
        self.session = SlowSession(app.frame, self.show, app.place)
        self.stage = LearnStage(self._told, self._chosen, self._cell_chosen, self._picked)
        self.pictures = Pictures(self.state)
        self.reached: float | None = None  # after how long training came to GOOD
        self.on_stage = False
        self._configure()

    # Entering, leaving, changing

    def enter(self) -> None:
        self.on_stage = True
        self.app.stage.put(*self.stage.blocks())
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
        if not set(values) <= SHOWING and self.app.is_open(self):
            self.enter()
        else:
            self.show(self.session.snapshot)
            self.app.controls.fields = fields(self.state, self.pictures.counts)

    def _configure(self) -> None:
        """Start afresh from the state; `enter` draws it."""
        self.on_stage = False
        self.session.stop()
        self.reached, self.trail = None, []
        self.stage.confusion.close()
        self.past.will()
        network = self.state.network_spec()
        self.stage.build(network)
        self.session.configure(network, self.state.data_spec(), self.state.train_spec())
        self.pictures.take(self.session.engine.trainer)

    def controlled(self, message: Message) -> None:
        name, value = message["name"], message.get("value")
        if name == "net":
            usual = {n: self.state.param[n].default for n in (*HEAVY, "layer", "channel", "off")}
            heavy = HEAVY if str(value).endswith("_32x32") else {}
            self.apply({**usual, **heavy, "net": value})
        elif name == "all_on":
            self.apply({"off": []})
        elif name == "look":
            self.apply({"look": value, "sample": 1})
        elif name == "new_seed":
            self.apply({"seed": new_seed(self.state.seed)})
        else:
            self.apply({name: value})

    def transported(self, message: Message) -> None:
        if message["type"] == "reset":
            self.past.will()
            self.reached = None
        super().transported(message)

    def bring_back(self, kept: Kept) -> None:
        self.reached = None
        super().bring_back(kept)

    @property
    def classes(self) -> list[str]:
        return [str(k) for k in range(self.session.snapshot.network_spec.output_shape[0])]

    # Showing

    def show(self, snapshot: Snapshot) -> None:
        """A new snapshot is there: everything on the stage follows it."""
        if not self.on_stage:
            return
        network = Network(snapshot.network_spec)
        network.parameters[:] = snapshot.parameters
        network.load_state(snapshot.state)
        switch_off(network, self.session.off)
        made = cnn_readings.origin(snapshot)
        self.trace = Trace(network, *self.pictures.shown, snapshot.train_spec, origin=made)
        self.batch = Trace(
            snapshot.network(), snapshot.batch_inputs, snapshot.batch_targets, snapshot.train_spec,
            snapshot.optimizer, made, training=True, rng=snapshot.rng,
        )  # fmt: skip
        self.draw()

    def redraw(self) -> None:
        self.app.controls.fields = fields(self.state, self.pictures.counts)
        self.show(self.session.snapshot)

    def draw(self) -> None:
        stage, trace = self.stage, self.trace
        assert trace is not None
        stage.show_unit(trace, self.state)
        stage.show_maps(trace, self.state, self.state.units_off(), self.classes, self._says())
        stage.show_kernels(trace, self.state)
        stage.show_answer(trace, self.classes)
        sample = self.pictures.number if self.state.look == "test" else -1
        stage.show_scores(self.session.scores, self.classes, sample)
        self._show_transport()
        self._say()
        if not self.trail:
            self.trail = [self._unit_ref()]
        self.show_trail()
        self.light()

    def _says(self) -> str:
        """What the picture is, and what it is taken for."""
        assert self.trace is not None
        k, _ = cnn_readings.surest(self.trace)
        label = self.classes[int(self.pictures.shown[1][0])]
        return f"a {label}, taken for {self.classes[k]}"

    def _show_transport(self) -> None:
        session, snapshot = self.session, self.session.snapshot
        if self.reached is None and snapshot.test and snapshot.test.metric >= GOOD:
            self.reached = session.trained_s
        message = snapshot.message
        if not message and self.reached is not None and snapshot.step:
            message = (f"{100 * GOOD:.0f} % of the test digits right after "
                       f"{self.reached:.1f} s.")  # fmt: skip
        self.app.transport.param.update(
            running=session.running, counters=cnn_readings.counters(session), message=message,
            history=history(snapshot), engine=session.engine.label,
        )  # fmt: skip
        if not session.running:
            self.past.show()

    def _say(self) -> None:
        assert self.trace is not None
        texts = sentences(self.trace, self.state, self.stage, self.session.scores, self.classes)
        blocks = [{**block, "text": texts[block["kind"]]} for block in self.app.stage.blocks]
        if blocks != self.app.stage.blocks:
            self.app.stage.blocks = blocks

    def light(self) -> None:
        lit = self.lit()
        lit |= {Ref(ref.tensor.split("update.", 1)[1], ref.index) for ref in lit
                if "update." in ref.tensor}  # fmt: skip
        self.stage.light(lit)

    # Opening numbers

    def explanation(self, ref: Ref) -> Explanation:
        assert self.trace is not None
        return explain_in({"": self.trace, BATCH: self.batch}, ref)

    def _unit_ref(self) -> Ref:
        assert self.trace is not None
        return cnn_maps.output_ref(self.trace, self.state.path, self.state.channel - 1, self._place)

    @property
    def _place(self) -> tuple[int, int]:
        return self.state.at[0] - 1, self.state.at[1] - 1

    def _told(self, message: Message, ref: Ref) -> None:
        """A weight opens as its next value, from the batch at hand."""
        if ref.tensor.startswith(FIRST) and ref.tensor.endswith(".weight"):
            ref = Ref(f"{BATCH}/update.{ref.tensor}", ref.index)
        self.number_told(message, ref)

    def edit(self, ref: Ref, value: float) -> None:
        name = ref.tensor.split("update.", 1)[1]
        self.past.will(said=partial(edited, Ref(name, ref.index)))
        self.session.set_parameter(name, ref.index, value)
        self.session.settle()

    def opened(self) -> None:
        """Show the map that an opened number belongs to."""
        ref = self.trail[-1]
        if ref.tensor.startswith(FIRST) and ref.tensor.endswith(".output"):
            path = ref.tensor.removeprefix(FIRST).removesuffix(".output")
            if path in self.stage.paths:
                self._look_at(path, ref.index[1], ref.index[2:])
                return
        super().opened()

    def _look_at(self, path: str, channel: int, place: tuple[int, ...]) -> None:
        values: dict[str, Any] = {"layer": [path], "channel": channel + 1}
        if place:
            values["at"] = [i + 1 for i in place]
        self.state.apply(values)
        self.app.arithmetic.asked += 1
        self.draw()
        self.write_address()

    def _chosen(self, message: Message) -> None:
        """A tile was chosen: of the picture, of a layer, or of the kernels."""
        assert self.trace is not None
        path = message["path"]
        if path == "kernels":
            self._kernel_chosen(message)
        elif path == cnn_readings.PREDICTION:
            self.open(Ref(path, (0, int(message["channel"]))))
        elif path == INPUT:
            self.open(Ref(INPUT, (0, 0, *cnn_maps.pixel(message, (0, 0)))))
        else:
            shape = self.trace.output(path).shape[1:]
            channel = cnn_maps.chosen_channel(shape, message)
            place = cnn_maps.pixel(message, self._place)
            self.open(cnn_maps.output_ref(self.trace, path, channel, place))

    def _kernel_chosen(self, message: Message) -> None:
        assert self.trace is not None
        path = self.stage.weighted(self.trace, self.state.path)
        weight = self.trace.network.view(f"{FIRST}{path}.weight")
        unit, source = cnn_maps.chosen_kernel(weight, self.state.channel - 1, message)
        index = (unit, source, *cnn_maps.pixel(message, (0, 0)))[: weight.ndim]
        self.state.apply({"layer": [path], "channel": unit + 1, "source": source + 1})
        self.trail = [Ref(f"{BATCH}/update.{FIRST}{path}.weight", index)]
        self.app.arithmetic.asked += 1
        self.draw()
        self.write_address()

    def _cell_chosen(self) -> None:
        self.draw()

    def _picked(self, number: int) -> None:
        """A picture of the gallery goes through the network."""
        self.apply({"look": "test", "sample": number + 1})
        self.write_address()

    # Kept by the page

    def checkpoint(self) -> dict[str, Any]:
        snapshot = self.session.snapshot
        if not snapshot.step:
            return {}
        packed = snapshot.parameters.astype("<f4").tobytes()
        return {"step": snapshot.step, "parameters": base64.b64encode(packed).decode()}

    def restore(self, data: dict[str, Any]) -> None:
        if not data:
            return
        values = np.frombuffer(base64.b64decode(data.get("parameters", "")), "<f4")
        network = self.session.engine.trainer.network
        if values.shape != network.parameters.shape or not np.isfinite(values).all():
            raise ValueError("the kept weights do not fit the network of this address")
        network.parameters[:] = values
        self.session.publish()
        self.session.settle()
        self.app.say_error(
            f"The weights are those from step {int(data['step'])}, before Python stopped."
        )


CHAPTER = Learning
