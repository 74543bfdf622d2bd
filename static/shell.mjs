// The page around the app: chapters, theme, link, shortcuts, notices, loading, embedding. It knows
// nothing of Python; the app's bridge and the loader talk to it through window.glassnet.

const root = document.documentElement;
const find = (id) => document.getElementById(id);
const systemDark = matchMedia("(prefers-color-scheme: dark)");
const STEPS = {
  download: "Fetching the page's parts",
  python: "Starting Python in this page",
  app: "Opening the chapter",
};

/** Scroll the rail or its line of chapters, and nothing else, so that a chapter's link is seen. */
function reveal(link) {
  const inner = link.getBoundingClientRect();
  for (const box of [link.closest("ul"), link.closest(".rail")]) {
    const outer = box.getBoundingClientRect();
    const across = inner.left - outer.left - (outer.width - inner.width) / 2;
    const down = Math.min(0, inner.top - outer.top) + Math.max(0, inner.bottom - outer.bottom);
    box.scrollBy(across, down);
  }
}

// The tab remembers where a network trains elsewhere, so that it can be fetched after the page was
// closed; and the key to the training server that it came from, so that it can be loaded again. A
// browser that keeps nothing keeps neither.
const KEPT = "glassnet.kept";
const TOKEN = "glassnet.token";

function remembered(name) {
  try {
    return sessionStorage.getItem(name) ?? "";
  } catch {
    return "";
  }
}

function remember(name, text) {
  try {
    sessionStorage.setItem(name, text);
  } catch {
    return;
  }
}

/** The key to the training server that this page came from. It leaves the address bar at once, so
 *  that it is neither copied with a link nor kept in the history. */
function takeToken() {
  const token = new URLSearchParams(location.hash.slice(1)).get("token") ?? "";
  if (!token) return remembered(TOKEN);
  history.replaceState(null, "", location.pathname + location.search);
  remember(TOKEN, token);
  return token;
}

class Shell extends EventTarget {
  checkpoint = null;
  token = takeToken();
  kept = remembered(KEPT);

  keep(text) {
    this.kept = text;
    remember(KEPT, text);
  }

  /** Whether the browser lets this page reach programs on this machine: granted, prompt, denied;
   *  framed, where the page around it does not hand that right on; or blank, where it does not ask.
   *  A worker is not told what its frame may do. Later browsers call the right by the first name. */
  async permission() {
    const policy = document.featurePolicy;
    for (const name of ["loopback-network", "local-network-access"]) {
      try {
        const { state } = await navigator.permissions.query({ name });
        const isKnown = policy?.features?.().includes(name);
        return isKnown && !policy.allowsFeature(name) ? "framed" : state;
      } catch {
        continue; // this browser has no such permission
      }
    }
    return "";
  }

  tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  // Loading

  loading({ step, bytes, totalBytes }) {
    find("loading-step").textContent = STEPS[step];
    // The last step moves no bytes; what is left of the bar is its share of the time.
    find("loading-bar").value = step === "app" ? 0.9 : 0.85 * Math.min(bytes / totalBytes, 1);
    const megabytes = (count) => (count / 1e6).toFixed(1);
    find("loading-bytes").textContent = `${megabytes(bytes)} of ${megabytes(totalBytes)} MB`;
  }

  live() {
    performance.mark("live");
    root.dataset.live = root.dataset.shown = "";
    delete root.dataset.failed;
    find("failure")?.remove();
  }

  failed({ reason, retry }) {
    const wasLive = "live" in root.dataset;
    root.dataset.failed = "";
    delete root.dataset.live;
    const text = wasLive
      ? "Python stopped in this page. What you made is kept: start again to go on from there."
      : "Python could not be started in this page.";
    find("failure")?.remove();
    const notice = makeNotice({ level: "error", text: `${text}\n${lastLine(reason)}` }, "Start again", () => {
      delete root.dataset.failed;
      notice.remove();
      retry();
    });
    notice.id = "failure";
    find("notices").before(notice);
  }

  notices(list) {
    find("notices").replaceChildren(...list.map((notice) => {
      const made = makeNotice(notice, "Dismiss", () => made.remove());
      return made;
    }));
  }

  announce(text) {
    find("announcer").textContent = text;
  }

  // Address and chapters

  /** Python describes what is shown; the address follows, keeping how the page is framed. */
  address(query) {
    const wanted = new URLSearchParams(query);
    const now = new URLSearchParams(location.search);
    for (const kept of ["embed", "theme"]) if (now.has(kept)) wanted.set(kept, now.get(kept));
    history.replaceState(null, "", `?${wanted}`);
    this.chapter(wanted.get("chapter"));
  }

  chapter(id) {
    if (id && find("work").querySelector(`.lead[data-chapter="${CSS.escape(id)}"]`)) root.dataset.chapter = id;
    for (const link of document.querySelectorAll(".rail [data-chapter-link]")) {
      const isOpen = link.dataset.chapterLink === root.dataset.chapter;
      if (isOpen) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
      if (isOpen) reveal(link);
    }
    const title = document.querySelector(`.lead[data-chapter="${root.dataset.chapter}"] h1`);
    document.title = `${title.textContent} · Glassnet`;
  }

  navigate(query) {
    const wanted = new URLSearchParams(query);
    const now = new URLSearchParams(location.search);
    for (const kept of ["embed", "theme"]) if (now.has(kept) && !wanted.has(kept)) wanted.set(kept, now.get(kept));
    history.pushState(null, "", `?${wanted}`);
    this.arrive();
    document.querySelector(`.lead[data-chapter="${root.dataset.chapter}"] h1`).focus();
  }

