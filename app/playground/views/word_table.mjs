// A table that sorts by the column whose heading is pressed: up, down, and back to the given order.
// Rows without a value in that column come last. Explanations of the columns stand below it.

const MARKS = {
  agrees: ["✓", "measured: agrees"],
  disagrees: ["✗", "measured: disagrees"],
  unknown: ["?", "measured: cannot be said"],
};
const ORDERS = ["none", "ascending", "descending"];

class Table {
  constructor(model) {
    this.model = model;
    this.by = 0;
    this.order = "none";
    this.root = element("div", "frame");
    this.box = element("div", "box");
    this.box.tabIndex = 0;
    this.box.setAttribute("role", "region");
    this.table = element("table");
    this.table.append(element("caption", "sr"), element("thead"), element("tbody"));
    this.box.append(this.table);
    this.meanings = element("details");
    this.root.append(this.box, this.meanings);
    model.on(["columns", "label"], () => this.head());
    model.on("rows_text", () => this.body());
    this.head();
  }

  head() {
    const { columns, label } = this.model;
    this.table.caption.textContent = label;
    this.box.setAttribute("aria-label", `${label}, scrolls sideways`);
    const row = element("tr");
    row.append(...columns.map((column, index) => this.heading(column, index)));
    this.table.tHead.replaceChildren(row);
    const list = element("dl");
    for (const { label: name, help } of columns) {
      if (help) list.append(element("dt", "", name), element("dd", "", help));
    }
    this.meanings.replaceChildren(element("summary", "", "What the columns mean; press a heading to sort"), list);
    this.body();
  }

  heading({ label, help, numeric }, index) {
    const cell = element("th", numeric ? "numeric" : "");
    cell.scope = "col";
    const press = element("button", "", label);
    press.title = help ?? "";
    press.addEventListener("click", () => this.sort(index));
    cell.append(press);
    return cell;
  }

  sort(index) {
    const next = ORDERS[(ORDERS.indexOf(this.order) + 1) % ORDERS.length];
    this.order = this.by === index ? next : "ascending";
    this.by = index;
    this.body();
  }

  sorted() {
    const rows = JSON.parse(this.model.rows_text).map((cells, index) => ({ cells, index }));
    if (this.order === "none") return rows;
    const sign = this.order === "ascending" ? 1 : -1;
    const key = ({ cells }) => cells[this.by].sort ?? cells[this.by].text;
    const blank = (value) => value === "" || value === null || value === undefined;
    return rows.sort((a, b) => {
      const [x, y] = [key(a), key(b)];
      if (blank(x) || blank(y)) return blank(x) - blank(y);
      return sign * (typeof x === "number" && typeof y === "number" ? x - y : String(x).localeCompare(String(y)));
    });
  }

  body() {
    const { columns } = this.model;
    [...this.table.tHead.rows[0].cells].forEach((cell, index) => {
      cell.setAttribute("aria-sort", index === this.by ? this.order : "none");
    });
    const focused = this.root.getRootNode().activeElement?.dataset?.cell;
    this.table.tBodies[0].replaceChildren(...this.sorted().map(({ cells, index }) => {
      const row = element("tr");
      row.append(...cells.map((cell, column) => this.cell(cell, index, column, columns[column])));
      return row;
    }));
    if (focused) this.root.querySelector(`[data-cell="${focused}"]`)?.focus();
  }

  cell({ text, opens, mark }, row, column, { numeric } = {}) {
    const made = element(column ? "td" : "th", numeric ? "numeric number" : "");
    if (!column) made.scope = "row";
    const inner = opens ? element("button", mark ?? "") : element("span");
    inner.append(element("span", "", text.replace("/", "/\u200b")));
    if (mark) {
      const [sign, said] = MARKS[mark];
      const shown = element("span", `mark ${mark}`, sign);
      shown.setAttribute("aria-hidden", "true");
      inner.append(" ", shown, element("span", "sr", said));
    }
    if (opens) {
      inner.dataset.cell = `${row},${column}`;
      inner.addEventListener("click", () => this.model.send_msg({ type: "open", row, column }));
    }
    made.append(inner);
    return made;
  }
}

export function render({ model }) {
  return new Table(model).root;
}
