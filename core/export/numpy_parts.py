"""The functions that NumPy programs are made of, as source, those first that others call.

Their arguments have the names of the tensors, so that a layer's tensors go in as they are.
"""

from __future__ import annotations

from core.export.numpy_sequence_parts import SEQUENCE_PARTS

SIGMOID = '''
def sigmoid(x):
    """1 / (1 + e^(-x)), in a form whose exponential cannot overflow."""
    return np.exp(-np.logaddexp(0, -x))
'''
RELU = '''
def relu(x):
    """max(0, x)."""
    return np.maximum(x, 0)
'''
LEAKY_RELU = '''
def leaky_relu(x):
    """x where it is positive, else 0.01 x."""
    return np.where(x > 0, x, 0.01 * x)
'''
ELU = '''
def elu(x):
    """x where it is positive, else e^x - 1."""
    return np.where(x > 0, x, np.expm1(np.minimum(x, 0)))
'''
GELU = '''
def gelu(x):
    """x times the normal distribution function of x."""
    return x * 0.5 * (1 + np.vectorize(math.erf, otypes=[x.dtype])(x / math.sqrt(2)))
'''
SOFTPLUS = '''
def softplus(x):
    """log(1 + e^x), in a form whose exponential cannot overflow."""
    return np.logaddexp(0, x)
'''
UNIT_STEP = '''
def unit_step(x):
    """1 where x is at least 0, else 0."""
    return (x >= 0).astype(x.dtype)
'''
LINEAR = '''
def linear(x, weight, bias=0):
    """x (..., in), weight (out, in), bias (out,) -> (..., out)."""
    return x @ weight.T + bias
'''
PAD = '''
def pad(x, padding, value=0):
    """x (N, C, H, W) with `value` around it; padding: top, bottom, left, right."""
    top, bottom, left, right = padding
    return np.pad(x, ((0, 0), (0, 0), (top, bottom), (left, right)), constant_values=value)
'''
WINDOWS = '''
def windows(x, kernel_size, stride, dilation=(1, 1)):
    """All windows of x (N, C, H, W): (N, C, H', W', kh, kw), where H', W' are positions."""
    extent = np.multiply(dilation, np.subtract(kernel_size, 1)) + 1
    view = np.lib.stride_tricks.sliding_window_view(x, extent, axis=(2, 3))
    return view[:, :, :: stride[0], :: stride[1], :: dilation[0], :: dilation[1]]
'''
CONV2D = '''
def conv2d(
    x, weight, bias=0, stride=(1, 1), padding=(0, 0, 0, 0), dilation=(1, 1), groups=1, flip=False
):
    """x (N, C, H, W), weight (O, C / groups, kh, kw), bias (O,) -> (N, O, H', W').

    Each output is the sum of the products of a window and a kernel. Each group of output channels
    sees its own group of input channels.
    """
    weight = weight[:, :, ::-1, ::-1] if flip else weight
    patches = windows(pad(x, padding), weight.shape[2:], stride, dilation)
    pairs = zip(np.split(patches, groups, axis=1), np.split(weight, groups), strict=True)
    y = [np.einsum("nchwij,ocij->nohw", group, w, optimize=True) for group, w in pairs]
    return np.concatenate(y, axis=1) + np.reshape(bias, (-1, 1, 1))
'''
MAX_POOL2D = '''
def max_pool2d(x, kernel_size, stride, padding=(0, 0, 0, 0)):
    """x (N, C, H, W) -> (N, C, H', W'): the largest value of each window."""
    return windows(pad(x, padding, -np.inf), kernel_size, stride).max(axis=(4, 5))
'''
MIN_POOL2D = '''
def min_pool2d(x, kernel_size, stride, padding=(0, 0, 0, 0)):
    """x (N, C, H, W) -> (N, C, H', W'): the smallest value of each window."""
    return windows(pad(x, padding, np.inf), kernel_size, stride).min(axis=(4, 5))
'''
AVERAGE_POOL2D = '''
def average_pool2d(x, kernel_size, stride, padding=(0, 0, 0, 0)):
    """x (N, C, H, W) -> (N, C, H', W'): the average of each window, without the padding."""
    total = windows(pad(x, padding), kernel_size, stride).sum(axis=(4, 5))
    inside = pad(np.ones((1, 1, *x.shape[2:]), x.dtype), padding)
    return total / windows(inside, kernel_size, stride).sum(axis=(4, 5))
'''
BATCH_NORM2D = '''
def batch_norm2d(x, weight, bias, running_mean, running_var, eps):
    """x (N, C, H, W), all tensors (C,): shifted and scaled by the averages of training."""
    scale = weight / np.sqrt(running_var + eps)
    return x * scale[:, None, None] + (bias - running_mean * scale)[:, None, None]
'''
LOCAL_RESPONSE_NORM = '''
def local_response_norm(x, size, alpha, beta, k):
    """x (N, C, H, W) / (k + alpha * the average square of `size` channels around)^beta."""
    before = size // 2
    squares = np.pad(x * x, ((0, 0), (before, size - 1 - before), (0, 0), (0, 0)))
    sums = sum(squares[:, i : i + x.shape[1]] for i in range(size))
    return x / (k + alpha / size * sums) ** beta
'''

PARTS: dict[str, str] = {
    "sigmoid": SIGMOID,
    "relu": RELU,
    "leaky_relu": LEAKY_RELU,
    "elu": ELU,
    "gelu": GELU,
    "softplus": SOFTPLUS,
    "unit_step": UNIT_STEP,
    "linear": LINEAR,
    "pad": PAD,
    "windows": WINDOWS,
    "conv2d": CONV2D,
    "max_pool2d": MAX_POOL2D,
    "min_pool2d": MIN_POOL2D,
    "average_pool2d": AVERAGE_POOL2D,
    "batch_norm2d": BATCH_NORM2D,
    "local_response_norm": LOCAL_RESPONSE_NORM,
    **SEQUENCE_PARTS,
}
