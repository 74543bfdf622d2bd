"""Tasks on sequences, each with an exact answer at every step or at the end, made from a generator.

n is the number of samples, T (`num_steps`) the length of each. What a network is shown is either
numbers (n, T, features) or tokens (n, T), whole numbers that stand for symbols.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.spec.checks import require, require_number, require_whole

Array = NDArray[np.floating]
Mask = NDArray[np.bool_]
MAX_STEPS = 2000
MAX_VALUES = 1 << 23  # of all inputs together; 64 MiB
MAX_SYMBOLS = 32


@dataclass(frozen=True)
class Sequences:
    """inputs (n, T, features), or tokens (n, T) of which there are `num_tokens`. targets: classes
    (n, T) or (n,), values (n, T, k) or (n, k); num_classes is 1 for values. mask (n, T): the steps
    that exist; counted (n, T): those whose answer counts; None means all."""

    inputs: NDArray[Any]
    targets: NDArray[Any]
    num_classes: int
    num_tokens: int | None = None
    mask: Mask | None = None
    counted: Mask | None = None


def _require(n: int, num_steps: int, least: int, features: int = 1) -> None:
    require_whole("the number of sequences", n, 1, 10**6)
    require_whole("num_steps", num_steps, least, MAX_STEPS)
    values = n * num_steps * features
    require(values <= MAX_VALUES, "the number of all inputs", values,
            f"at most {MAX_VALUES}: fewer or shorter sequences")  # fmt: skip


def adding(n: int, num_steps: int, rng: np.random.Generator) -> Sequences:
    """The adding problem: the sum of the two values that are marked, asked for at the end.

    inputs (n, T, 2): values uniform in [0, 1), and marks, 1 at two steps and else 0: the first
    uniform among the first T // 2 steps, the second among the others. targets (n, 1). Who always
    says 1 has a mean squared error of 1/6. The form of M. Arjovsky, A. Shah and Y. Bengio (2016),
    arXiv:1511.06464; that of Hochreiter and Schmidhuber (1997), experiment 4, has values in
    [−1, 1], other marks, unequal lengths, and 0.5 + sum/4 for an answer.
    """
    _require(n, num_steps, 2, features=2)
    inputs = np.zeros((n, num_steps, 2))
    inputs[:, :, 0] = rng.uniform(0, 1, (n, num_steps))
    rows, half = np.arange(n), num_steps // 2
    inputs[rows, rng.integers(0, half, n), 1] = 1
    inputs[rows, rng.integers(half, num_steps, n), 1] = 1
    return Sequences(inputs, inputs.prod(axis=2).sum(axis=1, keepdims=True), num_classes=1)


def marked(n: int, num_steps: int, rng: np.random.Generator) -> Sequences:
    """Remember the marked value: at the end, whether the value was 1 at the step with a mark.

    inputs (n, T, 2): values −1 or 1, a half each, and marks, 1 at one step, uniform among the first
    max(T // 2, 1), and else 0. targets (n,) are `marked_answer`. The value must be kept for at
    least half of the sequence, through others that look like it: the latch of Y. Bengio, P. Simard
    and P. Frasconi (1994), IEEE Transactions on Neural Networks 5(2), with a mark instead of a
    fixed place.
    """
    _require(n, num_steps, 2, features=2)
    inputs = np.zeros((n, num_steps, 2))
    inputs[:, :, 0] = rng.integers(0, 2, (n, num_steps)) * 2 - 1
    inputs[np.arange(n), rng.integers(0, max(num_steps // 2, 1), n), 1] = 1
    return Sequences(inputs, marked_answer(inputs), num_classes=2)


def marked_answer(inputs: Array) -> NDArray[np.int64]:
    """1 where the value at the last step with a mark above 1/2 is above 0, else 0 (n,); without
    any mark the first step counts."""
    has_mark = inputs[:, :, 1] > 0.5
    last = inputs.shape[1] - 1 - has_mark[:, ::-1].argmax(axis=1)
    step = np.where(has_mark.any(axis=1), last, 0)
    return (inputs[np.arange(len(inputs)), step, 0] > 0).astype(np.int64)


def copy_memory(
    n: int, num_steps: int, delay: int, num_symbols: int, rng: np.random.Generator
) -> Sequences:
    """Copy memory: say again, after a delay, the symbols seen at the start, in their order.

    With L = (T − delay)/2, inputs (n, T) are L symbols, uniform among num_symbols; delay − 1
    blanks; the sign to start; L blanks. targets (n, T) are L + delay blanks, then the symbols. The
    blank is token num_symbols, the sign num_symbols + 1. Only the last L steps count, where who
    guesses has the loss ln num_symbols. M. Arjovsky, A. Shah and Y. Bengio (2016),
    arXiv:1511.06464, with L = 10 and 8 symbols, count all steps alike.
    """
    _require(n, num_steps, 3)
    require_whole("num_symbols", num_symbols, 2, MAX_SYMBOLS)
    require_whole("delay", delay, 1, num_steps - 2)
    require((num_steps - delay) % 2 == 0, "num_steps − delay", num_steps - delay,
            "even: as many steps for showing the symbols as for saying them")  # fmt: skip
    length = (num_steps - delay) // 2
    inputs, targets = np.full((2, n, num_steps), num_symbols, np.int64)
    inputs[:, :length] = targets[:, -length:] = rng.integers(0, num_symbols, (n, length))
    inputs[:, -length - 1] = num_symbols + 1
    counted = np.zeros((n, num_steps), bool)
    counted[:, -length:] = True
    return Sequences(inputs, targets, num_symbols + 1, num_symbols + 2, counted=counted)


def echo(
    n: int, num_steps: int, delay: int, num_symbols: int, rng: np.random.Generator
) -> Sequences:
    """Delayed echo: at each step, the symbol of `delay` steps before (H. Jaeger, 2002, "Short term
    memory in echo state networks", GMD Report 152, asks this of numbers).

    inputs (n, T): tokens, uniform among num_symbols; targets (n, T): input[t − delay] at step t.
    Steps for which there was none do not count. A negative delay asks for a symbol that is still to
    come, which no forward pass can know.
    """
    _require(n, num_steps, 2)
    require_whole("num_symbols", num_symbols, 2, MAX_SYMBOLS)
    require_whole("delay", delay, 1 - num_steps, num_steps - 1)
    inputs = rng.integers(0, num_symbols, (n, num_steps))
    source = np.arange(num_steps) - delay
    there = (source >= 0) & (source < num_steps)
    targets = np.zeros_like(inputs)
    targets[:, there] = inputs[:, source[there]]
    counted = np.tile(there, (n, 1))
    return Sequences(inputs, targets, num_symbols, num_symbols, counted=counted)


def parity(n: int, num_steps: int, rng: np.random.Generator, last_only: bool = False) -> Sequences:
    """Parity: whether an odd number of ones has come so far.

    inputs (n, T, 1): 0 or 1, a half each. targets (n, T): their sum up to and with the step, modulo
    2; with `last_only` (n,), that of the whole sequence, where no part of it tells anything.
    """
    _require(n, num_steps, 1)
    bits = rng.integers(0, 2, (n, num_steps))
    targets = bits.cumsum(axis=1) % 2
    inputs = bits[:, :, None].astype(float)
    return Sequences(inputs, targets[:, -1] if last_only else targets, num_classes=2)


def sine(
    n: int, num_steps: int, rng: np.random.Generator, num_waves: int = 2, noise: float = 0.0
) -> Sequences:
    """Sine mixtures: the next value of a sum of waves.

    x(t) = Σ aₖ sin(2π fₖ t + φₖ) / Σ aₖ over `num_waves` with amplitudes uniform in [0.5, 1),
    frequencies in [1/40, 1/8) cycles a step, phases in [0, 2π), each sample with its own. inputs
    (n, T, 1): x(0) to x(T − 1), with normal noise of the standard deviation `noise`; targets
    (n, T, 1): x(1) to x(T), without.
    """
    _require(n, num_steps, 1)
    require_whole("num_waves", num_waves, 1, 8)
    require_number("noise", noise, 0, 10)
    shape = (n, 1, num_waves)
    amplitude, frequency = rng.uniform(0.5, 1, shape), rng.uniform(1 / 40, 1 / 8, shape)
    phase = rng.uniform(0, 2 * np.pi, shape)
    time = np.arange(num_steps + 1)[:, None]
    waves = amplitude * np.sin(2 * np.pi * frequency * time + phase)
    x = (waves.sum(axis=2) / amplitude.sum(axis=2))[:, :, None]
    return Sequences(x[:, :-1] + rng.normal(0, noise, (n, num_steps, 1)), x[:, 1:], num_classes=1)


def number_wave(n: int, num_steps: int, rng: np.random.Generator) -> Sequences:
    """One number, and the wave that it stands for: asked once, answered at every step.

    inputs (n, T, 1): u at the first step, uniform in [−1, 1), then 0: nothing. targets (n, T, 1):
    sin(2π f (t + 1)) at step t, counted from 0, with f = (3 + u)/24, from one twelfth to one sixth
    of a cycle a step.
    """
    _require(n, num_steps, 2)
    number = rng.uniform(-1, 1, n)
    inputs = np.zeros((n, num_steps, 1))
    inputs[:, 0, 0] = number
    time = np.arange(1, num_steps + 1)
    waves = np.sin(2 * np.pi * (3 + number[:, None]) / 24 * time)
    return Sequences(inputs, waves[:, :, None], num_classes=1)
