"""Who trains when: a bounded and fair queue, jobs as state machines, and what runs them."""

from app.server.jobs.assignment import Assignment, Source
from app.server.jobs.job import Job
from app.server.jobs.jobs import Jobs
from app.server.jobs.local import LocalRunner
from app.server.jobs.runner import Run, Runner
from app.server.refusal import Refusal

__all__ = ["Assignment", "Job", "Jobs", "LocalRunner", "Refusal", "Run", "Runner", "Source"]
