// TensorFlow.js: matrix products, and its own gradients and optimizer.

async function make({ weights, biases, rate, batch, order, train, test, grid, picture }) {
  await started;
  const transposed = (matrix) => matrix[0].map((_, i) => matrix.map((row) => row[i]));
  const kernels = weights.map((matrix) => tf.variable(tf.tensor2d(transposed(matrix))));
  const shifts = biases.map((vector) => tf.variable(tf.tensor1d(vector)));
  const tensor = (rows) => tf.tensor2d(rows);
  const batches = [];
  for (let start = 0; start < order.length; start += batch) {
    const rows = order.slice(start, start + batch);
    batches.push({ x: tensor(rows.map((i) => train.x[i])), y: tensor(rows.map((i) => train.y[i])) });
  }
  const sets = [train, test].map(({ x, y }) => ({ x: tensor(x), y: tensor(y) }));
  const points = picture ? tensor(grid) : null;
  const activations = (x) => kernels.reduce((layers, kernel, k) =>
    [...layers, tf.tanh(tf.add(tf.matMul(layers.at(-1), kernel), shifts[k]))], [x]);
  const loss = ({ x, y }) => tf.mean(tf.squaredDifference(activations(x).at(-1), y));
  const optimizer = tf.train.sgd(rate);
  const score = (set) => tf.tidy(() => loss(set).dataSync()[0]);
  return {
    work() {
      for (const each of batches) optimizer.minimize(() => loss(each), false, [...kernels, ...shifts]);
      if (!picture) return;
      sets.forEach(score);
      tf.tidy(() => activations(points).slice(1).forEach((layer) => layer.dataSync()));
    },
    finish: () => kernels[0].dataSync(),
    loss: () => score(sets[0]),
    dispose: () => tf.disposeVariables(),
  };
}
