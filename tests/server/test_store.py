"""Files come in pieces, keep what they had, and never stand for what they are not."""

import errno
import hashlib
import os
import pickle
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.server import store as store_module
from app.server.refusal import Refusal
from app.server.store import Store
from core.data.samples import make_samples, text_samples
from core.data.text import make_vocabulary, sample_text
from core.spec import DataSpec, to_json


def digest(data):
    return hashlib.sha256(data).hexdigest()


def send(store, data, size=1000):
    """All of a file, as a page does it; the hash."""
    name, there = digest(data), 0
    while there < len(data):
        there = store.receive(name, len(data), there, data[there : there + size])
    return name


def names(store):
    return sorted(path.name for path in store.folder.iterdir())


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "files", max_file=5000, max_total=10_000)


def reason(call, *args):
    with pytest.raises(Refusal) as found:
        call(*args)
    assert str(found.value) == found.value.text
    return found.value.reason


def test_pieces_become_a_file_that_the_next_run_has(store):
    data = bytes(range(256)) * 10
    name = digest(data)
    assert store.receive(name, 2560, 0, np.frombuffer(data[:1000], np.uint8)) == 1000
    assert names(store) == [f"{name}.part"]
    assert store.receive(name, 2560, 0, data[:1000]) == 1000, "sent twice"
    assert store.receive(name, 2560, 1500, data[1500:]) == 1000, "a piece is missing"
    again = Store(store.folder, 5000, 10_000)  # the server was started anew
    assert again.receive(name, 2560, 0) == 1000
    assert again.receive(name, 2560, 1000, data[1000:]) == 2560
    assert names(store) == [name]
    assert (store.folder / name).read_bytes() == data
    assert store.receive(name, 2560, 0, data[:10]) == 2560, "the file is there"


def test_another_file_than_announced_is_not_kept(store):
    assert reason(store.receive, digest(b"a" * 10), 10, 0, b"b" * 10) == "invalid"
    assert names(store) == []
    assert reason(store.receive, digest(b"a"), 1, 0, b"ab") == "invalid"
    name = send(store, b"abc")
    assert reason(store.receive, name, 2, 0, b"ab") == "invalid"


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd", "a" * 63, "A" * 64, "a" * 64 + "\n", "", None, 5, "a" * 64 + ".part"],
)
def test_names_are_hashes_and_nothing_else(store, name):
    for call in (lambda: store.receive(name, 1, 0, b"x"), lambda: store.open(name, "text", {}),
                 lambda: store.hold({"opened": name, "kind": "text", "options": {}}),
                 lambda: store.samples({"opened": "a" * 64, "kind": "idx",
                                        "options": {"more": [name]}})):  # fmt: skip
        with pytest.raises(ValueError, match="64 digits"):
            call()
    assert not store.folder.exists()


def test_what_was_not_used_for_long_makes_room(store):
    first, second = send(store, b"1" * 4000), send(store, b"2" * 4000)
    os.utime(store.folder / first, (100, 100))
    os.utime(store.folder / second, (200, 200))
    store.hold({"opened": first, "kind": "text", "options": {}})
    third = send(store, b"3" * 4000)
    assert names(store) == sorted([first, third]), "the older one is held"
    store.hold({"opened": third, "kind": "text", "options": {}})
    assert reason(store.receive, digest(b"4" * 4000), 4000, 0, b"4" * 100) == "storage"
    store.release({"opened": first, "kind": "text", "options": {}})
    fourth = send(store, b"4" * 4000)
    assert names(store) == sorted([third, fourth])
    assert reason(store.hold, {"opened": first, "kind": "text", "options": {}}) == "unknown"


def test_a_file_on_its_way_keeps_its_place_for_an_hour(store):
    begun = digest(b"1" * 4000)
    store.receive(begun, 4000, 0, b"1" * 3000)
    send(store, b"2" * 4000)
    send(store, b"3" * 4000)
    assert f"{begun}.part" in names(store)
    os.utime(store.folder / f"{begun}.part", (100, 100))
    send(store, b"4" * 4000)
    send(store, b"5" * 4000)
    assert f"{begun}.part" not in names(store)


def test_a_file_can_be_too_large(store):
    assert reason(store.receive, "a" * 64, 5001, 0, b"x") == "limit"


