"""What crosses between the server and a job's process. It is pickled, which is safe only because
both ends are this program; nothing that a learner sent is ever unpickled.

The numbers of arrays cross as they are, in pieces: pickled, or in one piece, they would be copied
several times, for which a network of millions of parameters takes seconds.
"""

from __future__ import annotations

import pickle
from multiprocessing.connection import Connection
from typing import Any

import numpy as np

PIECE = 1 << 20  # bytes; what is read is copied once, and this much of it stays in the cache


def send(pipe: Connection, item: Any) -> None:
    """Raises OSError when the other end is gone."""
    arrays: list[memoryview] = []
    text = pickle.dumps(item, 5, buffer_callback=lambda each: arrays.append(each.raw()))
    pipe.send((text, [array.nbytes for array in arrays]))
    for array in arrays:
        for start in range(0, array.nbytes, PIECE):
            pipe.send_bytes(array[start : start + PIECE])


def receive(pipe: Connection) -> Any:
    """What was sent, with arrays of its own; raises EOFError or OSError when the other end is gone,
    in the middle of it, too."""
    text, sizes = pipe.recv()
    return pickle.loads(text, buffers=[_read(pipe, size) for size in sizes])


def _read(pipe: Connection, size: int) -> memoryview:
    numbers = np.empty(size, np.uint8).data
    start = 0
    while start < size:
        start += pipe.recv_bytes_into(numbers, start)
    return numbers
