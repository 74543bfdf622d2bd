"""C8 sends a large file to the training server, shows some of it, and has all of it learnt."""

import asyncio
import base64
import io
import zipfile

import numpy as np
import pytest
from PIL import Image

from app.playground.application import App
from app.playground.chapters.images.cnn_served import kind_of
from app.server.store import Store
from tests.app.double import CODE, Server
from tests.app.helpers import tell

PIECE = 20_000
NUMBER = 700


def batch(count):
    """Pictures of CIFAR-10 of noise, darker for the first classes."""
    rng = np.random.default_rng(0)
    records = np.empty((count, 3073), np.uint8)
    records[:, 0] = np.arange(count) % 10
    records[:, 1:] = rng.integers(0, 60, (count, 3072)) + 15 * records[:, :1]
    return records.tobytes()


def pets():
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for number in range(40):
            picture = io.BytesIO()
            Image.new("L", (9, 9), 255 * (number % 2)).save(picture, "PNG")
            archive.writestr(f"{('dark', 'light')[number % 2]}/{number}.png", picture.getvalue())
    return made.getvalue()


class Learner:
    """A page that is connected to a server with a store."""

    def __init__(self, server, query):
        self.frames = asyncio.Event()
        self.app = App(query, self.frame, "here", around=server.around)
        self.view = self.app.chapter.data.sending.view

    async def frame(self, update):
        update()
        self.frames.set()
        await asyncio.sleep(0)

    async def until(self, is_so):
        async with asyncio.timeout(30):
            while not is_so():
                self.frames.clear()
                await self.frames.wait()

    async def connect(self):
        self.app.connection.open(CODE)
        await self.app.connection.ready()
        await self.until(lambda: not self.view.disabled)

    def choose(self, name, data):
        """As the view does it: a piece for each message that was handled."""
        tell(self.view, "begin", name=name, size=len(data))
        for offset in range(0, len(data), PIECE):
            if self.view.wants:
                piece = base64.b64encode(data[offset : offset + PIECE]).decode()
                tell(self.view, "piece", offset=offset, data=piece)


def with_learner(folder, query, story):
    async def told():
        server = Server()
        store = Store(folder)
        server.jobs.store, server.service.store = store, store
        learner = Learner(server, query)
        await story(learner)
        learner.app.chapter.session.stop()
        learner.app.connection.close()
        await server.jobs.close()

    asyncio.run(told())


