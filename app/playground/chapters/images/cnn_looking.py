"""C8, as far as it is looked at: what a network makes of one picture, and numbers that open."""

from __future__ import annotations

from abc import abstractmethod
from functools import partial
from typing import Any

from app.playground.chapters.base import Instruments
from app.playground.chapters.images import cnn_large, cnn_maps, cnn_readings
from app.playground.chapters.images.cnn_controls import fields
from app.playground.chapters.images.cnn_data import LearningData
from app.playground.chapters.images.cnn_own import OwnPictures
from app.playground.chapters.images.cnn_passes import batch_pass, shown_pass
from app.playground.chapters.images.cnn_pictures import Pictures
from app.playground.chapters.images.cnn_sight import Sight
from app.playground.chapters.images.cnn_stage import LearnStage
from app.playground.chapters.images.cnn_state import LearnState
from app.playground.chapters.images.cnn_words import sentences
from app.playground.chapters.neurons.mlp_readings import history
from app.playground.chapters.trains import TrainingChapter, edited
from app.playground.slow_session import SlowSession
from app.playground.views.component import Message
from core.architectures import ARCHITECTURES
from core.explain import Explanation, Ref
from core.explain.passes import explain_in
from core.spec import FIRST
from core.training import Snapshot

BATCH = "batch"  # the name of the training pass
GOOD = 0.95  # of the test pictures


