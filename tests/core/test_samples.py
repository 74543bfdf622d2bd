"""Data sets by their names: made from a specification and a seed, split, and fit to train on."""

import dataclasses
from functools import partial

import numpy as np
import pytest

from core.data.augment import Augmentation, augment
from core.data.digits import load_digits
from core.data.names import CHOICES, DATASETS, of_family
from core.data.reber import decode, is_legal
from core.data.samples import make_samples, picture_samples, text_samples
from core.data.sequences import copy_memory
from core.data.text import make_vocabulary, sample_text
from core.network import Network
from core.seeds import generators
from core.spec import (
    ANY,
    DataSpec,
    FlattenSpec,
    LinearSpec,
    NetworkSpec,
    OneHotSpec,
    RecurrentSpec,
    TrainSpec,
    from_json,
    to_json,
)
from core.training import Trainer

NAMES = sorted(DATASETS)


def usual(name, **more):
    """A small specification with as many classes as there can be."""
    info = DATASETS[name]
    features = {"features": ("x1",)} if name == "curve" else {}
    return DataSpec(name, 60, num_classes=info.classes[1], **features, **more)


def recurrent(data, hidden=8, cell="lstm"):
    """A network that answers what the samples ask: at each step, or once."""
    tokens = data.num_tokens is not None
    returns = (
        "last"
        if data.targets.ndim == 1 or data.targets.shape == (len(data.inputs), 1)
        else "sequence"
    )
    outputs = data.targets.shape[-1] if data.is_regression else data.num_classes
    layers = (RecurrentSpec(cell, hidden, returns=returns), LinearSpec(outputs))
    if tokens:
        return NetworkSpec((ANY,), (OneHotSpec(data.num_tokens), *layers))
    return NetworkSpec((ANY, data.inputs.shape[-1]), layers)


def network(data):
    family = data.inputs.ndim
    if family == 4 or data.points is not None:
        outputs = 1 if data.is_regression else data.num_classes
        return NetworkSpec(data.inputs.shape[1:], (FlattenSpec(), LinearSpec(outputs)))
    return recurrent(data)


@pytest.mark.parametrize("name", NAMES)
def test_the_same_specification_gives_the_same_samples(name):
    first, again = (make_samples(usual(name, seed=3)) for _ in range(2))
    other = make_samples(usual(name, seed=4))
    for field in dataclasses.fields(first):
        np.testing.assert_array_equal(getattr(first, field.name), getattr(again, field.name))
    if name != "text":  # of which there is only one
        assert not np.array_equal(first.inputs, other.inputs)


@pytest.mark.parametrize("name", NAMES)
def test_each_sample_is_for_training_or_for_testing(name):
    data = make_samples(usual(name, test_fraction=0.25))
    both = np.concatenate([data.train_indices, data.test_indices])
    assert sorted(both) == list(range(len(data.inputs)))
    assert len(data.test_indices) / len(both) == pytest.approx(0.25, abs=0.02)
    assert len(make_samples(usual(name, test_fraction=0)).test_indices) == 0


@pytest.mark.parametrize("name", NAMES)
def test_what_is_known_of_a_data_set_is_so(name):
    info, data = DATASETS[name], make_samples(usual(name))
    assert data.is_regression == info.is_regression
    if not data.is_regression:
        assert 0 <= data.targets.min() <= data.targets.max() < data.num_classes
    if name != "text":
        assert data.num_classes == info.classes[1]
    axis = 1 if info.family == "pictures" else -1
    if data.num_tokens is None:
        assert data.inputs.shape[axis] == info.input_size
    else:
        assert (data.inputs.ndim, info.input_size) == (2, 1)
        assert 0 <= data.inputs.min() <= data.inputs.max() < data.num_tokens
    if info.num_steps:
        assert data.inputs.shape[1] == info.num_steps.usual
    if info.image_size:
        assert data.inputs.shape[2:] == (info.image_size.usual,) * 2


@pytest.mark.parametrize("name", NAMES)
def test_every_data_set_can_be_trained_on(name):
    data = make_samples(usual(name))
    loss = "mse" if data.is_regression else "cross_entropy"
    trainer = Trainer(network(data), usual(name), TrainSpec(loss, "adam", 0.02, 10))
    before = trainer.snapshot()
    for _ in range(10):
        trainer.step_epoch()
    after = trainer.snapshot()
    assert after.train.loss < before.train.loss
    assert np.isfinite(after.test.loss)


