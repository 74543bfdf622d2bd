// Our own contestant: the built site's Python in a module worker, as the app runs it.

async function boot({ folder, lock, modules }) {
  const python = new URL(folder, location).href;
  const { loadPyodide } = await import(`${python}pyodide.mjs`);
  const pyodide = await loadPyodide({
    indexURL: python, packageBaseUrl: python, lockFileContents: await (await fetch(lock)).json(),
    packages: ["numpy", "glassnet"],
  });
  for (const [name, source] of Object.entries(modules)) pyodide.FS.writeFile(`/home/pyodide/${name}.py`, source);
  return pyodide.pyimport("ours");
}

let ours;
self.onmessage = async ({ data }) => {
  try {
    if (data.boot) ours = await boot(data.boot);
    else if (data.job) self.postMessage({ loss: ours.prepare(data.job.name) });
    else self.postMessage({ chunks: ours.run(data.seconds).toJs() });
    if (data.boot) self.postMessage({});
  } catch (error) {
    self.postMessage({ error: String(error) });
  }
};
