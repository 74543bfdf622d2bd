"""recurrent_written_out in PyTorch. N is the number of samples."""

import torch
from safetensors.torch import load_file
from torch import nn


def rnn_step(x, state, weight_ih, weight_hh, bias, activation=torch.tanh):
    """x (N, in) and the state (h (N, H),) -> the next state."""
    h = state[0]
    return (activation(x @ weight_ih.T + h @ weight_hh.T + bias),)


def relu_rnn_step(x, state, **w):
    """As rnn_step, with ReLU."""
    return rnn_step(x, state, **w, activation=torch.relu)


def deep_rnn_step(
    x,
    state,
    weight_ih,
    weight_hh,
    bias,
    weight_transition,
    bias_transition,
    weight_shortcut=None,
    activation=torch.tanh,
):
    """x (N, in) and the state (h (N, H),) -> the next state, through further layers; with
    weight_shortcut the old state also goes straight to the last of them."""
    h = state[0]
    shortcut = 0 if weight_shortcut is None else h @ weight_shortcut.T
    u = activation(x @ weight_ih.T + h @ weight_hh.T + bias)
    for layer in range(len(weight_transition)):
        z = u @ weight_transition[layer].T + bias_transition[layer]
        is_last = layer + 1 == len(weight_transition)
        u = activation(z + shortcut if is_last else z)
    return (u,)


def relu_deep_rnn_step(x, state, **w):
    """As deep_rnn_step, with ReLU."""
    return deep_rnn_step(x, state, **w, activation=torch.relu)


def lstm_step(x, state, weight_ih, weight_hh, bias):
    """x (N, in) and the state (h, c), both (N, H) -> the next state."""
    h, c = state
    i, f, g, o = (x @ weight_ih.T + h @ weight_hh.T + bias).chunk(4, dim=1)
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    return torch.sigmoid(o) * torch.tanh(c), c


def gru_step(x, state, weight_ih, weight_hh, bias, bias_hn):
    """x (N, in) and the state (h (N, H),) -> the next state."""
    h = state[0]
    x_r, x_z, x_n = (x @ weight_ih.T + bias).chunk(3, dim=1)
    h_r, h_z, h_n = (h @ weight_hh.T).chunk(3, dim=1)
    z = torch.sigmoid(x_z + h_z)
    n = torch.tanh(x_n + torch.sigmoid(x_r + h_r) * (h_n + bias_hn))
    return ((1 - z) * n + z * h,)


