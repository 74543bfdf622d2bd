// TensorFlow.js for all families: its back end is the one that this worker is named after.

async function start() {
  if (self.name === "wasm") {
    tf.wasm.setWasmPaths(new URL("/node_modules/@tensorflow/tfjs-backend-wasm/dist/", location).href);
  }
  if (!(await tf.setBackend(self.name))) throw new Error(`no back end ${self.name}`);
  await tf.ready();
}

const started = start();
