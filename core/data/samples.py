"""Samples as a trainer takes them, whatever they are: points, pictures, sequences."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.data import sequences, text, toys
from core.data.augment import Augmentation, augment
from core.data.digits import load_digits, usual_margin
from core.data.features import design_matrix
from core.data.gaps import make_gaps
from core.data.names import DATASETS
from core.data.reber import make_reber
from core.data.sequences import Sequences
from core.data.shapes import make_shapes
from core.seeds import generators
from core.spec.checks import require
from core.spec.data import DataSpec

Array = NDArray[np.floating]
Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Samples:
    """What to learn from, and what to be tested on.

    inputs (n, ...): as the network takes them. targets: class numbers (n,), or values (n, k); for
    an answer at each step of a sequence (n, T) or (n, T, k). `num_classes` is 1 for regression. The
    indices say which samples are for training and which for testing. mask (n, T): which steps
    exist, None when all do; counted (n, T): which steps the loss counts, None when all that exist.
    points: what the inputs were computed from, where a picture of them can be drawn. num_tokens:
    how many different tokens there are, where inputs are tokens. streams: in batches of so many
    training samples in order, each row carries on the same row of the batch before; None where
    samples have nothing to do with each other.
    """

    inputs: NDArray[Any]
    targets: NDArray[Any]
    num_classes: int
    train_indices: Indices
    test_indices: Indices
    mask: NDArray[np.bool_] | None = None
    counted: NDArray[np.bool_] | None = None
    points: Array | None = None
    num_tokens: int | None = None
    streams: int | None = None

    def __post_init__(self) -> None:
        n = len(self.inputs)
        for name in ("targets", "mask", "counted", "points"):
            array = getattr(self, name)
            if array is not None and len(array) != n:
                raise ValueError(f"there are {n} inputs but {len(array)} {name}")
        if not len(self.train_indices):
            raise ValueError("at least one sample must be for training")
        for array in (self.inputs, self.targets):
            if array.dtype.kind == "f" and not np.isfinite(array).all():
                raise ValueError("inputs and targets must be finite numbers; some are not")

    @property
    def is_regression(self) -> bool:
        return self.num_classes == 1


def make_samples(spec: DataSpec) -> Samples:
    """The data set that a specification describes; the same specification gives the same."""
    return FAMILIES[DATASETS[spec.name].family](spec)


def _plane(spec: DataSpec) -> Samples:
    points_rng, split_rng = generators(spec.seed, 2)
    made = toys.make(spec.name, spec.num_samples, spec.num_classes, spec.noise, points_rng)
    train, test = toys.split(spec.num_samples, spec.test_fraction, split_rng)
    inputs = design_matrix(made.points, spec.features)
    return Samples(inputs, made.targets, made.num_classes, train, test, points=made.points)


def picture_samples(
    images: Array, labels: Indices, test_fraction: float, rng: np.random.Generator
) -> Samples:
    """The learner's own pictures (n, C, H, W), with classes (n,) from 0; the test samples are drawn
    from them. Raises ValueError for what is no such pair."""
    require(images.ndim == 4 and images.size > 0, "the shape of the images", images.shape,
            "(n, C, H, W), each at least 1")  # fmt: skip
    fits = labels.shape == images.shape[:1] and labels.dtype.kind in "iu" and labels.min() >= 0
    require(fits, "labels", f"{labels.dtype} of shape {labels.shape}",
            f"{len(images)} whole numbers from 0, one for each image")  # fmt: skip
    train, test = toys.split(len(images), test_fraction, rng)
    return Samples(images, labels, max(int(labels.max()) + 1, 2), train, test)


def _digits(spec: DataSpec) -> Samples:
    """Some of the digits; moved copies are made of those for training alone, lest a test picture
    be known already."""
    choice_rng, split_rng, copy_rng, noise_rng = generators(spec.seed, 4)
    size = spec.chosen("image_size")
    images, labels = load_digits(size, usual_margin(size))
    some = choice_rng.permutation(np.flatnonzero(labels < spec.num_classes))[: spec.num_samples]
    images, labels = images[some], labels[some]
    train, test = toys.split(len(some), spec.test_fraction, split_rng)
    repeated = np.tile(train, spec.chosen("copies"))
    copies = augment(images[repeated], Augmentation(shift=size / 8), copy_rng)
    images = np.concatenate([images, copies])
    images = np.clip(images + noise_rng.normal(0, spec.noise, images.shape), 0, 1)
    train = np.concatenate([train, np.arange(len(some), len(images))])
    return Samples(
        images, np.concatenate([labels, labels[repeated]]), spec.num_classes, train, test
    )


def _shapes(spec: DataSpec) -> Samples:
    shapes_rng, split_rng = generators(spec.seed, 2)
    images, labels = make_shapes(
        spec.num_samples, shapes_rng, spec.chosen("image_size"), spec.num_classes, spec.noise,
        spec.colour,
    )  # fmt: skip
    train, test = toys.split(len(images), spec.test_fraction, split_rng)
    return Samples(images, labels, spec.num_classes, train, test)


def _pictures(spec: DataSpec) -> Samples:
    return {"digits": _digits, "shapes": _shapes}[spec.name](spec)


SEQUENCES: dict[str, Callable[[int, int, DataSpec, np.random.Generator], Sequences]] = {
    "reber": lambda n, steps, spec, rng: make_reber(n, steps, rng),
    "gaps": lambda n, steps, spec, rng: make_gaps(n, steps, rng),
    "adding": lambda n, steps, spec, rng: sequences.adding(n, steps, rng),
    "marked": lambda n, steps, spec, rng: sequences.marked(n, steps, rng),
    "copy": lambda n, steps, spec, rng: sequences.copy_memory(
        n,
        steps,
        spec.chosen("delay"),
        spec.num_classes - 1,
        rng,  # the blank is a class, too
    ),
    "echo": lambda n, steps, spec, rng: sequences.echo(
        n, steps, spec.chosen("delay"), spec.num_classes, rng
    ),
    "parity": lambda n, steps, spec, rng: sequences.parity(n, steps, rng),
    "parity_last": lambda n, steps, spec, rng: sequences.parity(n, steps, rng, last_only=True),
    "wave": lambda n, steps, spec, rng: sequences.number_wave(n, steps, rng),
    "sine": lambda n, steps, spec, rng: sequences.sine(n, steps, rng, noise=spec.noise),
}


def _sequences(spec: DataSpec) -> Samples:
    make_rng, split_rng = generators(spec.seed, 2)
    made = SEQUENCES[spec.name](spec.num_samples, spec.chosen("num_steps"), spec, make_rng)
    train, test = toys.split(spec.num_samples, spec.test_fraction, split_rng)
    return Samples(made.inputs, made.targets, made.num_classes, train, test, made.mask,
                   made.counted, num_tokens=made.num_tokens)  # fmt: skip


def text_samples(
    tokens: Indices, num_tokens: int, num_steps: int, streams: int, test_fraction: float
) -> Samples:
    """A text as samples: its beginning in streams for training, its end for testing.

    tokens (length,) are those of `core.data.text.Vocabulary`, which has num_tokens of them; a
    training batch of `streams` samples in order carries on the one before.
    """
    first, second = text.split_text(tokens, test_fraction)
    train = text.cut_text(first, num_tokens, num_steps, streams)
    both = [train, text.cut_text(second, num_tokens, num_steps)] if len(second) else [train]
    inputs, targets = (np.concatenate([getattr(part, name) for part in both])
                       for name in ("inputs", "targets"))  # fmt: skip
    n = len(train.inputs)
    return Samples(inputs, targets, num_tokens, np.arange(n), np.arange(n, len(inputs)),
                   num_tokens=num_tokens, streams=streams)  # fmt: skip


def _text(spec: DataSpec) -> Samples:
    """The sample text, or so much of it as num_samples pieces need."""
    steps = spec.chosen("num_steps")
    sample = text.sample_text()
    vocabulary = text.make_vocabulary(sample, spec.num_classes)
    tokens = vocabulary.encode(sample)[: spec.num_samples * steps + 1]
    return text_samples(tokens, len(vocabulary), steps, spec.chosen("streams"), spec.test_fraction)


FAMILIES: dict[str, Callable[[DataSpec], Samples]] = {
    "plane": _plane, "pictures": _pictures, "sequences": _sequences, "text": _text,
}  # fmt: skip
