"""Data sets of pictures: the digits, shapes made from a seed, and the built-in drawings."""

import gzip
from importlib.resources import files

import numpy as np
import pytest

from core.data.digits import load_digits
from core.data.images import DRAWINGS, draw
from core.data.resample import resize
from core.data.shapes import SHAPES, make_shapes

# From scikit-learn's documentation of load_digits.
FIRST_DIGIT = [
    [0, 0, 5, 13, 9, 1, 0, 0],
    [0, 0, 13, 15, 10, 15, 5, 0],
    [0, 3, 15, 2, 0, 11, 8, 0],
    [0, 4, 12, 0, 0, 8, 8, 0],
    [0, 5, 8, 0, 0, 9, 8, 0],
    [0, 4, 11, 0, 1, 12, 7, 0],
    [0, 2, 14, 5, 10, 12, 0, 0],
    [0, 0, 6, 13, 10, 0, 0, 0],
]
# Of each class, from the data set's own description.
COUNTS = [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]


def test_the_digits_are_those_of_the_data_set():
    images, labels = load_digits()
    assert images.shape == (1797, 1, 8, 8)
    np.testing.assert_array_equal(images[0, 0] * 16, FIRST_DIGIT)
    assert np.bincount(labels).tolist() == COUNTS
    assert labels[:10].tolist() == list(range(10))
    whole = images * 16
    np.testing.assert_array_equal(whole, np.round(whole))
    assert (whole.min(), whole.max(), whole.sum()) == (0, 16, 561718)


def test_the_digits_come_with_their_licence_and_stay_small():
    folder = files("core.data") / "files"
    note = (folder / "README.md").read_text(encoding="utf-8")
    for words in ("Alpaydin and C. Kaynak", "Attribution 4.0", "BSD 3-clause", "10.24432/C50P49"):
        assert words in note
    stored = [each for each in folder.iterdir() if each.name.endswith(".gz")]
    assert sum(len(each.read_bytes()) for each in stored) < 60_000
    for each in stored:  # without a date, so that the file is the same whenever it is made
        assert each.read_bytes()[4:8] == bytes(4)
        assert gzip.decompress(each.read_bytes())[:3] == b"\0\0\x08"


def test_what_is_loaded_can_be_changed_without_changing_the_next():
    images, labels = load_digits()
    images[:], labels[:] = 0.5, 3
    again, classes = load_digits()
    assert again[0].max() < 1
    assert classes[1] == 1


def test_the_digits_at_the_size_of_mnist():
    images, _ = load_digits()
    larger, _ = load_digits(28, margin=4)
    inside = larger[:, :, 4:24, 4:24]
    np.testing.assert_allclose(inside, resize(images, 20, 20), atol=1e-15)
    assert larger.sum() == pytest.approx(inside.sum())
    np.testing.assert_allclose(load_digits(28)[0], resize(images, 28, 28), atol=1e-15)
    np.testing.assert_array_equal(load_digits(12, 2)[0][:, :, 2:10, 2:10], images)


@pytest.mark.parametrize("colour", [False, True])
def test_shapes(colour):
    first, again, other = (
        make_shapes(40, np.random.default_rng(seed), 20, 3, 0.05, colour) for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first[0], again[0])
    assert not np.array_equal(first[0], other[0])
    assert first[0].shape == (40, 3 if colour else 1, 20, 20)
    assert np.bincount(first[1]).tolist() == [14, 13, 13]
    assert first[1].dtype == np.int64
    assert first[0].min() >= 0
    assert first[0].max() <= 1


def ink(images):
    """What a noiseless shape covers of each pixel: 0 on the ground, 1 inside."""
    low, high = images.min(axis=(2, 3), keepdims=True), images.max(axis=(2, 3), keepdims=True)
    return ((images - low) / (high - low))[:, 0]


def test_a_shape_lies_wholly_inside_and_is_brighter_than_the_ground():
    images, _ = make_shapes(200, np.random.default_rng(3), 24, colour=True)
    spread = images.max(axis=(2, 3)) - images.min(axis=(2, 3))
    assert spread.min() > 0.39
    covered = ink(images) > 0.75
    assert not covered[:, [0, -1]].any()
    assert not covered[:, :, [0, -1]].any()


