"""Who waits, and in which order: learners take turns."""

from __future__ import annotations

from app.server.jobs.assignment import Assignment
from app.server.jobs.job import Job
from app.server.limits import Limits
from app.server.refusal import Refusal


class Waiting:
    """Jobs that wait for a place. The next one is of the learner who was served the longest ago,
    and of that learner the first."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._jobs: list[Job] = []
        self._served: dict[str, int] = {}  # when, counted in jobs, a learner was served last

    def __len__(self) -> int:
        return len(self._jobs)

    def require_room(self, learner: str, assignment: Assignment, retry_after: float) -> None:
        """Raise Refusal where one more would be too many, or its arrays too large to be kept."""
        own = sum(job.learner == learner for job in self._jobs)
        if own >= self.limits.queue_each:
            raise Refusal("busy", f"{own} jobs of yours wait already, the most of one learner; "
                                  "wait for one of them, or cancel it", retry_after)  # fmt: skip
        if len(self._jobs) >= self.limits.queue:
            raise Refusal("busy", f"{len(self._jobs)} jobs wait already, the most on this server; "
                                  "try again later", retry_after)  # fmt: skip
        waiting = [job.assignment for job in self._jobs if job.assignment]
        if sum(each.nbytes for each in (*waiting, assignment)) > self.limits.max_bytes:
            raise Refusal("busy", "jobs with large checkpoints wait already, and there is no room "
                                  "for one more; try again later", retry_after)  # fmt: skip

    def has_others(self, learner: str) -> bool:
        """Whether another learner waits."""
        return any(job.learner != learner for job in self._jobs)

    def has(self, learner: str) -> bool:
        """Whether this learner waits."""
        return any(job.learner == learner for job in self._jobs)

    def add(self, job: Job) -> None:
        self._jobs.append(job)

    def remove(self, job: Job) -> None:
        self._jobs.remove(job)

    def take(self) -> Job:
        """The next one."""
        job = self.in_order()[0]
        self._jobs.remove(job)
        self._served[job.learner] = max(self._served.values(), default=0) + 1
        return job

    def in_order(self) -> list[Job]:
        """All, in the order in which they would be taken if no more came."""
        served, left, order = dict(self._served), list(self._jobs), []
        while left:
            job = min(left, key=lambda each: (served.get(each.learner, 0), each.number))
            left.remove(job)
            order.append(job)
            served[job.learner] = max(served.values(), default=0) + 1
        return order

    def forget(self, learners: set[str]) -> None:
        """Of all others nothing needs to be remembered."""
        self._served = {name: turn for name, turn in self._served.items() if name in learners}
