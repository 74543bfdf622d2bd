// A table of numbers: one tab stop, arrow keys, sorted by any column. Choosing a row and opening a
// number tell Python, which answers by lighting the numbers that it was computed from.

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 2 });
const UNITS = [[1e9, "GB"], [1e6, "MB"], [1e3, "kB"]];

function bytes(value) {
  const [size, unit] = UNITS.find(([least]) => value >= least) ?? [1, "B"];
  const scaled = value / size;
  return `${size === 1 ? scaled : scaled.toPrecision(3).replace(/e.*/, "")} ${unit}`;
}

const WRITE = {
  whole: (value) => whole.format(value),
  bytes,
  decimal: (value) => value.toFixed(4).replace("-", "−"),
  loss: (value) => Number(value.toPrecision(4)).toString(),
  percent: (value) => `${(100 * value).toFixed(1)} %`,
  text: String,
};
const missing = (value) => value === null || value === undefined || value === "";
const STATES = { removed: "removed", failed: "cannot be", unknown: "not reached" };

class Table {
  constructor(model) {
    this.model = model;
    this.order = { column: -1, down: false }; // -1: the rows' own order
    this.at = [0, 0]; // row on the page with the head as 0, and column with the name as 0
    this.pointed = "";
    this.root = element("div", "frame");
    this.table = element("table");
    this.table.setAttribute("role", "grid");
    this.root.append(this.table);
    model.on(["columns", "label", "name_label"], () => this.build());
    model.on("rows_text", () => { this.read(); this.fill(); });
    model.on(["chosen", "highlight"], () => this.mark());
    this.table.addEventListener("keydown", (event) => this.key(event));
    this.table.addEventListener("click", (event) => this.click(event));
    this.table.addEventListener("pointerover", (event) => event.pointerType === "mouse" && this.point(event));
    this.table.addEventListener("pointerleave", () => this.leave());
    this.read();
    this.build();
  }

  read() {
    this.given = JSON.parse(this.model.rows_text);
  }

  build() {
    const { columns, label, name_label: first } = this.model;
    this.table.setAttribute("aria-label", label);
    this.table.replaceChildren();
    const line = this.table.createTHead().insertRow();
    [first, ...columns.map((column) => column.label)].forEach((text) => {
      const th = element("th");
      th.scope = "col";
      const button = element("button", "", text);
      button.type = "button";
      button.tabIndex = -1;
      th.append(button);
      line.append(th);
    });
    this.body = this.table.createTBody();
    this.shape = "";
    this.fill();
  }

  /** The rows as they stand on the page. */
  get sorted() {
    const rows = this.given;
    const { column, down } = this.order;
    const sign = down ? -1 : 1;
    if (column < 0) return down ? rows.toReversed() : rows;
    const known = ({ values }) => !missing(values[column]);
    const compare = (a, b) => (typeof a === "string" ? a.localeCompare(b) : a - b);
    return rows.toSorted((a, b) => known(b) - known(a) || (known(a) ? sign * compare(a.values[column], b.values[column]) : 0));
  }

  fill() {
    this.rows = this.sorted;
    const shape = `${this.rows.length} ${this.model.columns.length}`;
    const inside = this.table.contains(this.root.getRootNode().activeElement);
    if (shape !== this.shape) {
      this.shape = shape;
      this.lines = this.rows.map(() => this.line());
      this.body.replaceChildren(...this.lines);
    }
    this.rows.forEach((row, i) => this.write(this.lines[i], row));
    this.heads();
    this.mark();
    if (inside) this.current?.focus({ preventScroll: true });
  }

  line() {
    const line = element("tr");
    const name = element("th");
    name.scope = "row";
    name.append(element("span", "name"), element("span", "detail"));
    line.append(name, ...this.model.columns.map(() => element("td", "number")));
    for (const each of line.children) each.tabIndex = -1;
    for (const td of [...line.children].slice(1)) td.setAttribute("role", "gridcell");
    return line;
  }

