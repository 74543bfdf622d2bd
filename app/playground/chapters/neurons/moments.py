"""Moments of a run, to go back to: more of the near past than of the far one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core.training import Snapshot

LIMIT = 60  # moments; beyond it every second one of the older half is dropped


@dataclass(frozen=True)
class Moment:
    """A snapshot, and the settings of that time among those that a run can change on its way."""

    snapshot: Snapshot
    settings: dict[str, Any]


@dataclass(frozen=True, eq=False)
class Moments:
    """The moments of one run in the order of its steps, and at which of them it stands."""

    kept: tuple[Moment, ...] = ()
    at: int = -1

    def seen(self, snapshot: Snapshot, settings: dict[str, Any]) -> Moments:
        """With one more snapshot. One that is kept is gone back to; any other follows those before
        it, and whatever lay ahead is no more, as training took another way, or takes it again."""
        for index, moment in enumerate(self.kept):
            if moment.snapshot is snapshot:
                return Moments(self.kept, index)
        before = [m for m in self.kept[: self.at + 1] if m.snapshot.step < snapshot.step]
        kept = [*before, Moment(snapshot, settings)]
        if len(kept) > LIMIT:
            del kept[1 : LIMIT // 2 : 2]
        return Moments(tuple(kept), len(kept) - 1)

    @property
    def last(self) -> Snapshot:
        return self.kept[-1].snapshot

    @property
    def here(self) -> Snapshot:
        return self.kept[self.at].snapshot

    @property
    def is_past(self) -> bool:
        """Whether the run went on from here."""
        return self.at < len(self.kept) - 1

    def words(self) -> str:
        """Where the run stands."""
        return f"step {self.here.step:,} of {self.last.step:,}, epoch {self.here.epoch:,}"
