// brain.js: NeuralNetwork. It knows no mini-batches: it updates after every sample, and minimises
// half the squared error; the loss to be expected of it is computed accordingly.

function make({ weights, biases, rate, order, train, test, grid, picture }) {
  const sizes = [weights[0][0].length, ...weights.map((matrix) => matrix.length)];
  const net = new brain.NeuralNetwork({
    inputSize: sizes[0], hiddenLayers: sizes.slice(1, -1), outputSize: sizes.at(-1), activation: "tanh",
  });
  Object.assign(net.trainOpts, { learningRate: rate, momentum: 0 }); // its check refuses no momentum
  net.initialize();
  weights.forEach((matrix, k) => {
    matrix.forEach((row, j) => row.forEach((value, i) => { net.weights[k + 1][j][i] = value; }));
    biases[k].forEach((value, j) => { net.biases[k + 1][j] = value; });
  });
  const sets = [train, test].map(({ x, y }) => ({
    x: x.map((row) => Float32Array.from(row)), y: y.map((row) => Float32Array.from(row)),
  }));
  const samples = order.map((i) => ({ input: sets[0].x[i], output: sets[0].y[i] }));
  const points = grid.map((row) => Float32Array.from(row));
  const score = ({ x, y }) =>
    x.reduce((sum, row, i) => sum + (net.runInput(row)[0] - y[i][0]) ** 2, 0) / x.length;
  const pictures = sizes.slice(1).map((size) => new Float32Array(size * points.length));
  const paint = () => points.forEach((point, i) => {
    net.runInput(point);
    pictures.forEach((out, k) => out.set(net.outputs[k + 1], i * sizes[k + 1]));
  });
  return {
    work() {
      for (const sample of samples) net.trainPattern(sample, false);
      if (!picture) return;
      sets.forEach(score);
      paint();
    },
    loss: () => score(sets[0]),
  };
}
