// The module worker in which Python runs. It boots Pyodide from this site's own files, starts the
// app, and from then on carries messages between the page and Python.
//
// From the page:  {type: "start", site, query, checkpoint, token, kept}, then
//                 {type: "patch", json}, {type: "painted"}, {type: "permission", state} and
//                 {type: "ping"}.
// To the page:    {type: "step", step}, {type: "bytes", bytes}, {type: "document", …},
//                 {type: "patch", json, buffers}, {type: "idle"}, {type: "pong"},
//                 {type: "permission"}, {type: "failed", reason}.

const post = (message) => self.postMessage(message);

/** The group that is being loaded on demand: how to stop it, and who is told of its progress. */
let loading = null;

/** Fetch only files of the manifest, with their integrity, and report the bytes of each. */
function verifiedFetch({ base, files }) {
  const original = self.fetch.bind(self);
  return async (input, options = {}) => {
    const url = new URL(input.url ?? input, base);
    const file = files[url.href.slice(base.length)];
    if (!file) throw new Error(`${url.pathname} is not a file of this site.`);
    const wanted = { ...options, integrity: file.integrity, signal: loading?.stop.signal };
    const response = await original(url, wanted);
    if (!response.ok) throw new Error(`${url.pathname}: the server answered ${response.status}.`);
    // A file with an integrity is handed over only when all of it has arrived and was verified.
    if (loading) loading.arrived(file.bytes);
    else post({ type: "bytes", bytes: file.bytes });
    return response;
  };
}

/** Load a group of the manifest's packages that was left out at the start. `progress(bytes, total)`
 *  is called as they arrive; a file that has come stays when the rest fails or is stopped. */
async function loadGroup(pyodide, { groups, files }, name, progress) {
  const { packages } = pyodide.lockfile;
  const missing = groups[name].filter((each) => !pyodide.loadedPackages[each]);
  const bytesOf = (each) => files[packages[each].file_name.replace(/^(\.\.\/)+/, "")].bytes;
  const total = missing.reduce((sum, each) => sum + bytesOf(each), 0);
  let bytes = 0;
  progress(0, total);
  const stop = new AbortController();
  const failures = [];
  loading = { stop, arrived: (more) => { bytes += more; progress(bytes, total); } };
  try {
    const quiet = { messageCallback: () => {}, errorCallback: (text) => failures.push(text) };
    await pyodide.loadPackage(missing, quiet);
  } catch (error) {
    failures.push(error.message);
  } finally {
    loading = null;
  }
  if (stop.signal.aborted) return "stopped";
  const lost = missing.filter((each) => !pyodide.loadedPackages[each]);
  return lost.length ? `${lost.join(", ")}: ${failures.at(-1) ?? "not loaded"}` : "";
}

async function start({ site, query, checkpoint, token, kept }) {
  self.fetch = verifiedFetch(site);
  post({ type: "step", step: "python" });
  const python = site.base + site.python;
  const { loadPyodide } = await import(`${python}pyodide.mjs`);
  const pyodide = await loadPyodide({
    indexURL: python,
    packageBaseUrl: python,
    lockFileContents: fetch(site.base + site.lock).then((response) => response.json()),
    packages: site.packages,
    env: { PANEL_CDN_ROOT: site.base },
  });
  self.loadGroup = (name, progress) => loadGroup(pyodide, site, name, progress);
  self.stopLoading = () => loading?.stop.abort();
  post({ type: "step", step: "app" });
  let told = null;
  self.permission = () => new Promise((resolve) => {
    told = resolve;
    post({ type: "permission" });
  });
  const send = (json, buffers) => post({ ...JSON.parse(json), buffers });
  const { receive } = pyodide.pyimport("app.playground.browser").start(query, checkpoint, send, token, kept);
  self.onmessage = ({ data }) => {
    if (data.type === "ping") return post({ type: "pong" });
    if (data.type === "permission") return told(data.state);
    receive(data.type, data.json);
    if (data.type === "patch") post({ type: "idle" });
  };
}

// Panel asks for this function as a string of JavaScript to evaluate, which the site's policy
// forbids; the app answers with this one.
self.entriesToObject = (entries) =>
  Object.fromEntries(Array.from(entries, ([key, value]) => [key, value ?? null]));

self.onmessage = async ({ data }) => {
  try {
    await start(data);
  } catch (error) {
    post({ type: "failed", reason: error.message });
  }
};
