"""Going back through a run of the playground, and on from there."""

from __future__ import annotations

from typing import Any

from app.playground.chapters.mlp_readings import history
from app.playground.chapters.moments import Moments
from app.playground.chapters.trains import Kept, TrainingChapter
from app.playground.views.component import Message
from core.training import Snapshot


class TimedChapter(TrainingChapter):
    """A chapter whose `show` takes every snapshot into `moments`. Gone back, the engine stands
    where it stood then: every number is of that time and opens, and training goes on from it."""

    moments: Moments

    def transported(self, message: Message) -> None:
        if message["type"] == "time":
            self._go_to(int(message["index"]))
        super().transported(message)

    def _go_to(self, index: int) -> None:
        moment = self.moments.kept[min(max(index, 0), len(self.moments.kept) - 1)]
        self.past.will(said=lambda _, after: f"to step {after.kept.snapshot.step:,}")
        tuned = tuned_by(moment)
        is_other = any(getattr(self.state, name) != value for name, value in tuned.items())
        self.state.apply(tuned)
        self.session.restore(moment)
        if is_other:
            self.redraw()

    def show_time(self) -> None:
        """The slider, and the losses of the whole run with a mark where it stands."""
        moments = self.moments
        self.app.transport.param.update(
            history=history(moments.last) | {"at": moments.kept[moments.at].step},
            time={"count": len(moments.kept), "at": moments.at, "text": moments.words()},
        )  # fmt: skip

    def time_message(self) -> str:
        if not self.moments.is_past:
            return ""
        return f"Gone back to {self.moments.words()}. Training goes on from here."

    # Undo and redo

    def kept(self) -> Kept:
        return Kept(self.session.snapshot, self.moments)

    def bring_back(self, kept: Kept) -> None:
        self.moments = kept.more
        super().bring_back(kept)


def tuned_by(snapshot: Snapshot) -> dict[str, Any]:
    """The settings that may change while a run goes on, as they were."""
    spec = snapshot.train_spec
    return {"rate": spec.learning_rate, "l1": spec.l1, "l2": spec.l2}
