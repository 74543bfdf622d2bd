// Loads a package of CommonJS modules, such as Node has, from the server.

const modules = {};

function load(address) {
  if (modules[address]) return modules[address].exports;
  const request = new XMLHttpRequest();
  request.open("GET", address, false);
  request.send();
  if (request.status !== 200) throw new Error(`${address}: ${request.status}`);
  const module = (modules[address] = { exports: {} });
  const require = (path) => load(resolved(path, address));
  new Function("module", "exports", "require", request.responseText)(module, module.exports, require);
  return module.exports;
}

/** `./mat` is a file, `..` and `./..` are the index of a folder. */
function resolved(path, from) {
  const { pathname } = new URL(/\.$/.test(path) ? `${path}/index` : path, new URL(from, location));
  return `${pathname}.js`;
}
