// ConvNetJS: its layers and trainer, one picture after the other. A volume has its channels
// innermost: (y, x, channel). The trainer adds gradients up over a batch and divides by its size.

function make({ weights, biases, rate, images, labels, training }) {
  const net = new convnetjs.Net();
  net.makeLayers([
    { type: "input", out_sx: 28, out_sy: 28, out_depth: 1 },
    { type: "conv", sx: 5, filters: 6, pad: 2 }, { type: "pool", sx: 2 }, { type: "relu" },
    { type: "conv", sx: 5, filters: 16 }, { type: "pool", sx: 2 }, { type: "relu" },
    { type: "fc", num_neurons: 120 }, { type: "relu" },
    { type: "fc", num_neurons: 84 }, { type: "relu" },
    { type: "softmax", num_classes: labels.classes },
  ]);
  net.layers.filter((layer) => layer.filters).forEach((layer, k) => {
    layer.filters.forEach((filter, o) => filter.w.set(channelsLast(weights[k][o], layer)));
    layer.biases.w.set(biases[k]);
  });
  const volumes = images.map(volume);
  const trainer = new convnetjs.Trainer(net, {
    method: "sgd", learning_rate: rate, momentum: 0, batch_size: images.length,
  });
  const logLoss = (each, i) => -Math.log(net.forward(each).w[labels.of[i]]);
  return {
    work() {
      if (training) volumes.forEach((each, i) => trainer.train(each, labels.of[i]));
      else volumes.forEach((each) => net.forward(each));
    },
    loss: () => volumes.map(logLoss).reduce((a, b) => a + b) / volumes.length,
  };
}

function volume(image) {
  const made = new convnetjs.Vol(28, 28, 1, 0);
  made.w.set(image.flat());
  return made;
}

/** One output's weights: of a kernel [channel][y][x], or of features that were such a picture. */
function channelsLast(filter, { layer_type, in_depth, sx }) {
  if (layer_type === "fc") return featuresChannelsLast(filter);
  return Array.from({ length: sx * sx * in_depth }, (_, i) => {
    const [place, channel] = [Math.floor(i / in_depth), i % in_depth];
    return filter[channel][Math.floor(place / sx)][place % sx];
  });
}

function featuresChannelsLast(features) {
  if (features.length !== 400) return features;
  return features.map((_, i) => features[(i % 16) * 25 + Math.floor(i / 16)]);
}
