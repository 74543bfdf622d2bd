"""Training goes on from a checkpoint exactly as it would have."""

import json

import numpy as np
import pytest

from core.architectures import ARCHITECTURES
from core.checkpoint import from_checkpoint, is_start, to_checkpoint
from core.data.preview import preview
from core.data.samples import make_samples
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

TEXT = NetworkSpec((ANY,), (EmbeddingSpec(30, 8), RecurrentSpec("lstm", 6), DropoutSpec(0.3),
                            LinearSpec(30)))  # fmt: skip
CASES = {
    "mlp": (mlp(2, (4,), 1), DataSpec("circles", 40), TrainSpec(optimizer="adam", seed=3)),
    "resnet": (ARCHITECTURES["resnet8_32x32"].build(num_classes=10, channels=1),
               DataSpec("digits", 8, 0, 10, image_size=32),
               TrainSpec("cross_entropy", "momentum", batch_size=3, dtype="float32")),
    "text": (TEXT, DataSpec("text", 40, 0, 30, num_steps=5, streams=4),
             TrainSpec("cross_entropy", "rmsprop", batch_size=4, carry_state=True, clip_norm=1.0)),
    "text in float32": (
        TEXT, DataSpec("text", 40, 0, 30, num_steps=5, streams=4),
        TrainSpec("cross_entropy", batch_size=4, carry_state=True, dtype="float32"),
    ),
}  # fmt: skip


def through_json(snapshot):
    plain, arrays = to_checkpoint(snapshot)
    return json.loads(json.dumps(plain)), arrays


@pytest.mark.parametrize("case", CASES)
def test_training_goes_on_as_it_would_have(case):
    first, second = (Trainer(*CASES[case], max_scored=0) for _ in range(2))
    for _ in range(3):
        first.step()
    taken = from_checkpoint(second.snapshot(), *through_json(first.snapshot()))
    second.restore(taken)
    for _ in range(4):
        first.step()
        second.step()
    np.testing.assert_array_equal(second.network.parameters, first.network.parameters)
    assert (second.step_count, second.epoch, second.batch) == (7, first.epoch, first.batch)
    for name, array in first.network.state().items():
        np.testing.assert_array_equal(second.network.state()[name], array)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"step": -1}, "step is -1"),
        ({"num_steps": True}, "num_steps is True"),
        ({"train_spec": {"loss": "none"}}, "loss is 'none'"),
        ({"streams": [{"bit_generator": "PCG64"}]}, "states of PCG64"),
        ({"parameters": None}, "called parameters"),
        ({"parameters": np.zeros(3)}, r"parameters is 'float64 \(3,\)'"),
        ({"parameters": np.full(17, np.nan)}, "not finite"),
        ({"order": np.zeros(20, np.int64)}, "every sample's number once"),
        ({"slot.m": np.zeros(17, np.int64)}, "slot.m is 'int64"),
        ({"history": np.zeros(4)}, r"\(points, 3\)"),
    ],
)
def test_what_does_not_fit_is_said(change, said):
    trainer = Trainer(*CASES["mlp"])
    plain, arrays = through_json(trainer.snapshot())
    for name, value in change.items():
        (plain if name in plain else arrays)[name] = value
        if value is None:
            del arrays[name]
    with pytest.raises(ValueError, match=said):
        from_checkpoint(trainer.snapshot(), plain, arrays)


def test_carried_states_must_fit():
    trainer = Trainer(*CASES["text"], max_scored=0)
    trainer.step()
    plain, arrays = through_json(trainer.snapshot())
    with pytest.raises(ValueError, match=r"carried.1/0/h is 'float64 \(7, 4\)'"):
        from_checkpoint(trainer.snapshot(), plain, arrays | {"carried.1/0/h": np.zeros((7, 4))})


def test_some_of_the_samples_follow_and_all_of_them_go_on():
    """Whoever holds a preview takes over all but the order of the samples, and so it is back."""
    network, _, train = CASES["mlp"]
    everything = make_samples(DataSpec("circles", 300))
    far, near = (Trainer(network, each, train) for each in (everything, preview(everything, 35, 9)))
    for _ in range(20):
        far.step()
    with pytest.raises(ValueError, match="order"):
        from_checkpoint(near.snapshot(), *through_json(far.snapshot()))
    near.restore(from_checkpoint(near.snapshot(), *through_json(far.snapshot()), False))
    assert (near.step_count, near.epoch, near.batch, near.num_batches) == (20, 1, 1, 4)
    assert len(near.snapshot().batch_inputs) == 10
    np.testing.assert_array_equal(near.network.parameters, far.network.parameters)
    near.step()
    far.restore(from_checkpoint(far.snapshot(), *through_json(near.snapshot()), False))
    np.testing.assert_array_equal(far.network.parameters, near.network.parameters)
    assert (far.step_count, far.batch) == (21, 2)
    far.step_epoch()
    assert far.epoch == 2
    again = from_checkpoint(far.snapshot(), *through_json(far.snapshot()), False)
    np.testing.assert_array_equal(again.order, far.snapshot().order)


@pytest.mark.parametrize("case", CASES)
def test_a_start_is_one_until_something_is_learnt_or_edited(case):
    trainer = Trainer(*CASES[case], max_scored=0)
    assert is_start(trainer.snapshot())
    name, before = "layers.0.weight", float(trainer.network.view("layers.0.weight").flat[0])
    first = (0,) * trainer.network.view(name).ndim
    trainer.set_parameter(name, first, 0.5)
    assert not is_start(trainer.snapshot())
    trainer.set_parameter(name, first, before)
    assert is_start(trainer.snapshot())
    trainer.step()
    assert not is_start(trainer.snapshot())
