"""norms in PyTorch. N is the number of samples."""

from safetensors.torch import load_file
from torch import nn


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            nn.BatchNorm2d(5),  # (N, 5, 6, 4)
            nn.LocalResponseNorm(3, 0.5, 0.6, 1.5),  # (N, 5, 6, 4)
            nn.Dropout(0.4),  # (N, 5, 6, 4)
            nn.Conv2d(5, 4, 3, bias=False),  # (N, 4, 4, 2)
            nn.BatchNorm2d(4, eps=0.001, momentum=0.2),  # (N, 4, 4, 2)
            nn.LocalResponseNorm(4, 0.8, 0.75, 1.0),  # (N, 4, 4, 2)
            nn.Flatten(),  # (N, 32)
            nn.Linear(32, 3),  # (N, 3)
        )

    def forward(self, x):
        """x (N, 5, 6, 4) -> (N, 3)."""
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
