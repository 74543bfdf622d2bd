"""What is read off a network that learns pictures: counters, the answer, its mistakes."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.playground.figures.tints import as_bytes, rgb_bytes
from app.playground.slow_session import SlowSession
from core.evaluation import Evaluation
from core.explain import Ref, Trace
from core.functional.losses import softmax
from core.spec import FIRST
from core.training import Snapshot

Array = NDArray[np.floating]
STEPS = [
    {"id": "batch", "label": "Batch", "help": "One update from one batch (key .)"},
    {"id": "epoch", "label": "Epoch", "help": "Every training picture once"},
]
MISTAKES = 12
PREDICTION = "prediction"
ANSWER = ["logit", "probability"]


def counters(session: SlowSession) -> list[dict[str, str]]:
    """Progress and scores as the transport shows them; a dash where nothing was scored yet."""
    s = session.snapshot
    scores, trainer = session.scores, session.engine.trainer
    scored = scores.step if scores else -1 if session.can_here else trainer.scored_step
    values = {
        "epoch": str(s.epoch),
        "step": str(s.step),
        "trained for": f"{session.trained_s:.1f} s",
        "training loss": _number(s.train.loss),
        "test loss": _number(s.test.loss if s.test else np.nan),
        "training right": _percent(s.train.metric),
        "test right": _percent(s.test.metric if s.test else np.nan),
        "scored at step": str(scored) if scored >= 0 and not np.isnan(s.train.loss) else "–",
    }
    if session.off:
        without = scores.without if scores and scores.off == session.off else None
        values["right without"] = _percent(without.score.metric if without else np.nan)
    return [{"label": label, "value": value} for label, value in values.items()]


def _number(value: float) -> str:
    return "–" if np.isnan(value) else f"{value:.4f}"


def _percent(share: float) -> str:
    return "–" if np.isnan(share) else f"{100 * share:.1f} %"


def answer(trace: Trace) -> tuple[Array, list[list[Ref | None]]]:
    """The logits and the probabilities (K, 2) of the picture, and which numbers they are."""
    logits = trace.outputs[-1][0]
    last = f"{FIRST}{len(trace.outputs) - 1}.output"
    refs: list[list[Ref | None]] = [
        [Ref(tensor, (0, k)) for tensor in (last, PREDICTION)] for k in range(len(logits))
    ]
    return np.stack([logits, trace.loss.predict(logits[None])[0]], axis=1), refs


def surest(trace: Trace) -> tuple[int, float]:
    """The class that the network takes the picture for, and its probability."""
    probabilities = trace.loss.predict(trace.outputs[-1])[0]
    k = int(np.argmax(np.nan_to_num(probabilities)))
    return k, float(probabilities[k])


def worst(found: Evaluation) -> NDArray[np.int64]:
    """The numbers of the samples that are taken for another class, the largest losses first."""
    wrong = np.flatnonzero(found.classes != found.true_classes)
    return wrong[np.argsort(-found.losses[wrong], kind="stable")]


def cards(found: Evaluation, numbers: NDArray[np.int64], classes: list[str]) -> list[dict[str, Any]]:
    """Some samples for the gallery, with what they are and what they are taken for."""
    predicted, true = found.classes, found.true_classes
    made = []
    for n in numbers[:MISTAKES].tolist():
        is_right = predicted[n] == true[n]
        words = (f"{classes[true[n]]}, right" if is_right
                 else f"{classes[true[n]]} taken for {classes[predicted[n]]}")  # fmt: skip
        sure = softmax(found.outputs[n][None])[0, predicted[n]]
        made.append({"label": words, "text": f"number {n + 1}, {100 * sure:.1f} %",
                     "size": found.inputs.shape[-1], "pixels": _picture(found.inputs[n])})  # fmt: skip
    return made


def _picture(picture: Array) -> str:
    """A square picture (C, H, W), its pixels from 0 to 1, from the lowest row up."""
    shades = as_bytes(np.clip(picture, 0, 1)[:, ::-1])
    return base64.b64encode(rgb_bytes(shades)).decode()


def origin(snapshot: Snapshot) -> str:
    """Where a parameter comes from."""
    drawn = f"It was drawn by {snapshot.network_spec.initializer} from seed {snapshot.train_spec.seed}"
    steps = f", then changed by {snapshot.step} steps of training" if snapshot.step else ""
    return f"{drawn}{steps}."
