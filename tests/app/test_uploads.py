"""A learner's own data go to the server once, and then a network trains on them there."""

import asyncio
import hashlib

import numpy as np
import pytest

from app.playground.chapters.images.cnn_own import read_pair
from app.playground.chapters.sequences.corpus import make_corpus
from app.playground.chapters.sequences.corpus import samples as corpus_samples
from app.playground.remote.away import Away
from app.playground.remote.uploads import PIECE, CalledOff, OwnSamples, own, send
from app.server.store import Store
from core.data.idx import write_idx
from core.data.samples import text_samples
from core.data.text import make_vocabulary, sample_text
from core.spec import ANY, LinearSpec, NetworkSpec, OneHotSpec, RecurrentSpec, TrainSpec
from core.training import Trainer
from tests.app.remote_page import with_page

TEXT = sample_text()
OPTIONS = {"num_steps": 20, "streams": 8, "test_fraction": 0.1, "max_vocabulary": 96}


def own_text():
    vocabulary = make_vocabulary(TEXT, 96)
    samples = text_samples(vocabulary.encode(TEXT), len(vocabulary), 20, 8, 0.1)
    return own(samples, (TEXT.encode(),), "text", OPTIONS)


class Shelf:
    """A store as a page speaks to it."""

    def __init__(self, folder):
        self.store, self.asked = Store(folder), []

    async def ask(self, kind, tensors=None, /, **order):
        self.asked.append(order["offset"])
        return {"offset": self.store.receive(**order, data=tensors["bytes"])}, {}


def test_a_file_goes_in_pieces_and_only_once(tmp_path):
    shelf, told = Shelf(tmp_path), []
    data = np.random.default_rng(1).bytes(2 * PIECE + 5)
    name = hashlib.sha256(data).hexdigest()
    asyncio.run(send(shelf, name, data, lambda *at: told.append(at) or True))
    assert shelf.asked == [0, PIECE, 2 * PIECE]
    assert told == [(0, len(data)), (PIECE, len(data)), (2 * PIECE, len(data))]
    assert (tmp_path / name).read_bytes() == data
    asyncio.run(send(shelf, name, data, lambda *at: True))
    assert shelf.asked[3:] == [0], "it is there"


def test_what_was_called_off_goes_on_where_it_ended(tmp_path):
    shelf = Shelf(tmp_path)
    data = np.random.default_rng(1).bytes(3 * PIECE)
    name = hashlib.sha256(data).hexdigest()
    with pytest.raises(CalledOff):
        asyncio.run(send(shelf, name, data, lambda there, _: there < 2 * PIECE))
    asyncio.run(send(shelf, name, data, lambda *at: True))
    assert shelf.asked == [0, PIECE, 0, 2 * PIECE]
    assert (tmp_path / name).read_bytes() == data


def test_a_network_learns_the_learner_s_text_elsewhere_as_it_would_here(tmp_path):
    data = own_text()
    assert isinstance(data, OwnSamples)
    specs = (
        NetworkSpec((ANY,), (OneHotSpec(data.num_tokens), RecurrentSpec("gru", 6),
                             LinearSpec(data.num_tokens))),
        data, TrainSpec("cross_entropy", "adam", 0.01, 8, carry_state=True),
    )  # fmt: skip

    async def story(page, server):
        store = Store(tmp_path)
        server.jobs.store, server.service.store = store, store
        page.session.configure(*specs)
        await page.connect()
        away = Away(page.connection, "numpy")
        page.session.hand_over(away)
        for _ in range(3):
            page.session.step("batch")
        await page.until(lambda: page.step == 3)
        assert away.sending is None
        alone = Trainer(*specs)
        for _ in range(3):
            alone.step()
        snapshot = page.session.snapshot
        np.testing.assert_array_equal(snapshot.parameters, alone.network.parameters)
        np.testing.assert_array_equal(snapshot.order, alone._order)

    with_page(story)


def expect_the_same(folder, data):
    """The server makes of the files what the page made of them."""
    store = Store(folder)
    for name, content in zip(data.hashes, data.files, strict=True):
        store.receive(name, len(content), 0, content)
    there = store.samples(data.reference)
    np.testing.assert_array_equal(there.inputs, data.inputs.astype(there.inputs.dtype))
    np.testing.assert_array_equal(there.targets, data.targets)
    np.testing.assert_array_equal(there.train_indices, data.train_indices)
    np.testing.assert_array_equal(there.test_indices, data.test_indices)
    assert (there.num_classes, there.num_tokens) == (data.num_classes, data.num_tokens)
    assert there.streams == data.streams


@pytest.mark.parametrize(
    "text",
    [TEXT, "\ufeff" + "ab\r\n" * 30, "".join(map(chr, range(0x400, 0x500))) * 3 + "\ufffd😀"],
    ids=["sonnets", "short, with a mark", "many characters"],
)
def test_the_server_reads_a_text_as_the_page_does(tmp_path, text):
    expect_the_same(tmp_path, corpus_samples(make_corpus(text, "mine", 0), 30, 16))


@pytest.mark.parametrize("size", [8, 28, 32])
def test_the_server_reads_pictures_as_the_page_does(tmp_path, size):
    rng = np.random.default_rng(2)
    images = write_idx(rng.integers(0, 256, (60, 28, 26), np.uint8), compress=True)
    labels = write_idx((np.arange(60) % 7).astype(np.uint8))
    expect_the_same(tmp_path, read_pair(images, labels, "mine").samples(size, 0.3, 5))
