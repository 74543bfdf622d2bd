// Starts Python in a worker and shows its document in the page. Nothing here computes: the page
// and Python share one Bokeh document, and this module carries the changes both ways.

const site = JSON.parse(document.getElementById("site").textContent);
site.base = new URL(".", document.baseURI).href;
const { glassnet } = window;

const PING_MS = 1500;
const SILENCE_MS = 12000; // a slow or busy machine is not a lost one

/** BokehJS, loaded once, in order; it is needed when the first document arrives. */
let bokeh;
function loadBokeh() {
  bokeh ??= Promise.all(site.scripts.map((path) => new Promise((resolve, reject) => {
    const script = document.createElement("script");
    const { integrity } = site.files[path];
    Object.assign(script, { src: site.base + path, integrity, async: false });
    script.onload = resolve;
    script.onerror = () => reject(new Error(`${path} could not be loaded.`));
    document.head.append(script);
  })));
  return bokeh;
}

/** One run of Python. A new run is made when the learner starts again after a failure. */
class Run {
  constructor() {
    this.pending = [];
    this.busy = true;
    this.loaded = { step: "download", bytes: 0 };
  }

  async start() {
    const source = site.base + site.worker;
    try {
      // Creating a worker cannot verify its source, so it is verified here, and then read from cache.
      await fetch(source, { integrity: site.files[site.worker].integrity });
    } catch {
      this.fail("A part of the page could not be loaded, or is not the file that was published.");
      return;
    }
    this.worker = new Worker(source, { type: "module", name: "python" });
    this.worker.onmessage = ({ data }) => this[data.type](data);
    this.worker.onerror = (event) => this.fail(event.message || "The worker could not be started.");
    const { checkpoint, token, kept } = glassnet;
    this.post({ type: "start", site, query: location.search, checkpoint, token, kept });
    loadBokeh().catch((error) => this.fail(error.message));
  }

  post(message) {
    this.worker.postMessage(message);
  }

  step({ step }) {
    performance.mark(step);
    this.loaded.step = step;
    this.progress();
  }

  bytes({ bytes }) {
    this.loaded.bytes += bytes;
    this.progress();
  }

  progress() {
    glassnet.loading({ ...this.loaded, totalBytes: site.bytes });
  }

  async document({ documents, roots }) {
    performance.mark("document");
    await loadBokeh();
    for (const view of [...Bokeh.index.roots]) view.remove();
    const [docid] = Object.keys(documents);
    const items = [{ docid, roots, root_ids: Object.keys(roots) }];
    const [views] = await Bokeh.embed.embed_items(documents, items);
    this.model = [...views.roots][0].model.document;
    this.model.on_change((event) => this.changed(event), false);
    this.idle();
    this.watch();
    glassnet.live();
  }

  /** A worker that was closed, or hangs, gives no sign; so it is asked for one. */
  watch() {
    let asked = null;
    let last = performance.now();
    this.pong = () => { asked = null; };
    this.watchdog = setInterval(() => {
      const now = performance.now();
      // After a sleep of the whole machine the timer is late, and the answer with it.
      if (now - last > 2 * PING_MS) asked = null;
      last = now;
      if (asked === null) {
        asked = now;
        this.post({ type: "ping" });
      } else if (now - asked > SILENCE_MS) {
        this.fail("It no longer answers.");
      }
    }, PING_MS);
  }

  /** Python's changes: apply them, and say when they can be seen. */
  patch({ json, buffers }) {
    this.model.apply_json_patch(json, buffers ?? new Map());
    // An empty patch back: BokehJS then knows that Python has these models, and will not send them.
    this.model.create_json_patch([]);
    requestAnimationFrame(() => this.post({ type: "painted" }));
  }

  /** The page's changes wait until Python has handled the last ones; of the same property, the latest wins. */
  changed(event) {
    if (!event.sync) return;
    const same = (other) => event.attr && other.model === event.model && other.attr === event.attr;
    this.pending = [...this.pending.filter((other) => !same(other)), event];
    if (!this.busy) this.send();
  }

  send() {
    this.busy = true;
    const json = JSON.stringify(this.model.create_json_patch(this.pending));
    this.pending = [];
    this.post({ type: "patch", json });
  }

  idle() {
    this.busy = false;
    if (this.pending.length) this.send();
  }

  async permission() {
    this.post({ type: "permission", state: await glassnet.permission() });
  }

  failed({ reason }) {
    this.fail(reason);
  }

  fail(reason) {
    clearInterval(this.watchdog);
    this.worker?.terminate();
    glassnet.failed({ reason, retry: () => new Run().start() });
  }
}

new Run().start();
