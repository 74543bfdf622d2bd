"""Going back through a run of the playground, and on from there."""

from __future__ import annotations

from typing import Any

from app.playground.changes import differing, values_of
from app.playground.chapters.neurons.mlp_readings import history
from app.playground.chapters.neurons.moments import Moments
from app.playground.chapters.trains import Kept, TrainingChapter
from app.playground.views.component import Message
from core.training import Snapshot

ON_THE_WAY = ("rate", "l1", "l2", "off")


class TimedChapter(TrainingChapter):
    """A chapter whose `show` notes every snapshot in `moments`. Gone back, the engine stands
    where it stood then: every number is of that time and opens, and training goes on from it."""

    moments: Moments

    def transported(self, message: Message) -> None:
        if message["type"] == "time":
            self._go_to(int(message["index"]))
        super().transported(message)

    def _go_to(self, index: int) -> None:
        moments = self.moments
        moment = moments.kept[min(max(index, 0), len(moments.kept) - 1)]
        self.past.will(said=lambda _, after: f"to step {after.kept.snapshot.step:,}")
        self.session.pause()
        now = self.settings_of_run()
        if other := differing(moment.settings, now):
            self.apply({name: moment.settings[name] for name in other})
        self.moments = moments  # the change of a setting made a moment too
        self.session.restore(moment.snapshot)

    def note_moment(self, snapshot: Snapshot) -> None:
        self.moments = self.moments.seen(snapshot, self.settings_of_run())

    def settings_of_run(self) -> dict[str, Any]:
        """The settings that a run can change on its way."""
        values = values_of(self.state)
        return {name: values[name] for name in ON_THE_WAY}

    def show_time(self) -> None:
        """The slider, and the losses of the whole run with a mark where it stands."""
        moments = self.moments
        self.app.transport.param.update(
            history=history(moments.last) | {"at": moments.here.step},
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