  /** Show what the address says: the text at once, the rest when Python has opened it. */
  arrive() {
    const first = document.querySelector(".lead").dataset.chapter;
    delete root.dataset.sheet;
    this.chapter(new URLSearchParams(location.search).get("chapter") ?? first);
    document.querySelector(".bench").setAttribute("aria-busy", "true");
    this.tell("navigate", { query: location.search });
  }

  /** Python has opened what the last link said, or what the page began with; a link that says what is
   *  shown already changes no address, so the address is told again. */
  arrived(query) {
    if (query) this.address(query);
    document.querySelector(".bench").setAttribute("aria-busy", "false");
  }

  // Theme

  get theme() {
    const { theme } = root.dataset;
    if (theme === "light" || theme === "dark") return theme;
    return systemDark.matches ? "dark" : "light";
  }

  setTheme(choice) {
    root.dataset.theme = choice;
    const query = new URLSearchParams(location.search);
    if (choice === "auto") query.delete("theme");
    else query.set("theme", choice);
    history.replaceState(null, "", `?${query}`);
    this.tell("theme", { theme: this.theme });
  }

  // On a phone the arithmetic is a sheet

  opened() {
    root.dataset.sheet = "";
  }

  closeSheet() {
    delete root.dataset.sheet;
  }
}

const lastLine = (text) => String(text).trim().split("\n").at(-1);

function makeNotice({ level, text }, action, act) {
  const notice = document.createElement("div");
  notice.className = `notice ${level}`;
  notice.setAttribute("role", level === "error" ? "alert" : "status");
  const words = document.createElement("p");
  words.textContent = text;
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = action;
  button.addEventListener("click", act);
  notice.append(words, button);
  return notice;
}

const glassnet = new Shell();
window.glassnet = glassnet;

document.addEventListener("click", (event) => {
  const link = event.composedPath().find((each) => each.matches?.("a[href^='?']"));
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  glassnet.navigate(link.getAttribute("href"));
});
window.addEventListener("hashchange", () => {
  if (new URLSearchParams(location.hash.slice(1)).has("token")) location.reload();
});
window.addEventListener("popstate", () => glassnet.arrive());

find("theme").value = root.dataset.theme;
find("theme").addEventListener("change", ({ target }) => glassnet.setTheme(target.value));
systemDark.addEventListener("change", () => glassnet.tell("theme", { theme: glassnet.theme }));

find("copy").addEventListener("click", async () => {
  try {
    await navigator.clipboard.writeText(location.href);
    glassnet.announce("The link was copied.");
    find("copy").textContent = "Copied";
    setTimeout(() => { find("copy").textContent = "Copy link"; }, 1500);
  } catch {
    find("link-text").value = location.href;
    find("link").showModal();
    find("link-text").select();
  }
});
find("keys").addEventListener("click", () => find("shortcuts").showModal());
find("sheet-close").addEventListener("click", () => glassnet.closeSheet());

/** Whether a key belongs to what has the focus, looking into shadow roots. */
function isTyping(event) {
  const [target] = event.composedPath();
  return target.matches?.("input:not([type=checkbox]), select, textarea, [contenteditable]");
}

/** Whether it has an undo of its own for what is typed into it. */
function hasOwnUndo(event) {
  const [target] = event.composedPath();
  return target.matches?.("input:not([type=checkbox], [type=radio], [type=range], [type=button], [type=file]), textarea, [contenteditable]");
}

/** "undo" or "redo", when that is what these keys mean here. */
function pastKey(event) {
  if (!(event.ctrlKey || event.metaKey) || event.altKey || hasOwnUndo(event)) return null;
  const key = event.key.toLowerCase();
  if (key === "y" && event.ctrlKey && !event.shiftKey) return "redo";
  if (key !== "z") return null;
  return event.shiftKey ? "redo" : "undo";
}

// What is done from one gesture to the next is one step for undo: a drag, from where the pointer went
// down; a key held, or pressed again and again on the same field.
const SAME_MS = 1000;
const last = { target: null, time: -Infinity };
window.addEventListener("pointerdown", () => glassnet.tell("gesture"), true);
window.addEventListener("click", (event) => { if (!event.detail) glassnet.tell("gesture"); }, true);
window.addEventListener("keydown", (event) => {
  const [target] = event.composedPath();
  const goesOn = event.repeat || (target === last.target && event.timeStamp - last.time < SAME_MS);
  Object.assign(last, { target, time: event.timeStamp });
  if (!goesOn) glassnet.tell("gesture");
}, true);

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") glassnet.closeSheet();
  const way = pastKey(event);
  if (way) {
    event.preventDefault();
    glassnet.tell("key", { key: way });
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event)) return;
  if (event.key === "?") find("shortcuts").showModal();
  else if (["k", ".", "r"].includes(event.key)) glassnet.tell("key", { key: event.key });
});

// Embedded, the page tells its height to the page around it, in its own words and in those that
// learning platforms listen for.
if ("embed" in root.dataset && window.parent !== window) {
  let last = 0;
  new ResizeObserver(() => {
    const height = Math.ceil(document.body.getBoundingClientRect().height);
    if (height === last) return;
    last = height;
    window.parent.postMessage({ type: "glassnet.height", height, chapter: root.dataset.chapter }, "*");
    window.parent.postMessage({ subject: "lti.frameResize", height }, "*");
  }).observe(document.body);
}

if (matchMedia("(max-width: 44rem)").matches) document.querySelector(".controls details").open = false;
glassnet.chapter(root.dataset.chapter);
