"""Files of the learner's own become samples, or a sentence that says what is wrong with them."""

import gzip
import hashlib
import io
import struct
import tarfile
import zipfile
import zlib

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from app.server.readers import READERS, cifar, folder, read
from app.server.store import Store
from core.data.digits import load_digits
from core.data.idx import write_idx
from core.data.resample import resize
from core.data.samples import picture_samples
from core.seeds import generators

RNG = np.random.default_rng(5)
IMAGES = RNG.integers(0, 256, (30, 7, 9), np.uint8)
LABELS = (np.arange(30) % 3).astype(np.uint8)


def paths(folder, *files):
    """Files as the store holds them: under their hash."""
    found = []
    for data in files:
        found.append(folder / hashlib.sha256(data).hexdigest())
        found[-1].write_bytes(data)
    return found


def batch(count, first=0):
    """A batch of CIFAR-10, each picture of one grey that tells which it is."""
    records = np.empty((count, cifar.RECORD), np.uint8)
    records[:, 0] = np.arange(first, first + count) % 10
    records[:, 1:] = np.arange(first, first + count)[:, None]
    return records.tobytes()


def archive(members):
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as tar:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return made.getvalue()


def picture(colour, size=(12, 8), mode="RGB", form="PNG"):
    made = io.BytesIO()
    Image.new(mode, size, colour).save(made, form)
    return made.getvalue()


def zipped(members, compression=zipfile.ZIP_DEFLATED):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", compression) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return made.getvalue()


PETS = {
    "pets/cat/1.png": picture((255, 0, 0)), "pets/cat/2.JPG": picture((250, 0, 0), form="JPEG"),
    "pets/dog/1.png": picture((0, 0, 255)), "pets/dog/b.png": picture(255, mode="L"),
    "__MACOSX/cat/._1.png": b"no picture", "pets/.DS_Store": b"", "pets/readme.txt": b"Hello",
}  # fmt: skip
GOOD = {
    "idx": (write_idx(IMAGES), write_idx(LABELS, compress=True)),
    "cifar10": (batch(8), batch(5, 8)),
    "folder": (zipped(PETS),),
    "text": (b"Nothing is so common as the wish to be remarkable.\n" * 40,),
}


# What is right


def test_a_pair_of_idx_files_is_what_the_page_makes_of_it(tmp_path):
    options = {"size": 8, "test_fraction": 0.3, "seed": 4}
    made = read("idx", paths(tmp_path, *GOOD["idx"]), options)
    images = resize(IMAGES[:, None] / 255, 8, 8, "area")
    wanted = picture_samples(images, LABELS.astype(int), 0.3, generators(4, 1)[0])
    np.testing.assert_allclose(made.samples.inputs, images, atol=1e-7)
    np.testing.assert_array_equal(made.samples.test_indices, wanted.test_indices)
    assert made.samples.inputs.dtype == np.float32
    assert made.facts == {"classes": ["0", "1", "2"], "shape": [1, 8, 8], "original": [1, 7, 9],
                          "counts": [10, 10, 10]}  # fmt: skip


def test_the_digits_that_come_with_the_page_go_through(tmp_path):
    """Larger and in colour, as a network for 3 × 32 × 32 wants them; through the store."""
    images, labels = load_digits()
    pair = write_idx((images[:, 0] * 255).astype(np.uint8)), write_idx(labels.astype(np.uint8))
    store = Store(tmp_path)
    names = [hashlib.sha256(data).hexdigest() for data in pair]
    for name, data in zip(names, pair, strict=True):
        store.receive(name, len(data), 0, data)
    options = {"size": 32, "channels": 3, "more": [names[1]]}
    facts, arrays = store.open(names[0], "idx", options)
    assert (facts["number"], facts["train"], facts["test"]) == (1797, 1438, 359)
    assert facts["preview"] == {"train": 128, "test": 200}
    assert facts["bytes"] == sum(map(len, pair))
    assert arrays["inputs"].shape == (328, 3, 32, 32)
    assert arrays["targets"].dtype == np.int64


def test_batches_of_cifar(tmp_path):
    made = read("cifar10", paths(tmp_path, *GOOD["cifar10"]), {}).samples
    assert made.inputs.shape == (13, 3, 32, 32)
    np.testing.assert_allclose(made.inputs[:, 2, 31, 31] * 255, np.arange(13), rtol=1e-6)
    np.testing.assert_array_equal(made.targets, np.arange(13) % 10)
    assert made.num_classes == 10


