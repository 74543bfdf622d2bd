// Runs one peer at the jobs of one family. The peer's file for the family defines `make(job)`, which
// may be asynchronous and gives {work(), loss(), finish(), dispose()}: a unit of work, the loss, and,
// where there is need, what waits until the work is truly done, and what frees its memory.

const CHUNK_MS = 10;
let contestant;

function run(seconds) {
  const chunks = [];
  const end = performance.now() + 1000 * seconds;
  while (performance.now() < end) {
    const start = performance.now();
    let units = 0;
    let spent = 0;
    while (spent < CHUNK_MS) {
      contestant.work();
      contestant.finish?.();
      units += 1;
      spent = performance.now() - start;
    }
    chunks.push(spent / units / 1000);
  }
  return chunks;
}

async function answer({ boot, job, seconds }) {
  if (boot) {
    self.window = self; // older libraries look for it
    importScripts(...boot.files);
    return {};
  }
  if (job) {
    contestant?.dispose?.();
    contestant = await make(job);
    contestant.work();
    return { loss: contestant.loss() };
  }
  return { chunks: run(seconds) };
}

self.onmessage = async ({ data }) => {
  try {
    self.postMessage(await answer(data));
  } catch (error) {
    self.postMessage({ error: String(error?.stack ?? error) });
  }
};
