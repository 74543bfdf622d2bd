"""What PyTorch programs bring along, as source: layers that PyTorch has no equal of."""

from __future__ import annotations

from core.export.torch_sequence_parts import SEQUENCE_PARTS

ADD = '''
class Add(nn.ModuleList):
    """Chains of layers on the same input, added up."""

    def __init__(self, *chains):
        super().__init__(chains)

    def forward(self, x):
        return sum(chain(x) for chain in self)
'''
CONCATENATE = '''
class Concatenate(nn.ModuleList):
    """Chains of layers on the same input, their channels or features put after each other."""

    def __init__(self, *chains, dim=1):
        super().__init__(chains)
        self.dim = dim

    def forward(self, x):
        return torch.cat([chain(x) for chain in self], self.dim)
'''
STEP = '''
class Step(nn.Module):
    """1 where x is at least 0, else 0."""

    def forward(self, x):
        return (x >= 0).to(x.dtype)
'''
PADDED_CONV2D = '''
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
'''
PADDED_POOL2D = '''
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
'''

PARTS: dict[str, str] = {
    "Add": ADD,
    "Concatenate": CONCATENATE,
    "Step": STEP,
    "PaddedConv2d": PADDED_CONV2D,
    "PaddedPool2d": PADDED_POOL2D,
    **SEQUENCE_PARTS,
}
