"""Messages cross as text or as safetensors, and nothing else gets in."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.protocol.frames import FrameError, decode, encode

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=9,
)  # fmt: skip


@given(st.dictionaries(st.text(), PLAIN))
def test_a_message_survives(values):
    message = {**values, "type": "look"}
    assert decode(encode(message)) == (message, {})


def test_arrays_survive():
    tensors = {"a": np.ones((2, 3), np.float32), "b": np.array([True, False]),
               "c": np.arange(3), "d": np.frombuffer(b"text", np.uint8), "e": np.ones((0, 2))}
    message, back = decode(encode({"type": "take", "x": "é"}, tensors))
    assert message == {"type": "take", "x": "é"}
    for name, array in tensors.items():
        np.testing.assert_array_equal(back[name], array)
        assert back[name].dtype == array.dtype


@pytest.mark.parametrize(
    "frame",
    ["", "[]", "{}", '{"type": 3}', '{"type": "x", "y": NaN}', "[" * 100_000, b"", b"\xff" * 8,
     b"\x02\0\0\0\0\0\0\0{}", encode({"type": "x"}, {"a": np.zeros(4)})[:-1]],
)  # fmt: skip
def test_anything_else_is_refused(frame):
    with pytest.raises(FrameError):
        decode(frame)


@given(st.binary(max_size=200))
def test_noise_is_refused(frame):
    with pytest.raises(FrameError):
        decode(frame)
