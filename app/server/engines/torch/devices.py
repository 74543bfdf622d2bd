"""What PyTorch can compute on here."""

from __future__ import annotations

import warnings

import torch

from app.server.engines.base import EngineError

CORES = torch.get_num_threads()  # of this machine, or what the environment allows


def found() -> dict[str, torch.device]:
    """All devices by their names in words, the best first."""
    devices = {}
    if torch.cuda.is_available():
        for number in range(torch.cuda.device_count()):
            name = torch.cuda.get_device_name(number)
            devices[f"{name} (CUDA {number})"] = torch.device("cuda", number)
    if torch.backends.mps.is_available():
        devices["Apple graphics (MPS)"] = torch.device("mps")
    return devices | {"CPU": torch.device("cpu")}


def device_of(name: str) -> torch.device:
    """The device of such a name; raises EngineError where there is none."""
    devices = found()
    if name not in devices:
        raise EngineError(f"PyTorch does not find {name!r} here; it finds {', '.join(devices)}")
    return devices[name]


def prepare(device: torch.device) -> None:
    """Leave a core to the page, which draws meanwhile: threads that share one wait for each other
    at every step, which slows a large LSTM down to a twelfth. Have float32 computed as such: tensor
    cores would round the factors of products to 10 bits, and the numbers would no longer be those
    of the page."""
    if device.type == "cpu":
        torch.set_num_threads(min(torch.get_num_threads(), max(1, CORES - 1)))
    if device.type == "cuda":
        torch.backends.cuda.matmul.allow_tf32 = False
        torch.backends.cudnn.allow_tf32 = False
        # Weights lie in our order, not in cuDNN's; that it copies them costs little.
        warnings.filterwarnings("ignore", message="RNN module weights are not part of single")
