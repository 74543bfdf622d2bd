"""Open any number into the arithmetic it came from, down to inputs and parameters.

    trace = Trace(network, inputs, targets)
    explanation = explain(trace, Ref("layers.0.output", (0, 1)))

Names of tensors: input, target, layers.K.output, layers.K.weight, layers.K.bias, prediction, error,
sample_loss, loss; layers.K.doutput, layers.K.derivative, layers.K.dweight, layers.K.dbias; and
update.NAME, direction.NAME, state.SLOT.NAME for the optimizer's step on the parameter NAME.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from core.explain import backward, forward, update
from core.explain.record import Explanation, Factor, Ref, Term, format_number
from core.explain.trace import Trace

__all__ = ["Explanation", "Factor", "Ref", "Term", "Trace", "explain", "format_number"]

LAYER = r"layers\.\d+\."
EXPLAINERS: tuple[tuple[str, Callable[[Trace, Ref], Explanation]], ...] = (
    (r"input", forward.explain_input),
    (r"target", forward.explain_target),
    (LAYER + r"(weight|bias)", forward.explain_parameter),
    (LAYER + r"output", forward.explain_output),
    (r"prediction", forward.explain_prediction),
    (r"error", forward.explain_error),
    (r"sample_loss", forward.explain_sample_loss),
    (r"loss", forward.explain_loss),
    (LAYER + r"doutput", backward.explain_doutput),
    (LAYER + r"derivative", backward.explain_derivative),
    (LAYER + r"d(weight|bias)", backward.explain_gradient),
    (r"update\." + LAYER + r"(weight|bias)", update.explain_update),
    (r"direction\." + LAYER + r"(weight|bias)", update.explain_direction),
    (r"state\.\w\." + LAYER + r"(weight|bias)", update.explain_state),
)


def explain(trace: Trace, ref: Ref) -> Explanation:
    """Open one number; raises ValueError when `ref` names none of this network."""
    for pattern, explainer in EXPLAINERS:
        if re.fullmatch(pattern, ref.tensor):
            try:
                return explainer(trace, ref)
            except (IndexError, AssertionError, TypeError) as error:
                raise ValueError(f"{ref.tensor}{list(ref.index)} is not in this network") from error
    raise ValueError(f"no number is called {ref.tensor!r}; see core.explain for the names")
