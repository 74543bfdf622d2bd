"""The functions on sequences that NumPy programs are made of, as source."""

from __future__ import annotations

EMBEDDING = '''
def embedding(x, weight):
    """x (N, T), whole numbers -> the rows of the table that they name, (N, T, features)."""
    return weight[x]
'''
ONE_HOT = '''
def one_hot(x, num_classes):
    """x (N, T), whole numbers -> (N, T, num_classes): 1 in the place of the number, else 0."""
    return np.eye(num_classes)[x]
'''
RNN_STEP = '''
def rnn_step(x, state, weight_ih, weight_hh, bias, activation=np.tanh):
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
    weight_shortcut=0,
    activation=np.tanh,
):
    """x (N, in) and the state (h (N, H),) -> the next state, through further layers; with
    weight_shortcut the old state also goes straight to the last of them."""
    h = state[0]
    shortcut = h @ np.transpose(weight_shortcut) if np.ndim(weight_shortcut) else 0
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
    return rnn_step(x, state, **w, activation=relu)
'''
RELU_DEEP_RNN_STEP = '''
def relu_deep_rnn_step(x, state, **w):
    """As deep_rnn_step, with ReLU."""
    return deep_rnn_step(x, state, **w, activation=relu)
'''
LSTM_STEP = '''
def lstm_step(x, state, weight_ih, weight_hh, bias):
    """x (N, in) and the state (h, c), both (N, H) -> the next state.

    The weights hold the rows of the input gate, forget gate, candidate and output gate.
    """
    h, c = state
    i, f, g, o = np.split(x @ weight_ih.T + h @ weight_hh.T + bias, 4, axis=1)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c
'''
GRU_STEP = '''
def gru_step(x, state, weight_ih, weight_hh, bias, bias_hn):
    """x (N, in) and the state (h (N, H),) -> the next state.

    The weights hold the rows of the reset gate, update gate and candidate; the reset gate acts on
    what comes from the old state to the candidate, its bias bias_hn included.
    """
    h = state[0]
    x_r, x_z, x_n = np.split(x @ weight_ih.T + bias, 3, axis=1)
    h_r, h_z, h_n = np.split(h @ weight_hh.T, 3, axis=1)
    z = sigmoid(x_z + h_z)
    n = np.tanh(x_n + sigmoid(x_r + h_r) * (h_n + bias_hn))
    return ((1 - z) * n + z * h,)
'''
STATES = '''
def states(x, step, w, times):
    """x (N, T, in) -> the state h (N, H) after each of the steps in `times`, from zeros on."""
    zeros = np.zeros((len(x), w["weight_hh"].shape[1]), x.dtype)
    state, outputs = (zeros, zeros), []
    for t in times:
        state = step(x[:, t], state, **w)
        outputs.append(state[0])
    return outputs
'''
FORWARD_PASS = '''
def forward_pass(x, step, w):
    """x (N, T, in) -> the states (N, T, H)."""
    return np.stack(states(x, step, w, range(x.shape[1])), axis=1)
'''
BACKWARD_PASS = '''
def backward_pass(x, step, w):
    """x (N, T, in) -> the states (N, T, H) of a pass from the last step to the first."""
    outputs = states(x, step, w, reversed(range(x.shape[1])))
    return np.stack(outputs[::-1], axis=1)
'''
WINDOWED_PASS = '''
def windowed_pass(x, step, w, look_ahead):
    """x (N, T, in) -> the states (N, T, H), each of a pass of its own from look_ahead steps ahead
    (or the last step) back to its step."""
    length = x.shape[1]
    ends = [min(t + look_ahead, length - 1) for t in range(length)]
    outputs = [states(x, step, w, range(end, t - 1, -1))[-1] for t, end in enumerate(ends)]
    return np.stack(outputs, axis=1)
'''
ONE_WAY = '''
def one_way(w, reverse):
    """The tensors of one of two passes: those of the second have names that end in _reverse."""
    second = {name for name in w if name.endswith("_reverse")}
    chosen = second if reverse else w.keys() - second
    return {name.removesuffix("_reverse"): w[name] for name in chosen}
'''

SEQUENCE_PARTS: dict[str, str] = {
    "embedding": EMBEDDING,
    "one_hot": ONE_HOT,
    "rnn_step": RNN_STEP,
    "relu_rnn_step": RELU_RNN_STEP,
    "deep_rnn_step": DEEP_RNN_STEP,
    "relu_deep_rnn_step": RELU_DEEP_RNN_STEP,
    "lstm_step": LSTM_STEP,
    "gru_step": GRU_STEP,
    "states": STATES,
    "forward_pass": FORWARD_PASS,
    "backward_pass": BACKWARD_PASS,
    "windowed_pass": WINDOWED_PASS,
    "one_way": ONE_WAY,
}
