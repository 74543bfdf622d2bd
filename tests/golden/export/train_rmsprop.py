"""train_rmsprop in PyTorch. N is the number of samples."""

import torch
from safetensors.torch import load_file
from torch import nn


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(3, 4),  # (N, 4)
            nn.Tanh(),  # (N, 4)
            nn.Linear(4, 2),  # (N, 2)
            nn.Linear(2, 1),  # (N, 1)
        )

    def forward(self, x):
        """x (N, 3) -> (N, 1)."""
        return self.layers(x)


def load_weights(model, path):
    """Take over the tensors of a .safetensors file, in their own precision."""
    tensors = load_file(path)
    model.to(next(iter(tensors.values())).dtype)
    model.load_state_dict(tensors)
    return model.eval()


def train(model, inputs, targets, num_epochs):
    """Train on inputs (samples, ...) and targets; returns the loss of every step."""
    loss_function = nn.BCEWithLogitsLoss()
    optimizer = torch.optim.RMSprop(model.parameters(), lr=0.01)
    weights = [p for name, p in model.named_parameters() if ".weight" in name]
    losses = []
    model.train()
    for _ in range(num_epochs):
        for batch in torch.randperm(len(inputs)).split(32):
            optimizer.zero_grad()
            loss = loss_function(model(inputs[batch]), targets[batch])
            losses.append(loss.item())
            loss = loss + 0.005 * sum((w * w).sum() for w in weights)
            loss.backward()
            optimizer.step()
    model.eval()
    return losses
