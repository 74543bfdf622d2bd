// Play, pause, step, reset, speed; undo and redo; the counters; and a sparkline of the losses.

const SVG = "http://www.w3.org/2000/svg";
const ICONS = {
  play: "M4 2.5v11l9-5.5z", pause: "M4 2.5h3v11H4zM9 2.5h3v11H9z",
  step: "M3 2.5v11l6-5.5zM10.5 2.5h2.5v11h-2.5z",
  undo: "M6.5 2.2v3h3a4 4 0 0 1 0 8H5.2v-1.8h4.3a2.2 2.2 0 0 0 0-4.4h-3v3L1.8 6.1z",
  redo: "M9.5 2.2v3h-3a4 4 0 0 0 0 8h4.3v-1.8H6.5a2.2 2.2 0 0 1 0-4.4h3v3l4.7-3.9z",
  reset: "M8 3a5 5 0 1 1-4.6 3l1.6.7A3.3 3.3 0 1 0 8 4.8V7L4.2 3.9 8 .8z",
};
const NOTHING = { count: 0, at: 0, text: "" };
const WIDTH = 260;
const HEIGHT = 56;

const svg = (name, attributes) => {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
};

function button(icon, label, press, className = "") {
  const made = element("button", className);
  const drawing = svg("svg", { viewBox: "0 0 16 16", width: 16, height: 16, "aria-hidden": "true" });
  const path = svg("path", { d: ICONS[icon], fill: "currentColor" });
  drawing.append(path);
  made.append(drawing, element("span", "", label));
  made.addEventListener("click", press);
  return made;
}

/** A line through the points of finite values; it breaks where one is missing. */
function path(values, point) {
  let pen = "M";
  return values.map((value, i) => {
    const drawn = Number.isFinite(value) ? pen + point(value, i) : "";
    pen = drawn ? "L" : "M";
    return drawn;
  }).join("");
}

class Transport {
  constructor(model) {
    this.model = model;
    this.root = element("div", "deck");
    this.root.setAttribute("role", "group");
    this.root.setAttribute("aria-label", "Transport");
    this.buttons = element("div", "buttons");
    this.counters = element("dl", "counters");
    this.spark = this.sparkline();
    this.status = element("div", "status");
    this.message = element("p", "message");
    this.message.setAttribute("role", "status");
    this.engine = element("p", "engine number");
    this.bar = element("progress", "bar");
    this.menu = new EngineMenu(model);
    this.status.append(this.message, this.bar, this.engine, this.menu.root);
    this.past = this.pastButtons();
    this.course = element("div", "course");
    this.course.append(this.spark.root, this.timeSlider());
    this.root.append(this.buttons, this.speedField(), this.past.root, this.counters, this.course, this.status);
    model.on(["running", "play_label"], () => this.running());
    model.on(["steps", "speeds"], () => this.build());
    model.on("speed", () => { this.speed.value = String(model.speed); });
    model.on("counters", () => this.count());
    model.on(["undo", "redo"], () => this.remember());
    model.on("history", () => this.draw());
    model.on("time", () => this.goneTo());
    model.on(["message", "engine", "progress", "menu"], () => this.say());
    this.build();
    this.count();
    this.draw();
    this.say();
    this.remember();
    this.goneTo();
  }

  build() {
    const { model } = this;
    const send = (message) => () => model.send_msg(message);
    this.play = button("play", "", () => model.send_msg({ type: model.running ? "pause" : "play" }), "primary play");
    const steps = model.steps.map(({ id, label, help }) => {
      const made = button("step", label, send({ type: "step", id }), "step");
      made.title = help ?? "";
      return made;
    });
    const reset = button("reset", "Reset", send({ type: "reset" }), "reset");
    reset.setAttribute("aria-label", "Reset");
    reset.title = "Back to the same start (key r)";
    this.buttons.replaceChildren(this.play, ...steps, reset);
    this.speeds();
    this.running();
  }

  speeds() {
    const { model } = this;
    this.speed.replaceChildren(...model.speeds.map((text, index) => new Option(text, String(index))));
    this.speed.value = String(model.speed);
    this.speed.parentNode.style.display = model.speeds.length ? "" : "none";
  }

  speedField() {
    const label = element("label", "speed");
    this.speed = element("select");
    this.speed.addEventListener("change", () => this.model.send_msg({ type: "speed", index: Number(this.speed.value) }));
    label.append(element("span", "", "Speed"), this.speed);
    return label;
  }

  pastButtons() {
    const root = element("div", "past");
    const [undo, redo] = ["undo", "redo"].map((type) => button(type, "", () => this.press(type)));
    root.append(undo, redo);
    return { root, undo, redo };
  }

  /** A button that has nothing left to do keeps the focus, and so is not disabled for good. */
  press(type) {
    if (this.model[type]) this.model.send_msg({ type });
  }