  write(line, { name, detail, values, depth, state }) {
    const [head, ...cells] = line.children;
    const said = state && state !== "edited" ? STATES[state] : `${state ? "✎ " : ""}${detail}`;
    if (head.children[0].textContent !== name) head.children[0].textContent = name;
    if (head.children[1].textContent !== said) head.children[1].textContent = said;
    head.title = `${name} ${said}`;
    head.style.setProperty("--depth", this.order.column < 0 ? depth ?? 0 : 0);
    line.dataset.state = state ?? "";
    cells.forEach((td, j) => {
      const known = !missing(values[j]);
      const text = known ? WRITE[this.model.columns[j].kind](values[j]) : values[j] === "" ? "" : "?";
      if (td.textContent !== text) td.textContent = text;
      td.classList.toggle("opens", known);
    });
  }

  heads() {
    const heads = [...this.table.tHead.rows[0].cells];
    heads.forEach((th, j) => {
      const sorted = j - 1 === this.order.column;
      if (sorted) th.setAttribute("aria-sort", this.order.down ? "descending" : "ascending");
      else th.removeAttribute("aria-sort");
      const button = th.firstChild;
      const label = j ? this.model.columns[j - 1].label : this.model.name_label;
      button.textContent = sorted ? `${label} ${this.order.down ? "↓" : "↑"}` : label;
      button.setAttribute("aria-label", `${label}: sort`);
    });
  }

  mark() {
    const lit = new Set(this.model.highlight.map(String));
    this.at[0] = Math.min(this.at[0], this.rows.length);
    this.rows.forEach(({ key }, i) => {
      this.lines[i].setAttribute("aria-selected", String(key === this.model.chosen));
      [...this.lines[i].children].forEach((each, j) => {
        each.tabIndex = -1;
        each.classList.toggle("lit", j > 0 && lit.has(`${key},${j - 1}`));
      });
    });
    for (const th of this.table.tHead.rows[0].cells) th.firstChild.tabIndex = -1;
    if (this.current) this.current.tabIndex = 0;
  }

  get current() {
    const [row, column] = this.at;
    return row ? this.lines[row - 1]?.children[column] : this.table.tHead.rows[0].cells[column]?.firstChild;
  }

  sort(column) {
    const { order } = this;
    this.order = { column, down: order.column === column ? !order.down : column >= 0 };
    this.fill();
  }

  place(event) {
    const cell = event.target.closest("th, td");
    const line = cell?.closest("tr");
    if (!cell) return null;
    return [this.lines.indexOf(line) + 1, [...line.children].indexOf(cell)];
  }

  click(event) {
    const at = this.place(event);
    if (!at) return;
    this.move(...at);
    this.act();
  }

  /** What Enter, Space and a click do. */
  act() {
    const [row, column] = this.at;
    if (!row) this.sort(column - 1);
    else if (!column) this.model.send_msg({ type: "choose", row: this.rows[row - 1].key });
    else this.tell("open", row, column);
  }

  tell(type, row, column) {
    if (!this.lines[row - 1].children[column].classList.contains("opens")) return;
    this.model.send_msg({ type, row: this.rows[row - 1].key, column: column - 1 });
  }

  point(event) {
    const at = this.place(event);
    if (String(at) === String(this.pointed)) return;
    this.leave();
    if (!at?.[0] || !at[1]) return;
    this.pointed = at;
    this.tell("point", ...at);
  }

  leave() {
    if (this.pointed) this.tell("leave", ...this.pointed);
    this.pointed = "";
  }

  move(row, column) {
    const last = this.model.columns.length;
    if (row < 0 || row > this.rows.length || column < 0 || column > last) return;
    if (this.current) this.current.tabIndex = -1;
    this.at = [row, column];
    this.current.tabIndex = 0;
    this.current.focus();
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const [row, column] = this.at;
    const moves = {
      ArrowUp: [row - 1, column], ArrowDown: [row + 1, column], ArrowLeft: [row, column - 1],
      ArrowRight: [row, column + 1], Home: [row, 0], End: [row, this.model.columns.length],
      PageUp: [Math.max(row - 10, 0), column], PageDown: [Math.min(row + 10, this.rows.length), column],
    };
    if (moves[event.key]) this.move(...moves[event.key]);
    else if (event.key === "Enter" || event.key === " ") this.act();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

export function render({ model }) {
  return new Table(model).root;
}
