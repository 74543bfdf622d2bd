// Byte-compiles every archive in a folder (wheels, and the standard library) inside the interpreter
// that will run them: byte code belongs to one version of Python, and the page's is not the host's.
//
// Usage: node compile.mjs RUNTIME_FOLDER ARCHIVES_FOLDER HOST_SITE_PACKAGES

import { pathToFileURL } from "node:url";

const [runtime, archives, sitePackages] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(`${runtime}/pyodide.mjs`));
// A fixed date makes the byte code, and so its hash, the same at every build.
const python = await loadPyodide({ indexURL: runtime, env: { SOURCE_DATE_EPOCH: "315532800" } });

for (const [mount, folder] of [["/archives", archives], ["/host", sitePackages]]) {
  python.FS.mkdirTree(mount);
  python.FS.mount(python.FS.filesystems.NODEFS, { root: folder }, mount);
}
// pyodide-build and the few pure modules it imports are read from the host's environment.
python.runPython(`
import sys
from pathlib import Path
sys.path.append("/host")
from pyodide_build._py_compile import _py_compile_archive_dir
_py_compile_archive_dir(Path("/archives"), keep=False, verbose=False)
`);
