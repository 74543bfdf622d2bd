"""Opening the shapes of an architecture, and what its units see of the picture."""

from __future__ import annotations

from core.explain.cost_record import Costs, axis_name, given, ref, size, size_before, summed
from core.explain.paths import INPUT, branch_end, previous
from core.explain.record import Explanation, Factor, Ref, Term
from core.receptive import Field
from core.spec import (
    BranchesSpec,
    Conv2dSpec,
    EmbeddingSpec,
    FlattenSpec,
    LayerSpec,
    LinearSpec,
    OneHotSpec,
    PoolSpec,
    RecurrentSpec,
    Window,
)

# Shapes

CHOSEN: dict[type[LayerSpec], str] = {
    Conv2dSpec: "As many feature maps as the layer has kernels: the designer's choice",
    LinearSpec: "As many features as the layer has neurons: the designer's choice",
    RecurrentSpec: "The size of the state, of both passes where they are put side by side: the "
                   "designer's choice",
    OneHotSpec: "One feature for each token that there is",
    EmbeddingSpec: "The length of the vectors that tokens become: the designer's choice",
}  # fmt: skip


def explain_size(costs: Costs, path: str, axis: int) -> Explanation:
    """One size of a layer's output, or of the input."""
    made = size(costs, path, axis)
    assert made.ref is not None
    symbol, title = axis_name(costs, path, axis), made.symbol.capitalize()
    if path == INPUT:
        what = "pictures" if len(costs.shape(INPUT)) == 3 else "inputs"
        return given(made.ref, symbol, title, made.value, f"The network is made for such {what}.")
    spec = costs.layer(path).spec
    if isinstance(spec, Conv2dSpec | PoolSpec) and axis > 0:
        return _positions(costs, path, spec, axis)
    if type(spec) in CHOSEN and axis == (0 if symbol == "channels" else len(costs.shape(path)) - 1):
        return given(made.ref, symbol, title, made.value, f"{CHOSEN[type(spec)]}.")
    terms, formula = _passed_on(costs, path, spec, axis)
    return summed(made.ref, symbol, title, formula, terms)


def _passed_on(costs: Costs, path: str, spec: LayerSpec, axis: int) -> tuple[list[Term], str]:
    """Sizes that a layer takes over from what comes to it."""
    if isinstance(spec, FlattenSpec):
        before = costs.shape(previous(path))
        every = tuple(size_before(costs, path, a) for a in range(len(before)))
        return [Term(every)], "channels × height × width, in one row"
    if isinstance(spec, BranchesSpec):
        ends = [size(costs, branch_end(costs.analysis.spec, path, b), axis)
                for b in range(len(spec.branches))]  # fmt: skip
        if spec.merge == "concatenate" and axis == 0:
            return [Term((end,)) for end in ends], "the branches' channels after each other"
        return [Term((ends[0],))], "the same in all branches"
    return [Term((size_before(costs, path, axis),))], "as before the layer"


