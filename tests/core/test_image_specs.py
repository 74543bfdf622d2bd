"""Shapes of layers on pictures, against the literature, and what is said when a shape cannot be."""

import pytest

from core.spec import (
    ActivationSpec,
    BatchNorm2dSpec,
    BranchesSpec,
    Conv2dSpec,
    DropoutSpec,
    FlattenSpec,
    LinearSpec,
    LocalResponseNormSpec,
    NetworkSpec,
    PoolSpec,
    ShapeError,
    from_json,
    to_json,
)

# Dumoulin and Visin 2016, chapter 2: pixels, kernel, stride, padding, positions.
POSITIONS = [
    (4, 3, 1, 0, 2),
    (5, 4, 1, 2, 6),
    (5, 3, 1, "same", 5),
    (5, 3, 1, "full", 7),
    (5, 3, 2, 0, 2),
    (5, 3, 2, 1, 3),
    (6, 3, 2, 1, 3),
    (5, 3, 1, 1, 5),
    (6, 3, 1, 0, 4),
]


@pytest.mark.parametrize(("pixels", "kernel", "stride", "padding", "positions"), POSITIONS)
def test_positions_of_a_kernel(pixels, kernel, stride, padding, positions):
    spec = Conv2dSpec(2, kernel, stride, padding)
    assert spec.output_shape((3, pixels, pixels + stride)) == (2, positions, positions + 1)


