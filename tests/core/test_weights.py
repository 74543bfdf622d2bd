"""Weights in safetensors form: readable by others, and nothing broken gets in."""

import json
import struct
import tracemalloc

import numpy as np
import pytest

from core.network import Network
from core.spec import mlp
from core.weights import load, save

# The library of the format's authors, which both write and read is held against, is compiled code.
host = pytest.mark.host("the safetensors library is compiled for the host alone")


def tensors():
    network = Network(mlp(2, (3,), 1))
    network.initialize(np.random.default_rng(0))
    return network.state_dict() | {"single": np.arange(5, dtype=np.float32)}


@host
def test_others_read_what_we_write():
    from safetensors.numpy import load as read

    theirs = read(save(tensors(), {"made by": "Glassnet"}))
    for name, array in tensors().items():
        np.testing.assert_array_equal(theirs[name], array)
        assert theirs[name].dtype == array.dtype


@host
def test_we_read_what_others_write():
    from safetensors.numpy import save as write

    ours = load(write(tensors()))
    for name, array in tensors().items():
        np.testing.assert_array_equal(ours[name], array)


def test_a_network_takes_its_weights_back():
    network, other = Network(mlp(2, (3,), 1)), Network(mlp(2, (3,), 1))
    network.initialize(np.random.default_rng(1))
    other.load_state_dict(load(save(network.state_dict())))
    np.testing.assert_array_equal(other.parameters, network.parameters)


def test_weights_that_do_not_fit_change_nothing():
    network = Network(mlp(2, (3,), 1))
    good = network.state_dict()
    for bad in (
        {},
        good | {"layers.0.weight": np.ones((2, 2))},
        good | {"layers.0.bias": np.full(3, np.nan)},
        good | {"extra": np.ones(1)},
    ):
        with pytest.raises(ValueError, match=r"must be|not finite"):
            network.load_state_dict(bad)
    assert not network.parameters.any()


def packed(header, body=b""):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + body


ENTRY = {"dtype": "F64", "shape": [2], "data_offsets": [0, 16]}
BROKEN = {
    "empty": b"",
    "cut off": save({"a": np.ones(3)})[:-1],
    "too much": save({"a": np.ones(3)}) + b"x",
    "huge header": struct.pack("<Q", 2**62) + b"{}",
    "not json": packed(b"{nope"),
    "a list": packed([1, 2]),
    "no offsets": packed({"a": {"dtype": "F64", "shape": [2]}}, bytes(16)),
    "backwards": packed({"a": {**ENTRY, "data_offsets": [16, 0]}}, bytes(16)),
    "booleans": packed({"a": {**ENTRY, "data_offsets": [False, True]}}, bytes(16)),
    "wrong type": packed({"a": {**ENTRY, "dtype": "PICKLE"}}, bytes(16)),
    "wrong shape": packed({"a": {**ENTRY, "shape": [3]}}, bytes(16)),
    "negative shape": packed({"a": {**ENTRY, "shape": [-1, -2]}}, bytes(16)),
    "overlap": packed({"a": ENTRY, "b": ENTRY}, bytes(16)),
}


@pytest.mark.parametrize("data", BROKEN.values(), ids=BROKEN)
def test_broken_files_are_refused(data):
    with pytest.raises(ValueError, match=r"."):
        load(data)


def test_large_tensors_are_copied_only_once():
    tensors = {name: np.ones(1 << 20, np.float32) for name in "ab"}
    tracemalloc.start()
    try:
        data = save(tensors)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(data) > 2 << 22
    assert peak < len(data) + (1 << 20)


def test_only_known_types_are_written():
    with pytest.raises(ValueError, match="complex128"):
        save({"a": np.ones(3, complex)})
