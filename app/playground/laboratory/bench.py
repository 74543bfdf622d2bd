"""The bench: runs the algorithms one after another, in a task that leaves the page its time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from functools import partial
from importlib import import_module

from app.playground.laboratory.algorithms import ALGORITHMS
from app.playground.laboratory.measure import Result, run
from app.playground.laboratory.problem import Problem
from app.playground.packages import Loader, PackagesError
from app.playground.session import Frame

log = logging.getLogger(__name__)
GROUP = "laboratory"
# Imported one by one, as all of them in one go would leave the page without an answer for long.
PARTS = (
    "scipy.linalg", "scipy.sparse", "scipy.special", "scipy.optimize", "scipy.stats",
    "sklearn.base", "sklearn.linear_model", "sklearn.tree", "sklearn.svm", "sklearn.naive_bayes",
    "sklearn.cluster", "sklearn.ensemble", "app.playground.laboratory.library",
)  # fmt: skip


def bring(module: str) -> None:
    import_module(module)


class Bench:
    """`show` is called whenever something is to be seen: a result, progress, a message."""

    def __init__(self, frame: Frame, load: Loader, show: Callable[[], None]) -> None:
        self.frame, self.load, self.show = frame, load, show
        self.results: dict[str, Result] = {}
        self.running = self.loaded = self.loading = False
        self.current: str | None = None
        self.message = ""
        self.progress: dict[str, str | int] = {}
        self._task: asyncio.Task[None] | None = None

    def configure(self, problem: Problem) -> None:
        """Take another problem: all results are void, and a run goes on with the new one."""
        self.problem = problem
        self.results = {}

    @property
    def wanted(self) -> list[str]:
        """The algorithms that suit the problem."""
        is_regression = self.problem.is_regression
        return [name for name, each in ALGORITHMS.items() if each.task(is_regression)]

    def _next(self) -> str | None:
        return next((name for name in self.wanted if name not in self.results), None)

    def start(self, count: int = len(ALGORITHMS)) -> None:
        """Run what has not run yet, at most `count` of them."""
        if self.running or self._next() is None:
            return
        self.running = True
        self._task = asyncio.get_running_loop().create_task(self._run(count))

    def stop(self) -> None:
        """Stop after the stretch at hand; what was loaded or measured stays."""
        self.running = False
        if self.loading and self._task:
            self._task.cancel()

    async def _run(self, count: int) -> None:
        self.message = ""
        try:
            if not self.loaded:
                await self._load()
            while self.running and count and (name := self._next()):
                count -= await self._measure(name)
        except asyncio.CancelledError:
            self.message = "Loading was stopped. Press play to go on."
        except PackagesError as error:
            self.message = f"{error}."
        except Exception as error:
            log.exception("in the laboratory")
            self.message = f"Something went wrong and was left undone: {type(error).__name__}."
        self.running, self.current, self.progress = False, None, {}
        await self.frame(self.show)

    async def _load(self) -> None:
        self.loading = True
        try:
            self._say("Fetching scikit-learn from this site")
            await self.load(GROUP, self._arrived)
            for number, name in enumerate(PARTS):
                self._say(f"Importing {name}", number, len(PARTS))
                await self.frame(self.show)
                await self.frame(partial(bring, name))
                await asyncio.sleep(0)
        finally:
            self.loading = False
        self.loaded = True
        self._say("")

    def _arrived(self, done: int, total: int) -> None:
        text = f"Fetching scikit-learn from this site: {done / 1e6:.1f} of {total / 1e6:.1f} MB"
        self._say(text, done, total)
        asyncio.get_running_loop().create_task(self._shown())

    async def _shown(self) -> None:
        await self.frame(self.show)

    def _say(self, text: str, value: int = 0, total: int = 0) -> None:
        self.message = text
        self.progress = {"label": text, "value": value, "total": total} if total else {}

    async def _measure(self, name: str) -> int:
        """Run one algorithm; returns 1 when it came to its end with the problem it began with."""
        problem, self.current = self.problem, name
        await self.frame(self.show)
        steps = run(name, problem)
        found: list[Result] = []

        def advance() -> None:
            result = next(steps)
            if result and problem is self.problem:
                self.results[name] = result
                self.show()
            found.extend([result] if result else [])

        while self.running and not found and problem is self.problem:
            await self.frame(advance)
            await asyncio.sleep(0)
        return len(found)