@pytest.mark.parametrize("name", NAMES)
def test_specifications_survive_json(name):
    info = DATASETS[name]
    choices = {each: getattr(info, each).low for each in CHOICES if getattr(info, each)}
    spec = usual(name, colour=info.coloured, noise=0.1 * info.noisy, **choices)
    assert from_json(DataSpec, to_json(spec)) == spec
    assert all(spec.chosen(each) == getattr(info, each).low for each in choices)


def test_a_linear_layer_learns_the_digits():
    spec = DataSpec("digits", 2000, num_classes=10, test_fraction=0.2)
    net = NetworkSpec((1, 8, 8), (FlattenSpec(), LinearSpec(10)))
    trainer = Trainer(net, spec, TrainSpec("cross_entropy", "adam", 0.01, 32, dtype="float32"))
    assert trainer.snapshot().test.metric < 0.3
    for _ in range(15):
        trainer.step_epoch()
    assert trainer.snapshot().test.metric > 0.93


def test_a_recurrent_network_learns_an_echo():
    spec = DataSpec("echo", 300, num_classes=3, num_steps=12, delay=1)
    trainer = Trainer(
        recurrent(make_samples(spec), 12, "rnn"), spec, TrainSpec("cross_entropy", "adam", 0.02)
    )
    for _ in range(10):
        trainer.step_epoch()
    assert trainer.snapshot().test.metric > 0.99


def test_some_classes_and_some_samples_of_the_digits():
    data = make_samples(DataSpec("digits", 50, num_classes=3))
    assert len(data.inputs) == 50
    assert np.unique(data.targets).tolist() == [0, 1, 2]
    assert len(make_samples(DataSpec("digits", 10_000, num_classes=10)).inputs) == 1797
    stored = {image.tobytes(): label for image, label in zip(*load_digits(), strict=True)}
    for image, label in zip(data.inputs, data.targets, strict=True):
        assert stored[image.tobytes()] == label


def test_copies_are_made_of_training_pictures_alone():
    plain, more = (make_samples(DataSpec("digits", 40, copies=copies)) for copies in (0, 3))
    np.testing.assert_array_equal(more.inputs[:40], plain.inputs)
    np.testing.assert_array_equal(more.test_indices, plain.test_indices)
    assert len(more.train_indices) == 4 * len(plain.train_indices)
    copied = np.tile(plain.train_indices, 3)
    np.testing.assert_array_equal(more.targets[40:], plain.targets[copied])
    moved = augment(plain.inputs[copied], Augmentation(), generators(0, 4)[2])
    np.testing.assert_array_equal(more.inputs[40:], moved)
    assert not (moved == plain.inputs[copied]).all(axis=(1, 2, 3)).any()


def test_digits_at_another_size_and_with_noise():
    clean = make_samples(DataSpec("digits", 30, image_size=28))
    assert not clean.inputs[:, :, :4].any()
    assert clean.inputs[:, :, 4:24, 4:24].any()
    noisy = make_samples(DataSpec("digits", 30, image_size=28, noise=0.3))
    np.testing.assert_array_equal(noisy.targets, clean.targets)
    assert 0.1 < np.abs(noisy.inputs - clean.inputs).mean() < 0.3
    assert noisy.inputs.min() == 0
    assert noisy.inputs.max() == 1


def test_shapes_in_colour():
    spec = DataSpec("shapes", 20, num_classes=4, image_size=24, colour=True)
    assert make_samples(spec).inputs.shape == (20, 3, 24, 24)


def test_sequences_are_those_of_their_makers():
    reber = make_samples(DataSpec("reber", 20, num_classes=7, num_steps=12))
    assert all(
        is_legal(decode(tokens[exists]) + "E")
        for tokens, exists in zip(reber.inputs, reber.mask, strict=True)
    )
    copy = make_samples(DataSpec("copy", 20, num_classes=5, num_steps=9, delay=3, seed=6))
    made = copy_memory(20, 9, 3, 4, generators(6, 2)[0])
    np.testing.assert_array_equal(copy.inputs, made.inputs)
    np.testing.assert_array_equal(copy.counted, made.counted)
    assert (copy.num_classes, copy.num_tokens) == (5, 6)


def test_a_text_is_the_sonnets_in_order():
    data = make_samples(DataSpec("text", 10_000, num_classes=100, test_fraction=0.2, streams=4))
    text = sample_text()
    vocabulary = make_vocabulary(text, 100)
    assert data.num_classes == data.num_tokens == len(vocabulary)
    train, test = data.inputs[data.train_indices], data.inputs[data.test_indices]
    streams = train.reshape(-1, 4, 40).swapaxes(0, 1).reshape(4, -1)
    said = "".join(vocabulary.decode(stream) for stream in streams)
    assert text.startswith(said)
    assert vocabulary.decode(test.ravel()) in text[len(said) :]
    folded = make_samples(DataSpec("text", 5, num_classes=20))
    assert folded.num_classes == 20
    assert folded.inputs.shape == (5 - 1, 40)  # what is left over of each part is not used


