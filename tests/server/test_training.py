"""A trainer whose batches an engine takes is a trainer like any other."""

import numpy as np
import pytest

from app.server.engines.numpy_engine import NumpyEngine
from app.server.jobs.kept import without_more
from app.server.training import ServedTrainer
from core.checkpoint import from_checkpoint, to_checkpoint
from core.spec import (
    ANY,
    DataSpec,
    DropoutSpec,
    EmbeddingSpec,
    LinearSpec,
    NetworkSpec,
    RecurrentSpec,
    TrainSpec,
    mlp,
)
from core.training import Trainer

TEXT = (
    NetworkSpec((ANY,), (EmbeddingSpec(30, 8), RecurrentSpec("gru", 6), DropoutSpec(0.3),
                         LinearSpec(30))),
    DataSpec("text", 40, 0, 30, num_steps=5, streams=4),
    TrainSpec("cross_entropy", "adam", batch_size=4, carry_state=True, clip_norm=1.0, l2=0.01),
)  # fmt: skip
POINTS = (mlp(2, (4,), 1), DataSpec("circles", 45), TrainSpec(optimizer="momentum", l1=0.001))


def served(specs):
    return ServedTrainer(*specs, lambda task: NumpyEngine(task, "CPU"))


@pytest.mark.parametrize("specs", [TEXT, POINTS])
def test_the_same_numbers(specs):
    here, there = Trainer(*specs), served(specs)
    for trainer in (here, there):
        trainer.step()
        trainer.step_epoch()
        trainer.step_epoch()
        trainer.step()
    ours, theirs = here.snapshot(), there.snapshot()
    np.testing.assert_allclose(theirs.parameters, ours.parameters, rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(theirs.history, ours.history, rtol=1e-12)
    assert (theirs.step, theirs.epoch) == (ours.step, ours.epoch)


@pytest.mark.parametrize("specs", [TEXT, POINTS])
def test_there_and_back(specs):
    alone, here, there = Trainer(*specs), Trainer(*specs), served(specs)
    for trainer in (alone, here):
        trainer.step()
        trainer.step()
    there.restore(from_checkpoint(there.snapshot(), *to_checkpoint(here.snapshot())))
    for trainer in (alone, there):
        trainer.run(0.01, until=1)
    here.restore(from_checkpoint(here.snapshot(), *to_checkpoint(there.snapshot())))
    while alone.epoch < 2:
        alone.step()
    while here.epoch < 2:
        here.step()
    np.testing.assert_allclose(
        here.network.parameters, alone.network.parameters, rtol=1e-12, atol=1e-15
    )


@pytest.mark.parametrize("specs", [TEXT, POINTS])
@pytest.mark.parametrize("steps", [0, 1, 9])
def test_a_checkpoint_from_the_engine_is_that_of_a_snapshot(specs, steps):
    """Of which a page that only looks gets what there is to be seen."""
    trainer = served(specs)
    trainer.advance(steps)
    full, few = trainer.checkpoint(whole=True), trainer.checkpoint(whole=False)
    plain, arrays = to_checkpoint(trainer.snapshot(rescore=False))
    for ours, wanted in ((full, arrays), (few, without_more(arrays))):
        assert ours[0] == plain
        assert ours[1].keys() == wanted.keys()
        for name, array in wanted.items():
            np.testing.assert_array_equal(ours[1][name], array, err_msg=name)
            assert ours[1][name].dtype == array.dtype


def test_divergence_is_found_where_it_happens():
    specs = (POINTS[0], POINTS[1], TrainSpec(learning_rate=1000.0, loss="mse", dtype="float32"))
    specs = (mlp(2, (4,), 1, activation="relu"), *specs[1:])
    here, there = Trainer(*specs), served(specs)
    for trainer in (here, there):
        for _ in range(40):
            trainer.step()
    assert there.message == here.message != ""


def test_a_number_set_by_hand_and_another_rate_act_at_once():
    here, there = Trainer(*POINTS), served(POINTS)
    for trainer in (here, there):
        trainer.step()
        trainer.set_parameter("layers.0.weight", (0, 1), 0.5)
        trainer.tune(TrainSpec(optimizer="momentum", l1=0.001, learning_rate=0.5))
        trainer.step()
    there.collect()
    np.testing.assert_allclose(there.network.parameters, here.network.parameters, rtol=1e-12)