def test_the_archive_of_cifar_has_its_own_test_pictures(tmp_path):
    inside = "cifar-10-batches-bin/"
    data = archive({
        inside + "batches.meta.txt": b"airplane\n", inside + "data_batch_2.bin": batch(20, 20),
        inside + "data_batch_1.bin": batch(20), inside + "test_batch.bin": batch(9, 100),
        "../../data_batch_3.bin": batch(20, 40),
    })  # fmt: skip
    made = read("cifar10", paths(tmp_path, data), {"channels": 1}).samples
    assert made.inputs.shape == (69, 1, 32, 32)
    np.testing.assert_array_equal(made.test_indices, np.arange(60, 69))
    assert sorted(made.train_indices) == list(range(60))
    np.testing.assert_allclose(made.inputs[:60, 0, 5, 5] * 255, np.arange(60), rtol=1e-6)
    few = read("cifar10", paths(tmp_path, data), {"num_samples": 5}).samples
    assert (len(few.train_indices), len(few.test_indices)) == (5, 5)


def test_a_folder_of_pictures(tmp_path):
    made = read("folder", paths(tmp_path, *GOOD["folder"]), {"size": 8, "seed": 1})
    assert made.facts["classes"] == ["cat", "dog"]
    assert made.facts["counts"] == [2, 2]
    inputs, targets = made.samples.inputs, made.samples.targets
    assert inputs.shape == (4, 3, 8, 8)
    assert (inputs[targets == 0, 0] > 0.95).all(), "cats are red"
    assert (inputs[targets == 0, 2] < 0.05).all()
    assert (inputs[targets == 1, 2] > 0.95).all(), "dogs are blue, or white"


def test_pictures_that_are_all_grey_have_one_channel_unless_three_are_wanted(tmp_path):
    files = {f"{name}/1.png": picture(90, mode="L") for name in "ab"}
    data = paths(tmp_path, zipped(files))
    assert read("folder", data, {}).samples.inputs.shape == (2, 1, 32, 32)
    assert read("folder", data, {"channels": 3}).samples.inputs.shape == (2, 3, 32, 32)
    data = paths(tmp_path, zipped({**files, "b/2.png": picture((0, 200, 0))}))
    assert read("folder", data, {}).samples.inputs.shape == (3, 3, 32, 32)


def test_a_wide_picture_is_cut_around_its_middle_and_one_of_16_bits_keeps_its_brightness(tmp_path):
    wide = np.zeros((8, 24), np.uint8)
    wide[:, 8:16] = 200
    deep = np.full((8, 8), 200 * 256, np.uint16)
    files = {}
    for name, pixels in (("a/1.png", wide), ("b/1.png", deep)):
        made = io.BytesIO()
        Image.fromarray(pixels).save(made, "PNG")
        files[name] = made.getvalue()
    made = read("folder", paths(tmp_path, zipped(files)), {"size": 4, "channels": 1}).samples
    np.testing.assert_allclose(made.inputs, 200 / 255, atol=0.005)


# What is wrong


def lying_idx(*sizes):
    return b"\0\0\x08\x03" + struct.pack(">III", *sizes) + b"x" * 100


def with_directory_of(data, size):
    """A zip whose last record claims a directory of so many bytes."""
    start = data.rfind(folder.END)
    return data[: start + 12] + struct.pack("<I", size) + data[start + 16 :]


def encrypted(data):
    """A zip whose directory says that the first picture needs a password."""
    start = data.find(b"PK\1\2")
    return data[: start + 8] + b"\1\0" + data[start + 10 :]


def bomb():
    """A picture of 9,000 × 9,000 pixels by its header."""
    chunks = b"IHDR" + struct.pack(">IIBBBBB", 9000, 9000, 8, 0, 0, 0, 0), b"IDAT" + b"x" * 50
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
        for chunk in chunks
    )


