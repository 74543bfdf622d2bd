"""Exported programs give the network's own outputs: NumPy's run here, PyTorch's by what it gave.

tests/golden/make_export.py ran the PyTorch programs and stored both them and their outputs. So the
export is right if it still writes these very programs, and the network has these very outputs;
where PyTorch is installed, the programs are run once more.
"""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from core import weights
from core.architectures import ARCHITECTURES
from core.export import MAX_INLINE, to_numpy, to_pytorch
from core.network import Network
from core.spec import (
    ActivationSpec,
    BranchesSpec,
    FlattenSpec,
    LinearSpec,
    NetworkSpec,
    ShapeError,
    TrainSpec,
    mlp,
)
from core.training import Trainer
from tests.golden.export_cases import (
    CASES,
    NUM_STEPS,
    TRAINED,
    input_of,
    tensors_of,
    training_data,
)
from tests.golden.export_torch import losses_of, output_of

FOLDER = Path(__file__).parents[1] / "golden"
GOLDEN = np.load(FOLDER / "export.npz")
HAS_TORCH = importlib.util.find_spec("torch") is not None


def network(spec, dtype="float64"):
    network = Network(spec, dtype)
    network.load_state_dict(tensors_of(spec))
    return network


def program(source, name="exported"):
    """The names that a program defines."""
    names = {"__name__": name}
    exec(compile(source, "exported", "exec"), names)
    return names


def stored(name):
    return (FOLDER / "export" / f"{name}.py").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", CASES)
def test_numpy_programs_give_the_networks_outputs(name, tmp_path):
    spec, x = CASES[name], input_of(CASES[name])
    output = network(spec).forward(x)
    names = program(to_numpy(spec))
    path = tmp_path / "weights.safetensors"
    path.write_bytes(weights.save(tensors_of(spec)))
    w = names["grouped"](names["load"](str(path)))
    np.testing.assert_allclose(names["forward"](x, w), output, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("name", CASES)
def test_pytorch_programs_are_those_that_gave_the_networks_outputs(name):
    spec, x = CASES[name], input_of(CASES[name])
    source = to_pytorch(spec, title=name)
    assert source == stored(name)
    np.testing.assert_allclose(network(spec).forward(x), GOLDEN[name], rtol=1e-10, atol=1e-12)
    if HAS_TORCH:
        np.testing.assert_allclose(output_of(source, spec, x), GOLDEN[name], 1e-10, 1e-12)


def losses_here(spec, train):
    """The loss before each step of a trainer that starts from the same weights."""
    trainer = Trainer(spec, training_data(spec, train), train)
    trainer.network.load_state_dict(tensors_of(spec))
    losses = []
    for _ in range(NUM_STEPS):
        losses.append(trainer.snapshot().train.loss)
        trainer.step()
    return losses


@pytest.mark.parametrize("name", TRAINED)
def test_pytorch_programs_train_as_we_do(name):
    spec, train = TRAINED[name]
    source = to_pytorch(spec, train, title=name)
    assert source == stored(name)
    # PyTorch clips by a norm that is larger by a millionth than it says.
    rtol = 1e-10 if train.clip_norm is None else 1e-5
    np.testing.assert_allclose(losses_here(spec, train), GOLDEN[name], rtol)
    if HAS_TORCH:
        np.testing.assert_allclose(losses_of(source, spec, train), GOLDEN[name], rtol)


def test_states_that_are_carried_are_refused():
    with pytest.raises(ValueError, match="carry_state"):
        to_pytorch(mlp(2), TrainSpec(carry_state=True))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_small_networks_carry_their_numbers_with_them(dtype, capsys):
    spec = mlp(2, (4, 3), 1, "gelu", "sigmoid")
    net = network(spec, dtype)
    source = to_numpy(spec, net.state_dict())
    x = input_of(spec, 5)
    names = program(source)
    np.testing.assert_allclose(
        names["forward"](x, names["grouped"](names["TENSORS"])), net.forward(x), rtol=1e-5
    )
    for name, array in net.state_dict().items():
        assert names["TENSORS"][name].dtype == dtype
        np.testing.assert_array_equal(names["TENSORS"][name], array)
    program(source, "__main__")
    example = np.random.default_rng(0).normal(size=(1, 2))
    assert float(capsys.readouterr().out.strip(" []\n")) == pytest.approx(
        float(net.forward(example)[0, 0]), abs=1e-6
    )


def test_programs_read_both_kinds_of_files(tmp_path, monkeypatch, capsys):
    spec = mlp(2, (3,), 2)
    tensors = {name: array.astype("float32") for name, array in tensors_of(spec).items()}
    (tmp_path / "w.safetensors").write_bytes(weights.save(tensors, {"made": "here"}))
    np.savez(tmp_path / "w.npz", **tensors)
    printed = []
    for name in ("w.safetensors", "w.npz"):
        monkeypatch.setattr("sys.argv", ["program.py", str(tmp_path / name)])
        program(to_numpy(spec), "__main__")
        printed.append(capsys.readouterr().out)
    assert printed[0] == printed[1] != ""


def test_steps_of_sequences_keep_their_place():
    inner = BranchesSpec(((LinearSpec(2),), (ActivationSpec("tanh"),)), "concatenate")
    spec = NetworkSpec((-1, 3), (LinearSpec(4), inner, LinearSpec(2)))
    x = input_of(NetworkSpec((6, 3), (LinearSpec(1),)))
    names = program(to_numpy(spec))
    output = names["forward"](x, names["grouped"](tensors_of(spec)))
    np.testing.assert_allclose(output, network(spec).forward(x), rtol=1e-12)
    assert "(N, T, 6)" in to_numpy(spec)
    assert "dim=2," in to_pytorch(spec)


def test_lines_are_short_and_parts_are_those_that_are_needed():
    for spec in (*CASES.values(), *(each.build() for each in ARCHITECTURES.values())):
        for source in (to_numpy(spec), to_pytorch(spec)):
            compile(source, "exported", "exec")
            assert max(map(len, source.splitlines())) <= 100
    assert "conv2d" not in to_numpy(mlp(2))
    assert "class" not in to_pytorch(mlp(2)).split("class Model")[0]


def test_too_many_numbers_are_kept_out_of_a_program():
    spec = mlp(100, (10,))
    with pytest.raises(ValueError, match=f"1021 numbers; at most {MAX_INLINE}"):
        to_numpy(spec, tensors_of(spec))


def test_numbers_that_are_not_finite_are_kept_out_of_a_program():
    spec = mlp(2)
    with pytest.raises(ValueError, match="not finite"):
        to_numpy(spec, tensors_of(spec) | {"layers.0.bias": np.array([np.nan])})


@pytest.mark.parametrize("title", ['"""\nimport os', 'a"b', "a\\", "a\nb", "", "a" * 61])
def test_a_title_cannot_become_code(title):
    for export in (to_numpy, to_pytorch):
        with pytest.raises(ValueError, match="one line"):
            export(mlp(2), title=title)


def test_layers_that_do_not_fit_are_named():
    with pytest.raises(ShapeError, match=r"layer 1 \(flatten\)"):
        to_numpy(NetworkSpec((-1, 3), (LinearSpec(4), FlattenSpec())))
