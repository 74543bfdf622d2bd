"""Weights as safetensors bytes, written and read: no code, no pickles, every length checked.

The format: eight bytes with the length of the header (little-endian), the header as JSON with type,
shape and place of each tensor, then the numbers, little-endian, without gaps.
"""

from __future__ import annotations

import json
import math
import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]
TYPES: dict[str, np.dtype[Any]] = {
    "F32": np.dtype("<f4"), "F64": np.dtype("<f8"), "I64": np.dtype("<i8"), "U8": np.dtype("u1"),
    "BOOL": np.dtype("?"),
}  # fmt: skip
MAX_HEADER = 1_000_000  # bytes
MAX_TENSORS = 10_000


def save(tensors: dict[str, NDArray[Any]], metadata: dict[str, str] | None = None) -> bytes:
    """The tensors, of the types of TYPES, as one file's bytes."""
    names = {dtype: name for name, dtype in TYPES.items()}
    header: dict[str, Any] = {"__metadata__": metadata} if metadata else {}
    parts, start = [], 0
    for name, array in tensors.items():
        dtype = array.dtype.newbyteorder("<")
        if dtype not in names:
            known = ", ".join(str(each) for each in TYPES.values())
            raise ValueError(f"{name} is {array.dtype}; only {known} can be saved")
        data = np.ascontiguousarray(array, dtype)
        place = [start, start + data.nbytes]
        header[name] = {"dtype": names[dtype], "shape": list(array.shape), "data_offsets": place}
        parts.append(data.data)  # as they lie there, to be copied once
        start += data.nbytes
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    return b"".join([struct.pack("<Q", len(text)), text, *parts])


def load(data: bytes) -> dict[str, Array]:
    """The tensors of a file's bytes; raises ValueError saying what is wrong with it."""
    return load_all(data)[0]


def load_all(data: bytes | bytearray) -> tuple[dict[str, NDArray[Any]], dict[str, str]]:
    """The tensors of a file's bytes, and what is said about them."""
    if len(data) < 8:
        raise ValueError("a safetensors file has at least 8 bytes; this one is cut off")
    (length,) = struct.unpack("<Q", data[:8])
    if length > min(MAX_HEADER, len(data) - 8):
        raise ValueError(f"the header claims {length} bytes, more than there are or are allowed")
    header, metadata = _read_header(data[8 : 8 + length])
    body = memoryview(data)[8 + length :]
    tensors, end = {}, 0
    for name, entry in sorted(header.items(), key=lambda item: _offsets(*item)):
        start, stop = _offsets(name, entry)
        if start != end:
            raise ValueError(f"{name} starts at byte {start}, but {end} is the next free one")
        tensors[name] = _read_tensor(name, entry, body[start:stop], stop - start)
        end = stop
    if end != len(body):
        raise ValueError(f"{len(body) - end} bytes of the file belong to no tensor")
    return tensors, metadata


def _read_header(text: bytes | bytearray) -> tuple[dict[str, Any], dict[str, str]]:
    try:
        header = json.loads(text)
    except ValueError:
        raise ValueError("the header is not JSON") from None
    if not isinstance(header, dict) or len(header) > MAX_TENSORS:
        raise ValueError(f"the header must be an object with at most {MAX_TENSORS} tensors")
    metadata = header.pop("__metadata__", {})
    are_texts = isinstance(metadata, dict) and all(isinstance(v, str) for v in metadata.values())
    if not are_texts:
        raise ValueError("__metadata__ must be an object of texts")
    return header, metadata


def _offsets(name: str, entry: Any) -> tuple[int, int]:
    offsets = entry.get("data_offsets") if isinstance(entry, dict) else None
    whole = isinstance(offsets, list) and all(type(value) is int for value in offsets)
    if not whole or len(offsets) != 2 or not 0 <= offsets[0] <= offsets[1]:  # type: ignore[arg-type, index]
        raise ValueError(f"{name} needs data_offsets, two increasing whole numbers")
    return offsets[0], offsets[1]  # type: ignore[index]


def _read_tensor(
    name: str, entry: dict[str, Any], data: memoryview, size: int
) -> NDArray[Any]:
    dtype = TYPES.get(entry.get("dtype", ""))
    shape = entry.get("shape")
    if dtype is None:
        raise ValueError(f"{name} has type {entry.get('dtype')!r}; known are {', '.join(TYPES)}")
    if not isinstance(shape, list) or not all(type(n) is int and n >= 0 for n in shape):
        raise ValueError(f"{name} needs a shape, a list of whole numbers")
    if math.prod(shape) * dtype.itemsize != size or len(data) != size:
        raise ValueError(f"{name} of shape {shape} does not fit its {len(data)} bytes")
    return np.frombuffer(data, dtype).reshape(shape).copy()