def test_each_axis_and_each_side_has_its_own_numbers():
    spec = Conv2dSpec(4, (3, 2), (2, 1), (0, 1, 2, 3), dilation=(2, 3))
    assert spec.window((1, 8, 9)).extent == (5, 4)
    assert spec.output_shape((1, 8, 9)) == (4, (8 + 1 - 5) // 2 + 1, 9 + 5 - 4 + 1)
    assert spec.parameter_shapes((1, 8, 9)) == {"weight": (4, 1, 3, 2), "bias": (4,)}


@pytest.mark.parametrize(("size", "stride", "sides"), [
    (5, 1, (1, 1)), (6, 2, (0, 1)), (7, 2, (1, 1)), (5, 3, (0, 1)), (4, 4, (0, 0)),
])  # fmt: skip
def test_same_padding_gives_the_size_divided_by_the_stride(size, stride, sides):
    spec = Conv2dSpec(1, 3, stride, "same")
    assert spec.window((1, size, size)).sides((1, size, size)) == sides * 2
    assert spec.output_shape((1, size, size))[1] == -(-size // stride)


@pytest.mark.parametrize(("spec", "size", "positions"), [
    (PoolSpec("max", 3, 2), 110, 54),
    (PoolSpec("max", 3, 2, ceil_mode=True), 110, 55),
    (PoolSpec("max", 3, 2, ceil_mode=True), 55, 27),
    (PoolSpec("average", 2), 7, 3),
    (PoolSpec("average", 2, ceil_mode=True), 7, 4),
    (PoolSpec("min", 2, 3, 1, ceil_mode=True), 6, 3),
    (PoolSpec("average", 2, 2, 1, ceil_mode=True), 3, 2),  # the third would see padding only
    (PoolSpec("average"), 7, 1),
])  # fmt: skip
def test_positions_of_a_pool(spec, size, positions):
    assert spec.output_shape((5, size, size)) == (5, positions, positions)


def test_groups_share_weights_and_work():
    whole, halves, depthwise = (Conv2dSpec(8, 3, padding=1, groups=g) for g in (1, 2, 8))
    shape = (8, 10, 10)
    assert whole.multiply_adds(shape) == 8 * 8 * 9 * 100
    assert halves.multiply_adds(shape) == whole.multiply_adds(shape) // 2
    assert depthwise.parameter_shapes(shape)["weight"] == (8, 1, 3, 3)


ALL = (
    Conv2dSpec(4, 3, 2, "same", 2, groups=2, bias=False, flip=True),
    Conv2dSpec(4, (1, 3), padding=(0, 1, 2, 3)),
    PoolSpec("average", (2, 3), 1, (1, 0), ceil_mode=True),
    PoolSpec("max"),
    BatchNorm2dSpec(0.2, 1e-3),
    LocalResponseNormSpec(3, 5e-4, 0.5, 2.0),
    DropoutSpec(0.3),
    FlattenSpec(),
)


def test_specs_survive_json():
    spec = NetworkSpec((2, 9, 9), (BranchesSpec((ALL[:1], ALL[:1])), *ALL))
    assert from_json(NetworkSpec, to_json(spec)) == spec


# The layer, the input, and what the message has to say: both shapes, and what would fit.
MISFITS = [
    (Conv2dSpec(6, 5), (3, 4, 8), ["spans 5 × 5", "3 × 4 × 8", "it fits into is 3 × 5 × 5"]),
    (Conv2dSpec(6, 3, padding=1, dilation=4), (3, 4, 4), ["spans 9 × 9", "padded to 6 × 6",
     "3 × 7 × 7"]),
    (Conv2dSpec(6, 3, groups=3), (4, 9, 9), ["3 groups", "4 × 9 × 9", "are 1, 2"]),
    (Conv2dSpec(6, 3), (10,), ["takes pictures", "not 10"]),
    (PoolSpec("max", 3), (8, 2, 2), ["spans 3 × 3", "8 × 2 × 2", "8 × 3 × 3"]),
    (PoolSpec("max", (2, 5)), (8, 4, 4), ["spans 2 × 5", "8 × 2 × 5"]),
    (PoolSpec("average"), (10,), ["a pool takes pictures", "not 10"]),
    (BatchNorm2dSpec(), (7,), ["batch normalisation takes pictures", "not 7"]),
    (LocalResponseNormSpec(), (5, 7), ["normalisation takes pictures", "not 5 × 7"]),
    (LinearSpec(10), (16, 5, 5), ["not pictures of 16 × 5 × 5", "400 features"]),
    (FlattenSpec(), (-1, 3), ["fixed size", "T × 3"]),
    (BranchesSpec(((Conv2dSpec(4, 3),), ())), (4, 8, 8), ["branch 0 gives 4 × 6 × 6",
     "branch 1 gives 4 × 8 × 8"]),
    (BranchesSpec(((Conv2dSpec(4, 3),), (Conv2dSpec(9, 1),)), "concatenate"), (4, 8, 8),
     ["branch 0 gives 4 × 6 × 6", "branch 1 gives 9 × 8 × 8"]),
]  # fmt: skip


@pytest.mark.parametrize(("layer", "shape", "words"), MISFITS)
def test_a_shape_that_cannot_be_is_explained(layer, shape, words):
    with pytest.raises(ShapeError) as error:
        NetworkSpec(shape, (ActivationSpec("relu"), layer))
    for word in (f"layer 1 ({layer.kind.replace('_', ' ')})", *words):
        assert word in str(error.value)


def test_the_smallest_size_that_is_named_fits():
    for layer in (Conv2dSpec(2, (5, 7), 3, (0, 1, 2, 0), 2), PoolSpec("max", (4, 6), 1, (1, 2))):
        with pytest.raises(ShapeError) as error:
            layer.output_shape((1, 1, 1))
        smallest = tuple(int(size) for size in str(error.value).split(" is ")[-1].split(" × "))
        assert layer.output_shape(smallest) == (layer.output_shape(smallest)[0], 1, 1)


def test_layers_within_branches_are_named_by_their_place():
    inner = BranchesSpec(((), (ActivationSpec("relu"), Conv2dSpec(4, 9))))
    where = r"layer 1 \(branches\): branch 1, layer 0 \(branches\): branch 1, layer 1 \(conv2d\): "
    with pytest.raises(ShapeError, match=where):
        NetworkSpec((4, 8, 8), (ActivationSpec("relu"), BranchesSpec(((), (inner,)))))


@pytest.mark.parametrize(("make", "field"), [
    (lambda: Conv2dSpec(0, 3), "out_channels"),
    (lambda: Conv2dSpec(4, 0), "kernel_size"),
    (lambda: Conv2dSpec(4, (3, 3, 3)), "kernel_size"),
    (lambda: Conv2dSpec(4, 3, stride=-1), "stride"),
    (lambda: Conv2dSpec(4, 3, padding=-1), "padding"),
    (lambda: Conv2dSpec(4, 3, padding=(1, 2, 3)), "padding"),
    (lambda: Conv2dSpec(4, 3, padding="reflect"), "padding"),
    (lambda: Conv2dSpec(4, 3, dilation=0), "dilation"),
    (lambda: Conv2dSpec(4, 3, groups=3), "groups"),
    (lambda: Conv2dSpec(4, 3, bias=1), "bias"),
    (lambda: PoolSpec("median", 2), "mode"),
    (lambda: PoolSpec("max", 2, padding=2), "padding"),
    (lambda: PoolSpec("max", 2, padding="same"), "padding"),
    (lambda: PoolSpec("max", stride=2), "stride"),
    (lambda: PoolSpec("average", 2, count_include_pad=1), "count_include_pad"),
    (lambda: BatchNorm2dSpec(momentum=2.0), "momentum"),
    (lambda: BatchNorm2dSpec(eps=0.0), "eps"),
    (lambda: LocalResponseNormSpec(size=0), "size"),
    (lambda: LocalResponseNormSpec(k=0.0), "k"),
    (lambda: DropoutSpec(1.0), "p"),
])  # fmt: skip
def test_a_bad_field_is_named(make, field):
    with pytest.raises(ValueError, match=rf"^{field}\b"):
        make()
