// Our own contestant: the built site's Python in a module worker, as the app runs it.

async function boot({ folder, lock, modules }) {
  const python = new URL(folder, location).href;
  const { loadPyodide } = await import(`${python}pyodide.mjs`);
  const pyodide = await loadPyodide({
    indexURL: python, packageBaseUrl: python, lockFileContents: await (await fetch(lock)).json(),
    packages: ["numpy", "glassnet"],
  });
  for (const [name, source] of Object.entries(modules)) pyodide.FS.writeFile(`/home/pyodide/${name}.py`, source);
  return pyodide;
}

let pyodide;
let ours;

async function answer({ boot: site, job, seconds, memory }) {
  if (site) {
    pyodide = await boot(site);
    ours = pyodide.pyimport("ours");
    return {};
  }
  if (memory) return { bytes: pyodide._module.HEAP8.length };
  if (job) return { loss: ours.prepare(job.family, job.name) };
  return { chunks: ours.run(seconds).toJs() };
}

self.onmessage = async ({ data }) => {
  try {
    self.postMessage(await answer(data));
  } catch (error) {
    self.postMessage({ error: String(error) });
  }
};
