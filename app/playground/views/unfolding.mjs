// A recurrent network along a sequence: a column for each step, with output, state and input as boxes
// of numbers. All numbers and the steps' heads are buttons with one tab stop among them: left and
// right go through time, up and down within a step.

const DECIMALS = 2;
const CROWDED = 7; // from so many steps on there is no room for words at the arrows

/** A number with few digits and a real minus sign; words stay as they are. */
function brief(value) {
  if (typeof value !== "number") return String(value);
  const short = Number(value.toFixed(DECIMALS));
  if (short === 0 && value !== 0) return "≈0";
  return (Math.abs(short) < 1e4 ? String(short) : value.toExponential(1)).replaceAll("-", "−");
}

const SAID = { later: "not computed yet", twin: "same input", uncounted: "does not count", right: "right", wrong: "wrong" };
const keyOf = (row, step, unit) => `${row},${step},${unit}`;

class Unfolding {
  constructor(model) {
    this.model = model;
    this.at = ""; // the key of the tab stop
    this.pointed = null;
    this.root = element("div", "frame");
    this.board = element("div", "board");
    this.board.setAttribute("role", "group");
    this.root.append(this.board);
    model.on(["rows", "steps_text", "start", "across", "folded", "current"], () => this.soon());
    model.on("lit", () => this.light());
    model.on("label", () => this.board.setAttribute("aria-label", model.label));
    this.board.setAttribute("aria-label", model.label);
    this.board.addEventListener("click", (event) => this.click(event));
    this.board.addEventListener("keydown", (event) => this.key(event));
    this.board.addEventListener("pointerover", (event) => event.pointerType === "mouse" && this.point(event.target.closest("[data-unit]")));
    this.board.addEventListener("pointerleave", () => this.point(null));
    this.board.addEventListener("focusout", (event) => this.board.contains(event.relatedTarget) || this.point(null));
    this.update();
    new ResizeObserver(() => this.follow()).observe(this.root);
  }

  /** Several changes of one message are drawn together. */
  soon() {
    if (this.waiting) return;
    this.waiting = true;
    queueMicrotask(() => {
      this.waiting = false;
      this.update();
    });
  }

  get shown() {
    const steps = this.steps.map((step, index) => [step, index]);
    return this.model.folded ? steps.slice(this.model.current, this.model.current + 1) : steps;
  }

  /** What decides which elements there are; while it stays, only their words change. */
  shape() {
    const { rows, start, folded, across } = this.model;
    const boxes = this.shown.map(([step]) => rows.map(({ key }) => step.boxes[key]?.cells.length ?? 0));
    const words = this.shown.map(([step]) => step.weights);
    return JSON.stringify([words, rows.map(({ key, name, weight }) => [key, name, weight]), boxes, start.length, folded, across]);
  }

  update() {
    this.steps = JSON.parse(this.model.steps_text);
    const shape = this.shape();
    if (shape === this.shape_built) return this.write_all();
    const inside = this.board.contains(this.root.getRootNode().activeElement);
    this.shape_built = shape;
    this.build();
    this.write_all();
    if (inside) this.stop?.focus({ preventScroll: true });
  }

  write_all() {
    this.fill();
    this.light();
    this.follow();
  }

  build() {
    const { rows, folded, start } = this.model;
    this.cells = new Map(); // by row, place among the columns, unit
    this.heads = [];
    this.boxes = new Map();
    this.board.replaceChildren();
    this.board.classList.toggle("folded", folded);
    const crowded = this.steps.length > CROWDED;
    this.board.classList.toggle("crowded", crowded);
    const columns = this.shown.length;
    this.board.style.gridTemplateColumns = folded
      ? "max-content minmax(3.4rem, max-content) max-content 1fr"
      : `max-content ${start.length ? "minmax(2.3rem, max-content)" : "0"} repeat(${columns}, minmax(${crowded ? 0.6 : 2.4}rem, 3.2rem) ${crowded ? 2.6 : 3.3}rem)`;
    rows.forEach((row, r) => this.place(element("span", "name", row.name), 2 + 2 * r, 1));
    if (!folded && start.length) this.box("h", -1, start.length, 2);
    this.shown.forEach(([step], place) => this.column(step, place, folded ? 2 : 4 + 2 * place));
    if (folded) this.loop();
    this.columns = this.sorted();
  }

