"""Central differences in float64."""

import numpy as np


def numeric_gradient(function, array, step=1e-6):
    """The gradient of a scalar function of `array`, which is changed in place and put back."""
    gradient = np.zeros_like(array)
    for index in np.ndindex(array.shape):
        kept = array[index]
        array[index] = kept + step
        above = function()
        array[index] = kept - step
        below = function()
        array[index] = kept
        gradient[index] = (above - below) / (2 * step)
    return gradient


def assert_close(analytic, numeric, tolerance=1e-6):
    scale = max(np.abs(numeric).max(), np.abs(analytic).max(), 1e-3)
    assert np.abs(analytic - numeric).max() <= tolerance * scale
