"""How R8's networks learn, and how far they have come: curves, counters, and sentences."""

from __future__ import annotations

from app.playground.chapters.sequences.learning_runs import Runs, written
from app.playground.chapters.sequences.learning_state import LearningState, Task
from app.playground.chapters.sequences.sample_desk import Placed
from app.playground.figures.learning import LearningPicture
from app.playground.views import Picture
from core.training import Snapshot


class LearningCurves:
    """The loss over the steps, and what the task counts; the runs before stay behind it."""

    def __init__(self) -> None:
        self.loss = LearningPicture("loss", "loss", log=True)
        self.loss.name(["training loss", "held-out loss"])
        self.shares = LearningPicture("share", "share", y_range=(-0.02, 1.06))
        self.errors = LearningPicture("error", "error", log=True)
        self.views = {id(each): Picture(each.fig)
                      for each in (self.loss, self.shares, self.errors)}  # fmt: skip

    def score(self, task: Task) -> LearningPicture:
        return self.shares if task.is_share else self.errors

    def name(self, task: Task) -> None:
        """Say what the task counts, and where its goal is."""
        self.score(task).name([task.score], task.goal if task.goal < 1 else None)

    def blocks(self, task: Task) -> list[Placed]:
        return [
            (self.views[id(self.loss)], {"title": "How it learns", "text": " "}),
            (self.views[id(self.score(task))], {"title": "What it has learnt", "text": " "}),
        ]

    def draw(self, snapshot: Snapshot, runs: Runs, task: Task, theme: str) -> None:
        steps, train, test = snapshot.history.T
        self.loss.update([(steps, train), (steps, test)], [], theme)
        self.score(task).update([runs.points], runs.kept, theme)


def sentences(state: LearningState, snapshot: Snapshot, runs: Runs) -> list[str]:
    """What stands under the two curves."""
    task = state.chosen
    size = f"{snapshot.parameters.size:,} numbers to learn"
    names = ", ".join(run.label for run in runs.kept)
    kept = f" Dotted and named, from before: {names}." if names else ""
    goal = f" The dotted line, {written(task.goal, task.is_share)}, is the goal."
    goal = goal if task.goal < 1 else ""
    return [
        f"{state.network_name}, {size}. The loss after {snapshot.step:,} steps, on sequences that "
        "it learns from and on others.",
        f"{task.score.capitalize()}: {written(runs.latest, task.is_share)}.{goal}{kept}",
    ]  # fmt: skip


def counters(snapshot: Snapshot, runs: Runs, task: Task) -> list[dict[str, str]]:
    values = {
        "step": f"{snapshot.step:,}",
        "epoch": str(snapshot.epoch),
        "training loss": f"{snapshot.train.loss:.4f}",
        "held-out loss": f"{snapshot.test.loss:.4f}" if snapshot.test else "–",
        task.score: written(runs.latest, task.is_share),
        "time training": f"{runs.spent:.1f} s",
    }
    return [{"label": label, "value": value} for label, value in values.items()]
