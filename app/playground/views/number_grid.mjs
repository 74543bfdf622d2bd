// A grid of numbers: one tab stop, arrow keys, values edited in place. Pointing at a cell or opening
// it tells Python, which answers by lighting cells in this and other instruments.

const MINUS = "−";
const SAID = { padding: "padding", dropped: "no output reads this", won: "won", changed: "changed", resting: "rests while its neuron is off" };

/** A value as it is shown: fixed digits, a real minus sign; words for what is no number. Where room
 * is scarce, without zeros at the end. */
function format(value, decimals, compact = false) {
  if (typeof value !== "number") return value ?? "";
  if (compact) return brief(value, decimals);
  const size = Math.abs(value);
  const odd = size !== 0 && (size >= 1e6 || size < 0.5 * 10 ** -decimals);
  const text = odd ? value.toExponential(Math.max(decimals - 1, 1)) : value.toFixed(decimals);
  return text.replaceAll("-", MINUS);
}

function brief(value, decimals) {
  const short = Number(value.toFixed(decimals));
  if (short === 0 && value !== 0) return "≈0";
  return (Math.abs(short) < 1e5 ? String(short) : value.toExponential(1)).replaceAll("-", MINUS);
}

/** The number that was typed, with a comma or a point, or NaN. */
function parse(text) {
  const clean = text.trim().replace(MINUS, "-").replace(",", ".");
  return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(clean) ? Number(clean) : NaN;
}

class Grid {
  constructor(model) {
    this.model = model;
    this.at = [0, 0]; // the cell of the tab stop
    this.pointed = null; // the cell under the mouse
    this.editing = null; // {td, input, row, column} while a value is typed
    this.root = document.createElement("div");
    this.table = document.createElement("table");
    this.table.setAttribute("role", "grid");
    this.error = document.createElement("p");
    this.error.className = "error";
    this.error.setAttribute("role", "alert");
    this.error.textContent = model.error;
    this.sheet = document.createElement("div");
    this.sheet.className = "sheet";
    this.sheet.append(this.table);
    this.frames = [];
    this.root.append(this.sheet, this.error);
    this.build();
    this.listen();
  }

