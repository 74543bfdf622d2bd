"""What PyTorch programs bring along for layers on sequences, as source."""

from __future__ import annotations

ONE_HOT = '''
class OneHot(nn.Module):
    """Whole numbers (N, T) -> (N, T, num_classes): 1 in the place of the number, else 0."""

    def __init__(self, num_classes):
        super().__init__()
        self.register_buffer("table", torch.eye(num_classes), persistent=False)

    def forward(self, x):
        return self.table[x]
'''
RECURRENCE = '''
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
'''
RENAMED = '''
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
'''
RNN_STEP = '''
def rnn_step(x, state, weight_ih, weight_hh, bias, activation=torch.tanh):
    """x (N, in) and the state (h (N, H),) -> the next state."""
    h = state[0]
    return (activation(x @ weight_ih.T + h @ weight_hh.T + bias),)
'''
DEEP_RNN_STEP = '''
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
'''
RELU_RNN_STEP = '''
def relu_rnn_step(x, state, **w):
    """As rnn_step, with ReLU."""
    return rnn_step(x, state, **w, activation=torch.relu)
'''
RELU_DEEP_RNN_STEP = '''
def relu_deep_rnn_step(x, state, **w):
    """As deep_rnn_step, with ReLU."""
    return deep_rnn_step(x, state, **w, activation=torch.relu)
'''
LSTM_STEP = '''
def lstm_step(x, state, weight_ih, weight_hh, bias):
    """x (N, in) and the state (h, c), both (N, H) -> the next state."""
    h, c = state
    i, f, g, o = (x @ weight_ih.T + h @ weight_hh.T + bias).chunk(4, dim=1)
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    return torch.sigmoid(o) * torch.tanh(c), c
'''
GRU_STEP = '''
def gru_step(x, state, weight_ih, weight_hh, bias, bias_hn):
    """x (N, in) and the state (h (N, H),) -> the next state."""
    h = state[0]
    x_r, x_z, x_n = (x @ weight_ih.T + bias).chunk(3, dim=1)
    h_r, h_z, h_n = (h @ weight_hh.T).chunk(3, dim=1)
    z = torch.sigmoid(x_z + h_z)
    n = torch.tanh(x_n + torch.sigmoid(x_r + h_r) * (h_n + bias_hn))
    return ((1 - z) * n + z * h,)
'''
STEP_BY_STEP = '''
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
'''

SEQUENCE_PARTS: dict[str, str] = {
    "OneHot": ONE_HOT,
    "Recurrence": RECURRENCE,
    "renamed": RENAMED,
    "rnn_step": RNN_STEP,
    "relu_rnn_step": RELU_RNN_STEP,
    "deep_rnn_step": DEEP_RNN_STEP,
    "relu_deep_rnn_step": RELU_DEEP_RNN_STEP,
    "lstm_step": LSTM_STEP,
    "gru_step": GRU_STEP,
    "StepByStep": STEP_BY_STEP,
}
