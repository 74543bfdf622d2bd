"""Exported programs run by PyTorch itself; nothing here is needed where it is not installed."""

import tempfile
from pathlib import Path

from core import weights
from core.targets import encode_targets
from tests.golden.export_cases import NUM_STEPS, tensors_of, training_data


def loaded(source, spec):
    """The program's names, and its model with our weights, read from a file."""
    names = {"__name__": "exported"}
    exec(compile(source, "exported", "exec"), names)
    if not spec.num_parameters:
        return names, names["Model"]().eval()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "weights.safetensors"
        path.write_bytes(weights.save(tensors_of(spec)))
        return names, names["load_weights"](names["Model"](), str(path))


def output_of(source, spec, x):
    import torch

    _, model = loaded(source, spec)
    with torch.no_grad():
        return model(torch.from_numpy(x)).numpy()


def losses_of(source, spec, train):
    """The losses of full batches, whose order does not matter."""
    import torch

    names, model = loaded(source, spec)
    samples = training_data(spec, train)
    targets = encode_targets(samples, train, spec.output_shape[-1])
    inputs, targets = torch.from_numpy(samples.inputs), torch.from_numpy(targets)
    return names["train"](model, inputs, targets, NUM_STEPS)
