"""branches in PyTorch. N is the number of samples."""

import torch
from safetensors.torch import load_file
from torch import nn


class Add(nn.ModuleList):
    """Chains of layers on the same input, added up."""

    def __init__(self, *chains):
        super().__init__(chains)

    def forward(self, x):
        return sum(chain(x) for chain in self)


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
            nn.Conv2d(3, 4, 3),  # (N, 4, 4, 4)
            Add(
                nn.Sequential(),  # the input as it is
                nn.Sequential(
                    nn.Conv2d(4, 4, 1),  # (N, 4, 4, 4)
                    Concatenate(
                        nn.Sequential(
                            nn.Conv2d(4, 1, 1),  # (N, 1, 4, 4)
                        ),
                        nn.Sequential(
                            nn.Sigmoid(),  # (N, 4, 4, 4)
                            nn.MaxPool2d(3, stride=1, padding=1),  # (N, 4, 4, 4)
                            nn.Conv2d(4, 3, 1),  # (N, 3, 4, 4)
                        ),
                    ),  # (N, 4, 4, 4)
                ),
                nn.Sequential(
                    nn.Dropout(0.5),  # (N, 4, 4, 4)
                ),
            ),  # (N, 4, 4, 4)
            nn.Flatten(),  # (N, 64)
            Concatenate(
                nn.Sequential(
                    nn.Linear(64, 2),  # (N, 2)
                    nn.Sigmoid(),  # (N, 2)
                ),
                nn.Sequential(),  # the input as it is
            ),  # (N, 66)
            nn.Linear(66, 3),  # (N, 3)
        )

    def forward(self, x):
        """x (N, 3, 6, 6) -> (N, 3)."""
        return self.layers(x)


def load_weights(model, path):
    """Take over the tensors of a .safetensors file, in their own precision."""
    tensors = load_file(path)
    model.to(next(iter(tensors.values())).dtype)
    model.load_state_dict(tensors)
    return model.eval()
