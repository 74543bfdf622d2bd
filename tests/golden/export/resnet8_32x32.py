"""resnet8_32x32 in PyTorch. N is the number of samples."""

from safetensors.torch import load_file
from torch import nn


class Add(nn.ModuleList):
    """Chains of layers on the same input, added up."""

    def __init__(self, *chains):
        super().__init__(chains)

    def forward(self, x):
        return sum(chain(x) for chain in self)


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(3, 16, 3, padding=1, bias=False),  # (N, 16, 32, 32)
            nn.BatchNorm2d(16),  # (N, 16, 32, 32)
            nn.ReLU(),  # (N, 16, 32, 32)
            Add(
                nn.Sequential(
                    nn.Conv2d(16, 16, 3, padding=1, bias=False),  # (N, 16, 32, 32)
                    nn.BatchNorm2d(16),  # (N, 16, 32, 32)
                    nn.ReLU(),  # (N, 16, 32, 32)
                    nn.Conv2d(16, 16, 3, padding=1, bias=False),  # (N, 16, 32, 32)
                    nn.BatchNorm2d(16),  # (N, 16, 32, 32)
                ),
                nn.Sequential(),  # the input as it is
            ),  # (N, 16, 32, 32)
            nn.ReLU(),  # (N, 16, 32, 32)
            Add(
                nn.Sequential(
                    nn.Conv2d(16, 32, 3, stride=2, padding=1, bias=False),  # (N, 32, 16, 16)
                    nn.BatchNorm2d(32),  # (N, 32, 16, 16)
                    nn.ReLU(),  # (N, 32, 16, 16)
                    nn.Conv2d(32, 32, 3, padding=1, bias=False),  # (N, 32, 16, 16)
                    nn.BatchNorm2d(32),  # (N, 32, 16, 16)
                ),
                nn.Sequential(
                    nn.Conv2d(16, 32, 1, stride=2, bias=False),  # (N, 32, 16, 16)
                    nn.BatchNorm2d(32),  # (N, 32, 16, 16)
                ),
            ),  # (N, 32, 16, 16)
            nn.ReLU(),  # (N, 32, 16, 16)
            Add(
                nn.Sequential(
                    nn.Conv2d(32, 64, 3, stride=2, padding=1, bias=False),  # (N, 64, 8, 8)
                    nn.BatchNorm2d(64),  # (N, 64, 8, 8)
                    nn.ReLU(),  # (N, 64, 8, 8)
                    nn.Conv2d(64, 64, 3, padding=1, bias=False),  # (N, 64, 8, 8)
                    nn.BatchNorm2d(64),  # (N, 64, 8, 8)
                ),
                nn.Sequential(
                    nn.Conv2d(32, 64, 1, stride=2, bias=False),  # (N, 64, 8, 8)
                    nn.BatchNorm2d(64),  # (N, 64, 8, 8)
                ),
            ),  # (N, 64, 8, 8)
            nn.ReLU(),  # (N, 64, 8, 8)
            nn.AdaptiveAvgPool2d(1),  # (N, 64, 1, 1)
            nn.Flatten(),  # (N, 64)
            nn.Linear(64, 10),  # (N, 10)
        )

    def forward(self, x):
        """x (N, 3, 32, 32) -> (N, 10)."""
        return self.layers(x)


def load_weights(model, path):
    """Take over the tensors of a .safetensors file, in their own precision."""
    tensors = load_file(path)
    model.to(next(iter(tensors.values())).dtype)
    for name, buffer in model.named_buffers():
        if name.endswith("num_batches_tracked"):  # a count that only PyTorch keeps
            tensors[name] = buffer
    model.load_state_dict(tensors)
    return model.eval()
