"""The museum of failures: each fails as it says, and its repair lets it learn."""

import pytest

from app.playground.chapters.neurons.exhibits import EXHIBITS
from core.diagnosis import diagnose
from core.training import Trainer

STEPS = 1500


def train(trainer, steps):
    """Step so far, or until training breaks; return every kind of finding on the way."""
    kinds = set()
    for _ in range(steps):
        if trainer.message:
            break
        trainer.step()
        if trainer.step_count in (1, 2, 3, 20, 400) or trainer.message:
            kinds |= {f.kind for f in diagnose(trainer.snapshot(), trainer.train_x)}
    return kinds | {f.kind for f in diagnose(trainer.snapshot(), trainer.train_x)}


@pytest.mark.parametrize("name", EXHIBITS)
def test_an_exhibit_fails_as_it_says(name):
    exhibit = EXHIBITS[name]
    trainer = Trainer(*exhibit.specs(repaired=False, seed=0))
    assert exhibit.kind in train(trainer, STEPS)


@pytest.mark.parametrize("name", EXHIBITS)
def test_its_repair_lets_it_learn(name):
    trainer = Trainer(*EXHIBITS[name].specs(repaired=True, seed=0))
    assert train(trainer, STEPS) == set()
    score = trainer.snapshot().train
    assert score.metric < 0.1 if trainer.samples.is_regression else score.metric > 0.95
