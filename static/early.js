// Runs before the first paint: the address decides on chapter, theme and frame, so nothing flashes.
(() => {
  const root = document.documentElement;
  const chapters = document.currentScript.dataset.chapters.split(" ");
  const query = new URLSearchParams(location.search);
  const pick = (name, allowed) => (allowed.includes(query.get(name)) ? query.get(name) : allowed[0]);
  root.dataset.scripted = "";
  root.dataset.chapter = pick("chapter", chapters);
  root.dataset.theme = pick("theme", ["auto", "light", "dark"]);
  if (query.get("embed") === "1") root.dataset.embed = "";
  // Panel's components are modules that it imports through this function of a polyfill; browsers
  // that can run WebAssembly as needed here have it built in.
  window.importShim = Object.assign((url) => import(url), { addImportMap() {} });
})();