class Looking(TrainingChapter):
    """`trace` is the pass of the picture that is looked at, `batch` that of the next batch."""

    session: SlowSession
    state: LearnState

    def __init__(self, app: Instruments) -> None:
        super().__init__(app)
        self.session = SlowSession(app.frame, self.show, app.place)
        self.stage = LearnStage(self._told, self._chosen, self.draw, self._picked)
        self.pictures = Pictures(self.state)
        self.sight = Sight(self.open)
        self.data = LearningData(app, self.state, self._use)
        self.pictures.pad.receive = self._drawn
        self.reached: float | None = None  # after how long training came to GOOD
        self.on_stage = False

    @abstractmethod
    def _use(self, own: OwnPictures | None) -> None:
        """Start afresh with these pictures, or the digits."""

    @abstractmethod
    def _picked(self, number: int) -> None:
        """A picture of the gallery goes through the network."""

    # Showing

    def show(self, snapshot: Snapshot) -> None:
        """A new snapshot is there: everything on the stage follows it."""
        if not self.on_stage:
            return
        self.trace = shown_pass(snapshot, self.session.off, *self.pictures.shown)
        self.batch = batch_pass(snapshot)
        is_quick = not (self.session.running or self.state.is_large)
        if is_quick or self.sight.step < 0:  # it would take most of the time
            self.sight.look(self.trace, self.state.about, snapshot.step, self.data.is_ink)
        self.draw()

    def _fields(self) -> list[dict[str, Any]]:
        return fields(self.state, self.pictures.counts, self.stage.names[self.state.path],
                      self.data.own is not None, self.data.channels)  # fmt: skip

    def redraw(self) -> None:
        self.app.controls.fields = self._fields()
        self.show(self.session.snapshot)

    def draw(self) -> None:
        stage, trace = self.stage, self.trace
        assert trace is not None
        stage.show_unit(trace, self.state)
        stage.show_maps(trace, self.state, self.state.units_off(), self.data.classes, self._says())
        stage.show_kernels(trace, self.state)
        stage.show_answer(trace, self.data.classes)
        sample = self.pictures.number if self.state.look == "test" else -1
        stage.show_scores(self.session.scores, self.data.classes, sample)
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
        targets = self.trace.targets
        label = "drawn" if targets is None else self.data.classes[int(targets[0])]
        return f"{label}, taken for {self.data.classes[k]}"

    def show_scores(self) -> None:
        if self.on_stage:
            self._show_transport()

    def _show_transport(self) -> None:
        session, snapshot = self.session, self.session.snapshot
        if self.reached is None and snapshot.test and snapshot.test.metric >= GOOD:
            self.reached = session.trained_s
        message = snapshot.message
        if not message and self.reached is not None and snapshot.step:
            message = (f"{100 * GOOD:.0f} % of the test pictures right after "
                       f"{self.reached:.1f} s.")  # fmt: skip
        self.app.transport.param.update(
            running=session.running, counters=cnn_readings.counters(session), message=message,
            history=history(snapshot), engine=session.label,
        )  # fmt: skip
        if not session.running:
            self.past.show()

    def _say(self) -> None:
        assert self.trace is not None
        texts = sentences(self.trace, self.state, self.stage, self.session.scores, self.data.classes)
        texts["pad"] = self.pictures.words
        texts |= self.data.words()
        if self.state.is_large:
            texts["takes"] = f"{ARCHITECTURES[self.state.net].name}: {ARCHITECTURES[self.state.net].summary}"
            self.tell_takes()
        texts["sight"] = self.sight.words(self.data.classes, self.session.snapshot.step)
        titles = {"pad": self.pictures.pad.label}
        blocks = [{**block, "text": texts[block["kind"]],
                   "title": titles.get(block["kind"], block["title"])}
                  for block in self.app.stage.blocks]  # fmt: skip
        if blocks != self.app.stage.blocks:
            self.app.stage.blocks = blocks

    def tell_takes(self) -> None:
        """What the training of a large network takes, and first."""
        if self.state.is_large:
            remedy = self.engines.remedy[1]
            self.stage.takes.items = cnn_large.takes(self.state, self.data.network, remedy)

    def light(self) -> None:
        lit = self.lit()
        lit |= {Ref(ref.tensor.split("update.", 1)[1], ref.index) for ref in lit
                if "update." in ref.tensor}  # fmt: skip
        self.stage.light(lit)
        self.sight.show(self.trail)

    # Opening numbers

    def explanation(self, ref: Ref) -> Explanation:
        assert self.trace is not None
        if self.sight.owns(ref):
            return self.sight.explanation(ref)
        return explain_in({"": self.trace, BATCH: self.batch}.get, ref)

    def _unit_ref(self) -> Ref:
        assert self.trace is not None
        place = self.state.at[0] - 1, self.state.at[1] - 1
        return cnn_maps.output_ref(self.trace, self.state.path, self.state.channel - 1, place)

    def _told(self, message: Message, ref: Ref) -> None:
        """A weight opens as its next value, from the batch at hand."""
        if self._has_next(ref):
            ref = _next_value(ref)
        self.number_told(message, ref)

    def _has_next(self, ref: Ref) -> bool:
        """Whether a number is a weight whose next value can be worked out here."""
        is_weight = ref.tensor.startswith(FIRST) and ref.tensor.endswith(".weight")
        return is_weight and not self.state.is_large

    def edit(self, ref: Ref, value: float) -> None:
        name = ref.tensor.split("update.", 1)[-1]
        self.past.will(said=None if self.state.is_large else partial(edited, Ref(name, ref.index)))
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
        self._moved()

    def _moved(self) -> None:
        """Another map is looked at, and a number of it is open."""
        self.app.arithmetic.asked += 1
        self.app.controls.fields = self._fields()
        self.draw()
        self.write_address()

    def _chosen(self, message: Message) -> None:
        """A tile was chosen: of the picture, of a layer, or of the kernels."""
        assert self.trace is not None
        ref = self.stage.pressed(message, self.trace, self.state)
        if not ref.tensor.endswith(".weight"):
            self.open(ref)
            return
        path = ref.tensor.removeprefix(FIRST).removesuffix(".weight")
        unit, source = ref.index[:2]
        self.state.apply({"layer": [path], "channel": unit + 1, "source": source + 1})
        self.trail = [_next_value(ref) if self._has_next(ref) else ref]
        self._moved()

    def _drawn(self, message: Message) -> None:
        """What is drawn goes through the network from now on."""
        self.pictures.drawn(message)
        if self.app.is_open(self):
            self.app.controls.fields = self._fields()
            self.show(self.session.snapshot)
            self.write_address()


def _next_value(weight: Ref) -> Ref:
    """What a weight will be after the batch at hand."""
    return Ref(f"{BATCH}/update.{weight.tensor}", weight.index)