  place(made, row, column) {
    made.style.gridArea = `${row} / ${column}`;
    this.board.append(made);
    return made;
  }

  column(step, place, column) {
    const { rows, folded } = this.model;
    const { across = this.model.across, ...own } = step.weights ?? {};
    const head = this.place(element("button", "head"), 1, column);
    head.type = "button";
    this.heads.push(head);
    let below = null; // rows are walked from the bottom up
    [...rows].reverse().forEach(({ key, weight }, index) => {
      const r = rows.length - 1 - index;
      const cells = step.boxes[key]?.cells.length;
      if (!cells) return;
      this.box(key, place, cells, column);
      if (below && weight) this.arrow("up", own[key] ?? weight, r + 1, column, below - r);
      below = r;
    });
    if (folded || !step.boxes.h || (!place && !this.model.start.length)) return;
    const arrow = this.place(element("span", "across"), 2 + 2 * this.rowOf("h"), column - 1);
    arrow.append(element("span", "weight", across));
  }

  rowOf(key) {
    return this.model.rows.findIndex((row) => row.key === key);
  }

  /** An arrow to a box from the box so many rows below it. */
  arrow(kind, weight, row, column, span) {
    const made = this.place(element("span", kind), 1 + 2 * row, column);
    made.style.gridRow = `${1 + 2 * row} / span ${2 * span - 1}`;
    made.append(element("span", "weight", weight));
  }

  box(key, place, count, column) {
    const box = element("span", `box ${key}`);
    for (let unit = 0; unit < count; unit++) {
      const cell = element("button", "cell number");
      cell.type = "button";
      cell.tabIndex = -1;
      Object.assign(cell.dataset, { row: key, place, unit });
      this.cells.set(keyOf(key, place, unit), cell);
      box.append(cell);
    }
    this.boxes.set(`${key},${place}`, box);
    if (column) this.place(box, 2 + 2 * this.rowOf(key), column);
    return box;
  }

  /** The state that comes back to the cell, one step later. */
  loop() {
    const loop = this.place(element("span", "loop"), 2 + 2 * this.rowOf("h"), 3);
    const count = this.steps[this.model.current]?.boxes.h?.cells.length ?? 0;
    this.from = element("span", "weight");
    loop.append(element("span", "weight", this.model.across), this.box("h", -1, count, 0), this.from);
  }

  /** The buttons of each column from the top down. */
  sorted() {
    const columns = [-1, ...this.shown.keys()].map((place) => {
      const found = this.model.rows.flatMap(({ key }) => [...(this.boxes.get(`${key},${place}`)?.children ?? [])]);
      return place < 0 ? found : [this.heads[place], ...found];
    });
    return columns.filter((column) => column.length);
  }

  stepOf(place) {
    if (!this.model.folded) return place;
    return place < 0 ? this.model.current - 1 : this.model.current;
  }

  fill() {
    const { rows, start, current } = this.model;
    for (const { key, scale } of rows) this.shown.forEach(([step], place) => this.write(key, place, step.boxes[key], scale));
    const before = this.model.folded && current > 0 ? this.steps[current - 1].boxes.h : { cells: start, mark: "" };
    this.write("h", -1, before, rows[this.rowOf("h")]?.scale);
    if (this.model.folded) this.from.textContent = current > 0 ? "from the step before" : "the first state";
    this.shown.forEach(([step, index], place) => {
      this.heads[place].textContent = step.label;
      this.heads[place].setAttribute("aria-label", `Go to step ${index + 1}`);
      this.heads[place].toggleAttribute("data-current", index === current);
      if (index === current) this.heads[place].setAttribute("aria-current", "step");
      else this.heads[place].removeAttribute("aria-current");
      for (const { key } of rows) this.boxes.get(`${key},${place}`)?.toggleAttribute("data-current", index === current);
    });
    this.stopAt(this.stop ?? this.cells.get(keyOf("h", this.model.folded ? 0 : current, 0)) ?? this.heads[0]);
  }

