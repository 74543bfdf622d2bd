"""What chapters that train share: the transport's buttons, and how training is undone."""

from __future__ import annotations

from app.playground.chapters.base import Chapter
from app.playground.past import Memento
from app.playground.session import Session
from app.playground.views.component import Message
from core.explain import Ref, format_number
from core.training import Snapshot


class TrainingChapter(Chapter):
    """A chapter that trains with `session`."""

    session: Session

    def transported(self, message: Message) -> None:
        kind = message["type"]
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

    def kept(self) -> Snapshot:
        return self.session.snapshot

    def bring_back(self, kept: Snapshot) -> None:
        self.session.restore(kept)

    def said(self, before: Memento, after: Memento) -> str:
        return super().said(before, after) or trained(before.kept, after.kept)


def trained(before: Snapshot, after: Snapshot) -> str:
    """What training did between two snapshots of one network, in a few words."""
    if after.step < before.step:
        return "reset" if after.step == 0 else f"back to step {after.step:,}"
    epochs, steps = after.epoch - before.epoch, after.step - before.step
    if epochs:
        return f"trained {epochs:,} epoch{'s' if epochs > 1 else ''}"
    if steps:
        return f"trained {steps:,} batch{'es' if steps > 1 else ''}"
    return "the next sample" if after.sample != before.sample else ""


def edited(ref: Ref, before: Memento, after: Memento) -> str:
    """A parameter that was set by hand; the reference may be that of its update."""
    name = ref.tensor.removeprefix("update.")
    was, now = (
        format_number(float(each.kept.network().view(name)[ref.index]), 4)
        for each in (before, after)
    )
    return f"{'bias' if name.endswith('bias') else 'weight'} {was} → {now}"