def test_cifar_is_sent_shown_in_part_and_learnt_as_a_whole(tmp_path):
    async def story(learner):
        app, view, chapter = learner.app, learner.view, learner.app.chapter
        assert view.disabled
        await learner.connect()
        learner.choose("data_batch_1.bin", batch(NUMBER))
        assert view.progress["label"].startswith("Reading “data_batch_1.bin”: 2.2 of 2.2 MB")
        await learner.until(lambda: chapter.data.own)
        assert (view.progress, view.error) == ({}, "")
        assert chapter.data.own.words(8).startswith(
            "“data_batch_1.bin”, on the training server: 700 pictures of 10 classes, in colour; "
            "490 to learn from and 210 to test by. Here are 328"
        )
        assert chapter.data.classes[:2] == ["airplane", "automobile"]
        assert chapter.pictures.counts["test"] == 200
        assert chapter.state.net == "lenet5"
        assert chapter.session.snapshot.network_spec.input_shape == (3, 28, 28)
        tell(app.transport, "engine", act="choose", engine="numpy")
        await learner.until(lambda: chapter.session.away)
        tell(app.transport, "step", id="batch")
        await learner.until(lambda: chapter.session.snapshot.step == 1)
        job = chapter.session.away.job
        assert job.progress["num_batches"] == -(-490 // chapter.state.batch)
        learnt = chapter.session.snapshot.batch_inputs
        assert learnt.shape[1:] == (3, 28, 28)
        assert (np.ptp(learnt, axis=1) > 0).any(axis=(1, 2)).all(), "grey has equal planes"

    with_learner(tmp_path, "?chapter=c8", story)


def test_a_zip_of_pictures_brings_its_classes(tmp_path):
    async def story(learner):
        await learner.connect()
        learner.choose("pets.zip", pets())
        chapter = learner.app.chapter
        await learner.until(lambda: chapter.data.own)
        assert chapter.data.classes == ["dark", "light"]
        assert chapter.session.snapshot.network_spec.output_shape == (2,)
        shown = chapter.data.own.samples(8, 0.3, 0)
        np.testing.assert_allclose(shown.inputs.mean((1, 2, 3)), shown.targets, atol=1e-6)
        there = Store(tmp_path).samples(shown.reference)
        np.testing.assert_allclose(
            there.inputs[there.test_indices], shown.inputs[shown.test_indices], atol=1e-6
        )
        tell(learner.app.controls, "set", name="digits", value=None)
        assert chapter.data.own is None

    with_learner(tmp_path, "?chapter=c8&net=vgg_32x32&samples=60", story)


def with_colours(folder, story):
    """A page that was shown pictures in colour."""

    async def told(learner):
        await learner.connect()
        learner.choose("x.bin", batch(NUMBER))
        await learner.until(lambda: learner.app.chapter.data.own)
        story(learner.app, learner.app.chapter)

    with_learner(folder, "?chapter=c8", told)


def shown(view):
    """The layers of a view by their paths, with their bytes."""
    return {layer["path"]: np.frombuffer(base64.b64decode(layer["pixels"]), np.uint8)
            for layer in view.layers}  # fmt: skip


def choose(app, view, path, channel, row, column):
    tell(view, "choose", path=path, channel=channel, row=row, column=column)
    return app.arithmetic.trail[-1]


def test_colours_are_seen_and_open_plane_by_plane(tmp_path):
    def story(app, chapter):
        stage, picture = chapter.stage, chapter.trace.inputs[0]
        layers = shown(stage.maps)
        rgb = np.rint(picture.transpose(1, 2, 0) * 255)
        np.testing.assert_array_equal(layers["input.rgb"].reshape(28, 28, 3), rgb)
        planes = layers["input"].reshape(3, 28, 28, 3)
        for plane in range(3):
            np.testing.assert_array_equal(planes[plane, ..., plane], rgb[..., plane])
            assert not np.delete(planes[plane], plane, axis=2).any()
        opened = choose(app, stage.maps, "input", 2, 4, 7)
        assert opened["result"] == picture[2, 4, 7]
        tell(app.controls, "set", name="source", value=2)
        texts = {block["kind"]: block["text"] for block in app.stage.blocks}
        assert texts["into"].startswith("The picture, its green plane")
        assert choose(app, stage.maps, "input.rgb", 0, 4, 7)["result"] == picture[1, 4, 7]

    with_colours(tmp_path, story)


def test_kernels_upon_colours_are_small_pictures(tmp_path):
    def story(app, chapter):
        weight = chapter.trace.network.view("layers.0.weight")
        tiles = shown(chapter.stage.kernels)["kernels.rgb"].reshape(6, 5, 5, 3)
        wanted = (1 + weight / np.abs(weight).max()) / 2 * 255
        np.testing.assert_allclose(tiles.transpose(0, 3, 1, 2), wanted, atol=0.51)
        choose(app, chapter.stage.kernels, "kernels.rgb", 4, 1, 2)
        assert (chapter.state.channel, chapter.state.source) == (5, 1)
        tell(app.controls, "set", name="layer", value=["3"])
        assert "kernels.rgb" not in shown(chapter.stage.kernels)

    with_colours(tmp_path, story)


def test_where_it_looks_has_a_picture_for_each_plane(tmp_path):
    def story(app, chapter):
        sight = chapter.sight
        saliency = next(layer for layer in sight.view.layers if layer["name"] == "saliency")
        assert (saliency["count"], saliency["labels"]) == (3, ["red", "green", "blue"])
        opened = choose(app, sight.view, saliency["path"], 1, 9, 3)
        assert opened["result"] == pytest.approx(sight.back.dinput("0")[0, 1, 9, 3])
        marked = next(layer for layer in sight.view.layers if layer["name"] == "saliency")
        assert (marked["chosen"], marked["frame"]) == (1, [9, 3, 9, 3])

    with_colours(tmp_path, story)


def test_a_drawing_among_photographs_is_ink_upon_light(tmp_path):
    def story(app, chapter):
        cells = np.zeros((32, 32), np.uint8)
        cells[8:24, 14:18] = 1
        chapter.pictures.pad.show(cells.tobytes())
        tell(chapter.pictures.pad, "draw")
        picture = chapter.trace.inputs[0]
        assert picture.shape == (3, 28, 28)
        assert picture[:, 0, 0].tolist() == [1, 1, 1]
        assert picture[:, 14, 14].max() < 0.1
        titles = {block["kind"]: block["title"] for block in app.stage.blocks}
        assert titles["pad"] == chapter.pictures.pad.label == "Draw a picture"

    with_colours(tmp_path, story)


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("x.zip", b"PK" + bytes(400), "is no zip"),
        ("x.txt", b"Hello", "“x.txt” is neither a zip of pictures nor"),
        ("x.bin", b"\x0b" + bytes(3072), "says that picture 1 is of class 11"),
    ],
)
def test_what_cannot_be_read_changes_nothing(tmp_path, name, data, words):
    async def story(learner):
        await learner.connect()
        learner.choose(name, data)
        await learner.until(lambda: learner.view.error)
        assert words in learner.view.error
        assert learner.view.error.endswith("Nothing was changed.")
        assert not learner.view.progress
        assert learner.app.chapter.data.own is None

    with_learner(tmp_path, "?chapter=c8&samples=60", story)


def test_sending_is_called_off(tmp_path):
    async def story(learner):
        await learner.connect()
        data, view = batch(NUMBER), learner.view
        tell(view, "begin", name="x.bin", size=len(data))
        tell(view, "piece", offset=0, data=base64.b64encode(data[:PIECE]).decode())
        tell(view, "cancel")
        assert (view.wants, view.progress, view.note) == (False, {}, "Not sent.")
        learner.choose("x.bin", data)
        tell(view, "cancel")  # on its way to the server
        await asyncio.wait_for(learner.app.chapter.data.sending._task, 20)
        assert learner.app.chapter.data.own is None

    with_learner(tmp_path, "?chapter=c8&samples=60", story)


def test_kinds_are_told_by_their_first_bytes():
    assert kind_of("a", b"PK\3\4") == "folder"
    assert kind_of("a", b"\x1f\x8b") == "cifar10"
    assert kind_of("a", bytes(3073)) == "cifar10"
