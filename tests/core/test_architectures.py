"""The architectures of the literature: their exact counts, shapes and costs, none of them built."""

import tracemalloc

import pytest

from core.analysis import analyse
from core.architectures import ARCHITECTURES, googlenet, lenet5, resnet, resnet_32x32, vgg
from core.spec import BranchesSpec, LinearSpec, NetworkSpec, ShapeError, from_json, to_json

# Parameters, multiply-adds, and layers with weights on the longest way. Parameters of AlexNet,
# ZFNet, VGG and ResNet as published with their weights; GoogLeNet's are those of the original,
# with biases and without auxiliary classifiers. Multiply-adds of convolutions and dense layers
# (VGG-16's 15.47 and ResNet-50's 4.09 thousand million are usual figures, AlexNet's 0.72 is that
# of Caffe's model; the table of GoogLeNet's paper sums up to 1.50 because it gives its first
# convolution 34 million where 7 · 7 · 3 · 64 · 112 · 112 is 118 million). PyTorch's own counter,
# torch.utils.flop_counter, finds the same multiply-adds in all exported programs.
COUNTS = {
    "lenet5": (61_706, 416_520, 5),
    "lenet_8x8": (1_814, 7_744, 4),
    "alexnet": (60_965_224, 724_406_816, 8),
    "alexnet_ungrouped": (62_378_344, 1_135_256_096, 8),
    "zfnet": (62_357_608, 1_168_032_896, 8),
    "vgg11": (132_863_336, 7_609_090_048, 11),
    "vgg13": (133_047_848, 11_308_466_176, 13),
    "vgg16": (138_357_544, 15_470_264_320, 16),
    "vgg19": (143_667_240, 19_632_062_464, 19),
    "vgg_32x32": (138_330, 9_945_728, 8),
    "googlenet": (6_998_552, 1_582_671_872, 22),
    "googlenet_32x32": (9_182, 1_412_736, 6),
    "resnet18": (11_689_512, 1_814_073_344, 18),
    "resnet34": (21_797_672, 3_663_761_408, 34),
    "resnet50": (25_557_032, 4_089_184_256, 50),
    "resnet20_32x32": (272_474, 40_813_184, 20),
    "resnet8_32x32": (78_042, 12_501_632, 8),
    "resnet18_32x32": (11_173_962, 555_422_720, 18),
    "vgg11_32x32": (9_228_362, 152_769_536, 9),
}


def shapes(name):
    """The shapes after those layers of the outer chain that change them."""
    spec = ARCHITECTURES[name].build()
    changed = [spec.input_shape]
    for shape in spec.shapes:
        if shape != changed[-1]:
            changed.append(shape)
    return changed


def test_the_table_is_complete_and_in_order():
    assert set(COUNTS) == set(ARCHITECTURES)
    assert all(key == each.key for key, each in ARCHITECTURES.items())
    years = [each.paper.year for each in ARCHITECTURES.values()]
    assert years == sorted(years)
    assert {1998, 2012, 2013, 2014, 2015} == set(years)


@pytest.mark.parametrize("name", COUNTS)
def test_counts(name):
    analysis = analyse(ARCHITECTURES[name].build())
    assert (analysis.parameters, analysis.multiply_adds, analysis.depth) == COUNTS[name]
    assert analysis.parameters == analysis.spec.num_parameters
    assert analysis.parameter_bytes == 4 * analysis.parameters


@pytest.mark.parametrize("name", ["resnet18_32x32", "vgg11_32x32"])
def test_grey_pictures_take_fewer_weights(name):
    """The first of 64 kernels of 3 × 3 has one plane to look at instead of three."""
    grey = analyse(ARCHITECTURES[name].build(num_classes=7, channels=1))
    assert grey.parameters == COUNTS[name][0] - 2 * 64 * 9 - 3 * 513
    assert grey.spec.output_shape == (7,)


def test_most_of_vgg_lies_in_its_dense_layers():
    layers = analyse(vgg(16)).layers
    dense = sum(layer.parameters for layer in layers if isinstance(layer.spec, LinearSpec))
    assert dense == 123_642_856


def test_the_work_of_alexnet_layer_by_layer():
    layers = analyse(ARCHITECTURES["alexnet"].build()).layers
    assert [layer.multiply_adds for layer in layers if layer.multiply_adds] == [
        105_415_200, 223_948_800, 149_520_384, 112_140_288, 74_760_192,
        37_748_736, 16_777_216, 4_096_000,
    ]  # fmt: skip


