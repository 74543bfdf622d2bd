// Runs inside.py in the Python of the built site, under Node, with the tests mounted from the disk.
//
// Usage: node run.mjs SITE WHEELS ROOT RESULTS [OPTION ...]
// (the built site, a folder of wheels to unpack, the project, a file to write, options of pytest)

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [site, wheels, root, results] = process.argv.slice(2, 6).map((path) => resolve(path));
const bytes = (...path) => new Uint8Array(readFileSync(join(...path)));

async function boot() {
  const folder = (start) => `${join(site, readdirSync(site).find((name) => name.startsWith(start)))}/`;
  const python = folder("python-");
  const { loadPyodide } = await import(pathToFileURL(`${python}pyodide.mjs`));
  return loadPyodide({
    indexURL: python,
    packageBaseUrl: python,
    lockFileContents: JSON.parse(readFileSync(join(folder("app-"), "lock.json"))),
    packages: ["numpy", "packaging", "glassnet"],
  });
}

/** The project as pytest shall see it: its configuration, and the tests; the core is the site's. */
function mount({ FS, unpackArchive }) {
  for (const name of readdirSync(wheels)) {
    unpackArchive(bytes(wheels, name), "wheel", { extractDir: "/tools" });
  }
  FS.mkdirTree("/glassnet/tests");
  FS.mount(FS.filesystems.NODEFS, { root: join(root, "tests") }, "/glassnet/tests");
  FS.writeFile("/glassnet/pyproject.toml", bytes(root, "pyproject.toml"));
  FS.chdir("/glassnet");
}

try {
  const pyodide = await boot();
  mount(pyodide);
  pyodide.runPython(`
import sys
sys.dont_write_bytecode = True  # the mounted folder is the disk's own
sys.path[:0] = ["/glassnet", "/tools"]
  `);
  writeFileSync(results, pyodide.pyimport("tests.pyodide.inside").main(process.argv.slice(6)));
} catch (error) {
  // Left to Node, an error is shown with the whole line it came from: the runtime has one line.
  console.error(error.message);
  process.exitCode = 1;
}
