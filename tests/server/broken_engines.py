"""Engines with something wrong, or something special, about them."""

import os
import signal
import threading

from app.server.engines.base import EngineError
from app.server.engines.numpy_engine import NumpyEngine


class Crashing(NumpyEngine):
    """As a driver crashes that dereferences nothing."""

    def run(self, rows, batch_size):
        os.kill(os.getpid(), signal.SIGKILL)


class CrashingAtOnce(NumpyEngine):
    @classmethod
    def devices(cls):
        os.kill(os.getpid(), signal.SIGKILL)


class Raising(NumpyEngine):
    @classmethod
    def devices(cls):
        raise RuntimeError("the driver is of another version")


class Slow(NumpyEngine):
    """Chatty, too: what it prints must not be taken for an answer."""

    @classmethod
    def devices(cls):
        os.write(1, b"a line of the driver's own\n")
        return ("Card",)

    def run(self, rows, batch_size):
        for _ in range(20):
            losses = super().run(rows, batch_size)
        return losses

    def __init__(self, task, device):
        super().__init__(task, "CPU")


class Software(Slow):
    @classmethod
    def is_software(cls, device):
        return True


class Unable(NumpyEngine):
    @classmethod
    def obstacle(cls, network, train):
        return "it has no kernels for linear layers"


class Picky(NumpyEngine):
    """Its better device cannot compute everything."""

    @classmethod
    def devices(cls):
        return ("Card", "CPU")

    def __init__(self, task, device):
        if device == "Card":
            raise EngineError("Card computes in float32 only")
        super().__init__(task, device)


class EndlessCard(NumpyEngine):
    """It is the card alone that never answers."""

    @classmethod
    def devices(cls):
        return ("Card", "CPU")

    def run(self, rows, batch_size):
        return threading.Event().wait() if self.device == "Card" else super().run(rows, batch_size)