def test_shapes_of_lenet_are_those_of_the_paper():
    assert shapes("lenet5") == [
        (1, 28, 28), (6, 28, 28), (6, 14, 14), (16, 10, 10), (16, 5, 5), (120, 1, 1),
        (120,), (84,), (10,),
    ]  # fmt: skip
    assert lenet5(32).shapes[1:] == lenet5(28).shapes[1:]


def test_shapes_of_alexnet_are_those_of_the_paper():
    assert shapes("alexnet") == [
        (3, 227, 227), (96, 55, 55), (96, 27, 27), (256, 27, 27), (256, 13, 13), (384, 13, 13),
        (256, 13, 13), (256, 6, 6), (9216,), (4096,), (1000,),
    ]  # fmt: skip


def test_shapes_of_zfnet_are_those_of_the_paper():
    assert shapes("zfnet") == [
        (3, 224, 224), (96, 110, 110), (96, 55, 55), (256, 26, 26), (256, 13, 13), (384, 13, 13),
        (256, 13, 13), (256, 6, 6), (9216,), (4096,), (1000,),
    ]  # fmt: skip


def test_shapes_of_googlenet_are_those_of_the_paper():
    assert shapes("googlenet") == [
        (3, 224, 224), (64, 112, 112), (64, 56, 56), (192, 56, 56), (192, 28, 28), (256, 28, 28),
        (480, 28, 28), (480, 14, 14), (512, 14, 14), (528, 14, 14), (832, 14, 14), (832, 7, 7),
        (1024, 7, 7), (1024, 1, 1), (1024,), (1000,),
    ]  # fmt: skip


def test_shapes_of_resnet_are_those_of_the_paper():
    assert shapes("resnet50") == [
        (3, 224, 224), (64, 112, 112), (64, 56, 56), (256, 56, 56), (512, 28, 28), (1024, 14, 14),
        (2048, 7, 7), (2048, 1, 1), (2048,), (1000,),
    ]  # fmt: skip


def test_inception_3a_costs_what_table_1_of_the_paper_says():
    """159 K weights, with K = 1024 and without the 368 biases, and 128 million products."""
    analysis = analyse(googlenet())
    block = next(layer for layer in analysis.layers if isinstance(layer.spec, BranchesSpec))
    inside = analysis.within(block.path)
    assert sum(layer.parameters for layer in inside) == 159.5 * 1024 + 368
    assert sum(layer.multiply_adds for layer in inside) == 128_049_152


def test_other_numbers_of_classes():
    assert [vgg(16, 5).output_shape, resnet(18, 7).output_shape] == [(5,), (7,)]


@pytest.mark.parametrize(("make", "words"), [
    (lambda: vgg(12), "VGG has 11, 13, 16, 19"),
    (lambda: resnet(101), "there are 18, 34, 50"),
    (lambda: resnet_32x32(21), "6n"),
    (lambda: lenet5(8), "28 or of 32"),
])  # fmt: skip
def test_sizes_that_do_not_exist_are_explained(make, words):
    with pytest.raises(ValueError, match=words):
        make()


def test_a_picture_too_small_for_alexnet_is_refused_at_the_layer_where_it_ends():
    layers = ARCHITECTURES["alexnet"].build().layers
    with pytest.raises(ShapeError, match=r"layer 14 \(pool\).*256 × 2 × 2.*256 × 3 × 3"):
        NetworkSpec((3, 63, 63), layers)
    assert NetworkSpec((3, 67, 67), layers).shapes[15] == (256, 1, 1)


@pytest.mark.parametrize("name", COUNTS)
def test_architectures_survive_json(name):
    spec = ARCHITECTURES[name].build()
    assert from_json(NetworkSpec, to_json(spec)) == spec


def test_small_architectures_may_be_built_and_the_largest_may_not():
    for architecture in ARCHITECTURES.values():
        if architecture.is_small or architecture.is_large:
            architecture.build().require_runnable()
    with pytest.raises(ValueError, match="number of parameters is 138357544"):
        vgg(16).require_runnable()


def test_nothing_is_allocated():
    """The weights of VGG-16 alone would be 553 MB."""
    tracemalloc.start()
    for architecture in ARCHITECTURES.values():
        analyse(architecture.build())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2e6