def test_a_full_disk_leaves_what_was_whole(store, monkeypatch):
    data = b"abcdefghij" * 10
    name = digest(data)
    store.receive(name, 100, 0, data[:40])

    class Full:
        """Half of a piece gets through."""

        def __init__(self, file):
            self.file = file

        def __enter__(self):
            return self

        def __exit__(self, *_):
            self.file.close()

        def write(self, piece):
            self.file.write(piece[: len(piece) // 2])
            self.file.flush()
            raise OSError(errno.ENOSPC, "No space left on device")

    real = Path.open
    with monkeypatch.context() as patch:
        patch.setattr(store_module.Path, "open", lambda path, mode: Full(real(path, mode)))
        assert reason(store.receive, name, 100, 40, data[40:]) == "storage"
    assert (store.folder / f"{name}.part").read_bytes() == data[:40]
    assert store.receive(name, 100, 40, data[40:]) == 100


@settings(max_examples=40, deadline=None)
@given(data=st.binary(min_size=1, max_size=300), moves=st.lists(
    st.tuples(st.integers(0, 300), st.integers(0, 100)), max_size=20))  # fmt: skip
def test_whatever_is_sent_in_whatever_order(tmp_path_factory, data, moves):
    """A page that asks where to go on, and goes on there, always gets its file there whole."""
    store, name = Store(tmp_path_factory.mktemp("any"), 1000, 1000), digest(data)
    for offset, size in moves:
        start = min(offset, len(data))
        there = store.receive(name, len(data), start, data[start : start + size])
        assert 0 <= there <= len(data)
    send(store, data, 7)
    assert (store.folder / name).read_bytes() == data


def test_a_text_becomes_samples_in_another_process(tmp_path):
    store = Store(tmp_path)
    name = send(store, ("\ufeff" + sample_text()).encode())
    options = {"num_steps": 20, "streams": 8}
    facts, arrays = store.open(name, "text", options)
    reference = {"opened": name, "kind": "text", "options": options}
    made = pickle.loads(pickle.dumps(store)).samples(reference)
    vocabulary = make_vocabulary(sample_text(), 96)
    wanted = text_samples(vocabulary.encode(sample_text()), len(vocabulary), 20, 8, 0.1)
    np.testing.assert_array_equal(made.inputs, wanted.inputs)
    np.testing.assert_array_equal(made.train_indices, wanted.train_indices)
    assert (made.num_classes, made.num_tokens, made.streams) == (len(vocabulary),) * 2 + (8,)
    assert facts["number"] == len(made.inputs)
    assert facts["vocabulary"] == list(vocabulary.characters)
    assert facts["text"] == sample_text()[:2000]
    np.testing.assert_array_equal(arrays["inputs"][:128], made.inputs[made.train_indices[:128]])
    assert facts["preview"]["train"] == 128


def test_samples_of_a_specification(store):
    spec = DataSpec("shapes", 30, image_size=12, num_classes=3)
    made = store.samples({"spec": to_json(spec)})
    np.testing.assert_array_equal(made.inputs, make_samples(spec).inputs)
    store.hold({"spec": to_json(spec)})


@pytest.mark.parametrize(
    ("reference", "words"),
    [
        (None, "an object"), ({}, "with spec, or with opened"), ({"spec": 3}, "must be an object"),
        ({"spec": {"name": "other"}}, "data set"),
        ({"opened": "a" * 64, "kind": "text", "options": []}, "options is"),
        ({"opened": "a" * 64, "kind": "text", "options": {"more": "b" * 64}}, "a list"),
        ({"opened": "a" * 64, "kind": "text", "options": {}}, "choose it again"),
    ],
)  # fmt: skip
def test_what_is_no_data_is_told(store, reference, words):
    with pytest.raises(ValueError, match=words):
        store.samples(reference)


def test_a_text_that_cannot_be_read(store):
    def opened(data, options):
        return store.open(send(store, data), "text", options)

    with pytest.raises(ValueError, match=r"byte 3 is 0xff\. Save it as plain text"):
        opened(b"ab\xff", {})
    with pytest.raises(ValueError, match="num_steps is 0"):
        opened(b"abab", {"num_steps": 0})
    with pytest.raises(ValueError, match="a field of TextOptions"):
        opened(b"abab", {"path": "/etc"})
    with pytest.raises(ValueError, match="kind is 'exe'"):
        store.open(send(store, b"abab"), "exe", {})
    with pytest.raises(ValueError, match="at least"):
        opened(b"abab", {"num_steps": 40})
