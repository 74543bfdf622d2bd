"""What chapters that train share: the transport, how training is undone, and kept weights."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from app.playground.chapters.base import Chapter
from app.playground.chapters.engine_desk import EngineDesk
from app.playground.chapters.weights import packed, unpacked
from app.playground.past import Memento
from app.playground.session import Session
from app.playground.views.component import Message
from core.explain import Ref, format_number
from core.training import Snapshot


@dataclass(frozen=True, eq=False)
class Kept:
    """Where training stood, None where that is too large to be kept; `more` is what else a chapter
    keeps of it. Two are equal when the snapshot and all `marks` are the same."""

    snapshot: Snapshot | None
    more: Any = None
    marks: tuple[Any, ...] = ()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Kept):
            return False
        return self.snapshot is other.snapshot and self.marks == other.marks

    __hash__ = object.__hash__


class TrainingChapter(Chapter):
    """A chapter that trains with `session`."""

    session: Session
    play_label: ClassVar[str] = "Play"
    has_engines: ClassVar[bool] = False  # whether its networks are worth another engine

    @cached_property
    def engines(self) -> EngineDesk:
        self.session.moved = self.moved
        return EngineDesk(self.app, self.session, self.id)

    def moved(self) -> None:
        """The network is another, or trains elsewhere than before."""
        self.engines.show()

    def served(self) -> None:
        if self.has_engines:
            if self.app.connection.is_on:
                self.session.resume()
            self.engines.show()
            if self.session.hear():
                self.show_scores()

    def show_scores(self) -> None:
        """Show the losses of the snapshot anew; its pictures are the same."""
        return None

    def show_training(self, steps: list[dict[str, str]]) -> None:
        """The transport trains this chapter's network; `steps` are the buttons of single steps."""
        self.app.transport.param.update(
            play_label=self.play_label, steps=steps, speed=self.session.speed,
            speeds=[speed.label for speed in self.session.speeds],
        )  # fmt: skip

    def transported(self, message: Message) -> None:
        kind = message["type"]
        if kind == "engine":
            self.engines.told(message)
        if kind in ("play", "step", "reset"):
            self.past.will()
        if kind == "play":
            self.session.play()
        elif kind == "pause":
            self.session.pause()
        elif kind == "reset":
            self.session.reset()
        elif kind == "step":
            self.session.step(message["id"])
        elif kind == "speed":
            self.session.speed = int(message["index"]) % len(self.session.speeds)
        self.app.transport.param.update(running=self.session.running, speed=self.session.speed)

    # Undo and redo

    def kept(self) -> Kept:
        return Kept(self.session.snapshot)

    def bring_back(self, kept: Kept) -> None:
        if kept.snapshot:
            self.session.restore(kept.snapshot)

    def said(self, before: Memento, after: Memento) -> str:
        done = super().said(before, after)
        return done or trained(before.kept.snapshot, after.kept.snapshot)

    # Kept by the page, where a chapter says so in `checkpoint` and `restore`

    def kept_weights(self) -> dict[str, Any]:
        """What the network has learnt, and at which step, as JSON data."""
        snapshot = self.session.snapshot
        return {"step": snapshot.step, "parameters": packed(snapshot.parameters)}

    def take_weights(self, data: dict[str, Any]) -> None:
        """Go on with weights that were kept, and say so; raises ValueError, and changes nothing,
        when they do not fit the network."""
        parameters = self.session.engine.trainer.network.parameters
        parameters[:] = unpacked(str(data.get("parameters")), parameters)
        self.session.publish()
        self.app.say_error(
            f"The weights are those from step {int(data['step'])}, before Python stopped."
        )


def trained(before: Snapshot | None, after: Snapshot | None) -> str:
    """What training did between two snapshots of one network, in a few words."""
    if before is None or after is None:
        return ""
    if after.step < before.step:
        return "reset" if after.step == 0 else f"back to step {after.step:,}"
    epochs, steps = after.epoch - before.epoch, after.step - before.step
    if epochs:
        return f"trained {epochs:,} epoch{'s' if epochs > 1 else ''}"
    if steps:
        return f"trained {steps:,} batch{'es' if steps > 1 else ''}"
    return "the next sample" if after.sample != before.sample else ""


def origin(snapshot: Snapshot) -> str:
    """Where a parameter of a network comes from, in a sentence."""
    drawn = f"It was drawn by {snapshot.network_spec.initializer}"
    steps = f", then changed by {snapshot.step} steps of training" if snapshot.step else ""
    return f"{drawn} from seed {snapshot.train_spec.seed}{steps}."


def edited(ref: Ref, before: Memento, after: Memento) -> str:
    """A parameter that was set by hand; the reference may be that of its update."""
    name = ref.tensor.removeprefix("update.")
    was, now = (
        format_number(float(each.kept.snapshot.network().view(name)[ref.index]), 4)
        for each in (before, after)
    )
    return f"{'bias' if name.endswith('bias') else 'weight'} {was} → {now}"
