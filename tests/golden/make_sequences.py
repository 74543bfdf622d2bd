"""Writes sequences.npz: what PyTorch says of recurrent cells and networks, for the core's tests.

Run where PyTorch is installed: python tests/golden/make_sequences.py. It is not needed to run the
tests. PyTorch has two biases a gate, of which the second is held at 0 here, but for a GRU's n,
where the two are not the same.
"""

from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

FEATURES, HIDDEN, CLASSES, STEPS, SAMPLES, TOKENS = 3, 4, 3, 5, 3, 4
LENGTHS = (5, 2, 4)
DTYPES = {"float64": torch.float64, "float32": torch.float32}
RATE = 0.2


def hold_second_bias(module, hidden=HIDDEN):
    """Set second biases to 0 and let no gradient move them, except those of a GRU's n."""
    for name, parameter in module.named_parameters():
        if "bias_hh" in name:
            free = torch.zeros_like(parameter)
            if len(parameter) == 3 * hidden:
                free[2 * hidden :] = 1
            parameter.data *= free
            parameter.register_hook(lambda gradient, free=free: gradient * free.to(gradient))


def tensors_of(module, ending=""):
    """(parameter, part) of one pass, in the core's order."""
    whole = slice(None)
    found = [(getattr(module, f"{name}{ending}"), whole)
             for name in ("weight_ih", "weight_hh", "bias_ih")]  # fmt: skip
    second = getattr(module, f"bias_hh{ending}")
    if len(second) == 3 * HIDDEN:
        found.append((second, slice(2 * HIDDEN, None)))
    return found


def linear_tensors(*modules):
    return [(p, slice(None)) for module in modules for p in module.parameters()]


def flat(tensors, of_gradients=False):
    arrays = [(p.grad if of_gradients else p.detach())[part] for p, part in tensors]
    return np.concatenate([array.numpy().ravel() for array in arrays])


class Simple(nn.Module):
    """One of PyTorch's recurrent layers, and a linear one on every step."""

    def __init__(self, layer, before=None, after=None, width=HIDDEN):
        super().__init__()
        self.before, self.layer = before or nn.Identity(), layer
        self.after = after or nn.Linear(width, CLASSES)

    def forward(self, x):
        return self.after(self.layer(self.before(x))[0])

    def tensors(self):
        recurrent = self.layer
        passes = [
            tensor
            for number in range(recurrent.num_layers)
            for ending in (("", "_reverse") if recurrent.bidirectional else ("",))
            for tensor in tensors_of(recurrent, f"_l{number}{ending}")
        ]
        return [*linear_tensors(self.before), *passes, *linear_tensors(self.after)]


class Packed(Simple):
    """Sequences of unequal lengths."""

    def forward(self, x):
        packed = pack_padded_sequence(x, torch.tensor(LENGTHS), True, enforce_sorted=False)
        y, _ = pad_packed_sequence(self.layer(packed)[0], True, total_length=STEPS)
        return self.after(y)


class Last(Simple):
    """An answer for the whole sequence, from the last state."""

    def forward(self, x):
        return self.after(self.layer(self.before(x))[1][0])


class Transition(nn.Module):
    """Layers between the states (Pascanu et al. 2013), from single cells."""

    def __init__(self, layers, shortcut, before=None, after=None):
        super().__init__()
        self.before = before or nn.Identity()
        self.cell = nn.RNNCell(FEATURES, HIDDEN)
        self.layers = nn.ModuleList(nn.Linear(HIDDEN, HIDDEN) for _ in range(layers))
        self.shortcut = nn.Linear(HIDDEN, HIDDEN, bias=False) if shortcut else None
        self.after = after or nn.Linear(HIDDEN, CLASSES)

    def forward(self, x):
        x = self.before(x)
        h, states = torch.zeros(len(x), HIDDEN, dtype=x.dtype), []
        for t in range(x.shape[1]):
            u = self.cell(x[:, t], h)
            for number, layer in enumerate(self.layers):
                z = layer(u)
                if self.shortcut is not None and number + 1 == len(self.layers):
                    z = z + self.shortcut(h)
                u = torch.tanh(z)
            h = u
            states.append(h)
        return self.after(torch.stack(states, dim=1))

    def tensors(self):
        weights = [(layer.weight, slice(None)) for layer in self.layers]
        biases = [(layer.bias, slice(None)) for layer in self.layers]
        shortcut = linear_tensors(self.shortcut) if self.shortcut is not None else []
        return [*linear_tensors(self.before), *tensors_of(self.cell), *weights, *biases, *shortcut,
                *linear_tensors(self.after)]  # fmt: skip


def hidden_layer(size_in, size_out):
    return nn.Sequential(nn.Linear(size_in, size_out), nn.Tanh())


def deep_output():
    return nn.Sequential(nn.Linear(HIDDEN, HIDDEN), nn.Tanh(), nn.Linear(HIDDEN, CLASSES))


