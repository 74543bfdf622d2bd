"""What is read off the MLP playground while it trains: counters, the loss curve, one sample."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.playground.views import NumberGrid
from app.playground.views.component import Message
from core.diagnosis import diagnose
from core.explain import Ref, Trace, format_number
from core.training import Snapshot

SPARK_POINTS = 200  # a list of thousands takes longer to send than a step of training
STEPS = [
    {"id": "batch", "label": "Batch", "help": "One update from one batch (key .)"},
    {"id": "sample", "label": "Sample",
     "help": "Look at the next sample of the batch; after the last one comes the update"},
    {"id": "epoch", "label": "Epoch", "help": "Every training sample once"},
]  # fmt: skip


def counters(snapshot: Snapshot, is_regression: bool) -> list[dict[str, str]]:
    """Progress, losses and metrics as the transport shows them."""
    s, metric = snapshot, "RMSE" if is_regression else "right"

    def score(value: float) -> str:
        return f"{value:.3f}" if is_regression else f"{100 * value:.1f} %"

    values = {
        "epoch": str(s.epoch),
        "step": str(s.step),
        "batch": f"{s.batch + 1} of {s.num_batches}",
        "training loss": f"{s.train.loss:.5f}",
        "test loss": f"{s.test.loss:.5f}" if s.test else "no samples",
        f"training {metric}": score(s.train.metric),
        f"test {metric}": score(s.test.metric) if s.test else "–",
        "gap": f"{s.test.loss - s.train.loss:.5f}".replace("-", "−") if s.test else "–",
    }
    return [{"label": label, "value": value} for label, value in values.items()]


def history(snapshot: Snapshot) -> dict[str, Any]:
    """The losses so far: {x, series: [{label, values}]}, None where a loss is not finite. Of a
    long run, as many points as a small curve has room for, the first and the last among them."""
    count = len(snapshot.history)
    shown = np.unique(np.linspace(0, count - 1, min(count, SPARK_POINTS)).round().astype(int))
    steps, train, test = snapshot.history[shown].T
    series = [{"label": "training loss", "values": _finite(train)}]
    if snapshot.test:
        series.append({"label": "test loss", "values": _finite(test)})
    return {"x": steps.tolist(), "series": series}


def happened(snapshot: Snapshot, inputs: NDArray[np.floating], stop: float, epochs: int) -> str:
    """Why training stopped, or what the detectors see in the network and its inputs."""
    if snapshot.message:
        return snapshot.message
    found = diagnose(snapshot, inputs)
    if found:
        return f"{found[0].title}: {found[0].seen}"
    if snapshot.step and snapshot.train.loss <= stop:
        return f"The training loss has come down to {stop:g}."
    is_there = snapshot.step and snapshot.epoch == epochs and snapshot.batch == 0
    return f"Paused at epoch {epochs}, as was asked." if is_there else ""


def _finite(values: NDArray[np.floating]) -> list[float | None]:
    return [v if np.isfinite(v) else None for v in values.tolist()]


class SampleRow:
    """One sample of the batch: inputs, target, predictions, its loss and that of the batch."""

    def __init__(self, receive: Callable[[Message, Ref], None]) -> None:
        self.receive = receive
        self.cells: list[tuple[str, Ref]] = []  # label and address of each number
        self.at = 0  # which sample of the batch is shown
        self.grid = NumberGrid(self._told, label="The sample at hand", decimals=4)

    def show(self, trace: Trace, sample: int) -> None:
        """Show sample number `sample` of the batch, or the last when there are fewer."""
        assert trace.targets is not None
        self.at = n = min(sample, len(trace.inputs) - 1)
        self.cells = self._cells(trace)
        target = float(np.ravel(trace.targets[n])[0])
        with np.errstate(over="ignore"):  # losses grow beyond all bounds when training diverges
            losses = trace.loss.per_sample(trace.outputs[-1], trace.targets)
        predictions = trace.loss.predict(trace.outputs[-1])[n].tolist()
        means = [float(losses[n]), float(losses.mean())]
        values = [*trace.inputs[n].tolist(), target, *predictions, *means]
        shown = [value if np.isfinite(value) else format_number(value) for value in values]
        self.grid.param.update(values=[shown], column_labels=[label for label, _ in self.cells])

    def _cells(self, trace: Trace) -> list[tuple[str, Ref]]:
        n, k = self.at, trace.outputs[-1].shape[1]
        answers = ["y_pred"] if k == 1 else [f"p{chr(ord('₁') + j)}" for j in range(k)]
        return [
            *((symbol, Ref("input", (n, i))) for i, symbol in enumerate(trace.names.inputs)),
            ("y_true", Ref("target", (n, 0))),
            *((label, Ref("prediction", (n, j))) for j, label in enumerate(answers)),
            ("its loss", Ref("sample_loss", (n,))),
            ("batch loss", Ref("loss")),
        ]

    def light(self, lit: set[Ref]) -> None:
        self.grid.highlight = [[0, i] for i, (_, ref) in enumerate(self.cells) if ref in lit]

    def _told(self, message: Message) -> None:
        self.receive(message, self.cells[int(message["column"])][1])
