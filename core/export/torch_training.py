"""The training loop of a PyTorch program."""

from __future__ import annotations

from core.spec import NetworkSpec, TrainSpec

OPTIMIZERS = {
    "sgd": "torch.optim.SGD(model.parameters(), lr={rate})",
    "momentum": "torch.optim.SGD(model.parameters(), lr={rate}, momentum={momentum})",
    "rmsprop": "torch.optim.RMSprop(model.parameters(), lr={rate})",
    "adam": "torch.optim.Adam(model.parameters(), lr={rate})",
}
LOSSES = {
    "mse": "nn.MSELoss()",
    "binary_cross_entropy": "nn.BCEWithLogitsLoss()",
    "cross_entropy": "nn.CrossEntropyLoss()",
}
LOOP = '''

def train(model, inputs, targets, num_epochs):
    """Train on inputs (samples, ...) and targets; returns the loss of every step."""
    loss_function = {loss}
    optimizer = {optimizer}
{weights}    losses = []
    model.train()
    for _ in range(num_epochs):
        for batch in torch.randperm(len(inputs)).split({batch_size}):
            optimizer.zero_grad()
            loss = loss_function({compared})
            losses.append(loss.item())
{penalty}            loss.backward()
{clip}            optimizer.step()
    model.eval()
    return losses
'''
WEIGHTS = """    weights = [p for name, p in model.named_parameters() if ".weight" in name]
"""


def training_loop(spec: NetworkSpec, train: TrainSpec) -> str:
    """The source of a function that trains as `train` says, in another random order, on samples
    whose steps all exist and count. Raises ValueError for states carried from batch to batch."""
    if train.carry_state:
        raise ValueError(
            "carry_state is true; an exported program starts every batch from zeros, so export it "
            "with carry_state=False"
        )
    optimizer = OPTIMIZERS[train.optimizer]
    penalty = _penalty(train)
    return LOOP.format(
        loss=LOSSES[train.loss],
        optimizer=optimizer.format(rate=train.learning_rate, momentum=train.momentum),
        weights=WEIGHTS if penalty else "",
        batch_size=train.batch_size,
        compared=_compared(spec, train),
        penalty=penalty,
        clip=_clip(train),
    )


def _penalty(train: TrainSpec) -> str:
    """The lines that add to the loss, before its gradient is taken."""
    terms = []
    if train.l1:
        terms.append(f"{train.l1} * sum(w.abs().sum() for w in weights)")
    if train.l2:
        terms.append(f"{train.l2 / 2} * sum((w * w).sum() for w in weights)")
    return "".join(f"            loss = loss + {term}\n" for term in terms)


def _clip(train: TrainSpec) -> str:
    """The lines that bound the gradient."""
    lines = []
    if train.clip_value is not None:
        lines.append(f"nn.utils.clip_grad_value_(model.parameters(), {train.clip_value})")
    if train.clip_norm is not None:
        lines.append(f"nn.utils.clip_grad_norm_(model.parameters(), {train.clip_norm})")
    return "".join(f"            {line}\n" for line in lines)


def _compared(spec: NetworkSpec, train: TrainSpec) -> str:
    """Outputs and targets; of a sequence, the steps of all samples after each other."""
    if train.loss == "cross_entropy" and len(spec.output_shape) > 1:
        return "model(inputs[batch]).flatten(0, -2), targets[batch].flatten()"
    return "model(inputs[batch]), targets[batch]"