  listen() {
    const { model, table } = this;
    const parts = ["values", "decimals", "scale", "highlight", "editable", "locked", "marks", "captions"];
    model.on(parts, () => this.soon());
    model.on(["row_labels", "column_labels", "label", "compact"], () => this.build());
    model.on("windows", () => this.frame());
    new ResizeObserver(() => this.frame()).observe(table);
    model.on("error", () => { this.error.textContent = model.error; });
    table.addEventListener("keydown", (event) => this.key(event));
    // Pressing focuses the cell at once, so what was focused before is asked earlier.
    table.addEventListener("pointerdown", () => { this.focused = this.root.getRootNode().activeElement; }, true);
    table.addEventListener("click", (event) => this.click(event));
    table.addEventListener("pointerover", (event) => event.pointerType === "mouse" && this.point(this.position(event)));
    table.addEventListener("pointerleave", () => this.point(null));
    table.addEventListener("focusout", (event) => table.contains(event.relatedTarget) || this.editing || this.point(null));
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

  build() {
    const { values, row_labels: rows, column_labels: columns, label, compact } = this.model;
    const inside = this.table.contains(this.root.getRootNode().activeElement);
    const typed = this.editing?.input.value;
    const size = [this.cells?.length, this.cells?.[0]?.length];
    this.editing = null;
    this.table.setAttribute("aria-label", label);
    this.table.style.setProperty("--digits", this.model.decimals + 3);
    this.root.classList.toggle("compact", compact);
    this.root.style.setProperty("--head", rows.length ? "3rem" : "0px");
    this.root.style.setProperty("--columns", Math.max(1, ...values.map((row) => row.length)));
    this.table.replaceChildren();
    if (columns.length) {
      const line = this.table.createTHead().insertRow();
      if (rows.length) line.insertCell().setAttribute("role", "presentation");
      for (const text of columns) line.append(header(text, "col"));
    }
    const body = this.table.createTBody();
    this.cells = values.map((row, i) => {
      const line = body.insertRow();
      if (rows.length) line.append(header(rows[i] ?? "", "row"));
      return row.map(() => cell(line));
    });
    this.at = [Math.min(this.at[0], values.length - 1), Math.min(this.at[1], (values[0] ?? [0]).length - 1)];
    this.update();
    if (!inside) return;
    this.current?.focus();
    // What is being typed goes on, if the cell is still where it was.
    const isSame = String(size) === String([values.length, values[0]?.length]);
    if (typed !== undefined && isSame) this.edit(typed);
  }

  update() {
    const { values, highlight, marks, captions } = this.model;
    const sameShape = values.length === this.cells.length && values[0]?.length === this.cells[0]?.length;
    if (!sameShape) return this.build();
    const lit = new Set(highlight.map(String));
    this.cells.forEach((row, i) => row.forEach((td, j) => {
      if (td !== this.editing?.td) this.show(td, values[i][j]);
      td.tabIndex = i === this.at[0] && j === this.at[1] ? 0 : -1;
      td.classList.toggle("lit", lit.has(`${i},${j}`));
      this.mark(td, marks[`${i},${j}`] ?? "");
      td.dataset.caption = captions[`${i},${j}`] ?? "";
      td.setAttribute("aria-readonly", String(!this.takes(i, j)));
    }));
    this.widen();
    this.frame();
  }

  /** Small cells take the width of the longest text, by steps, so that they rarely change it. */
  widen() {
    if (!this.model.compact) return;
    const longest = Math.max(0, ...this.cells.flat().map((td) => td.textContent.length));
    this.table.style.setProperty("--characters", longest <= 5 ? Math.max(longest, 2) : longest + longest % 2);
  }

  /** Draw a frame around each window [top, left, bottom, right]. */
  frame() {
    const { windows } = this.model;
    while (this.frames.length > windows.length) this.frames.pop().remove();
    while (this.frames.length < windows.length) {
      const frame = document.createElement("div");
      frame.className = "window";
      this.frames.push(frame);
      this.sheet.append(frame);
    }
    windows.forEach(([top, left, bottom, right], index) => {
      const [first, last] = [this.cells[top]?.[left], this.cells[bottom]?.[right]];
      const { style } = this.frames[index];
      style.display = first && last ? "" : "none";
      if (!first || !last) return;
      style.left = `${first.offsetLeft}px`;
      style.top = `${first.offsetTop}px`;
      style.width = `${last.offsetLeft + last.offsetWidth - first.offsetLeft}px`;
      style.height = `${last.offsetTop + last.offsetHeight - first.offsetTop}px`;
    });
  }

  show(td, value) {
    const text = format(value, this.model.decimals, this.model.compact);
    if (td.textContent !== text) td.textContent = text;
    const { scale } = this.model;
    const share = scale > 0 && typeof value === "number" ? Math.min(Math.abs(value) / scale, 1) : 0;
    td.style.setProperty("--share", `${Math.round(share * 100)}%`);
    td.classList.toggle("blank", value === null);
    td.dataset.sign = value < 0 ? "negative" : "positive";
  }

  /** Right or wrong and the like, by a sign and not by colour alone. */
  mark(td, mark) {
    if (td.dataset.mark === mark) return;
    td.dataset.mark = mark;
    td.title = mark.split(" ").map((word) => SAID[word]).filter(Boolean).join("; ");
    if (mark === "wrong") td.setAttribute("aria-invalid", "true");
    else td.removeAttribute("aria-invalid");
  }

  get current() {
    return this.cells[this.at[0]]?.[this.at[1]];
  }

  position(event) {
    const td = event.target.closest("td[role=gridcell]");
    const row = td ? this.cells.findIndex((cells) => cells.includes(td)) : -1;
    return row < 0 ? null : [row, this.cells[row].indexOf(td)];
  }

  /** Whether the learner may type into a cell; never into what stands around a picture. */
  takes(row, column) {
    const { editable, locked, marks } = this.model;
    if ((marks[`${row},${column}`] ?? "").includes("padding")) return false;
    return editable && !locked.rows?.includes(row) && !locked.columns?.includes(column);
  }

  blank(row, column) {
    return this.model.values[row][column] === null;
  }

  point(at) {
    if (at && this.blank(...at)) at = null;
    if (String(at) === String(this.pointed)) return;
    const [row, column] = at ?? this.pointed;
    this.pointed = at;
    this.model.send_msg({ type: at ? "point" : "leave", row, column });
  }

  /** A first click opens a number, a second one on the same cell edits it. */
  click(event) {
    const at = this.position(event);
    if (!at || event.target.nodeName === "INPUT") return;
    const again = this.cells[at[0]][at[1]] === this.focused;
    this.move(...at);
    if (again && this.takes(...at)) this.edit();
    else this.open();
  }

  open() {
    if (this.blank(...this.at)) return;
    this.model.send_msg({ type: "open", row: this.at[0], column: this.at[1] });
  }

  move(row, column) {
    if (!this.cells[row]?.[column]) return;
    if (this.current) this.current.tabIndex = -1;
    this.at = [row, column];
    this.current.tabIndex = 0;
    this.current.focus();
  }

  key(event) {
    if (event.target.nodeName === "INPUT" || event.ctrlKey || event.metaKey) return;
    const [row, column] = this.at;
    const editable = this.takes(row, column);
    const step = { ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1 }[event.key];
    const moves = {
      ArrowUp: [row - 1, column], ArrowDown: [row + 1, column], ArrowLeft: [row, column - 1],
      ArrowRight: [row, column + 1], Home: [row, 0], End: [row, this.cells[row].length - 1],
    };
    if (event.shiftKey && step && editable) this.nudge(step * 0.1);
    else if (moves[event.key]) this.walk(...moves[event.key]);
    else if (event.key === " ") this.open();
    else if (event.key === "Enter" || event.key === "F2") editable ? this.edit() : this.open();
    else if (editable && /^[-−+.,\d]$/.test(event.key)) this.edit(event.key);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Moving by key points, as the mouse does. */
  walk(row, column) {
    this.move(row, column);
    this.point(this.at);
  }

  nudge(step) {
    const old = this.model.values[this.at[0]][this.at[1]];
    if (typeof old !== "number") return;
    const value = Number((old + step).toPrecision(12));
    if (value >= this.model.minimum && value <= this.model.maximum) this.send(...this.at, value);
  }

  send(row, column, value, text = String(value)) {
    this.model.send_msg({ type: "edit", row, column, value, text });
  }

  /** Put a field into the current cell. A field left open elsewhere, with what is no number, closes. */
  edit(first = "") {
    if (!this.takes(...this.at) || this.blank(...this.at) || this.editing?.td === this.current) return;
    if (this.editing) this.close(true);
    const [row, column] = this.at;
    const input = document.createElement("input");
    this.editing = { td: this.current, input, row, column };
    const where = [this.model.row_labels[row], this.model.column_labels[column]];
    input.setAttribute("aria-label", [this.model.label, ...where].filter(Boolean).join(", "));
    input.inputMode = "decimal";
    input.defaultValue = String(this.model.values[row][column]).replace("-", MINUS);
    if (first) input.value = first;
    this.current.replaceChildren(input);
    input.focus();
    if (!first) input.select();
    input.addEventListener("keydown", (event) => {
      if (event.key === "Enter") this.commit();
      else if (event.key === "Escape") this.close();
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
    input.addEventListener("blur", () => this.editing?.input === input && this.commit(true));
  }

  commit(leaving = false) {
    const { minimum, maximum } = this.model;
    const { input, row, column } = this.editing;
    const value = parse(input.value);
    if (leaving && input.value === input.defaultValue) return this.close(true);
    if (value >= minimum && value <= maximum) {
      this.send(row, column, value, input.value);
      this.close(leaving, value);
      return;
    }
    const what = Number.isNaN(value) ? "is not a number" : "is out of range";
    const limits = `${format(minimum, 0)} to ${format(maximum, 0)}`;
    this.error.textContent = `“${input.value}” ${what}. Type a value from ${limits}, such as 0.5; Escape brings the old one back.`;
    input.setAttribute("aria-invalid", "true");
  }

  /** Take the field away and show the value, by default the old one, until Python answers. */
  close(leaving = false, value = this.model.values[this.editing.row][this.editing.column]) {
    const { td } = this.editing;
    this.editing = null;
    this.error.textContent = "";
    td.replaceChildren();
    this.show(td, value);
    if (!leaving) td.focus();
  }
}

function header(text, scope) {
  const th = document.createElement("th");
  th.scope = scope;
  th.textContent = text;
  return th;
}

function cell(line) {
  const td = line.insertCell();
  td.setAttribute("role", "gridcell");
  td.className = "number";
  td.tabIndex = -1;
  return td;
}

export function render({ model }) {
  return new Grid(model).root;
}
