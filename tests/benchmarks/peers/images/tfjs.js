// TensorFlow.js. Its wasm back end has no gradient of conv2d by the filter, but has that of conv3d:
// there it trains with pictures of depth 1. Without gradients, operations are fused.

async function make({ weights, biases, rate, images, labels, training }) {
  await started;
  const kernels = weights.map((each, k) => tf.variable(tf.tidy(() => arranged(tf.tensor(each), k))));
  const shifts = biases.map((each) => tf.variable(tf.tensor1d(each)));
  const pictures = tf.tensor(images).reshape([-1, 28, 28, 1]);
  const classes = tf.oneHot(tf.tensor1d(labels.of, "int32"), labels.classes).toFloat();
  const convolve = training && self.name === "wasm" ? convolveInSpace : convolveAndActivate;
  const dense = (a, k, activation) =>
    tf.fused.matMul({ a, b: kernels[k], bias: shifts[k], activation });
  const forward = () => {
    let x = convolve(pictures, kernels[0], shifts[0], "same");
    x = convolve(x, kernels[1], shifts[1], "valid").reshape([-1, 400]);
    return dense(dense(dense(x, 2, "relu"), 3, "relu"), 4, "linear");
  };
  const loss = () => tf.neg(tf.mean(tf.sum(tf.mul(tf.logSoftmax(forward()), classes), 1)));
  const optimizer = tf.train.sgd(rate);
  return {
    work() {
      if (training) optimizer.minimize(loss, false, [...kernels, ...shifts]);
      else tf.tidy(() => forward().dataSync());
    },
    finish: () => training && kernels[0].dataSync(),
    loss: () => tf.tidy(() => loss().dataSync()[0]),
    dispose: () => tf.disposeVariables(),
  };
}

/** Kernels as (y, x, in, out), matrices as (in, out), and features in the order (y, x, channel). */
function arranged(tensor, k) {
  if (tensor.rank === 4) return tensor.transpose([2, 3, 1, 0]);
  if (k === 2) return tensor.reshape([-1, 16, 5, 5]).transpose([2, 3, 1, 0]).reshape([400, -1]);
  return tensor.transpose();
}

function convolveAndActivate(x, filter, bias, pad) {
  const y = tf.fused.conv2d({ x, filter, strides: 1, pad, bias, activation: "relu" });
  return tf.maxPool(y, 2, 2, "valid");
}

/** The same by conv3d; ReLU comes after the pool, where it has a quarter of the work. */
function convolveInSpace(x, filter, bias, pad) {
  const y = tf.conv3d(x.expandDims(1), filter.expandDims(0), 1, pad).squeeze([1]);
  return tf.relu(tf.maxPool(tf.add(y, bias), 2, 2, "valid"));
}
