// A pad of pixels. What is drawn is seen at once; Python is told at its own pace, always of the latest.

const HISTORY = 60;
const FEW = 4; // so many colours have their names beside them
const HINT = "By keyboard: arrow keys move, Space paints, Shift with an arrow key draws.";

const decode = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
const encode = (bytes) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
const rgb = (color) => [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16));

class Pad {
  constructor(model) {
    this.model = model;
    this.colour = 1;
    this.brush = model.brush;
    this.at = [0, 0]; // row and column of the keyboard's cursor
    this.sent = model.handled;
    this.past = [];
    this.root = element("div", "pad");
    this.board = element("div", "board");
    this.board.tabIndex = 0;
    this.board.setAttribute("role", "application");
    this.canvas = element("canvas");
    this.cursor = element("div", "cursor");
    this.board.append(this.canvas, this.cursor);
    this.where = element("p", "where", HINT);
    this.voice = element("span", "sr");
    this.voice.setAttribute("role", "status");
    this.tools = element("div", "tools");
    this.root.append(this.board, this.tools, this.where, this.voice);
    this.listen();
    this.prepare();
  }

  listen() {
    const { model, board } = this;
    model.on(["side", "palette", "brushes", "label"], () => this.prepare());
    model.on("pixels", () => model.pixels === this.text || this.replace());
    model.on("handled", () => this.tell());
    board.addEventListener("pointerdown", (event) => this.press(event));
    board.addEventListener("pointermove", (event) => this.drag(event));
    for (const end of ["pointerup", "pointercancel"]) board.addEventListener(end, () => { this.last = null; });
    board.addEventListener("keydown", (event) => this.key(event));
    board.addEventListener("focus", () => this.moved());
  }

  // What is shown

  prepare() {
    const { side, label } = this.model;
    this.board.setAttribute("aria-label", `${label}, ${side} by ${side} pixels. ${HINT}`);
    Object.assign(this.canvas, { width: side, height: side });
    this.cursor.style.setProperty("--wide", 1 / side);
    this.at = [side >> 1, side >> 1];
    this.past = [];
    this.colour = Math.min(this.colour, this.model.palette.length - 1);
    this.tools.replaceChildren(this.colours(), this.widths(), ...this.buttons());
    this.replace();
    this.moved();
  }

  /** Take what Python gives. */
  replace() {
    const { side, pixels } = this.model;
    const cells = decode(pixels);
    if (cells.length && cells.length !== side * side) return; // the side is yet to follow
    this.text = pixels;
    this.cells = cells.length ? cells : new Uint8Array(side * side);
    this.paint();
  }

  paint() {
    const { side, palette } = this.model;
    const colours = palette.map(({ color }) => rgb(color));
    const image = new ImageData(side, side);
    this.cells.forEach((cell, i) => image.data.set([...(colours[cell] ?? [0, 0, 0]), 255], 4 * i));
    this.canvas.getContext("2d").putImageData(image, 0, 0);
    this.undo.disabled = !this.past.length;
  }

  // The tools

  radios(name, legend, items, chosen, choose) {
    const set = element("fieldset");
    set.setAttribute("aria-label", legend);
    const group = `${name}-${Math.random().toString(36).slice(2)}`; // one group for each pad
    items.forEach(({ value, title, face, className = "" }) => {
      const label = element("label", className);
      label.title = title;
      const input = Object.assign(element("input"), { type: "radio", name: group, checked: value === chosen });
      input.setAttribute("aria-label", title);
      input.addEventListener("change", () => choose(value));
      label.append(input, face);
      set.append(label);
    });
    return set;
  }

  colours() {
    const { palette } = this.model;
    const named = palette.length <= FEW;
    const items = palette.map(({ name }, value) => ({
      value, title: value ? name : `${name} (erases)`, className: named ? "colour named" : "colour", face: named ? name : "",
    }));
    const set = this.radios("colour", "Colour", items, this.colour, (value) => { this.colour = value; });
    [...set.children].forEach((label, i) => label.style.setProperty("--colour", palette[i].color));
    return set;
  }

