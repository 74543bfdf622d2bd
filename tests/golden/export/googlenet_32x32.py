"""googlenet_32x32 in PyTorch. N is the number of samples."""

import torch
from safetensors.torch import load_file
from torch import nn


class Concatenate(nn.ModuleList):
    """Chains of layers on the same input, their channels or features put after each other."""

    def __init__(self, *chains, dim=1):
        super().__init__(chains)
        self.dim = dim

    def forward(self, x):
        return torch.cat([chain(x) for chain in self], self.dim)


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(3, 16, 3, padding=1),  # (N, 16, 32, 32)
            nn.ReLU(),  # (N, 16, 32, 32)
            nn.MaxPool2d(2),  # (N, 16, 16, 16)
            Concatenate(
                nn.Sequential(
                    nn.Conv2d(16, 8, 1),  # (N, 8, 16, 16)
                    nn.ReLU(),  # (N, 8, 16, 16)
                ),
                nn.Sequential(
                    nn.Conv2d(16, 8, 1),  # (N, 8, 16, 16)
                    nn.ReLU(),  # (N, 8, 16, 16)
                    nn.Conv2d(8, 16, 3, padding=1),  # (N, 16, 16, 16)
                    nn.ReLU(),  # (N, 16, 16, 16)
                ),
                nn.Sequential(
                    nn.Conv2d(16, 4, 1),  # (N, 4, 16, 16)
                    nn.ReLU(),  # (N, 4, 16, 16)
                    nn.Conv2d(4, 8, 5, padding=2),  # (N, 8, 16, 16)
                    nn.ReLU(),  # (N, 8, 16, 16)
                ),
                nn.Sequential(
                    nn.MaxPool2d(3, stride=1, padding=1),  # (N, 16, 16, 16)
                    nn.Conv2d(16, 8, 1),  # (N, 8, 16, 16)
                    nn.ReLU(),  # (N, 8, 16, 16)
                ),
            ),  # (N, 40, 16, 16)
            nn.MaxPool2d(2),  # (N, 40, 8, 8)
            Concatenate(
                nn.Sequential(
                    nn.Conv2d(40, 16, 1),  # (N, 16, 8, 8)
                    nn.ReLU(),  # (N, 16, 8, 8)
                ),
                nn.Sequential(
                    nn.Conv2d(40, 12, 1),  # (N, 12, 8, 8)
                    nn.ReLU(),  # (N, 12, 8, 8)
                    nn.Conv2d(12, 24, 3, padding=1),  # (N, 24, 8, 8)
                    nn.ReLU(),  # (N, 24, 8, 8)
                ),
                nn.Sequential(
                    nn.Conv2d(40, 4, 1),  # (N, 4, 8, 8)
                    nn.ReLU(),  # (N, 4, 8, 8)
                    nn.Conv2d(4, 12, 5, padding=2),  # (N, 12, 8, 8)
                    nn.ReLU(),  # (N, 12, 8, 8)
                ),
                nn.Sequential(
                    nn.MaxPool2d(3, stride=1, padding=1),  # (N, 40, 8, 8)
                    nn.Conv2d(40, 12, 1),  # (N, 12, 8, 8)
                    nn.ReLU(),  # (N, 12, 8, 8)
                ),
            ),  # (N, 64, 8, 8)
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
    model.load_state_dict(tensors)
    return model.eval()