def _positions(costs: Costs, path: str, spec: Conv2dSpec | PoolSpec, axis: int) -> Explanation:
    """How many positions a window has along one axis."""
    made, before = size(costs, path, axis), size_before(costs, path, axis)
    window = spec.window(costs.shape(previous(path)))
    padding, extent, stride = _along(window, costs.shape(previous(path)), axis)
    kernel, dilation = window.kernel_size[axis - 1], window.dilation[axis - 1]
    parts = [before, Factor("p, both sides", padding), Factor("k", kernel), Factor("s", stride)]
    e, e_numbers = "k", str(kernel)
    if dilation > 1:
        parts.append(Factor("d", dilation))
        e, e_numbers = "(d (k − 1) + 1)", f"({dilation} × ({kernel} − 1) + 1)"
    up = window.ceil_mode
    left, right = ("⌈", "⌉") if up else ("⌊", "⌋")
    numbers = f"{left}({int(before.value)} + {padding} − {e_numbers}) / {stride}{right} + 1"
    note = "" if kernel == extent else f"The kernel spans {extent} pixels."
    if up and -(-(int(before.value) + padding - extent) // stride) + 1 > made.value:
        note = "Less one: the last window would lie wholly behind the picture."
    assert made.ref is not None
    return Explanation(made.ref, axis_name(costs, path, axis), made.symbol.capitalize(), "function",
                       made.value, f"{left}(n + p − {e}) / s{right} + 1", numbers,
                       arguments=tuple(parts), note=note)  # fmt: skip


def _along(window: Window, shape: tuple[int, ...], axis: int) -> tuple[int, int, int]:
    """Padding of both sides, extent and stride along an axis."""
    sides = window.sides(shape)
    padding = sides[2 * axis - 2] + sides[2 * axis - 1]
    return padding, window.extent[axis - 1], window.stride[axis - 1]


# Receptive fields


def _field(costs: Costs, path: str, axis: int) -> Field:
    """What units see along axis 0 (rows) or 1 (columns)."""
    if path == INPUT:
        return Field()
    found = costs.layer(path).field
    assert found is not None
    return (found.rows, found.columns)[axis]


def field_size(costs: Costs, path: str, axis: int) -> Factor:
    value = _field(costs, path, axis).size
    return Factor(f"field of {costs.name(path)}", value, ref(path, "field", axis))


def field_jump(costs: Costs, path: str, axis: int) -> Factor:
    value = _field(costs, path, axis).jump
    return Factor(f"jump of {costs.name(path)}", value, ref(path, "jump", axis))


def explain_field(costs: Costs, path: str, axis: int) -> Explanation:
    """How many pixels of the picture a unit sees along one axis."""
    made, at = field_size(costs, path, axis), ref(path, "field", axis)
    way = ("rows", "columns")[axis]
    title = f"Pixels, in {way}, that a unit of {costs.name(path)} sees of the picture"
    if path == INPUT:
        return given(at, "field", title, 1, "A pixel sees itself.")
    before = field_size(costs, previous(path), axis)
    if window := _window(costs, path, axis):
        jump = field_jump(costs, previous(path), axis)
        terms = [Term((before,)), Term((Factor("extent − 1", window[0] - 1), jump))]
        return summed(at, "field", title, "field before + (extent − 1) · jump before", terms,
                      _beyond(costs, path, axis))  # fmt: skip
    if isinstance(costs.layer(path).spec, BranchesSpec):
        ends = tuple(field_size(costs, end, axis) for end in _ends(costs, path))
        return Explanation(at, "field", title, "function", made.value,
                           "all that any branch sees: the largest, where they are centred",
                           f"max({', '.join(str(int(end.value)) for end in ends)})",
                           arguments=ends)  # fmt: skip
    return summed(at, "field", title, "as before the layer", [Term((before,))])


def _beyond(costs: Costs, path: str, axis: int) -> str:
    sees, has = _field(costs, path, axis).size, costs.analysis.spec.input_shape[axis + 1]
    return f"The picture has {has}: the field reaches into the padding." if sees > has else ""


def explain_jump(costs: Costs, path: str, axis: int) -> Explanation:
    """How far apart in the picture two neighbouring units look."""
    at, title = ref(path, "jump", axis), f"Pixels from unit to unit of {costs.name(path)}"
    if path == INPUT:
        return given(at, "jump", title, 1, "From each pixel to the next.")
    if isinstance(costs.layer(path).spec, BranchesSpec):
        ends = tuple(field_jump(costs, end, axis) for end in _ends(costs, path))
        return Explanation(at, "jump", title, "function", _field(costs, path, axis).jump,
                           "the largest of the branches", arguments=ends)  # fmt: skip
    before, window = field_jump(costs, previous(path), axis), _window(costs, path, axis)
    if window:
        terms = [Term((before, Factor("stride", window[1])))]
        return summed(at, "jump", title, "jump before · stride", terms)
    return summed(at, "jump", title, "as before the layer", [Term((before,))])


def _window(costs: Costs, path: str, axis: int) -> tuple[int, int] | None:
    """Extent and stride, for layers whose units look through a window; flattening looks at all."""
    spec, shape = costs.layer(path).spec, costs.shape(previous(path))
    if isinstance(spec, Conv2dSpec | PoolSpec):
        return _along(spec.window(shape), shape, axis + 1)[1:]
    return (shape[axis + 1], 1) if isinstance(spec, FlattenSpec) and len(shape) == 3 else None


def _ends(costs: Costs, path: str) -> list[str]:
    spec = costs.layer(path).spec
    assert isinstance(spec, BranchesSpec)
    return [branch_end(costs.analysis.spec, path, b) for b in range(len(spec.branches))]


def explain_number(costs: Costs, at: Ref, path: str, what: str) -> Explanation:
    """A shape's size, a field's size or a jump, as `at` says."""
    explainers = {"shape": explain_size, "field": explain_field, "jump": explain_jump}
    return explainers[what](costs, path, at.index[0])
