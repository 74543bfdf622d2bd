"""lenet_8x8 in PyTorch. N is the number of samples."""

from safetensors.torch import load_file
from torch import nn


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(1, 6, 3, padding=1),  # (N, 6, 8, 8)
            nn.Tanh(),  # (N, 6, 8, 8)
            nn.AvgPool2d(2),  # (N, 6, 4, 4)
            nn.Conv2d(6, 16, 3),  # (N, 16, 2, 2)
            nn.Tanh(),  # (N, 16, 2, 2)
            nn.AvgPool2d(2),  # (N, 16, 1, 1)
            nn.Flatten(),  # (N, 16)
            nn.Linear(16, 32),  # (N, 32)
            nn.Tanh(),  # (N, 32)
            nn.Linear(32, 10),  # (N, 10)
        )

    def forward(self, x):
        """x (N, 1, 8, 8) -> (N, 10)."""
        return self.layers(x)


def load_weights(model, path):
    """Take over the tensors of a .safetensors file, in their own precision."""
    tensors = load_file(path)
    model.to(next(iter(tensors.values())).dtype)
    model.load_state_dict(tensors)
    return model.eval()
