"""Edited networks: paths that stay, what follows, where it fails, and what would fit."""

import pytest

from core.architectures import lenet5, resnet, vgg
from core.draft import REMOVE, Draft, Edit, settings
from core.layer_names import described, layer_names
from core.spec import (
    ActivationSpec,
    Conv2dSpec,
    DropoutSpec,
    LinearSpec,
    NetworkSpec,
    PoolSpec,
)


def test_without_edits_a_draft_is_the_network():
    draft = Draft(vgg(16))
    assert draft.layers == vgg(16).layers
    assert draft.failure is None
    assert draft.analysis.parameters == 138_357_544
    assert all(old == new for old, new in draft.places.items())


def test_edits_keep_to_the_paths_of_the_original_whatever_is_removed():
    draft = Draft(lenet5(), (Edit("3", "channels", 32), Edit("1", REMOVE), Edit("2", REMOVE)))
    assert draft.places["3"] == "1"
    assert draft.layers[1].out_channels == 32
    assert draft.analysis.layer("1").input_shape == (6, 28, 28)


def test_a_layer_within_a_branch_can_be_removed_down_to_a_skip():
    spec = resnet(18)
    path = next(p for p, layer, _ in spec.walk() if p.startswith("8.1."))
    outer, branch, _ = path.rsplit(".", 2)
    draft = Draft(spec, (Edit(f"{outer}.{branch}.0", REMOVE), Edit(f"{outer}.{branch}.1", REMOVE)))
    assert draft.failure.path == outer
    assert "branch 0 gives 128 × 28 × 28 and branch 1 gives 64 × 56 × 56" in draft.failure.reason
    assert len(draft.analysis.layers) == len(
        [p for p in draft.places.values() if int(p.split(".")[0]) < int(outer)]
    )


def test_the_failing_layer_is_named_with_a_size_that_fits():
    draft = Draft(lenet5(), (Edit("0", "stride", 4),))
    assert draft.failure.path == "3"
    assert "does not fit into 6 × 3 × 3" in draft.failure.reason
    assert "the smallest it fits into is 6 × 5 × 5" in draft.failure.reason
    assert draft.analysis.layers[-1].path == "2"
    assert draft.fitting(draft.edits[0]) == [1]


def test_what_fits_is_found_for_every_kind_of_edit():
    kernel = Edit("3", "kernel", 20)
    draft = Draft(lenet5(), (kernel,))
    assert draft.failure.path == "3"
    assert draft.fitting(kernel) == [1, 2, 3, 4, 5]
    both = Draft(lenet5(), (Edit("0", "padding", 0), kernel))
    assert both.fitting(kernel) == [1, 2, 3]
    channels = Edit("4.0.3", "channels", 32)
    narrow = Draft(resnet(18), (channels,))
    assert narrow.fitting(channels) == [64]
    assert narrow.failure.path == "4"
    assert narrow.shapes["4.0.3"] == ((64, 56, 56), (32, 56, 56))
    assert "4" not in narrow.shapes
    assert "5" not in narrow.shapes
    gone = Edit("8", REMOVE)
    assert Draft(lenet5(), (gone,)).failure.reason.startswith("a linear layer takes features")
    assert Draft(lenet5(), (gone,)).fitting(gone) == [0]


def test_where_the_first_layer_fails_there_is_no_analysis():
    draft = Draft(NetworkSpec((1, 4, 4), (Conv2dSpec(2, 3),)), (Edit("0", "kernel", 9),))
    assert draft.failure.path == "0"
    assert draft.analysis is None


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (Edit("99", "kernel", 3), "there is no layer '99'"),
        (Edit("1", "kernel", 3), "kernel.*layer 1 .activation.*remove"),
        (Edit("2", "padding", 2), "less than the kernel_size"),
        (Edit("0", "stride", 0), "stride is 0"),
        (Edit("9", "channels", 10**9), "out_features"),
    ],
)
def test_what_cannot_be_at_all_is_refused(edit, words):
    with pytest.raises(ValueError, match=words):
        Draft(lenet5(), (edit,)).layers  # noqa: B018


def test_all_layers_cannot_be_removed():
    with pytest.raises(ValueError, match="at least one"):
        Draft(NetworkSpec((4,), (LinearSpec(2),)), (Edit("0", REMOVE),))


def test_settings_and_names():
    assert settings(Conv2dSpec(6, 5, padding=2)) == {
        "channels": 6, "kernel": 5, "stride": 1, "padding": 2,
    }  # fmt: skip
    assert settings(PoolSpec("average")) == {}
    names = layer_names(resnet(18).walk())
    assert (names["0"], names["4"], names["4.0.3"]) == ("conv 1", "block 1", "conv 3")
    assert (names["1"], names["2"]) == ("batch norm 1", "ReLU 1")


def test_settings_in_words():
    plain = Conv2dSpec(8, 3)
    odd = Conv2dSpec(8, (3, 1), stride=(2, 1), padding=(1, 0), dilation=2, groups=2)
    assert described(plain) == "3 × 3"
    assert described(odd) == "3 × 1, stride 2 × 1, padding 1 × 0, dilation 2, 2 groups"
    assert described(PoolSpec("max", 3, 2)) == "max 3 × 3, stride 2"
    assert described(PoolSpec("average")) == "average over the whole picture"
    assert described(resnet(18).layers[4]) == "2 branches, added"
    assert described(DropoutSpec(0.4)) == "p = 0.4"
    assert described(ActivationSpec("relu")) == ""
