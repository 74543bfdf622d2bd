"""A message is JSON; with arrays it is a safetensors file, and the JSON is what the file says of
itself. So a frame is a text or bytes, never code, and every length in it is checked."""

from __future__ import annotations

import json
from typing import Any

from numpy.typing import NDArray

from core.weights import load_all, save

VERSION = 1  # of the protocol; both sides must speak the same
Frame = str | bytes
Message = dict[str, Any]
Tensors = dict[str, NDArray[Any]]
KEY = "message"


class FrameError(ValueError):
    """What came is no message; the text says why."""


def encode(message: Message, tensors: Tensors | None = None) -> Frame:
    """A message, with arrays as bytes; raises ValueError for numbers that JSON does not have."""
    text = json.dumps(message, allow_nan=False)
    return save(tensors, {KEY: text}) if tensors else text


def decode(frame: Frame | bytearray) -> tuple[Message, Tensors]:
    """A message and its arrays; raises FrameError."""
    try:
        if isinstance(frame, str):
            return _read(frame), {}
        tensors, metadata = load_all(frame)
        return _read(metadata.get(KEY, "")), tensors
    except FrameError:
        raise
    except (ValueError, RecursionError) as error:
        raise FrameError(f"a frame could not be read: {error}") from None


def _read(text: str) -> Message:
    """JSON has no NaN and no Infinity, though Python would read them."""
    message = json.loads(text, parse_constant=_refuse)
    if not isinstance(message, dict) or not isinstance(message.get("type"), str):
        raise FrameError("a message must be an object with a type, such as {\"type\": \"ping\"}")
    return message


def _refuse(constant: str) -> None:
    raise FrameError(f"a message must not hold {constant}, which is no number of JSON")