NETWORKS = {
    "rnn": lambda: Simple(nn.RNN(FEATURES, HIDDEN, batch_first=True)),
    "rnn_relu": lambda: Simple(nn.RNN(FEATURES, HIDDEN, nonlinearity="relu", batch_first=True)),
    "lstm": lambda: Simple(nn.LSTM(FEATURES, HIDDEN, batch_first=True)),
    "gru": lambda: Simple(nn.GRU(FEATURES, HIDDEN, batch_first=True)),
    "two_bidirectional_lstms": lambda: Simple(
        nn.LSTM(FEATURES, HIDDEN, 2, bidirectional=True, batch_first=True), width=2 * HIDDEN),
    "packed_lstms": lambda: Packed(
        nn.LSTM(FEATURES, HIDDEN, 2, bidirectional=True, batch_first=True), width=2 * HIDDEN),
    "packed_gru": lambda: Packed(
        nn.GRU(FEATURES, HIDDEN, 1, bidirectional=True, batch_first=True), width=2 * HIDDEN),
    "stacked": lambda: Simple(nn.RNN(FEATURES, HIDDEN, 2, batch_first=True)),
    "deep_input": lambda: Simple(nn.RNN(FEATURES, HIDDEN, batch_first=True),
                                 hidden_layer(FEATURES, FEATURES)),
    "deep_transition": lambda: Transition(2, False),
    "deep_transition_shortcut": lambda: Transition(2, True),
    "deep_output": lambda: Simple(nn.RNN(FEATURES, HIDDEN, batch_first=True), after=deep_output()),
    "all_four": lambda: Transition(1, True, hidden_layer(FEATURES, FEATURES), deep_output()),
    "embedding_gru_last": lambda: Last(nn.GRU(FEATURES, HIDDEN, batch_first=True),
                                       nn.Embedding(TOKENS, FEATURES)),
}  # fmt: skip


def data(name, dtype):
    torch.manual_seed(2)
    x = torch.randn(SAMPLES, STEPS, FEATURES, dtype=torch.float64).to(dtype)
    if name.startswith("embedding"):
        return torch.randint(0, TOKENS, (SAMPLES, STEPS)), torch.randint(0, CLASSES, (SAMPLES,))
    return x, torch.randint(0, CLASSES, (SAMPLES, STEPS))


def loss_of(name, model, x, y):
    """The mean cross-entropy of the steps that exist."""
    output = model(x)
    if name.startswith("packed"):
        exists = torch.arange(STEPS) < torch.tensor(LENGTHS)[:, None]
        return output, nn.functional.cross_entropy(output[exists], y[exists])
    return output, nn.functional.cross_entropy(output.reshape(-1, CLASSES), y.reshape(-1))


def networks(out):
    """Of each network: output, loss, all gradients; then the losses of ten steps."""
    for name, make in NETWORKS.items():
        for dtype_name, dtype in DTYPES.items():
            torch.manual_seed(1)
            model = make().to(torch.float64)
            hold_second_bias(model)
            model = model.to(dtype)
            x, y = data(name, dtype)
            key = f"{name}/{dtype_name}"
            out |= {f"{key}/x": x.numpy(), f"{key}/y": y.numpy()}
            out[f"{key}/parameters"] = flat(model.tensors())
            if x.is_floating_point():
                x.requires_grad_()
            output, loss = loss_of(name, model, x, y)
            loss.backward()
            out |= {f"{key}/output": output.detach().numpy(), f"{key}/loss": loss.detach().numpy(),
                    f"{key}/gradients": flat(model.tensors(), True)}  # fmt: skip
            if x.is_floating_point():
                out[f"{key}/dx"] = x.grad.numpy().copy()  # further passes add to it
            optimizer, losses = torch.optim.SGD(model.parameters(), lr=RATE), []
            for _ in range(10):
                optimizer.zero_grad()
                _, loss = loss_of(name, model, x, y)
                loss.backward()
                optimizer.step()
                losses.append(loss.item())
            out |= {f"{key}/losses": np.array(losses), f"{key}/after": flat(model.tensors())}


CELLS = {"rnn": nn.RNNCell, "lstm": nn.LSTMCell, "gru": nn.GRUCell}


def cells(out):
    """Single cells from given states: all states, and dL/d each of them by every path."""
    for name, make in CELLS.items():
        for dtype_name, dtype in DTYPES.items():
            torch.manual_seed(4)
            cell = make(FEATURES, HIDDEN).to(torch.float64)
            hold_second_bias(cell)
            cell = cell.to(dtype)
            x, dy = (torch.randn(STEPS, SAMPLES, size, dtype=torch.float64).to(dtype)
                     for size in (FEATURES, HIDDEN))  # fmt: skip
            states = [torch.randn(SAMPLES, HIDDEN, dtype=torch.float64).to(dtype).requires_grad_()
                      for _ in range(2 if name == "lstm" else 1)]  # fmt: skip
            x.requires_grad_()
            steps = [states]
            for t in range(STEPS):
                new = cell(x[t], tuple(steps[-1]) if name == "lstm" else steps[-1][0])
                steps.append(list(new) if name == "lstm" else [new])
                for state in steps[-1]:
                    state.retain_grad()
            h = torch.stack([states[0] for states in steps[1:]])
            (h * dy).sum().backward()
            key = f"cell/{name}/{dtype_name}"
            tensors = tensors_of(cell)
            out |= {f"{key}/x": x.detach().numpy(), f"{key}/dy": dy.numpy(),
                    f"{key}/dx": x.grad.numpy(), f"{key}/parameters": flat(tensors),
                    f"{key}/gradients": flat(tensors, True)}  # fmt: skip
            for letter, number in (("h", 0), ("c", 1))[: len(states)]:
                series = [states[number] for states in steps]
                out[f"{key}/{letter}"] = np.stack([s.detach().numpy() for s in series])
                out[f"{key}/d{letter}"] = np.stack([s.grad.numpy() for s in series])


if __name__ == "__main__":
    arrays = {}
    networks(arrays)
    cells(arrays)
    np.savez_compressed(Path(__file__).with_name("sequences.npz"), **arrays)
