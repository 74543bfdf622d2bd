"""Training on graphics cards through WebGPU, with kernels that would run in a page as well."""

from app.server.engines.webgpu.engine import WebGPUEngine

__all__ = ["WebGPUEngine"]
