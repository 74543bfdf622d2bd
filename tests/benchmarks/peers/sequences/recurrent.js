// recurrent-js, a package made of Karpathy's recurrentjs: its LSTM and its graph, one sequence after
// the other. The graph adds gradients up; where they start, they are divided by what is averaged.

const { LSTM, Mat } = load("/node_modules/recurrent-js/dist/index.js");

function make({ weight_ih, weight_hh, bias, out_weight, out_bias, rate, inputs, targets, symbols }) {
  const hidden = weight_hh[0].length;
  const net = new LSTM({ architecture: { inputSize: symbols, hiddenUnits: [hidden], outputSize: symbols } });
  ["input", "forget", "cell", "output"].forEach((gate, k) => {
    const rows = (matrix) => matrix.slice(k * hidden, (k + 1) * hidden).flat();
    net.model.hidden[gate].Wx[0].setFrom(rows(weight_ih));
    net.model.hidden[gate].Wh[0].setFrom(rows(weight_hh));
    net.model.hidden[gate].bh[0].setFrom(rows(bias));
  });
  net.model.decoder.Wh.setFrom(out_weight.flat());
  net.model.decoder.b.setFrom(out_bias);
  const oneHot = Array.from({ length: symbols }, (_, token) => {
    const vector = new Mat(symbols, 1);
    vector.set(token, 0, 1);
    return vector;
  });
  const count = inputs.length * inputs[0].length;

  /** The loss of one sequence, added up; with the gradients of all steps where they are wanted. */
  const pass = (tokens, right, backward) => {
    let state;
    let loss = 0;
    tokens.forEach((token, t) => {
      state = net.forward(oneHot[token], state);
      loss += softmaxLoss(state.output, right[t], count);
    });
    if (backward) net.graph.backward();
    net.graph.forgetCurrentSequence();
    return loss;
  };
  const passes = (backward) =>
    inputs.reduce((sum, tokens, n) => sum + pass(tokens, targets[n], backward), 0) / count;
  return {
    work() {
      passes(true);
      net.update(rate);
    },
    loss: () => passes(false),
  };
}

/** −log p of the right symbol; sets the gradient of the mean loss. */
function softmaxLoss({ w, dw }, right, count) {
  const top = w.reduce((a, b) => Math.max(a, b));
  const powers = w.map((value) => Math.exp(value - top));
  const sum = powers.reduce((a, b) => a + b);
  powers.forEach((power, i) => { dw[i] = (power / sum - (i === right)) / count; });
  return -Math.log(powers[right] / sum);
}
