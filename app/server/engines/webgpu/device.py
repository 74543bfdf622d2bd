"""The one module that touches wgpu: which adapters there are, and a device that runs kernels.

A device is asked for the limits that every browser grants, so that no kernel comes to need more;
only buffers may be as large as the adapter permits. One thread may use a device.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import wgpu
from numpy.typing import NDArray

from app.server.engines.base import EngineError
from app.server.engines.webgpu.sources import Binding, Source

BROWSER_LIMITS = {
    "max-storage-buffers-per-shader-stage": 8,
    "max-compute-invocations-per-workgroup": 256,
    "max-compute-workgroup-storage-size": 16384,
    "max-compute-workgroup-size-x": 256,
    "max-compute-workgroup-size-y": 256,
    "max-compute-workgroup-size-z": 64,
    "max-compute-workgroups-per-dimension": 65535,
}
SIZES = ("max-storage-buffer-binding-size", "max-buffer-size")
LARGEST = 2**31 - 4  # bytes of a buffer, at most
BEST_FIRST = ("DiscreteGPU", "IntegratedGPU", "VirtualGPU", "Unknown", "CPU")
SOFTWARE = "(software)"  # what the words for an adapter that is no graphics card end in
UNIFORM_STEP = 256  # bytes from one kernel's numbers to the next's, as browsers want it
BINDINGS = {"uniform": "uniform", "read": "read-only-storage", "read_write": "storage"}


@dataclass(frozen=True)
class Launch:
    """A kernel with all that it is given, ready to run; groups: how many along each axis."""

    pipeline: Any
    bindings: Any
    groups: tuple[int, int, int]


@cache
def adapters() -> dict[str, Any]:
    """All adapters that can run the kernels, by their words, the best first; of cards alike, the
    second and further have a number."""
    able = [each for each in wgpu.gpu.enumerate_adapters_sync() if _is_able(each)]
    able.sort(key=lambda each: _rank(each.info["adapter_type"]))
    found: dict[str, Any] = {}
    for each in able:
        alike = sum(other.info["device"] == each.info["device"] for other in found.values())
        found[_words(each.info, f" #{alike + 1}" if alike else "")] = each
    return found


def _rank(kind: str) -> int:
    return BEST_FIRST.index(kind if kind in BEST_FIRST else "Unknown")


def _is_able(adapter: Any) -> bool:
    """OpenGL shows cards a second time, and less ably."""
    able = all(adapter.limits.get(name, least) >= least for name, least in BROWSER_LIMITS.items())
    return able and adapter.info["backend_type"] != "OpenGL"


def _words(info: Mapping[str, Any], number: str) -> str:
    software = f" {SOFTWARE}" if info["adapter_type"] == "CPU" else ""
    return f"{info['device']}{number}, {info['backend_type']}{software}"


@cache
def open_device(words: str) -> Device:
    """The device of these words; always the same, as a process should have one alone."""
    return Device(adapters()[words])


class Device:
    """Buffers, pipelines, and the queue of one adapter. All buffers are of 4-byte numbers."""

    def __init__(self, adapter: Any) -> None:
        limits = {name: min(adapter.limits[name], LARGEST) for name in SIZES}
        self.most_bytes = min(limits.values())
        self.is_software = adapter.info["adapter_type"] == "CPU"
        self._device = adapter.request_device_sync(required_limits=BROWSER_LIMITS | limits)
        self._queue = self._device.queue
        self._pipelines: dict[str, tuple[Any, Any]] = {}

    def buffer(self, count: int) -> Any:
        """Memory for so many numbers, which are 0 at first; raises EngineError where the device has
        no such."""
        usage = wgpu.BufferUsage
        kinds = usage.STORAGE | usage.COPY_SRC | usage.COPY_DST
        if 4 * count > self.most_bytes:
            raise EngineError(
                f"a step needs {4 * count} bytes in one piece, and this device has at most "
                f"{self.most_bytes}; smaller batches, or fewer or smaller layers, would do"
            )
        try:
            return self._device.create_buffer(size=4 * max(count, 1), usage=kinds)
        except wgpu.GPUOutOfMemoryError:
            raise EngineError(
                "the device's memory does not hold this network's steps; smaller batches, or fewer "
                "or smaller layers, would do"
            ) from None

    def write(self, buffer: Any, array: NDArray[Any], start: int = 0) -> None:
        """Put 4-byte numbers into a buffer, from number `start` on."""
        if array.size:
            self._queue.write_buffer(buffer, 4 * start, np.ascontiguousarray(array))

    def read(self, buffer: Any, count: int, dtype: Any = np.float32) -> NDArray[Any]:
        """A copy of the first numbers of a buffer; waits until all that was submitted is done."""
        if not count:
            return np.zeros(0, dtype)
        return np.frombuffer(self._queue.read_buffer(buffer, 0, 4 * count), dtype).copy()

    def uniforms(self, packed: Sequence[bytes]) -> Any:
        """One buffer for the numbers of many kernels, UNIFORM_STEP bytes apart."""
        data = b"".join(each.ljust(UNIFORM_STEP, b"\0") for each in packed)
        return self._device.create_buffer_with_data(data=data, usage=wgpu.BufferUsage.UNIFORM)

    def launch(
        self, source: Source, uniforms: Any, number: int, buffers: Mapping[str, Any],
        groups: tuple[int, int, int],
    ) -> Launch:  # fmt: skip
        """A kernel with its buffers by name, and the numbers at place `number` of the uniforms."""
        pipeline, layout = self._pipeline(source)
        numbers = {"buffer": uniforms, "offset": number * UNIFORM_STEP, "size": UNIFORM_STEP}
        entries = [
            {"binding": each.number, "resource": numbers if each.access == "uniform" else
             {"buffer": buffers[each.name], "offset": 0, "size": buffers[each.name].size}}
            for each in source.bindings
        ]  # fmt: skip
        group = self._device.create_bind_group(layout=layout, entries=entries)
        return Launch(pipeline, group, groups)

    def _pipeline(self, source: Source) -> tuple[Any, Any]:
        """Compiled once. The layout is written out, as one made up by the compiler leaves out what
        a kernel does not use."""
        if source.code not in self._pipelines:
            device = self._device
            layout = device.create_bind_group_layout(
                entries=[_layout_entry(binding) for binding in source.bindings]
            )
            pipeline = device.create_compute_pipeline(
                layout=device.create_pipeline_layout(bind_group_layouts=[layout]),
                compute={"module": device.create_shader_module(code=source.code),
                         "entry_point": "main"},
            )  # fmt: skip
            self._pipelines[source.code] = (pipeline, layout)
        return self._pipelines[source.code]

    def submit(self, launches: Sequence[Launch], times: int = 1) -> None:
        """Run kernels after each other, the whole list so many times."""
        encoder = self._device.create_command_encoder()
        encoded = encoder.begin_compute_pass()
        last = None
        for launch in [*launches] * times:
            if launch.pipeline is not last:
                encoded.set_pipeline(launch.pipeline)
                last = launch.pipeline
            encoded.set_bind_group(0, launch.bindings)
            encoded.dispatch_workgroups(*launch.groups)
        encoded.end()
        self._queue.submit([encoder.finish()])


def _layout_entry(binding: Binding) -> dict[str, Any]:
    return {
        "binding": binding.number,
        "visibility": wgpu.ShaderStage.COMPUTE,
        "buffer": {"type": BINDINGS[binding.access]},
    }
