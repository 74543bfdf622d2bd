"""convolutions in PyTorch. N is the number of samples."""

from safetensors.torch import load_file
from torch import nn
from torch.nn import functional as F


class PaddedConv2d(nn.Conv2d):
    """A convolution with padding of its own on each side (left, right, top, bottom); `flip` turns
    the kernels around."""

    def __init__(self, *args, sides=(0, 0, 0, 0), flip=False, **kwargs):
        super().__init__(*args, **kwargs)
        self.sides, self.flip = sides, flip

    def forward(self, x):
        weight = self.weight.flip(2, 3) if self.flip else self.weight
        x = F.pad(x, self.sides)
        return F.conv2d(
            x, weight, self.bias, self.stride, dilation=self.dilation, groups=self.groups
        )


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(4, 6, (3, 2), stride=(2, 1), padding=(1, 0), groups=2),  # (N, 6, 10, 16)
            nn.Sigmoid(),  # (N, 6, 10, 16)
            nn.Conv2d(6, 4, 3, padding=(1, 2), dilation=(1, 2), bias=False),  # (N, 4, 10, 16)
            nn.Sigmoid(),  # (N, 4, 10, 16)
            PaddedConv2d(4, 8, (4, 3), stride=3, groups=4, sides=(1, 1, 1, 2)),  # (N, 8, 4, 6)
            nn.Sigmoid(),  # (N, 8, 4, 6)
            PaddedConv2d(8, 3, 2, sides=(1, 1, 1, 1), flip=True),  # (N, 3, 5, 7)
            nn.Sigmoid(),  # (N, 3, 5, 7)
            PaddedConv2d(3, 3, 3, groups=3, sides=(2, 3, 0, 1)),  # (N, 3, 4, 10)
            PaddedConv2d(3, 2, 1, flip=True),  # (N, 2, 4, 10)
        )

    def forward(self, x):
        """x (N, 4, 19, 17) -> (N, 2, 4, 10)."""
        return self.layers(x)


def load_weights(model, path):
    """Take over the tensors of a .safetensors file, in their own precision."""
    tensors = load_file(path)
    model.to(next(iter(tensors.values())).dtype)
    model.load_state_dict(tensors)
    return model.eval()
