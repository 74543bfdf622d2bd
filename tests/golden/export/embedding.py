"""embedding in PyTorch. N is the number of samples."""

import torch
from safetensors.torch import load_file
from torch import nn


class Recurrence(nn.Module):
    """One of PyTorch's recurrent layers, with one output: the states of all steps, or the `last`
    of each pass. `reverse` goes from the last step to the first; `merge` sum adds two passes up.

    PyTorch has two biases for each gate, which are added up. Here only the first learns, as if it
    were alone, but for the candidate of a GRU, whose second bias stands in another place.
    """

    def __init__(self, layer, reverse=False, merge="concatenate", returns="sequence"):
        super().__init__()
        self.layer = layer
        self.reverse, self.merge, self.returns = reverse, merge, returns
        for name, bias in layer.named_parameters():
            if name.startswith("bias_hh"):
                learns = torch.zeros(len(bias))
                learns[2 * layer.hidden_size :] = isinstance(layer, nn.GRU)
                bias.register_hook(lambda gradient, learns=learns: gradient * learns.to(gradient))

    def forward(self, x):
        y, state = self.layer(x.flip(1) if self.reverse else x)
        if self.returns == "last":
            h = state[0] if isinstance(state, tuple) else state
            y = h.transpose(0, 1).flatten(1)
        elif self.reverse:
            y = y.flip(1)
        return sum(y.chunk(2, dim=-1)) if self.merge == "sum" else y


def renamed(tensors, names):
    """The tensors by the names that PyTorch's recurrent layers have for them, where `names` are
    those of the model. Its second bias of a gate is 0, or that of a GRU's candidate, bias_hn."""
    own = {}
    for name, array in tensors.items():
        layer, key = name.rsplit(".", 1)
        key, reverse, _ = key.partition("_reverse")
        ending = f"_l0{reverse}"
        if f"{layer}.layer.weight_hh_l0" not in names:
            own[name] = array
        elif key == "bias":
            second = torch.zeros_like(array)
            candidate = tensors.get(f"{layer}.bias_hn{reverse}", second[:0])
            second[len(second) - len(candidate) :] = candidate
            own[f"{layer}.layer.bias_ih{ending}"] = array
            own[f"{layer}.layer.bias_hh{ending}"] = second
        elif key != "bias_hn":
            own[f"{layer}.layer.{key}{ending}"] = array
    return own


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Embedding(7, 3),  # (N, T, 3)
            Recurrence(nn.LSTM(3, 4, batch_first=True)),  # (N, T, 4)
            nn.Linear(4, 7),  # (N, T, 7)
        )

    def forward(self, x):
        """x (N, T) -> (N, T, 7)."""
        return self.layers(x)


def load_weights(model, path):
    """Take over the tensors of a .safetensors file, in their own precision."""
    tensors = load_file(path)
    model.to(next(iter(tensors.values())).dtype)
    model.load_state_dict(renamed(tensors, model.state_dict()))
    return model.eval()
