"""The engines by name. None is imported before it is asked for: PyTorch alone takes seconds."""

from __future__ import annotations

from importlib import import_module

from app.server.engines.base import Engine

# The module and the class of each; the earlier the better, on devices alike.
ENGINES = {
    "torch": ("app.server.engines.torch", "TorchEngine"),
    "webgpu": ("app.server.engines.webgpu", "WebGPUEngine"),
    "numpy": ("app.server.engines.numpy_engine", "NumpyEngine"),
}
EXTRAS = {"torch": "torch", "webgpu": "server"}  # of this project, which install what it needs


def engine_class(name: str) -> type[Engine]:
    """The engine of a name; raises ValueError where there is none, and ImportError where what it
    needs is not installed."""
    if name not in ENGINES:
        raise ValueError(f"there is no engine {name!r}; there are {', '.join(ENGINES)}")
    return load(*ENGINES[name])


def load(module: str, called: str) -> type[Engine]:
    found: type[Engine] = getattr(import_module(module), called)
    return found
