"""What layers on pictures mean, as plain loops: the specification that the fast forms must equal.

Arrays are (C, H, W, N), as inside a network. A geometry is what a description says: kernel_size,
stride, dilation as pairs, padding as four sides or a word.
"""

import math

import numpy as np


def sides(padding, size, kernel_size, stride, dilation):
    """Zeros before and behind, along each axis: ((top, bottom), (left, right))."""
    if not isinstance(padding, str):
        return padding[:2], padding[2:]
    return tuple(
        word_sides(padding, *each) for each in zip(size, kernel_size, stride, dilation, strict=True)
    )


def word_sides(word, pixels, taps, step, spread):
    extent = spread * (taps - 1) + 1
    if word == "valid":
        return 0, 0
    if word == "full":
        return extent - 1, extent - 1
    units = math.ceil(pixels / step)  # same, as TensorFlow documents it; PyTorch for a stride of 1
    total = max(0, (units - 1) * step + extent - pixels)
    return total // 2, total - total // 2


def count_units(pixels, taps, step, spread, before, after, ceil_mode=False):
    """How many units stand along one axis."""
    last_start = pixels + before + after - (spread * (taps - 1) + 1)
    units = 1
    while units * step <= last_start:
        units += 1
    is_cut_off = (units - 1) * step < last_start
    starts_inside = units * step < pixels + before  # of picture and padding before it
    return units + 1 if ceil_mode and is_cut_off and starts_inside else units


def conv2d_terms(x, weight, stride, padding, dilation, groups, flip):
    """Every product of a convolution: (o, u, v) of the output, (o, c, i, j) of the weight, and the
    place (channel, row, column) in x."""
    (top, bottom), (left, right) = sides(padding, x.shape[1:3], weight.shape[2:], stride, dilation)
    kernel = weight.shape[2:]
    rows = count_units(x.shape[1], kernel[0], stride[0], dilation[0], top, bottom)
    columns = count_units(x.shape[2], kernel[1], stride[1], dilation[1], left, right)
    for o, c, i, j in np.ndindex(weight.shape):
        channel = o // (len(weight) // groups) * weight.shape[1] + c
        down, across = (kernel[0] - 1 - i, kernel[1] - 1 - j) if flip else (i, j)
        for u, v in np.ndindex(rows, columns):
            row = u * stride[0] + down * dilation[0] - top
            column = v * stride[1] + across * dilation[1] - left
            if 0 <= row < x.shape[1] and 0 <= column < x.shape[2]:
                yield (o, u, v), (o, c, i, j), (channel, row, column)


def conv2d(x, weight, bias, units, **geometry):
    y = np.zeros((len(weight), *units, x.shape[3]))
    y += bias[:, None, None, None]
    for out, tap, place in conv2d_terms(x, weight, **geometry):
        y[out] += weight[tap] * x[place]
    return y


def conv2d_gradients(dy, x, weight, **geometry):
    dx, dweight, dbias = np.zeros(x.shape), np.zeros(weight.shape), np.zeros(len(weight))
    for out, tap, place in conv2d_terms(x, weight, **geometry):
        dx[place] += weight[tap] * dy[out]
        dweight[tap] += (dy[out] * x[place]).sum()
    for o in range(len(weight)):
        dbias[o] += dy[o].sum()
    return dx, dweight, dbias


def pool_windows(shape, kernel_size, stride, padding, ceil_mode):
    """For each unit (u, v): the pixels (row, column) that it sees, in reading order, and how many
    places of the picture and its padding it covers."""
    (top, bottom), (left, right) = sides(padding, shape[1:3], kernel_size, stride, (1, 1))
    rows = count_units(shape[1], kernel_size[0], stride[0], 1, top, bottom, ceil_mode)
    columns = count_units(shape[2], kernel_size[1], stride[1], 1, left, right, ceil_mode)
    for u, v in np.ndindex(rows, columns):
        places = [(u * stride[0] + i - top, v * stride[1] + j - left)
                  for i, j in np.ndindex(kernel_size)]  # fmt: skip
        seen = [(r, c) for r, c in places if 0 <= r < shape[1] and 0 <= c < shape[2]]
        padded = [(r, c) for r, c in places if r < shape[1] + bottom and c < shape[2] + right]
        yield (u, v), seen, len(padded)


def pool(x, dy_of, mode, count_include_pad, **geometry):
    """The output, and the gradient by x; `dy_of(shape)` gives the gradient by the output."""
    windows = list(pool_windows(x.shape, **geometry))
    units = tuple(index + 1 for index in windows[-1][0])
    y, dx = np.zeros((len(x), *units, x.shape[3])), np.zeros(x.shape)
    dy = dy_of(y.shape)
    for (u, v), seen, padded in windows:
        for c, n in np.ndindex(len(x), x.shape[3]):
            values = [x[c, row, column, n] for row, column in seen]
            if mode == "average":
                count = padded if count_include_pad else len(seen)
                y[c, u, v, n] = sum(values) / count
                for row, column in seen:
                    dx[c, row, column, n] += dy[c, u, v, n] / count
            else:
                best = max(values) if mode == "max" else min(values)
                row, column = seen[values.index(best)]  # the first of equal ones
                y[c, u, v, n] = best
                dx[c, row, column, n] += dy[c, u, v, n]
    return y, dx


def local_response_norm(x, size, alpha, beta, k):
    y = np.zeros(x.shape)
    for c in range(len(x)):
        around = range(c - size // 2, c + (size - 1) // 2 + 1)
        total = sum(x[j] ** 2 for j in around if 0 <= j < len(x))
        y[c] = x[c] / (k + alpha / size * total) ** beta
    return y
