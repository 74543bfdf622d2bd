"""A job learns from a file that was sent, while the page looks on with some of its samples."""

import asyncio
import hashlib

import numpy as np

from app.server.jobs import Jobs, LocalRunner
from app.server.limits import Limits
from app.server.store import Store
from core.checkpoint import from_checkpoint, to_checkpoint
from core.data.idx import write_idx
from core.data.samples import Samples
from core.spec import FlattenSpec, LinearSpec, NetworkSpec, TrainSpec, to_json
from core.training import Trainer

RNG = np.random.default_rng(3)
PAIR = (write_idx(RNG.integers(0, 256, (900, 6, 5), np.uint8)),
        write_idx(RNG.integers(0, 3, 900).astype(np.uint8)))  # fmt: skip
NETWORK = NetworkSpec((1, 4, 4), (FlattenSpec(), LinearSpec(3)))
TRAIN = TrainSpec("cross_entropy", batch_size=20, dtype="float32")


def previewed(facts, arrays):
    """The samples that a page makes of what the server shows it."""
    rows = np.arange(len(arrays["inputs"]))
    count = facts["preview"]["train"]
    return Samples(arrays["inputs"], arrays["targets"], facts["num_classes"], rows[:count],
                   rows[count:])  # fmt: skip


def test_a_preview_there_and_all_samples_here(tmp_path):
    store = Store(tmp_path)
    names = [hashlib.sha256(data).hexdigest() for data in PAIR]
    for name, data in zip(names, PAIR, strict=True):
        store.receive(name, len(data), 0, data)
    options = {"size": 4, "more": [names[1]]}
    mirror = Trainer(NETWORK, previewed(*store.open(names[0], "idx", options)), TRAIN)
    mirror.step()
    plain, arrays = to_checkpoint(mirror.snapshot())
    order = {
        "type": "submit", "network": to_json(NETWORK), "train": to_json(TRAIN), "play": False,
        "data": {"opened": names[0], "kind": "idx", "options": options}, "engine": "numpy",
        "checkpoint": plain,
    }  # fmt: skip

    async def learn():
        jobs = Jobs(Limits(), LocalRunner(), store)
        try:
            job, paused = jobs.submit("anna", order, arrays), asyncio.Event()
            held = store._may_go(tmp_path / names[1], "", 0)
            jobs.attach(job.id, 0, lambda m: m.get("state") == "paused" and m["seq"] > 1
                        and paused.set())  # fmt: skip
            jobs.order("anna", {"type": "step", "job": job.id, "count": 40})
            async with asyncio.timeout(30):
                while (found := await jobs.look(job.id, True))[0]["step"] < 41:
                    await paused.wait()
            return held, found
        finally:
            await jobs.close()

    may_go, (message, arrays) = asyncio.run(learn())
    assert not may_go, "the labels are in use"
    assert store._may_go(tmp_path / names[1], "", 0)
    assert len(arrays["order"]) == 720
    assert (message["epoch"], message["batch"], message["num_batches"]) == (1, 5, 36)
    mirror.restore(from_checkpoint(mirror.snapshot(), message["checkpoint"], arrays, False))
    np.testing.assert_array_equal(mirror.network.parameters, arrays["parameters"])
    assert mirror.step_count == 41