WRONG = {
    "one file of two": ("idx", GOOD["idx"][:1], {}, "1 file; IDX data are two"),
    "swapped": ("idx", GOOD["idx"][::-1], {}, "swapped"),
    "a lying size": ("idx", (lying_idx(2**31, 2**10, 2**10), GOOD["idx"][1]), {}, "but 100 follow"),
    "too much for the memory": ("idx", GOOD["idx"], {"size": 256, "channels": 3}, None),
    "no record": ("cifar10", (b"x" * 3000,), {}, "records of 3,073 bytes"),
    "a class too many": ("cifar10", (batch(2) + b"\x0a" + b"0" * 3072,), {}, "picture 3 is of cla"),
    "no test batch": ("cifar10", (archive({"data_batch_1.bin": batch(3)}),), {}, "test_batch.bin"),
    "another archive": ("cifar10", (archive({"data.csv": b"1,2"}),), {}, "no batch of pictures"),
    "no archive": ("cifar10", (gzip.compress(b"Hello" * 900),), {}, "damaged"),
    "cut off": ("cifar10", (archive({"test_batch.bin": RNG.bytes(30730)})[:900],), {}, "damaged"),
    "no zip": ("folder", (b"x" * 500,), {}, "no zip"),
    "no classes": ("folder", (zipped({"1.png": picture(0)}),), {}, "lies in no folder"),
    "one class": ("folder", (zipped({"a/1.png": picture(0)}),), {}, "1 folders with pictures"),
    "no picture": ("folder", (zipped({"a/1.png": b"GIF89a", "b/1.png": picture(0)}),), {},
                   "“a/1.png” is neither PNG nor JPEG"),
    "a GIF": ("folder", (zipped({"a/1.png": picture(0, form="GIF"), "b/1.png": picture(0)}),), {},
              "neither PNG nor JPEG"),
    "a bomb": ("folder", (zipped({"a/1.png": bomb(), "b/1.png": picture(0)}),), {},
               "9,000 × 9,000 pixels, more"),
    "a huge directory": ("folder", (with_directory_of(GOOD["folder"][0], 2**31),), {}, "directory"),
    "a password": ("folder", (encrypted(GOOD["folder"][0]),), {}, "encrypted"),
    "packed otherwise": ("folder", (zipped(PETS, zipfile.ZIP_LZMA),), {}, "usual deflate"),
    "two channels": ("folder", GOOD["folder"], {"channels": 2}, "1, 3 or null"),
    "no such option": ("cifar10", GOOD["cifar10"], {"folder": "/etc"}, "a field of PictureOptions"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_told(tmp_path, monkeypatch, name):
    kind, files, options, words = WRONG[name]
    if words is None:
        monkeypatch.setattr("app.server.readers.pictures.MOST_VALUES", 10**6)
        words = "take fewer samples"
    with pytest.raises(ValueError, match=words):
        read(kind, paths(tmp_path, *files), options)


def test_a_zip_with_the_larger_format_is_not_read(tmp_path):
    """The record of that format tells another size, which would be believed."""
    data = GOOD["folder"][0]
    start = data.rfind(folder.END)
    locator = folder.LOCATOR + struct.pack("<IQI", 0, 0, 1)
    with pytest.raises(ValueError, match="fewer than 65,536 pictures"):
        read("folder", paths(tmp_path, data[:start] + locator + data[start:]), {})


def test_an_archive_that_unfolds_without_end_is_left_off(tmp_path, monkeypatch):
    monkeypatch.setattr(cifar, "MAX_BYTES", 100_000)
    data = archive({"zeros": bytes(10**6), "test_batch.bin": batch(2)})
    assert len(data) < 5000
    with pytest.raises(ValueError, match="unfolds to more than 100,000"):
        read("cifar10", paths(tmp_path, data), {})


def test_a_picture_that_unfolds_to_too_much_is_not_begun(tmp_path, monkeypatch):
    monkeypatch.setattr(folder, "MOST_BYTES", 1000)
    data = zipped({"a/1.png": bytes(2000), "b/1.png": picture(0)})
    with pytest.raises(ValueError, match="has 2,000 bytes"):
        read("folder", paths(tmp_path, data), {})
    monkeypatch.setattr(folder, "MOST_BYTES", 10**6)
    monkeypatch.setattr(folder, "MOST_TOTAL", 1500)
    with pytest.raises(ValueError, match="bytes together"):
        read("folder", paths(tmp_path, data), {})


# Each example writes over the files of the one before.
FUZZ = settings(max_examples=60, deadline=None,
                suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip


def outcome(kind, files):
    """The samples, or the sentence that says why there are none."""
    try:
        return read(kind, files, {}).samples
    except ValueError as error:
        return str(error)


@FUZZ
@given(kind=st.sampled_from(sorted(READERS)), data=st.data())
def test_damaged_files_are_refused_in_words_or_read(tmp_path, kind, data):
    """Cut, changed, or doubled somewhere: never another exception, never more than is there."""
    files = list(GOOD[kind])
    if kind == "cifar10" and data.draw(st.booleans()):
        files = [archive({"data_batch_1.bin": batch(3), "test_batch.bin": batch(2)})]
    which = data.draw(st.integers(0, len(files) - 1))
    damaged = bytearray(files[which])
    for place, value in data.draw(st.lists(st.tuples(
        st.integers(0, len(damaged) - 1), st.integers(0, 255)), max_size=4)):  # fmt: skip
        damaged[place] = value
    end = data.draw(st.one_of(st.none(), st.integers(0, len(damaged))))
    files[which] = bytes(damaged[:end])
    made = outcome(kind, paths(tmp_path, *files))
    assert made
    assert isinstance(made, str) or len(made.inputs) <= 2000


@FUZZ
@given(kind=st.sampled_from(sorted(READERS)), starts=st.sampled_from(
    [b"", b"\0\0\x08\x03", b"\x1f\x8b\x08", b"PK\3\4", b"PK\5\6", b"PK\1\2"]),
    noise=st.binary(max_size=200))  # fmt: skip
def test_noise_is_refused_in_words(tmp_path, kind, starts, noise):
    made = outcome(kind, paths(tmp_path, starts + noise, GOOD["idx"][1])[: 1 + (kind == "idx")])
    assert made
    assert isinstance(made, str) or kind == "text"
