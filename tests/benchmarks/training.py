"""Steps a second of the training server's engines, beside a plain PyTorch program.

    .venv/bin/python -m tests.benchmarks.training

All engines on all their devices train the same networks on the same batches, in turns. Graphics
cards that are cards only in name are left out: they tell nothing about others. Where there is no
card, one thread computes, and what counts is the processor's time: then it matters little what else
the machine does.
"""

from __future__ import annotations

import platform
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from threadpoolctl import threadpool_limits

from app.protocol import LABELS
from app.server.engines.catalogue import ENGINES, engine_class
from app.server.engines.torch.devices import found, prepare
from core.architectures import resnet_32x32
from core.architectures.lenet import lenet5
from core.spec import LinearSpec, NetworkSpec, OneHotSpec, RecurrentSpec, TrainSpec
from tests.benchmarks.times import Times, ratio
from tests.server.engine_cases import pytorch_model, start_of, task_of

ROUNDS, ROUND_S = 5, 1.5
BATCHES = 4  # of each network, which a chunk of work goes through once
TOLERANCE = 1e-4  # of the first loss, relatively
PLAIN = "plain PyTorch"
MATRIX = {"cpu": 2048, "cuda": 8192, "mps": 4096}  # the side of those that tell a device's peak
TEXT = NetworkSpec((50,), (OneHotSpec(30), RecurrentSpec("lstm", 128), LinearSpec(30)))
# The network, and how many samples a batch has.
WORK = {
    "LeNet-5, batches of 64": (lenet5(), 64),
    "ResNet-8 for 32 × 32, batches of 32": (resnet_32x32(8), 32),
    "LSTM of 128, 50 steps, batches of 32": (TEXT, 32),
}
HAS_CARD = len(found()) > 1
clock = time.perf_counter if HAS_CARD else time.process_time
Chunk = Callable[[], float]  # trains on all batches; returns the loss of the first


@dataclass(frozen=True)
class Contestant:
    name: str
    device: str
    chunk: Chunk

    @property
    def words(self) -> str:
        return f"{self.name} on {self.device}"


def engine_chunk(made, device, task, place) -> Chunk:
    engine, rows = made(task, device), np.arange(len(task.inputs))
    engine.load(place)
    return lambda: engine.run(rows, task.train.batch_size)[0]


def plain_chunk(device, task, place) -> Chunk:
    """A loop as PyTorch's documentation has it; losses are read at its end."""
    model = pytorch_model(task.network, place).float().to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=task.train.learning_rate)
    loss_function, size = torch.nn.CrossEntropyLoss(), task.train.batch_size
    inputs, targets = (torch.from_numpy(a).to(device) for a in (task.inputs, task.targets))

    def chunk():
        losses = []
        for rows in torch.arange(len(inputs), device=device).split(size):
            optimizer.zero_grad()
            loss = loss_function(model(inputs[rows]).flatten(0, -2), targets[rows].flatten())
            loss.backward()
            optimizer.step()
            losses.append(loss.detach())
        return torch.stack(losses).cpu().numpy()[0]

    return chunk


def contestants(task, place) -> Iterator[Contestant]:
    for words, device in found().items():
        yield Contestant(PLAIN, words, plain_chunk(device, task, place))
    for name in ENGINES:
        made = engine_class(name)
        for device in made.devices():
            if not made.is_software(device):
                yield Contestant(LABELS[name], device, engine_chunk(made, device, task, place))


def measure(network, size) -> dict[str, Times]:
    """Seconds a step of each contestant, round by round. Raises ValueError where one computes
    something else."""
    train = TrainSpec("cross_entropy", "adam", 0.001, size, dtype="float32")
    task = task_of(network, train, BATCHES * size)
    all_of_them = list(contestants(task, start_of(task)))
    expected = all_of_them[0].chunk()
    for each in all_of_them[1:]:
        loss = each.chunk()
        if not abs(loss - expected) <= TOLERANCE * abs(expected):
            raise ValueError(f"{each.words} does other work: its first loss is {loss}, and should "
                             f"be {expected}")  # fmt: skip
    times = {each.words: Times() for each in all_of_them}
    for _ in range(ROUNDS):
        for each in all_of_them:
            times[each.words].add(list(chunks(each.chunk)))
    return times


def chunks(chunk: Chunk) -> Iterator[float]:
    """Seconds a step, chunk by chunk, of one round."""
    end = clock() + ROUND_S
    while (start := clock()) < end:
        chunk()
        yield (clock() - start) / BATCHES


def peak(device) -> float:
    """Floating-point operations a second of a large product, the best of ten."""
    prepare(device)
    side = MATRIX[device.type]
    a = torch.rand(side, side, device=device)
    best = 0.0
    for _ in range(10):
        start = clock()
        float((a @ a)[0, 0])
        best = max(best, 2 * side**3 / (clock() - start))
    return best


def operations(network, size) -> float:
    """Of one step: the products of all layers with their additions, and twice as many on the way
    back. Activations, pools and updates are not counted."""
    steps = network.input_shape[0] if network.takes_tokens else 1
    forward = sum(layer.multiply_adds(shape) for _, layer, shape in network.walk())
    return 3 * 2 * forward * steps * size


def main() -> None:
    if not HAS_CARD:
        torch.set_num_threads(1)
    with threadpool_limits(None if HAS_CARD else 1):
        compare()


def compare() -> None:
    """Print a table of all networks and engines."""
    peaks = {words: peak(device) for words, device in found().items()}
    print(f"{platform.machine()}, {torch.get_num_threads()} threads, PyTorch {torch.__version__}, "
          f"NumPy {np.__version__}")  # fmt: skip
    for words, most in peaks.items():
        print(f"{words}: {most / 1e9:.0f} GFLOP/s in a large product of float32")
    print("\n| network | engine | steps a second | time / plain | of the peak |")
    print("|---|---|---|---|---|")
    for title, (network, size) in WORK.items():
        times = measure(network, size)
        plain = next(iter(times.values()))
        for words, each in times.items():
            middle, low, high = ratio(each, plain)
            most = peaks.get(words.partition(" on ")[2])
            share = f"{operations(network, size) / each.median / most:.0%}" if most else "–"
            print(f"| {title} | {words} | {1 / each.median:.3g} | {middle:.2f} ({low:.2f}–"
                  f"{high:.2f}) | {share} |", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
