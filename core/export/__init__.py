"""A network as a program of its own: in NumPy, to be read, and in PyTorch, to be used."""

from core.export.numpy_code import MAX_INLINE, to_numpy
from core.export.torch_code import to_pytorch

__all__ = ["MAX_INLINE", "to_numpy", "to_pytorch"]
