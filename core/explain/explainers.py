"""What a family of layers must be able to explain."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from core.explain.record import Explanation, Factor
from core.explain.trace import Trace

Index = tuple[int, ...]
Explain = Callable[[Trace, str, Index], Explanation]


@dataclass(frozen=True)
class Explainers:
    """How the numbers of one type of layer are opened: from the trace and the layer's path.

    output: an element of its output, index (n, ...); dinput: of the gradient that it passes back,
    index (n, ...) into its input; gradient: of that by a parameter, named by its key; inner: other
    numbers within the layer, by name, such as a gate or a mean; uses: the outputs that an element
    of its input goes into, index (n, ...).
    """

    output: Explain
    dinput: Explain
    gradient: Callable[[Trace, str, str, Index], Explanation] | None = None
    inner: dict[str, Explain] = field(default_factory=dict)
    uses: Callable[[Trace, str, Index], tuple[Factor, ...]] | None = None
