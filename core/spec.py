"""What to build, on which data, trained how: frozen, validated descriptions, JSON in and out.

A specification is data, never code, and has hard limits, so that one that comes from a stranger can
be checked before anything is allocated.
"""

from __future__ import annotations

import math
import types
import typing
from dataclasses import asdict, dataclass, fields
from typing import Any, TypeVar, Union

from core.data.features import FEATURES
from core.data.names import DATASETS
from core.functional.activations import ACTIVATIONS
from core.functional.losses import LOSSES
from core.initializers import INITIALIZERS
from core.optimizers import OPTIMIZERS

MAX_FEATURES = 4096  # inputs or outputs of one layer
MAX_LAYERS = 64
MAX_PARAMETERS = 50_000_000
MAX_SAMPLES = 100_000
MAX_WEIGHT = 1e6  # a start value or a value typed by a learner
DTYPES = ("float64", "float32")

T = TypeVar("T")


def require(condition: bool, where: str, value: object, wanted: str) -> None:
    """Raise ValueError naming the field, what it was, and what would be right."""
    if not condition:
        raise ValueError(f"{where} is {value!r}; it must be {wanted}")


def require_whole(where: str, value: object, low: int, high: int) -> None:
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    require(is_whole and low <= value <= high, where, value, f"a whole number from {low} to {high}")  # type: ignore[operator]


def require_number(where: str, value: object, low: float, high: float) -> None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    fits = is_number and math.isfinite(value) and low <= value <= high  # type: ignore[arg-type, operator]
    require(fits, where, value, f"a number from {low:g} to {high:g}")


def require_choice(where: str, value: object, choices: typing.Iterable[str]) -> None:
    choices = tuple(choices)
    known = isinstance(value, str) and value in choices
    require(known, where, value, f"one of {', '.join(choices)}")


@dataclass(frozen=True)
class LinearSpec:
    """A fully connected layer."""

    out_features: int
    bias: bool = True

    def __post_init__(self) -> None:
        require_whole("out_features", self.out_features, 1, MAX_FEATURES)
        require(isinstance(self.bias, bool), "bias", self.bias, "true or false")


@dataclass(frozen=True)
class ActivationSpec:
    """An activation, element by element."""

    name: str

    def __post_init__(self) -> None:
        require_choice("activation name", self.name, ACTIVATIONS)


LayerSpec = LinearSpec | ActivationSpec
LAYER_KINDS: dict[str, type[LayerSpec]] = {"linear": LinearSpec, "activation": ActivationSpec}


@dataclass(frozen=True)
class NetworkSpec:
    """A chain of layers. `bias_value` is the start value of every bias."""

    input_size: int
    layers: tuple[LayerSpec, ...]
    initializer: str = "xavier_uniform"
    bias_value: float = 0.0

    def __post_init__(self) -> None:
        require_whole("input_size", self.input_size, 1, MAX_FEATURES)
        kinds = tuple(LAYER_KINDS.values())
        fits = isinstance(self.layers, tuple) and all(isinstance(s, kinds) for s in self.layers)
        require(fits, "layers", self.layers, "a tuple of layer specifications")
        require(1 <= len(self.layers) <= MAX_LAYERS, "the number of layers", len(self.layers),
                f"from 1 to {MAX_LAYERS}")  # fmt: skip
        require_choice("initializer", self.initializer, INITIALIZERS)
        require_number("bias_value", self.bias_value, -MAX_WEIGHT, MAX_WEIGHT)
        require(self.num_parameters <= MAX_PARAMETERS, "the number of parameters",
                self.num_parameters, f"at most {MAX_PARAMETERS}")  # fmt: skip

    @property
    def sizes(self) -> tuple[int, ...]:
        """Features before the first layer and after each."""
        sizes = [self.input_size]
        for layer in self.layers:
            sizes.append(layer.out_features if isinstance(layer, LinearSpec) else sizes[-1])
        return tuple(sizes)

    @property
    def num_parameters(self) -> int:
        return sum(
            out_features * (in_features + layer.bias)
            for layer, in_features, out_features in zip(
                self.layers, self.sizes, self.sizes[1:], strict=False
            )
            if isinstance(layer, LinearSpec)
        )


