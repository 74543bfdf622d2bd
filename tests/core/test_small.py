"""Kernels by name, and small pictures: what they are known for holds."""

import numpy as np
import pytest

from core.data.small import KERNELS, PICTURES, planes
from core.network import Network
from core.spec import Conv2dSpec, NetworkSpec


def answer(kernel, picture):
    network = Network(NetworkSpec((1, *picture.shape), (Conv2dSpec(1, 3, bias=False),)))
    network.parameters[:] = KERNELS[kernel].weights.ravel()
    return network.forward(picture[None, None])[0, 0]


def test_the_lecture_s_example():
    made = answer("cross", PICTURES["diagonal"].draw())
    assert made.tolist() == [[4, 3, 4], [2, 4, 3], [2, 3, 4]]


@pytest.mark.parametrize("name", PICTURES)
def test_a_kernel_does_what_it_is_named_after(name):
    picture = PICTURES[name].draw()
    inside = picture[1:-1, 1:-1]
    np.testing.assert_array_equal(answer("identity", picture), inside)
    np.testing.assert_array_equal(answer("sharpen", picture).shape, inside.shape)
    even = np.full((4, 4), 7.0)
    sums = {"identity": 7, "sharpen": 7, "blur": 7, "emboss": 7, "edge": 0, "sobel_x": 0,
            "sobel_y": 0}  # fmt: skip
    for kernel, value in sums.items():
        np.testing.assert_array_equal(answer(kernel, even), np.full((2, 2), value))


def test_edges_have_a_direction():
    step = PICTURES["step"].draw()
    assert answer("sobel_x", step).max() == 36
    assert not answer("sobel_y", step).any()
    np.testing.assert_array_equal(answer("sobel_y", step.T), answer("sobel_x", step).T)


def test_channels_of_a_picture_differ():
    three = planes(PICTURES["digit"].draw(), 3)
    assert three.shape == (3, 8, 8)
    np.testing.assert_array_equal(three[1], three[0][:, ::-1])
    np.testing.assert_array_equal(three[2], three[0][::-1])
