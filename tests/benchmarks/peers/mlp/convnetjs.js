// ConvNetJS: its layers and trainer. Its own losses have no tanh before them, so the net ends with
// a tanh layer and the gradient of the squared error is set by hand.

function make({ weights, biases, rate, batch, order, train, test, grid, picture }) {
  const { Vol, FullyConnLayer, TanhLayer, Trainer } = convnetjs;
  const layers = weights.flatMap((matrix, k) => {
    const [units, inputs] = [matrix.length, matrix[0].length];
    const dense = new FullyConnLayer({ num_neurons: units, in_sx: 1, in_sy: 1, in_depth: inputs });
    matrix.forEach((row, j) => dense.filters[j].w.set(row));
    dense.biases.w.set(biases[k]);
    return [dense, new TanhLayer({ in_sx: 1, in_sy: 1, in_depth: units })];
  });
  const last = layers.at(-1);
  const net = {
    forward: (x) => layers.reduce((volume, layer) => layer.forward(volume), x),
    backward(target) {
      const error = last.out_act.w[0] - target;
      last.out_act.dw[0] = 2 * error;
      for (let k = layers.length - 1; k >= 0; k--) layers[k].backward();
      return error * error;
    },
    getParamsAndGrads: () => layers.flatMap((layer) => layer.getParamsAndGrads()),
    getCostLoss: () => 0,
  };
  const volumes = (rows) => rows.map((row) => new Vol(row));
  const sets = [train, test].map(({ x, y }) => ({ x: volumes(x), y: y.flat() }));
  const points = volumes(grid);
  const trainer = new Trainer(net, { method: "sgd", learning_rate: rate, momentum: 0, batch_size: batch });
  const score = ({ x, y }) =>
    x.reduce((sum, volume, i) => sum + (net.forward(volume).w[0] - y[i]) ** 2, 0) / x.length;
  const neurons = layers.filter((_, k) => k % 2);
  const pictures = neurons.map((layer) => new Float64Array(layer.out_depth * points.length));
  const paint = () => points.forEach((point, i) => {
    net.forward(point);
    neurons.forEach(({ out_act: { w } }, k) => pictures[k].set(w, i * w.length));
  });
  return {
    work() {
      for (const i of order) trainer.train(sets[0].x[i], sets[0].y[i]);
      if (!picture) return;
      sets.forEach(score);
      paint();
    },
    loss: () => score(sets[0]),
  };
}
