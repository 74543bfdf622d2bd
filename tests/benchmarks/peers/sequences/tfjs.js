// TensorFlow.js: an LSTM written in its operations, as its own layers do it. Input and last state are
// joined, so that a step has one product; of the forms that were tried, this is the fastest.

async function make({ weight_ih, weight_hh, bias, out_weight, out_bias, rate, inputs, targets, symbols }) {
  await started;
  const columns = (rows) => tf.variable(tf.tidy(() => tf.tensor2d(rows).transpose()));
  const joined = columns(weight_ih.map((row, k) => [...row, ...weight_hh[k]]));
  const toOutput = columns(out_weight);
  const [gateShift, outputShift] = [bias, out_bias].map((vector) => tf.variable(tf.tensor1d(vector)));
  const [steps, size] = [inputs[0].length, [inputs.length, weight_hh[0].length]];
  const x = tf.split(stepByStep(inputs, symbols), steps);
  const y = stepByStep(targets, symbols);

  const loss = () => {
    let [h, c] = [tf.zeros(size), tf.zeros(size)];
    const states = x.map((each) => {
      [h, c] = cell(tf.add(tf.matMul(tf.concat([each, h], 1), joined), gateShift), c);
      return h;
    });
    const logits = tf.add(tf.matMul(tf.concat(states), toOutput), outputShift);
    return tf.neg(tf.mean(tf.sum(tf.mul(tf.logSoftmax(logits), y), 1)));
  };
  const variables = [joined, gateShift, toOutput, outputShift];
  const optimizer = tf.train.sgd(rate);
  return {
    work: () => { optimizer.minimize(loss, false, variables); },
    finish: () => joined.dataSync(),
    loss: () => tf.tidy(() => loss().dataSync()[0]),
    dispose: () => tf.disposeVariables(),
  };
}

/** Tokens (N, T) as one-hot rows, all samples of the first step first. */
const stepByStep = (tokens, symbols) =>
  tf.tidy(() => tf.oneHot(tf.tensor2d(tokens, undefined, "int32").transpose().flatten(), symbols).toFloat());

function cell(z, c) {
  const [i, f, g, o] = tf.split(z, 4, 1);
  const next = tf.add(tf.mul(tf.sigmoid(f), c), tf.mul(tf.sigmoid(i), tf.tanh(g)));
  return [tf.mul(tf.sigmoid(o), tf.tanh(next)), next];
}