class StepByStep(nn.Module):
    """A recurrent layer that PyTorch does not have, written out.

    look_ahead: each state of a pass back is that of a pass of its own, from so many steps ahead.
    truncate: after each so many steps of a pass gradients go no further back.
    """

    def __init__(
        self,
        step,
        shapes,
        direction="forward",
        merge="concatenate",
        look_ahead=None,
        returns="sequence",
        truncate=None,
    ):
        super().__init__()
        self.step, self.direction, self.merge = step, direction, merge
        self.look_ahead, self.returns, self.truncate = look_ahead, returns, truncate
        bound = shapes["weight_hh"][1] ** -0.5
        for name, size in shapes.items():
            start = torch.empty(size).uniform_(-bound, bound)
            self.register_parameter(name, nn.Parameter(start))

    def forward(self, x):
        ways = {"forward": [False], "backward": [True], "both": [False, True]}[self.direction]
        outputs = [self.one_pass(x, back) for back in ways]
        if self.returns == "last":
            outputs = [y[:, 0 if back else -1] for y, back in zip(outputs, ways, strict=True)]
        return sum(outputs) if self.merge == "sum" else torch.cat(outputs, dim=-1)

    def one_pass(self, x, back):
        """x (N, T, in) -> the states (N, T, H)."""
        second = back and self.direction == "both"
        named = {name: p for name, p in self.named_parameters() if ("_reverse" in name) == second}
        w = {name.removesuffix("_reverse"): p for name, p in named.items()}
        last = x.shape[1] - 1
        if not back:
            states = self.states(x, w, range(last + 1))
        elif self.look_ahead is None:
            states = self.states(x, w, range(last, -1, -1))[::-1]
        else:
            ends = [min(t + self.look_ahead, last) for t in range(last + 1)]
            states = [
                self.states(x, w, range(end, t - 1, -1), t + self.look_ahead - end)[-1]
                for t, end in enumerate(ends)
            ]
        return torch.stack(states, dim=1)

    def states(self, x, w, times, taken=0):
        """The state h (N, H) after each of the steps in `times`, from zeros on; `taken` steps
        before them are beyond the end."""
        zeros = x.new_zeros(len(x), w["weight_hh"].shape[1])
        state, outputs = (zeros, zeros), []
        for count, t in enumerate(times, taken):
            if self.truncate and count and count % self.truncate == 0:
                state = tuple(part.detach() for part in state)
            state = self.step(x[:, t], state, **w)
            outputs.append(state[0])
        return outputs


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            # (N, T, 4)
            StepByStep(
                deep_rnn_step,
                {
                    "weight_ih": (4, 3),
                    "weight_hh": (4, 4),
                    "bias": (4,),
                    "weight_transition": (2, 4, 4),
                    "bias_transition": (2, 4),
                    "weight_shortcut": (4, 4),
                },
            ),
            # (N, T, 8)
            StepByStep(
                relu_deep_rnn_step,
                {
                    "weight_ih": (4, 4),
                    "weight_hh": (4, 4),
                    "bias": (4,),
                    "weight_transition": (1, 4, 4),
                    "bias_transition": (1, 4),
                    "weight_ih_reverse": (4, 4),
                    "weight_hh_reverse": (4, 4),
                    "bias_reverse": (4,),
                    "weight_transition_reverse": (1, 4, 4),
                    "bias_transition_reverse": (1, 4),
                },
                direction="both",
            ),
            # (N, T, 6)
            StepByStep(
                lstm_step,
                {
                    "weight_ih": (12, 8),
                    "weight_hh": (12, 3),
                    "bias": (12,),
                    "weight_ih_reverse": (12, 8),
                    "weight_hh_reverse": (12, 3),
                    "bias_reverse": (12,),
                },
                direction="both", look_ahead=2,
            ),
            # (N, T, 3)
            StepByStep(
                relu_rnn_step,
                {
                    "weight_ih": (3, 6),
                    "weight_hh": (3, 3),
                    "bias": (3,),
                },
                direction="backward", look_ahead=1,
            ),
            # (N, T, 3)
            StepByStep(
                gru_step,
                {
                    "weight_ih": (9, 3),
                    "weight_hh": (9, 3),
                    "bias": (9,),
                    "bias_hn": (3,),
                    "weight_ih_reverse": (9, 3),
                    "weight_hh_reverse": (9, 3),
                    "bias_reverse": (9,),
                    "bias_hn_reverse": (3,),
                },
                direction="both", merge="sum", look_ahead=9,
            ),
            # (N, 4)
            StepByStep(
                rnn_step,
                {
                    "weight_ih": (2, 3),
                    "weight_hh": (2, 2),
                    "bias": (2,),
                    "weight_ih_reverse": (2, 3),
                    "weight_hh_reverse": (2, 2),
                    "bias_reverse": (2,),
                },
                direction="both", look_ahead=0, returns="last",
            ),
            nn.Linear(4, 2),  # (N, 2)
        )

    def forward(self, x):
        """x (N, T, 3) -> (N, 2)."""
        return self.layers(x)


def load_weights(model, path):
    """Take over the tensors of a .safetensors file, in their own precision."""
    tensors = load_file(path)
    model.to(next(iter(tensors.values())).dtype)
    model.load_state_dict(tensors)
    return model.eval()
