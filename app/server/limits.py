"""What one server lets its learners ask of it."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from core.spec.checks import require_number, require_whole
from core.spec.network import MAX_PARAMETERS

MOST = 2**53  # of anything that is counted
YEAR_S = 365 * 86_400.0


@dataclass(frozen=True)
class Limits:
    """Bounds of one job, of all of them, and of what is kept; each has a usual value.

    Of one job: max_parameters; max_steps that it takes here; max_batch samples; max_bytes of its
    samples, of what its layers give for one batch, and of the arrays that come with it; max_seconds
    from its start, pauses included, since a paused job holds its place.

    Of waiting: `queue` jobs of all learners and `queue_each` of one. While another learner waits, a
    job ends that has been paused for idle_s, or has had its place for turn_s; one that is paused
    and left by its learner ends as soon as any job waits. A job nobody is
    connected to goes on for grace_s; one whose process gives no sign for stuck_s is ended, and so
    is one that does not leave within leave_s.

    Of ended jobs `kept` are remembered, and of their last checkpoints kept_bytes.
    """

    max_parameters: int = MAX_PARAMETERS
    max_steps: int = 10_000_000
    max_batch: int = 4096
    max_bytes: int = 4 * 2**30
    max_seconds: float = 12 * 3600.0
    queue: int = 10
    queue_each: int = 3
    grace_s: float = 1800.0
    stuck_s: float = 60.0
    idle_s: float = 300.0
    turn_s: float = 900.0
    leave_s: float = 10.0
    kept: int = 50
    kept_bytes: int = 2**30

    def __post_init__(self) -> None:
        require_whole("max_parameters", self.max_parameters, 1, MAX_PARAMETERS)
        for name in ("max_steps", "max_batch", "max_bytes"):
            require_whole(name, getattr(self, name), 1, MOST)
        for name in ("queue", "queue_each", "kept", "kept_bytes"):
            require_whole(name, getattr(self, name), 0, MOST)
        for name in ("max_seconds", "stuck_s", "leave_s", "turn_s"):
            require_number(name, getattr(self, name), 0.01, YEAR_S)
        for name in ("grace_s", "idle_s"):
            require_number(name, getattr(self, name), 0, YEAR_S)

    def told(self) -> dict[str, float]:
        """All of them by name, as a page is told."""
        return asdict(self)
