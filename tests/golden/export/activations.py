"""activations in PyTorch. N is the number of samples."""

from safetensors.torch import load_file
from torch import nn


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(3, 4),  # (N, 4)
            nn.Identity(),  # (N, 4)
            nn.Linear(4, 4, bias=False),  # (N, 4)
            nn.Sigmoid(),  # (N, 4)
            nn.Linear(4, 4),  # (N, 4)
            nn.Tanh(),  # (N, 4)
            nn.Linear(4, 4, bias=False),  # (N, 4)
            nn.ReLU(),  # (N, 4)
            nn.Linear(4, 4),  # (N, 4)
            nn.LeakyReLU(0.01),  # (N, 4)
            nn.Linear(4, 4, bias=False),  # (N, 4)
            nn.ELU(),  # (N, 4)
            nn.Linear(4, 4),  # (N, 4)
            nn.GELU(),  # (N, 4)
            nn.Linear(4, 4, bias=False),  # (N, 4)
            nn.Softplus(threshold=40),  # (N, 4)
        )

    def forward(self, x):
        """x (N, 3) -> (N, 4)."""
        return self.layers(x)


def load_weights(model, path):
    """Take over the tensors of a .safetensors file, in their own precision."""
    tensors = load_file(path)
    model.to(next(iter(tensors.values())).dtype)
    model.load_state_dict(tensors)
    return model.eval()