def test_states_are_carried_along_the_streams_of_a_text():
    spec = DataSpec("text", 100, num_classes=100, num_steps=10, streams=3)
    net = recurrent(make_samples(spec))
    trainer = Trainer(net, spec, TrainSpec("cross_entropy", batch_size=3, carry_state=True))
    rows = [trainer.batch_arrays()[0]]
    trainer.step()
    rows.append(trainer.batch_arrays()[0])
    text = "".join(make_vocabulary(sample_text()).decode(row) for row in np.hstack(rows))
    assert all(text[start : start + 20] in sample_text() for start in (0, 20, 40))
    with pytest.raises(ValueError, match=r"batch_size must be 3 .* not 10"):
        Trainer(net, spec, TrainSpec("cross_entropy", carry_state=True))


def test_the_learners_own_text():
    text = "the cat sat on the mat. " * 40
    vocabulary = make_vocabulary(text)
    data = text_samples(vocabulary.encode(text), len(vocabulary), 8, 2, 0.25)
    trainer = Trainer(
        recurrent(data, 16), data,
        TrainSpec("cross_entropy", "adam", 0.02, batch_size=2, carry_state=True),
    )  # fmt: skip
    for _ in range(8):
        trainer.step_epoch()
    assert trainer.snapshot().test.metric > 0.8


def test_the_learners_own_pictures():
    rng = np.random.default_rng(0)
    labels = np.arange(40) % 2
    images = rng.random((40, 1, 4, 4)) * 0.2 + labels[:, None, None, None] * 0.5
    data = picture_samples(images, labels, 0.25, rng)
    assert (len(data.train_indices), len(data.test_indices), data.num_classes) == (30, 10, 2)
    trainer = Trainer(network(data), data, TrainSpec("cross_entropy", "adam", 0.05))
    for _ in range(20):
        trainer.step_epoch()
    assert trainer.snapshot().test.metric == 1
    assert Network(network(data)).forward(data.inputs[:1]).shape == (1, 2)


make_own = partial(picture_samples, test_fraction=0.5, rng=np.random.default_rng(0))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (
            lambda: DataSpec("circles", num_steps=5),
            "num_steps of circles is 5; it must be left out",
        ),
        (lambda: DataSpec("digits", image_size=7), "image_size of digits is 7; .* from 8 to 32"),
        (lambda: DataSpec("digits", copies=True), "copies of digits"),
        (lambda: DataSpec("digits", colour=True), "colour of digits"),
        (lambda: DataSpec("shapes", colour=1), "colour is 1"),
        (lambda: DataSpec("parity", noise=0.1), "noise of parity is 0.1; it must be 0"),
        (lambda: DataSpec("reber"), "num_classes of reber is 2"),
        (lambda: DataSpec("echo", delay="3"), "delay of echo"),
        (lambda: DataSpec("echo").chosen("streams"), "a choice is 'streams'"),
        (lambda: make_samples(DataSpec("echo", num_steps=3, delay=9)), "delay is 9"),
        (lambda: make_samples(DataSpec("copy", num_classes=3, num_steps=9, delay=2)), "even"),
        (lambda: make_samples(DataSpec("adding", 100_000, num_classes=1, num_steps=1000)), "fewer"),
        (lambda: make_samples(DataSpec("shapes", 100_000, image_size=64)), "fewer or smaller"),
        (lambda: make_samples(DataSpec("text", 5, streams=64)), "at least 2561"),
        (lambda: make_own(np.zeros((3, 4, 4)), np.zeros(3, int)), r"\(3, 4, 4\)"),
        (lambda: make_own(np.zeros((0, 1, 4, 4)), np.zeros(0, int)), "each at least 1"),
        (lambda: make_own(np.zeros((3, 1, 4, 4)), np.zeros(2, int)), "3 whole numbers"),
        (lambda: make_own(np.zeros((3, 1, 4, 4)), np.zeros(3)), "labels is 'float64"),
        (lambda: make_own(np.zeros((3, 1, 4, 4)), np.array([0, -1, 1])), "from 0"),
        (lambda: make_own(np.full((3, 1, 4, 4), np.nan), np.zeros(3, int)), "finite"),
    ],
)
def test_what_does_not_fit_says_why(call, words):
    with pytest.raises(ValueError, match=words):
        call()


def test_every_data_set_is_of_a_family():
    families = ("plane", "pictures", "sequences", "text")
    assert sorted(name for family in families for name in of_family(family)) == NAMES