  write(key, place, box, scale) {
    const made = this.boxes.get(`${key},${place}`);
    if (!made || !box) return;
    made.dataset.mark = box.mark ?? "";
    const words = (box.mark ?? "").split(" ").map((word) => SAID[word]).filter(Boolean);
    box.cells.forEach(({ value, name }, unit) => {
      const cell = made.children[unit];
      if (!cell) return;
      const text = brief(value);
      if (cell.textContent !== text) cell.textContent = text;
      const said = [`${name} = ${text}`, ...words].join(", ");
      cell.setAttribute("aria-label", said);
      cell.title = said;
      const share = scale > 0 && typeof value === "number" ? Math.min(Math.abs(value) / scale, 1) : 0;
      cell.style.setProperty("--share", `${Math.round(share * 100)}%`);
      cell.dataset.sign = value < 0 ? "negative" : "positive";
    });
  }

  light() {
    const lit = new Set(this.model.lit.map(([row, step, unit]) => keyOf(row, step, unit)));
    for (const cell of this.cells.values()) {
      const { row, place, unit } = cell.dataset;
      cell.classList.toggle("lit", lit.has(keyOf(row, this.stepOf(Number(place)), unit)));
    }
  }

  /** Bring the current step into sight, without moving the page. */
  follow() {
    const head = this.heads[this.model.folded ? 0 : this.model.current];
    if (!head || this.root.scrollWidth <= this.root.clientWidth) return;
    const [left, right] = [head.offsetLeft - 80, head.offsetLeft + head.offsetWidth + 80];
    if (left < this.root.scrollLeft) this.root.scrollLeft = left;
    else if (right > this.root.scrollLeft + this.root.clientWidth) this.root.scrollLeft = right - this.root.clientWidth;
  }

  // One tab stop

  get stop() {
    return this.columns?.flat().find((each) => each.tabIndex === 0);
  }

  stopAt(button) {
    for (const each of this.columns.flat()) each.tabIndex = each === button ? 0 : -1;
  }

  tell(type, cell) {
    const { row, place, unit } = cell.dataset;
    this.model.send_msg({ type, row, step: this.stepOf(Number(place)), unit: Number(unit) });
  }

  click(event) {
    const button = event.target.closest("button");
    if (!button) return;
    this.stopAt(button);
    if (button.dataset.row) this.tell("open", button);
    else this.model.send_msg({ type: "go", step: this.stepOf(this.heads.indexOf(button)) });
  }

  point(cell) {
    if (cell === this.pointed) return;
    const told = cell ?? this.pointed;
    this.pointed = cell;
    this.tell(cell ? "point" : "leave", told);
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || !event.key.startsWith("Arrow")) return;
    const column = this.columns.findIndex((each) => each.includes(event.target));
    if (column < 0) return;
    const row = this.columns[column].indexOf(event.target);
    const target = {
      ArrowUp: () => this.columns[column][row - 1], ArrowDown: () => this.columns[column][row + 1],
      ArrowLeft: () => this.beside(event.target, column - 1), ArrowRight: () => this.beside(event.target, column + 1),
    }[event.key]?.();
    event.preventDefault();
    event.stopPropagation();
    if (!target) return;
    this.stopAt(target);
    target.focus();
    this.point(target.dataset.row ? target : null);
  }

  /** The same number in another column, or else the nearest one. */
  beside(button, column) {
    const others = this.columns[column];
    if (!others) return undefined;
    const { row, unit } = button.dataset;
    return others.find((each) => each.dataset.row === row && each.dataset.unit === unit) ?? others.find((each) => each.dataset.row === "h") ?? others[0];
  }
}

export function render({ model }) {
  return new Unfolding(model).root;
}
