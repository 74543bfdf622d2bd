// A text whose characters carry numbers. Size is a tint, a negative sign also a line below; the number
// of the character under the pointer, or of the focused one, is written out beneath the text.

const SHOWN = { "\n": "↵\n", "\t": "⇥", "\r": "␍" };
const NAMES = { " ": "space", "\n": "line break", "\t": "tab", "\r": "carriage return", "\u00a0": "no-break space" };
const nameOf = (text) => NAMES[text] ?? text;
const write = (value) => (value === null ? "no number" : value.toFixed(3).replace("-", "−"));

class Letters {
  constructor(model) {
    this.model = model;
    this.at = 0;
    this.from = null; // where a brush began
    this.root = document.createElement("div");
    this.text = document.createElement("div");
    this.text.className = "text";
    this.text.dir = "auto";
    this.text.setAttribute("role", "group");
    this.reading = document.createElement("p");
    this.reading.className = "reading number";
    this.root.append(this.text, this.reading);
    this.spans = [];
    model.on(["characters_text", "empty"], () => this.update());
    model.on("label", () => this.text.setAttribute("aria-label", model.label));
    model.on(["brushed", "chosen"], () => this.mark());
    this.text.setAttribute("aria-label", model.label);
    this.listen();
    this.update();
  }

  listen() {
    const { text } = this;
    text.addEventListener("pointerdown", (event) => this.down(event));
    text.addEventListener("pointermove", (event) => this.moved(event));
    text.addEventListener("pointerup", (event) => this.up(event));
    text.addEventListener("pointercancel", () => { this.from = null; });
    text.addEventListener("pointerleave", () => this.point(-1));
    text.addEventListener("focusin", (event) => this.focused(this.spans.indexOf(event.target)));
    text.addEventListener("keydown", (event) => this.key(event));
  }

  update() {
    this.given = JSON.parse(this.model.characters_text);
    const inside = this.spans.includes(this.root.getRootNode().activeElement);
    if (!this.given.length) this.text.textContent = this.model.empty;
    if (!this.given.length) this.spans = [];
    if (this.given.length && !this.spans.length) this.text.textContent = "";
    while (this.spans.length > this.given.length) this.spans.pop().remove();
    while (this.spans.length < this.given.length) this.add();
    this.at = Math.max(0, Math.min(this.at, this.spans.length - 1));
    this.given.forEach(([text, value], i) => this.show(this.spans[i], text, value));
    this.mark();
    if (inside) this.spans[this.at]?.focus({ preventScroll: true });
    this.read(this.pointed >= 0 ? this.pointed : inside ? this.at : -1);
  }

  add() {
    const span = document.createElement("span");
    span.setAttribute("role", "button");
    this.spans.push(span);
    this.text.append(span);
  }

  show(span, text, value) {
    const shown = SHOWN[text] ?? text;
    if (span.textContent !== shown) span.textContent = shown;
    const share = value === null ? 0 : Math.min(Math.abs(value), 1);
    span.style.setProperty("--share", `${Math.round(share * 100)}%`);
    span.dataset.sign = value < 0 ? "negative" : "positive";
    span.setAttribute("aria-label", `${nameOf(text)}, ${write(value)}`);
  }

  mark() {
    const [start, end] = this.model.brushed.length ? this.model.brushed : [-1, -1];
    this.spans.forEach((span, i) => {
      span.tabIndex = i === this.at ? 0 : -1;
      span.classList.toggle("brushed", i >= start && i < end);
      span.setAttribute("aria-pressed", String(i === this.model.chosen));
    });
  }

  /** The number of a character, in words; a hint where there is none. */
  read(index) {
    if (index < 0 || !this.given[index]) {
      this.reading.textContent = this.given.length ? "Point at a character to read its number." : "";
      return;
    }
    const [text, value] = this.given[index];
    this.reading.textContent = `“${nameOf(text)}”, character ${index + 1}: ${write(value)}`;
  }

  place(event) {
    const under = this.root.getRootNode().elementFromPoint(event.clientX, event.clientY);
    return this.spans.indexOf(under);
  }

  down(event) {
    const index = this.place(event);
    if (index < 0 || event.button) return;
    event.preventDefault(); // of selecting text
    this.from = index;
    this.dragged = false;
    this.text.setPointerCapture(event.pointerId);
    this.focus(index);
  }

  moved(event) {
    const index = this.place(event);
    if (this.from === null || !this.model.brushes) return this.point(index);
    if (index < 0 || (index === this.from && !this.dragged)) return;
    this.dragged = true;
    this.brush(this.from, index);
  }

  up(event) {
    const index = this.place(event);
    const from = this.from;
    this.from = null;
    if (from === null || this.dragged) return;
    if (index === from) this.open(index);
  }

  point(index) {
    if (index === this.pointed) return;
    this.pointed = index;
    this.read(index);
    if (index >= 0) this.model.send_msg({ type: "point", index });
    else this.model.send_msg({ type: "leave" });
  }

  open(index) {
    this.model.send_msg({ type: "open", index });
  }

  /** Tell of a stretch at most once a picture. */
  brush(from, to) {
    const [start, end] = [Math.min(from, to), Math.max(from, to) + 1];
    const focus = to;
    this.wanted = { type: "brush", start, end };
    this.read(focus);
    this.spans.forEach((span, i) => span.classList.toggle("brushed", i >= start && i < end));
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.model.send_msg(this.wanted);
    });
  }

  focus(index) {
    this.spans[index]?.focus({ preventScroll: true });
  }

  focused(index) {
    if (index < 0) return;
    if (this.spans[this.at]) this.spans[this.at].tabIndex = -1;
    this.at = index;
    this.anchor = null;
    this.spans[index].tabIndex = 0;
    this.read(index);
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const right = getComputedStyle(this.text).direction === "rtl" ? -1 : 1;
    const by = { ArrowRight: right, ArrowLeft: -right, ArrowDown: this.line(1), ArrowUp: this.line(-1),
      Home: -this.at, End: this.spans.length - 1 - this.at }[event.key];
    if (by !== undefined) this.step(by, event.shiftKey);
    else if (event.key === "Enter" || event.key === " ") this.open(this.at);
    else if (event.key === "Escape" && this.model.brushed.length) this.model.send_msg({ type: "clear" });
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** How many characters further the nearest one of the next line is. */
  line(down) {
    const here = this.spans[this.at]?.getBoundingClientRect();
    if (!here) return 0;
    let best = 0;
    let distance = Infinity;
    for (let i = this.at + down; i >= 0 && i < this.spans.length; i += down) {
      const box = this.spans[i].getBoundingClientRect();
      const rows = Math.abs(box.top - here.top) / here.height;
      if (rows > 2.2) break;
      if (rows > 0.5 && Math.abs(box.left - here.left) < distance) {
        distance = Math.abs(box.left - here.left);
        best = i - this.at;
      }
    }
    return best;
  }

  step(by, brushing) {
    const to = this.at + by;
    if (to < 0 || to >= this.spans.length) return;
    const anchor = brushing && this.model.brushes ? this.anchor ?? this.at : null;
    if (anchor !== null) this.brush(anchor, to);
    this.focus(to);
    this.anchor = anchor; // where a stretch begins that more keys make longer
  }
}

export function render({ model }) {
  return new Letters(model).root;
}