@dataclass(frozen=True)
class DataSpec:
    """A data set from a seed. `noise` is a share, 0 to 0.5; `features` are what the net sees."""

    name: str = "circles"
    num_samples: int = 400
    noise: float = 0.0
    num_classes: int = 2
    test_fraction: float = 0.5
    features: tuple[str, ...] = ("x1", "x2")
    seed: int = 0

    def __post_init__(self) -> None:
        require_choice("data set", self.name, DATASETS)
        require_whole("num_samples", self.num_samples, 1, MAX_SAMPLES)
        require_number("noise", self.noise, 0, 0.5)
        low, high = DATASETS[self.name].classes
        require_whole(f"num_classes of {self.name}", self.num_classes, low, high)
        require_number("test_fraction", self.test_fraction, 0, 0.9)
        require(isinstance(self.features, tuple) and len(self.features) > 0, "features",
                self.features, "a tuple of at least one name")  # fmt: skip
        for name in self.features:
            require_choice("feature", name, FEATURES)
        require_whole("seed", self.seed, 0, 2**31 - 1)


@dataclass(frozen=True)
class TrainSpec:
    """How to train. The penalty l1 Σ|w| + (l2/2) Σ w² is over weights, not biases."""

    loss: str = "mse"
    optimizer: str = "sgd"
    learning_rate: float = 0.03
    batch_size: int = 10
    momentum: float = 0.9
    l1: float = 0.0
    l2: float = 0.0
    seed: int = 0
    dtype: str = "float64"

    def __post_init__(self) -> None:
        require_choice("loss", self.loss, LOSSES)
        require_choice("optimizer", self.optimizer, OPTIMIZERS)
        require_number("learning_rate", self.learning_rate, 0, 1000)
        require_whole("batch_size", self.batch_size, 1, MAX_SAMPLES)
        require_number("momentum", self.momentum, 0, 0.999)
        require_number("l1", self.l1, 0, 10)
        require_number("l2", self.l2, 0, 10)
        require_whole("seed", self.seed, 0, 2**31 - 1)
        require_choice("dtype", self.dtype, DTYPES)


def mlp(
    input_size: int,
    hidden: tuple[int, ...] = (),
    output_size: int = 1,
    activation: str = "tanh",
    output_activation: str = "identity",
    initializer: str = "xavier_uniform",
    bias_value: float = 0.0,
) -> NetworkSpec:
    """A multi-layer perceptron; `identity` adds no layer."""
    layers: list[LayerSpec] = []
    for size, name in [(h, activation) for h in hidden] + [(output_size, output_activation)]:
        layers.append(LinearSpec(size))
        if name != "identity":
            layers.append(ActivationSpec(name))
    return NetworkSpec(input_size, tuple(layers), initializer, bias_value)


def to_json(spec: Any) -> dict[str, Any]:
    """A specification as plain JSON data."""
    data = asdict(spec)
    if isinstance(spec, NetworkSpec):
        kind_of = {cls: kind for kind, cls in LAYER_KINDS.items()}
        data["layers"] = [{"kind": kind_of[type(layer)], **asdict(layer)} for layer in spec.layers]
    return {key: list(v) if isinstance(v, tuple) else v for key, v in data.items()}


def from_json(cls: type[T], data: object) -> T:
    """Read a specification from JSON data; raises ValueError naming what does not fit."""
    require(isinstance(data, dict), cls.__name__, data, "an object")
    values = dict(data)  # type: ignore[call-overload]
    known = {field.name: field for field in fields(cls)}  # type: ignore[arg-type]
    for key in values:
        require(key in known, f"a field of {cls.__name__}", key, f"one of {', '.join(known)}")
    if cls is NetworkSpec and isinstance(values.get("layers"), list):
        values["layers"] = tuple(_layer_from_json(item) for item in values["layers"])
    hints = typing.get_type_hints(cls)
    for key, value in values.items():
        values[key] = _coerce(hints[key], value)
    try:
        return cls(**values)
    except TypeError as error:  # a field without a default is missing
        raise ValueError(f"{cls.__name__}: {error}") from None


def _layer_from_json(data: object) -> LayerSpec:
    require(isinstance(data, dict), "a layer", data, "an object with a kind")
    values = dict(data)  # type: ignore[call-overload]
    kind = values.pop("kind", None)
    require_choice("the kind of a layer", kind, LAYER_KINDS)
    return from_json(LAYER_KINDS[kind], values)


def _coerce(hint: Any, value: Any) -> Any:
    """JSON has no tuples, and writes 1.0 as 1; nothing else is converted."""
    if typing.get_origin(hint) in (Union, types.UnionType):
        return value
    if typing.get_origin(hint) is tuple and isinstance(value, list):
        return tuple(value)
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    return value
