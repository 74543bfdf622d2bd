"""pools in PyTorch. N is the number of samples."""

import torch
from torch import nn
from torch.nn import functional as F


class Concatenate(nn.ModuleList):
    """Chains of layers on the same input, their channels or features put after each other."""

    def __init__(self, *chains, dim=1):
        super().__init__(chains)
        self.dim = dim

    def forward(self, x):
        return torch.cat([chain(x) for chain in self], self.dim)


class PaddedPool2d(nn.Module):
    """The largest, smallest or average value of each window, with padding on each side (left,
    right, top, bottom) that never counts."""

    def __init__(self, mode, kernel_size, stride, sides=(0, 0, 0, 0)):
        super().__init__()
        self.mode, self.kernel_size, self.stride, self.sides = mode, kernel_size, stride, sides

    def forward(self, x):
        if self.mode == "average":
            return self.average(x) / self.average(torch.ones_like(x[:1, :1]))
        sign = -1 if self.mode == "min" else 1
        padded = F.pad(sign * x, self.sides, value=-torch.inf)
        return sign * F.max_pool2d(padded, self.kernel_size, self.stride)

    def average(self, x):
        return F.avg_pool2d(F.pad(x, self.sides), self.kernel_size, self.stride)


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            Concatenate(
                nn.Sequential(
                    nn.MaxPool2d((3, 2), stride=(2, 1), padding=(1, 0)),  # (N, 2, 12, 21)
                    PaddedPool2d("max", 2, 2, sides=(1, 0, 0, 1)),  # (N, 2, 6, 11)
                    nn.MaxPool2d(3, stride=2, padding=1, ceil_mode=True),  # (N, 2, 4, 6)
                    nn.MaxPool2d(2, stride=1),  # (N, 2, 3, 5)
                    nn.MaxPool2d(2, ceil_mode=True),  # (N, 2, 2, 3)
                ),
                nn.Sequential(
                    PaddedPool2d("min", (3, 2), (2, 1), sides=(0, 0, 1, 1)),  # (N, 2, 12, 21)
                    PaddedPool2d("min", 2, 2, sides=(1, 0, 0, 1)),  # (N, 2, 6, 11)
                    PaddedPool2d("min", 3, 2, sides=(1, 1, 1, 2)),  # (N, 2, 4, 6)
                    PaddedPool2d("min", 2, 1),  # (N, 2, 3, 5)
                    PaddedPool2d("min", 2, 2, sides=(0, 1, 0, 1)),  # (N, 2, 2, 3)
                ),
                nn.Sequential(
                    # (N, 2, 12, 21)
                    nn.AvgPool2d((3, 2), stride=(2, 1), padding=(1, 0), count_include_pad=False),
                    PaddedPool2d("average", 2, 2, sides=(1, 0, 0, 1)),  # (N, 2, 6, 11)
                    # (N, 2, 4, 6)
                    nn.AvgPool2d(3, stride=2, padding=1, ceil_mode=True, count_include_pad=False),
                    nn.AvgPool2d(2, stride=1),  # (N, 2, 3, 5)
                    nn.AvgPool2d(2, ceil_mode=True),  # (N, 2, 2, 3)
                ),
                nn.Sequential(
                    nn.AvgPool2d((3, 2), stride=(2, 1), padding=(1, 0)),  # (N, 2, 12, 21)
                    # (N, 2, 6, 11)
                    nn.Sequential(
                        nn.ZeroPad2d((1, 0, 0, 1)),
                        PaddedPool2d("average", 2, 2),
                    ),
                    nn.AvgPool2d(3, stride=2, padding=1, ceil_mode=True),  # (N, 2, 4, 6)
                    nn.AvgPool2d(2, stride=1),  # (N, 2, 3, 5)
                    # (N, 2, 2, 3)
                    nn.Sequential(
                        nn.ZeroPad2d((1, 1, 0, 1)),
                        PaddedPool2d("average", 2, 2),
                    ),
                ),
            ),  # (N, 8, 2, 3)
            Concatenate(
                nn.Sequential(
                    nn.AdaptiveMaxPool2d(1),  # (N, 8, 1, 1)
                ),
                nn.Sequential(
                    PaddedPool2d("min", (2, 3), (2, 3)),  # (N, 8, 1, 1)
                ),
                nn.Sequential(
                    nn.AdaptiveAvgPool2d(1),  # (N, 8, 1, 1)
                ),
            ),  # (N, 24, 1, 1)
        )

    def forward(self, x):
        """x (N, 2, 23, 22) -> (N, 24, 1, 1)."""
        return self.layers(x)
