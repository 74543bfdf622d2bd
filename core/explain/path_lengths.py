"""Opening the lengths of paths through an unfolded network: which layers they pass."""

from __future__ import annotations

from core.architectures.deep_rnn import PathLengths
from core.explain.cost_record import summed
from core.explain.record import Explanation, Factor, Ref, Term

THROUGH, STEP, SHORTEST, LONGEST = "paths.through", "paths.step", "paths.shortest", "paths.longest"


def path_length(lengths: PathLengths, ref: Ref) -> float:
    return explain_path(lengths, ref).result


def explain_path(lengths: PathLengths, ref: Ref) -> Explanation:
    """`ref`: THROUGH; STEP with the index (0,) for the shortest and (1,) for the longest way from
    a state to the next; or SHORTEST or LONGEST, whose index is the number of steps."""
    if ref.tensor == THROUGH:
        return Explanation(ref, "depth", "From an input to the output of the same step", "given",
                           lengths.through, note="The non-linear layers between them, counted in "
                           "the picture; the last layer is linear.")  # fmt: skip
    if ref.tensor == STEP:
        return _step(lengths, ref)
    steps = ref.index[0]
    is_shortest = ref.tensor == SHORTEST
    through = Factor("depth", lengths.through, Ref(THROUGH))
    step = lengths.shortest_step if is_shortest else lengths.longest_step
    each = Factor("a step of time", step, Ref(STEP, (int(not is_shortest),)))
    terms = [Term((through,)), Term((Factor("steps", steps), each))]
    what = "fewest" if is_shortest else "most"
    title = f"From an input to the output {steps} steps later: the {what} non-linear layers"
    return summed(ref, "path", title, "depth + steps × a step of time", terms,
                  "A gradient that comes back along this path is multiplied by as many slopes.")


def _step(lengths: PathLengths, ref: Ref) -> Explanation:
    value = lengths.longest_step if ref.index[0] else lengths.shortest_step
    around = lengths.shortest_step < lengths.longest_step
    note = "The state's own non-linearity, and the layers of the transition before it."
    if around and not ref.index[0]:
        note = "Along the shortcut, around the layers of the transition."
    return Explanation(ref, "step", "From a state to the next one", "given", value, note=note)
