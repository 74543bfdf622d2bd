"""Large frames cross in pieces, and what must not wait comes between them."""

import asyncio
import json
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.protocol.frames import FrameError
from app.protocol.pieces import MARK, PIECE, Pieces, cut
from app.server.outbox import Outbox
from tests.server.helpers import greeted, serving

ONE = b"1" * PIECE


@given(st.integers(0, 3 * PIECE + 1), st.text(max_size=9))
def test_frames_come_through_one_after_the_other(size, text):
    ears = Pieces(4 * PIECE)
    for frame in (text, bytes(size), text, b"short"):
        sent = list(cut(frame))
        assert max(map(len, sent)) <= PIECE
        *before, last = [ears.take(each) for each in sent]
        assert last == frame
        assert before == [None] * len(before)


def test_texts_come_between():
    frame = np.random.default_rng(0).bytes(2 * PIECE + 5)
    ears, heard = Pieces(4 * PIECE), []
    for piece in cut(frame):
        heard += [ears.take(piece), ears.take("text")]
    assert [each for each in heard if each is not None] == ["text"] * 3 + [frame, "text"]


@pytest.mark.parametrize("sent", [
    [MARK],
    [MARK + b"short"],
    [MARK + struct.pack("<Q", 0)],
    [MARK + struct.pack("<Q", PIECE)],
    [MARK + struct.pack("<Q", 2**63)],
    [MARK + struct.pack("<Q", PIECE + 1), ONE, b"12"],
    [MARK + struct.pack("<Q", PIECE + 1), b"12"],
    [MARK + struct.pack("<Q", 2 * PIECE), ONE, b""],
    [MARK + struct.pack("<Q", PIECE + 1), ONE + b"12"],
])  # fmt: skip
def test_what_was_not_cut_so_is_refused_and_the_next_frame_is_taken(sent):
    ears = Pieces(4 * PIECE)
    for each in sent[:-1]:
        assert ears.take(each) is None
    with pytest.raises(FrameError):
        ears.take(sent[-1])
    assert ears.take(b"next") == b"next"


def test_a_page_that_announces_too_much_is_told_so_and_lives():
    async def scene():
        async with serving(max_message=3 * PIECE) as running:
            page, _ = await greeted(running)
            await page.socket.write_message(MARK + struct.pack("<Q", 4 * PIECE), binary=True)
            assert f"up to {3 * PIECE}" in (await page.told("error"))["text"]
            arrays = {"bytes": np.zeros(2 * PIECE, np.uint8)}
            assert "dance" in (await page.ask({"type": "dance"}, arrays))["text"]

    asyncio.run(scene())


def test_losses_come_while_a_large_answer_crosses():
    sent = []

    async def scene():
        async def write(frame):
            sent.append(frame)
            if isinstance(frame, bytes) and len(frame) == PIECE:
                box.put({"type": "progress", "job": "a", "step": len(sent)})
            await asyncio.sleep(0)

        box = Outbox(write, lambda: None)
        sender = asyncio.create_task(box.run())
        box.put({"type": "snapshot", "job": "a"}, {"weights": np.zeros(2 * PIECE, np.uint8)})
        box.put({"type": "state", "job": "a"})
        await box.flushed()
        sender.cancel()

    asyncio.run(scene())
    kinds = [json.loads(each)["type"] if isinstance(each, str) else "piece" for each in sent]
    assert kinds == ["piece", "piece", "progress", "piece", "progress", "piece", "state"]