  remember() {
    for (const [type, word, keys] of [["undo", "Undo", "Ctrl+Z"], ["redo", "Redo", "Ctrl+Shift+Z"]]) {
      const what = this.model[type];
      const made = this.past[type];
      made.setAttribute("aria-disabled", String(!what));
      made.lastChild.textContent = what ? `${word}: ${what}` : word;
      made.setAttribute("aria-label", what ? `${word}: ${what}` : `${word}: nothing`);
      made.title = what ? `${word}: ${what} (${keys})` : `Nothing to ${type}`;
    }
  }

  running() {
    const { running, play_label: label } = this.model;
    this.play.querySelector("path").setAttribute("d", running ? ICONS.pause : ICONS.play);
    this.play.lastChild.textContent = running ? "Pause" : label;
    this.play.title = running ? "Pause (key k)" : `${label} (key k)`;
  }

  count() {
    const { counters } = this.model;
    if (this.counters.children.length !== counters.length) {
      this.counters.replaceChildren(...counters.map(() => {
        const slot = element("div");
        slot.append(element("dt"), element("dd", "number"));
        return slot;
      }));
    }
    counters.forEach(({ label, value }, index) => {
      const [term, number] = this.counters.children[index].children;
      term.textContent = label;
      number.textContent = value;
    });
  }

  timeSlider() {
    this.time = Object.assign(element("input", "time"), { type: "range", min: 0, step: 1 });
    this.time.setAttribute("aria-label", "Time: back through the run");
    let frame = 0;
    this.time.addEventListener("input", () => {
      cancelAnimationFrame(frame);
      const index = Number(this.time.value);
      frame = requestAnimationFrame(() => this.model.send_msg({ type: "time", index }));
    });
    return this.time;
  }

  goneTo() {
    const { count, at, text } = { ...NOTHING, ...this.model.time };
    this.time.style.display = count ? "" : "none";
    this.makeRoom();
    this.time.disabled = count < 2;
    this.time.max = Math.max(count - 1, 1);
    this.time.value = count < 2 ? this.time.max : at;
    this.time.setAttribute("aria-valuetext", text);
    this.time.title = count < 2 ? "Train first; then go back through the run" : `Back through the run: ${text}`;
  }

  sparkline() {
    const root = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", class: "spark", role: "img" });
    root.append(svg("line", { x1: 0, x2: WIDTH, y1: HEIGHT - 0.5, y2: HEIGHT - 0.5, class: "axis" }));
    const lines = ["first", "second"].map((name) => svg("path", { class: name, fill: "none" }));
    const mark = svg("line", { y1: 0, y2: HEIGHT, class: "mark" });
    root.append(...lines, mark);
    return { root, lines, mark };
  }

  draw() {
    const { x = [], series = [], at } = this.model.history;
    const { root, lines, mark } = this.spark;
    const finite = series.flatMap(({ values }) => values).filter(Number.isFinite);
    root.style.display = finite.length > 1 ? "" : "none";
    this.makeRoom();
    const high = Math.max(...finite, 1e-9);
    const span = x.at(-1) - x[0] || 1;
    const point = (value, i) =>
      `${(((x[i] - x[0]) / span) * WIDTH).toFixed(1)},${(HEIGHT - 3 - (value / high) * (HEIGHT - 6)).toFixed(1)}`;
    lines.forEach((line, index) => line.setAttribute("d", path(series[index]?.values ?? [], point)));
    const place = ((at - x[0]) / span) * WIDTH;
    mark.style.display = Number.isFinite(place) && at < x.at(-1) ? "" : "none";
    if (Number.isFinite(place)) for (const end of ["x1", "x2"]) mark.setAttribute(end, place.toFixed(1));
    const last = series.map(({ label, values }) => `${label} from ${values[0]?.toFixed(4)} to ${values.at(-1)?.toFixed(4)}`);
    root.setAttribute("aria-label", `Loss over ${x.at(-1) ?? 0} steps: ${last.join("; ")}`);
  }

  /** Where nothing is trained, there is neither a curve nor time to go back in. */
  makeRoom() {
    const parts = [this.spark.root, this.time];
    this.course.style.display = parts.every(({ style }) => style.display === "none") ? "none" : "";
  }

  say() {
    const { engine, menu } = this.model;
    const message = this.model.message || menu.remedy || "";
    if (this.message.textContent !== message) this.message.textContent = message;
    this.engine.textContent = menu.options ? "" : engine;
    this.engine.hidden = Boolean(menu.options);
    this.menu.update(engine);
    const { label = "", value = 0, total = 0 } = this.model.progress;
    this.bar.hidden = !total;
    if (total) Object.assign(this.bar, { max: total, value }).setAttribute("aria-label", label);
  }
}

export function render({ model }) {
  return new Transport(model).root;
}
