"""The small architectures are not only described: they are built here, and learn four pictures."""

import numpy as np
import pytest

from core.analysis import analyse
from core.architectures import ARCHITECTURES
from core.data.samples import Samples
from core.network import Network
from core.spec import TrainSpec
from core.training import Trainer

SMALL = [key for key, each in ARCHITECTURES.items() if each.is_small]


def pictures(spec, count):
    """Noise around one pattern a class."""
    rng = np.random.default_rng(0)
    patterns = rng.normal(size=(2, *spec.input_shape))
    targets = np.arange(count) % 2
    inputs = patterns[targets] + 0.1 * rng.normal(size=(count, *spec.input_shape))
    indices = np.arange(count)
    return Samples(inputs, targets, 2, indices, indices[:0])


@pytest.mark.parametrize("key", SMALL)
def test_outputs_have_the_shapes_that_were_foreseen(key):
    spec = ARCHITECTURES[key].build()
    network = Network(spec, "float32")
    network.initialize(np.random.default_rng(0))
    outputs = network.activations(np.ones((2, *spec.input_shape)))
    foreseen = [cost for cost in analyse(spec).layers if "." not in cost.path]
    assert [array.shape[1:] for array in outputs] == [cost.output_shape for cost in foreseen]
    assert all(np.isfinite(array).all() and array.std() > 0 for array in outputs)
    sizes = [array.nbytes // 2 for array in outputs]
    kept = [cost.activation_bytes for cost in foreseen if cost.kind != "flatten"]
    assert kept == [s for s, cost in zip(sizes, foreseen, strict=True) if cost.kind != "flatten"]


@pytest.mark.parametrize("key", [key for key in SMALL if key != "resnet20_32x32"])
def test_they_learn(key):
    network = ARCHITECTURES[key].build(num_classes=2)
    train = TrainSpec("cross_entropy", "adam", 0.003, batch_size=4, dtype="float32")
    trainer = Trainer(network, pictures(network, 4), train)
    start = trainer.snapshot().train.loss
    for _ in range(12):
        trainer.step()
    end = trainer.snapshot().train
    assert end.loss < start / 2
    assert end.metric == 1
