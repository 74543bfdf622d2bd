"""What crosses between the server and a job's process, whatever its size."""

import threading
import tracemalloc
from multiprocessing import Pipe

import numpy as np
import pytest

from app.server.jobs.pipe import PIECE, receive, send


def across(item):
    """Sent from one thread, received in another; a large item fits into no pipe."""
    ours, theirs = Pipe()
    with ours, theirs:
        sender = threading.Thread(target=send, args=(theirs, item))
        sender.start()
        received = receive(ours)
        sender.join()
        return received


ARRAYS = {
    "large": np.arange(PIECE, dtype=np.float64),
    "one number more than a piece": np.arange(PIECE // 4 + 1, dtype=np.float32),
    "another order": np.arange(12.0).reshape(3, 4).T,
    "not side by side": np.arange(12)[::2],
    "none": np.zeros((0, 3)),
    "one": np.array(3.5),
    "flags": np.array([True, False]),
}


def test_arrays_arrive_as_they_were_and_are_one_s_own():
    message, arrays = across(({"type": "looked", "step": 3}, ARRAYS))
    assert message == {"type": "looked", "step": 3}
    assert arrays.keys() == ARRAYS.keys()
    for name, array in ARRAYS.items():
        np.testing.assert_array_equal(arrays[name], array, err_msg=name)
        assert arrays[name].dtype == array.dtype
        arrays[name][...] = 0  # not what another one holds, nor read-only
    assert ARRAYS["large"][-1] == PIECE - 1


def test_nothing_is_in_memory_more_often_than_it_must():
    size = 32 * PIECE
    item = np.ones(size // 8)
    tracemalloc.start()
    try:
        received = across(item)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert received.nbytes == size
    assert peak < size + 4 * PIECE, "that of who receives it, and a few pieces"


class Dying:
    """An end of a pipe that is closed in the middle of an array."""

    def __init__(self, pipe):
        self.pipe, self.num_sent = pipe, 0

    def send(self, item):
        self.pipe.send(item)

    def send_bytes(self, data):
        self.num_sent += 1
        if self.num_sent == 3:
            self.pipe.close()
        self.pipe.send_bytes(data)


def test_an_end_in_the_middle_is_noticed_at_both_sides():
    ours, theirs = Pipe()
    failed = []

    def die():
        try:
            send(Dying(theirs), ARRAYS)
        except OSError as error:
            failed.append(error)

    sender = threading.Thread(target=die)
    sender.start()
    with ours, pytest.raises(EOFError):
        receive(ours)
    sender.join()
    assert failed
