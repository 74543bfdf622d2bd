"""The losses: of each row of outputs its loss and gradient, then the mean of those that count."""

from __future__ import annotations

from app.server.engines.webgpu.nodes import Memory
from app.server.engines.webgpu.recording import Recording, Tensor
from app.server.engines.webgpu.sources import source


def record_loss(
    recording: Recording, memory: Memory, name: str, output: Tensor, targets: Tensor,
    counted: Tensor | None,
) -> tuple[Tensor, Tensor]:  # fmt: skip
    """Of an output (..., K) the losses of its rows, and dL/d output; see core.functional.losses.

    targets: class numbers (...) for cross-entropy, else values (..., K). counted (...): which rows
    count, None when all do. Of how many the mean is taken is told to each step.
    """
    losses, doutput = recording.take(output.rows), recording.take(*output.shape)
    recording.each(
        f"loss_{name}", output.rows, output=output, targets=targets, losses=losses,
        doutput=doutput, now=memory.now, size=output.shape[-1], has_counted=counted is not None,
        counted=memory.nothing if counted is None else counted,
    )  # fmt: skip
    return losses, doutput


def record_mean(recording: Recording, memory: Memory, losses: Tensor) -> None:
    """Add the step's loss to the list of all; no finite number once parameters are none."""
    recording.groups(source("mean_loss"), (1, 1, 1), rows=losses.size, losses=losses,
                     now=memory.now, broken=memory.broken, means=memory.losses)  # fmt: skip