def test_the_classes_differ_in_form_not_in_brightness():
    """Areas are alike; how far the ink lies from its middle, for its area, is what differs."""
    size, kinds = 32, len(SHAPES)
    images, labels = make_shapes(800, np.random.default_rng(4), size, kinds)
    covered = ink(images)
    area = covered.sum(axis=(1, 2))
    place = np.arange(size)
    middle_y = (covered.sum(axis=2) @ place) / area
    middle_x = (covered.sum(axis=1) @ place) / area
    squares = (place[:, None] - middle_y[:, None, None]) ** 2 + (
        place - middle_x[:, None, None]
    ) ** 2
    spread = (covered * squares).sum(axis=(1, 2)) / area**2
    means = [area[labels == kind].mean() for kind in range(kinds)]
    assert max(means) < 1.15 * min(means)
    roundness = {name: np.median(spread[labels == k]) for k, name in enumerate(SHAPES)}
    assert roundness["circle"] == pytest.approx(1 / (2 * np.pi), rel=0.05)  # r²/2 over π r²
    assert roundness["square"] == pytest.approx(1 / 6, rel=0.05)
    assert roundness["triangle"] == pytest.approx(1 / (3 * np.sqrt(3)), rel=0.05)
    arm, bar = 0.3, 4 * 0.3  # half an arm's width, and a bar's area; its length is 2
    moment = 2 * bar * (1 + arm**2) / 3 - 4 * arm**2 * 2 * arm**2 / 3
    assert roundness["cross"] == pytest.approx(moment / (2 * bar - 4 * arm**2) ** 2, rel=0.05)


def test_drawing_many_shapes_in_parts_gives_all_of_them():
    images, labels = make_shapes(1100, np.random.default_rng(5), 12)
    assert images.shape == (1100, 1, 12, 12)
    assert (images.max(axis=(1, 2, 3)) > 0.4).all()
    assert len(labels) == 1100


@pytest.mark.parametrize("name", sorted(DRAWINGS))
@pytest.mark.parametrize("size", [8, 32, 64, 65])
def test_a_drawing_is_a_picture(name, size):
    image = draw(name, size)
    assert image.shape == (DRAWINGS[name].channels, size, size)
    assert image.min() >= 0
    assert image.max() <= 1


@pytest.mark.parametrize("name", sorted(DRAWINGS))
def test_a_drawing_shows_the_same_at_every_size(name):
    """Twice as large and shrunk again, it is nearly the same: only edges can differ."""
    small, large = draw(name, 32), resize(draw(name, 64), 32, 32, "area")
    assert np.abs(small - large).mean() < 0.01


def test_what_the_drawings_are_of():
    house = draw("house", 64)
    sky, meadow, sun = house[:, 2, 2], house[:, 62, 2], house[:, 11, 52]
    assert sky.argmax() == 2
    assert meadow.argmax() == 1
    assert sun.argmin() == 2
    np.testing.assert_array_equal(draw("checker", 8)[0], np.indices((8, 8)).sum(axis=0) % 2)
    np.testing.assert_allclose(draw("gradient", 10)[0, 3], (np.arange(10) + 0.5) / 10)
    for name in ("face", "letter", "checker"):
        picture = draw(name, 64)
        np.testing.assert_allclose(picture[0], (1 - picture[0, :, ::-1]) if name == "checker"
                                   else picture[0, :, ::-1], atol=1e-12)  # fmt: skip


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: load_digits(7), "size is 7"),
        (lambda: load_digits(28, 11), "margin is 11"),
        (lambda: load_digits(8.0), "size is 8.0"),
        (lambda: make_shapes(0, np.random.default_rng(0)), "num_samples is 0"),
        (lambda: make_shapes(9, np.random.default_rng(0), 4), "size is 4"),
        (lambda: make_shapes(9, np.random.default_rng(0), num_classes=5), "num_classes is 5"),
        (lambda: make_shapes(9, np.random.default_rng(0), noise=-1), "noise is -1"),
        (lambda: make_shapes(10**6, np.random.default_rng(0), 64), "fewer or smaller pictures"),
        (lambda: draw("cat"), "house, face"),
        (lambda: draw("face", 4), "size is 4"),
    ],
)
def test_what_cannot_be_made_says_why(call, words):
    with pytest.raises(ValueError, match=words):
        call()
