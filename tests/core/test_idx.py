"""IDX files: what is written is read back, and a file that is not whole says what is wrong."""

import gzip
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from core.data.idx import read_idx, read_images_and_labels, write_idx

DTYPES = ("uint8", "int8", "int16", "int32", "float32", "float64")
filled = st.sampled_from(DTYPES).flatmap(
    lambda dtype: arrays(dtype, array_shapes(min_dims=1, max_dims=4, min_side=0, max_side=4))
)
PIXELS = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
IMAGES = write_idx(PIXELS)
LABELS = write_idx(np.array([7, 2], np.uint8))


@settings(deadline=None)
@given(filled, st.booleans())
def test_what_is_written_is_read_back(array, compress):
    again = read_idx(write_idx(array, compress))
    assert again.dtype == array.dtype
    np.testing.assert_array_equal(again, array)


def test_the_bytes_are_those_of_the_format():
    assert IMAGES[:16].hex() == "00000803000000020000000300000004"
    assert IMAGES[16:] == bytes(range(24))
    assert LABELS.hex() == "00000801000000020702"
    assert write_idx(np.array([258], np.int16)).hex() == "00000b01000000010102"
    assert write_idx(PIXELS, compress=True)[:2] == b"\x1f\x8b"


def test_the_order_of_memory_and_of_bytes_does_not_matter():
    array = np.arange(6, dtype=">i4").reshape(2, 3).T
    np.testing.assert_array_equal(read_idx(write_idx(array)), array)


def test_a_pair_of_files_is_images_and_classes():
    images, labels = read_images_and_labels(gzip.compress(IMAGES), LABELS)
    np.testing.assert_array_equal(images, PIXELS[:, None] / 255)
    np.testing.assert_array_equal(labels, [7, 2])
    assert labels.dtype == np.int64


BROKEN = {
    "nothing": (b"", "starts with nothing"),
    "three bytes": (b"\0\0\x08", "starts with 00 00 08;"),
    "a picture": (b"\x89PNG and more",
                  "starts with 89 50 4e 47; a file of images starts with the bytes 00"),
    "another start": (b"\1\0\x08\1" + bytes(8), "not an IDX file"),
    "an unknown type": (b"\0\0\x0a\1" + bytes(8), "not an IDX file"),
    "no axes": (b"\0\0\x08\0" + bytes(8), "not an IDX file"),
    "sizes cut off": (b"\0\0\x08\3" + bytes(8), "3 sizes must follow in 12 bytes; there are 8"),
    "cut off": (IMAGES[:-1], "2 × 3 × 4 numbers of 1 bytes, which are 24 bytes, but 23 follow"),
    "too long": (IMAGES + b"\0", "24 bytes, but 25 follow"),
    "huge": (b"\0\0\x0e\2" + struct.pack(">II", 2**32 - 1, 2**32 - 1), "but 0 follow"),
    "gzip cut off": (gzip.compress(IMAGES)[:-9], "starts like a gzip file, but is damaged"),
    "gzip damaged": (gzip.compress(IMAGES)[:12] + b"\xff" * 30, "damaged"),
    "no gzip": (b"\x1f\x8bno gzip at all", "damaged"),
    "gzip of something else": (gzip.compress(b"hello"), "starts with 68 65 6c 6c"),
}  # fmt: skip


# Names of their own: compressed bytes hold the time, and no two runs would have the same tests.
@pytest.mark.parametrize(("data", "words"), BROKEN.values(), ids=BROKEN)
def test_a_file_that_is_none_says_why(data, words):
    with pytest.raises(ValueError, match="the test file") as caught:
        read_idx(data, "the test file")
    assert words in str(caught.value)


def test_a_small_file_that_unfolds_to_a_large_one_is_stopped():
    bomb = gzip.compress(bytes(10_000_000))
    assert len(bomb) < 20_000
    with pytest.raises(ValueError, match="larger than 1000 bytes"):
        read_idx(bomb, max_bytes=1000)
    with pytest.raises(ValueError, match="larger than 1000 bytes"):
        read_idx(bytes(1001), max_bytes=1000)


@pytest.mark.parametrize(
    ("images", "labels", "words"),
    [
        (LABELS, IMAGES, "file of images holds uint8 of 1 dim.* perhaps the two files are swapped"),
        (IMAGES, IMAGES, r"file of labels holds uint8 of 3 dimensions.*of 1 dimension; perhaps"),
        (IMAGES, write_idx(np.zeros(3, np.uint8)), "2 images but 3 labels"),
        (write_idx(PIXELS.astype(np.float32)), LABELS, "float32 of 3 dim.* must hold uint8"),
        (write_idx(PIXELS.reshape(2, 1, 3, 4)), LABELS, "4 dimensions"),
        (write_idx(PIXELS[:0]), write_idx(np.zeros(0, np.uint8)), "holds no pixels"),
        (write_idx(PIXELS[:, :0]), LABELS, "holds no pixels"),
    ],
)
def test_files_that_are_no_pair_say_why(images, labels, words):
    with pytest.raises(ValueError, match=words):
        read_images_and_labels(images, labels)


@pytest.mark.parametrize(
    ("array", "words"),
    [(np.zeros(2, np.int64), "not int64"), (np.array(["a"]), "not <U1"), (np.zeros(()), "not 0")],
)
def test_what_the_format_cannot_hold_is_refused(array, words):
    with pytest.raises(ValueError, match=words):
        write_idx(array)


def test_of_many_samples_the_first_are_taken():
    pixels = np.arange(5 * 2 * 3, dtype=np.uint8).reshape(5, 2, 3)
    files = write_idx(pixels), write_idx(np.arange(5, dtype=np.uint8))
    images, labels = read_images_and_labels(*files, most=3)
    assert (images == pixels[:3, None] / 255).all()
    assert labels.tolist() == [0, 1, 2]
