// A table as text: pasted into a field or read from a file, then shown as it was understood.

const SHOWN = 20000; // characters of a file that the field shows; more would make it slow

class TableInput {
  constructor(model) {
    this.model = model;
    this.root = element("div", "table-input");
    this.field = Object.assign(element("textarea"), { id: "table-text", rows: 6, spellcheck: false, value: model.text });
    const label = element("label", "name", "CSV text: a line for each sample");
    label.htmlFor = this.field.id;
    this.use = element("button", "primary", "Use this table");
    this.use.type = "button";
    this.file = Object.assign(element("input"), { type: "file", id: "table-file", accept: ".csv,.tsv,.txt,text/csv,text/plain" });
    const upload = element("label", "upload");
    upload.append(element("span", "", "or a file"), this.file);
    this.error = element("p", "error");
    this.error.setAttribute("role", "alert");
    this.notes = element("ul", "notes");
    this.preview = element("div", "preview");
    this.preview.tabIndex = 0;
    this.preview.setAttribute("role", "region");
    const line = element("div", "tools");
    line.append(this.use, upload);
    this.root.append(label, this.field, line, this.error, this.notes, this.preview);
    this.listen();
    this.show();
  }

  listen() {
    const { model } = this;
    model.on(["names", "roles", "rows", "caption", "error", "notes"], () => this.soon());
    this.use.addEventListener("click", () => this.send(this.whole ?? this.field.value, ""));
    this.field.addEventListener("input", () => { this.whole = null; });
    this.file.addEventListener("change", () => this.chosen());
  }

  async chosen() {
    const [file] = this.file.files;
    if (!file) return;
    const { most } = this.model;
    if (file.size > most) {
      this.error.textContent = `${file.name} has ${file.size.toLocaleString("en")} bytes; at most ${most.toLocaleString("en")} can be read here.`;
      return;
    }
    const text = await file.text();
    this.whole = text.length > SHOWN ? text : null;
    this.field.value = text.slice(0, SHOWN);
    this.send(text, file.name);
  }

  send(text, name) {
    this.model.send_msg({ type: "read", text, name });
  }

  /** Several of the model's properties change together. */
  soon() {
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => { this.waiting = false; this.show(); });
  }

  show() {
    const { names, roles, rows, caption, error, notes } = this.model;
    this.error.textContent = error;
    this.notes.replaceChildren(...notes.map((note) => element("li", "", note)));
    const table = element("table");
    table.append(element("caption", "", caption));
    const head = element("tr");
    head.append(...names.map((name, k) => heading(name, roles[k])));
    const body = element("tbody");
    body.append(...rows.map((row) => {
      const line = element("tr");
      line.append(...row.map((cell, k) => element("td", roles[k] ? "used" : "", cell)));
      return line;
    }));
    const top = element("thead");
    top.append(head);
    table.append(top, body);
    this.preview.setAttribute("aria-label", caption);
    this.preview.replaceChildren(...(names.length ? [table] : []));
  }
}

function heading(name, role) {
  const cell = element("th", role ? "used" : "");
  cell.scope = "col";
  cell.append(element("span", "", name), element("span", "role", role || "not used"));
  return cell;
}

export function render({ model }) {
  return new TableInput(model).root;
}
