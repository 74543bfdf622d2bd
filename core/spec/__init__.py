"""What to build, on which data, trained how: frozen, validated descriptions, JSON in and out.

A specification is data, never code, and has hard limits, so that one that comes from a stranger can
be checked before anything is allocated.
"""

from core.spec.checks import MAX_WEIGHT, require_number
from core.spec.data import MAX_SAMPLES, DataSpec
from core.spec.dense import Hidden, dense
from core.spec.images import (
    BatchNorm2dSpec,
    Conv2dSpec,
    DropoutSpec,
    LocalResponseNormSpec,
    PoolSpec,
    Window,
)
from core.spec.json import LAYER_KINDS, from_json, layer_from_json, to_json
from core.spec.layers import (
    ANY,
    ActivationSpec,
    BranchesSpec,
    FlattenSpec,
    LayerSpec,
    LinearSpec,
    Shape,
    ShapeError,
    SwitchSpec,
    chain_shapes,
    written,
)
from core.spec.network import FIRST, NetworkSpec, is_weight, mlp
from core.spec.sequences import EmbeddingSpec, OneHotSpec, RecurrentSpec
from core.spec.training import TrainSpec, require_tunable

__all__ = [
    "ANY",
    "FIRST",
    "LAYER_KINDS",
    "MAX_SAMPLES",
    "MAX_WEIGHT",
    "ActivationSpec",
    "BatchNorm2dSpec",
    "BranchesSpec",
    "Conv2dSpec",
    "DataSpec",
    "DropoutSpec",
    "EmbeddingSpec",
    "FlattenSpec",
    "Hidden",
    "LayerSpec",
    "LinearSpec",
    "LocalResponseNormSpec",
    "NetworkSpec",
    "OneHotSpec",
    "PoolSpec",
    "RecurrentSpec",
    "Shape",
    "ShapeError",
    "SwitchSpec",
    "TrainSpec",
    "Window",
    "chain_shapes",
    "dense",
    "from_json",
    "is_weight",
    "layer_from_json",
    "mlp",
    "require_number",
    "require_tunable",
    "to_json",
    "written",
]
