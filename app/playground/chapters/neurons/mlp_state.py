"""What the learner chooses in the MLP playground, and the specifications that follow from it."""

from __future__ import annotations

from typing import Any

import param

from app.playground.state import ChapterState, Integers, Numbers, Words
from core.data.features import FEATURES
from core.data.names import DATASETS, of_family
from core.data.own import painted_samples, read_points
from core.data.samples import Samples
from core.functional.activations import ACTIVATIONS
from core.functional.losses import LOSSES
from core.initializers import INITIALIZERS
from core.optimizers import OPTIMIZERS
from core.seeds import generators
from core.spec import DataSpec, Hidden, NetworkSpec, TrainSpec, dense

MAX_DEPTH = 6
MAX_WIDTH = 16  # more would not fit the diagram
MAX_DROPOUT = 0.9
MAX_PINS = 8
MAX_CLASSES = 5
MAX_PAINTED = 600  # points, of five characters each; longer addresses are cut by others
OWN = {"painted": "Painted by hand", "table": "A table of your own (CSV)"}
PAINTED = "VVgAAqqgAB"  # a point of each of two classes, to begin with


class PlaygroundState(ChapterState):
    data = param.Selector(default="circles", objects=[*of_family("plane"), *OWN],
                          label="Data set")  # fmt: skip
    points = param.String(default=PAINTED, label="Painted points", doc="it must be up to "
                          f"{MAX_PAINTED} painted points, of five letters or digits each",
                          regex=rf"([A-Za-z0-9_-]{{4}}[A-E]){{1,{MAX_PAINTED}}}")  # fmt: skip
    classes = param.Integer(default=2, bounds=(2, MAX_CLASSES), label="Classes",
                            doc="How many groups of points there are")  # fmt: skip
    samples = param.Integer(default=400, bounds=(10, 2000), step=10, label="Samples")
    noise = param.Number(default=0.05, bounds=(0, 0.5), step=0.01, label="Noise",
                         doc="How far points stray from their place")  # fmt: skip
    test = param.Number(default=0.5, bounds=(0, 0.9), step=0.05, label="Test share",
                        doc="The share of samples that is kept from training")  # fmt: skip
    features = param.ListSelector(default=["x1", "x2"], objects=list(FEATURES), label="Features",
                                  doc="What the network is given of each point")  # fmt: skip
    hidden = Integers([4, 2], count=(0, MAX_DEPTH), limits=(1, MAX_WIDTH), label="Hidden layers")
    activation = param.Selector(default="tanh", objects=list(ACTIVATIONS), label="Activation",
                                doc="Of all hidden neurons")  # fmt: skip
    dropout = param.Number(default=0.0, bounds=(0, MAX_DROPOUT), step=0.05, label="Dropout",
                           doc="The chance with which each hidden neuron is left out of a step of "
                           "training; 0: none is")  # fmt: skip
    activations = Words([], count=(0, MAX_DEPTH), pattern="|".join(ACTIVATIONS), repeats=True,
                        hint=f"up to {MAX_DEPTH} of {', '.join(ACTIVATIONS)}, joined by ~",
                        label="Activations")  # fmt: skip
    dropouts = Numbers([], count=(0, MAX_DEPTH), limits=(0, MAX_DROPOUT), label="Dropouts")
    off = Words([], count=(0, MAX_DEPTH * MAX_WIDTH), pattern=r"[1-6]\.([1-9]|1[0-6])",
                hint="layers and neurons such as 1.3, joined by ~, each once",
                label="Neurons off")  # fmt: skip
    start = param.Selector(default="xavier_uniform", objects=list(INITIALIZERS),
                           label="Start values", doc="How the weights are drawn")  # fmt: skip
    loss = param.Selector(default="mse", objects=list(LOSSES), label="Loss")
    optimizer = param.Selector(default="sgd", objects=list(OPTIMIZERS), label="Optimizer")
    rate = param.Number(default=0.03, bounds=(1e-5, 100), step=0.01, label="Learning rate")
    batch = param.Integer(default=10, bounds=(1, 200), label="Batch size")
    l1 = param.Number(default=0.0, bounds=(0, 1), step=0.001, label="L1",
                      doc="Penalty on the sizes of weights; drives some to zero")  # fmt: skip
    l2 = param.Number(default=0.0, bounds=(0, 1), step=0.001, label="L2",
                      doc="Penalty on the squares of weights; keeps all small")  # fmt: skip
    stop = param.Number(default=0.0, bounds=(0, 10), step=0.01, label="Stop at loss",
                        doc="Pause once the training loss is this or less; 0: never")  # fmt: skip
    epochs = param.Integer(default=0, bounds=(0, 100_000), step=10, label="Stop at epoch",
                           doc="Pause after so many epochs; 0: never")  # fmt: skip
    discrete = param.Boolean(default=False, label="Show sides only",
                             doc="Paint which side of zero the answer is on")  # fmt: skip
    pins = Words([], count=(0, MAX_PINS), pattern=r"[0-7]\.([1-9]|1[0-6])",
                 hint="columns and neurons such as 1.3, joined by ~, each once",
                 label="Pinned neurons")  # fmt: skip
    seed = param.Integer(default=0, bounds=(0, 999_999), label="Seed",
                         doc="The same seed gives the same points and the same start")  # fmt: skip

    ADDRESS = {name: name for name in (  # noqa: RUF012
        "data", "points", "classes", "samples", "noise", "test", "features", "hidden", "activation",
        "dropout", "activations", "dropouts", "off", "start", "loss", "optimizer", "rate", "batch",
        "l1", "l2", "stop", "epochs", "discrete", "pins", "seed",
    )}  # fmt: skip

    # A table is no part of the address; who reads it says how many classes it has, 1 for a number
    table_classes = 2

    @property
    def num_classes(self) -> int:
        """As chosen, within what the data set allows; 1 for regression."""
        if self.data == "table":
            return self.table_classes
        if self.data == "painted":
            return max(int(read_points(self.points)[1].max()) + 1, 2)
        low, high = DATASETS[self.data].classes
        return int(min(max(self.classes, low), high))

    @property
    def input_size(self) -> int:
        return 2 if self.data in OWN else DATASETS[self.data].input_size

    @property
    def used_features(self) -> tuple[str, ...]:
        """The features that the data set has; a curve over one input knows only x1."""
        if self.input_size == 2:
            return tuple(self.features)
        return tuple(name for name in self.features if "x2" not in name) or ("x1",)

    @property
    def used_loss(self) -> str:
        """As chosen, if it fits the data: cross-entropies need classes, the binary one two."""
        if self.num_classes == 1:
            return "mse"
        if self.num_classes > 2 and self.loss == "binary_cross_entropy":
            return "cross_entropy"
        return str(self.loss)

    @property
    def num_outputs(self) -> int:
        one = self.num_classes <= 2 and self.used_loss != "cross_entropy"
        return 1 if one else self.num_classes

    @property
    def is_own(self) -> bool:
        """Whether each hidden layer has an activation and a dropout of its own."""
        return bool(self.activations or self.dropouts) and bool(self.hidden)

    def own(self, depth: int) -> dict[str, list[Any]]:
        """The activations and dropouts of `depth` hidden layers; layers that are new have what all
        have."""
        activations = [*self.activations, *[self.activation] * depth]
        dropouts = [*self.dropouts, *[float(self.dropout)] * depth]
        return {"activations": activations[:depth], "dropouts": dropouts[:depth]}

    def off_in(self, layer: int) -> tuple[int, ...]:
        """The neurons of a hidden layer that are off, from 0."""
        pairs = [tuple(int(part) - 1 for part in word.split(".")) for word in self.off]
        return tuple(sorted(unit for k, unit in pairs if k == layer and unit < self.hidden[k]))

    def network_spec(self) -> NetworkSpec:
        """With mean squared error the output goes through tanh for classes, as targets are ±1."""
        squash = self.used_loss == "mse" and self.num_classes > 1
        own = self.own(len(self.hidden))
        each = zip(self.hidden, own["activations"], own["dropouts"], strict=True)
        hidden = tuple(Hidden(*layer, self.off_in(k)) for k, layer in enumerate(each))
        return dense(len(self.used_features), hidden, self.num_outputs,
                     "tanh" if squash else "identity", self.start)  # fmt: skip

    def painted_samples(self) -> Samples:
        points, labels = read_points(self.points)
        rng = generators(self.seed, 1)[0]
        return painted_samples(points, labels, self.used_features, float(self.test), rng)

    def data_spec(self) -> DataSpec:
        """Of a data set that has a name."""
        return DataSpec(self.data, self.samples, float(self.noise), self.num_classes,
                        float(self.test), self.used_features, self.seed)  # fmt: skip

    def train_spec(self) -> TrainSpec:
        return TrainSpec(self.used_loss, self.optimizer, float(self.rate), self.batch,
                         l1=float(self.l1), l2=float(self.l2), seed=self.seed)  # fmt: skip
