"""The engine that computes with PyTorch: on NVIDIA's and Apple's graphics cards, and on the CPU."""

from app.server.engines.torch.engine import TorchEngine

__all__ = ["TorchEngine"]
