"""What the learner chooses in the MLP playground, and the specifications that follow from it."""

from __future__ import annotations

import param

from app.playground.state import ChapterState, Integers
from core.data.features import FEATURES
from core.data.names import DATASETS, of_family
from core.functional.activations import ACTIVATIONS
from core.functional.losses import LOSSES
from core.initializers import INITIALIZERS
from core.optimizers import OPTIMIZERS
from core.spec import DataSpec, NetworkSpec, TrainSpec, mlp

MAX_DEPTH = 6
MAX_WIDTH = 16  # more would not fit the diagram


class PlaygroundState(ChapterState):
    data = param.Selector(default="circles", objects=of_family("plane"), label="Data set")
    classes = param.Integer(default=2, bounds=(2, 5), label="Classes",
                            doc="How many groups of points there are")  # fmt: skip
    samples = param.Integer(default=400, bounds=(10, 2000), step=10, label="Samples")
    noise = param.Number(default=0.05, bounds=(0, 0.5), step=0.01, label="Noise",
                         doc="How far points stray from their place")  # fmt: skip
    test = param.Number(default=0.5, bounds=(0, 0.9), step=0.05, label="Test share",
                        doc="The share of samples that is kept from training")  # fmt: skip
    features = param.ListSelector(default=["x1", "x2"], objects=list(FEATURES), label="Features",
                                  doc="What the network is given of each point")  # fmt: skip
    hidden = Integers([4, 2], count=(0, MAX_DEPTH), limits=(1, MAX_WIDTH), label="Hidden layers")
    activation = param.Selector(default="tanh", objects=list(ACTIVATIONS), label="Activation")
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
    discrete = param.Boolean(default=False, label="Show sides only",
                             doc="Paint which side of zero the answer is on")  # fmt: skip
    seed = param.Integer(default=0, bounds=(0, 999_999), label="Seed",
                         doc="The same seed gives the same points and the same start")  # fmt: skip

    ADDRESS = {name: name for name in (  # noqa: RUF012
        "data", "classes", "samples", "noise", "test", "features", "hidden", "activation",
        "start", "loss", "optimizer", "rate", "batch", "l1", "l2", "stop", "discrete", "seed",
    )}  # fmt: skip

    @property
    def num_classes(self) -> int:
        """As chosen, within what the data set allows; 1 for regression."""
        low, high = DATASETS[self.data].classes
        return int(min(max(self.classes, low), high))

    @property
    def input_size(self) -> int:
        return DATASETS[self.data].input_size

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

    def network_spec(self) -> NetworkSpec:
        """With mean squared error the output goes through tanh for classes, as targets are ±1."""
        squash = self.used_loss == "mse" and self.num_classes > 1
        return mlp(len(self.used_features), tuple(self.hidden), self.num_outputs, self.activation,
                   "tanh" if squash else "identity", self.start)  # fmt: skip

    def data_spec(self) -> DataSpec:
        return DataSpec(self.data, self.samples, float(self.noise), self.num_classes,
                        float(self.test), self.used_features, self.seed)  # fmt: skip

    def train_spec(self) -> TrainSpec:
        return TrainSpec(self.used_loss, self.optimizer, float(self.rate), self.batch,
                         l1=float(self.l1), l2=float(self.l2), seed=self.seed)  # fmt: skip