  widths() {
    const items = this.model.brushes.map((value) => {
      const face = element("span", "dot");
      face.style.setProperty("--brush", value);
      return { value, title: `Brush of ${value} pixel${value > 1 ? "s" : ""}`, face };
    });
    return this.radios("brush", "Brush", items, this.brush, (value) => { this.brush = value; });
  }

  buttons() {
    const make = (text, act) => {
      const button = element("button", "", text);
      button.type = "button";
      button.addEventListener("click", act);
      return button;
    };
    this.undo = make("Undo stroke", () => this.back());
    return [this.undo, make("Clear", () => this.clear())];
  }

  remember() {
    this.past.push(this.cells.slice());
    if (this.past.length > HISTORY) this.past.shift();
  }

  back() {
    if (!this.past.length) return;
    this.cells = this.past.pop();
    this.changed();
  }

  clear() {
    this.remember();
    this.cells.fill(0);
    this.changed();
  }

  // Drawing

  press(event) {
    if (event.button !== 0) return;
    this.board.setPointerCapture(event.pointerId);
    this.remember();
    this.last = this.place(event);
    this.line(this.last, this.last);
    this.changed();
  }

  drag(event) {
    if (!this.last) return;
    const events = event.getCoalescedEvents?.() ?? [];
    for (const each of events.length ? events : [event]) {
      const place = this.place(each);
      this.line(this.last, place);
      this.last = place;
    }
    this.changed();
  }

  /** Where a pointer is, in pixels of the drawing: (y, x). */
  place({ clientX, clientY }) {
    const { left, top, width, height } = this.canvas.getBoundingClientRect();
    const { side } = this.model;
    return [(clientY - top) / height * side, (clientX - left) / width * side];
  }

  line([y0, x0], [y1, x1]) {
    const steps = Math.max(1, Math.ceil(2 * Math.max(Math.abs(y1 - y0), Math.abs(x1 - x0))));
    for (let i = 0; i <= steps; i++) this.dab(y0 + (y1 - y0) * i / steps, x0 + (x1 - x0) * i / steps);
  }

  /** Colour every pixel whose centre is under a round brush. Its own centre is put on that of a pixel
   * when it is an odd number of pixels wide, else on a corner, so that it always leaves the same mark. */
  dab(y, x) {
    const { side } = this.model;
    const reach = this.brush / 2;
    [y, x] = [y, x].map((at) => (this.brush % 2 ? Math.floor(at) + 0.5 : Math.round(at)));
    for (let i = Math.max(0, Math.floor(y - reach)); i < Math.min(side, y + reach); i++) {
      for (let j = Math.max(0, Math.floor(x - reach)); j < Math.min(side, x + reach); j++) {
        if (Math.hypot(i + 0.5 - y, j + 0.5 - x) <= reach) this.cells[i * side + j] = this.colour;
      }
    }
  }

  key(event) {
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z") this.back();
    else if (event.ctrlKey || event.metaKey || event.altKey) return;
    else if (step) this.walk(step, event.shiftKey);
    else if (event.key === " " || event.key === "Enter") this.walk([0, 0], true);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  walk(step, draws) {
    const { side } = this.model;
    this.at = this.at.map((at, axis) => Math.min(Math.max(at + step[axis], 0), side - 1));
    if (draws) {
      this.remember();
      this.dab(this.at[0] + 0.5, this.at[1] + 0.5);
      this.changed();
    }
    this.moved();
  }

  moved() {
    const [row, column] = this.at;
    const { side, palette } = this.model;
    this.cursor.style.setProperty("--x", column / side);
    this.cursor.style.setProperty("--y", row / side);
    if (!this.board.matches(":focus-visible")) return;
    this.voice.textContent = `Row ${row + 1}, column ${column + 1}: ${palette[this.cells[row * side + column]].name}`;
  }

  changed() {
    this.paint();
    this.isNew = true;
    this.tell();
  }

  /** Send the drawing, unless what was sent before is still being handled. */
  tell() {
    if (!this.isNew || this.waiting || this.model.handled < this.sent) return;
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      this.isNew = false;
      this.sent = this.model.handled + 1;
      this.text = encode(this.cells);
      this.model.pixels = this.text;
      this.model.send_msg({ type: "draw" });
    });
  }
}

export function render({ model }) {
  return new Pad(model).root;
}
